//! A report under work: what was read of it is kept, so that a keystroke pays for one portion.
//!
//! Parsing and judging a report is cheap and always done anew. Reading it with all detection rules is not, and a portion
//! whose text and mark stay the same mostly gives the same findings. Mostly: a name that one portion binds is found in the
//! others, and the statistical reader looks at the whole report. So an edit gives *provisional* findings, in which the changed
//! portions were read by themselves; [`Draft::settle`] reads everything again and gives what [`Linter::check`] would.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Checked, Linter};
use crate::detect::reading::Reading;
use crate::detect::{Finding, Memory, Share, contexts, survey, zones};
use crate::document::{Document, Format, PortionId};
use crate::text::{SourceText, Span};

/// A report under work.
#[derive(Debug)]
pub struct Draft<'l> {
    linter: &'l Linter,
    path: String,
    format: Format,
    /// Findings by the mark and text of their portion, from the start of its body.
    read: BTreeMap<(String, String), Vec<Finding>>,
    checked: Checked,
    settled: bool,
}

/// A range that does not lie in the text, or cuts a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the edited range does not lie in the text or cuts a character")]
pub struct OutsideText;

impl Linter {
    /// Opens a report for work.
    #[must_use]
    pub fn draft(&self, path: &str, source: SourceText, format: Format) -> Draft<'_> {
        let checked = Checked { path: path.to_owned(), source, diagnostics: Vec::new() };
        let mut draft = Draft {
            linter: self,
            path: path.to_owned(),
            format,
            read: BTreeMap::new(),
            checked,
            settled: false,
        };
        draft.settle();
        draft
    }
}

impl Draft<'_> {
    /// The text and what is found in it.
    #[must_use]
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// Whether the findings are those of the whole report, not provisional ones.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// Puts `text` in the place of some bytes and judges the report anew, with detection run over the changed portions alone.
    /// The findings are provisional.
    ///
    /// # Errors
    /// When the range does not lie in the text or cuts a character; nothing has changed then.
    pub fn edit(&mut self, range: Range<usize>, text: &str) -> Result<&Checked, OutsideText> {
        let old = self.checked.source.expose(self.checked.source.span());
        let (Some(before), Some(after)) = (old.get(..range.start), old.get(range.end..)) else {
            return Err(OutsideText);
        };
        if range.start > range.end {
            return Err(OutsideText);
        }
        let source = SourceText::new([before, text, after].concat());
        let document = Document::parse(source, self.format);
        let mut findings = Vec::new();
        for id in 0..document.portions().len() {
            let start = document.portions()[id].body.start();
            match self.read.get(&key(&document, id)) {
                Some(known) => findings.extend(known.iter().map(|finding| moved(finding, 0, start))),
                None => findings.extend(self.read_alone(&document, id)),
            }
        }
        self.keep(&document, &findings);
        self.settled = false;
        let marks = self.linter.marks(&document);
        self.checked = self.linter.judge(&self.path, &document, &findings, &marks);
        Ok(&self.checked)
    }

    /// Reads the whole report again.
    pub fn settle(&mut self) -> &Checked {
        if !self.settled {
            let document = Document::parse(self.checked.source.clone(), self.format);
            let marks = self.linter.marks(&document);
            let findings = self.linter.read(&document, &marks);
            self.keep(&document, &findings);
            self.checked = self.linter.judge(&self.path, &document, &findings, &marks);
            self.settled = true;
        }
        &self.checked
    }

    /// What detection finds in one portion, as if it stood alone.
    fn read_alone(&self, document: &Document, id: PortionId) -> Vec<Finding> {
        let rules = &self.linter.rules;
        let body = document.portions()[id].body;
        let inside =
            zones(document).into_iter().filter(|zone| body.start() <= zone.start && zone.end <= body.end());
        let inside: Vec<Range<usize>> = inside.collect();
        let reading = Reading::new(document.visible(), inside.iter().cloned(), &rules.vocabulary);
        let context = contexts(document).split_off(id);
        let share = Share { own: inside.clone(), seen: inside };
        survey(document.visible(), &reading, rules, &context[..1], &[share], &Memory::default()).findings
    }

    /// Remembers the findings of each portion.
    fn keep(&mut self, document: &Document, findings: &[Finding]) {
        self.read.clear();
        for id in 0..document.portions().len() {
            let body = document.portions()[id].body;
            let first = findings.partition_point(|finding| finding.span.start() < body.start());
            let own = findings[first..].iter().take_while(|finding| finding.span.start() < body.end());
            let own = own.map(|finding| moved(finding, body.start(), 0)).collect();
            self.read.insert(key(document, id), own);
        }
    }
}

/// What a portion's findings are kept under.
fn key(document: &Document, id: PortionId) -> (String, String) {
    let portions = document.portions();
    let mark = portions[document.marked(id)].mark.map(|mark| document.text(mark.visible).to_owned());
    (mark.unwrap_or_default(), document.text(portions[id].body).to_owned())
}

/// The finding with its span counted from another place.
fn moved(finding: &Finding, from: usize, to: usize) -> Finding {
    let span = Span::new(finding.span.start() - from + to, finding.span.end() - from + to);
    Finding { span, ..finding.clone() }
}
