//! What a person learns from scores: which spans leak, what was cut wrongly, and which rule did it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::gold::GoldDocument;
use super::score::{Counts, Scored, Where, share};
use crate::category::Category;
use crate::pipeline::Hit;
use crate::review::EditRecord;
use crate::text::{LineIndex, Position, Source, Span};

/// A labelled span that leaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// The span.
    pub span: Span<Source>,
    /// Where it starts.
    pub position: Position,
    /// What it reveals.
    pub category: Category,
    /// What kind of portion it lies in.
    pub place: Where,
    /// The share of its content words that stands.
    pub stands: f64,
    /// The rules that found some of it, with the most of their confidence, by id.
    pub found_by: BTreeMap<String, f32>,
}

/// Content words without a label, one behind the other, that a readable portion lost.
#[derive(Debug, Clone, PartialEq)]
pub struct FalseCut {
    /// From the first to the last.
    pub span: Span<Source>,
    /// Where that starts.
    pub position: Position,
    /// How many they are.
    pub words: usize,
    /// The rules whose edits hold them; none when their portion went as a whole or a sentence was mended.
    pub rules: BTreeSet<String>,
}

/// A fact that is not retained.
#[derive(Debug, Clone, PartialEq)]
pub struct LostFact {
    /// The fact.
    pub span: Span<Source>,
    /// Where it starts.
    pub position: Position,
    /// The rules whose edits touch it.
    pub rules: BTreeSet<String>,
}

/// The figures of a category.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct CategoryCounts {
    /// Labelled spans in readable portions.
    pub spans: usize,
    /// Those that leak.
    pub leaks: usize,
    /// Content words lost to edits of this category.
    pub lost_words: usize,
    /// Of these, in labelled spans of whatever category.
    pub right_words: usize,
}

/// The figures of a rule: its own findings in readable portions that the policy acts on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct RuleCounts {
    /// Findings.
    pub hits: usize,
    /// Of these, with a content word of a labelled span.
    pub on_span: usize,
    /// Their content words.
    pub words: usize,
    /// Of these, in labelled spans.
    pub right_words: usize,
    /// Labelled spans of which no other rule found a content word.
    pub only: usize,
}

impl RuleCounts {
    /// The share of its content words that are sensitive.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.right_words, self.words)
    }
}

/// One document's figures and places.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DocumentReport {
    /// Its path.
    pub file: String,
    /// Its counts.
    pub counts: Counts,
    /// By category.
    pub categories: BTreeMap<Category, CategoryCounts>,
    /// By the rule's id.
    pub rules: BTreeMap<String, RuleCounts>,
    /// What leaks, in order.
    pub misses: Vec<Miss>,
    /// What was cut without need, in order.
    pub false_cuts: Vec<FalseCut>,
    /// Facts that were lost, in order.
    pub lost_facts: Vec<LostFact>,
}

/// Sums over documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// The counts.
    pub counts: Counts,
    /// By category.
    pub categories: BTreeMap<Category, CategoryCounts>,
    /// By the rule's id.
    pub rules: BTreeMap<String, RuleCounts>,
}

impl Evaluation {
    /// Adds a document.
    pub fn add(&mut self, document: &DocumentReport) {
        self.counts += document.counts;
        for (&category, counts) in &document.categories {
            let sum = self.categories.entry(category).or_default();
            sum.spans += counts.spans;
            sum.leaks += counts.leaks;
            sum.lost_words += counts.lost_words;
            sum.right_words += counts.right_words;
        }
        for (rule, counts) in &document.rules {
            let sum = self.rules.entry(rule.clone()).or_default();
            sum.hits += counts.hits;
            sum.on_span += counts.on_span;
            sum.words += counts.words;
            sum.right_words += counts.right_words;
            sum.only += counts.only;
        }
    }
}

/// What else is known of a scored document.
pub(super) struct Grounds<'a> {
    pub(super) gold: &'a GoldDocument,
    pub(super) source: &'a str,
    /// The edits of the record; none when nothing was released.
    pub(super) edits: &'a [EditRecord],
    /// What each rule finds by itself.
    pub(super) hits: &'a [Hit],
    /// The confidence from which a finding is acted on.
    pub(super) acts: f32,
}

