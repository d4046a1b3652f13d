//! The gate: nothing reaches the low side but through it.
//!
//! It takes the bytes that will be written and reads them from nothing: its own parse, every rule again, the marks
//! of the release by themselves. Of how the plan was made it knows only what must be gone. What passes becomes a
//! [`Release`], which nothing else can make; what fails is held with the checks that failed.

mod checks;
mod release;

pub use release::{LowSide, Manifest, ManifestEntry, Release};

use crate::decide::Marks;
use crate::detect::reading::Reading;
use crate::detect::{Finding, contexts, survey, zones};
use crate::document::{Document, Format};
use crate::marking::Marking;
use crate::policy::{Audience, Policy};
use crate::render::Candidate;
use crate::review::CheckRecord;
use crate::rules::RuleSet;
use crate::text::{Output, Source, SourceText, Span};

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
    pub(crate) removed: &'a [String],
    /// Texts that may stand though the source does not have them.
    pub(crate) origins: &'a [&'a str],
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
    candidate: &'a Candidate,
    document: &'a Document,
    findings: &'a [Finding],
    gate: &'a Gate<'a>,
}

/// What a check found: nothing, or what is wrong and where.
#[derive(Default)]
struct Faults {
    details: Vec<String>,
    places: Vec<Span<Output>>,
}

impl Faults {
    fn add(&mut self, detail: impl Into<String>, place: Option<Span<Output>>) {
        self.details.push(detail.into());
        self.places.extend(place);
    }
}

/// A check: its name in the record, and what it does.
type Check = (&'static str, fn(&Subject<'_>, &mut Faults));

const CHECKS: [Check; 8] = [
    ("marks", checks::marks),
    ("banner", checks::banner),
    ("findings", checks::findings),
    ("residue", checks::residue),
    ("channels", checks::channels),
    ("characters", checks::characters),
    ("form", checks::form),
    ("origin", checks::origin),
];

/// Reads a candidate from nothing and makes a release of it if every check passes.
pub(crate) fn verify(candidate: Candidate, format: Format, gate: &Gate<'_>) -> Verdict {
    let document = Document::parse(SourceText::new(candidate.text().to_owned()), format);
    let reading = Reading::new(document.visible(), zones(&document), &gate.rules.vocabulary);
    let shares = Marks::of(&document, gate.assume).shares(&document, gate.policy);
    let findings = survey(document.visible(), &reading, gate.rules, &contexts(&document), &shares).findings;
    let subject = Subject { candidate: &candidate, document: &document, findings: &findings, gate };
    let mut records = Vec::with_capacity(CHECKS.len());
    let mut leaks = Vec::new();
    for (name, check) in CHECKS {
        let mut faults = Faults::default();
        check(&subject, &mut faults);
        records.push(CheckRecord { name, ok: faults.details.is_empty(), detail: faults.details.join("; ") });
        leaks.append(&mut faults.places);
    }
    let leaks = leaks.into_iter().flat_map(|leak| candidate.to_source(leak)).collect();
    let passed = records.iter().all(|record| record.ok);
    let banner = gate.banner.map(Marking::banner);
    let release = passed.then(|| Release::new(candidate.into_text(), banner));
    Verdict { release, checks: records, leaks }
}
