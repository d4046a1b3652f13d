//! What of a release stands where in its source: for those who show both side by side.

use crate::decide::{Case, Decided, PortionFate, place};
use crate::render::Piece;
use crate::text::{Source, Span};

/// The places of one report and its release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Where each run of the release comes from, in order; none without a release.
    pub pieces: Vec<Piece>,
    /// The portions, as the record has them.
    pub portions: Vec<TracedPortion>,
    /// The id under which the whole report is signed.
    pub report: String,
}

/// Where a portion stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedPortion {
    /// Its id in the record.
    pub id: String,
    /// Its source bytes, mark included.
    pub span: Span<Source>,
    /// Whether it is part of the release.
    pub stands: bool,
    /// Who decided on it by name.
    pub by: Option<String>,
}

impl Trace {
    /// Bytes of the release that stand in the source too.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.pieces.iter().filter(|piece| piece.kept).map(|piece| piece.output.len()).sum()
    }

    pub(crate) fn new(
        case: Case<'_>,
        decided: &Decided,
        by: impl Fn(usize) -> Option<String>,
        pieces: Vec<Piece>,
    ) -> Self {
        let portions = case.document.portions().iter().enumerate().map(|(id, portion)| TracedPortion {
            id: case.anchors.portion(id).to_owned(),
            span: place(case.document, portion.extent),
            stands: decided.plan.portions[id] != PortionFate::Drop,
            by: by(id),
        });
        Self { pieces, portions: portions.collect(), report: case.anchors.report(case.document) }
    }
}
