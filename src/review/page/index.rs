//! The index of a batch for one audience.

use std::collections::BTreeMap;

use askama::Template;

use super::{Band, Desk, assets, written};
use crate::category::Category;
use crate::marking;
use crate::pipeline::Outcome;
use crate::review::record::Status;
use crate::review::trace::Trace;

/// One report in the index: no text of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct IndexLine {
    path: String,
    status: Status,
    reason: String,
    source_banner: Option<String>,
    banner: Option<String>,
    findings: BTreeMap<Category, usize>,
    edits: usize,
    decided: usize,
    waiting: usize,
    /// Source bytes that stand, of so many.
    kept: usize,
    bytes: usize,
}

impl IndexLine {
    /// The line of one report.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        let record = outcome.record();
        let mut findings: BTreeMap<Category, usize> = BTreeMap::new();
        for category in record.edits.iter().filter_map(|edit| edit.category) {
            *findings.entry(category).or_default() += 1;
        }
        Self {
            path: record.source.path.clone(),
            status: record.status,
            reason: outcome.reason().to_owned(),
            source_banner: record.source.banner.clone(),
            banner: record.banner.clone(),
            edits: record.edits.len(),
            decided: record.edits.iter().filter(|edit| edit.decision != "auto").count(),
            findings,
            waiting: record.held.iter().filter(|held| held.portion.is_some()).count(),
            kept: if outcome.release().is_some() { outcome.trace().map_or(0, Trace::kept) } else { 0 },
            bytes: outcome.source().map_or(0, crate::text::SourceText::len),
        }
    }

    /// Percent of the source that stands.
    fn retention(&self) -> usize {
        (self.kept * 100).checked_div(self.bytes).unwrap_or(0)
    }

    /// Held first, then what waits in part, then the rest.
    fn urgency(&self) -> u8 {
        match self.status {
            Status::Held => 0,
            Status::Failed => 1,
            Status::Released if self.waiting > 0 => 2,
            Status::Withheld => 3,
            Status::Released => 4,
        }
    }

    fn band(&self) -> Band {
        match &self.banner {
            Some(banner) => Band::of(Some(banner)),
            None => Band { text: "–".into(), class: "level-none" },
        }
    }
}

#[derive(Template)]
#[template(path = "index.html", config = ".askama.toml")]
struct IndexPage<'l> {
    audience: &'l str,
    policy: String,
    style: &'static str,
    script: &'static str,
    band: Band,
    lines: Vec<&'l IndexLine>,
    counts: Vec<(&'static str, usize)>,
    desk: Option<&'l Desk>,
}

/// The index of a batch for one audience; with a desk, the server's. Links lead to `<path>.html` beside it.
///
/// # Panics
/// Never: no template has a part that can fail.
#[must_use]
pub fn index(audience: &str, lines: &[IndexLine], desk: Option<&Desk>) -> String {
    let mut sorted: Vec<&IndexLine> = lines.iter().collect();
    sorted.sort_by(|a, b| (a.urgency(), &a.path).cmp(&(b.urgency(), &b.path)));
    let counts = [Status::Held, Status::Failed, Status::Released, Status::Withheld]
        .map(|status| (status.word(), lines.iter().filter(|line| line.status == status).count()));
    written(&IndexPage {
        audience,
        policy: assets::policy(if desk.is_some() { "'self'" } else { "'none'" }),
        style: assets::STYLE,
        script: assets::REVIEW,
        band: highest(&lines.iter().map(|line| line.source_banner.as_deref()).collect::<Vec<_>>()),
        lines: sorted,
        counts: counts.to_vec(),
        desk,
    })
}

/// The band of the page: the highest of all sources, by their banners, since the page tells of them all.
pub(super) fn highest(banners: &[Option<&str>]) -> Band {
    if banners.is_empty() {
        return Band { text: "no reports".into(), class: "level-none" };
    }
    let banners: Option<Vec<&str>> = banners.iter().copied().collect();
    let Some(banners) = banners else { return Band::of(None) };
    let markings = banners.iter().map(|banner| marking::parse_lenient(banner).reading.marking);
    let joined = markings.reduce(|a, b| a.join(&b)).map(|marking| marking.banner());
    Band::of(joined.as_deref())
}
