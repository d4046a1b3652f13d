//! Plain text into segments, visible text and blocks: paragraphs between blank lines, nothing hidden but characters
//! without a glyph.

use super::builder::Builder;
use super::{BlockKind, Syntax};

/// Reads `builder`'s source as plain text.
pub(super) fn read(builder: &mut Builder<'_>) {
    let text = builder.text;
    let bytes = text.as_bytes();
    while builder.at() < text.len() {
        let at = builder.at();
        let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |offset| at + offset);
        let line = &text[at..end];
        let start = at + line.len() - line.trim_start().len();
        let next = end + line_end_len(&bytes[end..]);
        if start == end {
            if builder.in_leaf() {
                builder.close();
            }
            builder.syntax(next, Syntax::Space);
            continue;
        }
        if !builder.in_leaf() {
            builder.syntax(start, Syntax::Space);
            builder.open(BlockKind::Paragraph);
        }
        builder.syntax(start, Syntax::Space);
        builder.verbatim(at + line.trim_end().len());
        builder.syntax(end, Syntax::Space);
        builder.line_break(next);
    }
    if builder.in_leaf() {
        builder.close();
    }
}

fn line_end_len(rest: &[u8]) -> usize {
    match rest {
        [b'\r', b'\n', ..] => 2,
        [_, ..] => 1,
        [] => 0,
    }
}
