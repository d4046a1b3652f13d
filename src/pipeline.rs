//! One report through all stages: source text in, an outcome for each audience out.
//!
//! The report is parsed and read once; what follows is done for each audience. This is the one place that sees every
//! stage. It knows neither files nor threads.

mod scan;

pub use scan::{Hit, Scan};

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::category::Category;
use crate::channels::Kept;
use crate::decide::{self, Anchors, Case, Decided, Marks, PortionDecision, Rulings};
use crate::decisions::{Act, Decisions};
use crate::detect::reading::{Reading, fold};
use crate::detect::{BoundNames, Finding, Memory, Surveyed, contexts, detect, join, read, survey};
use crate::document::{Document, Format, PortionId};
use crate::failpoint::reach;
use crate::marking::Answer;
use crate::policy::{Audience, Incomplete, Policy, PolicyError, SignOff};
use crate::render::render;
use crate::review::{CheckRecord, Ending, Recorder, ReviewRecord, Status, Trace, Unapplied};
use crate::rules::schema::Frame;
use crate::rules::{Patterns, RuleError, RuleSet};
use crate::text::{SourceText, Span, Visible, is_undisguised};
use crate::verify::{self, Gate, Release, Removed};

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
        let Surveyed { findings, by_rules } =
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

/// The words of code words, identifiers and names of other reports that are removed: they may stand nowhere in a release. In what the audience may not
/// read, the rules alone name them.
pub(crate) fn removed_words(
    document: &Document,
    rules: &RuleSet,
    findings: &[Finding],
    by_rules: &[Finding],
    decisions: &[PortionDecision],
    least: f32,
) -> Vec<String> {
    let is_readable = |finding: &&Finding| {
        decide::portion_at(document, finding.span).is_some_and(|id| decisions[id].answer == Answer::Yes)
    };
    // A word of grammar in disguise is no name.
    let is_common = |word: &str| {
        let mut folded = String::new();
        fold(word, &mut folded);
        let [word, _] = rules.vocabulary.look_up(word, &folded);
        let grammar = &rules.grammar;
        [
            grammar.function_word,
            grammar.auxiliary,
            grammar.preposition,
            grammar.conjunction,
            grammar.verb,
            grammar.saying,
        ]
        .into_iter()
        .any(|slot| rules.vocabulary.is_member(word, slot))
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
        .flat_map(|finding| {
            let text = document.text(finding.span).trim();
            // A word in disguise beside others is looked for by itself, too.
            let disguised = text.split_whitespace().filter(|word| !is_undisguised(word) && !is_common(word));
            std::iter::once(text).chain(disguised).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|text| text.chars().filter(|c| c.is_alphanumeric()).count() >= 3)
        .collect();
    removed.sort();
    removed.dedup();
    removed
}

/// The ids of a span that a person marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedSpan {
    /// Its own.
    pub id: String,
    /// What equal spans share.
    pub equal: String,
    /// Its words, as sensitive as the source.
    pub words: String,
}

/// One report, read: what it becomes for any audience under any decisions.
pub struct Study<'a> {
    pipeline: &'a Pipeline,
    report: &'a Report,
    case: Case<'a>,
    /// The mark that holds for the report because it carries none.
    assume: Option<&'a str>,
    /// What the rules find by themselves.
    by_rules: &'a [Finding],
    /// What was found in the zones of the report and of what it became.
    memory: &'a Memory,
    /// Whether a rule finds something in the report's name.
    name: OnceCell<bool>,
    /// The removed words that were looked for last.
    removed: RefCell<Option<Rc<Removed>>>,
}

