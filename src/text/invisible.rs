//! Characters without a glyph, which can carry text past a reader.

/// Whether every byte is printable ASCII or ordinary white space, so that nothing in `bytes` can be invisible.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    let odd = |&byte: &u8| !matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    // Without an early exit inside of a chunk the comparison is done on many bytes at once.
    bytes.chunks(64).all(|chunk| !chunk.iter().fold(false, |found, byte| found | odd(byte)))
}

/// Whether `c` is a control character, a default-ignorable character or a non-character. Tabs and line ends are
/// white space and thus seen.
pub(crate) fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' => true,
        _ if c < '\u{34F}' => false,
        '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FDD0}'..='\u{FDEF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{FFFE}'..='\u{FFFF}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_glyphs_from_none() {
        assert!(is_plain(b"A plain line,\r\n\twith a tab ~"));
        assert!(!is_plain("é".as_bytes()) && !is_plain(b"\x1e"));
        for c in ['\u{200B}', '\u{AD}', '\u{202E}', '\u{E0041}', '\u{1E}', '\u{FEFF}', '\u{FE0F}'] {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in ['a', ' ', '\u{A0}', 'é', '—', '中', '\u{2028}', '\u{FFFD}', '😀'] {
            assert!(!is_invisible(c), "{c:?}");
        }
    }
}
