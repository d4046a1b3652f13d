//! The page of one report.

use std::collections::BTreeMap;

use askama::Template;

use super::card::CardPage;
use super::preview::preview;
use super::row::RowPage;
use super::{Band, Desk, assets, category, counted, written};
use crate::decisions::Target;
use crate::document::Format;
use crate::review::record::{Action, EditRecord, HeldRecord, NearRecord, PortionRecord, ReviewRecord};
use crate::review::view::View;

#[derive(Template)]
#[template(path = "report.html", config = ".askama.toml")]
struct ReportPage<'v> {
    record: &'v ReviewRecord,
    policy: String,
    style: &'static str,
    script: &'static str,
    decide: &'static str,
    source_band: Band,
    release_band: Band,
    parts: Parts,
    desk: Option<&'v Desk>,
    report: &'v str,
}

/// What stands at the top of a page and changes with each decision.
#[derive(Template)]
#[template(path = "head.html", config = ".askama.toml")]
struct HeadPage<'v> {
    record: &'v ReviewRecord,
    reason: &'v str,
    chips: Vec<Chip>,
    undecided: usize,
    desk: bool,
}

/// A category with its number of edits: a filter.
struct Chip {
    category: &'static str,
    count: usize,
}

/// The panel above the changes.
#[derive(Template)]
#[template(path = "side_top.html", config = ".askama.toml")]
struct TopPage<'v> {
    held: Vec<Held<'v>>,
    waits: usize,
    report: &'v str,
    desk: Option<&'v Desk>,
}

/// The panel below the changes.
#[derive(Template)]
#[template(path = "side_rest.html", config = ".askama.toml")]
struct RestPage<'v> {
    record: &'v ReviewRecord,
    channels: Vec<CardPage<'v>>,
    near: &'v [NearRecord],
    failed: usize,
}

/// What waits for the same reason.
struct Held<'v> {
    record: &'v HeldRecord,
    /// The portions; none for the whole report.
    portions: Vec<&'v PortionRecord>,
}

impl Held<'_> {
    /// Whether the report can be signed: then the reason names the id to sign under.
    fn is_signed_for(&self, report: &str) -> bool {
        self.portions.is_empty() && !report.is_empty() && self.record.reason.contains(report)
    }
}

/// The parts of a page that change with a decision, as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The rows, by their place; a report has the same rows whatever is decided.
    pub rows: Vec<String>,
    /// The changes in the panel, in order.
    pub cards: Vec<Card>,
    /// Status and filters.
    pub head: String,
    /// The panel above the changes.
    pub top: String,
    /// The panel below the changes.
    pub rest: String,
    /// The release as a reader sees it.
    pub preview: String,
}

/// One change in the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The id of the edit.
    pub id: String,
    /// Its HTML.
    pub html: String,
}

/// The parts of a page.
///
/// # Panics
/// Never: no template has a part that can fail.
#[must_use]
pub fn parts(view: &View<'_>, desk: Option<&Desk>) -> Parts {
    let record = view.record();
    let decides = desk.is_some();
    let preview = if view.has_release() {
        let words = preview(view.release(), Format::of_name(&record.source.path));
        format!("<div class=\"words\">{words}</div>")
    } else {
        "<p class=\"none\">There is no release.</p>".to_owned()
    };
    let card = |edit: &EditRecord| Card { id: edit.id.clone(), html: written(&CardPage::new(edit, decides)) };
    Parts {
        rows: view.rows().map(|row| written(&RowPage::new(view, row, decides))).collect(),
        cards: view.edits().filter(|edit| in_text(edit)).map(card).collect(),
        head: written(&head(view, decides)),
        top: written(&top(view, desk)),
        rest: written(&rest(view, decides)),
        preview,
    }
}

/// The page of one report; with a desk, the server's. `parts` are its parts, made by [`parts`].
///
/// # Panics
/// Never, as [`parts`].
#[must_use]
pub fn report(view: &View<'_>, parts: Parts, desk: Option<&Desk>) -> String {
    let record = view.record();
    written(&ReportPage {
        record,
        policy: assets::policy(if desk.is_some() { "'self'" } else { "'none'" }),
        style: assets::STYLE,
        script: assets::REVIEW,
        decide: assets::DECIDE,
        source_band: Band::of(record.source.banner.as_deref()),
        release_band: release_band(record),
        parts,
        desk,
        report: view.outcome().trace().map_or("", |trace| &trace.report),
    })
}

/// The page of one report as a file.
///
/// # Panics
/// Never, as [`parts`].
#[must_use]
pub fn file(view: &View<'_>) -> String {
    report(view, parts(view, None), None)
}

fn release_band(record: &ReviewRecord) -> Band {
    match &record.banner {
        Some(banner) => Band::of(Some(banner)),
        None if record.release_sha256.is_some() => Band { text: "no banner".into(), class: "level-none" },
        None => Band { text: "no release".into(), class: "level-none" },
    }
}

fn head<'v>(view: &View<'v>, desk: bool) -> HeadPage<'v> {
    let record = view.record();
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for edit in view.edits() {
        *counts.entry(category(edit.category)).or_default() += 1;
    }
    let mut chips: Vec<Chip> = counts.into_iter().map(|(category, count)| Chip { category, count }).collect();
    chips.sort_by(|a, b| b.count.cmp(&a.count).then(a.category.cmp(b.category)));
    let undecided = record.edits.iter().filter(|edit| in_text(edit) && edit.decision == "auto").count();
    HeadPage { record, reason: view.outcome().reason(), chips, undecided, desk }
}

/// Whether an edit changes text that a reader sees, rather than a hidden channel or a line of form.
fn in_text(edit: &EditRecord) -> bool {
    edit.action != Action::Drop
}

fn top<'v>(view: &View<'v>, desk: Option<&'v Desk>) -> TopPage<'v> {
    let record = view.record();
    let mut held: Vec<Held<'v>> = Vec::new();
    for waits in &record.held {
        let portion = record.portions.iter().find(|portion| Some(&portion.id) == waits.portion.as_ref());
        let same = |held: &&mut Held<'v>| {
            held.record.reason == waits.reason
                && held.record.needs == waits.needs
                && held.record.portion.is_some() == waits.portion.is_some()
        };
        match held.iter_mut().find(same) {
            Some(held) => held.portions.extend(portion),
            None => held.push(Held { record: waits, portions: portion.into_iter().collect() }),
        }
    }
    let report = view.outcome().trace().map_or("", |trace| &trace.report);
    TopPage { held, waits: record.held.len(), report, desk }
}

fn rest<'v>(view: &View<'v>, desk: bool) -> RestPage<'v> {
    let record = view.record();
    RestPage {
        record,
        channels: view.edits().filter(|e| !in_text(e)).map(|edit| CardPage::new(edit, desk)).collect(),
        near: &record.kept_near,
        failed: record.checks.iter().filter(|check| !check.ok).count(),
    }
}

impl RestPage<'_> {
    fn checks(&self) -> String {
        match (self.record.checks.len(), self.failed) {
            (0, _) => "The gate was not asked.".to_owned(),
            (all, 0) => format!("All {all} checks passed."),
            (all, failed) => format!("{} of {all} failed.", counted(failed, "check", "checks")),
        }
    }
}
