//! Words that are looked for in a text, in any case of what is ASCII.
//!
//! A table of the words and of how each begins: small and made in no time, unlike an automaton, whose states for the many words
//! of a long report would outweigh the report.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use foldhash::fast::FixedState;

/// Bytes by which a word is known to begin.
const HEAD: usize = 3;
/// Bits of the filter; it stays in the first-level cache.
const FILTER: usize = 1 << 16;

/// The words.
#[derive(Debug)]
pub(super) struct Lookout {
    /// In small letters.
    words: HashSet<Box<[u8]>, FixedState>,
    /// How long the words are that begin so.
    lengths: HashMap<[u8; HEAD], Vec<usize>, FixedState>,
    /// Whether any word begins so; it may say yes where none does.
    filter: Vec<u64>,
    /// How long the words are that have no whole head.
    short: Vec<usize>,
}

impl Lookout {
    /// Takes the words to look for; none is empty.
    pub(super) fn new(words: impl Iterator<Item = String>) -> Self {
        let mut lookout = Self {
            words: HashSet::default(),
            lengths: HashMap::default(),
            filter: vec![0; FILTER / 64],
            short: Vec::new(),
        };
        for word in words {
            let word = word.to_ascii_lowercase().into_bytes().into_boxed_slice();
            let lengths = match word.first_chunk() {
                Some(head) => {
                    let bit = bit(*head);
                    lookout.filter[bit / 64] |= 1 << (bit % 64);
                    lookout.lengths.entry(*head).or_default()
                }
                None => &mut lookout.short,
            };
            if !lengths.contains(&word.len()) {
                lengths.push(word.len());
            }
            lookout.words.insert(word);
        }
        lookout
    }

    /// Every place where one of the words stands, in bytes, of those where it may begin and end; they may overlap.
    pub(super) fn find(
        &self,
        text: &str,
        may_begin: impl Fn(usize) -> bool,
        may_end: impl Fn(usize) -> bool,
    ) -> Vec<Range<usize>> {
        let text = text.to_ascii_lowercase().into_bytes();
        let mut found = Vec::new();
        for at in 0..text.len() {
            let lengths = text[at..].first_chunk().filter(|head| self.is_head(**head));
            if lengths.is_none() && self.short.is_empty() || !may_begin(at) {
                continue;
            }
            let lengths = lengths.and_then(|head| self.lengths.get(head)).into_iter().flatten();
            for length in lengths.chain(&self.short) {
                let there = text.get(at..at + length).filter(|_| may_end(at + length));
                if there.is_some_and(|there| self.words.contains(there)) {
                    found.push(at..at + length);
                }
            }
        }
        found
    }

    fn is_head(&self, head: [u8; HEAD]) -> bool {
        let bit = bit(head);
        self.filter[bit / 64] >> (bit % 64) & 1 == 1
    }
}

fn bit([a, b, c]: [u8; HEAD]) -> usize {
    (usize::from(a) << 10 ^ usize::from(b) << 5 ^ usize::from(c)) % FILTER
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(
            words in prop::collection::vec("[aB1é() -]{1,5}", 0..6),
            text in "[abB1éÉ()x -]{0,40}",
        ) {
            let mut wanted: Vec<Range<usize>> = Vec::new();
            for word in &words {
                for (start, _) in text.char_indices() {
                    let range = start..start + word.len();
                    if text.get(range.clone()).is_some_and(|there| there.eq_ignore_ascii_case(word)) {
                        wanted.push(range);
                    }
                }
            }
            let mut found = Lookout::new(words.into_iter()).find(&text, |_| true, |_| true);
            let order = |range: &Range<usize>| (range.start, range.end);
            wanted.sort_by_key(order);
            wanted.dedup();
            found.sort_by_key(order);
            prop_assert_eq!(found, wanted);
        }
    }
}
