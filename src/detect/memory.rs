//! What was found in text read before, so that text read again is not searched again.
//!
//! A release is read from nothing, once for each audience and again whenever it is mended, and most of its sentences are
//! those of its source; a zone read without its disguises differs from what is shown in few sentences too. Shapes look at
//! a sentence and no further, the statistical reader's first look at a zone, so that what they find is a function of what
//! they name here: the text, and what else is asked for with it. Whoever reads a text finds the same with a memory and
//! without. A memory is of one rule set and one report, and bounded.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use foldhash::fast::FixedState;

use super::program::Hit;
use super::reading::Reading;
use super::statistical::Looked;
use super::tokens::{Sentence, Shape};
use crate::text::{Folded, is_undisguised};

/// The most bytes of text kept; what is longer in all is searched each time.
const MOST_BYTES: usize = 4 << 20;

/// What is known of sentences and zones.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// By how a sentence opens and by its [`key`]: where each rule's shape hits, places counted from the first token.
    sentences: [Known<Box<[Seen]>>; OPENINGS],
    /// The key of the sentence asked for last; kept to save allocations.
    key: RefCell<String>,
    /// By text: how it reads without its disguises, where that differs.
    disguised: Known<Rc<[Folded]>>,
    /// By text, from the first token to the last: what the statistical reader sees at the first look.
    zones: Known<Vec<Looked>>,
    /// By block: what expressions match in it, places counted from its start.
    blocks: Known<Box<[Match]>>,
    bytes: Cell<usize>,
}

/// What is known, by text.
type Known<T> = RefCell<HashMap<Box<str>, T, FixedState>>;

/// A rule, by its place, and where its shape hits.
pub(super) type Seen = (usize, Hit);

/// A rule, by its place, and the bytes that its expression marks.
pub(super) type Match = (usize, Range<usize>);

/// How a sentence opens: see [`opening`].
const OPENINGS: usize = 4;

/// What bears on the shapes of a sentence and does not show in its tokens: whether its first token begins a sentence, and
/// whether it begins a portion.
fn opening(reading: &Reading<'_>, sentence: &Sentence) -> usize {
    usize::from(reading.shape(sentence.start).intersects(Shape::FIRST))
        | usize::from(reading.starts_portion(sentence.start)) << 1
}

/// Writes the tokens of a sentence, each behind a character that no token holds and that tells whether it hangs on the one
/// before it: which white space stands between them makes no difference.
fn key(text: &str, reading: &Reading<'_>, sentence: &Sentence, key: &mut String) {
    key.clear();
    for token in &reading.tokens[sentence.start as usize..sentence.end as usize] {
        key.push(if token.shape.intersects(Shape::JOINED) { '\n' } else { ' ' });
        key.push_str(token.text(text));
    }
}

impl Memory {
    /// Tells where shapes hit in a sentence of `text`, rule by rule.
    pub(super) fn hits(
        &self,
        text: &str,
        reading: &Reading<'_>,
        sentence: &Sentence,
        search: impl FnOnce() -> Vec<Seen>,
        mut tell: impl FnMut(usize, Hit),
    ) {
        let mut written = self.key.borrow_mut();
        key(text, reading, sentence, &mut written);
        let sentences = &self.sentences[opening(reading, sentence)];
        if let Some(known) = sentences.borrow().get(written.as_str()) {
            return known.iter().for_each(|(rule, hit)| tell(*rule, hit.moved(0, sentence.start)));
        }
        let found = search();
        found.iter().for_each(|(rule, hit)| tell(*rule, *hit));
        if self.has_room(&written) {
            let known = found.into_iter().map(|(rule, hit)| (rule, hit.moved(sentence.start, 0)));
            sentences.borrow_mut().insert(written.as_str().into(), known.collect());
        }
    }

    /// How a text reads without its disguises; nothing when it has none.
    pub(super) fn disguised(&self, text: &str) -> Rc<[Folded]> {
        if is_undisguised(text) {
            return Rc::default();
        }
        if let Some(known) = self.disguised.borrow().get(text) {
            return known.clone();
        }
        let readings: Rc<[Folded]> =
            Folded::readings(text).into_iter().filter(Folded::is_disguised).collect();
        if self.has_room(text) {
            self.disguised.borrow_mut().insert(text.into(), readings.clone());
        }
        readings
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
        if let Some(known) = zones.get(text).and_then(|looks| looks.iter().find(|look| is_same(look))) {
            return tell(known);
        }
        drop(zones);
        let looked = look();
        tell(&looked);
        if self.has_room(text) {
            let mut zones = self.zones.borrow_mut();
            match zones.get_mut(text) {
                Some(looks) => looks.push(looked),
                None => _ = zones.insert(text.into(), vec![looked]),
            }
        }
    }

    /// Tells what expressions match in a block of this text, and whether that is known.
    pub(super) fn matches(&self, block: &str, tell: impl FnMut(&Match)) -> bool {
        let blocks = self.blocks.borrow();
        let known = blocks.get(block);
        known.into_iter().flatten().for_each(tell);
        known.is_some()
    }

    /// Takes in what expressions match in a block of this text.
    pub(super) fn keep_matches(&self, block: &str, matches: impl Iterator<Item = Match>) {
        if self.has_room(block) {
            self.blocks.borrow_mut().insert(block.into(), matches.collect());
        }
    }

    /// Whether a text may still be kept; it is counted as kept.
    fn has_room(&self, text: &str) -> bool {
        let bytes = self.bytes.get() + text.len();
        let has_room = bytes <= MOST_BYTES;
        if has_room {
            self.bytes.set(bytes);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::reading::Reading;
    use crate::detect::statistical::features::Context;
    use crate::detect::{Share, survey};
    use crate::rules::built_in;

    /// Zones that a reader may meet again, whole, changed or under another mark.
    const ZONES: [&str; 7] = [
        "A clerk in the port office told our officer that the quay will close.",
        "A clerk told our officer that the quay will close. He saw it.",
        "The clerk said so.",
        "SUBJ: Intercepted calls of the 3rd Brigade",
        "According to a source with direct access, the H E R O N sails on 3 May.",
        "REF: CS-12-3456 of 121530Z MAY 61, grid 31U DQ 4825 1193; call +44 20 5550 0123.",
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
        let reading = Reading::new(&text, places, &built_in().vocabulary);
        survey(&text, &reading, built_in(), &contexts, &[Share::whole(&text)], memory).findings
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
