//! Notes that are typed, not marked up: `[3]` in a sentence, and the line that `[3]` begins.
//!
//! Markdown knows nothing of them, but a reader does: a number tells which sentences rest on one origin, and how many origins there
//! are. So a number whose note goes must go too, and a note to which nothing refers any more.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::{Block, BlockKind, Portion, PortionId};
use crate::text::{Span, Visible};

/// A note's number has at most so many digits: more would be a year.
const LONGEST_NUMBER: usize = 3;

/// The typed notes of a report and what refers to them, each in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// The notes.
    pub(crate) notes: Vec<Note>,
    /// The references, without those that name no note.
    pub(crate) references: Vec<NoteReference>,
}

/// A typed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Note {
    /// Its number.
    pub(crate) number: u16,
    /// The digits of its label.
    pub(crate) digits: Span<Visible>,
    /// The portion in which it stands.
    pub(crate) portion: PortionId,
}

/// A reference to a typed note: a number in brackets, perhaps with others (`[1, 4-6]` holds two references).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoteReference {
    /// The first number and, of a range, the last.
    pub(crate) numbers: (u16, u16),
    /// The digits, in a range from the first to the last.
    pub(crate) digits: Span<Visible>,
    /// The portion in which it stands.
    pub(crate) portion: PortionId,
}

impl Notes {
    /// Finds the notes of a report.
    pub(super) fn find(visible: &str, blocks: &[Block], portions: &[Portion]) -> Self {
        let mut found = Self::default();
        if !visible.as_bytes().windows(2).any(|pair| pair[0] == b'[' && pair[1].is_ascii_digit()) {
            return found;
        }
        // Whether the block begins with a label: only there may other lines of it be notes, and not wrapped text.
        let mut listing = (usize::MAX, false);
        for (id, portion) in portions.iter().enumerate() {
            if matches!(blocks[portion.block].kind, BlockKind::Code { .. }) {
                continue;
            }
            let mut line = portion.extent.start();
            for text in visible[portion.extent.range()].split_inclusive('\n') {
                let label = label(text);
                if listing.0 != portion.block {
                    listing = (portion.block, label.is_some());
                }
                let begins = listing.1 || line == portion.extent.start();
                let mut from = 0;
                if let Some((number, digits, end)) = label.filter(|_| begins) {
                    let digits = Span::new(line + digits.0, line + digits.1);
                    found.notes.push(Note { number, digits, portion: id });
                    from = end;
                }
                references(&text[from..], line + from, id, &mut found.references);
                line += text.len();
            }
        }
        let numbers: BTreeSet<u16> = found.notes.iter().map(|note| note.number).collect();
        found.references.retain(|reference| numbers.range(reference.range()).next().is_some());
        found
    }
}

impl NoteReference {
    /// The numbers that it names.
    pub(crate) fn range(&self) -> RangeInclusive<u16> {
        self.numbers.0..=self.numbers.1
    }
}

/// A number at the start of `text`: its value and its length in bytes.
fn number(text: &str) -> Option<(u16, usize)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text[..length].parse().ok().filter(|_| length <= LONGEST_NUMBER)?;
    Some((number, length))
}

/// The label that a line begins with: its number, its digits and where it ends, in bytes of the line.
fn label(line: &str) -> Option<(u16, (usize, usize), usize)> {
    let start = line.len() - line.trim_start().len() + 1;
    let (number, length) = number(line.trim_start().strip_prefix('[')?)?;
    let end = start + length;
    let closed = line[end..].starts_with("] ") || line[end..].starts_with("]\t");
    closed.then_some((number, (start, end), end + 1))
}

/// Adds the references in `text`, which starts at the visible offset `at`.
fn references(text: &str, at: usize, portion: PortionId, found: &mut Vec<NoteReference>) {
    for (open, _) in text.match_indices('[') {
        // A bracket that another opens in holds no numbers alone.
        let behind = &text[open + 1..];
        let Some(length) = behind.find(['[', ']']).filter(|&end| behind[end..].starts_with(']')) else {
            continue;
        };
        let inner = &behind[..length];
        let first = found.len();
        let mut place = 0;
        let mut whole = true;
        for part in inner.split_inclusive([',', ';']) {
            let digits = part.trim_end_matches([',', ';']).trim();
            let start = at + open + 1 + place + (part.len() - part.trim_start().len());
            let numbers = range(digits);
            whole &= numbers.is_some();
            found.extend(numbers.map(|numbers| {
                let digits = Span::new(start, start + digits.len());
                NoteReference { numbers, digits, portion }
            }));
            place += part.len();
        }
        if !whole {
            found.truncate(first);
        }
    }
}

/// `4` or `4-6`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (first, length) = number(text)?;
    let rest = &text[length..];
    if rest.is_empty() {
        return Some((first, first));
    }
    let last = rest.trim_start().strip_prefix(['-', '–'])?.trim_start();
    let (last, length) = number(last).filter(|&(_, length)| length == last.len())?;
    (length > 0 && first < last).then_some((first, last))
}
