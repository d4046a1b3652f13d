//! Where a span that the reader found ends, as grammar has it.
//!
//! Probabilities fade over the words behind an attribution, so a span may take the subject of the clause that follows,
//! "According to a source, the group | will attack", or the start of an object, "A camera counted five | people".
//! What is known begins there.

use std::ops::Range;

use crate::detect::reading::Reading;
use crate::detect::tokens::{Sentence, Shape};
use crate::rules::Grammar;

/// The most words of a subject.
const LONGEST_SUBJECT: u32 = 5;
/// The most words of an object whose start a span takes.
const LONGEST_OBJECT: u32 = 6;
/// The most words from a verb of telling to the end of a span that says of somebody what he is.
const LONGEST_DESCRIPTION: u32 = 8;
/// The most words that a comma sets off at an end of a span.
const LONGEST_EDGE: u32 = 3;
/// The highest mean probability of words that are given back.
const FADED: f32 = 0.6;

/// A serial with all its parts: what a hyphen or slash joins to it, and a last number behind a blank ("XIR 8 114 2209 | 31").
pub(super) fn whole_serial(
    text: &str,
    reading: &Reading<'_>,
    sentence: &Sentence,
    span: Range<u32>,
) -> Range<u32> {
    let gap = |at: u32| {
        let (left, right) = (reading.tokens[at as usize - 1], reading.tokens[at as usize]);
        &text[left.end as usize..right.start as usize]
    };
    let is_part = |at: u32| {
        let token = reading.tokens[at as usize];
        reading.shape(at).intersects(Shape::NUM | Shape::CAPS | Shape::MIXED)
            || token.end - token.start == 1 && reading.shape(at).intersects(Shape::CAP)
    };
    let is_joined = |at: u32| is_part(at) && is_part(at - 1) && matches!(gap(at), "-" | "/" | "‑" | "–");
    let ends = |at: u32| at >= sentence.end || reading.shape(at).intersects(Shape::PUNCT);
    let Range { mut start, mut end } = span;
    while start > sentence.start && is_joined(start) {
        start -= 1;
    }
    while end < sentence.end
        && (is_joined(end)
            || reading.shape(end).intersects(Shape::NUM)
                && reading.shape(end - 1).intersects(Shape::NUM)
                && gap(end) == " "
                && ends(end + 1))
    {
        end += 1;
    }
    start..end
}

/// A span of tokens without the subject of the clause behind it.
pub(super) fn without_subject(
    text: &str,
    reading: &Reading<'_>,
    grammar: &Grammar,
    sentence: &Sentence,
    span: Range<u32>,
) -> Range<u32> {
    let is = |at: u32, slot| reading.is_word_of(at, slot);
    let is_verb = |at: u32| {
        !reading.shape(at).intersects(Shape::ING)
            && (is(at, grammar.auxiliary) || is(at, grammar.saying) || is(at, grammar.verb))
    };
    if span.end >= sentence.end || !is_verb(span.end) || span.clone().any(|at| is(at, grammar.relative)) {
        return span;
    }
    let least = span.end.saturating_sub(LONGEST_SUBJECT).max(span.start + 1);
    let subject = (least..span.end)
        .rev()
        .take_while(|&at| {
            !is_verb(at)
                && !is(at, grammar.preposition)
                && !is(at, grammar.conjunction)
                && !reading.shape(at).intersects(Shape::PUNCT)
        })
        .last();
    match subject {
        Some(start) if opens_clause(text, reading, grammar, start - 1) => span.start..start,
        _ => span,
    }
}

