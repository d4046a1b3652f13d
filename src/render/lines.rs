//! Whole lines: units that go, the blank lines around them, and the markers and indentation of items that move up.

use std::collections::BTreeMap;

use super::cuts::{Cuts, Insert};
use super::moves::Move;
use super::number::Numbers;
use super::outline::{Outline, Unit, line_start};
use crate::document::{BlockId, BlockKind, Document, Hidden, Segment, SegmentKind};
use crate::text::{Source, Span};

/// Columns are counted with tab stops this far apart.
const TAB: usize = 4;
/// How far a footnote's continuation lines are indented.
const FOOTNOTE_INDENT: usize = 4;

/// Adds the cuts that take out the units of `outline` which do not stand and carry out `moves`.
pub(super) fn cut(
    document: &Document,
    outline: &Outline,
    moves: &BTreeMap<BlockId, Move>,
    numbers: &Numbers,
    cuts: &mut Cuts,
) {
    let text = document.source().expose(document.source().span());
    let lines = Lines { document, text, units: &outline.units };
    lines.gaps(cuts);
    for (&id, moved) in moves {
        let units = outline.units_in(id..document.blocks()[id].next);
        lines.shift(id, moved, numbers, units, cuts);
    }
}

/// How the report ends its lines.
pub(super) fn newline(text: &str) -> &'static str {
    match memchr::memchr2(b'\n', b'\r', text.as_bytes()) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// What stands in front of a further line in `block`: quote signs, and indentation for items around them.
pub(super) fn prefix(document: &Document, block: BlockId) -> String {
    let mut containers = Vec::new();
    let mut at = document.blocks()[block].parent;
    while let Some(id) = at {
        containers.push(id);
        at = document.blocks()[id].parent;
    }
    let text = document.source().expose(document.source().span());
    let mut prefix = String::new();
    for id in containers.into_iter().rev() {
        match document.blocks()[id].kind {
            BlockKind::Quote => prefix.push_str("> "),
            BlockKind::Item | BlockKind::Footnote => {
                let marker = Marker::of(document, text, id);
                prefix.extend(std::iter::repeat_n(' ', marker.content - marker.start));
            }
            _ => {}
        }
    }
    prefix
}

struct Lines<'d> {
    document: &'d Document,
    text: &'d str,
    units: &'d [Unit],
}

