//! Stages by themselves, for benches and fuzz targets.

use std::ops::Range;

use crate::detect::reading::Reading;
use crate::detect::statistical::features::Context;
use crate::rules::RuleSet;

pub use crate::document::*;

#[cfg(feature = "train")]
pub use crate::detect::statistical::train;

/// Rewrites a text line by line, without marks or Markdown; for trying rules.
#[must_use]
pub fn plain(text: &str, rules: &RuleSet) -> (String, Vec<crate::Finding>) {
    let zones = zones(text);
    let reading = Reading::new(text, zones.iter().map(|(zone, _)| zone.clone()), &rules.vocabulary);
    let findings = crate::detect::detect_all(text, &reading, rules, &zones);
    let spans: Vec<_> = findings.iter().map(|f| (f.span, f.frame)).collect();
    let edits = crate::decide::rewrite(text, &reading, rules, &spans);
    (crate::decide::apply(text, &edits), findings)
}

/// How many bytes of a report a reader sees: the document stage alone.
#[must_use]
pub fn visible_bytes(text: &str) -> usize {
    let source = crate::text::SourceText::new(text.to_owned());
    crate::document::Document::parse(source, crate::document::Format::Markdown).visible().len()
}

/// The text between portion marks and Markdown's marks, and what the portion mark before it says.
fn zones(text: &str) -> Vec<(Range<usize>, Context)> {
    let mark = regex::Regex::new(r"\((?:U|C|S|TS|R)(?://[^()\n]*)?\)|(?m:^)(?:#+|[-*+>]|\d+[.)]|\[\^\w+\]:|\|)[ \t]+|\*\*|\s\|").expect("the pattern is sound");
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
