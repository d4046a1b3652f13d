//! Table columns that go whole: in each row the cell and one of its borders.

use super::cuts::Cuts;
use super::outline::Outline;
use crate::document::{BlockId, BlockKind, Document};
use crate::text::Span;

/// Adds the cuts for the columns that `outline` drops.
pub(super) fn cut(document: &Document, outline: &Outline, cuts: &mut Cuts) {
    let blocks = document.blocks();
    for columns in outline.columns.chunk_by(|a, b| a.0 == b.0) {
        let table = columns[0].0;
        for row in table..blocks[table].next {
            let BlockKind::Row { header } = blocks[row].kind else { continue };
            for &(_, column) in columns {
                // Cells hold no blocks, so that they follow their row one by one.
                let cell = row + 1 + usize::from(column);
                if cell < blocks[row].next {
                    bordered(document, blocks[cell].source.start(), blocks[cell].source.end(), cuts);
                }
            }
            if header {
                delimiter(document, row, columns, cuts);
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

/// Cuts the columns' parts of the line below the header.
fn delimiter(document: &Document, header: BlockId, columns: &[(BlockId, u16)], cuts: &mut Cuts) {
    let text = document.source().expose(document.source().span());
    let bytes = text.as_bytes();
    let line = document.blocks()[header].source.end();
    let blank = |b: &&u8| matches!(b, b'\n' | b'\r' | b' ' | b'\t' | b'>');
    let start = line + bytes[line..].iter().take_while(blank).count();
    let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
    let mut at = start + usize::from(bytes.get(start) == Some(&b'|'));
    let mut columns = columns.iter().peekable();
    let mut index = 0;
    while columns.peek().is_some() && at <= end {
        let close = memchr::memchr(b'|', &bytes[at..end]).map_or(end, |offset| at + offset);
        if columns.next_if(|&&(_, column)| column == index).is_some() {
            bordered(document, at, close, cuts);
        }
        at = close + 1;
        index += 1;
    }
}
