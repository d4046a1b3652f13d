//! The baseline: findings that were there before, taken in with a reason, an author and an end.
//!
//! One JSON object a line, sorted, so that two branches merge and the same findings give the same bytes. A finding is
//! known again by its keyed fingerprint, which holds no word of the report and does not depend on its line.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Settings;
use super::catalog::{Lint, Severity};
use super::diagnostic::{Checked, Diagnostic, Place, Suppressed};
use crate::text::{LineIndex, SourceText, Span};

/// One finding that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The report, relative to the folder of the baseline, with `/` between parts.
    pub path: String,
    /// The rule of `check`.
    pub rule: String,
    /// The keyed fingerprint of the finding.
    pub fingerprint: String,
    /// Why it stands.
    pub reason: String,
    /// Who took it in.
    pub author: String,
    /// The last day on which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {fault}; write the baseline anew with --write-baseline")]
pub struct BaselineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: String,
}

/// Entries by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    text: String,
    entries: Vec<(usize, Entry)>,
}

/// What is written with entries that are new.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Why they stand.
    pub reason: String,
    /// Who takes them in.
    pub author: String,
    /// The last day on which they count.
    pub expires: Option<Date>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When a line is no entry, or one without a reason or an author.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let mut entries = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let fault = |fault: String| BaselineError { line: at + 1, fault };
            let entry: Entry = serde_json::from_str(line).map_err(|error| fault(error.to_string()))?;
            if entry.reason.trim().is_empty() || entry.author.trim().is_empty() {
                return Err(fault("an entry has a reason and an author".into()));
            }
            entries.push((at + 1, entry));
        }
        Ok(Self { text: text.to_owned(), entries })
    }

    /// Quiets what the baseline holds. `reports` come with their paths as the baseline has them; `today` ends entries.
    /// What of the baseline has ended, or quiets nothing in the reports that were checked, is reported at its own line.
    #[must_use]
    pub fn apply(
        &self,
        path: &str,
        reports: &mut [(String, &mut Checked)],
        today: Date,
        settings: &Settings,
    ) -> Checked {
        let lines = LineIndex::new(&self.text);
        let mut own = Vec::new();
        for (line, entry) in &self.entries {
            let Some((_, report)) = reports.iter_mut().find(|(path, _)| *path == entry.path) else {
                continue;
            };
            let known = report.diagnostics.iter_mut().find(|diagnostic| {
                diagnostic.fingerprint.as_ref() == Some(&entry.fingerprint) && diagnostic.is_active()
            });
            let ended = entry.expires.is_some_and(|last| last < today);
            match known {
                Some(diagnostic) if !ended => {
                    let (reason, author) = (entry.reason.clone(), entry.author.clone());
                    diagnostic.suppressed = Some(Suppressed::Baseline { reason, author });
                }
                Some(_) => own.push((*line, Lint::BaselineExpired, "this entry has ended; mend the finding")),
                None => own.push((*line, Lint::BaselineUnused, "this entry quiets nothing; remove it")),
            }
        }
        let diagnostics = own
            .into_iter()
            .map(|(line, lint, message)| {
                let start = lines.line_start(line).unwrap_or(self.text.len());
                let end = start + self.text[start..].lines().next().unwrap_or_default().len();
                let at = |byte| lines.position(&self.text, byte);
                let place = Place { span: Span::new(start, end), start: at(start), end: at(end) };
                let mut diagnostic = Diagnostic::new(lint, place, message.to_owned());
                diagnostic.severity = settings.severities.of(lint);
                diagnostic
            })
            .filter(|diagnostic| diagnostic.severity > Severity::Off)
            .collect();
        Checked { path: path.to_owned(), source: SourceText::new(self.text.clone()), diagnostics }
    }

    /// The baseline that takes in all that is found now: entries that still hold stay as they are, others go, new ones get the
    /// terms given. Entries of reports that were not checked stay.
    #[must_use]
    pub fn renewed(&self, reports: &[(String, &Checked)], terms: &Terms) -> String {
        let mut entries: BTreeMap<(String, String), Entry> = BTreeMap::new();
        for (_, entry) in &self.entries {
            if !reports.iter().any(|(path, _)| *path == entry.path) {
                entries.insert((entry.path.clone(), entry.fingerprint.clone()), entry.clone());
            }
        }
        for (path, report) in reports {
            for diagnostic in &report.diagnostics {
                let Some(fingerprint) = &diagnostic.fingerprint else { continue };
                if matches!(diagnostic.suppressed, Some(Suppressed::Inline { .. })) {
                    continue;
                }
                let old = self.entries.iter().map(|(_, entry)| entry);
                let old = old.filter(|_| !diagnostic.is_active());
                let entry = old
                    .into_iter()
                    .find(|entry| entry.path == *path && entry.fingerprint == *fingerprint)
                    .cloned()
                    .unwrap_or_else(|| Entry {
                        path: path.clone(),
                        rule: diagnostic.lint.id().to_owned(),
                        fingerprint: fingerprint.clone(),
                        reason: terms.reason.clone(),
                        author: terms.author.clone(),
                        expires: terms.expires,
                    });
                entries.insert((path.clone(), fingerprint.clone()), entry);
            }
        }
        let mut entries: Vec<Entry> = entries.into_values().collect();
        entries.sort();
        let line = |entry: &Entry| serde_json::to_string(entry).expect("an entry is plain data") + "\n";
        entries.iter().map(line).collect()
    }
}
