//! One report through all stages: source text in, an outcome for each audience out.
//!
//! The report is parsed and read once; what follows is done for each audience. This is the one place that sees every
//! stage. It knows neither files nor threads.

mod scan;

pub use scan::{Hit, Scan};

use crate::category::Category;
use crate::channels::Kept;
use crate::decide::{self, Case, Decided, Marks, PortionDecision};
use crate::detect::reading::Reading;
use crate::detect::{BoundNames, Finding, Surveyed, contexts, detect, join, read, survey};
use crate::document::{Document, Format, PortionId};
use crate::marking::Answer;
use crate::policy::{Audience, Incomplete, Policy, PolicyError, SignOff};
use crate::render::render;
use crate::review::{CheckRecord, Recorder, ReviewRecord, Status};
use crate::rules::schema::Frame;
use crate::rules::{Patterns, RuleError, RuleSet};
use crate::text::{SourceText, Span, Visible};
use crate::verify::{Gate, Release, stands, verify};

/// How often a release is mended when the gate still finds something in it, before the sentence goes.
const MENDINGS: usize = 3;
/// How often sentences are taken out, before the portion is left out.
const SENTENCES: usize = 3;

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
    key: [u8; 32],
}

/// What became of one report for one audience.
#[derive(Debug, Clone)]
pub struct Outcome {
    release: Option<Release>,
    record: ReviewRecord,
    reason: String,
    source: Option<SourceText>,
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

    /// The outcome of a report that could not be read or processed.
    #[must_use]
    pub fn failed(path: &str, audience: &Audience, pipeline: &Pipeline, reason: String) -> Self {
        let record = Recorder::bare(path, audience, pipeline).failed(&reason);
        Self { release: None, record, reason, source: None }
    }
}

impl Pipeline {
    /// A pipeline of checked rules and a policy. `key` makes the ids of edits; it belongs to the high side.
    #[must_use]
    pub fn new(rules: RuleSet, policy: Policy, key: [u8; 32]) -> Self {
        Self { rules, policy, assume: None, fuller: false, key }
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

    /// The mark that holds for a report without any.
    pub(crate) fn assumed(&self) -> Option<&str> {
        self.assume.as_ref().map(|mark| mark.0.as_str())
    }

    /// Whether a rule finds something in a file name, or one of the `removed` words stands in it.
    pub(crate) fn name_tells(&self, path: &str, removed: &[String]) -> bool {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let words = stem.replace(['_', '/', '-', '+'], " ");
        let reading = Reading::new(&words, std::iter::once(0..words.len()), &self.rules.vocabulary);
        let found = detect(&words, &reading, &self.rules);
        found.iter().any(|finding| finding.confidence >= self.policy.rewrite)
            || stands(removed, stem)
            || stands(removed, &words)
    }

    pub(crate) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The names that rules bind in a report, to be found in the reports beside it.
    #[must_use]
    pub fn bound_names(&self, report: &Report) -> BoundNames {
        let document = Document::parse(report.source.clone(), report.format);
        let reading = read(&document, &self.rules);
        BoundNames::of(document.visible(), &reading, &self.rules, &report.path, self.policy.flag)
    }

    /// Sends one report through all stages, for each audience in the order given.
    #[must_use]
    pub fn process(&self, report: &Report, audiences: &[Audience]) -> Vec<Outcome> {
        self.process_linked(report, audiences, &BoundNames::default())
    }

    /// The same with the names that other reports bind, which must come of this pipeline.
    #[must_use]
    pub fn process_linked(
        &self,
        report: &Report,
        audiences: &[Audience],
        names: &BoundNames,
    ) -> Vec<Outcome> {
        let document = Document::parse(report.source.clone(), report.format);
        let reading = read(&document, &self.rules);
        let assume = report.assume.as_ref().or(self.assume.as_ref()).map(|mark| mark.0.as_str());
        let marks = Marks::of(&document, assume);
        let text = document.visible();
        let shares = marks.shares(&document, &self.policy);
        let Surveyed { findings, by_rules } =
            survey(text, &reading, &self.rules, &contexts(&document), &shares);
        let links = names.find(text, &reading, &self.rules, &report.path);
        let findings = join(findings, links);
        let case = Case {
            document: &document,
            reading: &reading,
            findings: &findings,
            marks: &marks,
            rules: &self.rules,
            policy: &self.policy,
        };
        let assume = assume.filter(|_| marks.assumed);
        let run = Run { pipeline: self, report, case, assume, by_rules: &by_rules };
        audiences.iter().map(|audience| run.for_audience(audience)).collect()
    }
}

/// The words of code words, identifiers and names of other reports that are removed: they may stand nowhere in a release. In what the audience may not
/// read, the rules alone name them.
pub(crate) fn removed_words(
    document: &Document,
    findings: &[Finding],
    by_rules: &[Finding],
    decisions: &[PortionDecision],
    least: f32,
) -> Vec<String> {
    let is_readable = |finding: &&Finding| {
        decide::portion_at(document, finding.span).is_some_and(|id| decisions[id].answer == Answer::Yes)
    };
    let elsewhere = by_rules.iter().filter(|finding| !is_readable(finding));
    let mut removed: Vec<String> = findings
        .iter()
        .filter(is_readable)
        .chain(elsewhere)
        .filter(|finding| {
            finding.confidence >= least
                && (matches!(finding.category, Category::Codeword | Category::Identifier)
                    || finding.linked.is_some())
        })
        .map(|finding| document.text(finding.span).trim().to_owned())
        .filter(|text| text.chars().filter(|c| c.is_alphanumeric()).count() >= 3)
        .collect();
    removed.sort();
    removed.dedup();
    removed
}

struct Run<'a> {
    pipeline: &'a Pipeline,
    report: &'a Report,
    case: Case<'a>,
    /// The mark that holds for the report because it carries none.
    assume: Option<&'a str>,
    /// What the rules find by themselves.
    by_rules: &'a [Finding],
}

