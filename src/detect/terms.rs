//! The reader of the local term list: literals wherever no letter adjoins them.

use super::{Found, Reader, View};

/// The rule that stands for a local term, by category.
fn rule_of(category: crate::Category) -> String {
    format!("{category}.local-term")
}

pub(super) struct Terms;

impl Reader for Terms {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        let Some(terms) = &view.rules.terms else { return };
        for hit in terms.automaton.find_overlapping_iter(view.text) {
            let adjoins = |c: Option<char>| c.is_some_and(char::is_alphabetic);
            if adjoins(view.text[..hit.start()].chars().next_back())
                || adjoins(view.text[hit.end()..].chars().next())
            {
                continue;
            }
            let category = terms.categories[hit.pattern().as_usize()];
            let id = rule_of(category);
            let Some(rule) = view.rules.rules().iter().position(|rule| rule.id.as_str() == id) else {
                continue;
            };
            findings.push(Found { bytes: hit.range(), rule, category, confidence: 1.0, binds: None });
        }
    }
}
