//! Findings ordered and joined: what overlaps becomes one.

use super::{Finding, Found};
use crate::category::Category;
use crate::rules::RuleSet;
use crate::rules::schema::Frame;
use crate::text::Span;

/// Joins overlapping findings into their hull. The longest gives rule, category and frame, the surest the confidence. What describes
/// the source base only, in a place where any origin may stand, leaves its name to what knows the origin.
pub(super) fn merge(mut found: Vec<Found>, rules: &RuleSet) -> Vec<Finding> {
    found.sort_by(|a, b| {
        (a.bytes.start, b.bytes.end, a.rule)
            .cmp(&(b.bytes.start, a.bytes.end, b.rule))
            .then(b.confidence.total_cmp(&a.confidence))
    });
    let mut out: Vec<(Finding, usize)> = Vec::new();
    for found in found {
        let span = Span::new(found.bytes.start, found.bytes.end);
        match out.last_mut().filter(|(last, _)| last.span.overlaps(span)) {
            Some((last, longest)) => {
                last.span = last.span.hull(span);
                last.confidence = last.confidence.max(found.confidence);
                let general = |category: Category| category == Category::Sourcing;
                let frame = last.frame;
                if general(last.category) != general(found.category) {
                    if general(last.category) {
                        name(last, &found, rules);
                        last.frame = frame;
                    }
                } else if span.len() > *longest {
                    name(last, &found, rules);
                }
                *longest = span.len().max(*longest);
            }
            None => {
                let rule = &rules.rules()[found.rule];
                let finding = Finding {
                    span,
                    category: found.category,
                    rule: rule.id.clone(),
                    confidence: found.confidence,
                    frame: frame(&found, rules),
                    linked: None,
                };
                out.push((finding, span.len()));
            }
        }
    }
    out.into_iter().map(|(finding, _)| finding).collect()
}

/// Each by itself, in order, the same one once.
pub(super) fn each(found: &[Found], rules: &RuleSet) -> Vec<Finding> {
    let mut each: Vec<Finding> = found
        .iter()
        .map(|found| {
            let rule = &rules.rules()[found.rule];
            Finding {
                span: Span::new(found.bytes.start, found.bytes.end),
                category: found.category,
                rule: rule.id.clone(),
                confidence: found.confidence,
                frame: rule.frame,
                linked: None,
            }
        })
        .collect();
    each.sort_by(|a, b| {
        (a.span, &a.rule).cmp(&(b.span, &b.rule)).then(b.confidence.total_cmp(&a.confidence))
    });
    each.dedup_by(|next, last| (next.span, &next.rule) == (last.span, &last.rule));
    each
}

fn name(finding: &mut Finding, found: &Found, rules: &RuleSet) {
    let rule = &rules.rules()[found.rule];
    finding.rule = rule.id.clone();
    finding.category = found.category;
    finding.frame = frame(found, rules);
}

/// How the sentence is mended: what is a part only of a sentence does not take the sentence with it.
fn frame(found: &Found, rules: &RuleSet) -> Frame {
    match rules.rules()[found.rule].frame {
        Frame::Sentence if found.in_part => Frame::Phrase,
        frame => frame,
    }
}
