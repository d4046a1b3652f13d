//! What is found in a report before anything is decided: for those who judge rules, not reports.

use super::{Pipeline, Report};
use crate::category::Category;
use crate::decide::Marks;
use crate::detect::{Finding, contexts, read, survey_each};
use crate::document::Document;
use crate::rules::RuleId;
use crate::text::{Position, Source, Span};

/// One finding and its place in the source.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The rule.
    pub rule: RuleId,
    /// What the rule's findings reveal.
    pub category: Category,
    /// From 0 to 1.
    pub confidence: f32,
    /// The source that holds its words.
    pub span: Span<Source>,
    /// Where that starts.
    pub position: Position,
}

/// The findings of a report, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// As a decision sees them: what overlaps is joined.
    pub joined: Vec<Hit>,
    /// What each rule finds by itself.
    pub each: Vec<Hit>,
}

impl Pipeline {
    /// Finds without deciding.
    #[must_use]
    pub fn scan(&self, report: &Report) -> Scan {
        let document = Document::parse(report.source.clone(), report.format);
        let reading = read(&document, &self.rules);
        let assume = report.assume.as_ref().or(self.assume.as_ref()).map(|mark| mark.0.as_str());
        let shares = Marks::of(&document, assume).shares(&document, &self.policy);
        let (joined, each) =
            survey_each(document.visible(), &reading, &self.rules, &contexts(&document), &shares);
        let hits = |findings: Vec<Finding>| {
            findings.into_iter().filter_map(|finding| hit(&document, finding)).collect::<Vec<_>>()
        };
        Scan { joined: hits(joined), each: hits(each) }
    }
}

/// The finding at its place in the source; none when its words have none there.
fn hit(document: &Document, finding: Finding) -> Option<Hit> {
    Some(Hit {
        span: document.segments().source_hull(finding.span)?,
        position: document.position(finding.span),
        rule: finding.rule,
        category: finding.category,
        confidence: finding.confidence,
    })
}
