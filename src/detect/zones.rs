//! What of the visible text is read, and where a sentence cannot go on: portion bodies, cut at lines that start a
//! field or stand in a code block.

use std::ops::Range;

use super::reading::Reading;
use super::statistical::features::Context;
use crate::document::{Document, PortionId, PortionKind, SegmentKind};
use crate::rules::RuleSet;

/// The longest label of a field, in bytes.
const LONGEST_LABEL: usize = 40;

/// A report as the rules read it.
pub(crate) fn read<'v>(document: &Document, rules: &'v RuleSet) -> Reading<'v> {
    let reading = Reading::new(document.visible(), zones(document), &rules.vocabulary);
    // Only the local terms ask for them.
    if rules.terms.is_some() { reading.with_seams(seams(document)) } else { reading }
}

/// The zones of a report, in order.
pub(crate) fn zones(document: &Document) -> Vec<Range<usize>> {
    zones_of_portions(document).map(|(_, zone)| zone).collect()
}

/// The zones of a report, in order, each with its portion.
pub(crate) fn zones_of_portions(document: &Document) -> impl Iterator<Item = (PortionId, Range<usize>)> {
    document.portions().iter().enumerate().flat_map(|(id, portion)| {
        let body = portion.body.range();
        let text = document.text(portion.body);
        let ends = text
            .match_indices('\n')
            .map(|(at, _)| at)
            .filter(move |at| portion.kind == PortionKind::Code || starts_field(&text[at + 1..]));
        let mut start = 0;
        ends.chain([text.len()]).map(move |end| {
            let zone = body.start + start..body.start + end;
            start = end + 1;
            (id, zone)
        })
    })
}

/// Where markup or something hidden stands between two characters that a reader sees side by side, in order.
fn seams(document: &Document) -> Vec<usize> {
    let segments = document.segments().iter();
    let mut seams: Vec<usize> = segments
        .filter(|segment| !matches!(segment.kind, SegmentKind::Visible(_)))
        .map(|segment| segment.visible.start())
        .collect();
    seams.dedup();
    seams
}

/// What the marks say of each portion's body, in order.
pub(crate) fn contexts(document: &Document) -> Vec<(Range<usize>, Context)> {
    let portions = document.portions();
    let context = |id: usize| {
        let mark = portions[document.marked(id)].mark;
        mark.map_or_else(Context::default, |mark| Context::of_mark(document.text(mark.visible)))
    };
    portions.iter().enumerate().map(|(id, portion)| (portion.body.range(), context(id))).collect()
}

/// "SUBJ: ...", "Derived from: ...": a capital, and a colon within few words.
fn starts_field(line: &str) -> bool {
    let line = line.split('\n').next().unwrap_or_default().trim_start();
    line.starts_with(|c: char| c.is_uppercase())
        && line.find(':').is_some_and(|colon| {
            colon <= LONGEST_LABEL
                && line[..colon]
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '/' | '-' | '.' | '(' | ')'))
                && line[..colon].split(' ').count() <= 4
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_from_sentences() {
        assert!(starts_field("SUBJ: Plan to sail"));
        assert!(starts_field("Field No.: 3"));
        assert!(!starts_field("The men will wait there, as one said: now"));
        assert!(!starts_field("and so on: x"));
    }
}
