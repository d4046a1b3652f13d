//! Stages by themselves, for benches and fuzz targets.

use crate::detect::reading::Reading;
pub use crate::document::Document;
use crate::rules::RuleSet;

pub use crate::document::Format;

/// Rewrites a text line by line, without marks or Markdown; for trying rules.
#[must_use]
pub fn plain(text: &str, rules: &RuleSet) -> (String, Vec<crate::Finding>) {
    let mark = regex::Regex::new(r"\((?:U|C|S|TS|R)(?://[^()\n]*)?\)|(?m:^)(?:#+|[-*+>]|\d+[.)]|\[\^\w+\]:|\|)[ \t]+|\*\*|\s\|").expect("the pattern is sound");
    let mut zones = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let mut at = line_start;
        for hit in mark.find_iter(line) {
            zones.push(at..line_start + hit.start());
            at = line_start + hit.end();
        }
        line_start += line.len();
        zones.push(at..line_start);
    }
    let reading = Reading::new(text, zones, &rules.vocabulary);
    let findings = crate::detect::detect(text, &reading, rules);
    let spans: Vec<_> = findings.iter().map(|f| (f.span, f.frame)).collect();
    let edits = crate::decide::rewrite(text, &reading, rules, &spans);
    (crate::decide::apply(text, &edits), findings)
}

/// How many tokens the visible text of a report has.
#[must_use]
pub fn read(document: &Document, rules: &RuleSet) -> usize {
    Reading::new(document.visible(), crate::detect::zones(document), &rules.vocabulary).tokens.len()
}

/// What the rules find in the visible text of a report.
#[must_use]
pub fn scan(document: &Document, rules: &RuleSet) -> Vec<crate::Finding> {
    let reading = Reading::new(document.visible(), crate::detect::zones(document), &rules.vocabulary);
    crate::detect::detect(document.visible(), &reading, rules)
}

/// DEV
pub fn dump(document: &Document, rules: &RuleSet) -> Vec<String> {
    let reading = Reading::new(document.visible(), crate::detect::zones(document), &rules.vocabulary);
    crate::detect::dump(document.visible(), &reading, rules)
}
