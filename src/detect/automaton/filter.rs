//! The filter: one automaton that looks for the telling parts of every part at once.
//!
//! It is nondeterministic as built and made deterministic as far as the text asks: each state is the set of positions
//! at which some part waits for its next token. Every part may start at every token, so what starts does not belong
//! to the set. A sentence is read once, whatever the number of rules, and gives the parts that it holds: all that it
//! does, and some that it does not.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::atoms::{Atom, Atoms};
use super::classes::{Class, Classes, holds};
use super::table::{MOST_STATES, Next, State, Table};
use crate::detect::program::Inst;

/// A position, or with this bit a part that has matched.
const MATCH: u32 = 1 << 31;

/// Where a sentence may begin to be read; the states of the same number hold nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Within the sentence.
    Inside,
    /// With the sentence.
    Sentence,
    /// With the portion.
    Portion,
}

const STARTS: [Start; 3] = [Start::Inside, Start::Sentence, Start::Portion];

/// The automaton as built, shared by all threads.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// By position: its edges.
    positions: Vec<Vec<Edge>>,
    /// What edges lead to.
    targets: Vec<Vec<u32>>,
    /// By start and atom: the targets that the first token may lead to.
    firsts: [Vec<Vec<u32>>; 3],
    /// Parts that match without a token.
    always: Vec<u32>,
    numbers: HashMap<Box<[Inst]>, u32, FixedState>,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    atom: Atom,
    target: u32,
}

impl Filter {
    /// The numbers of these parts, each once.
    pub(super) fn add_all(&mut self, parts: &[Vec<Inst>], atoms: &Atoms) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(parts.len());
        for part in parts {
            let number = self.add(part, atoms);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    /// The number of a part, added when new.
    fn add(&mut self, insts: &[Inst], atoms: &Atoms) -> u32 {
        if let Some(&number) = self.numbers.get(insts) {
            return number;
        }
        let id = number(self.numbers.len());
        self.numbers.insert(insts.into(), id);
        let mut part = Part { filter: self, insts, atoms, part: id, targets: vec![None; insts.len()] };
        let mut always = false;
        let is_anchored = insts.iter().any(|inst| matches!(inst, Inst::SentenceStart | Inst::PortionStart));
        let mut firsts = Vec::new();
        for (at, start) in STARTS.into_iter().enumerate() {
            if at == 0 || is_anchored {
                firsts.clear();
                part.close(0, Some(start), &mut firsts, &mut vec![false; insts.len()]);
            }
            for &first in &firsts {
                if first & MATCH != 0 {
                    always = true;
                    continue;
                }
                let (positions, by_atom) = (&part.filter.positions, &mut part.filter.firsts[at]);
                for edge in &positions[first as usize] {
                    if by_atom.len() <= edge.atom as usize {
                        by_atom.resize(edge.atom as usize + 1, Vec::new());
                    }
                    by_atom[edge.atom as usize].push(edge.target);
                }
            }
        }
        if always {
            self.always.push(id);
        }
        id
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The words of 64 bits in a set of parts.
    pub(super) fn width(&self) -> usize {
        self.numbers.len().div_ceil(64)
    }
}

/// A part on its way into the filter.
struct Part<'a> {
    filter: &'a mut Filter,
    insts: &'a [Inst],
    atoms: &'a Atoms,
    part: u32,
    /// By instruction that takes a token: its position.
    targets: Vec<Option<u32>>,
}

impl Part<'_> {
    /// The positions reached from an instruction without a token. `start` says what stands before the first token;
    /// behind a token there is none.
    fn close(&mut self, inst: u32, start: Option<Start>, out: &mut Vec<u32>, seen: &mut [bool]) {
        if std::mem::replace(&mut seen[inst as usize], true) {
            return;
        }
        match &self.insts[inst as usize] {
            Inst::Match => out.push(MATCH | self.part),
            Inst::Jump(to) => self.close(*to, start, out, seen),
            Inst::Split(first, second) => {
                self.close(*first, start, out, seen);
                self.close(*second, start, out, seen);
            }
            Inst::SentenceStart if matches!(start, None | Some(Start::Inside)) => {}
            Inst::PortionStart if matches!(start, Some(Start::Inside | Start::Sentence)) => {}
            Inst::Save(_) | Inst::SentenceStart | Inst::PortionStart | Inst::SentenceEnd => {
                self.close(inst + 1, start, out, seen);
            }
            Inst::Look(_, after, _) => self.close(*after, start, out, seen),
            Inst::Slot(_) | Inst::Kind(_) | Inst::Set(_) => {
                let position = self.position(inst);
                out.push(position);
            }
        }
    }

