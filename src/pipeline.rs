//! One report through all stages: source text in, an outcome for each audience out.
//!
//! The report is parsed and read once; what follows is done for each audience. This is the one place that sees every
//! stage. It knows neither files nor threads.

mod scan;
mod study;

pub use scan::{Hit, Scan};
pub(crate) use study::removed_words;
pub use study::{MarkedSpan, Study};

use std::cell::{OnceCell, RefCell};

use crate::decide::{Anchors, Case, Marks};
use crate::decisions::Decisions;
use crate::detect::reading::Reading;
use crate::detect::{BoundNames, Memory, Surveyed, contexts, detect, join, read, survey};
use crate::document::{Document, Format};
use crate::failpoint::reach;
use crate::policy::{Audience, Policy, PolicyError};
use crate::review::{Recorder, ReviewRecord, Trace, Unapplied};
use crate::rules::{Patterns, RuleError, RuleSet};
use crate::text::SourceText;
use crate::verify::{Release, Removed};

/// Whether releases keep their reports' names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Names {
    /// Names are kept; one that tells something holds the report.
    #[default]
    Keep,
    /// Releases are numbered; the high side knows which is which.
    Neutral,
}

/// Why a pipeline cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The rules.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// The policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// The mark that holds for a report without any marking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumedMark(String);

impl AssumedMark {
    /// Reads a portion mark, such as `(S//NF)`.
    ///
    /// # Errors
    /// When it is no mark, or not certain in what it says.
    pub fn parse(text: &str) -> Result<Self, AssumeError> {
        let reading = crate::marking::parse(text, crate::marking::Form::Portion);
        if reading.is_certain() {
            return Ok(Self(text.to_owned()));
        }
        let faults: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
        Err(AssumeError { marking: text.to_owned(), faults: faults.join("; ") })
    }

    /// The mark as it was given.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// A mark that cannot be assumed.
#[derive(Debug, thiserror::Error)]
#[error("`{marking}` cannot be assumed: {faults}; write it as a portion mark, such as \"(S//NF)\"")]
pub struct AssumeError {
    marking: String,
    faults: String,
}

/// One report as it comes in.
#[derive(Debug, Clone)]
pub struct Report {
    path: String,
    source: SourceText,
    format: Format,
    names: Names,
    assume: Option<AssumedMark>,
}

impl Report {
    /// A report. `path` is the name it is known by, with `/` between parts.
    #[must_use]
    pub fn new(path: &str, source: SourceText, format: Format, names: Names) -> Self {
        Self { path: path.to_owned(), source, format, names, assume: None }
    }

    /// The mark that holds for this report if it carries none, before the pipeline's.
    #[must_use]
    pub fn assume(mut self, mark: Option<AssumedMark>) -> Self {
        self.assume = mark;
        self
    }

    /// A Markdown report.
    ///
    /// # Panics
    /// When the text is longer than `u32::MAX` bytes.
    #[must_use]
    pub fn markdown(path: &str, text: &str) -> Self {
        Self::new(path, SourceText::new(text.to_owned()), Format::Markdown, Names::Keep)
    }
}

/// Rules, policy and key: everything that decides, shared by all reports and threads.
#[derive(Debug)]
pub struct Pipeline {
    rules: RuleSet,
    policy: Policy,
    assume: Option<AssumedMark>,
    fuller: bool,
    decisions: Decisions,
    key: [u8; 32],
}

/// What became of one report for one audience.
#[derive(Debug, Clone)]
pub struct Outcome {
    release: Option<Release>,
    record: ReviewRecord,
    reason: String,
    source: Option<SourceText>,
    trace: Option<Trace>,
    unapplied: Vec<Unapplied>,
}

impl Outcome {
    /// The release, when there is one.
    #[must_use]
    pub fn release(&self) -> Option<&Release> {
        self.release.as_ref()
    }

    /// The review record. High side only.
    #[must_use]
    pub fn record(&self) -> &ReviewRecord {
        &self.record
    }

    /// Why the report was held, withheld or failed; holds no text of the report.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The source; `None` when it could not be read.
    #[must_use]
    pub fn source(&self) -> Option<&SourceText> {
        self.source.as_ref()
    }

    /// What of the release stands where in the source; `None` when the source could not be read.
    #[must_use]
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// Decisions on this report that were not carried out.
    #[must_use]
    pub fn unapplied(&self) -> &[Unapplied] {
        &self.unapplied
    }

    /// The outcome of a report that could not be read or processed.
    #[must_use]
    pub fn failed(path: &str, audience: &Audience, pipeline: &Pipeline, reason: String) -> Self {
        let record = Recorder::bare(path, audience, pipeline).failed(&reason);
        Self { release: None, record, reason, source: None, trace: None, unapplied: Vec::new() }
    }
}

impl Pipeline {
    /// A pipeline of checked rules and a policy. `key` makes the ids of edits; it belongs to the high side.
    #[must_use]
    pub fn new(rules: RuleSet, policy: Policy, key: [u8; 32]) -> Self {
        Self { rules, policy, assume: None, fuller: false, decisions: Decisions::default(), key }
    }

