//! What each audience gets: findings, marks and policy in, a plan out.

mod plan;
mod replacement;
mod rewrite;

pub use plan::{Edit, Plan, PortionFate};
pub use replacement::Replacement;
pub(crate) use rewrite::{apply, rewrite};

use crate::detect::reading::Reading;
use crate::rules::RuleSet;

/// A plain text with everything sensitive in it taken out: for the examples beside the rules.
pub(crate) fn rewrite_text(text: &str, reading: &Reading<'_>, rules: &RuleSet) -> String {
    let findings = crate::detect::detect(text, reading, rules);
    let spans: Vec<_> = findings.iter().map(|finding| (finding.span, finding.frame)).collect();
    apply(text, &rewrite(text, reading, rules, &spans))
}
