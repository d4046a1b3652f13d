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
    /// How many outcomes have a reason, and the first report that has it.
    reasons: BTreeMap<Status, BTreeMap<String, (usize, String)>>,
    banners: BTreeSet<Option<String>>,
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
            for (&category, &count) in &line.findings {
                *figures.findings.entry(category).or_default() += count;
            }
        }
        if let Some(reason) = &line.reason {
            let reasons = self.reasons.entry(line.status).or_default();
            match reasons.get_mut(reason) {
                Some((outcomes, _)) => *outcomes += 1,
                None => {
                    reasons.insert(reason.clone(), (1, line.path.clone()));
                }
            }
        }
        if !self.banners.contains(&line.banner) {
            self.banners.insert(line.banner.clone());
        }
    }

    /// The figures, with those of the whole run.
    pub(super) fn batch<'s>(&'s self, summary: &'s Summary) -> Batch<'s> {
        let of_status = |(&status, reasons): (&Status, &'s BTreeMap<String, (usize, String)>)| {
            let reason = move |(reason, (outcomes, first)): (&'s String, &'s (usize, String))| Reason {
                status,
                reason,
                outcomes: *outcomes,
                first,
            };
            reasons.iter().map(reason)
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

/// The figures as indented JSON.
pub(super) fn json(batch: &Batch<'_>) -> String {
    serde_json::to_string_pretty(batch).expect("figures are plain data") + "\n"
}
