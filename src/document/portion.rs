//! Portions: what one portion mark covers.

use super::shape;
use super::{Block, BlockId, BlockKind, Furniture, Segments};
use crate::marking::Condition;
use crate::text::{Source, Span, Visible};

/// The index of a portion in [`super::Document::portions`].
pub(crate) type PortionId = usize;

/// The piece of a report that one portion mark covers, or a piece without a mark of its own.
///
/// A portion lies in one leaf block. The extents of all portions, in order and without overlap, hold every
/// visible byte that is not furniture (banner, authority block, tearline separator), a block separator or a line end
/// beside furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Portion {
    /// What it is.
    pub(crate) kind: PortionKind,
    /// The leaf block it stands in.
    pub(crate) block: BlockId,
    /// All its visible text: enumerator, mark and body.
    pub(crate) extent: Span<Visible>,
    /// The text that the mark covers.
    pub(crate) body: Span<Visible>,
    /// Its own mark.
    pub(crate) mark: Option<Mark>,
    /// A second mark at its end; both hold.
    pub(crate) closing: Option<Mark>,
    /// The portion whose mark holds for this one, which has none. Unmarked top-level text has no holder, and neither
    /// has a table header without any mark.
    pub(crate) holder: Option<PortionId>,
    /// Whether it only names what the next portion of the same block says (`(U) SERIAL: (U) ...`).
    pub(crate) label: bool,
    /// The tearline section it lies in, as an index into [`super::Document::tearlines`].
    pub(crate) tearline: Option<usize>,
}

/// A portion mark as it stands, brackets included. Its text is `Document::text(mark.visible)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Its place in the visible text.
    pub(crate) visible: Span<Visible>,
    /// The smallest source span that holds it.
    pub(crate) source: Span<Source>,
}

/// What a portion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PortionKind {
    /// A heading.
    Heading,
    /// A paragraph or a part of one.
    Paragraph,
    /// The text of a list item.
    Item,
    /// A cell of a table's header.
    HeaderCell,
    /// The first cell of a row; unmarked cells of the row inherit from it.
    Row,
    /// Another cell.
    Cell,
    /// The first text of a block quote.
    Quote,
    /// The first text of a footnote.
    Footnote,
    /// A code block.
    Code,
    /// Text between HTML tags.
    Html,
    /// The caption of a table, figure or code block.
    Caption,
}

/// A label is at most this long.
const LONGEST_LABEL: usize = 60;

/// A mark inside a line is at most this long, in bytes.
const LONGEST_MARK: usize = 200;
/// One without a separator is at most this long.
const LONGEST_LEVEL: usize = 24;

/// The longest caption of a table, in characters.
const LONGEST_CAPTION: usize = 120;

/// Finds the portions of a document, in order.
pub(super) fn find(
    source: &str,
    visible: &str,
    blocks: &[Block],
    segments: &Segments,
    furniture: &[Furniture],
) -> Vec<Portion> {
    let mut finder =
        Finder { visible, blocks, segments, scopes: Vec::new(), portions: Vec::new(), sites: Vec::new() };
    let mut furniture = furniture.iter().peekable();
    for (id, block) in blocks.iter().enumerate() {
        while finder.scopes.pop_if(|scope| blocks[scope.block].next <= id).is_some() {}
        match block.kind {
            BlockKind::Item | BlockKind::Quote | BlockKind::Footnote | BlockKind::Row { .. } => {
                finder.scopes.push(Scope { block: id, lead: None });
            }
            BlockKind::List { .. } => {
                if let Some(lead) = finder.continued(source, id) {
                    finder.scopes.push(Scope { block: id, lead: Some(Some(lead)) });
                }
            }
            BlockKind::Table => {
                if let Some(caption) = finder.captioned(id) {
                    finder.scopes.push(Scope { block: id, lead: Some(Some(caption)) });
                }
            }
            kind if kind.is_leaf() => {
                let mut start = block.visible.start();
                while let Some(place) = furniture.next_if(|place| place.block == id) {
                    finder.leaf(id, start, place.visible.start());
                    start = place.visible.end();
                }
                finder.leaf(id, start, block.visible.end());
            }
            _ => {}
        }
    }
    finder.portions
}

/// A block whose first text can hold the mark for what follows in it.
struct Scope {
    block: BlockId,
    /// What holds in it: unknown so far, nothing, or a portion's mark.
    lead: Option<Option<PortionId>>,
}

