//! The release is built like the report: every portion of it is one portion of the report and of its kind, every cell of a table
//! stands in one column, a closed code block is closed, and there is no gap in the numbers, empty item or
//! footnote with one end that the report has not.

use std::collections::{BTreeMap, BTreeSet};

use super::{Faults, Subject, output};
use crate::document::{BlockKind, Document, PortionId, PortionKind};
use crate::text::{Output, Span, Visible};
use crate::verify::Report;
use crate::verify::structure::Defects;

pub(in crate::verify) fn structure(subject: &Subject<'_>, faults: &mut Faults) {
    let Some(report) = &subject.gate.report else { return };
    for (what, place) in Defects::of(subject.document).beside_headings().beyond(&Defects::of(report.document))
    {
        faults.wrong(what, Some(place));
    }
    let mut seen = BTreeSet::new();
    let mut columns: BTreeMap<(usize, u16), u16> = BTreeMap::new();
    for portion in subject.document.portions() {
        let roots = roots(subject, report, portion.body);
        let place = output(subject.document, portion.body);
        let mut known = roots.iter();
        let (Some(&root), None) = (known.next(), known.next()) else {
            if roots.len() > 1 {
                faults.wrong("one portion out of several", place);
            }
            continue;
        };
        if !seen.insert(root) {
            faults.wrong("several portions out of one", place);
        }
        let of = &report.document.portions()[root];
        if form(portion.kind) != form(of.kind) {
            faults.wrong("a portion of another kind than in the report", place);
        }
        let closed = |document: &Document, block| is_closed(document, block);
        if portion.kind == PortionKind::Code
            && closed(report.document, of.block)
            && !closed(subject.document, portion.block)
        {
            faults.wrong("a code block without its end", place);
        }
        let cell = |document: &Document, block: usize| match document.blocks()[block].kind {
            BlockKind::Cell { column } => Some(column),
            _ => None,
        };
        if let (Some(here), Some(there)) =
            (cell(subject.document, portion.block), cell(report.document, of.block))
            && *columns.entry((table(subject.document, portion.block), here)).or_insert(there) != there
        {
            faults.wrong("a cell in another column than in the report", place);
        }
    }
}

/// The portions of the report that the letters and digits kept in a visible span of the release come from.
fn roots(subject: &Subject<'_>, report: &Report<'_>, span: Span<Visible>) -> BTreeSet<PortionId> {
    let mut roots = BTreeSet::new();
    for run in subject.document.segments().to_source(span) {
        let run: Span<Output> = Span::new(run.start(), run.end());
        let first = subject.pieces.partition_point(|piece| piece.output.end() <= run.start());
        let pieces = subject.pieces[first..].iter().take_while(|piece| piece.output.start() < run.end());
        for piece in pieces.filter(|piece| piece.kept) {
            let (start, end) = (run.start().max(piece.output.start()), run.end().min(piece.output.end()));
            let text = subject.text.get(start..end).unwrap_or_default();
            let word = |c: char| c.is_alphanumeric();
            for at in text.find(word).into_iter().chain(text.rfind(word)) {
                let source = piece.source.start() + start + at - piece.output.start();
                let visible = report.document.segments().to_visible(source);
                roots.extend(portion_at(report.document, visible));
            }
        }
    }
    roots
}

fn portion_at(document: &Document, visible: usize) -> Option<PortionId> {
    let portions = document.portions();
    let id = portions.partition_point(|portion| portion.extent.start() <= visible).checked_sub(1)?;
    (visible < portions[id].extent.end()).then_some(id)
}

/// What a portion is, as far as it must stay so. Running text may come to stand first in its item, quote or row.
fn form(kind: PortionKind) -> &'static str {
    match kind {
        PortionKind::Heading => "heading",
        PortionKind::Code => "code",
        PortionKind::HeaderCell => "header",
        PortionKind::Row | PortionKind::Cell => "cell",
        PortionKind::Paragraph
        | PortionKind::Item
        | PortionKind::Quote
        | PortionKind::Footnote
        | PortionKind::Html
        | PortionKind::Caption => "text",
    }
}

/// The table that holds a cell.
fn table(document: &Document, cell: usize) -> usize {
    let parent = |block: usize| document.blocks()[block].parent.unwrap_or(block);
    parent(parent(cell))
}

/// Whether a code block ends with a fence, or has none.
fn is_closed(document: &Document, block: usize) -> bool {
    let block = document.blocks()[block];
    let text = document.source().expose(block.source);
    let fence = |line: &str| {
        let line = line.trim().trim_start_matches(['>', ' ', '\t']);
        line.len() >= 3 && (line.bytes().all(|b| b == b'`') || line.bytes().all(|b| b == b'~'))
    };
    block.kind != BlockKind::Code { fenced: true } || text.lines().skip(1).last().is_some_and(fence)
}