impl Run<'_> {
    fn for_audience(&self, audience: &Audience) -> Outcome {
        let mut dropped: Vec<PortionId> = Vec::new();
        let mut extra: Vec<(Span<Visible>, Frame)> = Vec::new();
        let mut mended = 0;
        let kept = Kept::of(self.case.document, &self.pipeline.rules, &self.pipeline.policy);
        loop {
            let decided = decide::decide(self.case, audience, self.pipeline.fuller, &dropped, &extra);
            let least = self.pipeline.policy.flag;
            let (findings, by_rules) = (self.case.findings, self.by_rules);
            let removed = removed_words(self.case.document, findings, by_rules, &decided.portions, least);
            if let Some(reason) = self.held_whole(&decided, &removed) {
                return self.outcome(audience, &decided, None, Vec::new(), Status::Held, reason);
            }
            let candidate = render(self.case.document, &decided.plan, &kept);
            if !says_something(self.case.document, &decided, candidate.text()) {
                let reason = "nothing in it is releasable to this audience".to_owned();
                return self.outcome(audience, &decided, None, Vec::new(), Status::Withheld, reason);
            }
            let texts = origins(&decided);
            let gate = Gate {
                rules: &self.pipeline.rules,
                policy: &self.pipeline.policy,
                audience,
                assume: self.assume,
                banner: decided.banner.as_ref(),
                removed: &removed,
                origins: &texts,
            };
            let verdict = verify(candidate, self.report.format, &gate);
            if let Some(release) = verdict.release {
                return self.outcome(
                    audience,
                    &decided,
                    Some(release),
                    verdict.checks,
                    Status::Released,
                    String::new(),
                );
            }
            let places: Vec<Span<Visible>> = verdict
                .leaks
                .iter()
                .map(|source| {
                    let segments = self.case.document.segments();
                    let start = segments.to_visible(source.start());
                    Span::new(start, segments.to_visible(source.end()).max(start))
                })
                .filter(|span| !span.is_empty())
                .collect();
            let fresh: Vec<_> =
                places.iter().filter(|&&span| !extra.iter().any(|(old, _)| old.contains(span))).collect();
            if mended < MENDINGS && !fresh.is_empty() {
                extra.extend(fresh.into_iter().map(|&span| (span, Frame::Phrase)));
                mended += 1;
                continue;
            }
            if mended < MENDINGS + SENTENCES && !places.is_empty() {
                extra.extend(places.iter().map(|&span| (self.sentence(span), Frame::Sentence)));
                mended += 1;
                continue;
            }
            let portions: Vec<PortionId> = places
                .iter()
                .filter_map(|&span| decide::portion_at(self.case.document, span))
                .filter(|id| !dropped.contains(id))
                .collect();
            if portions.is_empty() || dropped.len() > self.case.document.portions().len() {
                let reason = failed_checks(&verdict.checks);
                return self.outcome(audience, &decided, None, verdict.checks, Status::Held, reason);
            }
            dropped.extend(portions);
            dropped.sort_unstable();
            dropped.dedup();
        }
    }

    /// The sentence at the start of a span, or the span where no sentence is.
    fn sentence(&self, span: Span<Visible>) -> Span<Visible> {
        let reading = self.case.reading;
        let at = reading.sentences.partition_point(|s| reading.bytes(s.start, s.end).end <= span.start());
        let sentence = reading.sentences.get(at).map(|s| reading.bytes(s.start, s.end));
        let found = sentence.filter(|bytes| bytes.start < span.end());
        found.map_or(span, |bytes| Span::new(bytes.start, bytes.end))
    }

    /// Doubt about the whole report, which a human must settle first.
    fn held_whole(&self, decided: &Decided, removed: &[String]) -> Option<String> {
        let marks = self.case.marks;
        if marks.is_bare() {
            return Some("the report carries no marking at all; give --assume MARKING if you know it".into());
        }
        if marks.banner_too_low() {
            return Some("the banner is lower than a portion; one of the two is wrong".into());
        }
        if self.pipeline.policy.sign_off == SignOff::Required {
            return Some("the policy asks for a named decision on each release".into());
        }
        let undecided = decided.portions.iter().any(|portion| portion.answer == Answer::Originator);
        if self.pipeline.policy.incomplete == Incomplete::Hold && undecided {
            return Some("a portion waits for a decision, and the policy releases no report in part".into());
        }
        (self.report.names == Names::Keep && self.pipeline.name_tells(&self.report.path, removed))
            .then(|| "the file name tells something; rename the file or give --names neutral".into())
    }

    fn outcome(
        &self,
        audience: &Audience,
        decided: &Decided,
        release: Option<Release>,
        checks: Vec<CheckRecord>,
        status: Status,
        reason: String,
    ) -> Outcome {
        let recorder = Recorder::new(&self.report.path, audience, self.pipeline, self.case);
        let record = recorder.record(decided, release.as_ref(), checks, status, &reason);
        Outcome { release, record, reason, source: Some(self.report.source.clone()) }
    }
}

