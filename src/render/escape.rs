//! Backslashes for text that a cut would turn into markup.
//!
//! In the source the parser took these characters for text because of what stood around them. Where that changed, they
//! are escaped; elsewhere they stay as they are.

use std::collections::BTreeMap;

use crate::document::BlockKind;

/// How many bytes at the start of a line tell whether it opens a block.
const LONGEST_OPENING: usize = 12;

/// As many ticks or tildes open a fence.
const FENCE: usize = 3;

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
    /// Whether something was taken out right before the block.
    pub(super) lead: bool,
    /// Whether something was taken out at its end.
    pub(super) tail: bool,
    /// Whether what looks like a footnote reference may have become one.
    pub(super) relabelled: bool,
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

    /// The offsets at which a backslash is needed, in order; where nothing changed inside the block, only those for
    /// the start of its first line.
    ///
    /// `line` tells that the block stands at the start of a line.
    pub(super) fn escapes(&self, kind: BlockKind, line: bool) -> Vec<usize> {
        let mut found = Vec::new();
        if matches!(kind, BlockKind::Code { .. }) {
            return found;
        }
        let touched = kind == BlockKind::Html
            || self.relabelled
            || self.tail
            || self.chunks.iter().any(|(.., seam)| *seam);
        if line {
            self.line_starts(touched, &mut found);
        }
        if touched {
            self.inside(kind, &mut found);
        }
        if found.iter().any(|&at| self.text.as_bytes()[at] == b'`') {
            // An escaped tick does not open code, but it may close what another opens.
            found.extend(memchr::memchr_iter(b'`', self.text.as_bytes()).filter(|&at| self.literal(at)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Text at the start of a line that would open a block.
    fn line_starts(&self, touched: bool, found: &mut Vec<usize>) {
        let bytes = self.text.as_bytes();
        let mut start = 0;
        while start < bytes.len() && (touched || start == 0 && self.lead) {
            let end =
                memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
            let line = &self.text[start..end];
            // Indentation and quote signs of the containers.
            let prefix =
                |at: usize| matches!(bytes[at], b' ' | b'\t') || bytes[at] == b'>' && !self.literal(at);
            let at = (start..end).find(|&at| !prefix(at)).unwrap_or(end);
            let fresh =
                self.chunk_at(at).is_some_and(|(_, chunk, _)| !matches!(chunk, Chunk::Text | Chunk::Markup));
            if fresh || start == 0 && self.lead || self.seam_between(start, at + LONGEST_OPENING) {
                let text = &line[at - start..];
                // Of a fence every sign is escaped: what is left of it would still open code.
                let signs = text.bytes().take_while(|b| matches!(b, b'`' | b'~')).count();
                if signs >= FENCE {
                    found.extend((at..at + signs).filter(|&at| self.literal(at)));
                }
                let opening = if self.literal(at) { opens_block(text) } else { reference_label(text) };
                let opening = opening.map(|offset| at + offset).filter(|&at| self.literal(at));
                // Half a run of stars would be another delimiter.
                let run = |at: usize| at..at + bytes[at..].iter().take_while(|b| **b == bytes[at]).count();
                found.extend(opening.into_iter().flat_map(|at| match bytes[at] {
                    b'*' | b'_' => run(at),
                    _ => at..at + 1,
                }));
            }
            if touched {
                found.extend(self.table_line(start, line));
            }
            start = end + 1;
        }
    }

    /// A line that would make a table of the one before it.
    fn table_line(&self, start: usize, line: &str) -> Option<usize> {
        let only = line.bytes().all(|b| matches!(b, b'|' | b':' | b'-' | b' ' | b'\t' | b'>'));
        let at = start + line.find(['|', ':', '-'])?;
        (start > 0 && only && line.contains('-') && self.literal(at)).then_some(at)
    }

    /// Whether something was taken out between the offsets `from` and `to`.
    fn seam_between(&self, from: usize, to: usize) -> bool {
        if self.tail && to >= self.text.len() {
            return true;
        }
        let first = self.chunks.partition_point(|(start, ..)| *start < from);
        self.chunks[first..].iter().take_while(|(start, ..)| *start <= to).any(|(.., seam)| *seam)
    }

    /// Text inside of a line that would be markup.
    fn inside(&self, kind: BlockKind, found: &mut Vec<usize>) {
        let bytes = self.text.as_bytes();
        let special = |b: &u8| {
            matches!(b, b'*' | b'_' | b'~' | b'`' | b'[' | b'(' | b'<' | b'&' | b'\\' | b'|' | b'#' | b'}')
        };
        let last_angle = self.text.rfind('>').unwrap_or(0);
        // Where a heading's closing signs or attributes would start.
        let heading = matches!(kind, BlockKind::Heading { .. });
        let signs = self.text.trim_end().trim_end_matches('#').len();
        let attributes =
            self.text.trim_end().strip_suffix('}').filter(|text| text.contains('{')).map(str::len);
        let mut runs: Vec<Run> = Vec::new();
        let mut at = 0;
        while let Some(offset) = bytes[at..].iter().position(special) {
            let here = at + offset;
            let byte = bytes[here];
            at = here + 1;
            let Some((_, chunk, _)) = self.chunk_at(here) else { continue };
            if matches!(byte, b'*' | b'_' | b'~' | b'`') {
                let next = self.chunks.partition_point(|(start, ..)| *start <= here);
                let end = self.chunks.get(next).map_or(bytes.len(), |(start, ..)| *start);
                let length = bytes[here..end].iter().take_while(|b| **b == byte).count();
                at = here + length;
                runs.push(self.run(here, length, chunk));
                continue;
            }
            if chunk == Chunk::Markup {
                continue;
            }
            let next = bytes.get(here + 1).copied().unwrap_or_default();
            let needed = match byte {
                b'[' => {
                    let joined = here > 0 && bytes[here - 1] == b']' && !is_number(&self.text[here..]);
                    next == b'^' || chunk != Chunk::Text || joined
                }
                b'(' => here > 0 && bytes[here - 1] == b']',
                b'<' => {
                    (next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) && last_angle > here
                }
                b'&' => entity_like(&self.text[here..]),
                b'\\' => next.is_ascii_punctuation() || matches!(next, 0 | b'\n' | b'\r'),
                b'|' => matches!(kind, BlockKind::Cell { .. }) || chunk != Chunk::Text,
                b'#' => heading && here >= signs,
                b'}' => heading && Some(here) == attributes,
                _ => false,
            };
            if needed {
                found.push(here);
            }
        }
        // For each delimiter the first run that may open and the last that may close; ticks pair by their number.
        let kind_of = |run: &Run| (run.byte, if run.byte == b'`' { run.length } else { 0 });
        let mut reach: BTreeMap<(u8, usize), (usize, usize)> = BTreeMap::new();
        for run in &runs {
            let (first, last) = reach.entry(kind_of(run)).or_insert((usize::MAX, 0));
            *first = if run.opens { run.start.min(*first) } else { *first };
            *last = if run.closes { run.start } else { *last };
        }
        for run in runs.iter().filter(|run| run.chunk != Chunk::Markup) {
            let (first, last) = reach[&kind_of(run)];
            if run.chunk != Chunk::Text || run.closes && first < run.start || run.opens && last > run.start {
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
        b'[' if is_number(line) => None,
        b'>' | b'[' | b'<' | b'|' | b':' => Some(0),
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

/// Whether `text`, which starts with a bracket, starts with a number in brackets, which nothing makes a link: no definition
/// of a reference ever stands.
fn is_number(text: &str) -> bool {
    let digits = text[1..].bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[1 + digits..];
    digits > 0 && rest.starts_with(']') && !rest[1..].starts_with([':', '('])
}

/// The offset of the colon that would make a footnote of the reference with which a line starts.
fn reference_label(line: &str) -> Option<usize> {
    let colon = line.starts_with("[^").then(|| line.find("]:"))??;
    Some(colon + 1)
}

/// Whether `text`, which starts with `&`, may be an entity.
fn entity_like(text: &str) -> bool {
    let name = text[1..].bytes().take(40).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    name > 0 && text.as_bytes().get(1 + name) == Some(&b';')
}
