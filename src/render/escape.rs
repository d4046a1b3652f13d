//! Backslashes for text that a cut would turn into markup.
//!
//! In the source the parser took these characters for text because of what stood around them. Where that changed, they
//! are escaped; elsewhere they stay as they are.

use crate::document::BlockKind;

/// A run of a leaf block's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Source text that is seen as it stands.
    Text,
    /// The same, from a block in which the source's characters were not Markdown.
    Foreign,
    /// Words put in.
    Insert,
    /// Delimiters, entities, escapes, line ends, code: right as they are.
    Markup,
}

/// The output of one leaf block before escapes.
#[derive(Debug, Default)]
pub(super) struct Leaf {
    pub(super) text: String,
    /// Where each chunk starts, what it is, and whether something was taken out right before it.
    pub(super) chunks: Vec<(usize, Chunk, bool)>,
}

impl Leaf {
    pub(super) fn push(&mut self, text: &str, chunk: Chunk, seam: bool) {
        if !text.is_empty() {
            self.chunks.push((self.text.len(), chunk, seam));
            self.text.push_str(text);
        }
    }

    fn chunk_at(&self, at: usize) -> Option<(usize, Chunk, bool)> {
        let index = self.chunks.partition_point(|(start, ..)| *start <= at).checked_sub(1)?;
        self.chunks.get(index).copied()
    }

    /// Whether the byte at `at` is text that could be read as markup.
    fn literal(&self, at: usize) -> bool {
        self.chunk_at(at).is_some_and(|(_, chunk, _)| chunk != Chunk::Markup)
    }

