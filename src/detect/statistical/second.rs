//! The second look: what the first look thinks of the rest of the report.
//!
//! The first look sees a sentence and its neighbours. Whether "the broker" is a source often stands elsewhere: in the
//! header, or two paragraphs on. So the probabilities of the first look become atoms of a small second chain: those of
//! the token, the highest of the sentences around, and the highest that the same word has in other sentences; and these
//! joined with what kind of word and what kind of sentence it is, since "He keeps the keys" behind a sentence on a source
//! tells more of him than "The bridge is down".

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::features::{Atom, Group, SENTENCE_KINDS, Sink, mix};
use super::infer::{BEGIN, IN, LABELS, OUT};
use super::model::{LANES, Table};
use super::score::add;
use super::spread::Row;

/// What the first look says of one zone after another.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Probabilities of the labels at each token.
    pub(crate) marginals: Vec<[f32; LABELS]>,
    /// By token: what the network says, as the logarithm of the odds.
    pub(crate) odds: Vec<f32>,
    /// By token: its word without inflection; none for one without content.
    pub(crate) stems: Vec<Option<Atom>>,
    /// By token: what kind of word it is.
    pub(crate) words: Vec<[Atom; 2]>,
    /// By sentence: what kind of sentence it is.
    pub(crate) sentences: Vec<[Atom; SENTENCE_KINDS]>,
}

impl Said {
    /// Adds what is said of the next zone.
    pub(crate) fn push(&mut self, zone: &Self) {
        self.marginals.extend_from_slice(&zone.marginals);
        self.odds.extend_from_slice(&zone.odds);
        self.stems.extend_from_slice(&zone.stems);
        self.words.extend_from_slice(&zone.words);
        self.sentences.extend_from_slice(&zone.sentences);
    }
}

/// What the first look says of a report.
#[derive(Debug, Default)]
pub(crate) struct First {
    said: Said,
    /// By token: its word without inflection, as a number; none for one without content.
    words: Vec<Option<u32>>,
    /// By word.
    memory: Vec<Memory>,
    /// The highest mean over three tokens in each sentence.
    peaks: Vec<f32>,
    /// The mean of the peaks.
    mean: f32,
}

/// The highest probability at a word, its sentence, and the highest in any other sentence; -1 where there is none.
#[derive(Debug, Clone, Copy)]
struct Memory {
    best: f32,
    sentence: usize,
    other: f32,
}

const NEVER: Memory = Memory { best: -1.0, sentence: usize::MAX, other: -1.0 };

impl First {
    pub(crate) fn new(said: Said) -> Self {
        // A word comes a few times in a report.
        let mut numbers: HashMap<Atom, u32, FixedState> =
            HashMap::with_capacity_and_hasher(said.stems.len() / 4, FixedState::default());
        let mut number = |stem: Atom| {
            let next = u32::try_from(numbers.len()).expect("there are no more words than tokens");
            *numbers.entry(stem).or_insert(next)
        };
        let words = said.stems.iter().map(|stem| stem.map(&mut number)).collect();
        let memory = vec![NEVER; numbers.len()];
        Self { said, words, memory, peaks: Vec::new(), mean: 0.0 }
    }

    /// Probabilities of the labels at each token.
    #[cfg(test)]
    pub(crate) fn marginals(&self) -> &[[f32; LABELS]] {
        &self.said.marginals
    }

    /// Whether the token is a word of content.
    pub(crate) fn is_content(&self, token: usize) -> bool {
        self.words[token].is_some()
    }

    /// Gathers what is needed of the whole report.
    pub(crate) fn gather(&mut self, sentences: impl Iterator<Item = Range<usize>>) {
        self.memory.fill(NEVER);
        self.peaks.clear();
        for (number, sentence) in sentences.enumerate() {
            let mut peak = 0.0f32;
            for at in sentence.clone() {
                let p = self.inside(at);
                let around = (p
                    + self.inside((at + 1).min(sentence.end - 1))
                    + self.inside(at.saturating_sub(1).max(sentence.start)))
                    / 3.0;
                peak = peak.max(around);
                let Some(word) = self.words[at] else { continue };
                let known = &mut self.memory[word as usize];
                if known.sentence == number {
                    known.best = known.best.max(p);
                } else if p > known.best {
                    *known = Memory { best: p, sentence: number, other: known.best };
                } else {
                    known.other = known.other.max(p);
                }
            }
            self.peaks.push(peak);
        }
        self.mean = self.peaks.iter().sum::<f32>() / self.peaks.len().max(1) as f32;
    }

    /// What the network says of each token, as the logarithm of the odds.
    pub(crate) fn odds(&self) -> &[f32] {
        &self.said.odds
    }

    fn inside(&self, at: usize) -> f32 {
        1.0 - self.said.marginals[at][OUT]
    }

    /// The highest probability of the token's word in other sentences; -1 when it stands nowhere else.
    fn elsewhere(&self, word: u32, sentence: usize) -> f32 {
        let known = &self.memory[word as usize];
        if known.sentence == sentence { known.other } else { known.best }
    }

