//! Labelled reports as they are written: a JSON object a line.
//!
//! `{"file","banner","spans":[{"start","end","category","text"?,"portion_mark"?,"doubtful"?}],"facts":[{"start","end","text"?,
//! "portion_mark"?}]}`. Offsets are bytes of the UTF-8 source; a label's text is checked against the source when it is given.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::category::Category;
use crate::text::{Source, Span};

/// Why a gold file cannot be used. It never quotes the file.
#[derive(Debug, thiserror::Error)]
pub enum GoldError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line is no labelled report.
    #[error(
        "{path}: line {line}, column {column}: not a labelled report; expected {{\"file\",\"banner\",\"spans\",\"facts\"}}"
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
}

/// All labelled reports of a file, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gold {
    /// The reports.
    pub documents: Vec<GoldDocument>,
}

/// One labelled report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GoldDocument {
    /// Its path below the folder of sources.
    pub file: String,
    /// Its banner, for marks that refer to it.
    #[serde(default)]
    pub banner: String,
    /// What reveals.
    pub spans: Vec<GoldSpan>,
    /// What must stay.
    #[serde(default)]
    pub facts: Vec<GoldFact>,
}

/// A span that reveals.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GoldSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it reveals.
    pub category: Category,
    /// Its words.
    #[serde(default)]
    pub text: Option<String>,
    /// The mark of its portion; the last mark before it when that is missing or empty. `AUTHORITY` and `SIGNATURE` are no
    /// portions: nothing of them may stand.
    #[serde(default)]
    pub portion_mark: Option<String>,
    /// Whether the annotators did not agree; counted apart.
    #[serde(default)]
    pub doubtful: bool,
}

/// A run of words that must stay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GoldFact {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Its words.
    #[serde(default)]
    pub text: Option<String>,
    /// The mark of its portion; the last mark before it when that is missing or empty.
    #[serde(default)]
    pub portion_mark: Option<String>,
}

impl Gold {
    /// Reads a file of labelled reports; blank lines are passed over.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is not as expected.
    pub fn read(path: &Path) -> Result<Self, GoldError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| GoldError::Io { path: path.to_owned(), source })?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let documents = lines
            .map(|(at, line)| {
                serde_json::from_str(line).map_err(|error| GoldError::Line {
                    path: path.to_owned(),
                    line: at + 1,
                    column: error.column(),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { documents })
    }

    /// The reports whose path starts so.
    #[must_use]
    pub fn only(mut self, prefix: &str) -> Self {
        self.documents.retain(|document| document.file.starts_with(prefix));
        self
    }
}

impl GoldDocument {
    /// The first byte of a label that does not fit the source.
    pub(super) fn misfit(&self, source: &str) -> Option<usize> {
        let spans = self.spans.iter().map(|span| (span.start, span.end, &span.text));
        let facts = self.facts.iter().map(|fact| (fact.start, fact.end, &fact.text));
        spans
            .chain(facts)
            .find(|&(start, end, text)| {
                let words = source.get(start..end);
                words.is_none() || text.as_deref().is_some_and(|text| words != Some(text))
            })
            .map(|(start, ..)| start)
    }
}

impl GoldSpan {
    pub(super) fn span(&self) -> Span<Source> {
        Span::new(self.start, self.end)
    }
}

impl GoldFact {
    pub(super) fn span(&self) -> Span<Source> {
        Span::new(self.start, self.end)
    }
}
