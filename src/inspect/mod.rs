//! Releases that anything made, checked against their sources: by hand, by another tool, or by this one.
//!
//! A folder of releases comes in with the reports they were made of; what must not stand goes out, each fault with the check
//! that found it and its place. The release is read from nothing by the checks of the gate. Then it is held beside its
//! source: what stands in a portion that may not go, or in a span that the rules find, must not stand in it.
//!
//! Nothing here knows how a release was made. A reworded text passes where no rule, mark or word tells against it.

mod checks;
mod folder;
mod matching;
mod pair;
mod source;

pub use folder::Inspection;
pub use pair::{Learned, Side, pair};

use crate::decide::Marks;
use crate::detect::Memory;
use crate::document::{Document, Format};
use crate::marking::{self, Marking};
use crate::pipeline::Pipeline;
use crate::policy::Audience;
use crate::text::{Output, Position, SourceText, Span};
use crate::verify::{Gate, examine};
use source::Known;

/// Something that must not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The release's path below the folder.
    pub path: String,
    /// The check that found it.
    pub check: &'static str,
    /// Where it stands, when it has a place.
    pub position: Option<Position>,
    /// What it is, without a word of the text.
    pub what: String,
    /// The words that stand there. High side only.
    pub words: Option<SourceText>,
}

/// What releases are measured by.
#[derive(Debug, Clone, Copy)]
pub struct Inspector<'a> {
    pipeline: &'a Pipeline,
    audience: &'a Audience,
}

/// A release as the checks see it.
struct Subject<'a> {
    text: &'a str,
    document: &'a Document,
    marks: &'a Marks,
    source: &'a Known,
}

/// What a check finds: what it is, and where.
type Found = (String, Option<Span<Output>>);

/// A check: its name, and what it does.
type Check = (&'static str, fn(&Subject<'_>) -> Vec<Found>);

const CHECKS: [Check; 5] = [
    ("withheld", checks::withheld),
    ("words", checks::words),
    ("lowered", checks::lowered),
    ("unmarked", checks::unmarked),
    ("structure", checks::structure),
];

impl<'a> Inspector<'a> {
    /// Measures releases to `audience` by the rules, policy and assumed mark of a pipeline.
    #[must_use]
    pub fn new(pipeline: &'a Pipeline, audience: &'a Audience) -> Self {
        Self { pipeline, audience }
    }

    /// Everything that is wrong with one release of a source, by place; `path` is what the release is called.
    #[must_use]
    pub fn text(&self, path: &str, release: &SourceText, source: &SourceText, format: Format) -> Vec<Fault> {
        self.release(path, release, format, &Known::new(source.clone(), format, self.pipeline, self.audience))
    }

    /// Everything that is wrong with one release of a known source.
    fn release(&self, path: &str, text: &SourceText, format: Format, source: &Known) -> Vec<Fault> {
        let document = Document::parse(text.clone(), format);
        let text = document.source().expose(document.source().span());
        let assume = self.pipeline.assumed().filter(|_| source.bare);
        let marks = Marks::of(&document, assume);
        let banner = self.roll_up(&marks);
        let gate = Gate {
            rules: self.pipeline.rules(),
            policy: self.pipeline.policy(),
            audience: self.audience,
            assume,
            banner: banner.as_ref(),
            removed: &source.removed,
            report: None,
            decided: &[],
            memory: &Memory::default(),
        };
        let of_gate = examine(text, &document, &gate, &[]);
        let mut faults: Vec<Fault> = of_gate
            .into_iter()
            .map(|fault| fault_at(path, fault.check, fault.what, fault.place, &document))
            .collect();
        let subject = Subject { text, document: &document, marks: &marks, source };
        for (check, run) in CHECKS {
            let found = run(&subject).into_iter();
            faults.extend(found.map(|(what, place)| fault_at(path, check, what, place, &document)));
        }
        faults.sort_by_key(|fault| (fault.position.map_or(0, |at| at.byte), fault.check));
        faults
    }

    /// The banner of a release, or the one that its portions ask for.
    fn banner(&self, release: SourceText, format: Format) -> Option<String> {
        let document = Document::parse(release, format);
        let rolled_up = || self.roll_up(&Marks::of(&document, None)).as_ref().map(Marking::banner);
        document.banner_text().map(str::to_owned).or_else(rolled_up)
    }

    /// The banner that the portions of a release ask for.
    fn roll_up(&self, marks: &Marks) -> Option<Marking> {
        let standing: Vec<Marking> =
            marks.portions.iter().flatten().map(|(_, reading)| reading.marking.clone()).collect();
        let printed = marks.banner.as_ref().map(|(_, banner)| &banner.marking);
        marking::release_banner(&standing, self.audience.readers(), printed).ok().flatten()
    }
}

fn fault_at(
    path: &str,
    check: &'static str,
    what: String,
    place: Option<Span<Output>>,
    document: &Document,
) -> Fault {
    let words = place.map(|place| {
        let span = Span::new(place.start(), place.end());
        SourceText::new(document.source().expose(span).to_owned())
    });
    let position = place.map(|place| document.position_of(place.start()));
    Fault { path: path.to_owned(), check, position, what, words }
}