impl Lines<'_> {
    /// Between two units that stand, what stood between them stays; where units went, one of the gaps around them.
    fn gaps(&self, cuts: &mut Cuts) {
        let mut last: Option<usize> = None;
        let mut start = self.document.source().len() - self.text.trim_start_matches('\u{FEFF}').len();
        for (index, unit) in self.units.iter().enumerate().filter(|(_, unit)| unit.kept) {
            let first = last.map_or(0, |last| last + 1);
            match last {
                None if first < index => cuts.remove(Span::new(start, unit.lines.start())),
                Some(last) if first < index || self.runs_on(last, index) => {
                    self.seam(last, first..index, start, unit.lines.start(), cuts);
                }
                _ => self.gap(last.map(|last| (last, index)), start, unit.lines.start(), cuts),
            }
            self.lead(unit, cuts);
            if last.is_some_and(|last| last + 1 < index && self.absorbs(last, index)) {
                self.fence(unit, cuts);
            }
            (last, start) = (Some(index), unit.lines.end());
        }
        let end = self.text.len();
        if last.map_or(0, |last| last + 1) < self.units.len() {
            cuts.remove(Span::new(start, end));
        } else {
            self.gap(None, start, end, cuts);
        }
    }

    /// Whether indentation would make unit `next` part of unit `last` or of an item or footnote that holds it.
    fn absorbs(&self, last: usize, next: usize) -> bool {
        let blocks = self.document.blocks();
        if blocks[self.units[last].block].kind == (BlockKind::Code { fenced: false }) {
            return true;
        }
        let shared = self.common(self.units[last].block, self.units[next].block);
        let mut at = blocks[self.units[last].block].parent;
        while let Some(id) = at.filter(|&id| Some(id) != shared) {
            if matches!(blocks[id].kind, BlockKind::Item | BlockKind::Footnote) {
                return true;
            }
            at = blocks[id].parent;
        }
        false
    }

    /// Puts fences around indented code.
    fn fence(&self, unit: &Unit, cuts: &mut Cuts) {
        let block = &self.document.blocks()[unit.block];
        if block.kind != (BlockKind::Code { fenced: false }) {
            return;
        }
        let content = self.document.source().expose(unit.lines);
        let fence = "`".repeat(content.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2) + 1);
        let newline = newline(self.text);
        let prefix = prefix(self.document, unit.block);
        let base = columns(&prefix, 0);
        let mut at = unit.lines.start();
        while at < unit.lines.end() {
            let line = &self.text[at..unit.lines.end()];
            let end = memchr::memchr2(b'\n', b'\r', line.as_bytes()).unwrap_or(line.len());
            self.columns(at, &line[..end], base, base + TAB, "", cuts);
            at += end + if line[end..].starts_with("\r\n") { 2 } else { 1 };
        }
        cuts.insert(unit.lines.start(), Insert::Markup(format!("{prefix}{fence}{newline}")));
        let open = if content.ends_with(['\n', '\r']) { "" } else { newline };
        cuts.insert(unit.lines.end(), Insert::Markup(format!("{open}{prefix}{fence}{newline}")));
    }

    /// Puts a paragraph whose lines began with something hidden, or follow a definition, where its text would stand.
    fn lead(&self, unit: &Unit, cuts: &mut Cuts) {
        let block = &self.document.blocks()[unit.block];
        let (start, text) = (unit.lines.start(), block.source.start());
        if block.kind != BlockKind::Paragraph || text < start {
            return;
        }
        let segments = self.document.segments();
        let hidden = |segment: &Segment| {
            matches!(segment.kind, SegmentKind::Hidden(Hidden::ReferenceDefinition) | SegmentKind::Unclaimed)
        };
        if let Some(first) = segments.within(Span::new(start, text)).find(hidden) {
            return cuts.remove(Span::new(first.source.start(), text));
        }
        let line = line_start(self.text, text).max(start);
        let indent = text - self.text[line..text].trim_end_matches([' ', '\t']).len() - line;
        let above = start.checked_sub(1).and_then(|at| segments.within(Span::new(at, start)).next());
        let defined = above.is_some_and(|above| {
            let before = above.source.start().checked_sub(1);
            let before = before.and_then(|at| segments.within(Span::new(at, at + 1)).next());
            hidden(&above) || before.is_some_and(|before| hidden(&before))
        });
        if defined && columns(&self.text[text - indent..text], 0) >= TAB {
            cuts.remove(Span::new(text - indent, text));
        }
    }

    /// Cuts from the lines between two units that follow each other what is no blank line: reference definitions.
    fn gap(&self, between: Option<(usize, usize)>, start: usize, end: usize, cuts: &mut Cuts) {
        let Some(odd) = self.text[start..end].find(|c: char| !is_blank(c)) else { return };
        let from = line_start(self.text, start + odd).max(start);
        let to = self.text[start..end].trim_end_matches(is_blank).len() + start;
        let to = memchr::memchr(b'\n', &self.text.as_bytes()[to..end]).map_or(end, |offset| to + offset + 1);
        // One of the blank stretches around it is enough; at either end of the document none is.
        let (head, tail) = (start == 0 || from > start, to < end);
        if head && tail {
            cuts.remove(Span::new(from, end));
        } else if from == start
            && to == end
            && let Some((last, next)) = between
        {
            self.separate(last, next, Span::new(start, end), cuts);
        } else if start == 0 || end == self.text.len() {
            cuts.remove(Span::new(start, end));
        } else {
            cuts.remove(Span::new(from, to));
        }
    }

    /// Cuts the units `gone`, which stand between `start` and `end`, with the gaps around them but for one.
    fn seam(&self, last: usize, gone: std::ops::Range<usize>, start: usize, end: usize, cuts: &mut Cuts) {
        let gaps = (gone.start..=gone.end).map(|index| {
            let from = self.units[index - 1].lines.end();
            Span::<Source>::new(from, self.units[index].lines.start().max(from))
        });
        let siblings = self.joined(self.units[last].block, self.units[gone.end].block);
        let blank = |span: &Span<Source>| self.text[span.range()].chars().all(is_blank);
        let lines = |span: &Span<Source>| {
            self.text[span.range()].matches('\n').count().max(usize::from(!span.is_empty()))
        };
        let signs = |span: &Span<Source>| self.text[span.range()].matches('>').count();
        // Quote signs of a quote that went with its units would tell of it.
        let shared = self.shared_prefix(self.units[last].block, self.units[gone.end].block);
        let depth = shared.matches('>').count();
        let foreign = |span: &Span<Source>| {
            self.text[span.range()].lines().any(|line| line.matches('>').count() > depth)
        };
        let best = gaps
            .filter(|gap| blank(gap) && !foreign(gap) && (siblings || !gap.is_empty()))
            .min_by_key(|gap| (lines(gap), signs(gap), gap.start()));
        match best {
            Some(gap) => {
                cuts.remove(Span::new(start, gap.start()));
                cuts.remove(Span::new(gap.end(), end));
            }
            None => self.separate(last, gone.end, Span::new(start, end), cuts),
        }
    }

    /// Puts a blank line in the place of `span`, which lies between two units.
    fn separate(&self, last: usize, next: usize, span: Span<Source>, cuts: &mut Cuts) {
        let mut line = self.shared_prefix(self.units[last].block, self.units[next].block);
        line.truncate(line.trim_end().len());
        line.push_str(newline(self.text));
        cuts.replace(span, Insert::Markup(line));
    }

    /// Whether HTML, which becomes a paragraph, stands right beside a unit that it must not run into.
    fn runs_on(&self, last: usize, next: usize) -> bool {
        let html = |unit: &Unit| self.document.blocks()[unit.block].kind == BlockKind::Html;
        let (last, next) = (&self.units[last], &self.units[next]);
        (html(last) || html(next)) && last.lines.end() == next.lines.start()
    }

    /// Whether two units may follow each other without a blank line: rows of a table, items of a list.
    fn joined(&self, a: BlockId, b: BlockId) -> bool {
        self.common(a, b).is_some_and(|id| {
            matches!(self.document.blocks()[id].kind, BlockKind::List { .. } | BlockKind::Table)
        })
    }

    /// The innermost block that holds both.
    fn common(&self, a: BlockId, b: BlockId) -> Option<BlockId> {
        let blocks = self.document.blocks();
        let mut at = blocks[a].parent;
        while let Some(id) = at.filter(|&id| blocks[id].next <= b) {
            at = blocks[id].parent;
        }
        at
    }

    fn shared_prefix(&self, a: BlockId, b: BlockId) -> String {
        // The first child of the block they share has that block's prefix.
        self.common(a, b).map_or(String::new(), |id| prefix(self.document, id + 1))
    }

    /// Moves an item's units to where those of its target stand, and gives the first that stands the marker.
    fn shift(
        &self,
        id: BlockId,
        moved: &Move,
        numbers: &Numbers,
        units: std::ops::Range<usize>,
        cuts: &mut Cuts,
    ) {
        let own = Marker::of(self.document, self.text, id);
        let aim = Marker::of(self.document, self.text, moved.target);
        for index in units.filter(|&index| self.units[index].kept) {
            let unit = &self.units[index];
            let mut at = unit.lines.start();
            while at < unit.lines.end() {
                let line = &self.text[at..unit.lines.end()];
                let end = memchr::memchr2(b'\n', b'\r', line.as_bytes()).unwrap_or(line.len());
                if at == unit.lines.start() && moved.first == Some(index) {
                    let marker = self.marker(id, &aim, numbers);
                    self.columns(at, &line[..end], aim.start, own.content, &marker, cuts);
                } else if own.content > aim.content {
                    self.columns(at, &line[..end], aim.content, own.content, "", cuts);
                }
                at += end + if line[end..].starts_with("\r\n") { 2 } else { 1 };
            }
        }
    }

    /// The marker of `aim` with the number of item or footnote `id`, and the space behind it.
    fn marker(&self, id: BlockId, aim: &Marker, numbers: &Numbers) -> String {
        let old = &self.text[aim.bytes.range()];
        let marker = if let Some(number) = numbers.footnotes.get(&id) {
            format!("[^{number}]:")
        } else if let Some(number) = numbers.items.get(&id).filter(|_| old.as_bytes()[0].is_ascii_digit()) {
            format!("{number}{}", old.trim_start_matches(|c: char| c.is_ascii_digit()))
        } else {
            old.to_owned()
        };
        let gap = aim.content.saturating_sub(aim.start + marker.len()).max(1);
        format!("{marker}{}", " ".repeat(gap))
    }

    /// Puts `insert` in the place of the columns `from..to` of the line at `at`; with nothing to insert only of white
    /// space.
    fn columns(&self, at: usize, line: &str, from: usize, to: usize, insert: &str, cuts: &mut Cuts) {
        let (mut column, mut start, mut end) = (0, None, at);
        let mut rest = 0;
        for (offset, c) in line.char_indices() {
            if column >= to || insert.is_empty() && column >= from && !is_blank(c) {
                break;
            }
            let width = if c == '\t' { TAB - column % TAB } else { 1 };
            if column + width > from {
                start.get_or_insert((at + offset, column));
                end = at + offset + c.len_utf8();
            }
            column += width;
            rest = column.saturating_sub(to);
        }
        let Some((start, first)) = start.or((!insert.is_empty()).then_some((at + line.len(), from))) else {
            return;
        };
        // A tab that reaches over an edge leaves its part outside as spaces.
        let lead = " ".repeat(from.saturating_sub(first));
        let text = format!("{lead}{insert}{}", " ".repeat(rest));
        let span = Span::new(start, end.max(start));
        if text.is_empty() {
            cuts.remove(span);
        } else {
            cuts.replace(span, Insert::Markup(text));
        }
    }
}

