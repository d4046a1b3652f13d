//! A place of a report with the words around it, for a person's eyes.

use crate::text::{Source, SourceText, Span};

/// Characters shown on each side.
const AROUND: usize = 40;

/// The words of a span between `[[` and `]]`, with some of what stands around them, on one line; control characters
/// are written out. As sensitive as the source.
///
/// # Panics
/// When the span does not lie in the source or cuts a character.
#[must_use]
pub fn context(source: &SourceText, span: Span<Source>) -> String {
    let text = |start, end| source.expose(Span::new(start, end));
    let before = text(0, span.start());
    let after = text(span.end(), source.len());
    let from = before.char_indices().rev().take(AROUND).last().map_or(before.len(), |(at, _)| at);
    let to = after.char_indices().nth(AROUND).map_or(after.len(), |(at, _)| at);
    let mut line = String::new();
    for (part, mark) in [(&before[from..], "[["), (text(span.start(), span.end()), "]]"), (&after[..to], "")]
    {
        for c in part.chars() {
            match c {
                '\n' | '\r' | '\t' => line.push(' '),
                c if c.is_control() => line.extend(c.escape_default()),
                c => line.push(c),
            }
        }
        line.push_str(mark);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_on_one_harmless_line() {
        let source = SourceText::new("é\nThe \u{1b}quay closes.".into());
        assert_eq!(context(&source, Span::new(8, 12)), "é The \\u{1b}[[quay]] closes.");
    }
}
