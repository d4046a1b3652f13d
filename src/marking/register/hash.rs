//! A fast hash for the short words of the registers. The keys are the program's own; nothing of a report is stored.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map from register words.
pub(super) type WordMap<V> = HashMap<&'static str, V, BuildHasherDefault<WordHasher>>;

/// Multiplies and rotates eight bytes at a time.
#[derive(Default)]
pub(super) struct WordHasher(u64);

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

impl WordHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(26) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            self.mix(rest.iter().fold(1, |word, &byte| word << 8 | u64::from(byte)));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
