//! Byte offsets to lines and columns.

/// A place for people: line and column from 1, the column in characters, and the byte offset from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Byte offset into the decoded UTF-8 text, from 0.
    pub byte: usize,
}

/// The line starts of one text. LF, CRLF and a lone CR end a line.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
    /// How many characters stand before each block of [`BLOCK`] bytes, so that a place in a long line is found without
    /// counting the line.
    characters: Vec<usize>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 4096;

impl LineIndex {
    /// Indexes `text` in one pass.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        let mut count = 0;
        let counted = |block: &[u8]| {
            let before = count;
            count += characters(block);
            before
        };
        Self { starts, characters: bytes.chunks(BLOCK).map(counted).collect() }
    }

    /// How many characters start before a byte.
    fn characters_before(&self, bytes: &[u8], byte: usize) -> usize {
        let block = (byte / BLOCK).min(self.characters.len().saturating_sub(1));
        self.characters.get(block).copied().unwrap_or_default() + characters(&bytes[block * BLOCK..byte])
    }

    /// The position of `byte` in `text`, which must be the text that was indexed. Offsets past the end are
    /// taken as the end; one inside a character counts as that character.
    #[must_use]
    pub fn position(&self, text: &str, byte: usize) -> Position {
        let byte = byte.min(text.len());
        let line = self.starts.partition_point(|&start| start <= byte);
        let start = self.starts[line - 1];
        let bytes = text.as_bytes();
        let column = if byte - start < BLOCK {
            characters(&bytes[start..byte])
        } else {
            self.characters_before(bytes, byte) - self.characters_before(bytes, start)
        };
        let column = column + 1;
        Position { line, column, byte }
    }

    /// The byte at which `line` (from 1) starts.
    #[must_use]
    pub fn line_start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }
}

/// How many characters start in some bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| (byte & 0xC0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_counted_by_blocks() {
        let text = format!("a\n{}", "é€x".repeat(3000));
        let index = LineIndex::new(&text);
        for (at, _) in text.char_indices().skip(2).step_by(97).chain([(text.len(), ' ')]) {
            assert_eq!(index.position(&text, at).column, text[2..at].chars().count() + 1, "{at}");
        }
    }

    #[test]
    fn columns_count_characters_and_every_line_end_counts() {
        let text = "aé\r\nb\rc\nd";
        let index = LineIndex::new(text);
        let at = |byte| {
            let p = index.position(text, byte);
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (1, 3), "after the two-byte character");
        assert_eq!(at(5), (2, 1));
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(9), (4, 1));
        assert_eq!(at(99), (4, 2), "past the end is the end");
    }
}