/// A span without the start of the object of its last verb of telling, if the object goes on behind the span.
pub(super) fn without_object(
    reading: &Reading<'_>,
    grammar: &Grammar,
    sentence: &Sentence,
    inside: &[f32],
    span: Range<u32>,
) -> Range<u32> {
    let is = |at: u32, slot| reading.is_word_of(at, slot);
    let is_word = |at: u32| reading.shape(at).intersects(Shape::WORD | Shape::NUM);
    if span.end >= sentence.end || !is_word(span.end) {
        return span;
    }
    let least = span.end.saturating_sub(LONGEST_OBJECT).max(span.start + 2);
    let object = (least..span.end)
        .rev()
        .take_while(|&at| {
            is_word(at)
                && !is(at, grammar.relative)
                && !is(at, grammar.conjunction)
                && !is(at, grammar.auxiliary)
                && (!is(at, grammar.pronoun) || is(at, grammar.determiner))
        })
        .filter(|&at| {
            let verb = at - 1;
            (is(verb, grammar.saying) || is(verb, grammar.showing)) && !is(verb, grammar.noun_or_verb)
        })
        .last();
    let Some(start) = object.filter(|&start| !is(start, grammar.preposition)) else { return span };
    let words = &inside[(start - sentence.start) as usize..(span.end - sentence.start) as usize];
    let faded = words.iter().sum::<f32>() < FADED * span.end.saturating_sub(start) as f32;
    if faded { span.start..start } else { span }
}

/// A span without what its last verb of telling says of somebody, if that fades: "[His steward describes] him as weary".
pub(super) fn without_description(
    text: &str,
    reading: &Reading<'_>,
    grammar: &Grammar,
    sentence: &Sentence,
    inside: &[f32],
    span: Range<u32>,
) -> Range<u32> {
    let is_word = |at: u32| reading.shape(at).intersects(Shape::WORD | Shape::NUM);
    let least = span.end.saturating_sub(LONGEST_DESCRIPTION).max(span.start + 1);
    let description =
        (least..span.end).rev().take_while(|&at| is_word(at) && !reading.is_word_of(at, grammar.relative));
    let start = description.filter(|&at| reading.is_word_of(at - 1, grammar.saying)).last();
    let Some(start) = start else { return span };
    let is_as = |at: u32| reading.tokens[at as usize].text(text).eq_ignore_ascii_case("as");
    let described = (start + 1..span.end.min(start + LONGEST_SUBJECT)).any(is_as);
    let words = &inside[(start - sentence.start) as usize..(span.end - sentence.start) as usize];
    let faded = words.iter().sum::<f32>() < FADED * words.len() as f32;
    if described && faded { span.start..start } else { span }
}

/// A span without a few faded words that a comma or colon sets off at its start or its end: "[by steady reporting, could not] pay
/// out", "[The convoy, as files showed,] will leave", "[we learned of his illness: a tumour of] the liver".
pub(super) fn without_edges(
    text: &str,
    reading: &Reading<'_>,
    grammar: &Grammar,
    sentence: &Sentence,
    inside: &[f32],
    span: Range<u32>,
) -> Range<u32> {
    let faded = |words: Range<u32>| {
        let of = |at: u32| inside[(at - sentence.start) as usize];
        words.clone().map(of).sum::<f32>() < FADED * words.len() as f32
    };
    let is_comma = |&at: &u32| matches!(reading.tokens[at as usize].text(text), "," | ":");
    let (mut start, mut end) = (span.start, span.end);
    let tail = span.end.saturating_sub(LONGEST_EDGE + 1).max(span.start + 2)..span.end;
    if let Some(comma) = tail.rev().find(is_comma)
        && comma + 1 < span.end
        && faded(comma + 1..span.end)
    {
        end = comma;
    }
    let head = span.start..(span.start + LONGEST_EDGE + 1).min(end.saturating_sub(2));
    let is_verb = |at: u32| {
        [grammar.auxiliary, grammar.verb, grammar.saying].iter().any(|&slot| reading.is_word_of(at, slot))
    };
    // What stands before an aside goes on before the span, or is the subject of the verb behind it.
    let goes_on =
        span.start > sentence.start && reading.shape(span.start - 1).intersects(Shape::WORD | Shape::NUM);
    let behind = if end < sentence.end && is_comma(&end) { end + 1 } else { end };
    let is_subject = span.start == sentence.start && behind < sentence.end && is_verb(behind);
    if let Some(comma) = head.clone().find(is_comma).filter(|_| goes_on || is_subject)
        && comma > span.start
        && faded(span.start..comma)
    {
        start = comma + 1;
    }
    start..end
}

