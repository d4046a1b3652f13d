//! No name and no number stands in the release, where a reader sees it or not, that its source has only where the audience
//! may not read: what a paraphrase carries over.

use super::{Found, Subject, places};
use crate::inspect::matching;

pub(in crate::inspect) fn words(subject: &Subject<'_>) -> Vec<Found> {
    let what = "a name or number that the source has only where this audience may not read";
    let found = places(subject, |text| {
        let words = matching::words(text).into_iter();
        let known = words.filter(|word| word.may_tell() && subject.source.telling.contains(&word.folded));
        known.map(|word| word.place).collect()
    });
    found.into_iter().map(|place| (what.to_owned(), Some(place))).collect()
}
