//! `tearline.toml`: how `check` is set up for a folder of drafts.
//!
//! Text in, a checked [`Config`] out. `check` and `init` alone look for the file; a file that lies beside the input must not
//! weaken a release. Unknown keys are refused with the nearest known one, so that a slip of the pen does not quiet a rule.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::lint::{Lint, Severity};
use crate::text::LineIndex;

/// The name of the file.
pub const NAME: &str = "tearline.toml";

/// A commented file that says what holds by default.
pub const TEMPLATE: &str = include_str!("template.toml");

/// From what weight on a finding fails the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors fail.
    #[default]
    Error,
    /// Warnings fail too.
    Warning,
    /// Nothing fails.
    Never,
}

impl FailOn {
    /// The word used in configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Never => "never",
        }
    }

    /// Whether a finding of this weight fails the run.
    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Never => false,
        }
    }
}

/// Configuration of `tearline check`. Paths are relative to the folder of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "tearline.toml")]
pub struct Config {
    /// Who the releasable portions are for: names (`tearline audiences`) or lists of codes. Without any, whoever a mark names.
    pub audiences: Option<Vec<String>>,
    /// From what severity on a finding fails the run.
    pub fail_on: Option<FailOn>,
    /// Whether the drafts are disseminated analytic products, whose classified portions need a release mark.
    pub analytic_product: Option<bool>,
    /// The mark that holds for drafts without any marking.
    pub assume: Option<String>,
    /// A policy file whose keys take the place of the default policy's.
    pub policy: Option<PathBuf>,
    /// A folder of patterns that adds to or overrides the built-in ones.
    pub patterns: Option<PathBuf>,
    /// A local term list.
    pub terms: Option<PathBuf>,
    /// How much rules weigh, by id or family; a rule's own entry comes before its family's.
    #[schemars(transform = rule_names)]
    pub rules: BTreeMap<String, Severity>,
    /// Findings that were there before.
    pub baseline: BaselineTable,
}

/// Findings that were there before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BaselineTable {
    /// The file with the entries.
    pub file: Option<PathBuf>,
    /// The file with the key of the fingerprints: 32 bytes in hexadecimal. It belongs where the drafts are, and nowhere else.
    pub key: Option<PathBuf>,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}:{column}: {fault}")]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what is expected.
    pub fault: String,
}

fn rule_names(schema: &mut Schema) {
    let names: Vec<&str> =
        Lint::families().into_iter().chain(Lint::ALL.iter().map(|lint| lint.id())).collect();
    schema.insert("propertyNames".to_owned(), serde_json::json!({ "enum": names }));
}

impl Config {
    /// Reads a configuration. `file` names it in errors.
    ///
    /// # Errors
    /// At the first key that is not known, value that cannot be, or place that is no TOML.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let lines = LineIndex::new(text);
        let fault = |at: usize, fault: String| {
            let place = lines.position(text, at);
            ConfigError { file: file.to_owned(), line: place.line, column: place.column, fault }
        };
        let error = |error: toml::de::Error| {
            fault(error.span().map_or(0, |span| span.start), error.message().to_owned())
        };
        let table = DeTable::parse(text).map_err(error)?;
        let schema = Self::schema();
        if let Some((at, message)) = unknown(table.get_ref(), schema.as_value(), schema.as_value()) {
            return Err(fault(at, message));
        }
        toml::from_str(text).map_err(error)
    }

    /// The JSON Schema of the file.
    #[must_use]
    pub fn schema() -> Schema {
        schemars::schema_for!(Self)
    }

    /// The weights in the order in which they hold: families before their rules.
    pub fn severities(&self) -> impl Iterator<Item = (&str, Severity)> {
        let of = |rules: bool| self.rules.iter().filter(move |(name, _)| name.contains('.') == rules);
        of(false).chain(of(true)).map(|(name, &severity)| (name.as_str(), severity))
    }
}

/// The nearest file up from a file or folder.
#[must_use]
pub fn discover(input: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(input).ok()?;
    absolute.ancestors().map(|folder| folder.join(NAME)).find(|file| file.is_file())
}

