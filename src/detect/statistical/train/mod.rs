//! Training of the statistical reader: labelled reports in, weights and their card out.
//!
//! Everything is seeded and ordered: the same reports, rules and settings give the same bytes.

mod card;
mod corpus;
mod evaluate;
mod group;
mod kinds;
mod layers;
mod learn;
mod network;
mod pack;
mod redraft;
mod twice;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

pub use corpus::{CorpusError, Report, read};
pub use evaluate::{Outcome, Point};

use crate::detect::statistical::Model;
use crate::detect::statistical::features::Features;
use crate::rules::{Patterns, RuleSet};
use corpus::Sample;
pub(crate) use redraft::Redact;
use twice::Twice;

macro_rules! settings {
    ($($name:ident: $kind:ty = $value:expr, $doc:literal;)*) => {
        /// How to learn.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Settings {
            $(#[doc = $doc] pub $name: $kind,)*
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($name: $value,)* }
            }
        }

        impl Settings {
            /// All of them, by name.
            pub(crate) fn each(&self, mut say: impl FnMut(&str, &dyn std::fmt::Display)) {
                $(say(stringify!($name), &self.$name);)*
            }

            /// Sets one by name. Answers whether there is one of that name and the value is sound.
            pub fn set(&mut self, name: &str, value: &str) -> bool {
                match name {
                    $(stringify!($name) => value.parse().map(|value| self.$name = value).is_ok(),)*
                    _ => false,
                }
            }
        }
    };
}

settings! {
    seed: u64 = 1, "The seed of all chance.";
    folds: usize = 5, "Parts that the authors are dealt into for cross-validation.";
    epochs: usize = 8, "Passes over the reports.";
    polish: usize = 6, "Passes after rows were pruned.";
    rate: f32 = 0.01, "The first step size.";
    decay: f32 = 0.002, "How strongly weights are pulled to zero.";
    rows: usize = 30_000, "The most rows of weights.";
    word_authors: usize = 2, "Authors that must use a word for it to count.";
    pair_authors: usize = 2, "Authors that must use a pair or a triple.";
    drop_words: f32 = 0.4, "How often a word is not looked at while learning.";
    drop_slots: f32 = 0.3, "How often a lexicon is not looked at.";
    drop_hits: f32 = 0.3, "How often the rule findings of a report are not looked at.";
    drop_marks: f32 = 0.15, "How often the portion marks of a report are not looked at.";
    fact_cost: f32 = 6.0, "How much more a mistake costs on a fact.";
    span_cost: f32 = 1.0, "How much more a mistake costs on a sensitive word.";
    inner: usize = 4, "Parts that authors are dealt into to make the second look's training text.";
    second_rate: f32 = 0.01, "The first step size of the second look.";
    second_rows: usize = 10_000, "The most rows of weights of the second look.";
    second_epochs: usize = 8, "Passes of the second look.";
    second_fact_cost: f32 = 5.0, "How much more a mistake costs on a fact, at the second look.";
    second_span_cost: f32 = 0.5, "How much more a mistake costs on a sensitive word, at the second look.";
    redrafted: f32 = 0.5, "How often a sensitive span is taken out of a report's copy; 0 for no copies.";
    network_rows: usize = 12_000, "The most rows of weights of the network.";
    network_authors: usize = 3, "Authors that must use what the network has a row for.";
    network_epochs: usize = 8, "Passes of the network.";
    network_polish: usize = 2, "How many of these after rows were pruned.";
    network_rate: f32 = 0.003, "The first step size of the network.";
    network_decay: f32 = 0.01, "How strongly the network's weights are pulled to zero.";
    network_drop: f32 = 0.3, "How often a number inside the network is not looked at while learning.";
    network_drop_atoms: f32 = 0.2, "How often it does not look at what is neither word, rule finding nor mark.";
    network_fact_cost: f32 = 3.0, "How much more a mistake costs on a fact, at the network.";
    network_span_cost: f32 = 0.5, "How much more a mistake costs on a sensitive word, at the network.";
    network_share: f32 = 0.7, "How much the network's word weighs against that of the chain.";
    threshold: f32 = 0.07, "The least probability of a token that a finding takes in.";
}

/// A trained model, ready to be written.
#[derive(Debug, Clone)]
pub struct Trained {
    /// `patterns/reader/weights.bin`.
    pub weights: Vec<u8>,
    /// Rows kept.
    pub rows: usize,
}

/// Everything that cross-validation and training start from.
#[derive(Debug)]
pub struct Bench {
    samples: Vec<Sample>,
    /// Copies that are learned from and not measured on.
    copies: Vec<Sample>,
}

impl Bench {
    /// Leaves whole authors out, one fold after another, and measures on them.
    #[must_use]
    pub fn cross_validate(&self, settings: &Settings) -> Outcome {
        evaluate::cross_validate(&self.samples, &self.copies, settings)
    }

