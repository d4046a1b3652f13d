//! A plan carried out: the document's segments, less what goes, with what stands in its place.
//!
//! A [`Document`] and a [`Plan`] come in, a [`Candidate`] goes out. This is the one place where edits are applied. The
//! stages, each a pure function of those before it:
//!
//! 1. `outline`: which lines stand, once dropped portions have taken along what hung on them;
//! 2. `moves`: which items take the place and marker of one that went;
//! 3. `number`: counts without a gap;
//! 4. `changes`: what the visible text of each block becomes, tidied around its removals;
//! 5. `inline`, `lines`, `columns`: those changes as cuts of the source, with the markup around them kept valid;
//! 6. `writer`: the walk over the segments that copies what no cut takes. Hidden and unclaimed bytes are never copied,
//!    save what the policy names;
//!    text that would turn into markup is escaped.
//!
//! With nothing to cut and nothing hidden the output is the source, byte for byte. The visible text of the output,
//! parsed again, is that of the standing blocks after their changes, white space apart.
//!
//! This module must not know why anything goes, nor who reads the release.

mod candidate;
mod changes;
mod columns;
mod cuts;
mod escape;
mod inline;
mod lines;
mod moves;
mod number;
mod ornament;
mod outline;
mod tidy;
mod writer;

pub(crate) use candidate::Candidate;
pub use candidate::Piece;

use self::changes::Revision;
use self::cuts::Cuts;
use self::number::Numbers;
use self::outline::Outline;
use crate::channels::Kept;
use crate::decide::{Plan, PortionFate};
use crate::document::Document;

/// Carries out `plan`; of what is hidden, `kept` stands.
///
/// # Panics
/// When `plan` does not hold one fate for each portion of `document`.
pub(crate) fn render(document: &Document, plan: &Plan, kept: &Kept) -> Candidate {
    let outline = Outline::new(document, plan);
    let moves = moves::moves(document.blocks(), &outline);
    let numbers = Numbers::new(document, &outline, &moves);
    let revisions = changes::gather(document, plan, &outline, &numbers.paragraphs);
    let mut cuts = Cuts::default();
    lines::cut(document, &outline, &moves, &numbers, &mut cuts);
    columns::cut(document, &outline, &mut cuts);
    numbers.cut(document, &outline, &moves, &mut cuts);
    references(document, &outline, &mut cuts);
    inlines(document, &outline, &revisions, &mut cuts);
    let fallen = (0..plan.portions.len())
        .filter(|&id| plan.portions[id] != PortionFate::Drop && !outline.carries(document, id))
        .collect();
    writer::write(document, &cuts.sorted(), kept, !numbers.footnotes.is_empty()).without(fallen)
}

/// Cuts the footnote references that go.
fn references(document: &Document, outline: &Outline, cuts: &mut Cuts) {
    for (reference, _) in document.footnotes().iter().zip(&outline.references).filter(|(_, stands)| !**stands)
    {
        cuts.remove(reference.source);
    }
}

/// Cuts what changes inside of the blocks that stand.
fn inlines(document: &Document, outline: &Outline, revisions: &[Revision], cuts: &mut Cuts) {
    let mut revisions = revisions.iter().peekable();
    for unit in outline.units.iter().filter(|unit| unit.kept) {
        for block in unit.block..document.blocks()[unit.block].next {
            if !document.blocks()[block].kind.is_leaf() {
                continue;
            }
            let revision = revisions.next_if(|revision| revision.block == block);
            if let Some(revision) = revision {
                inline::cut(document, revision, cuts);
            }
            inline::pairs(document, block, revision.map_or(&[], |revision| &revision.changes), cuts);
        }
    }
}

#[cfg(test)]
mod tests;
