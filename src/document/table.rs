//! Table rows: cell borders, surplus cells, the line below the header.

use super::builder::Builder;
use super::{Hidden, Syntax};

/// A longer line below a header could carry data by its length; what goes beyond is not claimed.
const LONGEST_DELIMITER: usize = 1000;

/// Claims cell borders up to `end`; in the `tail` of a row other text is a surplus cell.
pub(super) fn cells(b: &mut Builder<'_>, end: usize, tail: bool) {
    let bytes = b.text.as_bytes();
    let line = line_end(bytes, b.at().min(end), end);
    while b.at() < end {
        let at = b.at();
        let blank = bytes[at..end].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        if blank > 0 {
            b.syntax(at + blank, Syntax::Space);
        } else if bytes[at] == b'|' {
            b.syntax(at + 1, Syntax::Pipe);
        } else if tail && line > at {
            let close = memchr::memchr(b'|', &bytes[at..line]).map_or(line, |offset| at + offset);
            b.hidden(at + b.text[at..close].trim_end().len(), Hidden::SurplusCell);
        } else {
            let next = memchr::memchr(b'|', &bytes[at + 1..end]).map_or(end, |offset| at + 1 + offset);
            b.gap(next);
        }
    }
}

/// Claims the line below a table's header.
pub(super) fn delimiter_row(b: &mut Builder<'_>) {
    let bytes = b.text.as_bytes();
    let at = b.at();
    let line = line_end(bytes, at, bytes.len());
    let start = at + bytes[at..line].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'>')).count();
    b.gap(start);
    let end = start + b.text[start..line].trim_end().len();
    if bytes[start..end].iter().all(|b| matches!(b, b'|' | b':' | b'-' | b' ' | b'\t')) {
        b.syntax(end.min(start + LONGEST_DELIMITER), Syntax::Line);
        b.unclaimed(end);
    }
    b.gap(line);
}

fn line_end(bytes: &[u8], at: usize, end: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..end]).map_or(end, |offset| at + offset)
}
