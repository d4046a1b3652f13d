//! What a span reveals, when no rule has said it: the sum of what its words and those around it speak for.

use std::ops::Range;

use super::features::{self, Atom, Features, Group, Input, Sink};
use super::model::{CATEGORIES, Model, REACH};
use super::words::Words;
use crate::category::Category;
use crate::detect::tokens::Shape;

/// The atoms that speak for a category, and whether they stand inside the span (0) or around it (1).
pub(super) struct Around<F: FnMut(usize, Atom)> {
    /// Tokens of the sentence.
    pub(super) span: Range<usize>,
    pub(super) each: F,
}

impl<F: FnMut(usize, Atom)> Sink for Around<F> {
    fn token(&mut self, at: usize, group: Group, atom: Atom) {
        if !matches!(group, Group::Word | Group::Slot | Group::Hit | Group::Affix | Group::Shape) {
            return;
        }
        if self.span.contains(&at) {
            (self.each)(0, atom);
        } else if at + REACH >= self.span.start && at < self.span.end + REACH && group != Group::Affix {
            (self.each)(1, atom);
        }
    }

    fn sentence(&mut self, group: Group, atom: Atom) {
        if group == Group::Mark {
            (self.each)(1, atom);
        }
    }
}

/// What a word by itself speaks for, inside the span and around it.
pub(super) type Leaning = [[i16; CATEGORIES]; 2];

/// The likeliest category of a run of tokens inside one sentence.
pub(super) fn of(
    model: &Model,
    features: &Features,
    input: &Input<'_>,
    tokens: Range<u32>,
    words: &mut Words<Leaning>,
) -> Category {
    let sentence = input.reading.sentence_of(tokens.start);
    let mut scores = [0i32; CATEGORIES];
    let span = (tokens.start - sentence.start) as usize..(tokens.end - sentence.start) as usize;
    let near = span.start.saturating_sub(REACH)..(span.end + REACH).min(sentence.len());
    let capitals = features::is_in_capitals(input, &sentence);
    for (at, index) in sentence.clone().enumerate().skip(near.start).take(near.len()) {
        let look = features::look(input, index, capitals);
        let leaning =
            words.of(input, index, look, |folded| leaning(model, features, input, index, look, folded));
        let leaning = &leaning[usize::from(!span.contains(&at))];
        scores.iter_mut().zip(leaning).for_each(|(score, &weight)| *score += i32::from(weight));
    }
    let each = |place: usize, atom: Atom| {
        scores
            .iter_mut()
            .zip(weights(model, place, atom))
            .for_each(|(score, weight)| *score += i32::from(weight));
    };
    features.beside(input, &sentence, &mut Around { span, each });
    #[expect(clippy::cast_precision_loss, reason = "sums of small integers")]
    let total = |place: usize| scores[place] as f32 * model.category_scale + model.category_bias[place];
    (0..CATEGORIES)
        .max_by(|&a, &b| total(a).total_cmp(&total(b)).then(b.cmp(&a)))
        .map_or(Category::Humint, |best| Category::ALL[best])
}

/// The weights of an atom inside a span (0) or around it (1).
fn weights(model: &Model, place: usize, atom: Atom) -> [i8; CATEGORIES] {
    let row = model.categories.get(atom);
    row.and_then(|row| row[place * CATEGORIES..].first_chunk().copied()).unwrap_or_default()
}

fn leaning(
    model: &Model,
    features: &Features,
    input: &Input<'_>,
    index: u32,
    look: Shape,
    folded: &mut String,
) -> Leaning {
    let mut sums = Leaning::default();
    // The token stands at the end of a span of its own, or right behind one.
    for (place, sum) in sums.iter_mut().enumerate() {
        let each = |place: usize, atom: Atom| {
            sum.iter_mut()
                .zip(weights(model, place, atom))
                .for_each(|(sum, weight)| *sum += i16::from(weight));
        };
        let mut around = Around { span: 0..1, each };
        features.own(input, index, look, folded, |group, atom| around.token(place, group, atom));
    }
    sums
}
