//! The statistical reader: spans that no rule names, found by what usually tells how something is known.
//!
//! A linear-chain conditional random field over the tokens of a [`Reading`], trained on fictional labelled reports
//! (`fixtures/labelled`) by `train_reader`. It runs behind the rules, whose findings are among its features, and adds
//! findings with calibrated confidence; the policy's thresholds decide. Nothing here holds words: weights are keyed by
//! hashed names, lexicons by theirs.

mod category;
pub(crate) mod features;
mod infer;
mod model;
mod second;
mod spread;
#[cfg(any(test, feature = "train"))]
pub mod train;

use std::ops::Range;

use super::reading::Reading;
use super::tokens::{Sentence, Shape};
use super::{Found, Reader, View};
use crate::category::Category;
use crate::rules::{Grammar, Rule};
use crate::rules::vocabulary::Vocabulary;
use features::{Atom, Features, Group, Input, Scratch, Sink};
use infer::Chain;
use model::{HERE, LANES, Model};
use spread::{Row, spread};

pub(crate) use model::ModelError;

/// Spans below the threshold are listed down to this part of it.
const LISTED: f32 = 0.5;

/// A model made ready for one rule set.
#[derive(Debug)]
pub(crate) struct Statistical {
    model: Model,
    features: Features,
    /// The rule that stands for the reader's findings of each category.
    rules: Vec<Option<usize>>,
}

impl Statistical {
    /// Reads the weights and names the atoms of a vocabulary and of rules.
    pub(crate) fn new(weights: &[u8], vocabulary: &Vocabulary, grammar: &Grammar, rules: &[Rule]) -> Result<Self, ModelError> {
        Ok(Self::with(Model::read(weights)?, vocabulary, grammar, rules))
    }

    fn with(model: Model, vocabulary: &Vocabulary, grammar: &Grammar, rules: &[Rule]) -> Self {
        let place = |category: &Category| {
            let id = format!("{category}.statistical");
            rules.iter().position(|rule| rule.id.as_str() == id)
        };
        let features = Features::new(vocabulary, grammar, rules);
        Self { model, features, rules: Category::ALL.iter().map(place).collect() }
    }
}

/// The reader beside the others; idle when the rule set has no model.
pub(super) struct Learned;

impl Reader for Learned {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        let Some(statistical) = &view.rules.statistical else { return };
        let hits = hits_of(view.reading, findings);
        let input = Input { text: view.text, reading: view.reading, hits: &hits, contexts: view.contexts };
        let mut work = Work::default();
        let mut sentences = view.reading.sentences.as_slice();
        while let Some(first) = sentences.first() {
            let zone_end = view.reading.zone_of(first.start).end;
            let count = sentences.partition_point(|sentence| sentence.start < zone_end);
            let (zone, rest) = sentences.split_at(count);
            statistical.zone(&input, zone, &mut work, findings);
            sentences = rest;
        }
    }
}

/// Room for one zone, kept to save allocations.
#[derive(Default)]
struct Work {
    scratch: Scratch,
    sums: Sums,
    sentences: Vec<Range<usize>>,
    scores: Vec<[i32; 2]>,
    scaled: Vec<[f32; 2]>,
    chain: Chain,
    inside: Vec<f32>,
    content: Vec<bool>,
    runs: Vec<Range<usize>>,
}

/// What the tokens of a zone give, added up while their atoms are made.
#[derive(Default)]
struct Sums {
    rows: Vec<Row<i32>>,
    whole: Vec<[i32; 2]>,
    start: usize,
}

struct Adder<'a> {
    sums: &'a mut Sums,
    model: &'a Model,
}

impl Sink for Adder<'_> {
    fn token(&mut self, at: usize, _group: Group, atom: Atom) {
        if let Some(row) = self.model.table.get(atom) {
            let sum = &mut self.sums.rows[self.sums.start + at];
            for lane in 0..LANES {
                sum[lane] += i32::from(row[lane]);
            }
        }
    }

    fn sentence(&mut self, _group: Group, atom: Atom) {
        if let (Some(row), Some(sum)) = (self.model.table.get(atom), self.sums.whole.last_mut()) {
            sum[0] += i32::from(row[2 * HERE]);
            sum[1] += i32::from(row[2 * HERE + 1]);
        }
    }
}