    /// What is said of a token of a sentence, by the sentence's number and its end.
    pub(crate) fn levels(&self, token: usize, number: usize, end: usize) -> TokenLevels {
        let inside = self.inside(token);
        let last = if token + 1 < end { inside - self.said.marginals[token + 1][IN] } else { inside };
        TokenLevels {
            inside: level(inside),
            begin: level(self.said.marginals[token][BEGIN]),
            end: level(last),
            elsewhere: self.words[token].map_or(15, |word| level(self.elsewhere(word, number))),
        }
    }

    /// Makes the atoms of a sentence. `zone` are the numbers of the sentences of its zone.
    #[cfg(any(test, feature = "train"))]
    pub(crate) fn read(
        &self,
        number: usize,
        sentence: &Range<usize>,
        zone: &Range<usize>,
        sink: &mut impl Sink,
    ) {
        for (at, token) in sentence.clone().enumerate() {
            for atom in self.levels(token, number, sentence.end).atoms() {
                sink.token(at, Group::Second, atom);
            }
        }
        self.joined(number, number, sentence, zone, sink);
    }

    /// Makes the atoms that join what is said of a word or a sentence with its kind, and those of the sentence as a whole.
    /// `number` counts the sentences gathered, `place` those of the whole report.
    pub(crate) fn joined(
        &self,
        number: usize,
        place: usize,
        sentence: &Range<usize>,
        zone: &Range<usize>,
        sink: &mut impl Sink,
    ) {
        for (at, token) in sentence.clone().enumerate() {
            let inside = level(self.inside(token));
            for kind in self.said.words[token] {
                sink.token(at, Group::Second, with_kind(12, kind, inside));
            }
        }
        let peak = |number: usize| self.peaks.get(number).map_or(15, |&p| level(p));
        let (own, before) = (peak(number), if number > zone.start { peak(number - 1) } else { 14 });
        let mut say = |atom: Atom| sink.sentence(Group::Second, atom);
        say(named(6, own));
        say(named(7, before));
        say(named(8, if number + 1 < zone.end { peak(number + 1) } else { 14 }));
        say(named(9, if zone.start > 0 { peak(zone.start - 1) } else { 14 }));
        say(named(10, peak(zone.end)));
        say(named(11, level(self.mean)));
        say(mix(Group::Second, 13 << 32 | u64::from(before) << 8 | u64::from(own)));
        for kind in self.said.sentences[place] {
            say(with_kind(14, kind, before));
            say(with_kind(15, kind, own));
        }
    }
}

/// The atom of a kind of word or sentence and a level.
fn with_kind(name: u64, kind: Atom, value: u8) -> Atom {
    mix(Group::Second, name << 48 | u64::from(kind.0) << 8 | u64::from(value))
}

fn named(kind: u64, value: u8) -> Atom {
    mix(Group::Second, kind << 32 | u64::from(value))
}

/// What the first look says of one token: probabilities as [`level`] has them, and 15 for a word without content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenLevels {
    inside: u8,
    begin: u8,
    end: u8,
    elsewhere: u8,
}

impl TokenLevels {
    fn atoms(self) -> [Atom; 5] {
        let Self { inside, begin, end, elsewhere } = self;
        [
            named(1, inside),
            named(2, begin),
            named(3, end),
            named(4, elsewhere),
            mix(Group::Second, 5 << 32 | u64::from(elsewhere) << 8 | u64::from(inside)),
        ]
    }
}

/// The rows of all that can be said of a token, added up: there are few cases.
#[derive(Debug)]
pub(crate) struct Levels {
    /// By the level inside and that elsewhere.
    inside: Vec<Row<i16>>,
    begin: Vec<Row<i16>>,
    end: Vec<Row<i16>>,
}

/// Numbers of levels.
const LEVELS: u8 = 16;

impl Levels {
    pub(crate) fn new(table: &Table<LANES>) -> Self {
        let sum = |atoms: &[Atom]| {
            let mut sum = [0; LANES];
            atoms.iter().filter_map(|&atom| table.get(atom)).for_each(|row| add(&mut sum, row));
            sum
        };
        let cases = (0..LEVELS).flat_map(|elsewhere| (0..LEVELS).map(move |inside| (inside, elsewhere)));
        let both = |(inside, elsewhere)| {
            let [one, _, _, four, five] = TokenLevels { inside, begin: 0, end: 0, elsewhere }.atoms();
            sum(&[one, four, five])
        };
        Self {
            inside: cases.map(both).collect(),
            begin: (0..LEVELS).map(|level| sum(&[named(2, level)])).collect(),
            end: (0..LEVELS).map(|level| sum(&[named(3, level)])).collect(),
        }
    }

    /// The rows whose sum is that of the token's atoms.
    pub(crate) fn rows(&self, of: TokenLevels) -> impl Iterator<Item = &Row<i16>> {
        let both = &self.inside[usize::from(of.elsewhere) * usize::from(LEVELS) + usize::from(of.inside)];
        [both, &self.begin[usize::from(of.begin)], &self.end[usize::from(of.end)]].into_iter()
    }
}

/// A probability as one of twelve steps of its logit; 13 for none.
fn level(p: f32) -> u8 {
    if p < 0.0 {
        return 13;
    }
    let logit = (p.max(1e-6) / (1.0 - p).max(1e-6)).ln();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number is between 0 and 11"
    )]
    let step = (logit + 5.5).clamp(0.0, 11.0) as u8;
    step
}
