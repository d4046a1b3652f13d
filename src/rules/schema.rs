//! Rules as they are written in `patterns/`: syntax, not yet checked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::category::Category;

/// The JSON Schema (draft 2020-12) of a file of rules, as editors and checkers read it.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(RuleFile).to_value()
}

/// One file of rules.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A file of tearline rules")]
pub(crate) struct RuleFile {
    /// The rules, all of the category that the file's folder is named after.
    #[serde(default)]
    pub(crate) rule: Vec<RuleSyntax>,
}

/// The file of named shapes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShapeFile {
    pub(crate) shapes: BTreeMap<String, String>,
}

/// One rule as written. Either `shape` or `pattern` says what it finds, and then `test` holds both what must match and what
/// must not.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "A rule",
    extend("not" = {"required": ["shape", "pattern"]}),
    extend("if" = {"anyOf": [{"required": ["shape"]}, {"required": ["pattern"]}]}),
    extend("then" = {"properties": {"test": {"allOf": [
        {"contains": {"pattern": "^!"}}, {"contains": {"pattern": "^[^!]"}}
    ]}}}),
)]
pub(crate) struct RuleSyntax {
    /// `category.what-it-catches`; never reused.
    #[schemars(regex(pattern = r"^[a-z]+\.[a-z0-9-]+$"))]
    pub(crate) id: String,
    pub(crate) category: Category,
    /// What it catches, in one line.
    pub(crate) title: String,
    /// Why that reveals a source or method.
    pub(crate) why: String,
    /// A shape over tokens.
    #[serde(default)]
    #[schemars(with = "String", skip_serializing_if = "Option::is_none")]
    pub(crate) shape: Option<String>,
    /// A regular expression over the visible text, for identifiers. A group named `span` narrows the finding.
    #[serde(default)]
    #[schemars(with = "String", skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    /// The check that a `pattern` must pass.
    #[serde(default)]
    #[schemars(with = "Validator", skip_serializing_if = "Option::is_none")]
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
    /// Whether a name passes that the report openly tells to be a person's, a ship's or the like.
    #[serde(default)]
    pub(crate) unless_open: bool,
    /// From 0 to 1. The policy says what each confidence does.
    #[serde(default = "certain")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.9))]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Introduces {
    /// Nothing.
    #[default]
    Nothing,
    /// The words that the shape marks as a name, or else the span, mean the same wherever they stand.
    Alias,
    /// The span is openly a name, as of a person or a ship. It is no finding: rules with `unless_open` go by it.
    OpenName,
}

/// A check in code for what a regular expression cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Patterns;

    #[test]
    fn every_file_of_rules_fits_the_schema() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let patterns = Patterns::built_in();
        let mut files = 0;
        for category in Category::ALL {
            for (name, text) in patterns.folder(category.id()) {
                let file: serde_json::Value = toml::from_str(text).unwrap();
                let faults: Vec<String> =
                    validator.iter_errors(&file).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert!(faults.is_empty(), "{category}/{name}: {}", faults.join("\n"));
                files += 1;
            }
        }
        assert!(files >= Category::ALL.len());
    }

    #[test]
    fn what_does_not_load_does_not_fit() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let sound = serde_json::json!({
            "id": "humint.a", "category": "humint", "title": "A", "why": "B", "shape": "x", "test": ["⟦x⟧", "! y"],
        });
        let fits = |rule: &serde_json::Value| validator.is_valid(&serde_json::json!({ "rule": [rule] }));
        assert!(fits(&sound));
        for (key, value) in [
            ("category", "gossip".into()),
            ("confidence", 2.into()),
            ("pattern", "x".into()),
            ("colour", "red".into()),
            ("extent", "page".into()),
            ("id", "humint".into()),
            ("test", serde_json::json!(["⟦x⟧"])),
            ("test", serde_json::json!(["! y"])),
        ] {
            let mut wrong = sound.clone();
            wrong[key] = value;
            assert!(!fits(&wrong), "{key}");
        }
        for key in ["id", "category", "title", "why", "test"] {
            let mut wrong = sound.clone();
            wrong.as_object_mut().unwrap().remove(key);
            assert!(!fits(&wrong), "without {key}");
        }
    }
}
