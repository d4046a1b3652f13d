//! One report, read, and what becomes of it: decided, rendered and verified until the gate lets something through.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::{Names, Outcome, Pipeline, Report, tells_removed};
use crate::category::Category;
use crate::channels::Kept;
use crate::decide::{self, Case, Decided, PortionDecision, Rulings};
use crate::decisions::{Act, Decisions};
use crate::detect::reading::Reading;
use crate::detect::{Finding, Memory, OpenNames, folded};
use crate::document::{Document, PortionId};
use crate::failpoint::reach;
use crate::marking::Answer;
use crate::policy::{Audience, Incomplete, SignOff};
use crate::render::render;
use crate::review::{CheckRecord, Ending, Recorder, Status, Trace};
use crate::rules::RuleSet;
use crate::rules::schema::Frame;
use crate::text::{Span, Visible, is_undisguised};
use crate::verify::{self, Gate, Removed};

/// How often a release is mended when the gate still finds something in it, before the sentence goes.
const MENDINGS: usize = 3;
/// How often sentences are taken out, before the portion is left out.
const SENTENCES: usize = 3;

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
    pub(super) pipeline: &'a Pipeline,
    pub(super) report: &'a Report,
    pub(super) case: Case<'a>,
    /// The mark that holds for the report because it carries none.
    pub(super) assume: Option<&'a str>,
    /// What the rules find by themselves.
    pub(super) by_rules: &'a [Finding],
    /// Names that are openly told.
    pub(super) open: &'a OpenNames,
    /// What was found in the zones of the report and of what it became.
    pub(super) memory: &'a Memory,
    /// Whether a rule finds something in the report's name.
    pub(super) name: OnceCell<bool>,
    /// The removed words that were looked for last.
    pub(super) removed: RefCell<Option<Rc<Removed>>>,
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
            let removed = removed_words(
                self.case.document,
                self.case.reading,
                self.case.rules,
                self.case.findings,
                (self.by_rules, self.open),
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

/// The fewest letters of a cover name that is looked for by itself.
const SHORTEST_COVER_NAME: usize = 4;

/// The words of code words, identifiers and names of other reports that are removed: they may stand nowhere in a release.
/// In what the audience may not read, the rules alone name them, but for names that what it may read openly tells.
pub(crate) fn removed_words(
    document: &Document,
    reading: &Reading<'_>,
    rules: &RuleSet,
    findings: &[Finding],
    (by_rules, open): (&[Finding], &OpenNames),
    decisions: &[PortionDecision],
    least: f32,
) -> Vec<String> {
    let may_read =
        |span| decide::portion_at(document, span).is_some_and(|id| decisions[id].answer == Answer::Yes);
    let is_readable = |finding: &&Finding| may_read(finding.span);
    let is_told = |at: usize| may_read(Span::new(at, at + 1));
    // A word of grammar in disguise is no name.
    let is_common = |word: &str| {
        let folded = folded(word);
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
        .any(|slot| rules.vocabulary.holds(&folded, slot))
    };
    let elsewhere = by_rules.iter().filter(|finding| {
        !is_readable(finding) && !open.pass(document.visible(), reading, rules, finding, is_told)
    });
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
            // So is the one cover name beside words that only introduce it: "(hereafter HERON)".
            let cover =
                cover_name(text).filter(|name| finding.category == Category::Codeword && !is_common(name));
            std::iter::once(text).chain(disguised).chain(cover).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|text| text.chars().filter(|c| c.is_alphanumeric()).count() >= 3)
        .collect();
    removed.sort();
    removed.dedup();
    removed
}

/// The one word in capitals of a text with other words.
fn cover_name(text: &str) -> Option<&str> {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_name =
        |word: &&str| word.chars().count() >= SHORTEST_COVER_NAME && word.chars().all(char::is_uppercase);
    let several = words.clone().nth(1).is_some();
    let name = words.find(is_name)?;
    (several && !words.any(|word| is_name(&word))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::cover_name;

    #[test]
    fn one_cover_name_stands_beside_what_introduces_it() {
        for (text, name) in [
            ("(hereafter HERON)", Some("HERON")),
            ("project GREYLAG", Some("GREYLAG")),
            ("HERON", None),
            ("PROJECT HERON", None),
            ("the RED desk", None),
            ("a Heron", None),
        ] {
            assert_eq!(cover_name(text), name, "{text}");
        }
    }
}
