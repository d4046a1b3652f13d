//! One program alone: where it matches in a sentence, and what it marks there.
//!
//! A backtracker that prefers earlier alternatives and longer repetitions, as a reader of the shape expects. It goes
//! only where [`reverse`](super::reverse) says that a match may still be reached; when it turns back too often even so,
//! it notes what has failed and never tries the same again.

use super::atoms::{Atom, Atoms};
use super::classes::{Class, Classes, holds};
use super::reverse::{Lazy, Reverse};
use crate::detect::program::{Hit, Inst, NOWHERE, PLACES};
use crate::detect::reading::Reading;
use crate::detect::tokens::Shape;
use crate::rules::compile::Resolved;
use crate::rules::emit;
use crate::rules::vocabulary::SlotId;

/// Steps after which a run starts to note what has failed.
const PATIENCE: u32 = 512;

/// An instruction whose tests are atoms.
#[derive(Debug, Clone, Copy)]
enum Op {
    Test(Atom),
    Term(Atom, SlotId),
    Split(u32, u32),
    Jump(u32),
    Save(u8),
    SentenceStart,
    PortionStart,
    SentenceEnd,
    Look(u32, u32, bool),
    Match,
}

/// A program made ready to run.
#[derive(Debug)]
pub(super) struct Machine {
    ops: Vec<Op>,
    /// The place of each instruction in the skeleton.
    places: Vec<u32>,
    pub(super) reverse: Reverse,
}

/// What a thread reuses from run to run.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    stack: Vec<Step>,
    failed: Vec<u64>,
    notes: bool,
    /// For looks ahead, whose failures are not the program's.
    apart: Option<Box<Scratch>>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Try { inst: u32, at: u32 },
    Restore { place: u8, old: u32 },
}

/// A sentence as machines see it. Places in it count from its first token.
pub(super) struct Scene<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) classes: &'a Classes,
    pub(super) sentence: &'a [Class],
    /// Its first token in the reading.
    pub(super) from: u32,
    pub(super) reach: &'a Lazy,
}

impl Scene<'_> {
    fn len(&self) -> u32 {
        u32::try_from(self.sentence.len()).expect("sentences are bounded")
    }

    fn holds(&self, atom: Atom, at: u32) -> bool {
        holds(self.classes.row(self.sentence[at as usize]), atom)
    }
}

impl Machine {
    /// Writes the instructions of a shape.
    ///
    /// # Panics
    /// Never: the shape of a rule from outside the binary was written out when it was loaded, the tests write the others.
    pub(super) fn new(shape: &Resolved, atoms: &Atoms) -> Self {
        let code = emit::code(shape).expect("the shape was written out before");
        let op = |inst: &Inst| match inst {
            Inst::Slot(slot) if atoms.term(*slot).is_some() => Op::Term(atoms.slot(*slot), *slot),
            Inst::Slot(slot) => Op::Test(atoms.slot(*slot)),
            Inst::Kind(shape) => Op::Test(atoms.look(*shape)),
            Inst::Set(set) => Op::Test(atoms.set(set)),
            Inst::Split(first, second) => Op::Split(*first, *second),
            Inst::Jump(to) => Op::Jump(*to),
            Inst::Save(place) => Op::Save(*place),
            Inst::SentenceStart => Op::SentenceStart,
            Inst::PortionStart => Op::PortionStart,
            Inst::SentenceEnd => Op::SentenceEnd,
            Inst::Look(body, after, negative) => Op::Look(*body, *after, *negative),
            Inst::Match => Op::Match,
        };
        let ops = code.insts.iter().map(op).collect();
        Self { ops, places: code.places, reverse: Reverse::new(&code.skeleton, atoms) }
    }

    /// All matches that start at one of the tokens, leftmost first, not overlapping.
    pub(super) fn find_all(
        &self,
        scene: &Scene<'_>,
        starts: (u32, u32),
        scratch: &mut Scratch,
        mut hit: impl FnMut(Hit),
    ) {
        scratch.notes = false;
        let mut at = starts.0;
        while at <= starts.1 {
            let found = if scene.reach.reaches(0, at) { self.run(0, scene, at, scratch) } else { None };
            match found {
                Some((end, places)) => {
                    hit(Hit::new(scene.from, at, end, places));
                    at = end.max(at + 1);
                    scratch.notes = false;
                }
                None => at += 1,
            }
        }
    }

