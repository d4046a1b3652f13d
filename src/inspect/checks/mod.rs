//! What a release may not say beside its source, one check a file. The checks of the gate run before them.

mod lowered;
mod structure;
mod unmarked;
mod withheld;
mod words;

pub(super) use lowered::lowered;
pub(super) use structure::structure;
pub(super) use unmarked::unmarked;
pub(super) use withheld::withheld;
pub(super) use words::words;

use std::ops::Range;

use super::{Found, Subject};
use crate::document::{Document, SegmentKind};
use crate::text::{Output, Span, Visible};

/// Where visible text of the release stands in its bytes.
fn output(document: &Document, span: Span<Visible>) -> Option<Span<Output>> {
    document.segments().source_hull(span).map(|hull| Span::new(hull.start(), hull.end()))
}

/// The places in the release that `find` finds in the text of each portion, and in each channel that a reader does not see.
/// Banners and marks are made of other words.
fn places(subject: &Subject<'_>, find: impl Fn(&str) -> Vec<Range<usize>>) -> Vec<Span<Output>> {
    let document = subject.document;
    let mut places = Vec::new();
    for portion in document.portions() {
        let start = portion.body.start();
        let shown = find(document.text(portion.body)).into_iter();
        let shown = shown.map(|place| Span::new(start + place.start, start + place.end));
        places.extend(shown.filter_map(|span| output(document, span)));
    }
    for segment in document.segments().iter() {
        if matches!(segment.kind, SegmentKind::Hidden(_) | SegmentKind::Unclaimed) {
            let start = segment.source.start();
            let hidden = find(&subject.text[segment.source.range()]).into_iter();
            places.extend(hidden.map(|place| Span::new(start + place.start, start + place.end)));
        }
    }
    places
}