impl Statistical {
    fn zone(&self, input: &Input<'_>, zone: &[Sentence], work: &mut Work, findings: &mut Vec<Found>) {
        let Work { scratch, sums, sentences, scores, scaled, chain, inside, content, runs } = work;
        let start = zone[0].start;
        sums.rows.clear();
        sums.whole.clear();
        sentences.clear();
        for sentence in zone {
            sums.start = sums.rows.len();
            sums.rows.resize(sums.start + sentence.len(), [0; LANES]);
            sums.whole.push([0; 2]);
            sentences.push((sentence.start - start) as usize..(sentence.end - start) as usize);
            self.features.read(input, sentence, scratch, &mut Adder { sums, model: &self.model });
        }
        spread(&sums.rows, sentences, &sums.whole, scores);
        for (sentence, tokens) in zone.iter().zip(sentences.iter()) {
            scaled.clear();
            #[expect(clippy::cast_precision_loss, reason = "sums of small integers")]
            scaled.extend(scores[tokens.clone()].iter().map(|score| {
                [0, 1].map(|label| score[label] as f32 * self.model.scale + self.model.bias[label])
            }));
            chain.run(scaled, &self.model.transitions);
            inside.clear();
            inside.extend(chain.marginals.iter().map(|marginal| 1.0 - marginal[infer::OUT]));
            let threshold = self.model.calibration.threshold;
            if inside.iter().all(|&p| p < threshold * LISTED) {
                continue;
            }
            content.clear();
            content.extend(sentence.clone().map(|at| is_content(input.reading, at, self.features.function_word())));
            for (level, least) in [(0, threshold), (1, threshold * LISTED)] {
                decode(inside, content, least, runs);
                for run in runs.iter() {
                    if level == 1 && inside[run.clone()].iter().any(|&p| p >= threshold) {
                        continue;
                    }
                    self.push(input, sentence.start, run, inside, content, findings);
                }
            }
        }
    }

    fn push(
        &self,
        input: &Input<'_>,
        start: u32,
        run: &Range<usize>,
        inside: &[f32],
        content: &[bool],
        findings: &mut Vec<Found>,
    ) {
        let at = |token: usize| start + u32::try_from(token).expect("a sentence has a few hundred tokens");
        let bytes = input.reading.bytes(at(run.start), at(run.end));
        let category = findings
            .iter()
            .filter(|found| found.bytes.start < bytes.end && bytes.start < found.bytes.end)
            .max_by_key(|found| found.bytes.len())
            .map_or_else(|| category::of(&self.model, &self.features, input, at(run.start)..at(run.end)), |found| found.category);
        let place = Category::ALL.iter().position(|&c| c == category).and_then(|place| self.rules[place]);
        let confidence = self.model.calibration.confidence(mean(inside, content, run));
        if let Some(rule) = place {
            findings.push(Found { bytes, rule, category, confidence, binds: None });
        }
    }
}

/// The mean probability of a run's words of content.
fn mean(inside: &[f32], content: &[bool], run: &Range<usize>) -> f32 {
    let (sum, count) = run.clone().filter(|&at| content[at]).fold((0.0, 0.0f32), |(s, n), at| (s + inside[at], n + 1.0));
    sum / count.max(1.0)
}

fn is_content(reading: &Reading<'_>, at: u32, function_word: crate::rules::vocabulary::SlotId) -> bool {
    reading.shape(at).intersects(Shape::WORD | Shape::NUM) && !reading.is_word_of(at, function_word)
}

/// Runs of tokens that are inside a span with at least the given probability. Function words and marks between two such
/// tokens belong to the run; a run starts and ends with a word of content or a token above the threshold.
fn decode(inside: &[f32], content: &[bool], threshold: f32, runs: &mut Vec<Range<usize>>) {
    runs.clear();
    for at in 0..inside.len() {
        if inside[at] < threshold {
            continue;
        }
        match runs.last_mut() {
            Some(last) if (last.end..at).all(|between| !content[between]) && at - last.end <= 1 => last.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs.retain(|run| content[run.clone()].iter().any(|&word| word));
}

/// For each token, one more than the rule of the longest finding over it, or 0.
fn hits_of(reading: &Reading<'_>, findings: &[Found]) -> Vec<u32> {
    let mut hits = vec![0; reading.tokens.len()];
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|&at| (findings[at].bytes.len(), std::cmp::Reverse(findings[at].rule)));
    for at in order {
        let found = &findings[at];
        let from = reading.token_at(found.bytes.start) as usize;
        let to = reading.tokens.partition_point(|token| (token.start as usize) < found.bytes.end);
        hits[from..to.max(from)].fill(u32::try_from(found.rule + 1).expect("rules are few"));
    }
    hits
}

/// What the rules find by themselves.
#[cfg(any(test, feature = "train"))]
fn rule_hits(text: &str, reading: &Reading<'_>, rules: &crate::rules::RuleSet, contexts: &[(Range<usize>, features::Context)]) -> Vec<Found> {
    let view = View { text, reading, rules, contexts };
    let mut found = Vec::new();
    for reader in super::rule_readers() {
        reader.read(&view, &mut found);
    }
    found
}
