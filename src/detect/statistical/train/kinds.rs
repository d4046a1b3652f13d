//! The second, smaller learner: what a span reveals. Multinomial logistic regression over the atoms in and around it.

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::corpus::Sample;
use super::learn::Dice;
use crate::category::Category;
use crate::detect::statistical::category::Around;
use crate::detect::statistical::features::{Atom, Sink as _};
use crate::detect::statistical::model::{CATEGORIES, CATEGORY_LANES};

const EPOCHS: usize = 12;
const RATE: f32 = 0.1;
const DECAY: f32 = 0.002;
const AUTHORS: usize = 2;
/// The most rows that are kept.
const ROWS: usize = 4000;

/// Weights of each category for each atom, inside a span and around it.
#[derive(Debug, Clone)]
pub(crate) struct Kinds {
    pub(crate) index: BTreeMap<Atom, u32>,
    pub(crate) rows: Vec<[f32; CATEGORY_LANES]>,
    pub(crate) bias: [f32; CATEGORIES],
}

/// The atoms of each span and its category.
fn examples(sample: &Sample) -> Vec<(Vec<(usize, Atom)>, usize)> {
    let mut number = 0;
    let mut out = Vec::new();
    for sentence in sample.zones.iter().flatten() {
        for (span, category) in sample.spans.iter().filter(|(span, _)| sentence.contains(&span.start)) {
            let mut atoms = Vec::new();
            let inside = span.start - sentence.start..span.end.min(sentence.end) - sentence.start;
            let mut around = Around { span: inside, each: |place, atom| atoms.push((place, atom)) };
            for token in sentence.clone() {
                sample
                    .atoms_of(token)
                    .iter()
                    .for_each(|&(group, atom)| around.token(token - sentence.start, group, atom));
            }
            sample.whole[number].iter().for_each(|&(group, atom)| around.sentence(group, atom));
            let kind = Category::ALL.iter().position(|c| c == category).unwrap_or_default();
            out.push((atoms, kind));
        }
        number += 1;
    }
    out
}

impl Kinds {
    fn scores(&self, atoms: &[(usize, Atom)]) -> [f32; CATEGORIES] {
        let mut scores = self.bias;
        for (place, atom) in atoms {
            if let Some(&row) = self.index.get(atom) {
                let row = &self.rows[row as usize][place * CATEGORIES..][..CATEGORIES];
                scores.iter_mut().zip(row).for_each(|(score, weight)| *score += weight);
            }
        }
        scores
    }

    /// The share of spans whose category is told rightly.
    pub(crate) fn right(&self, samples: &[&Sample]) -> f64 {
        let (mut right, mut all) = (0u32, 0u32);
        for (atoms, kind) in samples.iter().flat_map(|sample| examples(sample)) {
            let scores = self.scores(&atoms);
            let best = (0..CATEGORIES).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or_default();
            right += u32::from(best == kind);
            all += 1;
        }
        f64::from(right) / f64::from(all.max(1))
    }
}

/// Learns the categories of the samples' spans.
pub(crate) fn learn(samples: &[&Sample], settings: &Settings) -> Kinds {
    let mut seen: BTreeMap<Atom, (u32, BTreeSet<&str>)> = BTreeMap::new();
    let mut all = Vec::new();
    for sample in samples {
        for (atoms, kind) in examples(sample) {
            for (_, atom) in &atoms {
                let entry = seen.entry(*atom).or_default();
                entry.0 += 1;
                entry.1.insert(&sample.author);
            }
            all.push((atoms, kind));
        }
    }
    let authors = samples.iter().map(|s| &s.author).collect::<BTreeSet<_>>().len();
    let mut often: Vec<(u32, Atom)> = seen
        .iter()
        .filter(|(_, (_, by))| by.len() >= AUTHORS.min(authors))
        .map(|(&atom, &(n, _))| (n, atom))
        .collect();
    often.sort_unstable_by_key(|&(n, atom)| (std::cmp::Reverse(n), atom));
    often.truncate(ROWS);
    let atoms: BTreeSet<Atom> = often.into_iter().map(|(_, atom)| atom).collect();
    let mut kinds = Kinds {
        rows: vec![[0.0; CATEGORY_LANES]; atoms.len()],
        index: atoms.into_iter().zip(0..).collect(),
        bias: [0.0; CATEGORIES],
    };
    let mut sums = vec![[0.0f32; CATEGORY_LANES]; kinds.rows.len()];
    let mut bias_sums = [0.0f32; CATEGORIES];
    let mut dice = Dice(settings.seed);
    for _ in 0..EPOCHS {
        for at in (1..all.len()).rev() {
            #[expect(clippy::cast_possible_truncation, reason = "the remainder is an index")]
            all.swap(at, (dice.next() % (at as u64 + 1)) as usize);
        }
        for (atoms, kind) in &all {
            let scores = kinds.scores(atoms);
            let top = scores.iter().copied().fold(f32::MIN, f32::max);
            let parts = scores.map(|score| (score - top).exp());
            let whole: f32 = parts.iter().sum();
            let mut slopes = parts.map(|part| part / whole);
            slopes[*kind] -= 1.0;
            let step = |weight: &mut f32, sum: &mut f32, slope: f32| {
                let slope = slope + DECAY * *weight;
                *sum += slope * slope;
                *weight -= RATE * slope / (sum.sqrt() + 1e-3);
            };
            for (place, atom) in atoms {
                if let Some(&row) = kinds.index.get(atom) {
                    for (category, &slope) in slopes.iter().enumerate() {
                        let lane = place * CATEGORIES + category;
                        step(&mut kinds.rows[row as usize][lane], &mut sums[row as usize][lane], slope);
                    }
                }
            }
            for (category, &slope) in slopes.iter().enumerate() {
                step(&mut kinds.bias[category], &mut bias_sums[category], slope);
            }
        }
    }
    kinds
}
