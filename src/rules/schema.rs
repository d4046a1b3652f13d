//! Rules as they are written in `patterns/`: syntax, not yet checked.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::category::Category;

/// One file of rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    #[serde(default)]
    pub(crate) rule: Vec<RuleSyntax>,
}

/// The file of named shapes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShapeFile {
    pub(crate) shapes: BTreeMap<String, String>,
}

/// One rule as written. Either `shape` or `pattern` says what it finds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleSyntax {
    /// `category.what-it-catches`; never reused.
    pub(crate) id: String,
    pub(crate) category: Category,
    /// What it catches, in one line.
    pub(crate) title: String,
    /// Why that reveals a source or method.
    pub(crate) why: String,
    /// A shape over tokens.
    #[serde(default)]
    pub(crate) shape: Option<String>,
    /// A regular expression over the visible text, for identifiers. A group named `span` narrows the finding.
    #[serde(default)]
    pub(crate) pattern: Option<String>,
    /// The check that a `pattern` must pass.
    #[serde(default)]
    pub(crate) valid: Option<Validator>,
    /// Shapes of which one must match somewhere in the sentence.
    #[serde(default)]
    pub(crate) require: Vec<String>,
    /// Shapes of which none may match in the sentence.
    #[serde(default)]
    pub(crate) forbid: Vec<String>,
    /// How much of the text around the match is sensitive.
    #[serde(default)]
    pub(crate) extent: Extent,
    /// How the sentence is mended.
    #[serde(default)]
    pub(crate) frame: Frame,
    /// What the finding's words bind in the rest of the report.
    #[serde(default)]
    pub(crate) introduces: Introduces,
    /// From 0 to 1. The policy says what each confidence does.
    #[serde(default = "certain")]
    pub(crate) confidence: f32,
    /// Law, guidance or manual section.
    #[serde(default)]
    pub(crate) refs: Vec<String>,
    /// `<span>` marks what is found, `=> text` what it becomes, `!` at the start what must not match.
    pub(crate) test: Vec<String>,
}

fn certain() -> f32 {
    0.9
}

/// How much of the text around a match is sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Extent {
    /// What the shape marks.
    #[default]
    Match,
    /// The whole sentence.
    Sentence,
    /// From the start of the match to the end of its line.
    Line,
    /// From the start of the match to the end of its portion.
    Portion,
}

/// How the sentence is mended once the span is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Frame {
    /// As its place in the sentence asks.
    #[default]
    Phrase,
    /// An attribution whose clause goes on after it ("X said that").
    Attribution,
    /// The words only go.
    Remove,
    /// The whole sentence goes.
    Sentence,
    /// A label goes with its value.
    Label,
}

/// What a finding's words bind in the rest of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Introduces {
    /// Nothing.
    #[default]
    Nothing,
    /// The words that the shape marks as a name, or else the span, mean the same wherever they stand.
    Alias,
}

/// A check in code for what a regular expression cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Validator {
    /// The check digit of IMEI, ICCID and card numbers.
    Luhn,
    /// The check of international bank account numbers (ISO 13616).
    Iban,
    /// A date-time group: day, hour and minute in range.
    DateTimeGroup,
    /// Latitude and longitude in range.
    Coordinates,
}

/// A fault in a shape, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {fault}")]
pub struct ShapeError {
    /// Byte offset into the shape, from 0.
    pub at: usize,
    /// What is wrong and what is expected.
    pub fault: String,
}
