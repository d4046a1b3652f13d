//! A code word, identifier or name that was removed anywhere stands nowhere: neither in the text a reader sees nor in the
//! bytes, as they are or as they read without a disguise, but where a named decision let it through.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::{Faults, Subject, output};
use crate::document::BLOCK_SEPARATOR;
use crate::text::{self, Folded, Span, is_undisguised};
use crate::verify::lookout::Lookout;

const WHAT: &str = "a removed name, code word or identifier still stands";

pub(in crate::verify) fn residue(subject: &Subject<'_>, faults: &mut Faults) {
    let removed = subject.gate.removed;
    if removed.words.is_empty() {
        return;
    }
    let mut places = Vec::new();
    // Paragraph by paragraph, so that no reading holds the whole report.
    let mut start = 0;
    for piece in subject.text.split_inclusive("\n\n") {
        removed.hits(piece, |hit| places.push(Span::new(start + hit.start, start + hit.end)));
        start += piece.len();
    }
    let visible = subject.document.visible();
    let mut start = 0;
    for block in visible.split(BLOCK_SEPARATOR) {
        removed.hits(block, |hit| {
            places.extend(output(subject.document, Span::new(start + hit.start, start + hit.end)));
        });
        start += block.len() + BLOCK_SEPARATOR.len_utf8();
    }
    places.sort();
    places.dedup();
    for place in places.into_iter().filter(|place| !subject.is_decided(*place)) {
        faults.leak(WHAT, Some(place));
    }
}

/// Words that were removed and may stand nowhere, made ready to be looked for.
#[derive(Debug)]
pub(crate) struct Removed {
    words: Vec<String>,
    /// Finds all their spellings.
    lookout: Lookout,
    /// Where they stand in texts that read in more ways than one: each round and audience asks for most of these again.
    known: RefCell<Known>,
    kept: Cell<usize>,
}

/// Places by text.
type Known = HashMap<Box<str>, Box<[Range<usize>]>, FixedState>;

/// The most bytes of text that are kept with what stands in them.
const MOST_BYTES: usize = 4 << 20;

impl Removed {
    pub(crate) fn new(words: Vec<String>) -> Self {
        let lookout = Lookout::new(words.iter().flat_map(|word| spellings(word)));
        Self { words, lookout, known: RefCell::default(), kept: Cell::new(0) }
    }

    /// The words.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether one of them stands in a short text, such as a file name.
    pub(crate) fn stands(&self, text: &str) -> bool {
        !hits(&self.lookout, text).is_empty()
    }

    /// Tells where one of them stands in `text`, in bytes; no letter or digit adjoins it there.
    fn hits(&self, text: &str, tell: impl FnMut(&Range<usize>)) {
        if !has_readings(text) {
            return hits(&self.lookout, text).iter().for_each(tell);
        }
        if let Some(known) = self.known.borrow().get(text) {
            return known.iter().for_each(tell);
        }
        let found = hits(&self.lookout, text);
        found.iter().for_each(tell);
        if self.kept.get() + text.len() <= MOST_BYTES {
            self.kept.set(self.kept.get() + text.len());
            self.known.borrow_mut().insert(text.into(), found.into());
        }
    }
}

/// How a removed word may be written: in all its spellings, and without the blanks and hyphens in it.
fn spellings(word: &str) -> Vec<String> {
    let mut spellings: Vec<String> =
        text::spellings(word).iter().map(|spelling| spelling.replace('-', " ")).collect();
    let joined: Vec<String> = spellings.iter().map(|spelling| spelling.replace(' ', "")).collect();
    // What is short reads as another word when it is joined.
    spellings.extend(joined.into_iter().filter(|spelling| spelling.len() >= SHORTEST_JOINED));
    spellings.retain(|spelling| !spelling.is_empty());
    spellings.sort();
    spellings.dedup();
    spellings
}

/// Words of fewer bytes are not looked for without their blanks and hyphens.
const SHORTEST_JOINED: usize = 6;

/// Whether `text` may read in another way than it stands.
fn has_readings(text: &str) -> bool {
    text.contains(['-', '\n']) || text.contains("  ") || !is_undisguised(text)
}

/// Where one of the words stands in `text`, in bytes; no letter or digit adjoins it there.
fn hits(lookout: &Lookout, text: &str) -> Vec<Range<usize>> {
    let mut found = lookout.find(text, |at| begins(text, at), |at| ends(text, at));
    if has_readings(text) {
        for folded in Folded::readings(text) {
            let spaced = folded.text().replace('-', " ");
            let begins = |at| begins(&spaced, at) || folded.breaks_at(at);
            let ends = |at| ends(&spaced, at) || folded.breaks_at(at);
            let hits = lookout.find(&spaced, begins, ends);
            found.extend(hits.into_iter().map(|hit| folded.range(hit)));
        }
    }
    found.retain(|hit| begins(text, hit.start) && ends(text, hit.end));
    found
}

/// Whether a word may begin at a byte of a text: no letter or digit stands before it.
fn begins(text: &str, at: usize) -> bool {
    match text.as_bytes()[..at].last() {
        Some(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
        Some(_) => text.get(..at).is_some_and(|head| !head.ends_with(char::is_alphanumeric)),
        None => true,
    }
}

/// Whether a word may end at a byte of a text: no letter or digit stands behind it.
fn ends(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
        Some(_) => text.get(at..).is_some_and(|tail| !tail.starts_with(char::is_alphanumeric)),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn where_words_begin_and_end_hides_none(
            words in prop::collection::vec("[abI1\u{e9} -]{1,4}", 1..6),
            text in "[abIl1\u{e9}\u{c9}\u{430}\u{fb01}\u{200b}\u{ad}\u{301}. \n-]{0,40}",
        ) {
            let lookout = Lookout::new(words.into_iter());
            let mut found: Vec<_> = hits(&lookout, &text).iter().map(|hit| (hit.start, hit.end)).collect();
            let mut anywhere = lookout.find(&text, |_| true, |_| true);
            for folded in Folded::readings(&text) {
                let spaced = folded.text().replace('-', " ");
                anywhere.extend(lookout.find(&spaced, |_| true, |_| true).into_iter().map(|hit| folded.range(hit)));
            }
            let adjoins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let alone = |hit: &&Range<usize>| {
                !adjoins(text[..hit.start].chars().next_back()) && !adjoins(text[hit.end..].chars().next())
            };
            let mut wanted: Vec<_> = anywhere.iter().filter(alone).map(|hit| (hit.start, hit.end)).collect();
            wanted.sort_unstable();
            wanted.dedup();
            found.sort_unstable();
            found.dedup();
            prop_assert_eq!(found, wanted);
        }
    }
}
