//! The phrases of a sentence, as far as closed word classes tell them: noun phrases and groups of verbs.
//!
//! Probabilities rise and fall word by word, so a span of the reader may begin or end inside "a floating crane" or "did not
//! say". A span that is cut out of such a phrase leaves no English behind; so a phrase goes as a whole or stays.

use std::ops::Range;

use crate::detect::reading::Reading;
use crate::detect::tokens::{Sentence, Shape};
use crate::rules::Grammar;

/// The least part of the words of content of a phrase for which all of it goes.
const MOST: f32 = 0.5;

/// What a token can be in a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The first word of a noun phrase.
    Opens,
    /// A noun, an adjective, a number.
    Nominal,
    /// A verb or what belongs to it.
    Verbal,
    /// Neither: prepositions, conjunctions, marks.
    Apart,
}

/// A span whose ends do not stand inside a phrase. `inside` are the probabilities of the sentence's tokens.
pub(super) fn whole(
    text: &str,
    reading: &Reading<'_>,
    grammar: &Grammar,
    sentence: &Sentence,
    inside: &[f32],
    threshold: f32,
    span: Range<u32>,
) -> Range<u32> {
    let part = |at: u32| part_of(text, reading, grammar, at);
    let goes = |phrase: &Range<u32>| {
        let words = phrase.clone().filter(|&at| {
            reading.shape(at).intersects(Shape::WORD | Shape::NUM)
                && !reading.is_word_of(at, grammar.function_word)
        });
        let (mut all, mut found) = (0.0, 0.0);
        for at in words {
            all += 1.0;
            found += f32::from(inside[(at - sentence.start) as usize] >= threshold);
        }
        all == 0.0 || found >= all * MOST
    };
    let mut start = span.start;
    let first = phrase_around(&part, sentence, span.start);
    if first.start < start {
        start = if goes(&first) { first.start } else { first.end };
    }
    let mut end = span.end;
    let last = phrase_around(&part, sentence, span.end - 1);
    if last.end > end {
        end = if goes(&last) { last.end } else { last.start };
    }
    if start < end { start..end } else { span }
}

/// The phrase that a token belongs to; itself alone when it stands apart.
fn phrase_around(part: &impl Fn(u32) -> Part, sentence: &Sentence, at: u32) -> Range<u32> {
    let kind = part(at);
    let joins = |left: Part, right: Part| {
        matches!((left, right), (Part::Opens | Part::Nominal, Part::Nominal) | (Part::Verbal, Part::Verbal))
    };
    let (mut start, mut end) = (at, at + 1);
    if kind == Part::Apart {
        return start..end;
    }
    while start > sentence.start && joins(part(start - 1), part(start)) {
        start -= 1;
    }
    while end < sentence.end && joins(part(end - 1), part(end)) {
        end += 1;
    }
    start..end
}

fn part_of(text: &str, reading: &Reading<'_>, grammar: &Grammar, at: u32) -> Part {
    let is = |slot| reading.is_word_of(at, slot);
    let shape = reading.shape(at);
    if shape.intersects(Shape::PUNCT) {
        let word = reading.tokens[at as usize].text(text);
        return if matches!(word, "'s" | "’s") { Part::Nominal } else { Part::Apart };
    }
    if is(grammar.determiner) || is(grammar.article) {
        return Part::Opens;
    }
    if is(grammar.auxiliary) || matches!(reading.tokens[at as usize].text(text), "not" | "never") {
        return Part::Verbal;
    }
    let apart =
        [grammar.preposition, grammar.conjunction, grammar.relative, grammar.pronoun, grammar.function_word];
    if apart.into_iter().any(is) {
        return Part::Apart;
    }
    let verb = is(grammar.verb) || is(grammar.saying) || is(grammar.showing);
    let behind_opener = at > 0 && {
        let before = at - 1;
        reading.is_word_of(before, grammar.determiner)
            || reading.shape(before).intersects(Shape::NUM)
            || reading.is_word_of(before, grammar.preposition)
    };
    if verb && !behind_opener && !shape.intersects(Shape::CAP) && !is(grammar.noun_or_verb) {
        return Part::Verbal;
    }
    if shape.intersects(Shape::LY) { Part::Apart } else { Part::Nominal }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::built_in;

    #[test]
    fn a_phrase_goes_as_a_whole_or_stays() {
        let rules = built_in();
        for (text, found, kept) in [
            ("There was a floating crane on the pier.", 0..4, 0..5),
            ("It was a very large new floating crane on the pier.", 0..4, 0..2),
            ("The paper did not say who it was.", 4..5, 2..5),
            ("A bug was mended.", 1..2, 0..2),
            ("Two men from the old yard left.", 0..3, 0..3),
        ] {
            let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
            let sentence = &reading.sentences[0];
            let inside: Vec<f32> =
                (0..sentence.len()).map(|at| if found.contains(&at) { 0.9 } else { 0.0 }).collect();
            let span = u32::try_from(found.start).unwrap()..u32::try_from(found.end).unwrap();
            let got = whole(text, &reading, &rules.grammar, sentence, &inside, 0.2, span);
            assert_eq!(got, kept, "{text}");
        }
    }
}
