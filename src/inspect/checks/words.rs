//! No name and no number stands in the release, in the text or in the bytes, that its source has only where the audience
//! may not read: what a paraphrase carries over.

use std::collections::BTreeSet;

use super::{Found, Subject, output};
use crate::inspect::matching;
use crate::text::Span;

pub(in crate::inspect) fn words(subject: &Subject<'_>) -> Vec<Found> {
    let what = "a name or number that the source has only where this audience may not read";
    let telling = |text: &str| {
        let words = matching::words(text).into_iter();
        let known = words.filter(|word| word.may_tell() && subject.source.telling.contains(&word.folded));
        known.map(|word| word.place).collect::<Vec<_>>()
    };
    let shown = telling(subject.document.visible())
        .into_iter()
        .filter_map(|place| output(subject.document, Span::new(place.start, place.end)));
    let raw = telling(subject.text).into_iter().map(|place| Span::new(place.start, place.end));
    let places: BTreeSet<_> = shown.chain(raw).collect();
    places.into_iter().map(|place| (what.to_owned(), Some(place))).collect()
}
