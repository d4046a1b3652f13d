//! A run in figures: `HIGH/summary.json` for machines, `HIGH/summary.html` for people. They hold no time unless it is asked for, so that the
//! same run gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use super::summary::Summary;
use crate::review::Status;
use crate::review::page::{Batch, Figures, Reason, Slow};

/// The figures of a run.
pub(super) fn of(summary: &Summary) -> Batch<'_> {
    let mut audiences: BTreeMap<&str, Figures> = BTreeMap::new();
    let mut reasons: BTreeMap<(Status, &str), (usize, &str)> = BTreeMap::new();
    let mut banners = BTreeSet::new();
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
        figures.bytes += line.bytes;
        figures.kept += line.kept;
        for (&category, &count) in &line.findings {
            *figures.findings.entry(category).or_default() += count;
        }
        if let Some(reason) = &line.reason {
            reasons.entry((line.status, reason)).or_insert((0, &line.path)).0 += 1;
        }
        banners.insert(line.banner.as_deref());
    }
    let mut reasons: Vec<Reason<'_>> = reasons
        .into_iter()
        .map(|((status, reason), (outcomes, first))| Reason { status, reason, outcomes, first })
        .collect();
    reasons.sort_by_key(|reason| (reason.status, std::cmp::Reverse(reason.outcomes)));
    let slowest = summary.slowest.iter();
    Batch {
        schema: "tearline.summary/1",
        reports: summary.reports,
        bytes: summary.bytes,
        audiences,
        reasons,
        slowest: slowest
            .map(|slow| Slow { path: &slow.path, bytes: slow.bytes, seconds: slow.time.as_secs_f64() })
            .collect(),
        banners: banners.into_iter().collect(),
    }
}

/// The figures as indented JSON.
pub(super) fn json(batch: &Batch<'_>) -> String {
    serde_json::to_string_pretty(batch).expect("figures are plain data") + "\n"
}
