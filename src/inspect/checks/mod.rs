//! What a release may not say beside its source, one check a file. The checks of the gate run before them.

mod lowered;
mod unmarked;
mod withheld;
mod words;

pub(super) use lowered::lowered;
pub(super) use unmarked::unmarked;
pub(super) use withheld::withheld;
pub(super) use words::words;

use super::{Found, Subject};
use crate::document::Document;
use crate::text::{Output, Span, Visible};

/// Where visible text of the release stands in its bytes.
fn output(document: &Document, span: Span<Visible>) -> Option<Span<Output>> {
    document.segments().source_hull(span).map(|hull| Span::new(hull.start(), hull.end()))
}