    /// The offsets at which a backslash is needed, in order.
    pub(super) fn escapes(&self, kind: BlockKind) -> Vec<usize> {
        let mut found = Vec::new();
        if matches!(kind, BlockKind::Code { .. }) {
            return found;
        }
        self.line_starts(kind, &mut found);
        self.inside(kind, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Text at the start of a line that would open a block.
    fn line_starts(&self, kind: BlockKind, found: &mut Vec<usize>) {
        let bytes = self.text.as_bytes();
        let mut start = 0;
        while start < bytes.len() {
            let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
            let line = &self.text[start..end];
            let markup = |at: usize| !self.literal(at);
            let mut at = start;
            // Indentation and quote signs of the containers.
            while at < end && matches!(bytes[at], b' ' | b'\t' | b'>') && (markup(at) || bytes[at] != b'>') {
                at += 1;
            }
            let (chunk_start, chunk, seam) = self.chunk_at(at).unwrap_or((0, Chunk::Markup, false));
            let changed = chunk != Chunk::Text || seam && chunk_start + (at - chunk_start.min(at)) >= start;
            let changed = changed || self.seam_between(start, at);
            if at < end && chunk != Chunk::Markup && changed && !matches!(kind, BlockKind::Cell { .. }) {
                found.extend(opens_block(&line[at - start..]).map(|offset| at + offset));
            }
            start = end + 1;
        }
    }

    /// Whether something was taken out between the offsets `from` and `to`.
    fn seam_between(&self, from: usize, to: usize) -> bool {
        let first = self.chunks.partition_point(|(start, ..)| *start < from);
        self.chunks[first..].iter().take_while(|(start, ..)| *start <= to).any(|(.., seam)| *seam)
    }

    /// Text inside of a line that would be markup.
    fn inside(&self, kind: BlockKind, found: &mut Vec<usize>) {
        let bytes = self.text.as_bytes();
        let special = |b: &u8| {
            matches!(b, b'*' | b'_' | b'~' | b'`' | b'[' | b'(' | b'<' | b'&' | b'\\' | b'|' | b'#' | b'{')
        };
        let last_angle = self.text.rfind('>').unwrap_or(0);
        let heading = matches!(kind, BlockKind::Heading { .. });
        let mut runs: Vec<Run> = Vec::new();
        let mut at = 0;
        while let Some(offset) = bytes[at..].iter().position(special) {
            let here = at + offset;
            let byte = bytes[here];
            at = here + 1;
            let Some((_, chunk, _)) = self.chunk_at(here) else { continue };
            if matches!(byte, b'*' | b'_' | b'~' | b'`') {
                let length = bytes[here..].iter().take_while(|b| **b == byte).count();
                at = here + length;
                runs.push(self.run(here, length, chunk));
                continue;
            }
            if chunk == Chunk::Markup {
                continue;
            }
            let next = bytes.get(here + 1).copied().unwrap_or_default();
            let needed = match byte {
                b'[' => next == b'^' || chunk != Chunk::Text,
                b'(' => here > 0 && bytes[here - 1] == b']' && self.literal(here - 1),
                b'<' => (next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) && last_angle > here,
                b'&' => entity_like(&self.text[here..]),
                b'\\' => next.is_ascii_punctuation() || matches!(next, 0 | b'\n' | b'\r'),
                b'|' => matches!(kind, BlockKind::Cell { .. }) || chunk != Chunk::Text,
                b'#' => heading && self.text[here..].trim_end().bytes().all(|b| b == b'#'),
                b'{' => heading && self.text.trim_end().ends_with('}'),
                _ => false,
            };
            if needed {
                found.push(here);
            }
        }
        for (index, run) in runs.iter().enumerate().filter(|(_, run)| run.chunk != Chunk::Markup) {
            let pairs = |other: &Run| other.byte == run.byte && (run.byte != b'`' || other.length == run.length);
            let partner = runs[..index].iter().any(|other| pairs(other) && other.opens && run.closes)
                || run.opens && runs[index + 1..].iter().any(|other| pairs(other) && other.closes);
            if partner || run.chunk != Chunk::Text {
                found.extend(run.start..run.start + run.length);
            }
        }
    }

    fn run(&self, start: usize, length: usize, chunk: Chunk) -> Run {
        let byte = self.text.as_bytes()[start];
        let before = self.text[..start].chars().next_back().unwrap_or(' ');
        let after = self.text[start + length..].chars().next().unwrap_or(' ');
        let word = |c: char| c.is_alphanumeric();
        // Wider than the rules of flanking, which look at punctuation too.
        let (opens, closes) = match byte {
            b'`' => (true, true),
            b'_' => (!after.is_whitespace() && !word(before), !before.is_whitespace() && !word(after)),
            _ => (!after.is_whitespace(), !before.is_whitespace()),
        };
        Run { byte, start, length, chunk, opens, closes }
    }
}

/// A run of one delimiter character.
struct Run {
    byte: u8,
    start: usize,
    length: usize,
    chunk: Chunk,
    opens: bool,
    closes: bool,
}

/// The offset before which a backslash stops `line` from opening a block.
fn opens_block(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let blank = |at: usize| matches!(bytes.get(at), None | Some(b' ' | b'\t'));
    let of = |test: fn(&u8) -> bool| bytes.iter().take_while(|b| test(b)).count();
    match bytes.first()? {
        b'#' => blank(of(|b| *b == b'#')).then_some(0),
        b'>' | b'[' | b'<' | b'|' | b'~' | b'`' | b':' => Some(0),
        b'=' => bytes.iter().all(|b| matches!(b, b'=' | b' ' | b'\t')).then_some(0),
        b'-' | b'+' | b'*' | b'_' => {
            let first = bytes[0];
            let rule = bytes.iter().all(|b| *b == first || matches!(b, b' ' | b'\t' | b'|' | b':' | b'-'));
            (blank(1) || rule || line.starts_with("+++")).then_some(0)
        }
        b'0'..=b'9' => {
            let digits = of(u8::is_ascii_digit);
            let item = matches!(bytes.get(digits), Some(b'.' | b')')) && blank(digits + 1);
            item.then_some(digits)
        }
        _ => None,
    }
}

/// Whether `text`, which starts with `&`, may be an entity.
fn entity_like(text: &str) -> bool {
    let name = text[1..].bytes().take(40).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    name > 0 && text.as_bytes().get(1 + name) == Some(&b';')
}
