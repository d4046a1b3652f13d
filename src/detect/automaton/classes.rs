//! Classes of tokens: rows of atoms, numbered as they come up in the text.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::atoms::{Atom, Atoms, Role};
use crate::detect::reading::Reading;
use crate::detect::tokens::Sentence;
use crate::rules::vocabulary::{SlotId, WordId};

/// A class by its number.
pub(super) type Class = u32;

/// What tells the class of a token: its words, its looks, its parts in terms.
type Mark = ([WordId; 2], u32, u32);

/// Places in front of the map; a power of two.
const FRONT: usize = 1 << 12;

/// The classes that a thread has met.
#[derive(Debug)]
pub(super) struct Classes {
    /// The looks that make a difference.
    looks: u32,
    /// What was asked for lately, by hash.
    front: Vec<(Mark, Class)>,
    marks: HashMap<Mark, Class, FixedState>,
    /// Sets of parts in terms; set 0 is empty.
    parts: HashMap<Vec<(SlotId, Role)>, u32, FixedState>,
    rows: HashMap<Box<[u64]>, Class, FixedState>,
    /// All rows, one after the other.
    bits: Vec<u64>,
    width: usize,
    row: Vec<u64>,
    open: Vec<(u32, u32, SlotId)>,
    part: Vec<(SlotId, Role)>,
}

/// A mark that no token has.
const NO_MARK: Mark = ([WordId(u32::MAX); 2], 0, 0);

impl Classes {
    pub(super) fn new(atoms: &Atoms) -> Self {
        Self {
            looks: atoms.looks().0,
            front: vec![(NO_MARK, 0); FRONT],
            marks: HashMap::default(),
            parts: HashMap::default(),
            rows: HashMap::default(),
            bits: Vec::new(),
            width: atoms.width(),
            row: Vec::new(),
            open: Vec::new(),
            part: Vec::new(),
        }
    }

    /// How many classes there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes held, roughly.
    pub(super) fn size(&self) -> usize {
        self.bits.len() * 16 + self.marks.len() * 32 + FRONT * 24
    }

    /// The atoms that hold for the class.
    pub(super) fn row(&self, class: Class) -> &[u64] {
        &self.bits[class as usize * self.width..][..self.width]
    }

    /// The classes of a sentence's tokens.
    pub(super) fn read(
        &mut self,
        atoms: &Atoms,
        reading: &Reading<'_>,
        sentence: &Sentence,
        out: &mut Vec<Class>,
    ) {
        out.clear();
        self.open.clear();
        for at in sentence.clone() {
            let parts = if reading.starts_terms(at) || !self.open.is_empty() {
                self.parts(atoms, reading, at)
            } else {
                0
            };
            let words = reading.words(at);
            let looks = reading.shape(at).0 & self.looks;
            let mark = (words, looks, parts);
            let front = place(mark);
            out.push(if self.front[front].0 == mark {
                self.front[front].1
            } else {
                let class = self.class(atoms, reading, at, mark);
                self.front[front] = (mark, class);
                class
            });
        }
    }

    /// The number of the set of parts that the token has in terms that some shape asks for.
    fn parts(&mut self, atoms: &Atoms, reading: &Reading<'_>, at: u32) -> u32 {
        self.open.retain(|term| term.1 > at);
        self.open.extend(reading.terms_at(at).iter().filter(|term| atoms.knows((term.2, Role::First))));
        self.part.clear();
        self.part.extend(self.open.iter().map(|&(start, end, slot)| {
            (
                slot,
                if start == at {
                    Role::First
                } else if end == at + 1 {
                    Role::Last
                } else {
                    Role::Inner
                },
            )
        }));
        if self.part.is_empty() {
            return 0;
        }
        self.part.sort_unstable();
        self.part.dedup();
        if let Some(&number) = self.parts.get(&self.part) {
            return number;
        }
        let number = u32::try_from(self.parts.len() + 1).expect("there are fewer sets than tokens");
        self.parts.insert(self.part.clone(), number);
        number
    }

    fn class(&mut self, atoms: &Atoms, reading: &Reading<'_>, at: u32, mark: Mark) -> Class {
        if let Some(&class) = self.marks.get(&mark) {
            return class;
        }
        let parts: &[_] = if mark.2 == 0 { &[] } else { &self.part };
        atoms.row(&reading.slots_of(at), reading.shape(at), parts, &mut self.row);
        let next = Class::try_from(self.rows.len()).expect("there are fewer classes than tokens");
        let class = match self.rows.get(&self.row[..]) {
            Some(&class) => class,
            None => {
                self.bits.extend_from_slice(&self.row);
                self.rows.insert(self.row.clone().into_boxed_slice(), next);
                next
            }
        };
        self.marks.insert(mark, class);
        class
    }
}

fn place((words, looks, parts): Mark) -> usize {
    let one = u64::from(words[0].0) | u64::from(words[1].0) << 32;
    let two = u64::from(looks) | u64::from(parts) << 32;
    let mixed =
        (one ^ two.rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed >> 52) as usize & (FRONT - 1)
}

/// Whether the atom's bit stands in a row.
pub(super) fn holds(row: &[u64], atom: Atom) -> bool {
    row[atom as usize / 64] >> (atom % 64) & 1 == 1
}