    /// The built-in rules and policy, with a key of zeros: for tests and for callers that keep no records.
    ///
    /// # Errors
    /// Never for a released version; the built-in patterns are checked by its tests.
    pub fn built_in() -> Result<Self, BuildError> {
        let patterns = Patterns::built_in();
        let policy = Policy::load(&patterns, None)?;
        Ok(Self::new(patterns.build()?, policy, [0; 32]))
    }

    /// The mark that holds for reports without any marking.
    #[must_use]
    pub fn assume(mut self, mark: Option<AssumedMark>) -> Self {
        self.assume = mark;
        self
    }

    /// Whether the fuller portions are released beside a human-written tearline.
    #[must_use]
    pub fn fuller(mut self, fuller: bool) -> Self {
        self.fuller = fuller;
        self
    }

    /// What people decided; it goes before what rules and marks say.
    #[must_use]
    pub fn decisions(mut self, decisions: Decisions) -> Self {
        self.decisions = decisions;
        self
    }

    /// What people decided.
    #[must_use]
    pub fn decided(&self) -> &Decisions {
        &self.decisions
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The key of the high side.
    pub(crate) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// What decides beside rules, policy and decisions, in words.
    pub(crate) fn settings(&self) -> String {
        format!("{:?}", (self.assumed(), self.fuller))
    }

    /// The mark that holds for a report without any.
    pub(crate) fn assumed(&self) -> Option<&str> {
        self.assume.as_ref().map(|mark| mark.0.as_str())
    }

    /// Whether a rule finds something in a file name, or one of the `removed` words stands in it.
    pub(crate) fn name_tells(&self, path: &str, removed: &Removed) -> bool {
        self.name_tells_by_rules(path) || tells_removed(path, removed)
    }

    /// Whether a rule finds something in a file name.
    fn name_tells_by_rules(&self, path: &str) -> bool {
        let words = spaced(stem(path));
        let reading = Reading::new(&words, std::iter::once(0..words.len()), &self.rules.vocabulary);
        let found = detect(&words, &reading, &self.rules);
        found.iter().any(|finding| finding.confidence >= self.policy.rewrite)
    }

    /// The names that rules bind in a report, to be found in the reports beside it.
    #[must_use]
    pub fn bound_names(&self, report: &Report) -> BoundNames {
        let document = Document::parse(report.source.clone(), report.format);
        reach("bind", document.visible());
        let reading = read(&document, &self.rules);
        BoundNames::of(document.visible(), &reading, &self.rules, &report.path, self.policy.flag)
    }

    /// Sends one report through all stages, for each audience in the order given.
    #[must_use]
    pub fn process(&self, report: &Report, audiences: &[Audience]) -> Vec<Outcome> {
        self.study(report, |study| {
            audiences.iter().map(|audience| study.outcome(audience, &self.decisions)).collect()
        })
    }

    /// Reads one report once and hands it to `f`, which may ask for any audience under any decisions.
    pub fn study<R>(&self, report: &Report, f: impl FnOnce(&Study<'_>) -> R) -> R {
        self.study_linked(report, &BoundNames::default(), f)
    }

    /// The same with the names that other reports bind, which must come of this pipeline.
    pub fn study_linked<R>(&self, report: &Report, names: &BoundNames, f: impl FnOnce(&Study<'_>) -> R) -> R {
        let document = Document::parse(report.source.clone(), report.format);
        reach("document", document.visible());
        let reading = read(&document, &self.rules);
        let assume = report.assume.as_ref().or(self.assume.as_ref()).map(|mark| mark.0.as_str());
        let marks = Marks::of(&document, assume);
        let text = document.visible();
        let shares = marks.shares(&document, &self.policy);
        let memory = Memory::default();
        let Surveyed { findings, by_rules, open } =
            survey(text, &reading, &self.rules, &contexts(&document), &shares, &memory);
        reach("detect", text);
        let links = names.find(text, &reading, &self.rules, &report.path);
        let findings = join(findings, links);
        let anchors = Anchors::of(&document, &self.key);
        let case = Case {
            document: &document,
            reading: &reading,
            findings: &findings,
            marks: &marks,
            rules: &self.rules,
            policy: &self.policy,
            anchors: &anchors,
        };
        let assume = assume.filter(|_| marks.assumed);
        f(&Study {
            pipeline: self,
            report,
            case,
            assume,
            by_rules: &by_rules,
            open: &open,
            memory: &memory,
            name: OnceCell::new(),
            removed: RefCell::default(),
        })
    }
}

/// A file name without its extension.
fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

/// A file name as words.
fn spaced(stem: &str) -> String {
    stem.replace(['_', '/', '-', '+'], " ")
}

/// Whether one of the removed words stands in a file name.
fn tells_removed(path: &str, removed: &Removed) -> bool {
    removed.stands(stem(path)) || removed.stands(&spaced(stem(path)))
}
