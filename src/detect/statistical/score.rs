//! The scores and the marginals of one zone: rows added up as atoms are made, spread over the tokens in reach, and run
//! through the chain sentence by sentence.

use std::ops::Range;

use super::features::{Atom, Group, Sink};
use super::infer::{Chain, Factors, LABELS};
use super::model::{HERE, LANES, Look, Table};
use super::spread::{Row, spread};
use crate::detect::tokens::Sentence;

/// Room for one zone, kept to save allocations.
#[derive(Debug, Default)]
pub(super) struct Work {
    rows: Vec<Row<i16>>,
    whole: Vec<[i32; 2]>,
    sentences: Vec<Range<usize>>,
    scores: Vec<[i32; 2]>,
    scaled: Vec<[f32; 2]>,
    chain: Chain,
}

/// Adds up the rows of one sentence while its atoms are made.
pub(super) struct Adder<'a> {
    /// By token.
    pub(super) rows: &'a mut [Row<i16>],
    whole: &'a mut [i32; 2],
    table: &'a Table<LANES>,
}

impl Sink for Adder<'_> {
    fn token(&mut self, at: usize, _group: Group, atom: Atom) {
        if let Some(row) = self.table.get(atom) {
            add(&mut self.rows[at], row);
        }
    }

    fn sentence(&mut self, _group: Group, atom: Atom) {
        if let Some(row) = self.table.get(atom) {
            self.whole[0] += i32::from(row[2 * HERE]);
            self.whole[1] += i32::from(row[2 * HERE + 1]);
        }
    }
}

/// Adds a row as it is stored.
pub(super) fn add(sum: &mut Row<i16>, row: &[i8; LANES]) {
    add_row(sum, &row.map(i16::from));
}

/// Adds what was added up before.
pub(super) fn add_row(sum: &mut Row<i16>, row: &Row<i16>) {
    for (sum, more) in sum.iter_mut().zip(row) {
        *sum = sum.saturating_add(*more);
    }
}

impl Work {
    /// Scores a zone with one look. `read` makes the atoms of the sentence of this number.
    pub(super) fn score(
        &mut self,
        look: &Look,
        zone: &[Sentence],
        mut read: impl FnMut(usize, &mut Adder<'_>),
    ) {
        let start = zone[0].start;
        let len = (zone[zone.len() - 1].end - start) as usize;
        self.rows.clear();
        self.rows.resize(len, [0; LANES]);
        self.whole.clear();
        self.whole.resize(zone.len(), [0; 2]);
        self.sentences.clear();
        self.sentences.extend(zone.iter().map(|s| (s.start - start) as usize..(s.end - start) as usize));
        for (number, (tokens, whole)) in self.sentences.iter().zip(&mut self.whole).enumerate() {
            read(number, &mut Adder { rows: &mut self.rows[tokens.clone()], whole, table: &look.table });
        }
        spread(&self.rows, &self.sentences, &self.whole, &mut self.scores);
    }

    /// The marginals of one sentence of the zone scored last. `factors` are those of the look.
    pub(super) fn marginals(&mut self, look: &Look, factors: &Factors, number: usize) -> &[[f32; LABELS]] {
        self.scaled.clear();
        #[expect(clippy::cast_precision_loss, reason = "sums of small integers")]
        let scale =
            |score: &[i32; 2]| [0, 1].map(|label| score[label] as f32 * look.scale + look.bias[label]);
        self.scaled.extend(self.scores[self.sentences[number].clone()].iter().map(scale));
        self.chain.run(&self.scaled, factors);
        &self.chain.marginals
    }
}
