//! What every rule sees of one report, and where it puts its findings.

use std::ops::Range;

use crate::category::Category;
use crate::decide::Marks;
use crate::detect::reading::Reading;
use crate::detect::{Finding, zones};
use crate::document::{Document, FurnitureKind, PortionId};
use crate::marking::register::Control;
use crate::marking::{self, Answer, Marking};
use crate::text::{Source, SourceText, Span, Visible};

use super::catalog::Lint;
use super::diagnostic::{Diagnostic, Fix, Place};
use super::{Linter, Severity};

/// One report as the rules see it.
pub(super) struct Case<'a> {
    pub(super) linter: &'a Linter,
    pub(super) document: &'a Document,
    /// What detection found, in order.
    pub(super) findings: &'a [Finding],
    pub(super) marks: &'a Marks,
    standings: Vec<Standing>,
    /// What of the visible text is read, in order.
    zones: Vec<Range<usize>>,
    /// Of each portion with a mark, the portions under it, itself first.
    groups: Vec<Vec<PortionId>>,
}

/// Who a portion is marked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its mark lets these read it: audiences by name, or whoever the mark names.
    Open(String),
    /// Its mark keeps them out, or asks the originator.
    Closed,
    /// It carries no mark.
    Unmarked,
}

/// Findings as the rules make them.
pub(super) struct Out<'a> {
    linter: &'a Linter,
    document: &'a Document,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        linter: &'a Linter,
        document: &'a Document,
        findings: &'a [Finding],
        marks: &'a Marks,
    ) -> Self {
        let standings = standings(linter, document, marks);
        let mut groups = vec![Vec::new(); document.portions().len()];
        for id in 0..groups.len() {
            groups[document.marked(id)].push(id);
        }
        Self { linter, document, findings, marks, standings, zones: zones(document), groups }
    }

    pub(super) fn out(&self) -> Out<'a> {
        Out { linter: self.linter, document: self.document, diagnostics: Vec::new() }
    }

    pub(super) fn standing(&self, portion: PortionId) -> &Standing {
        &self.standings[portion]
    }

    pub(super) fn is_open(&self, portion: PortionId) -> bool {
        matches!(self.standings[portion], Standing::Open(_))
    }

    pub(super) fn portions(&self) -> Range<PortionId> {
        0..self.document.portions().len()
    }

    /// The body of a portion.
    pub(super) fn body(&self, portion: PortionId) -> Span<Visible> {
        self.document.portions()[portion].body
    }

    /// What the mark of a portion says, its holder's when it has none.
    pub(super) fn marking(&self, portion: PortionId) -> Option<&marking::Reading> {
        self.marks.portions[portion].as_ref().map(|(_, reading)| reading)
    }

    /// The findings that the policy acts on and that share a byte with a span.
    pub(super) fn found_in(&self, span: Span<Visible>) -> impl Iterator<Item = &'a Finding> {
        let least = self.linter.policy.flag;
        let first = self.findings.partition_point(|finding| finding.span.end() <= span.start());
        self.findings[first..]
            .iter()
            .take_while(move |finding| finding.span.start() < span.end())
            .filter(move |finding| finding.confidence >= least)
    }

    /// The portion, and all that stand under its mark.
    pub(super) fn under(&self, portion: PortionId) -> &[PortionId] {
        &self.groups[portion]
    }

    /// A reading of one portion's body.
    pub(super) fn reading(&self, portion: PortionId) -> Reading<'a> {
        let body = self.body(portion);
        let first = self.zones.partition_point(|zone| zone.start < body.start());
        let inside = self.zones[first..].iter().take_while(|zone| zone.end <= body.end()).cloned();
        Reading::new(self.document.visible(), inside, &self.linter.rules.vocabulary)
    }

    /// How many words with a letter a span has.
    pub(super) fn words(&self, span: Span<Visible>) -> usize {
        let words = self.document.text(span).split_whitespace();
        words.filter(|word| word.chars().any(char::is_alphabetic)).count()
    }

    /// Banners that are the report's, without those of its tearline sections.
    pub(super) fn banners(&self) -> Vec<Span<Visible>> {
        let furniture = self.document.furniture();
        let is_banner = |index: &usize| furniture[*index].kind == FurnitureKind::Banner;
        let last = (0..furniture.len()).rfind(is_banner);
        let mut open = false;
        let mut banners = Vec::new();
        for (index, place) in furniture.iter().enumerate() {
            match place.kind {
                FurnitureKind::TearlineStart => open = true,
                FurnitureKind::TearlineEnd => open = false,
                // The last banner of a report whose tearline runs to its end is the report's all the same.
                FurnitureKind::Banner if !open || Some(index) == last && !banners.is_empty() => {
                    banners.push(place.marking);
                }
                FurnitureKind::Banner | FurnitureKind::Authority | FurnitureKind::TearlineRow => {}
            }
        }
        banners
    }
}

