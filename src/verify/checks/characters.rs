//! No character without a glyph, and no word that mixes scripts.

use super::{Faults, Subject, output};
use crate::text::{Span, mixed_words};

pub(in crate::verify) fn characters(subject: &Subject<'_>, faults: &mut Faults) {
    let text = subject.document.visible();
    if text.is_ascii() {
        return;
    }
    for word in mixed_words(text) {
        let span = Span::new(word.start, word.end);
        faults.leak("a word mixes scripts", output(subject.document, span));
    }
}
