//! One row of a page: some lines of the source, and what stands of them.

use askama::Template;

use super::category;
use crate::review::record::{EditRecord, HeldRecord, PortionRecord};
use crate::review::view::{Fate, Row, Run, RunKind, View};

#[derive(Template)]
#[template(path = "row.html", config = ".askama.toml")]
pub(super) struct RowPage<'v> {
    number: usize,
    line: usize,
    fate: &'static str,
    portions: Vec<PortionPage<'v>>,
    source: Vec<RunPage<'v>>,
    release: Vec<RunPage<'v>>,
    /// The first words, for the fold of a row that does not stand.
    opening: String,
    desk: bool,
}

/// A portion as its row shows it.
struct PortionPage<'v> {
    record: &'v PortionRecord,
    mark: &'v str,
    stands: bool,
    held: Option<&'v HeldRecord>,
    by: Option<String>,
}

/// A run of text as an element.
struct RunPage<'v> {
    text: &'v str,
    start: usize,
    edit: Option<&'v EditRecord>,
    category: &'static str,
    kind: &'static str,
}

impl<'v> RowPage<'v> {
    pub(super) fn new(view: &'v View<'_>, row: Row<'v>, desk: bool) -> Self {
        let run = |run: Run<'v>| {
            let edit = match run.kind {
                RunKind::Cut(index) | RunKind::Put(index) => view.record().edits.get(index),
                RunKind::Kept | RunKind::Gone | RunKind::Made => None,
            };
            let kind = match run.kind {
                RunKind::Kept => "kept",
                RunKind::Gone => "gone",
                RunKind::Cut(_) if edit.is_some_and(|edit| edit.decision == "rejected") => "let",
                RunKind::Cut(_) => "cut",
                RunKind::Put(_) => "put",
                RunKind::Made => "made",
            };
            RunPage {
                text: run.text,
                start: run.start,
                edit,
                category: category(edit.and_then(|e| e.category)),
                kind,
            }
        };
        let traced = view.outcome().trace().map_or(&[][..], |trace| &trace.portions);
        let portions = row.portions.iter().map(|record| {
            let traced = traced.iter().find(|traced| traced.id == record.id);
            PortionPage {
                record,
                mark: record.mark.as_deref().unwrap_or("no mark"),
                stands: traced.is_some_and(|traced| traced.stands),
                held: view.record().held.iter().find(|held| held.portion.as_ref() == Some(&record.id)),
                by: traced.and_then(|traced| traced.by.clone()),
            }
        });
        let portions: Vec<PortionPage<'v>> = portions.collect();
        let source: Vec<RunPage<'v>> = row.source.into_iter().map(run).collect();
        let fate = match row.fate {
            _ if portions.is_empty() => "form",
            Fate::Same => "same",
            Fate::Changed => "changed",
            Fate::Gone if portions.iter().any(|portion| portion.held.is_some()) => "held",
            Fate::Gone => "gone",
        };
        let words = source.iter().flat_map(|run| run.text.split_whitespace());
        let opening = words.take(20).collect::<Vec<_>>().join(" ");
        let own = portions.first().and_then(|portion| portion.record.mark.as_deref());
        let opening = match own.and_then(|mark| opening.split_once(mark)) {
            Some((_, behind)) => behind.trim().to_owned(),
            None => opening,
        };
        Self {
            number: row.number,
            line: row.line,
            fate,
            portions,
            release: row.release.into_iter().map(run).collect(),
            source,
            opening,
            desk,
        }
    }

    /// Whether the row is folded away until asked for.
    fn folded(&self) -> bool {
        matches!(self.fate, "gone" | "held")
    }
}
