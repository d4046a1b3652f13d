//! No rule finds anything that the policy would have changed, what a named decision let through aside.

use super::{Faults, Subject, output};

pub(in crate::verify) fn findings(subject: &Subject<'_>, faults: &mut Faults) {
    for finding in subject.findings.iter().filter(|finding| finding.confidence >= subject.gate.policy.flag) {
        let place = output(subject.document, finding.span);
        if !place.is_some_and(|place| subject.is_decided(place)) {
            faults.leak(finding.rule.to_string(), place);
        }
    }
}
