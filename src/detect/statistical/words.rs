//! What a thread remembers of words: the sum of the rows that a token's text and look alone give.
//!
//! Most atoms of a token hang on nothing else, and most tokens are words met before; their rows lie far apart and are
//! slow to gather. Each word has one place here, which the next word of the same place takes over. What is remembered is a
//! function of the text and the look, so that forgetting changes the speed alone.

use super::features::{Features, Input, Own};
use super::model::{LANES, Table};
use super::score::add;
use super::spread::Row;
use crate::detect::tokens::{Shape, Token};

/// Places; a power of two.
const PLACES: usize = 1 << 14;
/// The longest token that has a place, in bytes.
const LONGEST: usize = 16;

/// The words of one thread, for one rule set and one table.
#[derive(Debug)]
pub(super) struct Words {
    places: Vec<Known>,
    /// For tokens too long to have a place.
    spare: Known,
    folded: String,
}

/// A token's text and look, and what both say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    name: Name,
    pub(super) own: Own,
    pub(super) row: Row<i16>,
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

    fn place(self) -> usize {
        const MIX: u128 = 0x9E37_79B9_7F4A_7C15_D6E8_FEB8_6659_FD93;
        let mixed = (self.text ^ u128::from(self.look.0) << 96).wrapping_mul(MIX);
        let mixed = (mixed >> 64 ^ mixed).wrapping_mul(MIX);
        (mixed >> 100) as usize % PLACES
    }
}

impl Default for Words {
    fn default() -> Self {
        Self { places: vec![Known::default(); PLACES], spare: Known::default(), folded: String::new() }
    }
}

impl Words {
    /// What the token's text and look say. Every call must be with the same features and table.
    pub(super) fn of(
        &mut self,
        features: &Features,
        table: &Table<LANES>,
        input: &Input<'_>,
        index: u32,
        look: Shape,
    ) -> &Known {
        let name = Name::of(input.text, input.reading.tokens[index as usize], look);
        let known = name.map_or(&mut self.spare, |name| &mut self.places[name.place()]);
        if name.is_none_or(|name| known.name != name) {
            let mut row = [0; LANES];
            let own = features.own(input, index, look, &mut self.folded, |_, atom| {
                if let Some(more) = table.get(atom) {
                    add(&mut row, more);
                }
            });
            *known = Known { name: name.unwrap_or_default(), own, row };
        }
        known
    }
}
