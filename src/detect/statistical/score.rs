//! The scores and the marginals of one zone: rows added up as atoms are made, spread over the tokens in reach, and run
//! through the chain sentence by sentence.

use std::ops::Range;

use super::features::{Atom, Group, Sink};
use super::infer::{Chain, Factors, LABELS, Weights};
use super::model::{HERE, LANES, Look, Table};
use super::spread::{Row, spread};
use crate::detect::aliases::index;
use crate::detect::tokens::Sentence;

/// Room for one zone, kept to save allocations.
#[derive(Debug, Default)]
pub(super) struct Work {
    rows: Vec<Row<i16>>,
    whole: Vec<[i32; 2]>,
    sentences: Vec<Range<usize>>,
    scores: Vec<[i32; 2]>,
    chain: Chain,
    waiting: Waiting,
}

/// Atoms that the table may hold, with their tokens. Rows lie far apart; looked up in one go they are fetched side by side.
#[derive(Debug)]
struct Waiting {
    atoms: [(u32, Atom); WAITING],
    count: usize,
}

const WAITING: usize = 512;

impl Default for Waiting {
    fn default() -> Self {
        Self { atoms: [(0, Atom::default()); WAITING], count: 0 }
    }
}

/// Adds up the rows of one sentence while its atoms are made.
pub(super) struct Adder<'a> {
    /// By token.
    pub(super) rows: &'a mut [Row<i16>],
    whole: &'a mut [i32; 2],
    table: &'a Table<LANES>,
    waiting: &'a mut Waiting,
}

impl Adder<'_> {
    /// Adds the rows of all atoms that wait.
    fn settle(&mut self) {
        for &(at, atom) in &self.waiting.atoms[..self.waiting.count] {
            if let Some(row) = self.table.find(atom) {
                add(&mut self.rows[at as usize], row);
            }
        }
        self.waiting.count = 0;
    }
}

impl Sink for Adder<'_> {
    fn token(&mut self, at: usize, _group: Group, atom: Atom) {
        if self.waiting.count == WAITING {
            self.settle();
        }
        self.waiting.atoms[self.waiting.count] = (index(at), atom);
        // Most atoms are not held, and which are is hard to foretell: no branch.
        self.waiting.count += usize::from(self.table.may_hold(atom));
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
    for (sum, more) in sum.iter_mut().zip(row) {
        *sum = sum.saturating_add(i16::from(*more));
    }
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
            let rows = &mut self.rows[tokens.clone()];
            let mut adder = Adder { rows, whole, table: &look.table, waiting: &mut self.waiting };
            read(number, &mut adder);
            adder.settle();
        }
        spread(&self.rows, &self.sentences, &self.whole, &mut self.scores);
    }

    /// The marginals of one sentence of the zone scored last. `factors` and `weights` are those of the look.
    pub(super) fn marginals(
        &mut self,
        factors: &Factors,
        weights: &Weights,
        number: usize,
    ) -> &[[f32; LABELS]] {
        let scores = &self.scores[self.sentences[number].clone()];
        self.chain.run_weighed(scores.iter().map(|&score| weights.of(score)), factors);
        &self.chain.marginals
    }
}
