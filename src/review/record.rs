//! The review record: what was done to one report for one audience, and why. High side only.
//!
//! Field by field the format of `tearline.review/1`. Offsets are bytes in the decoded source.

use serde::{Deserialize, Serialize};

use crate::category::Category;

/// The name of the format.
pub const SCHEMA: &str = "tearline.review/1";

/// What became of a report for an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// On the low side.
    Released,
    /// A human must decide first; nothing is on the low side.
    Held,
    /// Nothing in it is releasable.
    Withheld,
    /// It could not be read or processed.
    Failed,
}

impl Status {
    /// The word used in records and summaries.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Held => "held",
            Self::Withheld => "withheld",
            Self::Failed => "failed",
        }
    }
}

/// The record of one report for one audience.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewRecord {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The report.
    pub source: SourceRecord,
    /// The audience as it was named.
    pub audience: String,
    /// What became of it.
    pub status: Status,
    /// The release's banner.
    pub banner: Option<String>,
    /// The SHA-256 of the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_sha256: Option<String>,
    /// Which rules were used.
    pub rules: RulesRecord,
    /// The SHA-256 of the policy.
    pub policy: String,
    /// Every portion, in order.
    pub portions: Vec<PortionRecord>,
    /// Every change, in order.
    pub edits: Vec<EditRecord>,
    /// Findings below the threshold or suppressed.
    pub kept_near: Vec<NearRecord>,
    /// Numbers, dates and names that no longer stand.
    pub lost: Vec<String>,
    /// What waits for a human.
    pub held: Vec<HeldRecord>,
    /// Suppressions written in the draft. They never let a span into a release.
    pub suppressions: Vec<SuppressionRecord>,
    /// The gate's checks.
    pub checks: Vec<CheckRecord>,
}

/// The report a record speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceRecord {
    /// Its path as the run named it.
    pub path: String,
    /// The SHA-256 of its decoded text.
    pub sha256: String,
    /// Its banner as it stands.
    pub banner: Option<String>,
}

/// The rules used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulesRecord {
    /// The version of this program.
    pub version: &'static str,
    /// The SHA-256 of all pattern files and local terms.
    pub sha256: String,
}

/// One portion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortionRecord {
    /// Its id in this record.
    pub id: String,
    /// Its first line, from 1.
    pub line: usize,
    /// The mark that holds for it, as it stands.
    pub mark: Option<String>,
    /// The portion whose mark it inherits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited: Option<String>,
    /// `yes`, `no` or `originator`.
    pub releasable: &'static str,
    /// Why, in a sentence.
    pub reason: String,
    /// The mark it carries in the release, when that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// What it could say at another mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalRecord>,
}

/// What a withheld portion could say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposalRecord {
    /// Its text without what reveals.
    pub text: String,
    /// The mark it could then carry.
    pub mark: String,
    /// What still stands against it.
    pub against: String,
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Words are replaced by neutral ones.
    Generalise,
    /// Words go.
    Remove,
    /// A hidden channel or a line of form goes.
    Drop,
    /// A marking is made anew.
    Remark,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditRecord {
    /// Stable while span, context and rule stay the same.
    pub id: String,
    /// The portion it lies in.
    pub portion: Option<String>,
    /// First byte in the decoded source.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What the span reveals.
    pub category: Option<Category>,
    /// The rule that says so.
    pub rule: String,
    /// What is done.
    pub action: Action,
    /// The words that go.
    pub before: String,
    /// The words that stand in their place.
    pub after: String,
    /// Why.
    pub reason: String,
    /// How sure, from 0 to 1.
    pub confidence: f32,
    /// Whether the reviewer should look.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub flag: bool,
    /// `auto`, or what a person decided.
    pub decision: &'static str,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// A finding that changed nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearRecord {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What it might reveal.
    pub category: Category,
    /// The rule.
    pub rule: String,
    /// The words.
    pub text: String,
    /// How sure, from 0 to 1.
    pub confidence: f32,
}

/// Something that waits for a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldRecord {
    /// The portion, or none for the whole report.
    pub portion: Option<String>,
    /// Why.
    pub reason: String,
    /// `reviewer` or `originator`.
    pub needs: &'static str,
    /// Whose consent is asked, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub originator: Option<String>,
}

/// A suppression written in the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressionRecord {
    /// Line, from 1.
    pub line: usize,
    /// The rule it names.
    pub rule: String,
    /// The reason it gives.
    pub reason: String,
}

/// One check of the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckRecord {
    /// Its name.
    pub name: &'static str,
    /// Whether it passed.
    pub ok: bool,
    /// What it found.
    pub detail: String,
}
