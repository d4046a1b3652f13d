//! Numbers without a gap: ordered lists, numbered paragraphs, footnotes.
//!
//! A number is changed only where something of its own run went. What an author left out of the count stays out.

use std::collections::BTreeMap;

use super::cuts::{Cuts, Insert};
use super::moves::Move;
use super::outline::Outline;
use super::tidy::Change;
use crate::document::{BlockId, BlockKind, Document, Portion};
use crate::text::{Span, Visible};

/// New numbers.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Of list items, by block.
    pub(super) items: BTreeMap<BlockId, u64>,
    /// Of footnote definitions, by block.
    pub(super) footnotes: BTreeMap<BlockId, usize>,
    /// Of paragraphs, headings and typed notes with the references to these, in order.
    pub(super) paragraphs: Vec<Change>,
}

impl Numbers {
    /// Counts anew what stands of `document`.
    pub(super) fn new(document: &Document, outline: &Outline, moves: &BTreeMap<BlockId, Move>) -> Self {
        let mut numbers = Self { footnotes: footnotes(document, outline), ..Self::default() };
        if outline.units.iter().any(|unit| !unit.kept) || outline.portions.contains(&false) {
            numbers.items = items(document, outline, moves);
            numbers.paragraphs = paragraphs(document, outline);
        }
        let references = note_references(document, outline, &numbers.paragraphs);
        numbers.paragraphs.extend(references);
        numbers.paragraphs.sort_by_key(|change| change.span);
        numbers
    }

    /// Adds the cuts for items that stay where they are and for footnotes.
    pub(super) fn cut(
        &self,
        document: &Document,
        outline: &Outline,
        moves: &BTreeMap<BlockId, Move>,
        cuts: &mut Cuts,
    ) {
        let text = document.source().expose(document.source().span());
        for (&item, number) in self.items.iter().filter(|(item, _)| !moves.contains_key(item)) {
            let start = document.blocks()[item].source.start();
            let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
            if text[start..start + digits] != number.to_string() {
                cuts.replace(Span::new(start, start + digits), Insert::Markup(number.to_string()));
            }
        }
        let label = |start: usize| {
            let end = text[start..].find(']').map_or(text.len(), |end| start + end);
            Span::new((start + 2).min(end), end)
        };
        let mut relabel = |start: usize, number: usize| {
            let span = label(start);
            if text[span.range()] != number.to_string() {
                cuts.replace(span, Insert::Markup(number.to_string()));
            }
        };
        for (&definition, &number) in self.footnotes.iter().filter(|(id, _)| !moves.contains_key(id)) {
            relabel(document.blocks()[definition].source.start(), number);
        }
        let standing = document.footnotes().iter().zip(&outline.references).filter(|(_, stands)| **stands);
        for (reference, _) in standing {
            if let Some(number) = reference.definition.and_then(|definition| self.footnotes.get(&definition))
            {
                relabel(reference.source.start(), *number);
            }
        }
    }
}

/// Footnotes are counted anew when one went or a label is no number: in the order of their references.
fn footnotes(document: &Document, outline: &Outline) -> BTreeMap<BlockId, usize> {
    let mut numbers = BTreeMap::new();
    let blocks = document.blocks();
    let definitions = || (0..blocks.len()).filter(|&id| blocks[id].kind == BlockKind::Footnote);
    if definitions().next().is_none() {
        return numbers;
    }
    let stands =
        |id: BlockId| outline.units[outline.units_in(id..blocks[id].next)].iter().any(|unit| unit.kept);
    let source = document.source();
    let named = |id: BlockId| {
        let inner = source.expose(blocks[id].source);
        let label = inner.get(2..inner.find(']').unwrap_or(2)).unwrap_or_default();
        label.is_empty() || label.len() > 3 || !label.bytes().all(|b| b.is_ascii_digit())
    };
    if definitions().all(|id| stands(id) && !named(id)) {
        return numbers;
    }
    let standing = document.footnotes().iter().zip(&outline.references).filter(|(_, stands)| **stands);
    for id in standing
        .filter_map(|(reference, _)| reference.definition)
        .chain(definitions())
        .filter(|&id| stands(id))
    {
        let next = numbers.len() + 1;
        numbers.entry(id).or_insert(next);
    }
    numbers
}

