//! No portion of the release carries a lower level than the source gives the same words.

use super::{Found, Subject, output};
use crate::inspect::matching::{grams, words};

pub(in crate::inspect) fn lowered(subject: &Subject<'_>) -> Vec<Found> {
    let document = subject.document;
    let mut found = Vec::new();
    for (portion, mark) in document.portions().iter().zip(&subject.marks.portions) {
        let Some((_, reading)) = mark else { continue };
        let words = words(document.text(portion.body));
        let levels = grams(&words).filter_map(|gram| subject.source.marks.get(&gram.hash));
        let highest = levels.map(|marking| marking.level).max();
        if highest.is_some_and(|level| level > reading.marking.level) {
            found.push((
                "a lower mark than the source gives these words".to_owned(),
                output(document, portion.body),
            ));
        }
    }
    found
}
