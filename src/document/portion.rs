//! Portions: what one portion mark covers.

use super::BlockId;
use crate::text::{Source, Span, Visible};

/// The index of a portion in [`super::Document::portions`].
pub type PortionId = usize;

/// The piece of a report that one portion mark covers, or a piece without a mark of its own.
///
/// A portion lies in one leaf block. The extents of all portions, in order and without overlap, hold every
/// visible byte that is not furniture (banner, authority block, tearline separator) or a block separator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// What it is.
    pub kind: PortionKind,
    /// The leaf block it stands in.
    pub block: BlockId,
    /// All its visible text: enumerator, mark and body.
    pub extent: Span<Visible>,
    /// The text that the mark covers.
    pub body: Span<Visible>,
    /// Its own mark.
    pub mark: Option<Mark>,
    /// A second mark at its end; both hold.
    pub closing: Option<Mark>,
    /// The portion whose mark holds for this one, which has none. Unmarked top-level text has no holder.
    pub holder: Option<PortionId>,
    /// Whether it only names what the next portion of the same block says (`(U) SERIAL: (U) ...`).
    pub label: bool,
    /// The tearline section it lies in, as an index into [`super::Document::tearlines`].
    pub tearline: Option<usize>,
}

/// A portion mark as it stands, brackets included. Its text is `Document::text(mark.visible)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its place in the visible text.
    pub visible: Span<Visible>,
    /// The smallest source span that holds it.
    pub source: Span<Source>,
}

/// What a portion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortionKind {
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
