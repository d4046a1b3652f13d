//! Furniture: lines that belong to the report's form rather than to a portion.

use super::{BlockId, PortionId};
use crate::text::{Span, Visible};

/// A banner, an authority block or a tearline separator. It never lies in a portion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Furniture {
    /// What it is.
    pub kind: FurnitureKind,
    /// The leaf block it stands in, which may hold portions too.
    pub block: BlockId,
    /// Its lines, without the last line end. Empty for a separator that is a rule.
    pub visible: Span<Visible>,
}

/// The kinds of furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FurnitureKind {
    /// A banner at the top or bottom, or a page mark between pages.
    Banner,
    /// A line or lines of the classification authority block.
    Authority,
    /// A line that opens a tearline section.
    TearlineStart,
    /// A line that ends one.
    TearlineEnd,
}

/// A part of the report that its author set off for a wider audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tearline {
    /// The separator that opens it, as an index into [`super::Document::furniture`].
    pub start: usize,
    /// The section's own banner, as an index into [`super::Document::furniture`].
    pub banner: Option<usize>,
    /// The portions that lie in it.
    pub portions: std::ops::Range<PortionId>,
}
