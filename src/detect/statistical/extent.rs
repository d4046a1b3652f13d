//! Where a span that the reader found ends, as grammar has it.
//!
//! Probabilities fade over the words behind an attribution, so a span may take the subject of the clause that follows:
//! "According to a source, the group | will attack". What is known begins with that subject.

use std::ops::Range;

use crate::detect::reading::Reading;
use crate::detect::tokens::{Sentence, Shape};
use crate::rules::Grammar;

/// The most words of a subject.
const LONGEST_SUBJECT: u32 = 5;

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

/// Whether a clause may begin behind the token: a comma, a verb of telling or perceiving.
fn opens_clause(text: &str, reading: &Reading<'_>, grammar: &Grammar, at: u32) -> bool {
    matches!(reading.tokens[at as usize].text(text), "," | ":" | ";")
        || [grammar.saying, grammar.showing, grammar.verb].iter().any(|&slot| reading.is_word_of(at, slot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Patterns;

    #[test]
    fn a_subject_behind_an_attribution_stays() {
        let rules = Patterns::built_in().build().unwrap();
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
