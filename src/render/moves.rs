//! Items that move: where a marker's own line went but more of its item stands.
//!
//! An item whose first text went keeps its marker for the next one that stands. When that is a list inside of it, the
//! item dissolves: the inner items take its place and its marker.

use std::collections::BTreeMap;

use super::outline::Outline;
use crate::document::{Block, BlockId, BlockKind};

/// What becomes of an item or footnote that does not stand as it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    /// The item whose marker and indentation it takes: itself, or one around it that dissolved.
    pub(super) target: BlockId,
    /// The unit, by its index, whose first line gets the marker; none when the item itself dissolves.
    pub(super) first: Option<usize>,
}

/// The items and footnotes that move, by block.
pub(super) fn moves(blocks: &[Block], outline: &Outline) -> BTreeMap<BlockId, Move> {
    let mut moves: BTreeMap<BlockId, Move> = BTreeMap::new();
    for (id, block) in blocks.iter().enumerate() {
        if !matches!(block.kind, BlockKind::Item | BlockKind::Footnote) {
            continue;
        }
        let range = outline.units_in(id..block.next);
        let start = range.start;
        let Some(first) = range.clone().find(|&index| outline.units[index].kept) else { continue };
        let holder = block.parent.and_then(|list| blocks[list].parent);
        let dissolved = holder.and_then(|holder| moves.get(&holder)).filter(|holder| holder.first.is_none());
        let target = match dissolved {
            Some(holder) if block.kind == BlockKind::Item => holder.target,
            _ => id,
        };
        if first == start && target == id {
            continue;
        }
        let inner = child(blocks, id, outline.units[first].block);
        let dissolves = block.kind == BlockKind::Item
            && first != start
            && inner.is_some_and(|inner| matches!(blocks[inner].kind, BlockKind::List { .. }));
        moves.insert(id, Move { target, first: (!dissolves).then_some(first) });
    }
    moves
}

/// The child of `id` that holds `block`; none when it is that block itself.
fn child(blocks: &[Block], id: BlockId, block: BlockId) -> Option<BlockId> {
    let mut at = id + 1;
    while blocks.get(at)?.next <= block {
        at = blocks[at].next;
    }
    (at <= block).then_some(at)
}
