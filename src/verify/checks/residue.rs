//! A code word, identifier or name that was removed anywhere stands nowhere, neither in the text a reader sees nor in the
//! bytes.

use super::{Faults, Subject};
use crate::text::Span;

pub(in crate::verify) fn residue(subject: &Subject<'_>, faults: &mut Faults) {
    if subject.gate.removed.is_empty() {
        return;
    }
    let text = subject.candidate.text();
    let Ok(automaton) = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(subject.gate.removed) else {
        faults.add("the words to look for are too many to be looked for", None);
        return;
    };
    let adjoins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    for hit in automaton.find_overlapping_iter(text) {
        if !adjoins(text[..hit.start()].chars().next_back()) && !adjoins(text[hit.end()..].chars().next()) {
            faults.add("a removed name, code word or identifier still stands", Some(Span::new(hit.start(), hit.end())));
        }
    }
}
