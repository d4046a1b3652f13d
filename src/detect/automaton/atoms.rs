//! Atoms: the tests that shapes make of one token, each numbered once for all rules.
//!
//! A token is told by the atoms that hold for it, as a row of bits. Tokens with the same row are one *class*, and the
//! automata know nothing of a token but its class.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::detect::program::TokenSet;
use crate::detect::tokens::Shape;
use crate::rules::compile::Resolved;
use crate::rules::vocabulary::{SlotId, Vocabulary};

/// An atom by its number.
pub(super) type Atom = u32;

/// The part that a token plays in a term of several words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    First,
    Inner,
    Last,
}

/// All atoms, laid out so that the row of a token is made of few parts.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    sets: HashMap<TokenSet, Atom, FixedState>,
    /// The same by where a set lies: programs share their sets, and one that is kept here stays where it is.
    places: HashMap<usize, (Arc<TokenSet>, Atom), FixedState>,
    /// By slot: the atom of its single words.
    singles: Vec<Option<Atom>>,
    terms: HashMap<(SlotId, Role), Atom, FixedState>,
    count: u32,
    /// By slot: the atoms that a token of it may hold, and those it cannot.
    slots: Vec<Sides>,
    /// By bit of the shape, the same.
    looks: Vec<Sides>,
}

const NUMBERED: &str = "the atoms of all shapes are numbered first";

#[derive(Debug, Clone, Default)]
struct Sides {
    holds: Vec<Atom>,
    lacks: Vec<Atom>,
}

