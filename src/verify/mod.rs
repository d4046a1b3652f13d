//! The gate: nothing reaches the low side but through it.
//!
//! It takes the bytes that will be written and reads them from nothing: its own parse, every rule again, the marks
//! of the release by themselves. Of how the plan was made it knows only what must be gone. What passes becomes a
//! [`Release`], which nothing else can make; what fails is held with the checks that failed.

mod checks;
mod lookout;
mod release;
mod structure;

pub(crate) use checks::Removed;
pub use release::{LowSide, ManifestEntry, Release};
pub(crate) use structure::Defects;

use crate::decide::Marks;
use crate::detect::{Finding, Memory, contexts, read, survey};
use crate::document::{Document, Format, PortionId};
use crate::marking::Marking;
use crate::policy::{Audience, Policy};
use crate::render::{Candidate, Piece};
use crate::review::CheckRecord;
use crate::rules::RuleSet;
use crate::text::{Output, Source, SourceText, Span, joined};

/// What the gate measures a release by.
pub(crate) struct Gate<'a> {
    pub(crate) rules: &'a RuleSet,
    pub(crate) policy: &'a Policy,
    pub(crate) audience: &'a Audience,
    /// The mark that holds for a report without any marking.
    pub(crate) assume: Option<&'a str>,
    /// The roll-up of what stands in the release.
    pub(crate) banner: Option<&'a Marking>,
    /// Words that were removed and may stand nowhere.
    pub(crate) removed: &'a Removed,
    /// What the release was made of; none where nothing is known of that.
    pub(crate) report: Option<Report<'a>>,
    /// Runs of the release that named decisions let through, whatever the rules say of them.
    pub(crate) decided: &'a [Span<Output>],
    /// What rules and reader found in texts before, so that the same text is not searched twice.
    pub(crate) memory: &'a Memory,
}

/// The report that a release was made of, and what people decided on it.
pub(crate) struct Report<'a> {
    pub(crate) document: &'a Document,
    pub(crate) marks: &'a Marks,
    /// Portions that named decisions let out.
    pub(crate) let_out: &'a [PortionId],
    /// The texts of named decisions.
    pub(crate) decided: &'a [&'a str],
}

/// What the gate says.
pub(crate) struct Verdict {
    pub(crate) release: Option<Release>,
    pub(crate) checks: Vec<CheckRecord>,
    /// The source bytes of what still stands and must not.
    pub(crate) leaks: Vec<Span<Source>>,
}

/// The release as the checks see it.
struct Subject<'a> {
    text: &'a str,
    document: &'a Document,
    findings: &'a [Finding],
    gate: &'a Gate<'a>,
    /// Where each run of the text is said to come from.
    pieces: &'a [Piece],
}

impl Subject<'_> {
    /// Whether a run of the release, punctuation at its ends aside, is source text that a named decision let through.
    fn is_decided(&self, span: Span<Output>) -> bool {
        let text = &self.text[span.range()];
        let lead = text.len() - text.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
        let end = text.trim_end_matches(|c: char| !c.is_alphanumeric()).len().max(lead);
        let bare = Span::new(span.start() + lead, span.start() + end);
        self.gate.decided.iter().any(|decided| decided.contains(bare))
    }
}

/// What a check found: nothing, or what is wrong and where.
struct Faults {
    check: &'static str,
    found: Vec<Fault>,
}

/// Something that is wrong with a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The check that found it.
    pub(crate) check: &'static str,
    /// What it is, without a word of the text.
    pub(crate) what: String,
    /// Where it stands.
    pub(crate) place: Option<Span<Output>>,
    /// Whether it is gone once those bytes are.
    pub(crate) leak: bool,
}

impl Faults {
    /// Something stands that must not.
    fn leak(&mut self, what: impl Into<String>, place: Option<Span<Output>>) {
        self.found.push(Fault { check: self.check, what: what.into(), place, leak: true });
    }

    /// Something is not as it must be.
    fn wrong(&mut self, what: impl Into<String>, place: Option<Span<Output>>) {
        self.found.push(Fault { check: self.check, what: what.into(), place, leak: false });
    }
}

/// A check: its name in the record, and what it does.
type Check = (&'static str, fn(&Subject<'_>, &mut Faults));

const CHECKS: [Check; 9] = [
    ("marks", checks::marks),
    ("banner", checks::banner),
    ("findings", checks::findings),
    ("residue", checks::residue),
    ("channels", checks::channels),
    ("characters", checks::characters),
    ("form", checks::form),
    ("structure", checks::structure),
    ("origin", checks::origin),
];

/// Reads a candidate from nothing and makes a release of it if every check passes.
pub(crate) fn verify(candidate: Candidate, format: Format, gate: &Gate<'_>) -> Verdict {
    let document = Document::parse(SourceText::new(candidate.text().to_owned()), format);
    let faults = examine(candidate.text(), &document, gate, candidate.pieces());
    let record = |(name, _): Check| {
        let of_check = faults.iter().filter(|fault| fault.check == name);
        let details: Vec<String> = of_check.map(|fault| told(&document, fault)).collect();
        CheckRecord { name, ok: details.is_empty(), detail: details.join("; ") }
    };
    let checks = CHECKS.map(record).to_vec();
    let places = faults.iter().filter(|fault| fault.leak).filter_map(|fault| fault.place);
    let leaks = joined(places.flat_map(|place| candidate.to_source(place)).collect());
    let banner = gate.banner.map(Marking::banner);
    let release = faults.is_empty().then(|| Release::new(candidate.into_text(), banner));
    Verdict { release, checks, leaks }
}

/// Every check over a text that is, or shall be, a release; `document` is that text taken apart.
pub(crate) fn examine(text: &str, document: &Document, gate: &Gate<'_>, pieces: &[Piece]) -> Vec<Fault> {
    let reading = read(document, gate.rules);
    let shares = Marks::of(document, gate.assume).shares(document, gate.policy);
    let contexts = contexts(document);
    let findings = survey(document.visible(), &reading, gate.rules, &contexts, &shares, gate.memory).findings;
    let subject = Subject { text, document, findings: &findings, gate, pieces };
    let mut found = Vec::new();
    for (check, run) in CHECKS {
        let mut faults = Faults { check, found: Vec::new() };
        run(&subject, &mut faults);
        found.append(&mut faults.found);
    }
    found
}

fn told(document: &Document, fault: &Fault) -> String {
    match fault.place {
        Some(place) => {
            let at = document.position_of(place.start());
            format!("line {} column {}: {}", at.line, at.column, fault.what)
        }
        None => fault.what.clone(),
    }
}

#[cfg(test)]
mod tests;