/// What is left of a rule's finding whose ends the reader is sure of: whole phrases from the first to the last token of the
/// part, without the subject of a clause behind it.
pub(super) fn firm_part(
    text: &str,
    reading: &Reading<'_>,
    grammar: &Grammar,
    found: Range<u32>,
    part: Range<u32>,
) -> Range<u32> {
    let part = whole_phrases(reading, grammar, &found, part);
    let sentence = reading.sentences.partition_point(|s| s.end <= part.start);
    match reading.sentences.get(sentence) {
        Some(sentence) if part.end < found.end => without_subject(text, reading, grammar, sentence, part),
        _ => part,
    }
}

/// A part of a rule's finding, its ends moved outwards to where a phrase begins and ends: of "a seized laptop shows" no
/// "laptop" is left behind.
fn whole_phrases(
    reading: &Reading<'_>,
    grammar: &Grammar,
    found: &Range<u32>,
    part: Range<u32>,
) -> Range<u32> {
    let is = |token: u32, slot| reading.is_word_of(token, slot);
    let inside_phrase = |token: u32| {
        reading.shape(token).intersects(Shape::WORD | Shape::NUM)
            && !reading.shape(token).intersects(Shape::LY)
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
            .any(|&slot| is(token, slot))
    };
    let Range { mut start, mut end } = part;
    while start > found.start && inside_phrase(start) && inside_phrase(start - 1) {
        start -= 1;
    }
    if start > found.start && inside_phrase(start) && is(start - 1, grammar.determiner) {
        start -= 1;
    }
    let opens = |token: u32| inside_phrase(token) || is(token, grammar.determiner);
    while end < found.end && opens(end - 1) && inside_phrase(end) {
        end += 1;
    }
    start..end
}