impl Study<'_> {
    /// What becomes of the report for an audience under these decisions.
    #[must_use]
    pub fn outcome(&self, audience: &Audience, decisions: &Decisions) -> Outcome {
        let rulings = Rulings::of(self.case, decisions, &self.report.path, audience);
        let (decided, ending) = self.end(audience, &rulings);
        reach("review", self.case.document.visible());
        let recorder = Recorder::new(&self.report.path, audience, self.pipeline, self.case);
        let (record, unapplied) = recorder.record(&decided, &rulings, &ending);
        let by = |id| rulings.by(&decided.ruled, id);
        let trace = Trace::new(self.case, &decided, by, ending.pieces);
        Outcome {
            release: ending.release,
            record,
            reason: ending.reason,
            source: Some(self.report.source.clone()),
            trace: Some(trace),
            unapplied,
        }
    }

    /// What spans equal to that of an edit share, by the edit's id.
    #[must_use]
    pub fn shared(&self, edit: &str) -> Option<String> {
        decide::shared(self.case, edit)
    }

    /// The ids of a span of the source that a person marks; `None` when the bytes `start..end` are no text of it.
    #[must_use]
    pub fn marked(&self, start: usize, end: usize) -> Option<MarkedSpan> {
        let (id, equal, words) = self.case.anchors.marked(self.case.document, start, end)?;
        Some(MarkedSpan { id, equal, words: words.to_owned() })
    }

    /// Decides, renders and verifies until the gate lets something through or nothing is left to try.
    fn end(&self, audience: &Audience, rulings: &Rulings<'_>) -> (Decided, Ending) {
        let mut dropped: Vec<PortionId> = Vec::new();
        let mut fallen: Vec<PortionId> = Vec::new();
        let mut extra: Vec<(Span<Visible>, Frame)> = Vec::new();
        let mut mended = 0;
        let kept = Kept::of(self.case.document, &self.pipeline.rules, &self.pipeline.policy);
        loop {
            let fuller = self.pipeline.fuller;
            let decided = decide::decide(self.case, audience, fuller, &dropped, &fallen, &extra, rulings);
            reach("decide", self.case.document.visible());
            let least = self.pipeline.policy.flag;
            let (findings, by_rules) = (self.case.findings, self.by_rules);
            let removed = removed_words(
                self.case.document,
                self.case.rules,
                findings,
                by_rules,
                &decided.portions,
                least,
            );
            let removed = self.removed(removed);
            if let Some((status, reason)) = self.stopped(&decided, rulings, &removed) {
                return (decided, Ending::without_release(status, reason));
            }
            let candidate = render(self.case.document, &decided.plan, &kept);
            reach("render", self.case.document.visible());
            if candidate.fallen().iter().any(|id| !fallen.contains(id)) {
                fallen.extend(candidate.fallen());
                continue;
            }
            if !says_something(self.case.document, &decided, candidate.text()) {
                let reason = "nothing in it is releasable to this audience".to_owned();
                return (decided, Ending::without_release(Status::Withheld, reason));
            }
            let released = |id: &&PortionId| {
                let ruling = decided.ruled.rulings.get(*id);
                ruling.is_some_and(|&ruling| rulings.get(ruling).act.lets_through())
            };
            let let_out: Vec<PortionId> = decided.ruled.rulings.keys().filter(released).copied().collect();
            let standing = candidate.standing(&decided.allowed);
            let gate = Gate {
                rules: &self.pipeline.rules,
                policy: &self.pipeline.policy,
                audience,
                assume: self.assume,
                banner: decided.banner.as_ref(),
                removed: &removed,
                report: Some(verify::Report {
                    document: self.case.document,
                    marks: self.case.marks,
                    let_out: &let_out,
                    decided: &rulings.texts(),
                }),
                decided: &standing,
                memory: self.memory,
            };
            let pieces = candidate.pieces().to_vec();
            let verdict = verify::verify(candidate, self.report.format, &gate);
            reach("verify", self.case.document.visible());
            if let Some(release) = verdict.release {
                let ending = Ending {
                    release: Some(release),
                    pieces,
                    checks: verdict.checks,
                    status: Status::Released,
                    reason: String::new(),
                };
                return (decided, ending);
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
                let ending = Ending::without_release(Status::Held, failed_checks(&verdict.checks));
                return (decided, Ending { checks: verdict.checks, ..ending });
            }
            dropped.extend(portions);
            dropped.sort_unstable();
            dropped.dedup();
        }
    }

    /// Removed words made ready to be looked for; most audiences and rounds have the same.
    fn removed(&self, words: Vec<String>) -> Rc<Removed> {
        let mut last = self.removed.borrow_mut();
        match &*last {
            Some(known) if known.words() == words => known.clone(),
            _ => last.insert(Rc::new(Removed::new(words))).clone(),
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

    /// What ends the report before anything is rendered: a decision that withholds it, or doubt about the whole.
    fn stopped(
        &self,
        decided: &Decided,
        rulings: &Rulings<'_>,
        removed: &Removed,
    ) -> Option<(Status, String)> {
        let withheld = rulings.on_report(self.case).filter(|decision| decision.act == Act::Withhold);
        let withheld = withheld.map(|d| (Status::Withheld, format!("withheld by {}", d.by)));
        withheld.or_else(|| self.held_whole(decided, rulings, removed).map(|reason| (Status::Held, reason)))
    }

    /// Doubt about the whole report, which a human must settle first; what a named decision on the report settles is none.
    fn held_whole(&self, decided: &Decided, rulings: &Rulings<'_>, removed: &Removed) -> Option<String> {
        let marks = self.case.marks;
        if marks.is_bare() {
            return Some("the report carries no marking at all; give --assume MARKING if you know it".into());
        }
        let path = &self.report.path;
        let by_rules = || *self.name.get_or_init(|| self.pipeline.name_tells_by_rules(path));
        if self.report.names == Names::Keep && (by_rules() || tells_removed(path, removed)) {
            return Some("the file name tells something; rename the file or give --names neutral".into());
        }
        let signed = rulings.on_report(self.case).is_some_and(|decision| decision.act.lets_through());
        if signed {
            return None;
        }
        let sign =
            || format!("; sign portion {} to release it", self.case.anchors.report(self.case.document));
        if marks.banner_too_low() {
            return Some("the banner is lower than a portion; one of the two is wrong".to_owned() + &sign());
        }
        if self.pipeline.policy.sign_off == SignOff::Required {
            return Some("the policy asks for a named decision on each release".to_owned() + &sign());
        }
        let undecided = decided.portions.iter().any(|portion| portion.answer == Answer::Originator);
        (self.pipeline.policy.incomplete == Incomplete::Hold && undecided).then(|| {
            "a portion waits for a decision, and the policy releases no report in part".to_owned() + &sign()
        })
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

fn failed_checks(checks: &[CheckRecord]) -> String {
    let failed: Vec<&str> = checks.iter().filter(|check| !check.ok).map(|check| check.name).collect();
    format!("the gate refused it: {}", failed.join(", "))
}
