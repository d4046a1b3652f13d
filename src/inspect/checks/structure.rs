//! The release has no gap in its numbers, empty item, heading over nothing, or footnote with one end that its source has not:
//! each tells that something was taken out there.

use super::{Found, Subject};
use crate::verify::Defects;

pub(in crate::inspect) fn structure(subject: &Subject<'_>) -> Vec<Found> {
    let found = Defects::of(subject.document).beyond(&subject.source.defects);
    found.into_iter().map(|(what, place)| (what.to_owned(), Some(place))).collect()
}
