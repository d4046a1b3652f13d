//! Table columns that go whole: in each row the cell and one of its borders.

use super::cuts::Cuts;
use super::outline::Outline;
use crate::document::{BlockId, BlockKind, Document};
use crate::text::Span;

/// Adds the cuts for the columns that `outline` drops.
pub(super) fn cut(document: &Document, outline: &Outline, cuts: &mut Cuts) {
    let blocks = document.blocks();
    for &(table, column) in &outline.columns {
        for row in (table..blocks[table].next).filter(|&id| matches!(blocks[id].kind, BlockKind::Row { .. })) {
            let cell = (row + 1..blocks[row].next).find(|&id| blocks[id].kind == BlockKind::Cell { column });
            if let Some(cell) = cell {
                bordered(document, blocks[cell].source.start(), blocks[cell].source.end(), cuts);
            }
            if blocks[row].kind == (BlockKind::Row { header: true }) {
                delimiter(document, row, column, cuts);
            }
        }
    }
}

/// Cuts a cell with the border behind it, or before it when there is none.
fn bordered(document: &Document, start: usize, end: usize, cuts: &mut Cuts) {
    let text = document.source().expose(document.source().span()).as_bytes();
    if text.get(end) == Some(&b'|') {
        cuts.remove(Span::new(start, end + 1));
    } else if text[..start].ends_with(b"|") {
        cuts.remove(Span::new(start - 1, end));
    } else {
        cuts.remove(Span::new(start, end));
    }
}

/// Cuts the column's part of the line below the header.
fn delimiter(document: &Document, header: BlockId, column: u16, cuts: &mut Cuts) {
    let text = document.source().expose(document.source().span());
    let bytes = text.as_bytes();
    let line = document.blocks()[header].source.end();
    let start = line + text[line..].len() - text[line..].trim_start_matches(['\n', '\r', ' ', '\t', '>']).len();
    let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
    let mut at = start + usize::from(bytes.get(start) == Some(&b'|'));
    for index in 0..=column {
        let close = memchr::memchr(b'|', &bytes[at..end]).map_or(end, |offset| at + offset);
        if index == column {
            return bordered(document, at, close, cuts);
        }
        at = (close + 1).min(end);
    }
}
