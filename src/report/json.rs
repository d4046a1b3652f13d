//! One JSON object with every finding, suppressed ones included.

use serde::Serialize;

use super::{Counts, Run, public_fix};
use crate::category::Category;
use crate::lint::{Checked, Diagnostic, Place, Severity, Suppressed};
use crate::text::Position;

/// The name of the format.
const SCHEMA: &str = "tearline.check/1";

#[derive(Serialize)]
struct Log<'r> {
    schema: &'static str,
    version: &'static str,
    summary: Counts,
    diagnostics: Vec<Entry<'r>>,
    failed: Vec<Failed<'r>>,
}

#[derive(Serialize)]
struct Failed<'r> {
    path: &'r str,
    reason: &'r str,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Serialize)]
struct Entry<'r> {
    path: &'r str,
    rule: &'static str,
    family: &'static str,
    severity: Severity,
    message: &'r str,
    help: &'r str,
    start: Point,
    end: Point,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detection: Option<&'r str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Change<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Quiet<'r>>,
}

#[derive(Serialize)]
struct Related {
    message: &'static str,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Change<'r> {
    safe: bool,
    start: Point,
    end: Point,
    text: &'r str,
}

#[derive(Serialize)]
struct Quiet<'r> {
    by: &'static str,
    reason: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

pub(super) fn render(run: &Run<'_>) -> String {
    let entries = run.files.iter().flat_map(|file| file.diagnostics.iter().map(move |d| (file, d)));
    let log = Log {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        summary: run.counts(),
        diagnostics: entries.map(|(file, diagnostic)| entry(run, file, diagnostic)).collect(),
        failed: run.failed.iter().map(|(path, reason)| Failed { path, reason }).collect(),
    };
    serde_json::to_string_pretty(&log).expect("a log is plain data") + "\n"
}

fn entry<'r>(run: &'r Run<'_>, file: &'r Checked, diagnostic: &'r Diagnostic) -> Entry<'r> {
    let related = diagnostic.related.iter().map(|&(Place { start, end, .. }, message)| Related {
        message,
        start: point(start),
        end: point(end),
    });
    Entry {
        path: &file.path,
        rule: diagnostic.lint.id(),
        family: diagnostic.lint.family(),
        severity: diagnostic.severity,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref().unwrap_or(&run.catalog.rule(diagnostic.lint).fix),
        start: point(diagnostic.place.start),
        end: point(diagnostic.place.end),
        category: diagnostic.category,
        detection: diagnostic.detection.as_deref(),
        related: related.collect(),
        fix: public_fix(diagnostic).map(|(fix, text)| Change {
            safe: fix.safe,
            start: point(fix.start),
            end: point(fix.end),
            text,
        }),
        fingerprint: diagnostic.fingerprint.as_deref(),
        suppressed: diagnostic.suppressed.as_ref().map(quiet),
    }
}

fn point(position: Position) -> Point {
    Point { line: position.line, column: position.column, byte: position.byte }
}

fn quiet(suppressed: &Suppressed) -> Quiet<'_> {
    match suppressed {
        Suppressed::Inline { reason, place } => {
            Quiet { by: "inline", reason, author: None, line: Some(place.start.line) }
        }
        Suppressed::Baseline { reason, author } => {
            Quiet { by: "baseline", reason, author: Some(author), line: None }
        }
    }
}
