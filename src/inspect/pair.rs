//! What a reader of two releases of one report learns: the words that stand in one and not in the other.

use std::collections::BTreeSet;

use super::matching::{Word, words};
use crate::document::{Document, Format};
use crate::text::{Position, SourceText, Span};

/// In which of two releases something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// In the first.
    First,
    /// In the second.
    Second,
}

/// Words in a row that stand in one release and nowhere in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Where they stand.
    pub side: Side,
    /// Where the first of them stands.
    pub position: Position,
    /// How many words.
    pub count: usize,
    /// The words. High side only: the other reader does not have them.
    pub words: SourceText,
}

/// Compares two releases of one report, in the order of their texts.
#[must_use]
pub fn pair(first: &SourceText, second: &SourceText, format: Format) -> Vec<Learned> {
    let sides = [first, second].map(|text| Document::parse(text.clone(), format));
    let read = sides.each_ref().map(|document| words(document.visible()));
    let said =
        read.each_ref().map(|words| words.iter().map(|word| word.folded.as_str()).collect::<BTreeSet<_>>());
    let mut learned = only(Side::First, &sides[0], &read[0], &said[1]);
    learned.extend(only(Side::Second, &sides[1], &read[1], &said[0]));
    learned
}

fn only(side: Side, document: &Document, words: &[Word], other: &BTreeSet<&str>) -> Vec<Learned> {
    let runs = words.chunk_by(|a, b| other.contains(a.folded.as_str()) == other.contains(b.folded.as_str()));
    runs.filter(|run| !other.contains(run[0].folded.as_str()))
        .map(|run| {
            let span = Span::new(run[0].place.start, run[run.len() - 1].place.end);
            Learned {
                side,
                position: document.position(span),
                count: run.len(),
                words: SourceText::new(document.text(span).to_owned()),
            }
        })
        .collect()
}