/// One number of a count, and what stands of it.
struct Element<T> {
    number: u64,
    standing: Vec<T>,
}

/// Counts again what stands, run by run: a number that went draws all behind it up, what stands twice pushes them on.
/// A run ends where the source's numbers do not rise.
fn recount<T>(elements: Vec<Element<T>>, mut assign: impl FnMut(T, u64, u64)) {
    let mut shift: i64 = 0;
    let mut before: Option<u64> = None;
    for element in elements {
        if before.is_some_and(|before| element.number <= before) {
            shift = 0;
        }
        before = Some(element.number);
        shift -= 1;
        for place in element.standing {
            shift += 1;
            assign(place, element.number, element.number.saturating_add_signed(shift));
        }
    }
}

/// The literal number and delimiter of an ordered item.
fn literal(document: &Document, item: BlockId) -> (u64, u8) {
    let marker = document.source().expose(document.blocks()[item].source);
    let digits = marker.bytes().take_while(u8::is_ascii_digit).count();
    (marker[..digits].parse().unwrap_or_default(), marker.as_bytes().get(digits).copied().unwrap_or_default())
}

fn items(document: &Document, outline: &Outline, moves: &BTreeMap<BlockId, Move>) -> BTreeMap<BlockId, u64> {
    let blocks = document.blocks();
    let mut promoted: BTreeMap<BlockId, Vec<BlockId>> = BTreeMap::new();
    for (&id, moved) in moves.iter().filter(|(id, moved)| moved.first.is_some() && moved.target != **id) {
        promoted.entry(moved.target).or_default().push(id);
    }
    let standing = |id: BlockId| match promoted.get(&id) {
        Some(inner) => inner.clone(),
        None if outline.units[outline.units_in(id..blocks[id].next)].iter().any(|unit| unit.kept) => vec![id],
        None => Vec::new(),
    };
    let mut counts: BTreeMap<(Option<BlockId>, u8), Vec<Element<BlockId>>> = BTreeMap::new();
    let mut ended = Vec::new();
    let mut numbers = BTreeMap::new();
    for (list, block) in blocks.iter().enumerate() {
        let BlockKind::List { start: Some(start), .. } = block.kind else { continue };
        let mut items = Vec::new();
        let mut item = list + 1;
        while item < block.next {
            items.push(item);
            item = blocks[item].next;
        }
        let literals: Vec<(u64, u8)> = items.iter().map(|&item| literal(document, item)).collect();
        let [(first, delimiter), rest @ ..] = &literals[..] else { continue };
        if !rest.is_empty() && rest.iter().all(|(number, _)| number == first) {
            // A list that writes the same number throughout counts by itself.
            numbers.extend(items.iter().flat_map(|&item| standing(item)).map(|item| (item, *first)));
            continue;
        }
        let elements =
            (start..).zip(&items).map(|(number, &item)| Element { number, standing: standing(item) });
        let run = counts.entry((block.parent, *delimiter)).or_default();
        if run.last().is_some_and(|last: &Element<BlockId>| last.number + 1 != start) {
            // A list that does not take up the count of the one before has one of its own.
            ended.push(std::mem::take(run));
        }
        run.extend(elements);
    }
    for elements in ended.into_iter().chain(counts.into_values()) {
        recount(elements, |item, old, new| {
            if old != new || moves.contains_key(&item) {
                numbers.insert(item, new);
            }
        });
    }
    numbers
}

/// A number in front of a paragraph's text: `3.`, `4A.`, `Q2.`, `(b)`, `[3]`.
struct Enumerator {
    /// What is around the number, the number left out.
    shape: String,
    number: u64,
    /// `A` of `4A` as 1, none as 0.
    letter: u8,
    /// The number and its letter.
    span: Span<Visible>,
}

