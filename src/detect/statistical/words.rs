//! What a thread remembers of words: the sums of the rows that a token's text and look alone give.
//!
//! Most atoms of a token hang on nothing else, and most tokens are words met before; their rows lie far apart and are
//! slow to gather. Each word has one place here, which the next word of the same place takes over. What is remembered is a
//! function of the text and the look, so that forgetting changes the speed alone.

use super::features::{Features, Input, Own};
use super::model::{LANES, Table};
use super::network::{self, Network, WIDTH};
use super::score::add;
use super::spread::Row;
use crate::detect::tokens::{Shape, Token};

/// The places that a thread begins with: a few reports do not pay for many.
const FEWEST: usize = 1 << 10;

/// The longest token that has a place, in bytes.
const LONGEST: usize = 16;

/// The words of one thread, with a sum each of one rule set's rows.
#[derive(Debug)]
pub(super) struct Words<T> {
    places: Vec<(Name, T)>,
    /// How many words have taken a place since there were so many, and the most places there may be.
    taken: usize,
    most: usize,
    /// For tokens too long to have a place.
    spare: T,
    folded: String,
}

/// A text of at most [`LONGEST`] bytes, its length and a look. That of an empty place is no token's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Name {
    text: u128,
    length: usize,
    look: Shape,
}

impl Name {
    fn of(text: &str, token: Token, look: Shape) -> Option<Self> {
        let bytes = &text.as_bytes()[token.start as usize..];
        let length = (token.end - token.start) as usize;
        let packed = match bytes.first_chunk() {
            _ if length > LONGEST || length == 0 => return None,
            Some(window) => u128::from_le_bytes(*window) & u128::MAX >> (8 * (LONGEST - length)),
            None => {
                let mut window = [0; LONGEST];
                window[..length].copy_from_slice(&bytes[..length]);
                u128::from_le_bytes(window)
            }
        };
        Some(Self { text: packed, length, look })
    }

    /// A place among as many as a power of two.
    fn place(self, places: usize) -> usize {
        const MIX: u128 = 0x9E37_79B9_7F4A_7C15_D6E8_FEB8_6659_FD93;
        let mixed = (self.text ^ u128::from(self.look.0) << 96).wrapping_mul(MIX);
        let mixed = (mixed >> 64 ^ mixed).wrapping_mul(MIX);
        (mixed >> 100) as usize & (places - 1)
    }
}

impl<T: Clone + Default> Words<T> {
    /// None yet; at most so many places, a power of two.
    pub(super) fn new(most: usize) -> Self {
        Self {
            places: vec![(Name::default(), T::default()); FEWEST.min(most)],
            taken: 0,
            most,
            spare: T::default(),
            folded: String::new(),
        }
    }

    /// What the token's text and look say: `sum` works it out, with room for the folded text. Every call must be with the
    /// same tables.
    pub(super) fn of(
        &mut self,
        input: &Input<'_>,
        index: u32,
        look: Shape,
        sum: impl FnOnce(&mut String) -> T,
    ) -> &T {
        let Some(name) = Name::of(input.text, input.reading.tokens[index as usize], look) else {
            self.spare = sum(&mut self.folded);
            return &self.spare;
        };
        let mut place = name.place(self.places.len());
        if self.places[place].0 != name {
            if self.is_crowded() {
                self.grow();
                place = name.place(self.places.len());
            }
            self.taken += 1;
            self.places[place] = (name, sum(&mut self.folded));
        }
        &self.places[place].1
    }

    fn is_crowded(&self) -> bool {
        self.taken * 2 > self.places.len() && self.places.len() < self.most
    }

    /// Makes twice as many places, all of them empty.
    fn grow(&mut self) {
        self.places = vec![(Name::default(), T::default()); self.places.len() * 2];
        self.taken = 0;
    }
}

/// What a token's text and look say of it at the first look, and the sum of its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) own: Own,
    pub(super) row: Row<i16>,
    pub(super) sum: network::Sum,
}

impl Default for Known {
    fn default() -> Self {
        Self { own: Own::default(), row: [0; LANES], sum: [0; WIDTH] }
    }
}

impl Known {
    pub(super) fn of(
        features: &Features,
        table: &Table<LANES>,
        network: &Network,
        input: &Input<'_>,
        index: u32,
        look: Shape,
        folded: &mut String,
    ) -> Self {
        let (mut row, mut sum) = ([0; LANES], [0; WIDTH]);
        let own = features.own(input, index, look, folded, |group, atom| {
            if let Some(more) = table.get(atom) {
                add(&mut row, more);
            }
            network.add(&mut sum, group, atom);
        });
        Self { own, row, sum }
    }
}
