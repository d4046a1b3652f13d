//! The checks of the gate, one file each.

mod banner;
mod channels;
mod characters;
mod findings;
mod form;
mod marks;
mod origin;
mod residue;
mod structure;

pub(super) use banner::banner;
pub(super) use channels::channels;
pub(super) use characters::characters;
pub(super) use findings::findings;
pub(super) use form::form;
pub(super) use marks::marks;
pub(super) use origin::origin;
pub(crate) use residue::Removed;
pub(super) use residue::residue;
pub(super) use structure::structure;

use super::{Faults, Subject};
use crate::document::Document;
use crate::text::{Output, Span, Visible};

/// Where visible text of the release stands in its bytes.
fn output(document: &Document, span: Span<Visible>) -> Option<Span<Output>> {
    document.segments().source_hull(span).map(|hull| Span::new(hull.start(), hull.end()))
}