/// Reads the enumerator at the visible offset `at`.
fn enumerator(visible: &str, at: usize) -> Option<Enumerator> {
    let at = at + visible[at..].len() - visible[at..].trim_start_matches([' ', '\t']).len();
    let bytes = &visible.as_bytes()[at..];
    let is = |index: usize, test: fn(&u8) -> bool| bytes.get(index).is_some_and(test);
    let bracket = usize::from(is(0, |b| matches!(b, b'(' | b'[')));
    let lead = usize::from(is(bracket, u8::is_ascii_alphabetic) && is(bracket + 1, u8::is_ascii_digit));
    let start = bracket + lead;
    let digits = bytes[start..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let letter = usize::from(is(start + digits, u8::is_ascii_alphabetic));
    let end = start + digits + letter;
    let closed =
        is(end, |b| matches!(b, b'.' | b')' | b']')) && is(end + 1, |b| matches!(b, b' ' | b'\t' | b'\n'));
    let paired = match bytes.first() {
        Some(b'(') => b")",
        Some(b'[') => b"]",
        _ => &b".)"[..],
    };
    if !closed || digits + letter == 0 || digits == 4 || !paired.contains(&bytes[end]) {
        return None;
    }
    let head = &visible[at..at + start];
    let close = char::from(bytes[end]);
    let rank = |byte: u8| byte.to_ascii_lowercase() - b'a' + 1;
    let span = Span::new(at + start, at + end);
    Some(if digits == 0 {
        let case = if bytes[start].is_ascii_lowercase() { 'a' } else { 'A' };
        Enumerator {
            shape: format!("{head}{case}{close}"),
            number: rank(bytes[start]).into(),
            letter: 0,
            span,
        }
    } else {
        let number = visible[at + start..at + start + digits].parse().ok()?;
        let letter = if letter == 1 { rank(bytes[end - 1]) } else { 0 };
        Enumerator { shape: format!("{head}1{close}"), number, letter, span }
    })
}

/// The members of one number: the letter, the place, and whether it stands.
type Members = Vec<(u8, Span<Visible>, bool)>;
/// Numbers in document order, each with its members.
type Count = Vec<(u64, Members)>;

fn paragraphs(document: &Document, outline: &Outline) -> Vec<Change> {
    let visible = document.visible();
    let blocks = document.blocks();
    // One count for each parent, level and shape.
    let mut counts: BTreeMap<(Option<BlockId>, u8, String), Count> = BTreeMap::new();
    for (portion, &stands) in document.portions().iter().zip(&outline.portions) {
        let level = match blocks[portion.block].kind {
            BlockKind::Paragraph | BlockKind::Html => 0,
            BlockKind::Heading { level } => level,
            _ => continue,
        };
        let Some(found) = before_or_behind_mark(visible, portion) else { continue };
        let is_letter = visible.as_bytes()[found.span.start()].is_ascii_alphabetic();
        let count = counts.entry((blocks[portion.block].parent, level, found.shape)).or_default();
        // "Q." is the next letter of no count.
        let last = count.last().map_or(0, |(number, _)| *number);
        if is_letter && ![1, last, last + 1].contains(&found.number) {
            continue;
        }
        let member = (found.letter, found.span, stands);
        match count.last_mut() {
            Some((number, members))
                if *number == found.number
                    && members.last().is_some_and(|(letter, ..)| *letter < found.letter) =>
            {
                members.push(member);
            }
            _ => count.push((found.number, vec![member])),
        }
    }
    let mut changes = Vec::new();
    for count in counts.into_values() {
        let elements = count.into_iter().map(|(number, members)| {
            let stands = members.iter().any(|(.., stands)| *stands);
            Element { number, standing: if stands { vec![members] } else { Vec::new() } }
        });
        recount(elements.collect(), |members: Members, old, new| {
            let standing = members.iter().filter(|(.., stands)| *stands);
            for ((was, span, _), (letter, ..)) in standing.zip(&members) {
                if old != new || was != letter {
                    changes.push(Change::replace(*span, &written(&visible[span.range()], new, *letter)));
                }
            }
        });
    }
    changes
}

/// References to typed notes follow the note's new number, or go with it.
fn note_references(document: &Document, outline: &Outline, paragraphs: &[Change]) -> Vec<Change> {
    let notes = document.notes();
    let mut renumbered: BTreeMap<u16, &str> = BTreeMap::new();
    for change in paragraphs {
        let at = notes.notes.partition_point(|note| note.digits.start() < change.span.start());
        if let Some(note) = notes.notes.get(at).filter(|note| note.digits == change.span) {
            renumbered.entry(note.number).or_insert(&change.text);
        }
    }
    let mut changes = Vec::new();
    for reference in &notes.references {
        let digits = reference.digits;
        if outline.gone_notes.range(reference.range()).next().is_some() {
            changes.push(Change::remove(digits));
            continue;
        }
        let old = document.text(digits);
        let (first, last) = reference.numbers;
        let head = old.bytes().take_while(u8::is_ascii_digit).count();
        let tail = old.bytes().rev().take_while(u8::is_ascii_digit).count();
        let ends = [
            (first, Span::new(digits.start(), digits.start() + head)),
            (last, Span::new(digits.end() - tail, digits.end())),
        ];
        let ends = if first == last { &ends[..1] } else { &ends[..] };
        changes.extend(
            ends.iter()
                .filter_map(|&(number, span)| renumbered.get(&number).map(|new| Change::replace(span, new))),
        );
    }
    changes
}

fn before_or_behind_mark(visible: &str, portion: &Portion) -> Option<Enumerator> {
    let before = portion.mark.filter(|mark| portion.extent.start() < mark.visible.start());
    before
        .and_then(|_| enumerator(visible, portion.extent.start()))
        .or_else(|| enumerator(visible, portion.body.start()))
}

/// `number` and `letter` in the manner of `old`.
fn written(old: &str, number: u64, letter: u8) -> String {
    let sample = old.as_bytes().last().copied().unwrap_or_default();
    let written = |rank: u64| {
        let base = if sample.is_ascii_lowercase() { b'a' } else { b'A' };
        u8::try_from(rank.saturating_sub(1))
            .ok()
            .filter(|rank| *rank < 26)
            .map(|rank| char::from(base + rank))
    };
    if old.len() == 1 && sample.is_ascii_alphabetic() {
        written(number).map_or_else(|| old.to_owned(), String::from)
    } else {
        let letter = if letter > 0 { written(letter.into()) } else { None };
        letter.map_or_else(|| number.to_string(), |letter| format!("{number}{letter}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumerators_are_read() {
        let read = |text: &str| enumerator(text, 0).map(|e| (e.shape, e.number, e.letter, e.span.range()));
        assert_eq!(read(" 3. Text"), Some(("1.".into(), 3, 0, 1..2)));
        assert_eq!(read("4A. Text"), Some(("1.".into(), 4, 1, 0..2)));
        assert_eq!(read("Q12) Text"), Some(("Q1)".into(), 12, 0, 1..3)));
        assert_eq!(read("(b) Text"), Some(("(a)".into(), 2, 0, 1..2)));
        assert_eq!(read("[7] Text"), Some(("[1]".into(), 7, 0, 1..2)));
        for text in ["3] Text", "[3) Text", "3.5 m", "2026. Text", "Text", "A", "(b Text", "US. a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_went_draws_the_rest_up() {
        let recounted = |numbers: &[(u64, usize)]| {
            let mut out = Vec::new();
            let element =
                |&(number, standing): &(u64, usize)| Element { number, standing: vec![(); standing] };
            recount(numbers.iter().map(element).collect(), |(), _, new| out.push(new));
            out
        };
        assert_eq!(recounted(&[(1, 1), (2, 0), (3, 1), (4, 2), (5, 1)]), [1, 2, 3, 4, 5]);
        assert_eq!(recounted(&[(1, 0), (2, 1), (1, 1), (2, 1)]), [1, 1, 2], "a new run");
        assert_eq!(recounted(&[(1, 1), (4, 0), (7, 1)]), [1, 6], "an author's own gap stays");
    }
}
