//! No character without a glyph, and no word that mixes scripts.

use unicode_security::MixedScript as _;

use super::{Faults, Subject, output};
use crate::text::Span;

pub(in crate::verify) fn characters(subject: &Subject<'_>, faults: &mut Faults) {
    let text = subject.document.visible();
    if text.is_ascii() {
        return;
    }
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphabetic() {
            start.get_or_insert(at);
        } else if let Some(from) = start.take()
            && !text[from..at].is_ascii()
            && !text[from..at].is_single_script()
        {
            let span = Span::new(from, at);
            faults.leak("a word mixes scripts", output(subject.document, span));
        }
    }
}
