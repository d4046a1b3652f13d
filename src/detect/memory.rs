//! What was found in zones read before, so that text read again is not searched again.
//!
//! A release is read from nothing, once for each audience and again whenever it is mended, and most of its zones are
//! those of its source. No zone is looked at beyond its ends by those who keep something here, so that what they find is a
//! function of what they name: the zone's text, and what else is asked for with it. Whoever reads a text finds the same
//! with a memory and without. A memory is of one rule set and one report, and bounded.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::Found;
use super::statistical::Looked;

/// The most bytes of text kept; what is longer in all is searched each time.
const MOST_BYTES: usize = 4 << 20;

/// Zones by their text, from the first token to the last.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    zones: RefCell<HashMap<Box<str>, Zone, FixedState>>,
    bytes: Cell<usize>,
}

/// What is known of a text.
#[derive(Debug, Default)]
struct Zone {
    /// What shapes find in it, places counted from its start.
    shapes: Option<Box<[Found]>>,
    /// What the statistical reader sees in it at the first look.
    looks: Vec<Looked>,
}

impl Memory {
    /// What shapes find in a zone of this text that starts at a byte.
    pub(super) fn shapes(&self, text: &str, start: usize, search: impl FnOnce() -> Vec<Found>) -> Vec<Found> {
        if let Some(known) = self.zones.borrow().get(text).and_then(|zone| zone.shapes.as_ref()) {
            return known.iter().map(|found| found.moved(0, start)).collect();
        }
        let found = search();
        self.keep(text, |zone| {
            zone.shapes = Some(found.iter().map(|found| found.moved(start, 0)).collect());
        });
        found
    }

    /// Hands what the first look at a zone of this text says to `tell`. `is_same` knows the one that is asked for.
    pub(super) fn looked(
        &self,
        text: &str,
        is_same: impl Fn(&Looked) -> bool,
        look: impl FnOnce() -> Looked,
        tell: impl FnOnce(&Looked),
    ) {
        let zones = self.zones.borrow();
        if let Some(known) = zones.get(text).and_then(|zone| zone.looks.iter().find(|look| is_same(look))) {
            return tell(known);
        }
        drop(zones);
        let looked = look();
        tell(&looked);
        self.keep(text, |zone| zone.looks.push(looked));
    }

    fn keep(&self, text: &str, put: impl FnOnce(&mut Zone)) {
        let bytes = self.bytes.get() + text.len();
        if bytes > MOST_BYTES {
            return;
        }
        self.bytes.set(bytes);
        let mut zones = self.zones.borrow_mut();
        match zones.get_mut(text) {
            Some(zone) => put(zone),
            None => put(zones.entry(text.into()).or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::reading::Reading;
    use crate::detect::statistical::features::Context;
    use crate::detect::{Share, survey};
    use crate::rules::RuleSet;

    fn rules() -> &'static RuleSet {
        static RULES: std::sync::LazyLock<RuleSet> =
            std::sync::LazyLock::new(|| crate::rules::Patterns::built_in().build().unwrap());
        &RULES
    }

    /// Zones that a reader may meet again, whole, changed or under another mark.
    const ZONES: [&str; 6] = [
        "A clerk in the port office told our officer that the quay will close.",
        "A clerk told our officer that the quay will close. He saw it.",
        "The clerk said so.",
        "SUBJ: Intercepted calls of the 3rd Brigade",
        "According to a source with direct access, the H E R O N sails on 3 May.",
        "Nothing of note.",
    ];

    fn found(zones: &[(usize, u8)], memory: &Memory) -> Vec<crate::detect::Finding> {
        let mut text = String::new();
        let mut contexts = Vec::new();
        for &(zone, level) in zones {
            let start = text.len();
            text.push_str(ZONES[zone]);
            contexts.push((start..text.len(), Context { level, controls: 0 }));
            text.push('\u{1E}');
        }
        let places = contexts.iter().map(|(place, _)| place.clone());
        let reading = Reading::new(&text, places, &rules().vocabulary);
        survey(&text, &reading, rules(), &contexts, &[Share::whole(&text)], memory).findings
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_text_reads_the_same_with_a_memory_and_without(
            reports in prop::collection::vec(
                prop::collection::vec((0..ZONES.len(), prop::sample::select(vec![b'U', b'S'])), 1..6), 1..5),
        ) {
            let memory = Memory::default();
            for report in reports {
                prop_assert_eq!(found(&report, &memory), found(&report, &Memory::default()));
            }
        }
    }
}
