//! Which places of a skeleton can still reach a match, token by token from the end of a sentence.
//!
//! A run that only goes where a match is still within reach hardly ever turns back. The skeleton has loops for
//! repeats, so reach is taken a little too wide; the run itself keeps the bounds.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::atoms::{Atom, Atoms, Role};
use super::classes::{Class, Classes, holds};
use super::table::{MOST_STATES, Next, State, Table};
use crate::detect::program::Inst;
use crate::detect::tokens::Shape;
use crate::rules::vocabulary::Vocabulary;

/// A place of the skeleton, and how it is left.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// One token for which the atom holds.
    Test(Atom),
    /// A term: one word, or several that pass the inner place.
    Term { single: Atom, first: Atom, inner: u32 },
    /// Inside of a term: goes on here, or ends before `after`.
    Inner { inner: Atom, last: Atom, after: u32 },
    Either(u32, u32),
    To(u32),
    /// At the end of the sentence alone.
    End,
    /// Both the body of a look ahead and what follows it.
    Both(u32, u32),
    Match,
}

/// A skeleton, shared by all threads.
#[derive(Debug)]
pub(super) struct Reverse {
    places: Vec<Place>,
    punctuation: Atom,
}

impl Reverse {
    pub(super) fn new(skeleton: &[Inst], atoms: &mut Atoms, vocabulary: &Vocabulary) -> Self {
        let mut inner = Vec::new();
        let mut places: Vec<Place> = Vec::with_capacity(skeleton.len());
        for (inst, next) in skeleton.iter().zip(1..) {
            places.push(match inst {
                Inst::Slot(slot) if vocabulary.has_several(*slot) => {
                    let [first, middle, last] =
                        [Role::First, Role::Inner, Role::Last].map(|role| atoms.term(*slot, role));
                    inner.push(Place::Inner { inner: middle, last, after: next });
                    let inner = u32::try_from(skeleton.len() + inner.len() - 1).expect("programs are bounded");
                    Place::Term { single: atoms.slot(*slot), first, inner }
                }
                Inst::Slot(slot) => Place::Test(atoms.slot(*slot)),
                Inst::Kind(shape) => Place::Test(atoms.look(*shape)),
                Inst::Set(set) => Place::Test(atoms.set(set)),
                Inst::Split(first, second) => Place::Either(*first, *second),
                Inst::Jump(to) => Place::To(*to),
                Inst::Save(_) | Inst::SentenceStart | Inst::PortionStart => Place::To(next),
                Inst::SentenceEnd => Place::End,
                Inst::Look(_, after, true) => Place::To(*after),
                Inst::Look(body, after, false) => Place::Both(*body, *after),
                Inst::Match => Place::Match,
            });
        }
        places.append(&mut inner);
        Self { places, punctuation: atoms.look(Shape::PUNCT) }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.places.len()).expect("programs are bounded")
    }

    fn width(&self) -> usize {
        self.places.len().div_ceil(64)
    }

    /// Adds all places that lead without a token to one that is in reach.
    fn close(&self, end: bool, reach: &mut [u64]) {
        let is = |reach: &[u64], at: u32| reach[at as usize / 64] >> (at % 64) & 1 == 1;
        loop {
            let mut more = false;
            for (at, place) in (0..self.len()).zip(&self.places).rev() {
                let near = match *place {
                    Place::Test(_) | Place::Term { .. } | Place::Inner { .. } => false,
                    Place::Either(one, two) => is(reach, one) || is(reach, two),
                    Place::To(to) => is(reach, to),
                    Place::End => end && is(reach, at + 1),
                    Place::Both(one, two) => is(reach, one) && is(reach, two),
                    Place::Match => true,
                };
                if near && !is(reach, at) {
                    reach[at as usize / 64] |= 1 << (at % 64);
                    more = true;
                }
            }
            if !more {
                return;
            }
        }
    }

    /// The places in reach before a token, from those behind it.
    fn step(&self, behind: &[u64], row: &[u64], reach: &mut [u64]) {
        let is = |at: u32| behind[at as usize / 64] >> (at % 64) & 1 == 1;
        for (at, place) in (0..self.len()).zip(&self.places) {
            let near = match *place {
                Place::Test(atom) => is(at + 1) && holds(row, atom),
                Place::Term { single, first, inner } => is(at + 1) && holds(row, single) || is(inner) && holds(row, first),
                Place::Inner { inner, last, after } => is(at) && holds(row, inner) || is(after) && holds(row, last),
                _ => false,
            };
            reach[at as usize / 64] |= u64::from(near) << (at % 64);
        }
    }
}

