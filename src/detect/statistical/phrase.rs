//! The phrases of a sentence, as far as closed word classes tell them: noun phrases and groups of verbs.
//!
//! Probabilities rise and fall word by word, so a span of the reader may begin or end inside "a floating crane" or "did not
//! say". A span that is cut out of such a phrase leaves no English behind; so a phrase goes as a whole or stays.

use std::ops::Range;

use super::extent::Extent;
use crate::detect::tokens::{Sentence, Shape};

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

impl Extent<'_> {
    /// A span whose ends do not stand inside a phrase. `inside` are the probabilities of the sentence's tokens; those of at least
    /// the threshold are found.
    pub(super) fn whole(
        &self,
        sentence: &Sentence,
        inside: &[f32],
        threshold: f32,
        span: Range<u32>,
    ) -> Range<u32> {
        let part = |at: u32| self.part_of(at);
        let goes = |phrase: &Range<u32>| {
            let words = phrase.clone().filter(|&at| {
                self.has(at, Shape::WORD | Shape::NUM) && !self.is(at, self.grammar.function_word)
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

    fn part_of(&self, at: u32) -> Part {
        let (grammar, word) = (self.grammar, self.word(at));
        let is = |slot| self.is(at, slot);
        if self.has(at, Shape::PUNCT) {
            return if matches!(word, "'s" | "’s") { Part::Nominal } else { Part::Apart };
        }
        if is(grammar.determiner) || is(grammar.article) {
            return Part::Opens;
        }
        if is(grammar.auxiliary) || matches!(word, "not" | "never") {
            return Part::Verbal;
        }
        let apart = [
            grammar.preposition,
            grammar.conjunction,
            grammar.relative,
            grammar.pronoun,
            grammar.function_word,
        ];
        if apart.into_iter().any(is) {
            return Part::Apart;
        }
        let verb = is(grammar.verb) || is(grammar.saying) || is(grammar.showing);
        let behind_opener = at > 0
            && (self.is(at - 1, grammar.determiner)
                || self.has(at - 1, Shape::NUM)
                || self.is(at - 1, grammar.preposition));
        if verb && !behind_opener && !self.has(at, Shape::CAP) && !is(grammar.noun_or_verb) {
            return Part::Verbal;
        }
        if self.has(at, Shape::LY) { Part::Apart } else { Part::Nominal }
    }
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

#[cfg(test)]
mod tests {
    use crate::detect::statistical::extent::tests::reading;

    #[test]
    fn a_phrase_goes_as_a_whole_or_stays() {
        for (text, found, kept) in [
            ("There was a floating crane on the pier.", 0..4, 0..5),
            ("It was a very large new floating crane on the pier.", 0..4, 0..2),
            ("The paper did not say who it was.", 4..5, 2..5),
            ("A bug was mended.", 1..2, 0..2),
            ("Two men from the old yard left.", 0..3, 0..3),
        ] {
            let got = reading(text, |extent, sentence| {
                let inside: Vec<f32> =
                    sentence.clone().map(|at| if found.contains(&at) { 0.9 } else { 0.0 }).collect();
                extent.whole(sentence, &inside, 0.2, found)
            });
            assert_eq!(got, kept, "{text}");
        }
    }
}
