//! What is not whole in the structure of a report.

use std::collections::BTreeSet;

use crate::document::{BlockId, BlockKind, Document, Furniture, FurnitureKind};
use crate::text::{Output, Span};

/// The defects of a report by kind, each with the place of every one.
#[derive(Debug, Default)]
pub(crate) struct Defects {
    /// Items whose number does not follow that of the item before.
    gaps: Vec<Span<Output>>,
    /// Items without text.
    empty_items: Vec<Span<Output>>,
    /// Headings with nothing under them.
    bare_headings: Vec<Span<Output>>,
    /// Footnotes that nothing refers to.
    orphans: Vec<Span<Output>>,
    /// What looks like a reference to a footnote or note that is not there.
    dangling: Vec<Span<Output>>,
}

impl Defects {
    /// Looks through a report.
    pub(crate) fn of(document: &Document) -> Self {
        let mut defects = Self::default();
        let blocks = document.blocks();
        let place = |id: BlockId| Span::new(blocks[id].source.start(), blocks[id].source.end());
        let referred: BTreeSet<BlockId> =
            document.footnotes().iter().filter_map(|reference| reference.definition).collect();
        for (id, block) in blocks.iter().enumerate() {
            match block.kind {
                BlockKind::List { start: Some(_), .. } => defects.gaps.extend(gap(document, id).map(place)),
                BlockKind::Item if block.next == id + 1 => defects.empty_items.push(place(id)),
                BlockKind::Footnote if !referred.contains(&id) => defects.orphans.push(place(id)),
                BlockKind::Heading { level } if is_bare(document, id, level) => {
                    defects.bare_headings.push(place(id));
                }
                _ => {}
            }
        }
        defects.dangling.extend(loose_numbers(document));
        let visible = document.visible();
        for (at, _) in visible.match_indices("[^") {
            let end = visible[at..].find(']').map_or(at + 2, |end| at + end + 1);
            let label = &visible[at..end];
            if label.ends_with(']') && !label.contains(char::is_whitespace) {
                let hull = document.segments().source_hull(Span::new(at, end));
                defects.dangling.extend(hull.map(|hull| Span::new(hull.start(), hull.end())));
            }
        }
        defects
    }

    /// The same without the headings: whether one stood over anything in the report may hang on what is withheld.
    pub(crate) fn beside_headings(mut self) -> Self {
        self.bare_headings.clear();
        self
    }

    /// The first of each kind that `source` has none of: it tells that something was taken out there.
    pub(crate) fn beyond(&self, source: &Self) -> Vec<(&'static str, Span<Output>)> {
        let of = |found: &[_], known: &[_], what| match found.first() {
            Some(&place) if known.is_empty() => vec![(what, place)],
            _ => Vec::new(),
        };
        [
            of(&self.gaps, &source.gaps, "a gap in the numbers of a list"),
            of(&self.empty_items, &source.empty_items, "an item with nothing in it"),
            of(&self.bare_headings, &source.bare_headings, "a heading over nothing"),
            of(&self.orphans, &source.orphans, "a footnote that nothing refers to"),
            of(&self.dangling, &source.dangling, "a reference to a note that is not there"),
        ]
        .concat()
    }
}

/// Numbers in brackets close behind a word or sentence that no line begins with: references to notes which are not there.
fn loose_numbers(document: &Document) -> impl Iterator<Item = Span<Output>> {
    let visible = document.visible();
    let begun: BTreeSet<&str> = visible
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('[')?.split_once(']'))
        .map(|(number, _)| number)
        .collect();
    visible.match_indices('[').filter_map(move |(at, _)| {
        let behind = &visible[at + 1..];
        let number = &behind[..behind.bytes().take_while(u8::is_ascii_digit).count()];
        let close = visible[..at].ends_with(|c: char| c.is_alphanumeric() || ".,;:!?)]\"”".contains(c));
        let loose = close && (1..=3).contains(&number.len()) && behind[number.len()..].starts_with(']');
        let span = Span::new(at, at + number.len() + 2);
        let hull = || document.segments().source_hull(span);
        (loose && !begun.contains(number)).then(hull)?.map(|hull| Span::new(hull.start(), hull.end()))
    })
}

/// The first item of a numbered list whose number does not follow; a list may give all its items one number.
fn gap(document: &Document, list: BlockId) -> Option<BlockId> {
    let blocks = document.blocks();
    let items = (list + 1..blocks[list].next)
        .filter(|&id| blocks[id].kind == BlockKind::Item && blocks[id].parent == Some(list));
    let number = |id: BlockId| {
        let text = document.source().expose(blocks[id].source);
        text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u64>().ok())
    };
    let items: Vec<BlockId> = items.collect();
    let first = number(*items.first()?)?;
    if items.iter().all(|&id| number(id) == Some(first)) {
        return None;
    }
    let next = |id: BlockId| number(id).and_then(|number| number.checked_add(1));
    let follows = |at: usize| next(items[at - 1]) == number(items[at]);
    (1..items.len()).find(|&at| !follows(at)).map(|at| items[at])
}

/// Whether no text stands between a heading and the next of its rank or above, or the end of what holds it. A banner, which
/// may be written as a heading too, is no text, nor does one stand over any.
fn is_bare(document: &Document, heading: BlockId, level: u8) -> bool {
    let blocks = document.blocks();
    let banner = |place: &Furniture| {
        place.kind == FurnitureKind::Banner
            && place.block == heading
            && place.visible == blocks[heading].visible
    };
    if document.furniture().iter().any(banner) {
        return false;
    }
    let parent = blocks[heading].parent;
    let ends = |id: &BlockId| {
        let ranks = matches!(blocks[*id].kind, BlockKind::Heading { level: other } if other <= level);
        ranks && blocks[*id].parent == parent
    };
    let from = blocks[heading].next;
    let last = parent.map_or(blocks.len(), |parent| blocks[parent].next);
    let end = (from..last).find(ends).unwrap_or(last);
    let portions = document.portions();
    let at = |id| portions.partition_point(|portion| portion.block < id);
    at(from) == at(end)
}