impl Atoms {
    /// The atoms of these shapes, in order.
    pub(super) fn new<'s>(shapes: impl Iterator<Item = &'s Resolved>, vocabulary: &Vocabulary) -> Self {
        let mut atoms = Self {
            singles: vec![None; vocabulary.len()],
            slots: vec![Sides::default(); vocabulary.len()],
            looks: vec![Sides::default(); 32],
            ..Self::default()
        };
        atoms.add_look(Shape::PUNCT);
        let mut seen = HashSet::default();
        shapes.for_each(|shape| atoms.add(shape, vocabulary, &mut seen));
        atoms
    }

    /// Numbers what a shape asks for. `seen` are the places of lists that were added before: shapes share them.
    fn add(&mut self, shape: &Resolved, vocabulary: &Vocabulary, seen: &mut HashSet<usize, FixedState>) {
        match shape {
            Resolved::Slot(slot) => self.add_slot(*slot, vocabulary),
            Resolved::Kind(shapes) => self.add_look(*shapes),
            Resolved::Set(set) => self.add_set(set),
            Resolved::Gap(_) => self.add_look(Shape::ANY),
            Resolved::Seq(items) | Resolved::Alt(items) => {
                if seen.insert(Arc::as_ptr(items).addr()) {
                    items.iter().for_each(|item| self.add(item, vocabulary, seen));
                }
            }
            Resolved::Repeat(item, ..)
            | Resolved::Span(item)
            | Resolved::Alias(item)
            | Resolved::Look(item, _) => self.add(item, vocabulary, seen),
            Resolved::Anchor(_) => {}
        }
    }

    fn add_set(&mut self, set: &Arc<TokenSet>) {
        let place = Arc::as_ptr(set).addr();
        if !self.places.contains_key(&place) {
            let atom = self.number(TokenSet::clone(set));
            self.places.insert(place, (set.clone(), atom));
        }
    }

    fn add_look(&mut self, shapes: Shape) {
        self.number(TokenSet { shapes, ..TokenSet::default() });
    }

    fn add_slot(&mut self, slot: SlotId, vocabulary: &Vocabulary) {
        if self.singles[usize::from(slot.0)].is_some() {
            return;
        }
        let atom = self.number(TokenSet { slots: vec![slot], ..TokenSet::default() });
        self.singles[usize::from(slot.0)] = Some(atom);
        if vocabulary.has_several(slot) {
            for role in [Role::First, Role::Inner, Role::Last] {
                let atom = self.next();
                self.terms.insert((slot, role), atom);
            }
        }
    }

    fn next(&mut self) -> Atom {
        self.count += 1;
        self.count - 1
    }

    fn number(&mut self, mut set: TokenSet) -> Atom {
        for slots in [&mut set.slots, &mut set.not_slots] {
            slots.sort_unstable();
            slots.dedup();
        }
        if let Some(&atom) = self.sets.get(&set) {
            return atom;
        }
        let atom = self.next();
        for bit in 0..32 {
            let sides = &mut self.looks[bit];
            if set.shapes.0 >> bit & 1 == 1 {
                sides.holds.push(atom);
            }
            if set.not_shapes.0 >> bit & 1 == 1 {
                sides.lacks.push(atom);
            }
        }
        set.slots.iter().for_each(|slot| self.slots[usize::from(slot.0)].holds.push(atom));
        set.not_slots.iter().for_each(|slot| self.slots[usize::from(slot.0)].lacks.push(atom));
        self.sets.insert(set, atom);
        atom
    }

    /// The atom of a token set.
    ///
    /// # Panics
    /// When no shape has the set; the same for what follows.
    pub(super) fn set(&self, set: &Arc<TokenSet>) -> Atom {
        self.places.get(&Arc::as_ptr(set).addr()).expect(NUMBERED).1
    }

    /// The atom of a look alone.
    pub(super) fn look(&self, shapes: Shape) -> Atom {
        *self.sets.get(&TokenSet { shapes, ..TokenSet::default() }).expect(NUMBERED)
    }

    /// The atom of a slot's single words.
    pub(super) fn slot(&self, slot: SlotId) -> Atom {
        self.singles[usize::from(slot.0)].expect(NUMBERED)
    }

    /// The atoms of the parts in the slot's terms of several words; none when it has no such terms.
    pub(super) fn term(&self, slot: SlotId) -> Option<[Atom; 3]> {
        let atom = |role| self.terms.get(&(slot, role)).copied();
        Some([atom(Role::First)?, atom(Role::Inner)?, atom(Role::Last)?])
    }

    /// The looks that any atom asks for.
    pub(super) fn looks(&self) -> Shape {
        // A gap takes every token and asks for nothing: it stands under every bit.
        let any = |sides: &Sides| sides.lacks.iter().chain(&sides.holds).any(|&atom| !self.takes_all(atom));
        Shape((0..32).filter(|&bit| any(&self.looks[bit])).fold(0, |looks, bit| looks | 1 << bit))
    }

    fn takes_all(&self, atom: Atom) -> bool {
        self.sets.get(&TokenSet { shapes: Shape::ANY, ..TokenSet::default() }) == Some(&atom)
    }

    /// The words of 64 bits in a row.
    pub(super) fn width(&self) -> usize {
        self.count.div_ceil(64) as usize
    }

    /// Writes the row of a token: its slots, its shape, and its parts in terms.
    pub(super) fn row(
        &self,
        slots: &(impl Iterator<Item = SlotId> + Clone),
        shape: Shape,
        parts: &[(SlotId, Role)],
        row: &mut Vec<u64>,
    ) {
        row.clear();
        row.resize(self.width(), 0);
        let looks = (0..32).filter(|bit| shape.0 >> bit & 1 == 1).map(|bit: usize| &self.looks[bit]);
        let sides = || looks.clone().chain(slots.clone().map(|slot| &self.slots[usize::from(slot.0)]));
        for &atom in sides().flat_map(|sides| &sides.holds) {
            row[atom as usize / 64] |= 1 << (atom % 64);
        }
        for &atom in sides().flat_map(|sides| &sides.lacks) {
            row[atom as usize / 64] &= !(1 << (atom % 64));
        }
        for atom in parts.iter().filter_map(|part| self.terms.get(part)) {
            row[*atom as usize / 64] |= 1 << (atom % 64);
        }
    }

    /// Whether the part is asked for.
    pub(super) fn knows(&self, part: (SlotId, Role)) -> bool {
        self.terms.contains_key(&part)
    }
}
