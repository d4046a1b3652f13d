//! The redaction diff of one report for a terminal or a comment: as sensitive as the source, whose banner it begins with.

mod markdown;
mod side_by_side;
mod unified;
mod words;

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

pub use markdown::markdown;
pub use side_by_side::side_by_side;
pub use unified::unified;
pub use words::words;

use super::view::{self, RunKind, View};

/// What is said in the place of a banner when the source has none.
pub(super) const NO_BANNER: &str = "NO BANNER IN THE SOURCE: TREAT AS THE HIGHEST";

/// How a diff is coloured.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    removed: Ansi,
    added: Ansi,
    head: Ansi,
    gone: Ansi,
    colored: bool,
}

impl Style {
    /// No colour: what goes stands in `[-…-]`, what comes in `{+…+}`.
    #[must_use]
    pub fn plain() -> Self {
        let none = Ansi::new();
        Self { removed: none, added: none, head: none, gone: none, colored: false }
    }

    /// Red for what goes, green for what comes.
    #[must_use]
    pub fn colored() -> Self {
        Self {
            removed: AnsiColor::Red.on_default(),
            added: AnsiColor::Green.on_default(),
            head: Ansi::new().bold(),
            gone: AnsiColor::Red.on_default().dimmed(),
            colored: true,
        }
    }

    /// The style of a run and the signs around it when there is no colour.
    fn run(&self, kind: RunKind) -> (Ansi, &'static str, &'static str) {
        let (style, open, close) = match kind {
            RunKind::Kept => return (Ansi::new(), "", ""),
            RunKind::Gone => (self.gone, "[-", "-]"),
            RunKind::Cut(_) => (self.removed, "[-", "-]"),
            RunKind::Put(_) | RunKind::Made => (self.added, "{+", "+}"),
        };
        if self.colored { (style, "", "") } else { (style, open, close) }
    }
}

/// The edits shown, counted by category and in its order.
pub(super) fn counts(view: &View<'_>) -> Vec<(&'static str, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for category in view.edits().filter_map(|edit| edit.category) {
        *counts.entry(category).or_insert(0usize) += 1;
    }
    counts.into_iter().map(|(category, count)| (category.id(), count)).collect()
}

/// The banner of the source, the status, and the counts of edits by category.
fn heading(view: &View<'_>, style: &Style) -> String {
    let record = view.record();
    let mut out = String::new();
    let banner = record.source.banner.as_deref().unwrap_or(NO_BANNER);
    let head = style.head;
    let _ = writeln!(out, "{head}{banner}{head:#}");
    let _ = writeln!(out, "{} for {}: {}", record.source.path, record.audience, view::status(view.outcome()));
    let counts: Vec<String> =
        counts(view).into_iter().map(|(category, count)| format!("{category} {count}")).collect();
    if !counts.is_empty() {
        let _ = writeln!(out, "edits: {}", counts.join(", "));
    }
    out
}
