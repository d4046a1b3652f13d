//! Shapes compiled to small programs, and the machine that runs them over tokens.
//!
//! The machine is a backtracker that prefers earlier alternatives and longer repetitions, as a reader of the shape
//! expects. It never visits the same instruction at the same token twice, so a sentence costs at most
//! instructions x tokens, whatever the text.

use super::reading::Reading;
use super::tokens::Shape;
use crate::rules::vocabulary::SlotId;

/// One instruction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Inst {
    /// A term of the slot.
    Slot(SlotId),
    /// One token of that look.
    Kind(Shape),
    /// One token of the set.
    Set(Box<TokenSet>),
    /// Try the first, then the second.
    Split(u32, u32),
    Jump(u32),
    /// Note the place.
    Save(u8),
    SentenceStart,
    PortionStart,
    SentenceEnd,
    /// Go on at `.1` if the program that starts at `.0` matches here, or does not (`.2`).
    Look(u32, u32, bool),
    Match,
}

/// One token that is any of these and none of those.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct TokenSet {
    pub(crate) shapes: Shape,
    pub(crate) slots: Vec<SlotId>,
    pub(crate) not_shapes: Shape,
    pub(crate) not_slots: Vec<SlotId>,
}

impl TokenSet {
    fn holds(&self, reading: &Reading<'_>, at: u32) -> bool {
        let shape = reading.shape(at);
        (shape.intersects(self.shapes) || self.slots.iter().any(|&slot| reading.is_word_of(at, slot)))
            && !shape.intersects(self.not_shapes)
            && !self.not_slots.iter().any(|&slot| reading.is_word_of(at, slot))
    }
}

/// Up to four spans and one alias, two places each.
pub(crate) const PLACES: usize = 10;
/// The places of the alias.
pub(crate) const ALIAS: u8 = 8;
/// A place that was not noted.
const NOWHERE: u32 = u32::MAX;

/// Where a program matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    places: [u32; PLACES],
}

impl Hit {
    /// The spans the shape marks, in tokens; the whole match when it marks none.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (u32, u32)> {
        let marked =
            self.places[..usize::from(ALIAS)].chunks_exact(2).filter(|p| p[1] != NOWHERE && p[0] < p[1]);
        let none = marked.clone().next().is_none().then_some((self.start, self.end));
        marked.map(|p| (p[0], p[1])).chain(none)
    }

    /// The name bound, in tokens.
    pub(crate) fn alias(&self) -> Option<(u32, u32)> {
        let [start, end] = [self.places[usize::from(ALIAS)], self.places[usize::from(ALIAS) + 1]];
        (end != NOWHERE && start < end).then_some((start, end))
    }
}

/// A compiled shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Program {
    pub(crate) insts: Vec<Inst>,
    /// Slots of which the sentence must hold one of each group, or the program cannot match.
    pub(crate) needs: Vec<Vec<SlotId>>,
}

/// What a thread reuses from run to run.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    visited: Vec<u64>,
    stack: Vec<Step>,
    /// For look-arounds, whose visits must not hide the main program's.
    apart: Option<Box<Scratch>>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Try { inst: u32, at: u32 },
    Restore { place: u8, old: u32 },
}

impl Program {
    /// Whether the slots present in a sentence leave the program a chance.
    pub(crate) fn may_match(&self, present: &[u64]) -> bool {
        self.needs
            .iter()
            .all(|group| group.iter().any(|slot| present[usize::from(slot.0 / 64)] >> (slot.0 % 64) & 1 == 1))
    }

    /// All matches in the sentence `from..to`, leftmost first, not overlapping.
    pub(crate) fn find_all(
        &self,
        reading: &Reading<'_>,
        from: u32,
        to: u32,
        scratch: &mut Scratch,
        mut hit: impl FnMut(Hit),
    ) {
        self.clear(from, to, scratch);
        let mut at = from;
        while at < to {
            match self.run(0, reading, at, from, to, scratch) {
                Some(found) => {
                    at = found.end.max(at + 1);
                    self.clear(from, to, scratch);
                    hit(found);
                }
                None => at += 1,
            }
        }
    }

