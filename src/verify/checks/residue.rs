//! A code word, identifier or name that was removed anywhere stands nowhere: neither in the text a reader sees nor in the
//! bytes, as they are or as they read without a disguise, but where a named decision let it through.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use foldhash::fast::FixedState;

use super::{Faults, Subject, output};
use crate::document::BLOCK_SEPARATOR;
use crate::text::{self, Folded, Span, is_undisguised};

const WHAT: &str = "a removed name, code word or identifier still stands";

pub(in crate::verify) fn residue(subject: &Subject<'_>, faults: &mut Faults) {
    let removed = subject.gate.removed;
    if removed.words.is_empty() {
        return;
    }
    let Some(automaton) = &removed.automaton else {
        faults.wrong("the words to look for are too many to be looked for", None);
        return;
    };
    let mut places = Vec::new();
    // What was found in pieces of text; most of what a reader sees is written as he sees it.
    let mut known: HashMap<&str, Vec<Range<usize>>, FixedState> = HashMap::default();
    // Paragraph by paragraph, so that no reading holds the whole report.
    let mut start = 0;
    for piece in subject.text.split("\n\n") {
        let found = known.entry(piece).or_insert_with(|| hits(automaton, piece));
        places.extend(found.iter().map(|hit| Span::new(start + hit.start, start + hit.end)));
        start += piece.len() + "\n\n".len();
    }
    let visible = subject.document.visible();
    let mut start = 0;
    for block in visible.split(BLOCK_SEPARATOR) {
        let found = known.entry(block).or_insert_with(|| hits(automaton, block));
        let shown = found.iter().map(|hit| Span::new(start + hit.start, start + hit.end));
        places.extend(shown.filter_map(|span| output(subject.document, span)));
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
    /// Finds their spellings in text in lower case; none when they are too many.
    automaton: Option<AhoCorasick>,
}

impl Removed {
    pub(crate) fn new(words: Vec<String>) -> Self {
        // An automaton of lower case is made in half the time of one that takes any.
        let lower = |spelling: String| spelling.to_ascii_lowercase();
        let wanted: BTreeSet<String> = words.iter().flat_map(|word| spellings(word)).map(lower).collect();
        // A table of all states would not pay for a few texts.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let automaton = AhoCorasick::builder().kind(kind).build(wanted).ok();
        Self { words, automaton }
    }

    /// The words.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether one of them stands in a short text, such as a file name.
    pub(crate) fn stands(&self, text: &str) -> bool {
        // With too many words to be looked for no name can be told clean.
        self.automaton.as_ref().is_none_or(|automaton| !hits(automaton, text).is_empty())
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

/// Where one of the words stands in `text`, in bytes; no letter or digit adjoins it there.
fn hits(automaton: &AhoCorasick, text: &str) -> Vec<Range<usize>> {
    let adjoins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let alone = |hit: &Range<usize>| {
        !adjoins(text[..hit.start].chars().next_back()) && !adjoins(text[hit.end..].chars().next())
    };
    // Lower case takes as many bytes.
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<_> = automaton.find_overlapping_iter(&lower).map(|hit| hit.range()).collect();
    if text.contains(['-', '\n']) || text.contains("  ") || !is_undisguised(text) {
        for folded in Folded::readings(text) {
            let spaced = folded.text().to_ascii_lowercase().replace('-', " ");
            found.extend(automaton.find_overlapping_iter(&spaced).map(|hit| folded.range(hit.range())));
        }
    }
    found.retain(alone);
    found
}
