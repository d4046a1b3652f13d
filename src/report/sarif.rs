//! SARIF 2.1.0, for code hosts and editors: rules with help, places in characters, fixes, fingerprints, suppressions.
//!
//! Only the part of the format that is used is written down; a test holds the output against the official schema.

use serde::Serialize;

use super::{Run, public_fix};
use crate::lint::{Checked, Diagnostic, Lint, Place, Severity, Suppressed};
use crate::text::Position;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What paths are relative to.
const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<'r> {
    tool: Tool<'r>,
    invocations: [Invocation<'r>; 1],
    column_kind: &'static str,
    artifacts: Vec<Artifact>,
    results: Vec<SarifResult<'r>>,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'r> {
    id: &'r str,
    name: String,
    short_description: Message<'r>,
    full_description: Message<'r>,
    help: Help,
    default_configuration: Configuration,
    properties: Tags<'r>,
}

#[derive(Serialize)]
struct Message<'r> {
    text: &'r str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
struct Tags<'r> {
    tags: [&'r str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'r> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'r>>,
}

#[derive(Serialize)]
struct Notification<'r> {
    level: &'static str,
    message: Message<'r>,
    locations: [Location; 1],
}

#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
}

#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'r> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message<'r>,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_fingerprints: Option<Fingerprints<'r>>,
    suppressions: Vec<Suppression<'r>>,
    properties: Properties<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'static>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix<'r> {
    description: Message<'static>,
    artifact_changes: [ArtifactChange<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'r> {
    artifact_location: ArtifactLocation,
    replacements: [Replacement<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'r> {
    deleted_region: Region,
    inserted_content: Message<'r>,
}

#[derive(Serialize)]
struct Fingerprints<'r> {
    #[serde(rename = "tearline/v1")]
    keyed: &'r str,
}

#[derive(Serialize)]
struct Suppression<'r> {
    kind: &'static str,
    status: &'static str,
    justification: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// Byte offsets are those of the decoded text, so they stand apart from the region, which speaks of the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'r> {
    start_byte: usize,
    end_byte: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    detection: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
}

pub(super) fn render(run: &Run<'_>) -> String {
    let notifications = run.failed.iter().map(|(path, reason)| Notification {
        level: "error",
        message: Message { text: reason },
        locations: [location(path, None, None)],
    });
    let results = run
        .files
        .iter()
        .flat_map(|file| file.diagnostics.iter().map(move |diagnostic| result(file, diagnostic)));
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [SarifRun {
            tool: Tool {
                driver: Driver {
                    name: "tearline",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: Lint::ALL.iter().map(|&lint| descriptor(run, lint)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: run.failed.is_empty(),
                tool_execution_notifications: notifications.collect(),
            }],
            column_kind: "unicodeCodePoints",
            artifacts: run.files.iter().map(|file| Artifact { location: artifact(&file.path) }).collect(),
            results: results.collect(),
        }],
    };
    serde_json::to_string_pretty(&log).expect("a log is plain data") + "\n"
}

fn descriptor<'r>(run: &'r Run<'_>, lint: Lint) -> Descriptor<'r> {
    let rule = run.catalog.rule(lint);
    let refs = if rule.refs.is_empty() { String::new() } else { format!(" ({})", rule.refs.join("; ")) };
    Descriptor {
        id: &rule.id,
        name: name(lint),
        short_description: Message { text: &rule.title },
        full_description: Message { text: &rule.why },
        help: Help {
            text: format!("{} {}{refs}", rule.why, rule.fix),
            markdown: format!("{}\n\n**What to do.** {}{refs}", rule.why, rule.fix),
        },
        default_configuration: Configuration {
            enabled: rule.severity > Severity::Off,
            level: level(rule.severity),
        },
        properties: Tags { tags: [lint.family()] },
    }
}

/// The id in the form that the standard asks of names: `MarkingBannerTooLow`.
fn name(lint: Lint) -> String {
    let words = lint.id().split(['.', '-']);
    words
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        })
        .collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Off => "none",
        severity => severity.word(),
    }
}

fn result<'r>(file: &'r Checked, diagnostic: &'r Diagnostic) -> SarifResult<'r> {
    let related = |&(place, what): &(Place, &'static str)| location(&file.path, Some(place), Some(what));
    SarifResult {
        rule_id: diagnostic.lint.id(),
        rule_index: diagnostic.lint as usize,
        level: level(diagnostic.severity),
        message: Message { text: &diagnostic.message },
        locations: [location(&file.path, Some(diagnostic.place), None)],
        related_locations: diagnostic.related.iter().map(related).collect(),
        fixes: public_fix(diagnostic)
            .map(|(fix, text)| SarifFix {
                description: Message {
                    text: if fix.safe {
                        "Write it as the register has it."
                    } else {
                        "Confirm, and write it so."
                    },
                },
                artifact_changes: [ArtifactChange {
                    artifact_location: artifact(&file.path),
                    replacements: [Replacement {
                        deleted_region: region(fix.start, fix.end),
                        inserted_content: Message { text },
                    }],
                }],
            })
            .into_iter()
            .collect(),
        partial_fingerprints: diagnostic.fingerprint.as_deref().map(|keyed| Fingerprints { keyed }),
        suppressions: diagnostic.suppressed.iter().map(|quiet| suppression(file, quiet)).collect(),
        properties: Properties {
            start_byte: diagnostic.place.start.byte,
            end_byte: diagnostic.place.end.byte,
            detection: diagnostic.detection.as_deref(),
            category: diagnostic.category.map(crate::Category::id),
        },
    }
}

fn suppression<'r>(file: &Checked, quiet: &'r Suppressed) -> Suppression<'r> {
    match quiet {
        Suppressed::Inline { reason, place } => Suppression {
            kind: "inSource",
            status: "accepted",
            justification: reason,
            location: Some(location(&file.path, Some(*place), None)),
        },
        Suppressed::Baseline { reason, .. } => {
            Suppression { kind: "external", status: "accepted", justification: reason, location: None }
        }
    }
}

fn location(path: &str, place: Option<Place>, message: Option<&'static str>) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact(path),
            region: place.map(|place| region(place.start, place.end)),
        },
        message: message.map(|text| Message { text }),
    }
}

fn region(start: Position, end: Position) -> Region {
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

fn artifact(path: &str) -> ArtifactLocation {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").trim_start_matches("./").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    if uri.starts_with('/') {
        ArtifactLocation { uri: format!("file://{uri}"), uri_base_id: None }
    } else {
        ArtifactLocation { uri, uri_base_id: Some(ROOT) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_are_as_the_standard_asks() {
        assert_eq!(name(Lint::BannerTooLow), "MarkingBannerTooLow");
        let relative = artifact("./a b/é.md");
        assert_eq!((relative.uri.as_str(), relative.uri_base_id), ("a%20b/%C3%A9.md", Some(ROOT)));
        let absolute = artifact("/x/y.md");
        assert_eq!((absolute.uri.as_str(), absolute.uri_base_id), ("file:///x/y.md", None));
    }
}
