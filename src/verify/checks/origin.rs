//! Every byte of the release has an origin: kept source, a phrase of the rules or the policy, a rendered marking, or the
//! mending of structure (numbers, white space, list and footnote markers).

use super::{Faults, Subject};

pub(in crate::verify) fn origin(subject: &Subject<'_>, faults: &mut Faults) {
    for &(span, text) in subject.inserted {
        let known = subject.gate.origins.iter().any(|origin| origin.contains(text.trim()));
        let structure =
            text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || c.is_ascii_punctuation());
        if !known && !structure {
            faults.leak("text without an origin", Some(span));
        }
    }
}