    /// The position of an instruction that takes a token.
    fn position(&mut self, inst: u32) -> u32 {
        if let Some(position) = self.targets[inst as usize] {
            return position;
        }
        let position = self.new_position();
        self.targets[inst as usize] = Some(position);
        let mut next = Vec::new();
        self.close(inst + 1, None, &mut next, &mut vec![false; self.insts.len()]);
        let next = self.new_target(next);
        let edges = match &self.insts[inst as usize] {
            Inst::Set(set) => vec![Edge { atom: self.atoms.set(set), target: next }],
            Inst::Kind(shape) => vec![Edge { atom: self.atoms.look(*shape), target: next }],
            Inst::Slot(slot) => {
                let mut edges = vec![Edge { atom: self.atoms.slot(*slot), target: next }];
                if let Some([first, inner, last]) = self.atoms.term(*slot) {
                    let inside = self.new_position();
                    let target = self.new_target(vec![inside]);
                    edges.push(Edge { atom: first, target });
                    self.filter.positions[inside as usize] =
                        vec![Edge { atom: inner, target }, Edge { atom: last, target: next }];
                }
                edges
            }
            _ => Vec::new(),
        };
        self.filter.positions[position as usize] = edges;
        position
    }

    fn new_position(&mut self) -> u32 {
        self.filter.positions.push(Vec::new());
        number(self.filter.positions.len() - 1)
    }

    fn new_target(&mut self, target: Vec<u32>) -> u32 {
        self.filter.targets.push(target);
        number(self.filter.targets.len() - 1)
    }
}

/// Places in front of the table; a power of two.
const FRONT: usize = 1 << 11;
/// Spreads states over the places.
const FRONT_MIX: u32 = 0x9E37_79B1;

fn number(at: usize) -> u32 {
    u32::try_from(at).expect("parts are bounded")
}

/// The states that a thread has met.
#[derive(Debug)]
pub(super) struct Lazy {
    table: Table,
    ids: HashMap<Box<[u32]>, State, FixedState>,
    /// By state: its positions and matches, sorted, matches last.
    states: Vec<Box<[u32]>>,
    /// By state: the number of its set of matches. Few states differ in that.
    matches: Vec<u32>,
    match_ids: HashMap<Box<[u32]>, u32, FixedState>,
    /// Sets of matches, a bit a part, one after the other.
    match_sets: Vec<u64>,
    /// What was asked for lately, by hash.
    front: Vec<(State, Class, Next)>,
    /// What has been put into the next set, by round.
    seen: Vec<u32>,
    round: u32,
    next: Vec<u32>,
    size: usize,
}

impl Lazy {
    pub(super) fn new(filter: &Filter) -> Self {
        let mut lazy = Self {
            table: Table::new(),
            ids: HashMap::default(),
            states: Vec::new(),
            matches: vec![0; STARTS.len()],
            match_ids: HashMap::from_iter([(Box::default(), 0)]),
            match_sets: vec![0; filter.width()],
            front: vec![(State::MAX, 0, Next::new(0, false)); FRONT],
            seen: vec![0; filter.positions.len() + filter.numbers.len()],
            round: 0,
            next: Vec::new(),
            size: 0,
        };
        lazy.states.resize(STARTS.len(), Box::default());
        lazy.ids.insert(Box::default(), 0);
        lazy
    }

    /// Bytes held, roughly.
    pub(super) fn size(&self) -> usize {
        self.size + self.table.size() + self.seen.len() * 4
    }