/// Whether a clause may begin behind the token: a comma, a verb of telling or perceiving.
fn opens_clause(text: &str, reading: &Reading<'_>, grammar: &Grammar, at: u32) -> bool {
    matches!(reading.tokens[at as usize].text(text), "," | ":" | ";")
        || [grammar.saying, grammar.showing, grammar.verb].iter().any(|&slot| reading.is_word_of(at, slot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::built_in;

    #[test]
    fn a_part_of_a_finding_is_made_of_whole_phrases() {
        let rules = built_in();
        for (text, found, part, kept) in [
            ("A seized laptop shows nine lorries.", 0..4, 1..2, 0..3),
            ("A seized laptop shows nine lorries.", 0..4, 0..1, 0..3),
            ("The two men left as a clerk saw.", 0..8, 6..7, 5..7),
            ("He told us that on Friday it closes.", 0..6, 1..3, 1..3),
        ] {
            let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
            assert_eq!(whole_phrases(&reading, &rules.grammar, &found, part), kept, "{text}");
        }
    }

    #[test]
    fn a_serial_goes_with_all_its_parts() {
        let rules = built_in();
        for (text, part, whole) in [
            ("XIR 8 114 2209 31", "XIR 8 114 2209", "XIR 8 114 2209 31"),
            ("R-ZHO-0881; K-2207-4", "K-2207", "K-2207-4"),
            ("R-ZHO-0881; K-2207-4", "ZHO", "R-ZHO-0881"),
            ("MNTV 4471 12 MAY", "MNTV 4471", "MNTV 4471"),
            ("Nine-metre crates 4 stand", "4", "4"),
        ] {
            let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
            let start = text.find(part).unwrap();
            let span = reading.token_at(start)..reading.token_at(start + part.len() - 1) + 1;
            let got = whole_serial(text, &reading, &reading.sentences[0], span);
            assert_eq!(&text[reading.bytes(got.start, got.end)], whole, "{text}");
        }
    }

    #[test]
    fn faded_words_beyond_a_comma_stay() {
        let rules = built_in();
        let text = "Two of them, by steady reporting, could not pay out.";
        let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
        let sentence = &reading.sentences[0];
        let mut inside = vec![0.9; sentence.len()];
        assert_eq!(without_edges(text, &reading, &rules.grammar, sentence, &inside, 4..10), 4..10);
        inside[8..10].fill(0.3);
        assert_eq!(without_edges(text, &reading, &rules.grammar, sentence, &inside, 4..10), 4..7);
        inside[1..3].fill(0.3);
        assert_eq!(without_edges(text, &reading, &rules.grammar, sentence, &inside, 1..7), 4..7);
        // The subject of the verb behind the aside.
        assert_eq!(without_edges(text, &reading, &rules.grammar, sentence, &inside, 0..7), 4..7);
        assert_eq!(without_edges(text, &reading, &rules.grammar, sentence, &inside, 0..5), 0..5);
        // The end of the sentence.
        let text = "The crates, as our man counted them, lie on trolleys.";
        let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
        let sentence = &reading.sentences[0];
        let mut inside = vec![0.9; sentence.len()];
        assert_eq!(without_edges(text, &reading, &rules.grammar, sentence, &inside, 2..12), 2..12);
        inside[9..].fill(0.4);
        assert_eq!(without_edges(text, &reading, &rules.grammar, sentence, &inside, 2..12), 2..8);
    }

    #[test]
    fn what_is_said_of_somebody_stays_when_it_has_faded() {
        let rules = built_in();
        for (text, found, inside, kept) in [
            ("His steward describes him as weary, pious and old.", 0..6, 0.4, 0..3),
            ("SAME SOURCE DESCRIBED BUYER AS A LAME MAN WITH AN ACCENT.", 0..9, 0.5, 0..3),
            ("His steward describes him as weary, pious and old.", 0..6, 0.9, 0..6),
            ("His steward told us of it as late as May.", 0..6, 0.4, 0..6),
        ] {
            let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
            let sentence = &reading.sentences[0];
            let inside = vec![inside; sentence.len()];
            let got = without_description(text, &reading, &rules.grammar, sentence, &inside, found);
            assert_eq!(got, kept, "{text}");
        }
    }

    #[test]
    fn the_start_of_an_object_stays_when_it_has_faded() {
        let rules = built_in();
        for (text, found, inside, kept) in [
            ("Our camera counted five people inside.", 0..4, 0.4, 0..3),
            ("Figures from the clerk put the losses at forty men.", 0..8, 0.4, 0..5),
            ("Figures from the clerk put the losses at forty men.", 0..8, 0.9, 0..8),
            // Nothing of the object is left behind the span.
            ("Our camera counted five people.", 0..5, 0.4, 0..5),
            ("A clerk saw two men who met us.", 0..6, 0.4, 0..6),
        ] {
            let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
            let sentence = &reading.sentences[0];
            let inside = vec![inside; sentence.len()];
            let got = without_object(&reading, &rules.grammar, sentence, &inside, found);
            assert_eq!(got, kept, "{text}");
        }
    }

    #[test]
    fn a_subject_behind_an_attribution_stays() {
        let rules = built_in();
        for (text, found, kept) in [
            ("According to a source, the group will attack.", 0..7, 0..5),
            ("He said the group will attack.", 0..4, 0..2),
            ("The watch saw the leader meet two men.", 0..5, 0..3),
            // The subject is the span's own.
            ("The clerk who saw the leader is a cousin.", 0..6, 0..6),
            ("Two of our men were seen.", 0..4, 0..4),
            ("A clerk told us that it will close.", 0..4, 0..4),
        ] {
            let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
            let got = without_subject(text, &reading, &rules.grammar, &reading.sentences[0], found);
            assert_eq!(got, kept, "{text}");
        }
    }
}
