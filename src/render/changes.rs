//! The visible changes of each block that stands: dropped portions, edits, marks, furniture, numbers.

use super::outline::{FurnitureFate, Outline};
use super::tidy::{Change, tidy};
use crate::decide::{Plan, PortionFate};
use crate::document::{BlockId, BlockKind, Document, Furniture, Hidden, SegmentKind};
use crate::text::{Span, Visible};

/// The changes of one leaf block, in order, without overlap.
#[derive(Debug)]
pub(super) struct Revision {
    pub(super) block: BlockId,
    pub(super) changes: Vec<Change>,
}

/// Gathers the changes of all leaf blocks that stand and change; `numbers` are new paragraph numbers, in order.
pub(super) fn gather(
    document: &Document,
    plan: &Plan,
    outline: &Outline,
    numbers: &[Change],
) -> Vec<Revision> {
    let mut revisions = Vec::new();
    for unit in outline.units.iter().filter(|unit| unit.kept) {
        let next = document.blocks()[unit.block].next;
        for id in (unit.block..next).filter(|&id| document.blocks()[id].kind.is_leaf()) {
            let mut changes = portions(document, plan, outline, id, numbers);
            furniture(document, plan, outline, id, &mut changes);
            seams(document, outline, id, &mut changes);
            if changes.is_empty() {
                continue;
            }
            changes.sort_by_key(|change| (change.span.start(), change.span.end()));
            let block = document.blocks()[id].visible;
            let marks: Vec<usize> = portions_in(document, id)
                .filter_map(|i| document.portions()[i].mark)
                .map(|m| m.visible.end())
                .collect();
            let code = matches!(document.blocks()[id].kind, BlockKind::Code { .. });
            let changes = tidy(document.visible(), block, changes, &marks, code);
            if !changes.is_empty() {
                revisions.push(Revision { block: id, changes });
            }
        }
    }
    revisions
}

/// The portions of a leaf block.
pub(super) fn portions_in(document: &Document, block: BlockId) -> std::ops::Range<usize> {
    let at = |id| document.portions().partition_point(|portion| portion.block < id);
    at(block)..at(block + 1)
}

fn within<T>(items: &[T], span: Span<Visible>, place: impl Fn(&T) -> Span<Visible>) -> &[T] {
    let from = items.partition_point(|item| place(item).start() < span.start());
    let to = items.partition_point(|item| place(item).start() < span.end());
    &items[from..to.max(from)]
}

fn portions(
    document: &Document,
    plan: &Plan,
    outline: &Outline,
    block: BlockId,
    numbers: &[Change],
) -> Vec<Change> {
    let mut changes = Vec::new();
    for index in portions_in(document, block) {
        let portion = &document.portions()[index];
        if !outline.portions[index] {
            changes.push(Change::remove(portion.extent));
            continue;
        }
        if let PortionFate::Remark(mark) = &plan.portions[index] {
            match portion.mark {
                Some(old) if document.text(old.visible) == mark.text() => {}
                Some(old) => {
                    changes.push(Change { span: old.visible, text: mark.text().to_owned(), in_place: true });
                }
                None => {
                    let start = portion.extent.start();
                    changes.push(Change::replace(Span::new(start, start), &format!("{} ", mark.text())));
                }
            }
            changes.extend(portion.closing.map(|closing| Change::remove(closing.visible)));
        }
        let edits = within(&plan.edits, portion.extent, |edit| edit.span);
        changes.extend(edits.iter().map(|edit| Change::replace(edit.span, edit.replacement.text())));
        let free = |number: &&Change| !edits.iter().any(|edit| edit.span.overlaps(number.span));
        changes.extend(within(numbers, portion.extent, |number| number.span).iter().filter(free).cloned());
    }
    changes
}

fn furniture(document: &Document, plan: &Plan, outline: &Outline, block: BlockId, changes: &mut Vec<Change>) {
    let furniture = document.furniture();
    let from = furniture.partition_point(|place| place.block < block);
    let fates = furniture[from..].iter().zip(&outline.furniture[from..]);
    for (place, fate) in fates.take_while(|(place, _)| place.block == block) {
        let (span, text) = match fate {
            FurnitureFate::Drop => (place.visible, None),
            FurnitureFate::Banner => (banner(document, plan, place), plan.banner.as_ref()),
            FurnitureFate::Authority => (place.visible, plan.authority.as_ref()),
        };
        match text {
            None => changes.push(Change::remove(span)),
            Some(text) if text.text() == document.text(span) => {}
            Some(text) => changes.push(Change { span, text: text.text().to_owned(), in_place: true }),
        }
    }
}

/// What of a banner's line the plan's banner takes the place of: the marking, and once something has gone also page numbers beside it,
/// which would tell how long the report was.
fn banner(document: &Document, plan: &Plan, place: &Furniture) -> Span<Visible> {
    let before = Span::new(place.visible.start(), place.marking.start());
    let after = Span::new(place.marking.end(), place.visible.end());
    let numbered = [before, after].iter().any(|span| document.text(*span).contains(char::is_numeric));
    if numbered && plan.portions.contains(&PortionFate::Drop) { place.visible } else { place.marking }
}

/// The places at which something hidden or a footnote reference goes: empty removals, so that what it leaves is tidied.
fn seams(document: &Document, outline: &Outline, block: BlockId, changes: &mut Vec<Change>) {
    let (source, visible) = (document.blocks()[block].source, document.blocks()[block].visible);
    let mut seam = |at: usize| {
        let at = at.clamp(visible.start(), visible.end());
        changes.push(Change::remove(Span::new(at, at)));
    };
    if visible.is_empty() {
        return;
    }
    for segment in document.segments().within(source) {
        match segment.kind {
            // A label goes, but its reference stands and shows a number.
            SegmentKind::Hidden(Hidden::FootnoteLabel) => {}
            SegmentKind::Hidden(_) | SegmentKind::Unclaimed => seam(segment.visible.start()),
            SegmentKind::Visible(_) | SegmentKind::Syntax(_) => {}
        }
    }
    let footnotes = document.footnotes();
    let from = footnotes.partition_point(|reference| reference.block < block);
    for (reference, stands) in footnotes[from..].iter().zip(&outline.references[from..]) {
        if reference.block != block {
            break;
        }
        if !stands {
            seam(reference.visible);
        }
    }
}