    /// Whether the next sentence might not find room.
    pub(super) fn is_full(&self, longest: usize) -> bool {
        self.states.len() + longest >= MOST_STATES - 1
    }

    /// Notes in `parts`, a bit a part, which parts a sentence given by its classes may hold.
    pub(super) fn run(
        &mut self,
        filter: &Filter,
        classes: &Classes,
        sentence: &[Class],
        start: Start,
        parts: &mut Vec<u64>,
    ) {
        parts.clear();
        parts.resize(filter.width(), 0);
        for &part in &filter.always {
            parts[part as usize / 64] |= 1 << (part % 64);
        }
        let mut state = start as State;
        for &class in sentence {
            let place = (state.wrapping_mul(FRONT_MIX) ^ class) as usize % FRONT;
            let next = match self.front[place] {
                (of, with, next) if of == state && with == class => next,
                _ => {
                    let next = self.table.get(state, class);
                    let next = next.unwrap_or_else(|| self.make(filter, classes, state, class));
                    self.front[place] = (state, class, next);
                    next
                }
            };
            state = next.state();
            if next.flag() {
                let set = self.matches[state as usize] as usize * filter.width();
                for (parts, set) in parts.iter_mut().zip(&self.match_sets[set..]) {
                    *parts |= set;
                }
            }
        }
    }

    fn make(&mut self, filter: &Filter, classes: &Classes, state: State, class: Class) -> Next {
        let row = classes.row(class);
        self.round += 1;
        self.next.clear();
        let start = STARTS.get(state as usize).copied().unwrap_or(Start::Inside);
        let firsts = &filter.firsts[start as usize];
        for (word, &bits) in row.iter().enumerate() {
            let mut bits = bits;
            while bits != 0 {
                let atom = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                for &target in firsts.get(atom).into_iter().flatten() {
                    collect(
                        &filter.targets[target as usize],
                        filter,
                        &mut self.seen,
                        self.round,
                        &mut self.next,
                    );
                }
            }
        }
        for &position in self.states[state as usize].iter().take_while(|&&entry| entry & MATCH == 0) {
            for edge in &filter.positions[position as usize] {
                if holds(row, edge.atom) {
                    collect(
                        &filter.targets[edge.target as usize],
                        filter,
                        &mut self.seen,
                        self.round,
                        &mut self.next,
                    );
                }
            }
        }
        self.next.sort_unstable();
        let flag = self.next.last().is_some_and(|entry| entry & MATCH != 0);
        let id = match self.ids.get(&self.next[..]) {
            Some(&id) => id,
            None => {
                let id = number(self.states.len());
                let set: Box<[u32]> = self.next.as_slice().into();
                self.size += set.len() * 8 + 64;
                self.ids.insert(set.clone(), id);
                let matched = self.match_set(filter, &set);
                self.matches.push(matched);
                self.states.push(set);
                id
            }
        };
        let next = Next::new(id, flag);
        self.table.insert(state, class, next);
        next
    }

    /// The number of the set of matches that a state has.
    fn match_set(&mut self, filter: &Filter, state: &[u32]) -> u32 {
        let matched = &state[state.partition_point(|&entry| entry & MATCH == 0)..];
        if let Some(&id) = self.match_ids.get(matched) {
            return id;
        }
        let id = number(self.match_ids.len());
        self.match_ids.insert(matched.into(), id);
        let at = self.match_sets.len();
        self.match_sets.resize(at + filter.width(), 0);
        for part in matched.iter().map(|entry| entry & !MATCH) {
            self.match_sets[at + part as usize / 64] |= 1 << (part % 64);
        }
        self.size += matched.len() * 4 + filter.width() * 8 + 64;
        id
    }
}

fn collect(target: &[u32], filter: &Filter, seen: &mut [u32], round: u32, out: &mut Vec<u32>) {
    for &entry in target {
        let place = if entry & MATCH == 0 {
            entry as usize
        } else {
            filter.positions.len() + (entry & !MATCH) as usize
        };
        if std::mem::replace(&mut seen[place], round) != round {
            out.push(entry);
        }
    }
}
