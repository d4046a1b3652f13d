//! Short words in a table of their own: one probe tells that a word of the text is in no lexicon, as most are.

use super::vocabulary::WordId;

/// A folded word of at most 16 bytes with its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    bytes: u128,
    hash: u32,
}

/// The longest word that has a key, in bytes.
const LONGEST: usize = 16;

impl Key {
    /// The key of a word folded already; none when it is too long.
    pub(crate) fn new(folded: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..folded.len())?.copy_from_slice(folded);
        Some(Self::of(u128::from_le_bytes(bytes)))
    }

    /// The key of the ASCII word `text[start..end]` in lower case; none when it is too long or not ASCII.
    pub(crate) fn ascii(text: &[u8], start: usize, end: usize) -> Option<Self> {
        let len = end - start;
        if len > LONGEST {
            return None;
        }
        let bytes = match text.get(start..start + LONGEST) {
            Some(window) => {
                let window = u128::from_le_bytes(window.try_into().expect("the window is as long as a key"));
                window & (u128::MAX >> (8 * (LONGEST - len.max(1))))
            }
            None => {
                let mut bytes = [0; LONGEST];
                bytes[..len].copy_from_slice(&text[start..end]);
                u128::from_le_bytes(bytes)
            }
        };
        const HIGH: u128 = each(0x80);
        if bytes & HIGH != 0 {
            return None;
        }
        // The high bit of each byte that is a capital; no byte carries into the next.
        let capitals = (bytes + each(0x80 - b'A')) & !(bytes + each(0x80 - b'Z' - 1)) & HIGH;
        Some(Self::of(bytes | capitals >> 2))
    }

    fn of(bytes: u128) -> Self {
        const MIX: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
        let [low, high] = halves(bytes);
        let product = u128::from(low ^ MIX[0]) * u128::from(high ^ low.rotate_left(32) ^ MIX[1]);
        let [low, high] = halves(product);
        let hash = (low ^ high).wrapping_mul(MIX[0]);
        Self { bytes, hash: halves32(hash) }
    }

    /// A number that differs for nearly all words.
    pub(crate) fn hash(self) -> u32 {
        self.hash
    }
}

const fn each(byte: u8) -> u128 {
    u128::from_le_bytes([byte; LONGEST])
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn halves(whole: u128) -> [u64; 2] {
    [whole as u64, (whole >> 64) as u64]
}

fn halves32(whole: u64) -> u32 {
    (whole >> 32) as u32
}

/// How many bits of an index entry are the word's number; the rest repeat its hash.
const NUMBER_BITS: u32 = 20;
const NUMBER: u32 = (1 << NUMBER_BITS) - 1;

#[derive(Debug, Clone, Copy)]
struct Entry {
    bytes: u128,
    id: WordId,
    /// Whether a lexicon holds the word with capitals.
    exact: bool,
}

/// Words by key: an index that is searched linearly, and the words themselves.
#[derive(Debug, Default)]
pub(crate) struct WordTable {
    index: Vec<u32>,
    entries: Vec<Entry>,
}

impl WordTable {
    /// Words with their number and whether they are to be looked up with their capitals too. The same word may come
    /// twice. Words that are too long are left out.
    ///
    /// # Panics
    /// Past a million words, which a loader checks.
    pub(crate) fn new(words: &[(&str, WordId, bool)]) -> Self {
        let mut table =
            Self { index: vec![0; (words.len() * 4).next_power_of_two().max(16)], entries: Vec::new() };
        for &(word, id, exact) in words {
            let Some(key) = Key::new(word.as_bytes()) else { continue };
            let (at, found) = table.seek(key);
            match found {
                Some(entry) => {
                    let entry = &mut table.entries[entry];
                    entry.id = entry.id.max(id);
                    entry.exact |= exact;
                }
                None => {
                    table.entries.push(Entry { bytes: key.bytes, id, exact });
                    let number =
                        u32::try_from(table.entries.len()).expect("the loader bounds the number of words");
                    assert!(number <= NUMBER, "the loader bounds the number of words");
                    table.index[at] = number | key.hash & !NUMBER;
                }
            }
        }
        table
    }

    /// The word's number, and whether it is to be looked up with its capitals too.
    pub(crate) fn find(&self, key: Key) -> Option<(WordId, bool)> {
        let entry = &self.entries[self.seek(key).1?];
        Some((entry.id, entry.exact))
    }

    /// Where in the index the key stands or would stand, and its entry.
    fn seek(&self, key: Key) -> (usize, Option<usize>) {
        let mask = self.index.len() - 1;
        let mut at = key.hash as usize & mask;
        loop {
            let found = self.index[at];
            if found == 0 {
                return (at, None);
            }
            if (found ^ key.hash) & !NUMBER == 0 {
                let entry = (found & NUMBER) as usize - 1;
                if self.entries[entry].bytes == key.bytes {
                    return (at, Some(entry));
                }
            }
            at = (at + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_of_text_are_keys_of_folded_words(word in "[ -~]{1,16}", tail in "[ -~é]{0,20}") {
            let text = format!("{word}{tail}");
            let folded = word.to_ascii_lowercase();
            prop_assert_eq!(Key::ascii(text.as_bytes(), 0, word.len()), Key::new(folded.as_bytes()));
        }

        #[test]
        fn every_word_is_found_and_no_other(words in proptest::collection::btree_set("[a-z]{1,20}", 1..200), other in "[a-z]{1,16}") {
            let ids: Vec<_> = words.iter().zip(1..).map(|(word, id)| (word.as_str(), WordId(id), false)).collect();
            let table = WordTable::new(&ids);
            for &(word, id, _) in &ids {
                if let Some(key) = Key::new(word.as_bytes()) {
                    prop_assert_eq!(table.find(key), Some((id, false)));
                }
            }
            if !words.contains(&other) {
                prop_assert_eq!(table.find(Key::new(other.as_bytes()).expect("it is short")), None);
            }
        }
    }

    #[test]
    fn words_that_are_too_long_or_not_ascii_have_no_key() {
        assert_eq!(Key::ascii("aaaaaaaaaaaaaaaaa".as_bytes(), 0, 17), None);
        assert_eq!(Key::ascii("né".as_bytes(), 0, 3), None);
    }
}
