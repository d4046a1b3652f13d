//! A code word, identifier or name that was removed anywhere stands nowhere: neither in the text a reader sees nor in the
//! bytes, as they are or as they read without a disguise, but where a named decision let it through.

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
    let lookout = &removed.lookout;
    let mut places = Vec::new();
    // Paragraph by paragraph, so that no reading holds the whole report.
    let mut start = 0;
    for piece in subject.text.split_inclusive("\n\n") {
        places.extend(hits(lookout, piece).map(|hit| Span::new(start + hit.start, start + hit.end)));
        start += piece.len();
    }
    let visible = subject.document.visible();
    let mut start = 0;
    for block in visible.split(BLOCK_SEPARATOR) {
        let shown = hits(lookout, block).map(|hit| Span::new(start + hit.start, start + hit.end));
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
    /// Finds all their spellings.
    lookout: Lookout,
}

impl Removed {
    pub(crate) fn new(words: Vec<String>) -> Self {
        let lookout = Lookout::new(words.iter().flat_map(|word| spellings(word)));
        Self { words, lookout }
    }

    /// The words.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether one of them stands in a short text, such as a file name.
    pub(crate) fn stands(&self, text: &str) -> bool {
        hits(&self.lookout, text).next().is_some()
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
fn hits<'t>(lookout: &Lookout, text: &'t str) -> impl Iterator<Item = std::ops::Range<usize>> + 't {
    let adjoins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let alone = move |hit: &std::ops::Range<usize>| {
        !adjoins(text[..hit.start].chars().next_back()) && !adjoins(text[hit.end..].chars().next())
    };
    let mut found = lookout.find(text);
    if text.contains(['-', '\n']) || text.contains("  ") || !is_undisguised(text) {
        for folded in Folded::readings(text) {
            let spaced = folded.text().replace('-', " ");
            found.extend(lookout.find(&spaced).into_iter().map(|hit| folded.range(hit)));
        }
    }
    found.into_iter().filter(alone)
}