/// The first key of a table that its schema does not know: where, and what to write instead.
fn unknown(
    table: &DeTable<'_>,
    schema: &serde_json::Value,
    root: &serde_json::Value,
) -> Option<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let properties = schema.get("properties").and_then(|properties| properties.as_object());
        let allowed: Vec<&str> = match (properties, schema.pointer("/propertyNames/enum")) {
            (Some(properties), _) => properties.keys().map(String::as_str).collect(),
            (None, Some(names)) => {
                names.as_array().into_iter().flatten().filter_map(|n| n.as_str()).collect()
            }
            (None, None) => continue,
        };
        if !allowed.contains(&name) {
            found.push((key.span().start, complaint(name, &allowed)));
            continue;
        }
        let below =
            properties.and_then(|properties| properties.get(name)).map(|schema| resolved(schema, root));
        if let (DeValue::Table(inner), Some(below)) = (Spanned::get_ref(value), below) {
            found.extend(unknown(inner, below, root));
        }
    }
    found.into_iter().min()
}

/// The schema that a property means, behind a reference.
fn resolved<'s>(schema: &'s serde_json::Value, root: &'s serde_json::Value) -> &'s serde_json::Value {
    let reference = schema.get("$ref").and_then(|reference| reference.as_str());
    reference.and_then(|reference| root.pointer(reference.trim_start_matches('#'))).unwrap_or(schema)
}

fn complaint(name: &str, allowed: &[&str]) -> String {
    match nearest(name, allowed.iter().copied()) {
        Some(near) => format!("unknown key `{name}`; did you mean `{near}`?"),
        None => format!("unknown key `{name}`; known are {}", allowed.join(", ")),
    }
}

/// The most similar of some names, if one is similar.
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let scored = names.map(|near| (strsim::jaro_winkler(&name.to_lowercase(), near), near));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, near)| near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Config::parse("tearline.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn unknown_keys_are_refused_with_a_suggestion() {
        assert_eq!(
            fault("fail-on = \"error\"\naudience = [\"FVEY\"]\n"),
            "tearline.toml:2:1: unknown key `audience`; did you mean `audiences`?"
        );
        assert_eq!(
            fault("[rules]\n\"channel.imgae\" = \"off\"\n"),
            "tearline.toml:2:1: unknown key `channel.imgae`; did you mean `channel.image`?"
        );
        assert_eq!(
            fault("[baseline]\nfiel = \"x\"\n"),
            "tearline.toml:2:1: unknown key `fiel`; did you mean `file`?"
        );
        assert!(fault("zzz = 1").starts_with("tearline.toml:1:1: unknown key `zzz`; known are "));
        assert!(fault("fail-on = \"sometimes\"").starts_with("tearline.toml:1:11: "));
        assert!(fault("fail-on = ").starts_with("tearline.toml:1:"));
    }

    #[test]
    fn a_rule_comes_before_its_family() {
        let config =
            Config::parse("x", "[rules]\n\"channel.image\" = \"error\"\nchannel = \"off\"\n").unwrap();
        assert_eq!(
            config.severities().collect::<Vec<_>>(),
            [("channel", Severity::Off), ("channel.image", Severity::Error)]
        );
    }

    #[test]
    fn the_template_is_the_default_and_names_every_key() {
        assert_eq!(Config::parse(NAME, TEMPLATE).unwrap(), Config::default());
        let written: String = TEMPLATE
            .lines()
            .map(|line| line.strip_prefix("#:schema").map_or(line, |_| ""))
            .map(|line| line.strip_prefix("#= ").unwrap_or(line).to_owned() + "\n")
            .collect();
        Config::parse(NAME, &written).unwrap();
        let schema = Config::schema();
        for table in ["/properties", "/$defs/BaselineTable/properties"] {
            for key in schema.as_value().pointer(table).unwrap().as_object().unwrap().keys() {
                assert!(TEMPLATE.contains(key.as_str()), "{key}");
            }
        }
    }
}
