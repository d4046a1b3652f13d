//! Lines, as `diff -u` prints them.

use std::fmt::Write as _;

use anstyle::Style as Ansi;
use similar::TextDiff;

use super::{Style, heading};
use crate::review::view::View;
use crate::text::LineIndex;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// A unified diff of source and release. With [`View::only`], the hunks in which a shown edit lies.
#[must_use]
pub fn unified(view: &View<'_>, style: &Style) -> String {
    let mut out = heading(view, style);
    let record = view.record();
    let diff = TextDiff::from_lines(view.source(), view.release());
    let lines = LineIndex::new(view.source());
    let places: Vec<usize> =
        view.edits().map(|edit| lines.position(view.source(), edit.start).line - 1).collect();
    let shown = |from: usize, to: usize| {
        view.categories().is_empty() || places.iter().any(|line| (from..to).contains(line))
    };
    let mut unified = diff.unified_diff();
    unified.context_radius(if view.categories().is_empty() { CONTEXT } else { 0 });
    let hunks: Vec<_> = unified
        .iter_hunks()
        .filter(|hunk| {
            let from = hunk.ops().first().map_or(0, |op| op.old_range().start);
            let to = hunk.ops().last().map_or(0, |op| op.old_range().end);
            shown(from, to)
        })
        .collect();
    if hunks.is_empty() {
        return out;
    }
    let _ =
        writeln!(out, "--- source/{}\n+++ {}/{}", record.source.path, record.audience, record.source.path);
    for hunk in hunks {
        for line in hunk.to_string().split_inclusive('\n') {
            let style = match line.as_bytes().first() {
                Some(b'-') => style.removed,
                Some(b'+') => style.added,
                Some(b'@') => style.head,
                _ => Ansi::new(),
            };
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
            let _ = write!(out, "{style}{text}{style:#}{end}");
        }
    }
    out
}
