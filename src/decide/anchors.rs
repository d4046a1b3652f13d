//! The ids by which decisions find edits and portions again.

use std::collections::HashMap;

use super::Edit;
use crate::decisions::anchor::{fingerprint, surroundings};
use crate::document::{Document, PortionId};
use crate::text::{Source, Span, Visible};

/// The rule that stands for spans which a person marked.
pub(crate) const MARKED: &str = "reviewer.marked";

/// The ids of one report.
#[derive(Debug)]
pub(crate) struct Anchors<'a> {
    key: &'a [u8; 32],
    portions: Vec<String>,
}

impl<'a> Anchors<'a> {
    /// The ids of a report under the key of its review folder.
    pub(crate) fn of(document: &Document, key: &'a [u8; 32]) -> Self {
        let whole = whole(document);
        let mut ids = Ids::default();
        let portions = document.portions().iter().map(|portion| {
            let span = document.segments().source_hull(portion.extent).unwrap_or_else(|| Span::new(0, 0));
            let (before, after) = surroundings(whole, span.start(), span.end());
            let id = fingerprint(key, &["portion", &whole[span.range()], before, after]);
            ids.next(format!("p{id}"))
        });
        Self { key, portions: portions.collect() }
    }

    /// The id of a portion.
    pub(crate) fn portion(&self, id: PortionId) -> &str {
        &self.portions[id]
    }

    /// The id under which the whole report is signed.
    pub(crate) fn report(&self, document: &Document) -> String {
        format!("report-{}", fingerprint(self.key, &["report", whole(document)]))
    }

    /// The id of a change of the source: of the rule, the words, and what stands around them.
    pub(crate) fn change(&self, document: &Document, rule: &str, words: &str, span: Span<Source>) -> String {
        let (before, after) = surroundings(whole(document), span.start(), span.end());
        fingerprint(self.key, &[rule, words, before, after])
    }

    /// What equal spans share: the rule and the words.
    pub(crate) fn equal(&self, rule: &str, words: &str) -> String {
        fingerprint(self.key, &["equal", rule, words])
    }

    /// The id of a span that a person marks, what equal spans share, and its words.
    pub(crate) fn marked<'d>(
        &self,
        document: &'d Document,
        start: usize,
        end: usize,
    ) -> Option<(String, String, &'d str)> {
        let words = whole(document).get(start..end).filter(|words| !words.is_empty())?;
        let id = self.change(document, MARKED, words, Span::new(start, end));
        Some((id, self.equal(MARKED, words), words))
    }

    /// Where the text stands that was marked under this id: at `place`, or wherever it moved to.
    pub(super) fn find_marked(
        &self,
        document: &Document,
        id: &str,
        place: (usize, usize),
    ) -> Option<Span<Source>> {
        let whole = whole(document);
        let length = place.1.checked_sub(place.0).filter(|&length| length > 0)?;
        let is_it = |start: usize| {
            let words = whole.get(start..start.checked_add(length)?)?;
            let span = Span::new(start, start + length);
            (self.change(document, MARKED, words, span) == id).then_some(span)
        };
        is_it(place.0).or_else(|| word_edges(whole).find_map(is_it))
    }

    /// Every place whose words are those that were marked, by what equal spans share.
    pub(super) fn find_equal(&self, document: &Document, shared: &str, length: usize) -> Vec<Span<Source>> {
        let whole = whole(document);
        let is_it = |start: usize| {
            let words = whole.get(start..start.checked_add(length)?)?;
            (self.equal(MARKED, words) == shared).then(|| Span::new(start, start + length))
        };
        word_edges(whole).filter_map(is_it).collect()
    }
}

fn whole(document: &Document) -> &str {
    document.source().expose(document.source().span())
}

/// The offsets that do not lie inside a word.
fn word_edges(text: &str) -> impl Iterator<Item = usize> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, c)| {
        let before = std::mem::replace(&mut inside, c.is_alphanumeric());
        (!(before && inside)).then_some(at)
    })
}

/// Where an edit stands in the source.
pub(crate) fn place(document: &Document, span: Span<Visible>) -> Span<Source> {
    document.segments().source_hull(span).unwrap_or_else(|| document.source().span())
}

/// Makes ids distinct: the second of two equal ones gets a number.
#[derive(Debug, Default)]
pub(crate) struct Ids(HashMap<String, usize>);

impl Ids {
    pub(crate) fn next(&mut self, id: String) -> String {
        let count = self.0.entry(id.clone()).or_default();
        *count += 1;
        if *count == 1 { id } else { format!("{id}-{count}") }
    }
}

/// The words of an edit that its id depends on.
pub(crate) fn words<'d>(document: &'d Document, edit: &Edit) -> &'d str {
    document.text(edit.span)
}
