//! A plan: what happens to each portion and each span of one report for one audience.

use super::Replacement;
use crate::text::{Span, Visible};

/// What one audience gets of one report. Made by [`super::decide`], carried out by [`crate::render`].
///
/// Keeping is written, never implied: `portions` holds one fate for each portion of the document, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// One fate for each portion of the document.
    pub portions: Vec<PortionFate>,
    /// Edits inside kept portions: sorted by start, never overlapping, each inside one block's visible text.
    pub edits: Vec<Edit>,
    /// The release's banner, which takes the place of every banner and page mark. `None` drops them all.
    pub banner: Option<Replacement>,
    /// The release's classification authority block, without the final line end. `None` drops it.
    pub authority: Option<Replacement>,
}

/// What becomes of a portion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PortionFate {
    /// The portion stands; its mark's bytes stay as they are.
    Keep,
    /// The portion stands with another mark in the place of its own (brackets included).
    Remark(Replacement),
    /// The portion goes without a trace.
    Drop,
}

/// One change inside the visible text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The visible bytes that go.
    pub span: Span<Visible>,
    /// What stands in their place.
    pub replacement: Replacement,
}
