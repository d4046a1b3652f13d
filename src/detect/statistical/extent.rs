//! Where a span that the reader found ends, as grammar has it.
//!
//! Probabilities fade over the words behind an attribution, so a span may take the subject of the clause that follows,
//! "According to a source, the group | will attack", or the start of an object, "A camera counted five | people".
//! What is known begins there.

use std::ops::Range;

use crate::detect::reading::Reading;
use crate::detect::tokens::{Sentence, Shape};
use crate::rules::Grammar;
use crate::rules::vocabulary::SlotId;

/// The most words of a subject.
const LONGEST_SUBJECT: u32 = 5;
/// The most words of an object whose start a span takes.
const LONGEST_OBJECT: u32 = 6;
/// The most words from a verb of telling to the end of a span that says of somebody what he is.
const LONGEST_DESCRIPTION: u32 = 8;
/// The most words of an aside between a subject and its verb.
const LONGEST_ASIDE: u32 = 8;
/// The most words that a comma sets off at an end of a span.
const LONGEST_EDGE: u32 = 3;
/// The highest mean probability of words that are given back.
const FADED: f32 = 0.6;
/// The most words of what is measured, its measure behind it.
const LONGEST_MEASURED: u32 = 7;
/// The highest mean probability of what a verb of measuring gives a measure of.
const MEASURED: f32 = 0.9;
/// How much less probable than the words behind it a verb is that stays with its subject.
const FADING: f32 = 0.05;
/// The same for a subject before a relative clause that stays inside.
const FADED_BEFORE_RELATIVE: f32 = 0.8;

/// What decides where a span ends: the text as it was read, and its grammar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent<'a> {
    pub(super) text: &'a str,
    pub(super) reading: &'a Reading<'a>,
    pub(super) grammar: &'a Grammar,
}

