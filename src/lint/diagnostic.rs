//! One finding of `check`: what every format is made from.
//!
//! A diagnostic names place, rule and category and holds no word of the report but where its type says so
//! ([`SourceText`]), so that a format that goes to a log cannot print one.

use super::catalog::{Lint, Severity};
use crate::category::Category;
use crate::text::{Position, Source, SourceText, Span};

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule of `check`.
    pub lint: Lint,
    /// How much it weighs, as configured.
    pub severity: Severity,
    /// Where it stands.
    pub place: Place,
    /// What is wrong here, without any word of the report.
    pub message: String,
    /// What to do about it here; what the rule says in general stands in the catalog.
    pub help: Option<String>,
    /// The detection rule behind it.
    pub detection: Option<String>,
    /// What the words reveal.
    pub category: Option<Category>,
    /// Other places that bear on it, each with what they are.
    pub related: Vec<(Place, &'static str)>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// What the portion could say instead. High side.
    pub proposal: Option<SourceText>,
    /// The keyed fingerprint, when a key is at hand.
    pub fingerprint: Option<String>,
    /// Why it does not count.
    pub suppressed: Option<Suppressed>,
}

/// A place in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The bytes.
    pub span: Span<Source>,
    /// Where they start.
    pub start: Position,
    /// Where they end: one past the last character.
    pub end: Position,
}

/// A change to the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The bytes that go.
    pub span: Span<Source>,
    /// Where they start.
    pub start: Position,
    /// Where they end.
    pub end: Position,
    /// What stands in their place.
    pub text: SourceText,
    /// Whether it changes form alone, so that `--fix` makes it.
    pub safe: bool,
    /// Whether the text is made of registered words alone, so that a log may show it.
    pub public: bool,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppressed {
    /// By a comment in the draft.
    Inline {
        /// The comment's reason.
        reason: String,
        /// Where the comment stands.
        place: Place,
    },
    /// By an entry of the baseline.
    Baseline {
        /// The entry's reason.
        reason: String,
        /// Who took it in.
        author: String,
    },
}

impl Diagnostic {
    pub(super) fn new(lint: Lint, place: Place, message: String) -> Self {
        Self {
            lint,
            severity: Severity::Error,
            place,
            message,
            help: None,
            detection: None,
            category: None,
            related: Vec::new(),
            fix: None,
            proposal: None,
            fingerprint: None,
            suppressed: None,
        }
    }

    /// Whether it counts.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.suppressed.is_none()
    }
}

/// One report with its findings, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The path as it is shown.
    pub path: String,
    /// The report. High side.
    pub source: SourceText,
    /// The findings, suppressed ones included.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// The findings that count.
    pub fn active(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.is_active())
    }
}