/// The marker of an item or footnote: its bytes, and the columns at which it and its content start.
struct Marker {
    bytes: Span<Source>,
    start: usize,
    content: usize,
}

impl Marker {
    fn of(document: &Document, text: &str, id: BlockId) -> Self {
        let block = &document.blocks()[id];
        let at = block.source.start();
        let start = columns(&text[line_start(text, at)..at], 0);
        let line = text[at..].split(['\n', '\r']).next().unwrap_or_default();
        let sign = match block.kind {
            BlockKind::Footnote => line.find("]:").map_or(line.len(), |end| end + 2),
            _ => (line.bytes().take_while(u8::is_ascii_digit).count() + 1).min(line.len()),
        };
        let blank = line[sign..].len() - line[sign..].trim_start_matches([' ', '\t']).len();
        let column = columns(&line[..sign], start);
        let content = columns(&line[sign..sign + blank], column);
        let content = match block.kind {
            BlockKind::Footnote => start + FOOTNOTE_INDENT,
            _ if sign + blank == line.len() || content > column + TAB => column + 1,
            _ => content,
        };
        Self { bytes: Span::new(at, at + sign), start, content }
    }
}

/// The column behind `text`, which starts at column `column`.
fn columns(text: &str, column: usize) -> usize {
    text.chars().fold(column, |column, c| column + if c == '\t' { TAB - column % TAB } else { 1 })
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '>')
}
