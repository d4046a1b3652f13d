//! No rule finds anything that the policy would have changed.

use super::{Faults, Subject, output};

pub(in crate::verify) fn findings(subject: &Subject<'_>, faults: &mut Faults) {
    for finding in subject.findings.iter().filter(|finding| finding.confidence >= subject.gate.policy.flag) {
        let at = subject.document.position(finding.span);
        faults.add(format!("line {} column {}: {}", at.line, at.column, finding.rule), output(subject.document, finding.span));
    }
}
