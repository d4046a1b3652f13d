//! Which places of a skeleton can still reach a match, token by token from the end of a sentence.
//!
//! A run that only goes where a match is still within reach hardly ever turns back. The skeleton has loops for
//! repeats, so reach is taken a little too wide; the run itself keeps the bounds.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::atoms::{Atom, Atoms};
use super::classes::{Class, Classes, holds};
use crate::detect::program::Inst;
use crate::detect::tokens::Shape;

/// A state by its number.
type State = u32;

/// A place of the skeleton, and how it is left.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// One token for which the atom holds.
    Test(Atom),
    /// A term: one word, or several that pass the inner place.
    Term {
        single: Atom,
        first: Atom,
        inner: u32,
    },
    /// Inside of a term: goes on here, or ends before `after`.
    Inner {
        inner: Atom,
        last: Atom,
        after: u32,
    },
    Either(u32, u32),
    To(u32),
    /// At the end of the sentence alone.
    End,
    /// Both the body of a look ahead and what follows it.
    Both(u32, u32),
    Match,
}

impl Place {
    /// Where it leads without a token; nowhere when it takes one.
    fn leads(self, at: u32) -> Option<[u32; 2]> {
        match self {
            Self::Test(_) | Self::Term { .. } | Self::Inner { .. } => None,
            Self::Either(one, two) | Self::Both(one, two) => Some([one, two]),
            Self::To(to) => Some([to; 2]),
            Self::End => Some([at + 1; 2]),
            Self::Match => Some([at; 2]),
        }
    }
}

/// A place that is left without a token.
#[derive(Debug, Clone, Copy)]
struct Way {
    at: u32,
    place: Place,
    /// Whether a later place leads back to it.
    is_looped: bool,
}

/// A skeleton, shared by all threads.
#[derive(Debug)]
pub(super) struct Reverse {
    places: Vec<Place>,
    /// The places that are left without a token, last first.
    ways: Vec<Way>,
    /// The atoms that the skeleton asks for.
    atoms: Vec<Atom>,
    punctuation: Atom,
}

