//! A run in figures: `HIGH/summary.json` for machines, `HIGH/summary.html` for people. They hold no time unless it is asked for, so that the
//! same run gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use super::summary::{ReportLine, Summary};
use crate::review::Status;
use crate::review::page::{Batch, Figures, Reason, Slow};

/// The figures of a run while its reports are gone through in the order of their paths.
#[derive(Debug, Default)]
pub(super) struct Picture {
    audiences: BTreeMap<String, Figures>,
    reasons: BTreeMap<Status, BTreeMap<String, Concerned>>,
    banners: BTreeSet<Option<String>>,
}

/// What a reason concerns.
#[derive(Debug)]
struct Concerned {
    reports: usize,
    outcomes: usize,
    /// The first report and its audience.
    first: (String, String),
    /// The last report.
    last: String,
}

impl Picture {
    /// Takes what became of the next report for an audience.
    pub(super) fn add(&mut self, line: &ReportLine) {
        if !self.audiences.contains_key(&line.audience) {
            self.audiences.insert(line.audience.clone(), Figures::default());
        }
        if let Some(figures) = self.audiences.get_mut(&line.audience) {
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
            figures.retention = retention(figures.kept, figures.bytes);
            for (&category, &count) in &line.findings {
                *figures.findings.entry(category).or_default() += count;
            }
        }
        if let Some(reason) = &line.reason {
            let concerned = self.reasons.entry(line.status).or_default();
            let concerned = concerned.entry(without_ids(reason)).or_insert_with(|| Concerned {
                reports: 0,
                outcomes: 0,
                first: (line.path.clone(), line.audience.clone()),
                last: String::new(),
            });
            concerned.outcomes += 1;
            if concerned.last != line.path {
                concerned.reports += 1;
                concerned.last.clone_from(&line.path);
            }
        }
        if !self.banners.contains(&line.banner) {
            self.banners.insert(line.banner.clone());
        }
    }

    /// The figures, with those of the whole run.
    pub(super) fn batch<'s>(&'s self, summary: &'s Summary) -> Batch<'s> {
        let of_status = |(&status, reasons): (&Status, &'s BTreeMap<String, Concerned>)| {
            reasons.iter().map(move |(reason, concerned)| Reason {
                status,
                reason,
                reports: concerned.reports,
                outcomes: concerned.outcomes,
                first: &concerned.first.0,
                audience: &concerned.first.1,
            })
        };
        let mut reasons: Vec<Reason<'_>> = self.reasons.iter().flat_map(of_status).collect();
        reasons.sort_by_key(|reason| (reason.status, std::cmp::Reverse(reason.outcomes)));
        let slowest = summary.slowest.iter();
        Batch {
            schema: "tearline.summary/1",
            reports: summary.reports,
            bytes: summary.bytes,
            audiences: self.audiences.iter().map(|(name, figures)| (name.as_str(), figures)).collect(),
            reasons,
            slowest: slowest
                .map(|slow| Slow { path: &slow.path, bytes: slow.bytes, seconds: slow.time.as_secs_f64() })
                .collect(),
            banners: self.banners.iter().map(Option::as_deref).collect(),
        }
    }
}

/// To four digits.
fn retention(kept: usize, bytes: usize) -> Option<f64> {
    let parts = u32::try_from((kept as u128 * 10_000).checked_div(bytes as u128)?).ok()?;
    Some(f64::from(parts) / 10_000.0)
}

/// A reason as other reports have it too: the id under which this one is signed stands in the manifest.
fn without_ids(reason: &str) -> String {
    let is_id = |id: &str| id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let word = |word| match str::strip_prefix(word, "report-") {
        Some(id) if is_id(id) => "report-…",
        _ => word,
    };
    reason.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The figures as indented JSON.
pub(super) fn json(batch: &Batch<'_>) -> String {
    serde_json::to_string_pretty(batch).expect("figures are plain data") + "\n"
}