    /// Whether there is a match that starts at one of the tokens.
    pub(super) fn is_match(&self, scene: &Scene<'_>, starts: (u32, u32), scratch: &mut Scratch) -> bool {
        scratch.notes = false;
        (starts.0..=starts.1)
            .any(|at| scene.reach.reaches(0, at) && self.run(0, scene, at, scratch).is_some())
    }

    /// The first match from an instruction on, by preference: its end and the places noted.
    fn run(
        &self,
        entry: u32,
        scene: &Scene<'_>,
        start: u32,
        scratch: &mut Scratch,
    ) -> Option<(u32, [u32; PLACES])> {
        let to = scene.len();
        let mut places = [NOWHERE; PLACES];
        let mut patience = PATIENCE;
        let base = scratch.stack.len();
        let (mut inst, mut at) = (entry, start);
        'tries: loop {
            loop {
                if scratch.notes && self.was_tried(inst, at, to, scratch)
                    || !scene.reach.reaches(self.places[inst as usize], at)
                {
                    break;
                }
                patience = patience.saturating_sub(1);
                if patience == 0 && !scratch.notes {
                    scratch.notes = true;
                    scratch.failed.clear();
                    scratch.failed.resize((self.ops.len() * (to as usize + 1)).div_ceil(64), 0);
                }
                let next = inst + 1;
                match self.ops[inst as usize] {
                    Op::Match => {
                        scratch.stack.truncate(base);
                        return Some((at, places));
                    }
                    Op::Jump(to) => inst = to,
                    Op::Split(first, second) => {
                        if scene.reach.reaches(self.places[second as usize], at) {
                            scratch.stack.push(Step::Try { inst: second, at });
                        }
                        inst = first;
                    }
                    Op::Save(place) => {
                        let old = std::mem::replace(&mut places[usize::from(place)], scene.from + at);
                        if scratch.stack.len() > base {
                            scratch.stack.push(Step::Restore { place, old });
                        }
                        inst = next;
                    }
                    Op::SentenceStart if at == 0 => inst = next,
                    Op::SentenceEnd
                        if at == to
                            || (at + 1 == to
                                && scene.reading.shape(scene.from + at).intersects(Shape::PUNCT)) =>
                    {
                        inst = next;
                    }
                    Op::PortionStart if scene.reading.starts_portion(scene.from + at) => inst = next,
                    Op::Look(body, after, negative) => {
                        if self.looks(body, scene, at, scratch) == negative {
                            break;
                        }
                        inst = after;
                    }
                    Op::Test(atom) if at < to && scene.holds(atom, at) => {
                        inst = next;
                        at += 1;
                    }
                    Op::Term(atom, slot) if at < to => {
                        let single = scene.holds(atom, at);
                        if scene.reading.starts_terms(scene.from + at) {
                            if single {
                                scratch.stack.push(Step::Try { inst: next, at: at + 1 });
                            }
                            for end in
                                scene.reading.term_ends(scene.from + at, slot).map(|end| end - scene.from)
                            {
                                scratch.stack.push(Step::Try { inst: next, at: end });
                            }
                            break;
                        }
                        if !single {
                            break;
                        }
                        inst = next;
                        at += 1;
                    }
                    _ => break,
                }
            }
            while scratch.stack.len() > base {
                match scratch.stack.pop()? {
                    Step::Restore { place, old } => places[usize::from(place)] = old,
                    Step::Try { inst: next, at: then } => {
                        (inst, at) = (next, then);
                        continue 'tries;
                    }
                }
            }
            return None;
        }
    }

    /// Whether the program has gone on from here before, in vain; notes that it does now.
    fn was_tried(&self, inst: u32, at: u32, to: u32, scratch: &mut Scratch) -> bool {
        let bit = inst as usize * (to as usize + 1) + at as usize;
        let word = &mut scratch.failed[bit / 64];
        let tried = *word >> (bit % 64) & 1 == 1;
        *word |= 1 << (bit % 64);
        tried
    }

    fn looks(&self, body: u32, scene: &Scene<'_>, at: u32, scratch: &mut Scratch) -> bool {
        if !scene.reach.reaches(self.places[body as usize], at) {
            return false;
        }
        let mut apart = scratch.apart.take().unwrap_or_default();
        apart.notes = false;
        let seen = self.run(body, scene, at, &mut apart).is_some();
        scratch.apart = Some(apart);
        seen
    }
}
