//! Stages by themselves, for benches and fuzz targets.

use crate::detect::reading::Reading;
use crate::rules::RuleSet;

/// Rewrites a text line by line, without marks or Markdown; for trying rules.
#[must_use]
pub fn plain(text: &str, rules: &RuleSet) -> (String, Vec<crate::Finding>) {
    let mark = regex::Regex::new(
        r"\((?:U|C|S|TS|R)(?://[^()\n]*)?\)|(?m:^)(?:#+|[-*+>]|\d+[.)]|\[\^\w+\]:|\|)[ \t]+|\*\*|\s\|",
    )
    .expect("the pattern is sound");
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

/// How many bytes of a report a reader sees: the document stage alone.
#[must_use]
pub fn visible_bytes(text: &str) -> usize {
    let source = crate::text::SourceText::new(text.to_owned());
    crate::document::Document::parse(source, crate::document::Format::Markdown).visible().len()
}