/// Tells a scored document's places and rules.
pub(super) fn report(scored: &Scored, grounds: &Grounds<'_>) -> DocumentReport {
    let lines = LineIndex::new(grounds.source);
    let position = |span: Span<Source>| lines.position(grounds.source, span.start());
    let mut report = DocumentReport {
        file: grounds.gold.file.clone(),
        counts: scored.counts,
        rules: rules(scored, grounds),
        ..DocumentReport::default()
    };
    if scored.counts.released == 0 {
        return report;
    }
    for (span, fate) in grounds.gold.spans.iter().zip(&scored.spans) {
        let Some(fate) = fate else { continue };
        if fate.place == Where::Readable {
            let counts = report.categories.entry(span.category).or_default();
            counts.spans += 1;
            counts.leaks += usize::from(fate.leaks);
        }
        if fate.leaks && fate.place != Where::Doubtful {
            let mut found_by: BTreeMap<String, f32> = BTreeMap::new();
            for hit in grounds.hits.iter().filter(|hit| hit.span.overlaps(span.span())) {
                let most = found_by.entry(hit.rule.to_string()).or_default();
                *most = most.max(hit.confidence);
            }
            report.misses.push(Miss {
                span: span.span(),
                position: position(span.span()),
                category: span.category,
                place: fate.place,
                stands: fate.stands,
                found_by,
            });
        }
    }
    for (fact, retained) in grounds.gold.facts.iter().zip(&scored.facts) {
        if *retained == Some(false) {
            let rules = edits_at(grounds, fact.span()).map(|edit| edit.rule.clone()).collect();
            report.lost_facts.push(LostFact { span: fact.span(), position: position(fact.span()), rules });
        }
    }
    for word in scored.words.iter().filter(|word| word.is_lost()) {
        let span = Span::new(word.start, word.end);
        if let Some(category) = edits_at(grounds, span).find_map(|edit| edit.category) {
            let counts = report.categories.entry(category).or_default();
            counts.lost_words += 1;
            counts.right_words += usize::from(word.sensitive);
        }
    }
    for (run, words) in false_runs(scored) {
        let span = Span::new(scored.words[run.start].start, scored.words[run.end - 1].end);
        let rules = edits_at(grounds, span).map(|edit| edit.rule.clone()).collect();
        report.false_cuts.push(FalseCut { span, position: position(span), words, rules });
    }
    report
}

/// The edits that touch a span.
fn edits_at<'a>(grounds: &Grounds<'a>, span: Span<Source>) -> impl Iterator<Item = &'a EditRecord> {
    grounds.edits.iter().filter(move |edit| edit.start < span.end() && span.start() < edit.end)
}

/// Runs of lost content words without a label, from the first to behind the last, and how many they are.
fn false_runs(scored: &Scored) -> Vec<(Range<usize>, usize)> {
    let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
    let mut goes_on = false;
    for (at, word) in scored.words.iter().enumerate().filter(|(_, word)| word.content) {
        let cut = word.is_lost() && !word.sensitive;
        match runs.last_mut() {
            Some((run, words)) if cut && goes_on => {
                run.end = at + 1;
                *words += 1;
            }
            _ if cut => runs.push((at..at + 1, 1)),
            _ => {}
        }
        goes_on = cut;
    }
    runs
}

/// The figures of each rule.
fn rules(scored: &Scored, grounds: &Grounds<'_>) -> BTreeMap<String, RuleCounts> {
    let mut rules: BTreeMap<String, RuleCounts> = BTreeMap::new();
    let mut finders: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); scored.words.len()];
    for hit in grounds.hits.iter().filter(|hit| hit.confidence >= grounds.acts) {
        let from = scored.words.partition_point(|word| word.start < hit.span.start());
        let to = scored.words.partition_point(|word| word.end <= hit.span.end()).max(from);
        let content = |at: &usize| scored.words[*at].content && scored.words[*at].readable;
        let (mut words, mut right) = (0, 0);
        for at in (from..to).filter(content) {
            words += 1;
            right += usize::from(scored.words[at].sensitive);
            finders[at].insert(hit.rule.as_str());
        }
        if words > 0 {
            let counts = rules.entry(hit.rule.to_string()).or_default();
            counts.hits += 1;
            counts.on_span += usize::from(right > 0);
            counts.words += words;
            counts.right_words += right;
        }
    }
    for fate in scored.spans.iter().flatten().filter(|fate| fate.place == Where::Readable) {
        let found: BTreeSet<&str> = fate.words.iter().flat_map(|&at| finders[at].iter().copied()).collect();
        if let [only] = found.into_iter().collect::<Vec<_>>()[..]
            && let Some(counts) = rules.get_mut(only)
        {
            counts.only += 1;
        }
    }
    rules
}
