//! No rule finds anything that the policy would have changed.

use super::{Faults, Subject, output};

pub(in crate::verify) fn findings(subject: &Subject<'_>, faults: &mut Faults) {
    for finding in subject.findings.iter().filter(|finding| finding.confidence >= subject.gate.policy.flag) {
        faults.leak(finding.rule.to_string(), output(subject.document, finding.span));
    }
}