impl Extent<'_> {
    pub(super) fn is(&self, at: u32, slot: SlotId) -> bool {
        self.reading.is_word_of(at, slot)
    }

    pub(super) fn has(&self, at: u32, look: Shape) -> bool {
        self.reading.shape(at).intersects(look)
    }

    pub(super) fn word(&self, at: u32) -> &str {
        self.reading.tokens[at as usize].text(self.text)
    }

    fn is_word(&self, at: u32) -> bool {
        self.has(at, Shape::WORD | Shape::NUM)
    }

    /// A serial with all its parts: what a hyphen joins to it, and a last number behind a blank ("XIR 8 114 2209 | 31").
    pub(super) fn whole_serial(&self, sentence: &Sentence, span: Range<u32>) -> Range<u32> {
        let token = |at: u32| self.reading.tokens[at as usize];
        let is_part = |at: u32| {
            self.has(at, Shape::NUM | Shape::CAPS | Shape::MIXED)
                || token(at).end - token(at).start == 1 && self.has(at, Shape::CAP)
        };
        let is_joined = |at: u32| self.has(at, Shape::JOINED) && is_part(at) && is_part(at - 1);
        let ends = |at: u32| at >= sentence.end || self.has(at, Shape::PUNCT);
        let is_last = |at: u32| {
            let blank = &self.text[token(at - 1).end as usize..token(at).start as usize];
            self.has(at - 1, Shape::NUM) && self.has(at, Shape::NUM) && blank == " " && ends(at + 1)
        };
        let Range { mut start, mut end } = span;
        while start > sentence.start && is_joined(start) {
            start -= 1;
        }
        while end < sentence.end && (is_joined(end) || is_last(end)) {
            end += 1;
        }
        start..end
    }

    /// A span of tokens without the subject of the clause behind it.
    pub(super) fn without_subject(&self, sentence: &Sentence, span: Range<u32>) -> Range<u32> {
        let grammar = self.grammar;
        let is_verb = |at: u32| {
            !self.has(at, Shape::ING)
                && (self.is(at, grammar.auxiliary)
                    || self.is(at, grammar.saying)
                    || self.is(at, grammar.verb))
        };
        // The comma that closes an aside may stand behind the span, and the whole aside.
        let comma = span.end + u32::from(span.end < sentence.end && self.word(span.end) == ",");
        let verb = (comma + 1..sentence.end.min(comma + 1 + LONGEST_ASIDE))
            .find(|&at| self.word(at) == ",")
            .map(|close| close + 1)
            .filter(|&verb| {
                verb < sentence.end && is_verb(verb) && self.before_aside(span.start..verb) == Some(span.end)
            })
            .unwrap_or(comma);
        if verb >= sentence.end || !is_verb(verb) || span.clone().any(|at| self.is(at, grammar.relative)) {
            return span;
        }
        let end = match self.before_aside(span.start..verb) {
            Some(end) => end,
            None if verb > span.end => return span,
            None => span.end,
        };
        let subject = (end.saturating_sub(LONGEST_SUBJECT).max(span.start + 1)..end)
            .rev()
            .take_while(|&at| {
                // Before a verb stands its subject.
                (!is_verb(at) || at + 1 == end && !self.is(at, grammar.auxiliary))
                    && !self.is(at, grammar.preposition)
                    && !self.is(at, grammar.conjunction)
                    && !self.has(at, Shape::PUNCT)
            })
            .last();
        match subject {
            Some(start) if self.opens_clause(start - 1) => span.start..start,
            // "By his account | the ship has"
            Some(start) if self.is(span.start, grammar.preposition) => (start.max(span.start + 2)..end)
                .rev()
                .find(|&at| self.is(at, grammar.determiner))
                .filter(|&at| self.is_word(at - 1) && !self.is(at - 1, grammar.preposition))
                .map_or(span.clone(), |at| span.start..at),
            _ => span,
        }
    }

    /// Where a noun phrase ends that an aside without a verb follows up to the span's end: "the successor, a woman of thirty,".
    fn before_aside(&self, span: Range<u32>) -> Option<u32> {
        let grammar = self.grammar;
        let close = (span.end - 1 > span.start && self.word(span.end - 1) == ",").then_some(span.end - 1)?;
        let least = close.saturating_sub(LONGEST_ASIDE).max(span.start + 1);
        let open = (least..close)
            .rev()
            .take_while(|&at| {
                self.word(at) == ","
                    || self.is_word(at)
                        && ![grammar.auxiliary, grammar.saying, grammar.pronoun]
                            .iter()
                            .any(|&slot| self.is(at, slot) && !self.is(at, grammar.determiner))
            })
            .find(|&at| self.word(at) == ",")?;
        (self.is(open + 1, grammar.determiner) || self.is(open + 1, grammar.article)).then_some(open)
    }

    /// A span without a fading verb of telling whose subject stands before it, if it goes on with how that was told: "their chief,
    /// an old man, complained [in a call picked up in May]".
    pub(super) fn without_verb(&self, sentence: &Sentence, inside: &[f32], span: Range<u32>) -> Range<u32> {
        let grammar = self.grammar;
        let verb = span.start + u32::from(self.word(span.start) == ",");
        let told = verb > sentence.start
            && verb + 2 < span.end
            && self.is(verb, grammar.saying)
            && self.is(verb + 1, grammar.preposition)
            && (self.is_word(verb - 1) || self.word(verb - 1) == ",")
            && !self.is(verb - 1, grammar.relative)
            && !self.is(verb - 1, grammar.auxiliary)
            && mean(sentence, inside, verb..verb + 1) + FADING < mean(sentence, inside, verb + 1..span.end);
        if told { verb + 1..span.end } else { span }
    }

    /// A span without the start of the object of its last verb of telling, if the object goes on behind the span; nor of what
    /// stands behind an auxiliary ("[Visible through a gap was] a floating crane").
    pub(super) fn without_object(&self, sentence: &Sentence, inside: &[f32], span: Range<u32>) -> Range<u32> {
        let grammar = self.grammar;
        if span.end >= sentence.end || !self.is_word(span.end) {
            return span;
        }
        let least = span.end.saturating_sub(LONGEST_OBJECT).max(span.start + 2);
        let object = (least..span.end)
            .rev()
            .take_while(|&at| {
                self.is_word(at)
                    && !self.is(at, grammar.relative)
                    && !self.is(at, grammar.conjunction)
                    && !self.is(at, grammar.auxiliary)
                    && (!self.is(at, grammar.pronoun) || self.is(at, grammar.determiner))
            })
            .filter(|&at| {
                let verb = at - 1;
                (self.is(verb, grammar.saying) || self.is(verb, grammar.showing))
                    && !self.is(verb, grammar.noun_or_verb)
                    || self.is(verb, grammar.auxiliary) && self.is(at, grammar.article)
            })
            .last();
        let Some(start) = object.filter(|&start| !self.is(start, grammar.preposition)) else { return span };
        if faded(sentence, inside, start..span.end) { span.start..start } else { span }
    }

    /// A span without what its last verb of measuring gives a measure of: "[A storekeeper put] the losses at forty".
    pub(super) fn without_measured(
        &self,
        sentence: &Sentence,
        inside: &[f32],
        span: Range<u32>,
    ) -> Range<u32> {
        let grammar = self.grammar;
        let measures = |&verb: &u32| {
            let measured = verb + 1..sentence.end.min(verb + 1 + LONGEST_MEASURED);
            self.is(verb, grammar.measuring)
                && self.is_word(verb - 1)
                && !self.is(verb - 1, grammar.determiner)
                && !self.is(verb - 1, grammar.preposition)
                && measured
                    .take_while(|&at| self.is_word(at) && !self.is(at, grammar.relative))
                    .skip(1)
                    .any(|at| ["at", "as"].iter().any(|word| self.word(at).eq_ignore_ascii_case(word)))
        };
        let verb = (span.start + 1..span.end.saturating_sub(1)).rev().find(measures);
        let Some(start) = verb.map(|verb| verb + 1) else { return span };
        if mean(sentence, inside, start..span.end) < MEASURED { span.start..start } else { span }
    }

    /// A span without what its last verb of telling says of somebody, if that fades: "[His steward describes] him as weary".
    pub(super) fn without_description(
        &self,
        sentence: &Sentence,
        inside: &[f32],
        span: Range<u32>,
    ) -> Range<u32> {
        let grammar = self.grammar;
        let least = span.end.saturating_sub(LONGEST_DESCRIPTION).max(span.start + 1);
        let description = (least..span.end)
            .rev()
            .take_while(|&at| self.is_word(at) && !self.is(at, grammar.relative))
            .filter(|&at| self.is(at - 1, grammar.saying))
            .last();
        let Some(start) = description else { return span };
        let is_as = |at: u32| self.word(at).eq_ignore_ascii_case("as");
        let described = (start + 1..span.end.min(start + LONGEST_SUBJECT)).any(is_as);
        if described && faded(sentence, inside, start..span.end) { span.start..start } else { span }
    }

    /// A span without a few faded words that a comma or colon sets off at its start or its end: "[by steady reporting, could not]
    /// pay out", "[The convoy, as files showed,] will leave", "[we learned of his illness: a tumour of] the liver".
    pub(super) fn without_edges(&self, sentence: &Sentence, inside: &[f32], span: Range<u32>) -> Range<u32> {
        let grammar = self.grammar;
        let sets_off = |&at: &u32| matches!(self.word(at), "," | ":");
        let (mut start, mut end) = (span.start, span.end);
        let tail = span.end.saturating_sub(LONGEST_EDGE + 1).max(span.start + 2)..span.end;
        if let Some(mark) = tail.rev().find(sets_off)
            && mark + 1 < span.end
            && faded(sentence, inside, mark + 1..span.end)
        {
            end = mark;
        }
        let head = span.start..(span.start + LONGEST_EDGE + 1).min(end.saturating_sub(2));
        let is_verb =
            |at: u32| [grammar.auxiliary, grammar.verb, grammar.saying].iter().any(|&slot| self.is(at, slot));
        // What stands before an aside goes on before the span, or is the subject of the verb behind it.
        let goes_on = span.start > sentence.start && self.is_word(span.start - 1);
        let behind = if end < sentence.end && sets_off(&end) { end + 1 } else { end };
        let opens = span.start == sentence.start || self.word(span.start - 1) == ";";
        let is_subject = opens && behind < sentence.end && is_verb(behind);
        // What only a clause tells of somebody fades sooner: "the brother, [with whom a man of ours has spoken,] is afraid".
        let tells = |mark: u32| {
            (mark + 1..(mark + 3).min(span.end)).any(|at| self.is(at, grammar.relative))
                && mean(sentence, inside, span.start..mark) < FADED_BEFORE_RELATIVE
        };
        if let Some(mark) = head.clone().find(sets_off).filter(|_| goes_on || is_subject)
            && mark > span.start
            && (faded(sentence, inside, span.start..mark) || is_subject && tells(mark))
        {
            start = mark + 1;
        }
        start..end
    }

    /// What is left of a rule's finding whose ends the reader is sure of: whole phrases from the first to the last token of the
    /// part, without the subject of a clause behind it.
    pub(super) fn firm_part(&self, found: Range<u32>, part: Range<u32>) -> Range<u32> {
        let part = self.whole_phrases(&found, part);
        let sentence = self.reading.sentences.partition_point(|s| s.end <= part.start);
        match self.reading.sentences.get(sentence) {
            Some(sentence) if part.end < found.end => self.without_subject(sentence, part),
            _ => part,
        }
    }

    /// A part of a rule's finding, its ends moved outwards to where a phrase begins and ends: of "a seized laptop shows" no
    /// "laptop" is left behind.
    fn whole_phrases(&self, found: &Range<u32>, part: Range<u32>) -> Range<u32> {
        let grammar = self.grammar;
        let inside_phrase = |token: u32| {
            self.is_word(token)
                && !self.has(token, Shape::LY)
                && ![
                    grammar.function_word,
                    grammar.preposition,
                    grammar.conjunction,
                    grammar.relative,
                    grammar.auxiliary,
                    grammar.saying,
                    grammar.showing,
                ]
                .iter()
                .any(|&slot| self.is(token, slot))
        };
        let Range { mut start, mut end } = part;
        while start > found.start && inside_phrase(start) && inside_phrase(start - 1) {
            start -= 1;
        }
        if start > found.start && inside_phrase(start) && self.is(start - 1, grammar.determiner) {
            start -= 1;
        }
        let opens = |token: u32| inside_phrase(token) || self.is(token, grammar.determiner);
        while end < found.end && opens(end - 1) && inside_phrase(end) {
            end += 1;
        }
        start..end
    }

    /// Whether a clause may begin behind the token: a comma, a verb of telling or perceiving.
    fn opens_clause(&self, at: u32) -> bool {
        let grammar = self.grammar;
        matches!(self.word(at), "," | ":" | ";")
            || [grammar.saying, grammar.showing, grammar.verb].iter().any(|&slot| self.is(at, slot))
    }
}

