//! A report as a complete partition of its source.
//!
//! Source text comes in; a [`Document`] goes out: segments that tile the source ([`Segments`]), the text that a
//! reader sees with its offset map, the tree of blocks, the portions with their marks, and the furniture between
//! them. Parsing cannot fail: what no rule explains becomes a segment of its own kind, which rendering drops.
//!
//! A Markdown parser's events do not cover its source: second reference definitions and surplus table cells are
//! never reported, titles and info strings only inside of tags. So the partition is made here, byte by byte, and
//! every reader downstream works on it: matching on [`Document::visible`], rendering on [`Document::segments`].
//!
//! This module must not know rules or audiences. Only `markdown` names the Markdown parser; `plain` is its sibling
//! for text without markup.

mod block;
mod builder;
mod code_span;
mod footnote;
mod furniture;
mod html;
mod markdown;
mod note;
mod plain;
mod portion;
mod segment;
mod shape;
mod table;

pub(crate) use block::{Block, BlockId, BlockKind, FootnoteReference, Inline, InlineKind};
pub(crate) use furniture::{Furniture, FurnitureKind, Tearline, directive};
pub(crate) use note::Notes;
pub(crate) use portion::{Mark, Portion, PortionId, PortionKind};
pub(crate) use segment::{Form, Hidden, Segment, SegmentKind, Segments, Syntax};

use self::builder::Builder;
use crate::text::{LineIndex, Position, SourceText, Span, Visible};

/// What separates the blocks in the visible text: a byte which no rule matches.
pub(crate) const BLOCK_SEPARATOR: char = '\u{1E}';

/// The formats a report may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Markdown with tables, footnotes, strikethrough, task lists, heading attributes and front matter.
    Markdown,
    /// Plain text: paragraphs between blank lines.
    Text,
}

/// One report, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    source: SourceText,
    format: Format,
    lines: LineIndex,
    visible: String,
    segments: Segments,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    footnotes: Vec<FootnoteReference>,
    notes: Notes,
    portions: Vec<Portion>,
    furniture: Vec<Furniture>,
    tearlines: Vec<Tearline>,
}

impl Format {
    /// The format that a file's name tells: plain text for `.txt` and `.text`, Markdown for everything else, of which plain
    /// text is nearly a part.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        match name.rsplit_once('.') {
            Some((_, ext)) if ext.eq_ignore_ascii_case("txt") || ext.eq_ignore_ascii_case("text") => {
                Self::Text
            }
            _ => Self::Markdown,
        }
    }
}

impl Document {
    /// Takes a report apart.
    #[must_use]
    pub(crate) fn parse(source: SourceText, format: Format) -> Self {
        let text = source.expose(source.span());
        let mut builder = Builder::new(text);
        match format {
            Format::Markdown => markdown::read(&mut builder),
            Format::Text => plain::read(&mut builder),
        }
        let Builder { segments, visible, blocks, inlines, footnotes, .. } = builder;
        segments.check(text.len(), visible.len());
        let lines = LineIndex::new(text);
        let found = furniture::find(text, &visible, &blocks);
        let mut portions = portion::find(text, &visible, &blocks, &segments, &found);
        let tearlines = furniture::tearlines(&found, &mut portions);
        let notes = Notes::find(&visible, &blocks, &portions);
        Self {
            format,
            lines,
            visible,
            segments,
            blocks,
            inlines,
            footnotes,
            notes,
            portions,
            furniture: found,
            tearlines,
            source,
        }
    }

    /// The source.
    #[must_use]
    pub(crate) fn source(&self) -> &SourceText {
        &self.source
    }

    /// The format the report was read in.
    #[must_use]
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The text a reader sees: the leaf blocks in order with [`BLOCK_SEPARATOR`] between them, entities and escapes
    /// decoded, markup gone, line ends inside a block as `\n`.
    #[must_use]
    pub(crate) fn visible(&self) -> &str {
        &self.visible
    }

    /// The visible text of a span.
    #[must_use]
    pub(crate) fn text(&self, span: Span<Visible>) -> &str {
        &self.visible[span.range()]
    }

    /// The partition of the source, and the offset map.
    #[must_use]
    pub(crate) fn segments(&self) -> &Segments {
        &self.segments
    }

    /// The blocks in document order, parents before children.
    #[must_use]
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Emphasis, strong emphasis and code spans, by their opening delimiter.
    #[must_use]
    pub(crate) fn inlines(&self) -> &[Inline] {
        &self.inlines
    }

    /// The heading that runs into the text of a portion's body: words at its start that stand out from the rest.
    #[must_use]
    pub(crate) fn run_in(&self, body: Span<Visible>) -> Option<Span<Visible>> {
        let first = self.inlines.partition_point(|inline| inline.visible.start() < body.start());
        let inline = self.inlines.get(first).filter(|inline| inline.kind != InlineKind::Code)?;
        let before = Span::new(body.start(), inline.visible.start().min(body.end()));
        let opens = self.text(before).trim().is_empty() && inline.visible.end() <= body.end();
        opens.then_some(inline.visible)
    }

    /// References to footnotes, in order.
    #[must_use]
    pub(crate) fn footnotes(&self) -> &[FootnoteReference] {
        &self.footnotes
    }

    /// Notes that are typed as `[3]`, and what refers to them.
    #[must_use]
    pub(crate) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// The portions, in order.
    #[must_use]
    pub(crate) fn portions(&self) -> &[Portion] {
        &self.portions
    }

    /// Banners, authority blocks and tearline separators, in order.
    #[must_use]
    pub(crate) fn furniture(&self) -> &[Furniture] {
        &self.furniture
    }

    /// The tearline sections, in order.
    #[must_use]
    pub(crate) fn tearlines(&self) -> &[Tearline] {
        &self.tearlines
    }

    /// The portion whose own mark holds for `portion`: itself, or its holder.
    #[must_use]
    pub(crate) fn marked(&self, portion: PortionId) -> PortionId {
        self.portions[portion].holder.unwrap_or(portion)
    }

    /// The report's banner as it stands: the first that belongs to no tearline section, white space and labels aside.
    #[must_use]
    pub(crate) fn banner_text(&self) -> Option<&str> {
        let own = |index: usize| self.tearlines.iter().all(|tearline| tearline.banner != Some(index));
        let banners = self.furniture.iter().enumerate().filter(|(_, f)| f.kind == FurnitureKind::Banner);
        let text = banners.filter(|&(index, _)| own(index)).map(|(_, f)| self.text(f.visible)).next()?;
        Some(crate::marking::banner_line(text).map_or(text.trim(), |site| &text[site.range]))
    }

    /// The position of a source byte.
    #[must_use]
    pub(crate) fn position_of(&self, at: usize) -> Position {
        self.lines.position(self.source.expose(self.source.span()), at)
    }

    /// The source position at which a visible span starts.
    #[must_use]
    pub(crate) fn position(&self, span: Span<Visible>) -> Position {
        self.position_of(self.segments.source_hull(span).map_or(self.source.len(), Span::start))
    }
}

#[cfg(test)]
pub(crate) mod tests;
