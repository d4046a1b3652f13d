//! No name and no number stands in the release, where a reader sees it or not, that its source has only where the audience
//! may not read: what a paraphrase carries over.

use super::{Found, Subject, places};
use crate::inspect::matching::{self, Word};

/// So many letters that stand apart are a word by intent; fewer come about by chance, as in "(U) b &amp; c".
const FEWEST_APART: usize = 5;

pub(in crate::inspect) fn words(subject: &Subject<'_>) -> Vec<Found> {
    let what = "a name or number that the source has only where this audience may not read";
    let found = places(subject, |text| {
        let words = matching::words(text).into_iter();
        let known = words
            .filter(|word| word.may_tell() && subject.source.telling.contains(&word.folded))
            .filter(|word| !is_apart(word) || word.folded.chars().count() >= FEWEST_APART);
        known.map(|word| word.place).collect()
    });
    found.into_iter().map(|place| (what.to_owned(), Some(place))).collect()
}

/// Whether more stands in a word's place than its letters.
fn is_apart(word: &Word) -> bool {
    word.place.len() > word.folded.len()
}
