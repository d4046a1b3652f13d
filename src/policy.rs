//! Who reads what: audiences, and what the policy does with each kind of finding.
//!
//! Both are data (`patterns/audiences/`, `patterns/policy.toml`); a policy file overrides single keys. There is no
//! default that keeps: a category without an action does not load.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::category::Category;
use crate::marking::register::{Code, CodeSet};
use crate::marking::{self, ErrorCode, Level};
use crate::rules::Patterns;

/// Why a policy or an audience cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file is not the TOML that is expected.
    #[error("{file}: {fault}")]
    Syntax {
        /// The policy file.
        file: String,
        /// The parser's message, with line and column.
        fault: String,
    },
    /// A value that cannot be.
    #[error("{file}: {fault}")]
    Value {
        /// The policy file.
        file: String,
        /// What is wrong and what is expected.
        fault: String,
    },
    /// An audience that is neither a name nor a list of codes.
    #[error("unknown audience `{audience}`: {fault}; `tearline audiences` lists the names")]
    Audience {
        /// The audience as given.
        audience: String,
        /// What is wrong with it.
        fault: String,
    },
}

/// What becomes of the findings of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Treatment {
    /// Generalised or removed, as the rule's frame says.
    Rewrite,
    /// Removed with its label.
    Remove,
    /// A marking: the words go, and the portion's mark is made anew.
    Remark,
}

/// Whether one undecided portion holds the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Incomplete {
    /// The portion is left out, the rest is released.
    Release,
    /// The whole report waits.
    Hold,
}

/// Whether a person must sign each release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignOff {
    /// What the marks release goes out by itself.
    None,
    /// Everything is held until a named decision.
    Required,
}

/// The policy of a run.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Findings at least this sure are rewritten.
    pub rewrite: f32,
    /// Findings at least this sure are rewritten and flagged.
    pub flag: f32,
    /// Whether one undecided portion holds the report.
    pub incomplete: Incomplete,
    /// Whether a person must sign each release.
    pub sign_off: SignOff,
    /// The authority block of a release.
    pub authority: Authority,
    /// Keys of front matter that may stand.
    pub front_matter: Vec<String>,
    /// Info strings of code blocks that may stand, each as a whole.
    pub info_strings: Vec<String>,
    /// The most bytes a report may have.
    pub most_bytes: u64,
    /// The longest that a report may take.
    pub most_time: Option<Duration>,
    /// Faults of a mark that leave no doubt about what it says: the mark is made anew instead of holding its portion.
    pub tolerated: Vec<ErrorCode>,
    treatments: BTreeMap<Category, Treatment>,
    groups: Vec<Group>,
    digest: String,
}

/// The values of the authority block that a release carries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authority {
    /// Who classified: an office, never a name from the source.
    pub classified_by: Option<String>,
    /// A neutral derived-from line.
    pub derived_from: Option<String>,
    /// A date, YYYYMMDD.
    pub declassify_on: Option<String>,
}

