//! Every portion of the release carries a mark that this audience may read.

use super::{Faults, Subject, output};
use crate::decide::Marks;
use crate::marking::Answer;

pub(in crate::verify) fn marks(subject: &Subject<'_>, faults: &mut Faults) {
    let gate = subject.gate;
    let document = subject.document;
    let marks = Marks::of(document, gate.assume);
    for (id, decision) in marks.decide(document, gate.audience, gate.policy).into_iter().enumerate() {
        let portion = &document.portions()[id];
        if decision.answer == Answer::Yes {
            continue;
        }
        // A mark over nothing tells what stood there.
        let place = match document.text(portion.body).chars().any(char::is_alphanumeric) {
            true => portion.body,
            false if portion.mark.is_some() => portion.extent,
            false => continue,
        };
        let what = format!("the portion is not releasable: {}", decision.reason);
        faults.leak(what, output(document, place));
    }
}