/// A portion that begins inside a leaf.
struct Site {
    start: usize,
    mark: Span<Visible>,
}

struct Finder<'d> {
    visible: &'d str,
    blocks: &'d [Block],
    segments: &'d Segments,
    scopes: Vec<Scope>,
    portions: Vec<Portion>,
    sites: Vec<Site>,
}

impl Finder<'_> {
    /// The marked portion that a list carries on: that of the paragraph on the line before it. A blank line ends it.
    fn continued(&self, source: &str, list: BlockId) -> Option<PortionId> {
        let last = self.portions.len().checked_sub(1)?;
        let lead = &self.blocks[self.portions[last].block];
        let beside =
            lead.kind == BlockKind::Paragraph && lead.parent == self.blocks[list].parent && lead.next == list;
        let between = &source[lead.source.start()..self.blocks[list].source.start()];
        let lines = between[between.trim_end().len()..].matches('\n').count();
        let holder = if self.portions[last].mark.is_some() { Some(last) } else { self.portions[last].holder };
        holder.filter(|_| beside && lines <= 1)
    }

    /// The marked portion that is the caption of a table without any mark: the paragraph before it, if that is one short
    /// line.
    fn captioned(&self, table: BlockId) -> Option<PortionId> {
        let last = self.portions.len().checked_sub(1)?;
        let portion = &self.portions[last];
        let lead = &self.blocks[portion.block];
        let beside = lead.kind == BlockKind::Paragraph
            && lead.parent == self.blocks[table].parent
            && lead.next == table;
        let text = &self.visible[portion.body.range()];
        let short = text.chars().count() <= LONGEST_CAPTION && !text.trim().contains('\n');
        let cells = &self.visible[self.blocks[table].visible.range()];
        let bare = cells.match_indices(['(', '[']).all(|(at, _)| shape::mark(&cells[at..]).is_none());
        (beside && short && bare && portion.mark.is_some()).then_some(last)
    }

    /// Finds the portions in a part of a leaf that is free of furniture.
    fn leaf(&mut self, id: BlockId, start: usize, end: usize) {
        let text = &self.visible[start..end];
        let start = start + text.len() - text.trim_start_matches('\n').len();
        let end = start.max(end - (text.len() - text.trim_end_matches('\n').len()));
        if start >= end {
            return;
        }
        self.sites.clear();
        self.mark_sites(id, start, end);
        let first = self.portions.len();
        let sites = std::mem::take(&mut self.sites);
        let lead_end = sites.first().map_or(end, |site| site.start);
        if lead_end > start {
            // Text before the first mark: a mark at the end of the leaf covers it when it is the only one.
            let whole = Span::new(start, lead_end);
            self.add(id, whole, None, whole);
        }
        for (index, site) in sites.iter().enumerate() {
            let end = sites.get(index + 1).map_or(end, |next| next.start);
            self.add(id, Span::new(site.start, end), Some(site.mark), Span::new(site.mark.end(), end));
        }
        self.sites = sites;
        self.trailing(first, end);
        for index in first..self.portions.len().saturating_sub(1) {
            let portion = self.portions[index];
            let body = self.visible[portion.body.range()].trim();
            self.portions[index].label = !self.visible[portion.extent.range()].ends_with('\n')
                && body.len() <= LONGEST_LABEL
                && body.ends_with(':')
                && !body.contains(". ");
        }
        self.settle_scopes(id, first);
    }

    /// A mark at the very end of the leaf covers an unmarked text before it, or closes the marked one.
    fn trailing(&mut self, first: usize, end: usize) {
        let last = self.portions.len() - 1;
        let Portion { extent, body, mark, .. } = self.portions[last];
        if let Some(mark) = mark
            && self.visible[body.range()].trim().is_empty()
            && last > first
            && end == extent.end()
        {
            // A portion that is a mark alone: it belongs to what stands before it.
            self.portions.pop();
            let before = &mut self.portions[last - 1];
            before.extent = Span::new(before.extent.start(), end);
            if before.mark.is_none() {
                before.mark = Some(mark);
            } else {
                before.closing = Some(mark);
            }
        } else if let Some(site) = shape::trailing(&self.visible[body.range()])
            && site.condition != Condition::Damaged
        {
            let place = Span::new(body.start() + site.range.start, body.start() + site.range.end);
            let found = self.mark(place);
            let portion = &mut self.portions[last];
            portion.body = Span::new(body.start(), place.start());
            if mark.is_none() {
                portion.mark = Some(found);
            } else {
                portion.closing = Some(found);
            }
        }
    }

    fn mark(&self, visible: Span<Visible>) -> Mark {
        let source = self.segments.source_hull(visible).unwrap_or_else(|| Span::new(0, 0));
        Mark { visible, source }
    }

    fn add(
        &mut self,
        block: BlockId,
        extent: Span<Visible>,
        mark: Option<Span<Visible>>,
        body: Span<Visible>,
    ) {
        let mark = mark.map(|span| self.mark(span));
        let kind = self.kind(block);
        self.portions.push(Portion {
            kind,
            block,
            extent,
            body,
            mark,
            closing: None,
            holder: None,
            label: false,
            tearline: None,
        });
    }

    fn kind(&self, id: BlockId) -> PortionKind {
        let block = &self.blocks[id];
        let parent = block.parent.map(|parent| self.blocks[parent].kind);
        let first = block.parent.is_some_and(|parent| parent + 1 == id);
        match (block.kind, parent) {
            (BlockKind::Heading { .. }, _) => PortionKind::Heading,
            (BlockKind::Code { .. }, _) => PortionKind::Code,
            (BlockKind::Html, _) => PortionKind::Html,
            (BlockKind::Cell { .. }, Some(BlockKind::Row { header: true })) => PortionKind::HeaderCell,
            (BlockKind::Cell { column: 0 }, _) => PortionKind::Row,
            (BlockKind::Cell { .. }, _) => PortionKind::Cell,
            (_, Some(BlockKind::Item)) if first => PortionKind::Item,
            (_, Some(BlockKind::Quote)) if first => PortionKind::Quote,
            (_, Some(BlockKind::Footnote)) if first => PortionKind::Footnote,
            _ if self.is_caption(id) => PortionKind::Caption,
            _ => PortionKind::Paragraph,
        }
    }

    /// Whether a paragraph beside a table, an image or code names it.
    fn is_caption(&self, id: BlockId) -> bool {
        const WORDS: [&str; 8] = ["Table", "Figure", "Fig.", "Chart", "Map", "Photo", "Image", "Exhibit"];
        let block = &self.blocks[id];
        let text = &self.visible[block.visible.range()];
        let text = shape::mark(text).map_or(text, |site| &text[site.range.end..]).trim_start();
        let named = WORDS.iter().any(|word| {
            text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
                && text[word.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit())
        });
        let shown = |kind| matches!(kind, BlockKind::Table | BlockKind::Code { .. });
        let beside = |other: &Block| {
            other.parent == block.parent
                && (shown(other.kind) || other.kind == BlockKind::Paragraph && other.visible.is_empty())
        };
        named
            && (self.blocks.get(block.next).is_some_and(beside)
                || self.blocks[..id]
                    .iter()
                    .rev()
                    .find(|other| other.parent == block.parent)
                    .is_some_and(beside))
    }

    /// Gives unmarked portions of a leaf their holder and tells the scopes around it what holds in them.
    fn settle_scopes(&mut self, id: BlockId, first: usize) {
        let parent = self.blocks[id].parent;
        let header = parent.is_some_and(|parent| self.blocks[parent].kind == BlockKind::Row { header: true });
        let captioned =
            self.scopes.iter().rev().nth(1).is_some_and(|s| self.blocks[s.block].kind == BlockKind::Table);
        let known = self
            .scopes
            .iter()
            .rev()
            .take(match (header, captioned) {
                (true, true) => 2,
                (true, false) => 1,
                (false, _) => usize::MAX,
            })
            .find_map(|scope| scope.lead)
            .flatten();
        for portion in &mut self.portions[first..] {
            if portion.mark.is_none() {
                portion.holder = known;
            }
        }
        let governs = !matches!(self.blocks[id].kind, BlockKind::Cell { column } if column > 0);
        if let Some(scope) = self.scopes.last_mut()
            && Some(scope.block) == parent
            && scope.lead.is_none()
        {
            let lead = &self.portions[first];
            scope.lead = Some(if governs && lead.mark.is_some() { Some(first) } else { known });
        }
    }

    /// Collects the marks at which a portion begins: at the start of a line, behind a label or a sentence, and
    /// anywhere when they are marks beyond doubt.
    fn mark_sites(&mut self, id: BlockId, start: usize, end: usize) {
        let code = matches!(self.blocks[id].kind, BlockKind::Code { .. });
        let mut line = start;
        while line < end {
            let end_of_line = |at: usize| {
                memchr::memchr(b'\n', &self.visible.as_bytes()[at..end]).map_or(end, |offset| at + offset)
            };
            let mut at = line;
            if let Some(mark) = self.line_mark(line, end_of_line(line), end, code) {
                self.sites.push(Site { start: line, mark });
                at = mark.end();
            }
            let line_end = end_of_line(at);
            while at < line_end {
                let bytes = &self.visible.as_bytes()[at..line_end];
                let Some(offset) = memchr::memchr2(b'(', b'[', bytes) else { break };
                let open = at + offset;
                at = open + 1;
                if self.may_begin_portion(open, line, end)
                    && let Some((mark, true)) = self.read_mark(open, end)
                {
                    self.sites.push(Site { start: open, mark });
                    at = mark.end();
                }
            }
            line = end_of_line(at.max(line_end)) + 1;
        }
    }

    /// The mark at the start of a line, perhaps behind an enumerator. It may run over the line's end.
    fn line_mark(&self, line: usize, line_end: usize, end: usize, code: bool) -> Option<Span<Visible>> {
        let mark_at = |at: usize| {
            shape::may_be_mark(&self.visible[at..line_end]).then(|| self.read_mark(at, end)).flatten()
        };
        let mark = mark_at(line).or_else(|| match lead_in(&self.visible[line..line_end], code) {
            0 => None,
            lead => mark_at(line + lead),
        });
        mark.map(|(mark, _)| mark)
    }

    /// The mark that the text from `at` to `end` begins with, and whether it is undamaged.
    fn read_mark(&self, at: usize, end: usize) -> Option<(Span<Visible>, bool)> {
        let site = shape::mark(&self.visible[at..end])?;
        let mark = Span::new(at + site.range.start, at + site.range.end);
        Some((mark, site.condition != Condition::Damaged))
    }

    /// Whether a bracket at `open`, not at the start of its line, is worth reading as a mark that begins a portion: it
    /// holds a separator, or stands behind a label or a sentence and looks like a level.
    fn may_begin_portion(&self, open: usize, line: usize, end: usize) -> bool {
        let inner = &self.visible.as_bytes()[open + 1..end.min(open + LONGEST_MARK)];
        let Some(close) = memchr::memchr2(b')', b']', inner) else { return false };
        let inner = &inner[..close];
        if memchr::memmem::find(inner, b"//").is_some() {
            return true;
        }
        let before = self.visible[line..open].trim_end();
        let before = before.trim_end_matches(['"', '\'', '”', '’', ')', ']', '*']);
        inner.len() <= LONGEST_LEVEL
            && before.ends_with([':', '.', '!', '?'])
            && inner.first().is_some_and(u8::is_ascii_uppercase)
            && !inner.iter().any(u8::is_ascii_lowercase)
    }
}

