//! The second look: what the first look thinks of the rest of the report.
//!
//! The first look sees a sentence and its neighbours. Whether "the broker" is a source often stands elsewhere: in the
//! header, or two paragraphs on. So the probabilities of the first look become atoms of a small second chain: those of
//! the token, the highest of the sentences around, and the highest that the same word has in other sentences.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::features::{Atom, Group, Sink, mix};
use super::infer::{BEGIN, IN, LABELS, OUT};

/// What the first look says of a report.
#[derive(Debug, Default)]
pub(crate) struct First {
    /// Probabilities of the labels at each token.
    pub(crate) marginals: Vec<[f32; LABELS]>,
    /// The word of each token, without inflection; none for one without content.
    pub(crate) words: Vec<Option<Atom>>,
    /// The highest probability at a word, its sentence, and the highest in any other sentence.
    pub(crate) memory: HashMap<Atom, (f32, usize, f32), FixedState>,
    /// The highest mean over three tokens in each sentence.
    pub(crate) peaks: Vec<f32>,
}

impl First {
    /// Gathers what is needed of the whole report.
    pub(crate) fn gather(&mut self, sentences: impl Iterator<Item = Range<usize>>) {
        self.memory.clear();
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
                let best = self.memory.entry(word).or_insert((p, number, -1.0));
                if best.1 == number {
                    best.0 = best.0.max(p);
                } else if p > best.0 {
                    *best = (p, number, best.0);
                } else {
                    best.2 = best.2.max(p);
                }
            }
            self.peaks.push(peak);
        }
    }

    fn inside(&self, at: usize) -> f32 {
        1.0 - self.marginals[at][OUT]
    }

    /// The highest probability of the token's word in other sentences; -1 when it stands nowhere else.
    fn elsewhere(&self, at: usize, sentence: usize) -> f32 {
        let found = self.words[at].and_then(|word| self.memory.get(&word));
        found.map_or(-1.0, |&(best, number, other)| if number == sentence { other } else { best })
    }

    /// Makes the atoms of a sentence. `zone` are the numbers of the sentences of its zone.
    pub(crate) fn read(
        &self,
        number: usize,
        sentence: &Range<usize>,
        zone: &Range<usize>,
        sink: &mut impl Sink,
    ) {
        for (at, token) in sentence.clone().enumerate() {
            let inside = level(self.inside(token));
            let begin = level(self.marginals[token][BEGIN]);
            let end = if token + 1 < sentence.end {
                self.inside(token) - self.marginals[token + 1][IN]
            } else {
                self.inside(token)
            };
            let elsewhere =
                if self.words[token].is_none() { 15 } else { level(self.elsewhere(token, number)) };
            let mut say =
                |kind: u64, value: u64| sink.token(at, Group::Second, mix(Group::Second, kind << 32 | value));
            say(1, inside);
            say(2, begin);
            say(3, level(end));
            say(4, elsewhere);
            say(5, elsewhere << 8 | inside);
        }
        let peak = |number: usize| self.peaks.get(number).map_or(15, |&p| level(p));
        let mut say =
            |kind: u64, value: u64| sink.sentence(Group::Second, mix(Group::Second, kind << 32 | value));
        say(6, peak(number));
        say(7, if number > zone.start { peak(number - 1) } else { 14 });
        say(8, if number + 1 < zone.end { peak(number + 1) } else { 14 });
        say(9, if zone.start > 0 { peak(zone.start - 1) } else { 14 });
        say(10, peak(zone.end));
        let all = self.peaks.iter().sum::<f32>() / self.peaks.len().max(1) as f32;
        say(11, level(all));
    }
}

/// A probability as one of twelve steps of its logit; 13 for none.
fn level(p: f32) -> u64 {
    if p < 0.0 {
        return 13;
    }
    let logit = (p.max(1e-6) / (1.0 - p).max(1e-6)).ln();
    ((logit + 5.5).clamp(0.0, 11.0)) as u64
}