/// Whether findings of a category tell how something is known, rather than how it is marked.
pub(super) fn tells_how(category: Category) -> bool {
    category != Category::Marking
}

fn standings(linter: &Linter, document: &Document, marks: &Marks) -> Vec<Standing> {
    let count = document.portions().len();
    if linter.settings.audiences.is_empty() {
        let standing = |mark: &Option<(String, marking::Reading)>| match mark {
            None => Standing::Unmarked,
            Some((_, reading)) if names_readers(&reading.marking) => {
                Standing::Open("those whom its mark names".to_owned())
            }
            Some(_) => Standing::Closed,
        };
        return marks.portions.iter().map(standing).collect();
    }
    let mut readers: Vec<Vec<&str>> = vec![Vec::new(); count];
    for audience in &linter.settings.audiences {
        for (id, decision) in marks.decide(document, audience, &linter.policy).iter().enumerate() {
            if decision.answer == Answer::Yes {
                readers[id].push(audience.name());
            }
        }
    }
    let standing = |id: usize| match (&marks.portions[id], readers[id].as_slice()) {
        (None, _) => Standing::Unmarked,
        (Some(_), []) => Standing::Closed,
        (Some(_), names) => Standing::Open(names.join(", ")),
    };
    (0..count).map(standing).collect()
}

/// Whether a mark by itself lets someone abroad or outside read: no audience is configured.
fn names_readers(marking: &Marking) -> bool {
    !marking.bars_foreign()
        && !marking.has(Control::Oc)
        && (marking.has_fdr() || !marking.level.is_classified())
}

impl Out<'_> {
    /// Adds a finding at a span of the source.
    pub(super) fn at(
        &mut self,
        lint: Lint,
        span: Span<Source>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let mut diagnostic = Diagnostic::new(lint, self.place(span), message.into());
        diagnostic.severity = self.linter.settings.severities.of(lint);
        self.diagnostics.push(diagnostic);
        self.diagnostics.last_mut().expect("a finding was just added")
    }

    /// Adds a finding at a span of the visible text.
    pub(super) fn seen(
        &mut self,
        lint: Lint,
        span: Span<Visible>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let span = self.source(span);
        self.at(lint, span, message)
    }

    /// Gives the last finding a fix.
    pub(super) fn fix_last(&mut self, fix: Option<Fix>) {
        if let Some(last) = self.diagnostics.last_mut() {
            last.fix = fix;
        }
    }

    /// The source of a visible span.
    pub(super) fn source(&self, span: Span<Visible>) -> Span<Source> {
        let hull = self.document.segments().source_hull(span);
        hull.unwrap_or_else(|| {
            let end = self.document.source().len();
            Span::new(end, end)
        })
    }

    /// The place of a span.
    pub(super) fn place(&self, span: Span<Source>) -> Place {
        let at = |byte| self.document.position_of(byte);
        Place { span, start: at(span.start()), end: at(span.end()) }
    }

    /// A change of a visible span, if its source is the same bytes; otherwise the change would take markup with it.
    pub(super) fn change(&self, span: Span<Visible>, text: String) -> Option<Fix> {
        let source = self.source(span);
        (source.len() == span.len()).then(|| self.change_source(source, text))
    }

    /// A change of the source; neither safe nor public.
    pub(super) fn change_source(&self, span: Span<Source>, text: String) -> Fix {
        let Place { span, start, end } = self.place(span);
        Fix { span, start, end, text: SourceText::new(text), safe: false, public: false }
    }

    /// The findings of rules that are switched on, in the order of their places.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.retain(|diagnostic| diagnostic.severity > Severity::Off);
        self.diagnostics.sort_by_key(|diagnostic| (diagnostic.place.span, diagnostic.lint));
        self.diagnostics
            .dedup_by(|a, b| a.lint == b.lint && a.place.span == b.place.span && a.message == b.message);
        self.diagnostics
    }
}