/// The length of an enumerator or bullet that may stand in front of a mark, in code also of a comment sign; else 0.
fn lead_in(line: &str, code: bool) -> usize {
    let indent = line.len() - line.trim_start().len();
    let text = &line[indent..];
    let bytes = text.as_bytes();
    let signs = if code {
        bytes.iter().take_while(|b| matches!(b, b'#' | b'/' | b'*' | b';' | b'-' | b'%')).count()
    } else {
        text.chars()
            .next()
            .filter(|c| matches!(c, '•' | '‣' | '◦' | '–' | '-' | '*' | '+' | '·'))
            .map_or(0, char::len_utf8)
    };
    let token = if signs > 0 { signs } else { enumerator(bytes) };
    let blanks = bytes[token..].iter().take_while(|b| **b == b' ' || **b == b'\t').count();
    if token > 0 && blanks > 0 { indent + token + blanks } else { 0 }
}

/// The length of `12.`, `4A.`, `a)`, `(b)` or `[3]` at the start.
fn enumerator(bytes: &[u8]) -> usize {
    let square = bytes.first() == Some(&b'[');
    let bracket = usize::from(square || bytes.first() == Some(&b'('));
    let digits = bytes[bracket..].iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let letters = bytes[bracket + digits..].iter().take(1).take_while(|b| b.is_ascii_alphabetic()).count();
    let close = bracket + digits + letters;
    let closed = match bytes.get(close) {
        Some(b']') => square && letters == 0,
        Some(b')') => !square,
        Some(b'.') => bracket == 0,
        _ => false,
    };
    if digits + letters > 0 && closed { close + 1 } else { 0 }
}
