//! What a run says of itself: a line for each report and audience, and their counts.

use std::collections::BTreeMap;

use crate::category::Category;
use crate::review::Status;

/// What became of one report for one audience: a line of `HIGH/manifest.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReportLine {
    /// The report's path below the input.
    pub path: String,
    /// The audience as it was named.
    pub audience: String,
    /// What became of it.
    pub status: Status,
    /// Where the release lies below its audience's folder, when it is another path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_as: Option<String>,
    /// Why it was held, withheld or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Portions that wait for a human though the rest was released.
    pub waiting: usize,
    /// Decisions on the report that were not carried out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unapplied: Vec<String>,
    /// Edits by category.
    pub findings: BTreeMap<Category, usize>,
    /// The banner of the source, as it stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// Bytes of the source, decoded.
    #[serde(default)]
    pub bytes: usize,
    /// How many of them stand in the release.
    #[serde(default)]
    pub kept: usize,
    /// The file it was read from; none for standard input and for members of archives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<std::path::PathBuf>,
}

/// The lines of a review folder's manifest.
///
/// # Errors
/// When a line is none; the message names its place.
pub fn manifest(text: &str) -> Result<Vec<ReportLine>, String> {
    text.lines()
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|_| format!("line {}: not a line of a manifest", index + 1))
        })
        .collect()
}

/// The counts of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many reports and audiences ended with each status.
    pub outcomes: BTreeMap<Status, usize>,
    /// Edits by category over all reports and audiences.
    pub findings: BTreeMap<Category, usize>,
    /// Whether something waits for a human: held, withheld, a portion left out undecided, a decision not carried out.
    pub needs_human: bool,
    /// Reports read, whatever became of them.
    pub reports: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Reports that were not begun because the run was to stop; nothing that speaks of the whole run is written then.
    pub undone: usize,
    /// Reports and audiences that an earlier run had done and this one did not do again.
    pub kept: usize,
    /// What was removed from LOW because this run did not release it.
    pub superseded: Vec<String>,
    /// The reports that took longest, the slowest first; none unless asked for.
    pub slowest: Vec<SlowReport>,
}

/// How long a report took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowReport {
    /// Its path.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// From its reading to the writing of its last outcome.
    pub time: std::time::Duration,
}

impl Summary {
    /// Counts what became of a report for an audience.
    pub fn add(&mut self, line: &ReportLine) {
        *self.outcomes.entry(line.status).or_default() += 1;
        for (&category, &count) in &line.findings {
            *self.findings.entry(category).or_default() += count;
        }
        let stopped = matches!(line.status, Status::Held | Status::Withheld);
        self.needs_human |= stopped || line.waiting > 0 || !line.unapplied.is_empty();
    }

    /// How many reports and audiences ended with a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.outcomes.get(&status).copied().unwrap_or(0)
    }
}
