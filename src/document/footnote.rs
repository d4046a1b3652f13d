//! Footnotes: labels and what they refer to.

use super::BlockKind;
use super::builder::Builder;
use crate::text::{Source, Span};

/// Whether a footnote label tells nothing but its number.
pub(super) fn is_plain_number(label: &str) -> bool {
    (1..=3).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_digit())
}

/// Ties each reference to the first definition of its label.
pub(super) fn resolve(builder: &mut Builder<'_>) {
    if builder.footnotes.is_empty() {
        return;
    }
    let text = builder.text;
    let label = |span: Span<Source>| {
        let inner = &text[span.range()];
        let end = inner.find(']').unwrap_or(inner.len());
        inner[2.min(end)..end].to_lowercase()
    };
    let mut definitions: Vec<(String, usize)> = builder
        .blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| block.kind == BlockKind::Footnote)
        .map(|(id, block)| (label(block.source), id))
        .collect();
    definitions.sort();
    for reference in &mut builder.footnotes {
        let label = label(reference.source);
        let at = definitions.partition_point(|(known, _)| *known < label);
        reference.definition = definitions.get(at).filter(|(known, _)| *known == label).map(|&(_, id)| id);
    }
}
