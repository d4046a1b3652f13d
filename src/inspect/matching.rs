//! Words and runs of words, by which texts are compared.

use std::hash::BuildHasher as _;
use std::ops::Range;

use foldhash::fast::FixedState;

use crate::text::Folded;

/// So many words in a row are no coincidence.
pub(super) const RUN: usize = 5;
/// A name has at least so many letters.
const SHORTEST_NAME: usize = 3;
/// A number with fewer digits stands anywhere.
const SHORTEST_NUMBER: usize = 3;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Small letters, without its disguises.
    pub(super) folded: String,
    /// Where it stands, in bytes of the text given.
    pub(super) place: Range<usize>,
    capital: bool,
    /// Whether it begins a sentence, where a capital says nothing.
    first: bool,
}

impl Word {
    /// Whether it is a name or a number, of which one word tells something.
    pub(super) fn is_telling(&self) -> bool {
        let digits = self.folded.chars().filter(char::is_ascii_digit).count();
        let letters = self.folded.chars().filter(|c| c.is_alphabetic()).count();
        digits >= SHORTEST_NUMBER
            || digits > 0 && letters > 1
            || self.capital && !self.first && letters >= SHORTEST_NAME
    }

    /// Whether it could be one, at the start of a sentence too.
    pub(super) fn may_tell(&self) -> bool {
        self.capital || self.folded.contains(|c: char| c.is_ascii_digit())
    }
}

/// The words of a text, as they read without disguise.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(['\u{1E}', '\n']) {
        let folded = &Folded::readings(piece)[0];
        let reading = folded.text();
        let mut first = true;
        let mut at = 0;
        for part in reading.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() {
                let place = folded.range(at..at + word.len());
                found.push(Word {
                    folded: word.to_lowercase(),
                    place: start + place.start..start + place.end,
                    capital: word.starts_with(char::is_uppercase),
                    first,
                });
                first = false;
            }
            first |= part.ends_with(['.', '!', '?', ':']);
            at += part.len();
        }
        start += piece.len();
    }
    found
}

/// A run of [`RUN`] words.
pub(super) struct Gram {
    pub(super) hash: u64,
    pub(super) place: Range<usize>,
}

/// All runs of words.
pub(super) fn grams(words: &[Word]) -> impl Iterator<Item = Gram> {
    words.windows(RUN).map(|run| {
        let text: Vec<&str> = run.iter().map(|word| word.folded.as_str()).collect();
        let hash = FixedState::default().hash_one(text);
        Gram { hash, place: run[0].place.start..run[RUN - 1].place.end }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_without_their_disguise() {
        let found = words("The H\u{200B}ERON left. It saw Kesh on 12 May.");
        let folded: Vec<&str> = found.iter().map(|word| word.folded.as_str()).collect();
        assert_eq!(folded, ["the", "heron", "left", "it", "saw", "kesh", "on", "12", "may"]);
        let telling: Vec<&str> =
            found.iter().filter(|word| word.is_telling()).map(|word| word.folded.as_str()).collect();
        assert_eq!(telling, ["heron", "kesh", "may"]);
        assert_eq!(&"The H\u{200B}ERON"[found[1].place.clone()], "H\u{200B}ERON");
    }
}