impl Authority {
    /// The lines of the block, as far as there are values.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let values = [
            ("Classified By", &self.classified_by),
            ("Derived From", &self.derived_from),
            ("Declassify On", &self.declassify_on),
        ];
        values.into_iter().filter_map(|(label, value)| Some(format!("{label}: {}", value.as_ref()?)))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    thresholds: Thresholds,
    release: ReleaseTable,
    #[serde(default)]
    authority: Authority,
    channels: Channels,
    limits: Limits,
    marks: MarksTable,
    categories: BTreeMap<Category, Treatment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    rewrite: f32,
    flag: f32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseTable {
    incomplete: Incomplete,
    sign_off: SignOff,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Channels {
    front_matter: Vec<String>,
    info_strings: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarksTable {
    tolerate: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    bytes: u64,
    #[serde(default)]
    seconds: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AudienceFile {
    audience: Vec<Group>,
}

/// A named audience.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The name it is called by.
    pub name: String,
    /// Who that is.
    pub title: String,
    /// Country and group codes, `US-LE` or `PUBLIC`.
    pub codes: Vec<String>,
    /// The highest level that may be sent there, as a banner writes it.
    pub ceiling: String,
}

/// Who will read a release, by the name that the user gave, which also names its folder.
#[derive(Debug, Clone)]
pub struct Audience {
    name: String,
    readers: marking::Audience,
}

impl Audience {
    /// An audience by its name in the policy, or as a list of codes such as `USA,GBR`.
    ///
    /// # Errors
    /// When the name is neither a named audience nor a list of registered codes, or cannot name a folder.
    pub fn parse(name: &str, policy: &Policy) -> Result<Self, PolicyError> {
        let fault = |fault: String| PolicyError::Audience { audience: name.to_owned(), fault };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ',' | '-' | '_' | ' ' | '+');
        if name.is_empty() || !name.chars().all(plain) {
            return Err(fault("a name has letters, digits, commas and hyphens".into()));
        }
        let group = policy.groups.iter().find(|group| group.name.eq_ignore_ascii_case(name));
        let readers = match group {
            Some(group) => {
                let level = Level::from_word(&group.ceiling).expect("the loader has checked every ceiling");
                marking::Audience::parse(group.codes.iter().map(String::as_str))
                    .with_ceiling(marking::Ceiling { level, compartments: None })
            }
            None => marking::Audience::parse([name]),
        };
        if !readers.is_known() {
            let unknown: Vec<&str> = name
                .split(',')
                .map(str::trim)
                .filter(|code| !marking::Audience::parse([*code]).is_known())
                .collect();
            let what = if unknown.is_empty() {
                "it mixes kinds of readers".to_owned()
            } else {
                format!("no country or group `{}`", unknown.join("`, `"))
            };
            return Err(fault(what));
        }
        Ok(Self { name: name.to_owned(), readers })
    }

    /// The name as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The registered codes of which the name is a list, if it is one that a marking may carry.
    #[must_use]
    pub fn listed(&self) -> Option<CodeSet> {
        let codes = self.name.split(',').map(|code| Code::parse(code.trim()));
        codes
            .map(|code| code.map(CodeSet::of))
            .try_fold(CodeSet::default(), |all, code| Some(all.union(code?)))
    }

    /// Who that is, for the release decision.
    #[must_use]
    pub fn readers(&self) -> &marking::Audience {
        &self.readers
    }
}

impl Policy {
    /// The policy of `patterns/policy.toml`, with the keys of `overrides` (a policy file's name and text) in their place.
    ///
    /// # Errors
    /// When a file is not as expected or a value cannot be.
    pub fn load(patterns: &Patterns, overrides: Option<(&str, &str)>) -> Result<Self, PolicyError> {
        let file = |name: &str, text: &str| {
            text.parse::<toml::Table>()
                .map_err(|e| PolicyError::Syntax { file: name.to_owned(), fault: e.to_string() })
        };
        let mut table = file("policy.toml", patterns.file("policy.toml").unwrap_or_default())?;
        let name = overrides.map_or("policy.toml", |(name, _)| name);
        if let Some((name, text)) = overrides {
            merge(&mut table, file(name, text)?);
        }
        let written = table.to_string();
        let policy: PolicyFile = table.try_into().map_err(|e: toml::de::Error| PolicyError::Syntax {
            file: name.to_owned(),
            fault: e.to_string(),
        })?;
        let value = |fault: String| PolicyError::Value { file: name.to_owned(), fault };
        if let Some(missing) = Category::ALL.iter().find(|category| !policy.categories.contains_key(category))
        {
            return Err(value(format!("[categories] says nothing of `{missing}`")));
        }
        let Thresholds { rewrite, flag } = policy.thresholds;
        if !(0.0 <= flag && flag <= rewrite && rewrite <= 1.0) {
            return Err(value("[thresholds] must hold 0 <= flag <= rewrite <= 1".into()));
        }
        let code = |name: &String| {
            let code = ErrorCode::ALL.iter().copied().find(|code| code.code() == name);
            code.ok_or_else(|| {
                value(format!("[marks] tolerate: no error code `{name}`; write it as `E_REL_ORDER`"))
            })
        };
        let time = |seconds: f64| {
            let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero());
            time.ok_or_else(|| value("[limits] seconds must be a number above 0".into()))
        };
        let most_time = policy.limits.seconds.map(time).transpose()?;
        let tolerated = policy.marks.tolerate.iter().map(code).collect::<Result<_, _>>()?;
        let mut groups = Vec::new();
        for (name, text) in patterns.folder("audiences") {
            let file: AudienceFile = toml::from_str(text).map_err(|e| PolicyError::Syntax {
                file: format!("audiences/{name}"),
                fault: e.to_string(),
            })?;
            groups.extend(file.audience);
        }
        if let Some(group) = groups.iter().find(|group| Level::from_word(&group.ceiling).is_none()) {
            return Err(value(format!(
                "audience {}: `{}` is no level; write it as a banner does",
                group.name, group.ceiling
            )));
        }
        Ok(Self {
            rewrite,
            flag,
            incomplete: policy.release.incomplete,
            sign_off: policy.release.sign_off,
            authority: policy.authority,
            front_matter: policy.channels.front_matter,
            info_strings: policy.channels.info_strings,
            most_bytes: policy.limits.bytes,
            most_time,
            tolerated,
            treatments: policy.categories,
            groups,
            digest: crate::text::hex(&Sha256::digest(written)),
        })
    }

    /// What becomes of a category's findings.
    #[must_use]
    pub fn treatment(&self, category: Category) -> Treatment {
        self.treatments[&category]
    }

    /// The named audiences.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The SHA-256 of the policy as it holds, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// Puts the keys of `over` into `table`, tables by their keys.
fn merge(table: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}