/// Whether words are inside with so little probability that they are given back.
fn faded(sentence: &Sentence, inside: &[f32], words: Range<u32>) -> bool {
    mean(sentence, inside, words) < FADED
}

/// The mean probability of words. `inside` are the probabilities of the sentence's tokens.
fn mean(sentence: &Sentence, inside: &[f32], words: Range<u32>) -> f32 {
    let of = &inside[(words.start - sentence.start) as usize..(words.end - sentence.start) as usize];
    #[expect(clippy::cast_precision_loss, reason = "a few words")]
    let count = of.len() as f32;
    of.iter().sum::<f32>() / count
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::rules::built_in;

    /// Reads one sentence.
    pub(crate) fn reading<R>(text: &str, f: impl FnOnce(Extent<'_>, &Sentence) -> R) -> R {
        let rules = built_in();
        let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
        f(Extent { text, reading: &reading, grammar: &rules.grammar }, &reading.sentences[0])
    }

    /// Looks what is left of each span of a sentence: the probability is that of all words.
    fn leaves<const N: usize>(
        cases: [(&str, Range<u32>, f32, Range<u32>); N],
        cut: impl Fn(Extent<'_>, &Sentence, &[f32], Range<u32>) -> Range<u32>,
    ) {
        for (text, found, inside, kept) in cases {
            let got =
                reading(text, |extent, sentence| cut(extent, sentence, &vec![inside; sentence.len()], found));
            assert_eq!(got, kept, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_finding_is_made_of_whole_phrases() {
        for (text, found, part, kept) in [
            ("A seized laptop shows nine lorries.", 0..4, 1..2, 0..3),
            ("A seized laptop shows nine lorries.", 0..4, 0..1, 0..3),
            ("The two men left as a clerk saw.", 0..8, 6..7, 5..7),
            ("He told us that on Friday it closes.", 0..6, 1..3, 1..3),
        ] {
            assert_eq!(reading(text, |extent, _| extent.whole_phrases(&found, part)), kept, "{text}");
        }
    }

    #[test]
    fn a_serial_goes_with_all_its_parts() {
        for (text, part, whole) in [
            ("XIR 8 114 2209 31", "XIR 8 114 2209", "XIR 8 114 2209 31"),
            ("R-ZHO-0881; K-2207-4", "K-2207", "K-2207-4"),
            ("R-ZHO-0881; K-2207-4", "ZHO", "R-ZHO-0881"),
            ("MNTV 4471 12 MAY", "MNTV 4471", "MNTV 4471"),
            ("Nine-metre crates 4 stand", "4", "4"),
        ] {
            let start = text.find(part).unwrap();
            let got = reading(text, |extent, sentence| {
                let token = |byte| extent.reading.token_at(byte);
                let got = extent.whole_serial(sentence, token(start)..token(start + part.len() - 1) + 1);
                extent.reading.bytes(got.start, got.end)
            });
            assert_eq!(&text[got], whole, "{text}");
        }
    }

    #[test]
    fn faded_words_beyond_a_comma_stay() {
        let text = "Two of them, by steady reporting, could not pay out.";
        reading(text, |extent, sentence| {
            let mut inside = vec![0.9; sentence.len()];
            assert_eq!(extent.without_edges(sentence, &inside, 4..10), 4..10);
            inside[8..10].fill(0.3);
            assert_eq!(extent.without_edges(sentence, &inside, 4..10), 4..7);
            inside[1..3].fill(0.3);
            assert_eq!(extent.without_edges(sentence, &inside, 1..7), 4..7);
            // The subject of the verb behind the aside.
            assert_eq!(extent.without_edges(sentence, &inside, 0..7), 4..7);
            assert_eq!(extent.without_edges(sentence, &inside, 0..5), 0..5);
        });
        // The end of the sentence.
        let text = "The crates, as our man counted them, lie on trolleys.";
        reading(text, |extent, sentence| {
            let mut inside = vec![0.9; sentence.len()];
            assert_eq!(extent.without_edges(sentence, &inside, 2..12), 2..12);
            inside[9..].fill(0.4);
            assert_eq!(extent.without_edges(sentence, &inside, 2..12), 2..8);
        });
    }

    #[test]
    fn what_is_said_of_somebody_stays_when_it_has_faded() {
        let cases = [
            ("His steward describes him as weary, pious and old.", 0..6, 0.4, 0..3),
            ("SAME SOURCE DESCRIBED BUYER AS A LAME MAN WITH AN ACCENT.", 0..9, 0.5, 0..3),
            ("His steward describes him as weary, pious and old.", 0..6, 0.9, 0..6),
            ("His steward told us of it as late as May.", 0..6, 0.4, 0..6),
        ];
        leaves(cases, |extent, sentence, inside, found| extent.without_description(sentence, inside, found));
    }

    #[test]
    fn the_start_of_an_object_stays_when_it_has_faded() {
        let cases = [
            ("Our camera counted five people inside.", 0..4, 0.4, 0..3),
            ("Figures from the clerk put the losses at forty men.", 0..8, 0.4, 0..5),
            ("Figures from the clerk put the losses at forty men.", 0..8, 0.9, 0..8),
            ("Visible through a gap was a floating crane of 400 tons.", 0..7, 0.4, 0..5),
            ("Visible through a gap was a floating crane of 400 tons.", 0..7, 0.7, 0..7),
            // Nothing of the object is left behind the span.
            ("Our camera counted five people.", 0..5, 0.4, 0..5),
            ("A clerk saw two men who met us.", 0..6, 0.4, 0..6),
        ];
        leaves(cases, |extent, sentence, inside, found| extent.without_object(sentence, inside, found));
    }

    #[test]
    fn what_is_measured_stays_with_its_measure() {
        let cases = [
            ("Figures from the clerk put the losses at forty men.", 0..8, 0.8, 0..5),
            ("Figures from the clerk put the losses at forty men.", 0..10, 0.8, 0..5),
            ("Figures from the clerk put the losses at forty men.", 0..8, 0.95, 0..8),
            ("An array gave the time as 0652 local.", 0..8, 0.7, 0..3),
            ("The gate at the place was put there.", 0..7, 0.4, 0..7),
        ];
        leaves(cases, |extent, sentence, inside, found| extent.without_measured(sentence, inside, found));
    }

    #[test]
    fn a_fading_verb_of_telling_stays_with_its_subject() {
        let cases = [
            ("Their chief, Ivo Harmath, complained in a call of 12 March.", 6..13, 0.4, 7..13),
            ("Their chief complained in a call of 12 March.", 2..9, 0.4, 3..9),
            ("Their chief complained in a call of 12 March.", 2..9, 0.9, 2..9),
            ("Their chief, who complained in a call of 12 March.", 4..11, 0.4, 4..11),
            ("Their chief complained to us.", 0..5, 0.4, 0..5),
        ];
        // The probability is that of the verb alone.
        leaves(cases, |extent, sentence, verb, found| {
            let mut inside = vec![0.9; sentence.len()];
            inside[found.start as usize] = verb[0];
            extent.without_verb(sentence, &inside, found)
        });
    }

    #[test]
    fn a_subject_behind_an_attribution_stays() {
        for (text, found, kept) in [
            ("According to a source, the group will attack.", 0..7, 0..5),
            ("He said the group will attack.", 0..4, 0..2),
            ("The watch saw the leader meet two men.", 0..5, 0..3),
            // The subject is the span's own.
            ("The clerk who saw the leader is a cousin.", 0..6, 0..6),
            ("Two of our men were seen.", 0..4, 0..4),
            ("One of them says the successor, a woman from the school, prefers students.", 0..13, 0..4),
            ("One of them says the successor, a woman from the school, prefers students.", 0..12, 0..4),
            ("One of them says the successor, a woman from the school, prefers students.", 0..6, 0..4),
            ("One of them says the successor, a woman from the school, and others.", 0..6, 0..6),
            ("One of them, a man who serves, prefers students.", 0..9, 0..9),
            ("By his account the ship has bread for nine days.", 0..5, 0..3),
            ("In the house of the clerk was a radio.", 0..6, 0..6),
            ("Film is handed over in candles; safe signals are yellow chalk.", 0..9, 0..7),
            ("A clerk, a man of thirty, prefers students.", 0..8, 0..8),
            ("A clerk told us that it will close.", 0..4, 0..4),
        ] {
            assert_eq!(
                reading(text, |extent, sentence| extent.without_subject(sentence, found)),
                kept,
                "{text}"
            );
        }
    }
}
