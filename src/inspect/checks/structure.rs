//! The release has no gap in its numbers, empty item, heading over nothing, or footnote with one end that its source has not:
//! each tells that something was taken out there.

use super::{Found, Subject};
use crate::inspect::structure::Defects;

pub(in crate::inspect) fn structure(subject: &Subject<'_>) -> Vec<Found> {
    let (own, source) = (Defects::of(subject.document), &subject.source.defects);
    let of = |found: &[_], known: &[_], what: &str| match found.first() {
        Some(&place) if known.is_empty() => vec![(what.to_owned(), Some(place))],
        _ => Vec::new(),
    };
    [
        of(&own.gaps, &source.gaps, "a gap in the numbers of a list"),
        of(&own.empty_items, &source.empty_items, "an item with nothing in it"),
        of(&own.bare_headings, &source.bare_headings, "a heading over nothing"),
        of(&own.orphans, &source.orphans, "a footnote that nothing refers to"),
        of(&own.dangling, &source.dangling, "a reference to a footnote that is not there"),
    ]
    .concat()
}
