//! No run of words stands in the release that its source has only in portions that may not go or in spans that the rules
//! find.

use std::ops::Range;

use super::{Found, Subject, places};
use crate::inspect::matching::{grams, words};

pub(in crate::inspect) fn withheld(subject: &Subject<'_>) -> Vec<Found> {
    let what = "words that the source has only where this audience may not read";
    let found = places(subject, |text| runs(subject, text));
    found.into_iter().map(|place| (what.to_owned(), Some(place))).collect()
}

/// The runs in a text, those that overlap joined.
fn runs(subject: &Subject<'_>, text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for gram in grams(&words(text)).filter(|gram| subject.source.closed.contains(&gram.hash)) {
        match runs.last_mut().filter(|last| gram.place.start < last.end) {
            Some(last) => last.end = last.end.max(gram.place.end),
            None => runs.push(gram.place),
        }
    }
    runs
}