/// The states that a thread has met, of all skeletons.
#[derive(Debug)]
pub(super) struct Lazy {
    table: Table,
    ids: HashMap<(u32, Box<[u64]>), State, FixedState>,
    /// By state: where its places begin in `bits`.
    pub(super) starts: Vec<u32>,
    bits: Vec<u64>,
    /// By program: the state behind the last token.
    ends: Vec<Option<State>>,
    next: Vec<u64>,
    /// By token of the sentence and one more: the state before it.
    before: Vec<u32>,
}

impl Lazy {
    pub(super) fn new(programs: usize) -> Self {
        Self {
            table: Table::new(),
            ids: HashMap::default(),
            starts: Vec::new(),
            bits: Vec::new(),
            ends: vec![None; programs],
            next: Vec::new(),
            before: Vec::new(),
        }
    }

    /// Bytes held, roughly.
    pub(super) fn size(&self) -> usize {
        self.table.size() + self.bits.len() * 16 + self.starts.len() * 48
    }

    /// Whether the next sentence might not find room.
    pub(super) fn is_full(&self, longest: usize) -> bool {
        self.starts.len() + longest >= MOST_STATES - 1
    }

    /// Reads a sentence backwards. Returns the first and the last token at which a match may start, and how many
    /// states were made.
    pub(super) fn run(&mut self, program: u32, reverse: &Reverse, classes: &Classes, sentence: &[Class]) -> (Option<(u32, u32)>, u32) {
        let len = u32::try_from(sentence.len()).expect("sentences are bounded");
        self.before.clear();
        self.before.resize(sentence.len() + 1, 0);
        let mut state = self.end(program, reverse);
        self.before[sentence.len()] = self.starts[state as usize];
        let (mut first, mut last, mut made) = (None, 0, 0);
        let mut end = true;
        for (at, &class) in (0..len).zip(sentence).rev() {
            let next = match self.table.get(state, class) {
                Some(next) => next,
                None => {
                    made += 1;
                    self.make(program, reverse, classes, state, class, end)
                }
            };
            end = false;
            state = next.state();
            self.before[at as usize] = self.starts[state as usize];
            if next.flag() {
                if first.is_none() {
                    last = at;
                }
                first = Some(at);
            }
        }
        (first.map(|first| (first, last)), made)
    }

    /// Whether a match is in reach from the place, before the token of the sentence last read.
    pub(super) fn reaches(&self, place: u32, at: u32) -> bool {
        self.bits[self.before[at as usize] as usize + place as usize / 64] >> (place % 64) & 1 == 1
    }

    fn end(&mut self, program: u32, reverse: &Reverse) -> State {
        if let Some(state) = self.ends[program as usize] {
            return state;
        }
        // A state of its own even when another has the same places: here alone the sentence ends.
        self.next.clear();
        self.next.resize(reverse.width(), 0);
        reverse.close(true, &mut self.next);
        let state = self.add();
        self.ends[program as usize] = Some(state);
        state
    }

    fn add(&mut self) -> State {
        let state = u32::try_from(self.starts.len()).expect("the number of states is bounded");
        self.starts.push(u32::try_from(self.bits.len()).expect("the number of states is bounded"));
        self.bits.extend_from_slice(&self.next);
        state
    }

    fn make(&mut self, program: u32, reverse: &Reverse, classes: &Classes, state: State, class: Class, end: bool) -> Next {
        let row = classes.row(class);
        self.next.clear();
        self.next.resize(reverse.width(), 0);
        let behind = &self.bits[self.starts[state as usize] as usize..][..reverse.width()];
        reverse.step(behind, row, &mut self.next);
        reverse.close(end && holds(row, reverse.punctuation), &mut self.next);
        let flag = self.next[0] & 1 == 1;
        let key = (program, self.next.as_slice().into());
        let id = match self.ids.get(&key) {
            Some(&id) => id,
            None => {
                let id = self.add();
                self.ids.insert(key, id);
                id
            }
        };
        let next = Next::new(id, flag);
        self.table.insert(state, class, next);
        next
    }
}
