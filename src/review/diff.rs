//! The redaction diff of one report: as sensitive as the source, whose banner it begins with.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};
use similar::{ChangeTag, TextDiff};

use crate::pipeline::Outcome;

/// How a diff is coloured.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    removed: Ansi,
    added: Ansi,
    head: Ansi,
}

impl Style {
    /// No colour.
    #[must_use]
    pub fn plain() -> Self {
        Self { removed: Ansi::new(), added: Ansi::new(), head: Ansi::new() }
    }

    /// Red for what goes, green for what comes.
    #[must_use]
    pub fn colored() -> Self {
        Self {
            removed: AnsiColor::Red.on_default(),
            added: AnsiColor::Green.on_default(),
            head: Ansi::new().bold(),
        }
    }
}

fn sides(outcome: &Outcome) -> (&str, &str) {
    let source = outcome.source().map_or("", |source| source.expose(source.span()));
    (source, outcome.release().map_or("", |release| release.text()))
}

/// The banner of the source, the status, and the counts of edits by category.
fn heading(outcome: &Outcome, style: &Style) -> String {
    let record = outcome.record();
    let mut out = String::new();
    let banner = record.source.banner.as_deref().unwrap_or("NO BANNER IN THE SOURCE: TREAT AS THE HIGHEST");
    let head = style.head;
    let _ = writeln!(out, "{head}{banner}{head:#}");
    let _ = write!(out, "{} for {}: {}", record.source.path, record.audience, record.status.word());
    if !outcome.reason().is_empty() {
        let _ = write!(out, ", {}", outcome.reason());
    }
    out.push('\n');
    let mut counts = std::collections::BTreeMap::new();
    for category in record.edits.iter().filter_map(|edit| edit.category) {
        *counts.entry(category).or_insert(0usize) += 1;
    }
    if !counts.is_empty() {
        let counts: Vec<String> = counts.into_iter().map(|(category, count)| format!("{category} {count}")).collect();
        let _ = writeln!(out, "edits: {}", counts.join(", "));
    }
    out
}

/// A unified diff of source and release.
#[must_use]
pub fn unified(outcome: &Outcome, style: &Style) -> String {
    let (source, release) = sides(outcome);
    let record = outcome.record();
    let mut out = heading(outcome, style);
    let diff = TextDiff::from_lines(source, release);
    let names = (format!("source/{}", record.source.path), format!("{}/{}", record.audience, record.source.path));
    let unified = diff.unified_diff().context_radius(3).header(&names.0, &names.1).to_string();
    for line in unified.split_inclusive('\n') {
        let style = match line.as_bytes().first() {
            Some(b'-') => style.removed,
            Some(b'+') => style.added,
            Some(b'@') => style.head,
            _ => Ansi::new(),
        };
        let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
        let _ = write!(out, "{style}{text}{style:#}{end}");
    }
    out
}

/// The source with what goes in `[-…-]` and what comes in `{+…+}`, word by word, as wdiff prints it.
#[must_use]
pub fn words(outcome: &Outcome, style: &Style) -> String {
    let (source, release) = sides(outcome);
    let mut out = heading(outcome, style);
    out.push('\n');
    let diff = TextDiff::from_words(source, release);
    let mut open = ChangeTag::Equal;
    let marks = |tag| match tag {
        ChangeTag::Delete => (style.removed, "[-", "-]"),
        ChangeTag::Insert => (style.added, "{+", "+}"),
        ChangeTag::Equal => (Ansi::new(), "", ""),
    };
    for change in diff.iter_all_changes() {
        if change.tag() != open {
            let (_, _, end) = marks(open);
            let (closed, _, _) = marks(open);
            let (next, start, _) = marks(change.tag());
            let _ = write!(out, "{end}{closed:#}{next}{start}");
            open = change.tag();
        }
        out.push_str(change.value());
    }
    let (style, _, end) = marks(open);
    let _ = write!(out, "{end}{style:#}");
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}