impl Reverse {
    pub(super) fn new(skeleton: &[Inst], atoms: &Atoms) -> Self {
        let mut inner = Vec::new();
        let mut places: Vec<Place> = Vec::with_capacity(skeleton.len());
        for (inst, next) in skeleton.iter().zip(1..) {
            places.push(match inst {
                Inst::Slot(slot) => {
                    let single = atoms.slot(*slot);
                    match atoms.term(*slot) {
                        Some([first, middle, last]) => {
                            inner.push(Place::Inner { inner: middle, last, after: next });
                            let inner = u32::try_from(skeleton.len() + inner.len() - 1)
                                .expect("programs are bounded");
                            Place::Term { single, first, inner }
                        }
                        None => Place::Test(single),
                    }
                }
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
        let punctuation = atoms.look(Shape::PUNCT);
        let mut asked = vec![punctuation];
        for place in &places {
            match *place {
                Place::Test(atom) => asked.push(atom),
                Place::Term { single, first, .. } => asked.extend([single, first]),
                Place::Inner { inner, last, .. } => asked.extend([inner, last]),
                _ => {}
            }
        }
        asked.sort_unstable();
        asked.dedup();
        let mut is_looped = vec![false; places.len()];
        let mut ways: Vec<Way> = Vec::new();
        for (at, &place) in (0..).zip(&places) {
            let Some(leads) = place.leads(at) else { continue };
            leads.into_iter().filter(|&to| to < at).for_each(|to| is_looped[to as usize] = true);
            ways.push(Way { at, place, is_looped: false });
        }
        ways.reverse();
        ways.iter_mut().for_each(|way| way.is_looped = is_looped[way.at as usize]);
        Self { places, ways, atoms: asked, punctuation }
    }

    /// What of a row the skeleton sees, as bits.
    fn kind(&self, row: &[u64], kind: &mut Vec<u64>) {
        kind.clear();
        kind.resize(self.atoms.len().div_ceil(64), 0);
        for (at, &atom) in self.atoms.iter().enumerate() {
            kind[at / 64] |= u64::from(holds(row, atom)) << (at % 64);
        }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.places.len()).expect("programs are bounded")
    }

    fn width(&self) -> usize {
        self.places.len().div_ceil(64)
    }

    /// Adds all places that lead without a token to one that is in reach. Most lead on, so that going through them from the last
    /// to the first once is enough, unless one is reached to which a later one leads back.
    fn close(&self, end: bool, reach: &mut [u64]) {
        let is = |reach: &[u64], at: u32| reach[at as usize / 64] >> (at % 64) & 1 == 1;
        loop {
            let mut more = false;
            for &Way { at, place, is_looped } in &self.ways {
                let near = match place {
                    Place::Test(_) | Place::Term { .. } | Place::Inner { .. } => false,
                    Place::Either(one, two) => is(reach, one) || is(reach, two),
                    Place::To(to) => is(reach, to),
                    Place::End => end && is(reach, at + 1),
                    Place::Both(one, two) => is(reach, one) && is(reach, two),
                    Place::Match => true,
                };
                if near && !is(reach, at) {
                    reach[at as usize / 64] |= 1 << (at % 64);
                    more |= is_looped;
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
                Place::Term { single, first, inner } => {
                    is(at + 1) && holds(row, single) || is(inner) && holds(row, first)
                }
                Place::Inner { inner, last, after } => {
                    is(at) && holds(row, inner) || is(after) && holds(row, last)
                }
                _ => false,
            };
            reach[at as usize / 64] |= u64::from(near) << (at % 64);
        }
    }
}

/// What a thread knows of one skeleton.
#[derive(Debug, Default)]
struct Known {
    /// By class: its kind, which is all that this skeleton sees of it; [`NEW`] when it has none yet.
    kinds: Vec<u16>,
    kind_ids: HashMap<Box<[u64]>, u16, FixedState>,
    states: HashMap<Box<[u64]>, State, FixedState>,
    /// By state: where its places begin among all bits.
    starts: Vec<u32>,
    /// By state and kind: where it goes. A state has `stride` places.
    next: Vec<u32>,
    stride: usize,
}

const NEW: u16 = u16::MAX;
const UNKNOWN: u32 = u32::MAX;
/// The state behind the last token.
const END: State = 0;

/// The states that a thread has met, of all skeletons.
#[derive(Debug)]
pub(super) struct Lazy {
    known: Vec<Known>,
    bits: Vec<u64>,
    size: usize,
    next: Vec<u64>,
    kind: Vec<u64>,
    /// By token of the sentence and one more: the state before it.
    before: Vec<u32>,
}

impl Lazy {
    pub(super) fn new(programs: usize) -> Self {
        let mut known = Vec::new();
        known.resize_with(programs, Known::default);
        Self { known, bits: Vec::new(), size: 0, next: Vec::new(), kind: Vec::new(), before: Vec::new() }
    }

    /// Bytes held, roughly.
    pub(super) fn size(&self) -> usize {
        self.size + self.bits.len() * 16
    }

    /// Reads a sentence backwards. Returns the first and the last token at which a match may start.
    pub(super) fn run(
        &mut self,
        program: u32,
        reverse: &Reverse,
        classes: &Classes,
        sentence: &[Class],
    ) -> Option<(u32, u32)> {
        let len = u32::try_from(sentence.len()).expect("sentences are bounded");
        self.before.clear();
        self.before.resize(sentence.len() + 1, 0);
        let known = &mut self.known[program as usize];
        if known.starts.is_empty() {
            // A state of its own even when another has the same places: here alone the sentence ends.
            self.next.clear();
            self.next.resize(reverse.width(), 0);
            reverse.close(true, &mut self.next);
            known.stride = 8;
            add(known, &mut self.bits, &self.next);
        }
        if known.kinds.len() < classes.len() {
            self.size += (classes.len() - known.kinds.len()) * 2;
            known.kinds.resize(classes.len(), NEW);
        }
        let mut state = END;
        self.before[sentence.len()] = known.starts[END as usize];
        let (mut first, mut last) = (None, 0);
        for (at, &class) in (0..len).zip(sentence).rev() {
            let known = &self.known[program as usize];
            let kind = known.kinds[class as usize];
            let mut next = UNKNOWN;
            if kind != NEW {
                next = known.next[state as usize * known.stride + usize::from(kind)];
            }
            if next == UNKNOWN {
                next = self.make(program, reverse, classes, state, class);
            }
            state = next >> 1;
            self.before[at as usize] = self.known[program as usize].starts[state as usize];
            if next & 1 == 1 {
                if first.is_none() {
                    last = at;
                }
                first = Some(at);
            }
        }
        first.map(|first| (first, last))
    }

    /// Whether a match is in reach from the place, before the token of the sentence last read.
    pub(super) fn reaches(&self, place: u32, at: u32) -> bool {
        self.bits[self.before[at as usize] as usize + place as usize / 64] >> (place % 64) & 1 == 1
    }

    fn make(
        &mut self,
        program: u32,
        reverse: &Reverse,
        classes: &Classes,
        state: State,
        class: Class,
    ) -> u32 {
        let row = classes.row(class);
        let known = &mut self.known[program as usize];
        let kind = match known.kinds[class as usize] {
            NEW => {
                reverse.kind(row, &mut self.kind);
                let next = u16::try_from(known.kind_ids.len()).expect("a skeleton tells fewer kinds apart");
                let kind = *known.kind_ids.entry(self.kind.as_slice().into()).or_insert(next);
                known.kinds[class as usize] = kind;
                if usize::from(kind) >= known.stride {
                    self.size += known.next.len() * 4;
                    widen(known);
                }
                kind
            }
            kind => kind,
        };
        let place = state as usize * known.stride + usize::from(kind);
        if known.next[place] != UNKNOWN {
            return known.next[place];
        }
        self.next.clear();
        self.next.resize(reverse.width(), 0);
        let behind = &self.bits[known.starts[state as usize] as usize..][..reverse.width()];
        reverse.step(behind, row, &mut self.next);
        reverse.close(state == END && holds(row, reverse.punctuation), &mut self.next);
        let id = match known.states.get(&self.next[..]) {
            Some(&id) => id,
            None => {
                let id = add(known, &mut self.bits, &self.next);
                self.size += known.stride * 4 + 64;
                known.states.insert(self.next.as_slice().into(), id);
                id
            }
        };
        let next = id << 1 | u32::from(self.next[0] & 1 == 1);
        self.known[program as usize].next[place] = next;
        next
    }
}

/// Adds a state with these places.
fn add(known: &mut Known, bits: &mut Vec<u64>, places: &[u64]) -> State {
    let state = u32::try_from(known.starts.len()).expect("the number of states is bounded");
    known.starts.push(u32::try_from(bits.len()).expect("the number of states is bounded"));
    bits.extend_from_slice(places);
    known.next.resize(known.starts.len() * known.stride, UNKNOWN);
    state
}

/// Makes room for twice as many kinds.
fn widen(known: &mut Known) {
    let stride = known.stride * 2;
    let mut next = vec![UNKNOWN; known.starts.len() * stride];
    for (wide, narrow) in next.chunks_exact_mut(stride).zip(known.next.chunks_exact(known.stride)) {
        wide[..known.stride].copy_from_slice(narrow);
    }
    (known.next, known.stride) = (next, stride);
}
