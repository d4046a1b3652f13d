//! A whole batch on one page: what became of the reports, for whom, and why.

use std::collections::BTreeMap;

use askama::Template;
use serde::Serialize;

use super::{Band, assets, counted, index, written};
use crate::category::Category;
use crate::review::record::Status;

/// A batch in figures: what `summary.json` holds and the page shows. No text of a report.
#[derive(Debug, Serialize)]
pub struct Batch<'s> {
    /// The schema of the JSON.
    pub schema: &'static str,
    /// Reports.
    pub reports: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The figures of each audience.
    pub audiences: BTreeMap<&'s str, &'s Figures>,
    /// Why reports did not go out, the most frequent reason of each status first.
    pub reasons: Vec<Reason<'s>>,
    /// The reports that took longest, the slowest first; none unless times were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slowest: Vec<Slow<'s>>,
    /// The banners of the sources, without repetition; `None` for a source without one.
    #[serde(skip)]
    pub banners: Vec<Option<&'s str>>,
}

/// The figures of one audience.
#[derive(Debug, Default, Serialize)]
pub struct Figures {
    /// Reports on the low side.
    pub released: usize,
    /// Reports that a human must decide first.
    pub held: usize,
    /// Reports in which nothing is releasable.
    pub withheld: usize,
    /// Reports that could not be read or processed.
    pub failed: usize,
    /// Portions that wait for a human though the rest was released.
    pub waiting: usize,
    /// Decisions that were not carried out.
    pub unapplied: usize,
    /// Bytes of the sources.
    pub bytes: usize,
    /// Bytes of the sources that stand in releases.
    pub kept: usize,
    /// Their part of all bytes of the sources, from 0 to 1; `None` without any byte.
    pub retention: Option<f64>,
    /// Edits by category.
    pub findings: BTreeMap<Category, usize>,
}

/// Why some reports did not go out.
#[derive(Debug, Serialize)]
pub struct Reason<'s> {
    /// What became of them.
    pub status: Status,
    /// Why; what differs from report to report stands as `…`.
    pub reason: &'s str,
    /// How many reports it concerns.
    pub reports: usize,
    /// How many reports and audiences it concerns.
    pub outcomes: usize,
    /// The first report by its path.
    pub first: &'s str,
    /// The first audience for which that one did not go out.
    pub audience: &'s str,
}

/// A report that took long.
#[derive(Debug, Serialize)]
pub struct Slow<'s> {
    /// The report.
    pub path: &'s str,
    /// Its bytes.
    pub bytes: u64,
    /// From its reading to the writing of its last outcome.
    pub seconds: f64,
}

/// A part of a bar, in thousandths of its length.
struct Part {
    class: &'static str,
    name: &'static str,
    count: usize,
    from: usize,
    length: usize,
}

impl Figures {
    fn statuses(&self) -> Vec<Part> {
        let counts = [
            (Status::Released, self.released),
            (Status::Held, self.held),
            (Status::Withheld, self.withheld),
            (Status::Failed, self.failed),
        ];
        let all: usize = counts.iter().map(|(_, count)| count).sum();
        let mut before = 0;
        let mut parts = Vec::new();
        for (status, count) in counts {
            let from = share(before, all, 1000);
            before += count;
            let (class, length) = (status.word(), share(before, all, 1000) - from);
            parts.push(Part { class, name: status.word(), count, from, length });
        }
        parts
    }

    fn total(&self) -> usize {
        self.released + self.held + self.withheld + self.failed
    }

    /// Percent of the sources that stand.
    fn percent_kept(&self) -> usize {
        share(self.kept, self.bytes, 100)
    }
}

/// A category: how often it was edited over all audiences, and for each of them in their order.
struct Row {
    all: Part,
    each: Vec<usize>,
}

impl Batch<'_> {
    /// Edits by category over all audiences, the most frequent first, as long as their share of the most frequent.
    fn categories(&self) -> Vec<Row> {
        let mut all: BTreeMap<Category, usize> = BTreeMap::new();
        for (&category, &count) in self.audiences.values().flat_map(|figures| &figures.findings) {
            *all.entry(category).or_default() += count;
        }
        let most = all.values().copied().max().unwrap_or(0);
        let part = |(category, count): (Category, usize)| {
            let name = category.id();
            let all = Part { class: name, name, count, from: 0, length: share(count, most, 1000) };
            let of = |figures: &&Figures| figures.findings.get(&category).copied().unwrap_or(0);
            Row { all, each: self.audiences.values().map(of).collect() }
        };
        let mut rows: Vec<Row> = all.into_iter().map(part).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.all.count));
        rows
    }
}

fn share(part: usize, whole: usize, of: usize) -> usize {
    (part * of).checked_div(whole).unwrap_or(0)
}

#[derive(Template)]
#[template(path = "summary.html", config = ".askama.toml")]
struct SummaryPage<'l> {
    batch: &'l Batch<'l>,
    policy: String,
    style: &'static str,
    script: &'static str,
    band: Band,
    categories: Vec<Row>,
    reports: String,
    /// Whether an index of each audience lies beside the page.
    indexed: bool,
}

/// The page of a batch.
///
/// # Panics
/// Never: no template has a part that can fail.
#[must_use]
pub fn summary(batch: &Batch<'_>, indexed: bool) -> String {
    written(&SummaryPage {
        batch,
        policy: assets::policy("'none'"),
        style: assets::STYLE,
        script: assets::REVIEW,
        band: index::highest(&batch.banners),
        categories: batch.categories(),
        reports: counted(batch.reports, "report", "reports"),
        indexed,
    })
}
