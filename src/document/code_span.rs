//! Code spans: which source bytes yield which bytes of the text that the parser decoded.

use std::ops::Range;

/// How far a code span's continuation line may be indented before its offsets are given up.
const DEEPEST_PREFIX: usize = 64;

/// A piece of a code span's content: where it stands, and which part of the decoded text it yields when it does not
/// stand as it is seen.
pub(super) struct Piece {
    pub(super) source: Range<usize>,
    pub(super) decoded: Option<Range<usize>>,
}

/// Lays a code span's decoded text along its source: line ends are seen as spaces, the prefixes of continuation lines
/// and a space next to the ticks not at all, `\|` in a table as `|`.
pub(super) fn align(source: &str, text: &str) -> Vec<Piece> {
    if source == text {
        return vec![Piece { source: 0..source.len(), decoded: None }];
    }
    try_align(source, text, 0)
        .or_else(|| try_align(source, text, 1))
        .unwrap_or_else(|| vec![Piece { source: 0..source.len(), decoded: Some(0..text.len()) }])
}

/// `padding` bytes next to the opening ticks are not seen: a space or a line end.
fn try_align(source: &str, text: &str, padding: usize) -> Option<Vec<Piece>> {
    let (s, t) = (source.as_bytes(), text.as_bytes());
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut i, mut j) = (padding, 0);
    match s.first()? {
        b'\n' if padding == 1 => i += prefix(&s[i..], t)?,
        b' ' => {}
        _ if padding == 1 => return None,
        _ => {}
    }
    while j < t.len() {
        let piece = match (s.get(i)?, t[j]) {
            (b'\n' | b'\r', b' ') => {
                let start = i;
                i += 1;
                pieces.push(Piece { source: start..i, decoded: Some(j..j + 1) });
                j += 1;
                i += prefix(&s[i..], &t[j..])?;
                continue;
            }
            (b'\\', b'|') => Piece { source: i..i + 2, decoded: Some(j..j + 1) },
            (a, b) if *a == b => {
                let same = s[i..].iter().zip(&t[j..]).take_while(|(a, b)| a == b && **a != b'\n').count();
                Piece { source: i..i + same, decoded: None }
            }
            _ => return None,
        };
        j += piece.decoded.as_ref().map_or(piece.source.len(), Range::len);
        i = piece.source.end;
        pieces.push(piece);
    }
    let whole = |at| source.is_char_boundary(at);
    let padding = s[i..].iter().all(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | b'>'));
    (padding && pieces.iter().all(|p| whole(p.source.start) && whole(p.source.end))).then_some(pieces)
}

/// How many bytes of quote signs and indentation stand before a continuation line whose text goes on as `text`.
fn prefix(line: &[u8], text: &[u8]) -> Option<usize> {
    let end = memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len());
    let longest =
        line[..end].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'>')).count().min(DEEPEST_PREFIX);
    (0..=longest).find(|&skip| {
        // A space next to the closing ticks may have been stripped; an escaped border reads differently.
        let rest = &line[skip..end];
        let rest = rest.strip_suffix(b" ").filter(|_| end == line.len()).unwrap_or(rest);
        let rest = &rest[..memchr::memmem::find(rest, b"\\|").unwrap_or(rest.len())];
        text.starts_with(rest)
    })
}
