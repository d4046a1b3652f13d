//! A release of a report with a banner has one, unless nothing in it needs one.

use super::{Found, Subject};

pub(in crate::inspect) fn unmarked(subject: &Subject<'_>) -> Vec<Found> {
    let classified = subject.marks.portions.iter().flatten().any(|(_, reading)| {
        let marking = &reading.marking;
        marking.is_classified()
    });
    if subject.source.banner && classified && subject.document.banner_text().is_none() {
        return vec![("no banner stands above classified portions".to_owned(), None)];
    }
    Vec::new()
}
