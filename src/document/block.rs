//! Blocks and inline containers: the structure of a report.

use crate::text::{Source, Span, Visible};

/// The index of a block in [`super::Document::blocks`].
pub(crate) type BlockId = usize;

/// One block. Blocks stand in document order, parents before children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// What it is.
    pub(crate) kind: BlockKind,
    /// The block that holds it.
    pub(crate) parent: Option<BlockId>,
    /// The first block behind this one and all that it holds.
    pub(crate) next: BlockId,
    /// Its source, from its own marker on.
    pub(crate) source: Span<Source>,
    /// Its visible text, that of its children included.
    pub(crate) visible: Span<Visible>,
}

/// The kinds of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// A heading of level 1 to 6.
    Heading {
        /// 1 is the highest.
        level: u8,
    },
    /// A paragraph, also the bare text of a tight list item.
    Paragraph,
    /// A list.
    List {
        /// The first number, when ordered.
        start: Option<u64>,
        /// Whether no blank line stands between its items' paragraphs.
        tight: bool,
    },
    /// A list item.
    Item,
    /// A table.
    Table,
    /// A row of a table.
    Row {
        /// Whether it is the table's header.
        header: bool,
    },
    /// A cell of a row.
    Cell {
        /// Its column, from 0.
        column: u16,
    },
    /// A block quote.
    Quote,
    /// A footnote definition.
    Footnote,
    /// A code block, fenced or indented.
    Code {
        /// Whether fences stand around it.
        fenced: bool,
    },
    /// HTML outside of a paragraph; its text between tags is visible.
    Html,
    /// A thematic break.
    Rule,
    /// YAML or TOML in front of the document.
    FrontMatter,
}

impl BlockKind {
    /// Whether the block holds text itself rather than other blocks.
    #[must_use]
    pub(crate) fn is_leaf(self) -> bool {
        match self {
            Self::Heading { .. }
            | Self::Paragraph
            | Self::Cell { .. }
            | Self::Code { .. }
            | Self::Html
            | Self::Rule
            | Self::FrontMatter => true,
            Self::List { .. }
            | Self::Item
            | Self::Table
            | Self::Row { .. }
            | Self::Quote
            | Self::Footnote => false,
        }
    }
}

/// A run of text between two delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inline {
    /// What it is.
    pub(crate) kind: InlineKind,
    /// The block whose text it stands in.
    pub(crate) block: BlockId,
    /// The opening delimiter.
    pub(crate) open: Span<Source>,
    /// The closing delimiter.
    pub(crate) close: Span<Source>,
    /// The visible text between them.
    pub(crate) visible: Span<Visible>,
}

/// The kinds of inline container. Links are none: their brackets are hidden with their target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InlineKind {
    /// `*x*`
    Emphasis,
    /// `**x**`
    Strong,
    /// `` `x` ``
    Code,
}

/// A reference to a footnote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FootnoteReference {
    /// The reference, brackets included.
    pub(crate) source: Span<Source>,
    /// The visible offset at which it stands; it yields no visible text itself.
    pub(crate) visible: usize,
    /// The block in whose text it stands.
    pub(crate) block: BlockId,
    /// The first definition with its label.
    pub(crate) definition: Option<BlockId>,
}
