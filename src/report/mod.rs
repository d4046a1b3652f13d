//! The findings of `check` in the formats that people and programs read, all made from one model.
//!
//! [`crate::lint::Checked`] in, a text out. `text` alone can show words of a report, and only when it is told to; every other
//! format names place, rule and category.

mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

use crate::lint::{Catalog, Checked, Diagnostic, Severity};

/// What a run found.
#[derive(Debug)]
pub struct Run<'r> {
    /// The reports, in order; a baseline with findings of its own comes last.
    pub files: &'r [Checked],
    /// Reports that could not be read, each with the reason.
    pub failed: &'r [(String, String)],
    /// What the rules say of themselves.
    pub catalog: &'r Catalog,
}

/// A format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Text,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// JUnit XML.
    Junit,
    /// A summary for a page.
    Markdown,
}

/// How text is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether in colour.
    pub color: bool,
    /// Whether with the words of the reports.
    pub show_text: bool,
    /// How many characters a line of the excerpts may have; none leaves it to the renderer.
    pub width: Option<usize>,
}

/// Writes the findings of a run in a format.
#[must_use]
pub fn render(run: &Run<'_>, format: Format, style: Style) -> String {
    match format {
        Format::Text => text::render(run, style),
        Format::Json => json::render(run),
        Format::Sarif => sarif::render(run),
        Format::Github => github::render(run),
        Format::Junit => junit::render(run),
        Format::Markdown => markdown::render(run),
    }
}

/// How many findings of each weight count, and how many do not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
struct Counts {
    files: usize,
    failed: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
}

impl Run<'_> {
    fn active(&self) -> impl Iterator<Item = (&Checked, &Diagnostic)> {
        self.files.iter().flat_map(|file| file.active().map(move |diagnostic| (file, diagnostic)))
    }

    fn counts(&self) -> Counts {
        let of = |severity| self.active().filter(|(_, diagnostic)| diagnostic.severity == severity).count();
        let all: usize = self.files.iter().map(|file| file.diagnostics.len()).sum();
        Counts {
            files: self.files.len() + self.failed.len(),
            failed: self.failed.len(),
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            notes: of(Severity::Note),
            suppressed: all - self.active().count(),
        }
    }
}

impl Counts {
    fn sentence(self) -> String {
        let of = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let mut parts = vec![of(self.errors, "error"), of(self.warnings, "warning"), of(self.notes, "note")];
        if self.suppressed > 0 {
            parts.push(format!("{} suppressed", self.suppressed));
        }
        if self.failed > 0 {
            parts.push(format!("{} not read", of(self.failed, "file")));
        }
        format!("{}: {}", of(self.files, "file"), parts.join(", "))
    }
}

/// The change that a log may show: its replacement is made of registered words.
fn public_fix(diagnostic: &Diagnostic) -> Option<(&crate::lint::Fix, &str)> {
    let fix = diagnostic.fix.as_ref().filter(|fix| fix.public)?;
    Some((fix, fix.text.expose(fix.text.span())))
}
