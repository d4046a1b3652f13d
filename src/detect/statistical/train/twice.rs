//! Both looks learned together: the second from what the first says of reports that it has not learned from.

use super::Settings;
use super::corpus::{Collect, Sample};
use super::learn::{self, Weights};
use crate::detect::statistical::features::{Atom, Group, SENTENCE_KINDS};
use crate::detect::statistical::infer::LABELS;
use crate::detect::statistical::second::{First, Said};

/// The weights of both looks.
#[derive(Debug, Clone)]
pub(crate) struct Twice {
    pub(crate) first: Weights,
    pub(crate) second: Weights,
}

impl Twice {
    /// Learns from samples.
    pub(crate) fn learn(samples: &[&Sample], settings: &Settings) -> Self {
        let learn = |samples: Vec<&Sample>| learn::learn(&samples, settings);
        let first = learn(samples.to_vec());
        let mut authors: Vec<&str> = samples.iter().map(|s| s.author.as_str()).collect();
        authors.dedup();
        let part_of =
            |author: &str| authors.iter().position(|&a| a == author).unwrap_or_default() % settings.inner;
        let mut seconds: Vec<Sample> = Vec::new();
        for part in 0..settings.inner {
            let weights = learn(samples.iter().copied().filter(|s| part_of(&s.author) != part).collect());
            seconds.extend(
                samples
                    .iter()
                    .filter(|s| part_of(&s.author) == part)
                    .map(|s| second(s, weights.marginals(s))),
            );
        }
        let settings = Settings {
            rate: settings.second_rate,
            rows: settings.second_rows,
            epochs: settings.second_epochs,
            fact_cost: settings.second_fact_cost,
            span_cost: settings.second_span_cost,
            ..settings.clone()
        };
        let second = learn::learn(&seconds.iter().collect::<Vec<_>>(), &settings);
        Self { first, second }
    }

    /// The probability of each label at each token.
    pub(crate) fn marginals(&self, sample: &Sample) -> Vec<[f32; LABELS]> {
        let first = self.first.marginals(sample);
        self.second.marginals(&second(sample, first))
    }
}

/// The sample as the second look sees it.
fn second(sample: &Sample, marginals: Vec<[f32; LABELS]>) -> Sample {
    let mut first = First::new(said(sample, marginals));
    first.gather(sample.zones.iter().flatten().cloned());
    let mut out = Sample { atoms: Vec::new(), ends: Vec::new(), whole: Vec::new(), ..sample.clone() };
    let mut number = 0;
    for zone in &sample.zones {
        let numbers = number..number + zone.len();
        for sentence in zone {
            let mut collect = Collect::of(sentence.len());
            first.read(number, sentence, &numbers, &mut collect);
            for (token, atoms) in sentence.clone().zip(collect.tokens) {
                out.atoms.extend(atoms);
                out.atoms.extend(sample.atoms_of(token).iter().filter(|(group, _)| *group == Group::Hit));
                out.ends.push(out.atoms.len());
            }
            let marks = sample.whole[number].iter().filter(|(group, _)| *group == Group::Mark);
            out.whole.push(collect.whole.into_iter().chain(marks.copied()).collect());
            number += 1;
        }
    }
    out
}

/// What the first look says of the sample, with the kinds of its words and sentences.
fn said(sample: &Sample, marginals: Vec<[f32; LABELS]>) -> Said {
    let of = |atoms: &[(Group, Atom)], wanted: Group| {
        atoms.iter().filter(move |(group, _)| *group == wanted).map(|(_, atom)| *atom).collect::<Vec<_>>()
    };
    let word = |token: usize| {
        let atoms = sample.atoms_of(token);
        [Group::Tag, Group::TagPair].map(|group| of(atoms, group)[0])
    };
    let sentence = |atoms: &Vec<(Group, Atom)>| {
        <[Atom; SENTENCE_KINDS]>::try_from(of(atoms, Group::Sentence)).expect("each sentence has all kinds")
    };
    Said {
        marginals,
        odds: Vec::new(),
        stems: sample.stems.clone(),
        words: (0..sample.len()).map(word).collect(),
        sentences: sample.whole.iter().map(sentence).collect(),
    }
}