    /// Trains on everything. `calibration` comes from cross-validation.
    #[must_use]
    pub fn train(&self, settings: &Settings, calibration: [f32; 11]) -> Trained {
        let samples: Vec<&Sample> = corpus::by_author(&self.samples, &self.copies).collect();
        let weights = Twice::learn(&samples, settings);
        let net = network::learn(&samples, settings);
        let kinds = kinds::learn(&samples, settings);
        let model = pack::pack(&weights, &net, &kinds, settings, calibration);
        Trained { weights: model.write(), rows: model.looks[0].table.len() }
    }

    /// The card that lies beside the weights: what they were learned from and what they are worth.
    #[must_use]
    pub fn card(&self, settings: &Settings, outcome: &Outcome, trained: &Trained, date: &str) -> String {
        card::card(&self.samples, settings, outcome, trained, date)
    }
}

/// Reads all reports of a folder with the rules, which are those of the patterns.
///
/// # Errors
/// When the reports cannot be read.
pub(crate) fn bench(
    dir: &Path,
    patterns: &Patterns,
    rules: &RuleSet,
    settings: &Settings,
    redact: Redact,
) -> Result<Bench, CorpusError> {
    let features = Features::new(patterns.alike(), &rules.vocabulary, &rules.grammar, rules.rules());
    let samples = |reports: &[Report]| {
        reports.iter().flat_map(|report| corpus::samples(report, rules, &features)).collect()
    };
    let reports = read(dir)?;
    let copies: Vec<Report> = match settings.redrafted {
        none if none <= 0.0 => Vec::new(),
        _ => reports
            .iter()
            .zip(0..)
            .map(|(report, n)| redraft::redraft(report, n, rules, settings, redact))
            .collect(),
    };
    Ok(Bench { samples: samples(&reports), copies: samples(&copies) })
}

/// Weights with another threshold, and their card. What the figures of the card are at other thresholds stands in it.
///
/// # Errors
/// When the weights are none.
pub fn retune(
    weights: &[u8],
    card: &str,
    threshold: f32,
) -> Result<(Vec<u8>, String), Box<dyn std::error::Error>> {
    let mut model = Model::read(weights)?;
    model.calibration.threshold = threshold;
    let weights = model.write();
    Ok((weights.clone(), card::with_threshold(card, &weights, threshold)))
}

/// The words that are used alike, as `patterns/reader/alike.txt` has them: of a file of vectors ("word 0.1 -0.2 ..." a line, the most
/// frequent word first) those that everybody uses and those of the reports in a folder.
///
/// # Errors
/// When the reports or the vectors cannot be read.
pub fn alike(dir: &Path, vectors: &Path, rules: &RuleSet) -> Result<String, CorpusError> {
    let is_small = |word: &&str| word.starts_with(|first: char| first.is_ascii_lowercase());
    let reports = read(dir)?;
    let words = reports.iter().flat_map(|report| report.text.split(|c: char| !c.is_ascii_alphabetic()));
    let used: BTreeSet<String> = words.filter(is_small).map(str::to_lowercase).collect();
    let idle = |word: &str| rules.vocabulary.holds(word, rules.grammar.function_word);
    let io = |source| CorpusError::Io { path: vectors.to_owned(), source };
    group::alike(BufReader::new(File::open(vectors).map_err(io)?), &used, idle).map_err(io)
}

/// Samples of labelled texts, each by an author of its own.
#[cfg(test)]
pub(crate) fn samples_of(labelled: &[&str], rules: &RuleSet) -> Vec<Sample> {
    let alike = Patterns::built_in().alike();
    let features = Features::new(alike, &rules.vocabulary, &rules.grammar, rules.rules());
    let samples = |(at, text): (usize, &&str)| {
        let mut report = corpus::parse(text).expect("the marks are sound");
        report.author = at.to_string();
        corpus::samples(&report, rules, &features)
    };
    labelled.iter().enumerate().flat_map(samples).collect()
}

#[cfg(test)]
pub(crate) use corpus::parts as parts_of;

/// A labelled text without its marks.
#[cfg(test)]
pub(crate) fn text_of(labelled: &str) -> String {
    corpus::parse(labelled).expect("the marks are sound").text
}

/// A model of labelled texts, rounded and in full precision.
#[cfg(test)]
pub(crate) fn trained_on(
    labelled: &[&str],
    rules: &RuleSet,
    settings: &Settings,
) -> (Model, Twice, network::Net) {
    let samples = samples_of(labelled, rules);
    let samples: Vec<&Sample> = samples.iter().collect();
    let twice = Twice::learn(&samples, settings);
    let net = network::learn(&samples, settings);
    let model = pack::pack(&twice, &net, &kinds::learn(&samples, settings), settings, [0.5; 11]);
    (model, twice, net)
}
