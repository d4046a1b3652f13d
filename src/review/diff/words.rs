//! The source with what goes in `[-…-]` and what comes in `{+…+}`, as wdiff prints it.

use std::fmt::Write as _;

use super::{Style, heading};
use crate::review::view::{Row, Run, RunKind, View};

/// Each row of the source with its changes in place.
#[must_use]
pub fn words(view: &View<'_>, style: &Style) -> String {
    let mut out = heading(view, style);
    for row in view.rows() {
        out.push('\n');
        for run in merged(&row) {
            let (style, open, close) = style.run(run.kind);
            let _ = write!(out, "{style}{open}{}{close}{style:#}", run.text);
        }
        out.push('\n');
    }
    out
}

/// The runs of both sides in one line: what comes stands behind what goes in its place.
fn merged<'v>(row: &Row<'v>) -> Vec<Run<'v>> {
    let put = row.release.iter().filter(|run| run.kind != RunKind::Kept && !run.text.is_empty());
    let mut put = put.peekable();
    let mut runs = Vec::new();
    for run in &row.source {
        let end = run.start + run.text.len();
        runs.push(*run);
        while let Some(run) = put.next_if(|put| put.start < end) {
            runs.push(*run);
        }
    }
    runs.extend(put);
    runs
}
