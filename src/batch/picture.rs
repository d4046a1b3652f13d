//! `HIGH/summary.json`: a run in figures, for machines. It holds no time, so that the same run gives the same bytes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::summary::Summary;
use crate::category::Category;
use crate::review::Status;

#[derive(Serialize)]
struct Picture<'s> {
    schema: &'static str,
    reports: usize,
    bytes: u64,
    audiences: BTreeMap<&'s str, Figures>,
    /// Why reports did not go out, the most frequent reason of each status first.
    reasons: Vec<Reason<'s>>,
}

#[derive(Default, Serialize)]
struct Figures {
    released: usize,
    held: usize,
    withheld: usize,
    failed: usize,
    /// Portions that wait for a human though the rest was released.
    waiting: usize,
    /// Decisions that were not carried out.
    unapplied: usize,
    findings: BTreeMap<Category, usize>,
}

#[derive(Serialize)]
struct Reason<'s> {
    status: Status,
    reason: &'s str,
    outcomes: usize,
    /// The first report by its path.
    first: &'s str,
}

/// The figures of a run as indented JSON.
pub(super) fn json(summary: &Summary) -> String {
    let mut audiences: BTreeMap<&str, Figures> = BTreeMap::new();
    let mut reasons: BTreeMap<(Status, &str), (usize, &str)> = BTreeMap::new();
    for line in &summary.lines {
        let figures = audiences.entry(&line.audience).or_default();
        *match line.status {
            Status::Released => &mut figures.released,
            Status::Held => &mut figures.held,
            Status::Withheld => &mut figures.withheld,
            Status::Failed => &mut figures.failed,
        } += 1;
        figures.waiting += line.waiting;
        figures.unapplied += line.unapplied.len();
        for (&category, &count) in &line.findings {
            *figures.findings.entry(category).or_default() += count;
        }
        if let Some(reason) = &line.reason {
            reasons.entry((line.status, reason)).or_insert((0, &line.path)).0 += 1;
        }
    }
    let mut reasons: Vec<Reason<'_>> = reasons
        .into_iter()
        .map(|((status, reason), (outcomes, first))| Reason { status, reason, outcomes, first })
        .collect();
    reasons.sort_by_key(|reason| (reason.status, std::cmp::Reverse(reason.outcomes)));
    let picture = Picture {
        schema: "tearline.summary/1",
        reports: summary.reports,
        bytes: summary.bytes,
        audiences,
        reasons,
    };
    serde_json::to_string_pretty(&picture).expect("figures are plain data") + "\n"
}
