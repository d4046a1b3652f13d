//! `check`: what is wrong with a draft, and which of its marks nothing bears out.
//!
//! A report comes in, findings with exact places go out ([`Checked`]). The rules look at what the stages before them made:
//! the document with its marks, and what detection found. Each family has its file; what a rule finds, why and what to do
//! stands in `patterns/lint/`. Nothing here reads files, knows a clock or prints: formats are the affair of `report`.
//!
//! A [`Linter`] is made once and shared. [`Linter::check`] judges one report; a [`Draft`] keeps what it has read, so that an
//! editor pays for the portion that changed alone.

mod baseline;
mod case;
mod catalog;
mod channel;
mod diagnostic;
mod draft;
mod fix;
mod leak;
mod marking;
mod over_restriction;
mod settings;
mod style;
mod suppression;
mod tearline;
mod words;

pub use baseline::{Baseline, BaselineError, Entry, Terms};
pub use catalog::{Catalog, Lint, LintRule, Severity, UnknownLint};
pub use diagnostic::{Checked, Diagnostic, Fix, Place, Suppressed};
pub use draft::{Draft, OutsideText};
pub use fix::{Fixed, fixed};
pub use settings::{Settings, Severities};

use std::collections::BTreeMap;

use crate::decide::Marks;
use crate::decisions::anchor::fingerprint;
use crate::detect::{Finding, Memory, contexts, read, survey};
use crate::document::{Document, Format};
use crate::failpoint::reach;
use crate::policy::Policy;
use crate::rules::{Patterns, RuleError, RuleSet};
use crate::text::SourceText;
use case::Case;
use words::Words;

/// Bytes on each side, within the line, that a fingerprint depends on at most.
const CONTEXT: usize = 2048;

/// Rules, policy and settings: everything that `check` decides by, shared by all reports.
#[derive(Debug)]
pub struct Linter {
    rules: RuleSet,
    policy: Policy,
    catalog: Catalog,
    words: Words,
    settings: Settings,
}

impl Linter {
    /// A linter of some patterns.
    ///
    /// # Errors
    /// When a pattern file is not sound.
    pub fn new(patterns: &Patterns, policy: Policy, settings: Settings) -> Result<Self, RuleError> {
        let catalog = Catalog::load(patterns)?;
        let rules = patterns.build()?;
        let words = Words::load(patterns)?;
        Ok(Self { rules, policy, catalog, words, settings })
    }

    /// The rules of `check` with their words.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Checks one report. `path` is the name it is shown under.
    #[must_use]
    pub fn check(&self, path: &str, source: SourceText, format: Format) -> Checked {
        let document = Document::parse(source, format);
        let marks = self.marks(&document);
        let findings = self.read(&document, &marks);
        reach("check", document.visible());
        self.judge(path, &document, &findings, &marks)
    }

    /// What detection finds in a whole document, as a release would.
    fn read(&self, document: &Document, marks: &Marks) -> Vec<Finding> {
        let reading = read(document, &self.rules);
        let shares = marks.shares(document, &self.policy);
        let memory = Memory::default();
        survey(document.visible(), &reading, &self.rules, &contexts(document), &shares, &memory).findings
    }

    fn marks(&self, document: &Document) -> Marks {
        Marks::of(document, self.settings.assume.as_ref().map(crate::AssumedMark::text))
    }

    /// Judges a document by what was found in it.
    fn judge(&self, path: &str, document: &Document, findings: &[Finding], marks: &Marks) -> Checked {
        let case = Case::new(self, document, findings, marks);
        let mut out = case.out();
        leak::check(&case, &mut out);
        leak::file_name(&case, path, &mut out);
        marking::check(&case, &mut out);
        over_restriction::check(&case, &mut out);
        tearline::check(&case, &mut out);
        channel::check(&case, &mut out);
        style::check(&case, &mut out);
        let suppressions =
            if self.settings.inline { suppression::heeded(&case, &mut out) } else { Vec::new() };
        let mut diagnostics = out.finish();
        let mut late = case.out();
        suppression::apply(&suppressions, &mut diagnostics, &mut late);
        diagnostics.extend(late.finish());
        diagnostics.sort_by_key(|diagnostic| (diagnostic.place.span, diagnostic.lint));
        if let Some(key) = &self.settings.key {
            mark_for_good(key, document.source(), &mut diagnostics);
        }
        Checked { path: path.to_owned(), source: document.source().clone(), diagnostics }
    }
}

/// Gives each finding its fingerprint: the same while the rule and the words of the line stay, wherever the line moves. Where
/// in the line a finding starts is left out, since the statistical reader draws it a word longer or shorter with the
/// rest of the report; findings of one rule in one line are numbered.
fn mark_for_good(key: &[u8; 32], source: &SourceText, diagnostics: &mut [Diagnostic]) {
    let text = source.expose(source.span());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let span = diagnostic.place.span;
        let whole = |at: &usize| text.is_char_boundary(*at);
        let from = (span.start().saturating_sub(CONTEXT)..=span.start()).find(whole).unwrap_or(span.start());
        let to = (span.end()..=(span.end() + CONTEXT).min(text.len())).rfind(whole).unwrap_or(span.end());
        let line_end = |c: char| c == '\n' || c == '\r';
        let start = text[from..span.start()].rfind(line_end).map_or(from, |at| from + at + 1);
        let end = text[span.end()..to].find(line_end).map_or(to, |at| span.end() + at);
        let words: Vec<&str> = text[start..end].split_whitespace().collect();
        let mut print = fingerprint(key, &[diagnostic.lint.id(), &words.join(" ")]);
        let count = seen.entry(print.clone()).or_default();
        *count += 1;
        if *count > 1 {
            print = format!("{print}-{count}");
        }
        diagnostic.fingerprint = Some(print);
    }
}
