//! Stages by themselves, for benches and fuzz targets.

use std::ops::Range;

use crate::detect::reading::Reading;
use crate::detect::statistical::features::Context;
use crate::rules::RuleSet;

pub use crate::document::*;

/// The training of the statistical reader, with the rewriting that its half-redacted copies ask for.
#[cfg(feature = "train")]
pub mod train {
    use std::path::Path;

    use crate::decide::{Origin, Removal, rewrite};
    use crate::detect::reading::Reading;
    use crate::detect::statistical::train;
    use crate::rules::schema::Frame;
    use crate::rules::{Patterns, RuleSet};
    use crate::text::{Span, Visible};

    pub use train::{Bench, CorpusError, Outcome, Point, Report, Settings, Trained, alike, read, retune};

    /// Reads all reports of a folder with the rules, which are those of the patterns.
    ///
    /// # Errors
    /// When the reports cannot be read.
    pub fn bench(
        dir: &Path,
        patterns: &Patterns,
        rules: &RuleSet,
        settings: &Settings,
    ) -> Result<Bench, CorpusError> {
        train::bench(dir, patterns, rules, settings, redact)
    }

    fn redact(
        text: &str,
        reading: &Reading<'_>,
        rules: &RuleSet,
        spans: &[Span<Visible>],
    ) -> Vec<(Span<Visible>, String, bool)> {
        let removals: Vec<_> = spans.iter().map(|&span| Removal::sure(span, Frame::Phrase)).collect();
        let edits = rewrite(text, reading, rules, &removals);
        let plain = |edit: crate::decide::Edit| {
            let adapted = edit.replacement.origin() == Origin::Adapted;
            (edit.span, edit.replacement.text().to_owned(), adapted)
        };
        edits.into_iter().map(plain).collect()
    }
}

/// Rewrites a text line by line, without marks or Markdown; for trying rules.
#[must_use]
pub fn plain(text: &str, rules: &RuleSet) -> (String, Vec<crate::Finding>) {
    let zones = zones(text);
    let reading = Reading::new(text, zones.iter().map(|(zone, _)| zone.clone()), &rules.vocabulary);
    let findings = crate::detect::detect_all(text, &reading, rules, &zones);
    let removals: Vec<_> = findings.iter().map(|f| crate::decide::Removal::sure(f.span, f.frame)).collect();
    let edits = crate::decide::rewrite(text, &reading, rules, &removals);
    (crate::decide::apply(text, &edits), findings)
}

/// How many bytes of a report a reader sees: the document stage alone.
#[must_use]
pub fn visible_bytes(text: &str) -> usize {
    visible_bytes_of(text, Format::Markdown)
}

/// The same of a report in a format.
#[must_use]
pub fn visible_bytes_of(text: &str, format: Format) -> usize {
    let source = crate::text::SourceText::new(text.to_owned());
    Document::parse(source, format).visible().len()
}

/// The text between portion marks and Markdown's marks, and what the portion mark before it says.
fn zones(text: &str) -> Vec<(Range<usize>, Context)> {
    let mark = regex::Regex::new(
        r"\((?:U|C|S|TS|R)(?://[^()\n]*)?\)|(?m:^)(?:#+|[-*+>]|\d+[.)]|\[\^\w+\]:|\|)[ \t]+|\*\*|\s\|",
    )
    .expect("the pattern is sound");
    let mut zones = Vec::new();
    let mut line_start = 0;
    let mut context = Context::default();
    for line in text.split_inclusive('\n') {
        let mut at = line_start;
        if line.trim().is_empty() {
            context = Context::default();
        }
        for hit in mark.find_iter(line) {
            zones.push((at..line_start + hit.start(), context));
            at = line_start + hit.end();
            if hit.as_str().starts_with('(') {
                context = Context::of_mark(hit.as_str());
            }
        }
        line_start += line.len();
        zones.push((at..line_start, context));
    }
    zones
}

/// A report taken apart and cut into tokens, ready to be scanned.
#[derive(Debug)]
pub struct Scan<'r> {
    text: String,
    contexts: Vec<(Range<usize>, Context)>,
    reading: Reading<'r>,
    rules: &'r RuleSet,
}

impl<'r> Scan<'r> {
    /// Reads a Markdown report.
    #[must_use]
    pub fn new(text: String, rules: &'r RuleSet) -> Self {
        let document = Document::parse(crate::text::SourceText::new(text), Format::Markdown);
        let reading = crate::detect::read(&document, rules);
        let contexts = crate::detect::contexts(&document);
        Self { text: document.visible().to_owned(), contexts, reading, rules }
    }

    /// Bytes of visible text.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "for counting alone")]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Runs the rules; answers how much they find.
    #[must_use]
    pub fn rules(&self) -> usize {
        crate::detect::detect(&self.text, &self.reading, self.rules).len()
    }

    /// Runs the statistical reader by itself; answers how much it finds.
    #[must_use]
    pub fn reader(&self) -> usize {
        crate::detect::by_reader(&self.text, &self.reading, self.rules, &self.contexts).len()
    }
}
