//! Style on the high side: how good what is reported is (ICD 206).

use super::case::{Case, Out};
use super::catalog::Lint;

/// A portion that only its own side reads, tells who or what provided it, and says nothing of how good that is.
pub(super) fn check(case: &Case<'_>, out: &mut Out<'_>) {
    let words = &case.linter.words;
    for id in case.portions().filter(|&id| !case.is_open(id) && case.marking(id).is_some()) {
        let needs = |category| words.described.contains(&category);
        let rewrite = case.linter.policy.rewrite;
        let mut found = case.found_in(case.body(id));
        let Some(first) = found.find(|finding| needs(finding.category) && finding.confidence >= rewrite)
        else {
            continue;
        };
        let text = case.document.text(case.body(id));
        if words.descriptors.as_ref().is_none_or(|descriptors| !descriptors.is_match(text)) {
            let message = "this portion attributes without saying how good the access or the record is";
            let diagnostic = out.seen(Lint::SourceDescriptor, first.span, message);
            diagnostic.detection = Some(first.rule.to_string());
            diagnostic.category = Some(first.category);
        }
    }
}
