//! Shapes compiled to small programs, and what comes of running one. The engine in `automaton` runs them.

use std::sync::{Arc, OnceLock};

use super::tokens::Shape;
use crate::rules::compile::Resolved;
use crate::rules::schema::ShapeError;
use crate::rules::telling::Telling;
use crate::rules::vocabulary::{SlotId, Vocabulary};

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Inst {
    /// A term of the slot.
    Slot(SlotId),
    /// One token of that look.
    Kind(Shape),
    /// One token of the set, which programs share.
    Set(Arc<TokenSet>),
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
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct TokenSet {
    pub(crate) shapes: Shape,
    pub(crate) slots: Vec<SlotId>,
    pub(crate) not_shapes: Shape,
    pub(crate) not_slots: Vec<SlotId>,
}

impl TokenSet {
    /// Whether nothing is excluded.
    pub(crate) fn is_plain(&self) -> bool {
        self.not_slots.is_empty() && self.not_shapes == Shape::default()
    }

    /// Takes the members of another plain set in.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.shapes = self.shapes | other.shapes;
        self.slots.extend(&other.slots);
    }
}

/// Up to four spans and one alias, two places each.
pub(crate) const PLACES: usize = 10;
/// The places of the alias.
pub(crate) const ALIAS: u8 = 8;
/// A place that was not noted.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Where a program matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    places: [u32; PLACES],
}

impl Hit {
    /// A match of `start..end`, counted from token `from`; the places noted are counted from the first token of all.
    pub(crate) fn new(from: u32, start: u32, end: u32, places: [u32; PLACES]) -> Self {
        Self { start: from + start, end: from + end, places }
    }

    /// The same with its places counted from another token.
    pub(crate) fn moved(&self, from: u32, to: u32) -> Self {
        let moved = |place: u32| if place == NOWHERE { NOWHERE } else { place - from + to };
        Self { start: moved(self.start), end: moved(self.end), places: self.places.map(moved) }
    }

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
#[derive(Debug)]
pub(crate) struct Program {
    /// What its instructions are written from.
    pub(crate) shape: Resolved,
    telling: OnceLock<Telling>,
}

impl Program {
    pub(crate) fn new(shape: Resolved) -> Self {
        Self { shape, telling: OnceLock::new() }
    }

    /// What a sentence must hold for it, found out when it is first asked for.
    ///
    /// # Errors
    /// When that needs more instructions than a program may have.
    pub(crate) fn telling(&self, vocabulary: &Vocabulary) -> Result<&Telling, ShapeError> {
        if let Some(telling) = self.telling.get() {
            return Ok(telling);
        }
        let telling = Telling::of(&self.shape, vocabulary)?;
        Ok(self.telling.get_or_init(|| telling))
    }
}