    /// Whether the program matches anywhere in `from..to`.
    pub(crate) fn is_match(&self, reading: &Reading<'_>, from: u32, to: u32, scratch: &mut Scratch) -> bool {
        self.clear(from, to, scratch);
        (from..to).any(|at| self.run(0, reading, at, from, to, scratch).is_some())
    }

    fn clear(&self, from: u32, to: u32, scratch: &mut Scratch) {
        let bits = self.insts.len() * (to - from + 1) as usize;
        scratch.visited.clear();
        scratch.visited.resize(bits.div_ceil(64), 0);
    }

    fn run(
        &self,
        entry: u32,
        reading: &Reading<'_>,
        start: u32,
        from: u32,
        to: u32,
        scratch: &mut Scratch,
    ) -> Option<Hit> {
        let width = (to - from + 1) as usize;
        let mut places = [NOWHERE; PLACES];
        let base = scratch.stack.len();
        scratch.stack.push(Step::Try { inst: entry, at: start });
        while scratch.stack.len() > base {
            let (mut inst, mut at) = match scratch.stack.pop()? {
                Step::Restore { place, old } => {
                    places[usize::from(place)] = old;
                    continue;
                }
                Step::Try { inst, at } => (inst, at),
            };
            loop {
                let bit = inst as usize * width + (at - from) as usize;
                let word = &mut scratch.visited[bit / 64];
                if *word >> (bit % 64) & 1 == 1 {
                    break;
                }
                *word |= 1 << (bit % 64);
                let next = inst + 1;
                match &self.insts[inst as usize] {
                    Inst::Match => {
                        scratch.stack.truncate(base);
                        return Some(Hit { start, end: at, places });
                    }
                    Inst::Jump(to) => inst = *to,
                    Inst::Split(first, second) => {
                        scratch.stack.push(Step::Try { inst: *second, at });
                        inst = *first;
                    }
                    Inst::Save(place) => {
                        scratch.stack.push(Step::Restore { place: *place, old: places[usize::from(*place)] });
                        places[usize::from(*place)] = at;
                        inst = next;
                    }
                    Inst::SentenceStart if at == from => inst = next,
                    Inst::SentenceEnd
                        if at == to || (at + 1 == to && reading.shape(at).intersects(Shape::PUNCT)) =>
                    {
                        inst = next;
                    }
                    Inst::PortionStart if reading.starts_portion(at) => inst = next,
                    Inst::Look(program, after, negative) => {
                        let seen = self.run_apart(*program, reading, at, from, to, scratch);
                        if seen == *negative {
                            break;
                        }
                        inst = *after;
                    }
                    Inst::Kind(shape) if at < to && reading.shape(at).intersects(*shape) => {
                        inst = next;
                        at += 1;
                    }
                    Inst::Set(set) if at < to && set.holds(reading, at) => {
                        inst = next;
                        at += 1;
                    }
                    Inst::Slot(slot) if at < to => {
                        let single = reading.is_word_of(at, *slot);
                        if reading.starts_terms(at) {
                            if single {
                                scratch.stack.push(Step::Try { inst: next, at: at + 1 });
                            }
                            for end in reading.term_ends(at, *slot).filter(|&end| end <= to) {
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
        }
        None
    }

    fn run_apart(
        &self,
        entry: u32,
        reading: &Reading<'_>,
        at: u32,
        from: u32,
        to: u32,
        scratch: &mut Scratch,
    ) -> bool {
        let mut apart = scratch.apart.take().unwrap_or_default();
        self.clear(from, to, &mut apart);
        let seen = self.run(entry, reading, at, from, to, &mut apart).is_some();
        scratch.apart = Some(apart);
        seen
    }
}