/// Whether a portion stands that has any text beside its mark, and `text` has a line that is no banner.
fn says_something(document: &Document, decided: &Decided, text: &str) -> bool {
    let banner = decided.banner.as_ref().map(crate::marking::Marking::banner);
    let fates = decided.plan.portions.iter().zip(document.portions());
    fates
        .filter(|(fate, _)| **fate != decide::PortionFate::Drop)
        .any(|(_, portion)| document.text(portion.body).contains(char::is_alphanumeric))
        && text
            .lines()
            .any(|line| Some(line.trim()) != banner.as_deref() && line.contains(char::is_alphanumeric))
}

/// All texts that may stand in the release without standing in the source.
fn origins(decided: &Decided) -> Vec<&str> {
    let plan = &decided.plan;
    let remarks = plan.portions.iter().filter_map(|fate| match fate {
        decide::PortionFate::Remark(mark) => Some(mark.text()),
        decide::PortionFate::Keep | decide::PortionFate::Drop => None,
    });
    plan.edits
        .iter()
        .map(|edit| edit.replacement.text())
        .chain(remarks)
        .chain(plan.banner.iter().chain(&plan.authority).map(decide::Replacement::text))
        .collect()
}

fn failed_checks(checks: &[CheckRecord]) -> String {
    let failed: Vec<&str> = checks.iter().filter(|check| !check.ok).map(|check| check.name).collect();
    format!("the gate refused it: {}", failed.join(", "))
}
