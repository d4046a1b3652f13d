//! What a span reveals, when no rule has said it: the sum of what its words and those around it speak for.

use std::ops::Range;

use super::features::{self, Atom, Features, Group, Input, Sink};
use super::model::{CATEGORIES, Model, REACH};
use crate::category::Category;

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

/// The likeliest category of a run of tokens inside one sentence.
pub(super) fn of(model: &Model, features: &Features, input: &Input<'_>, tokens: Range<u32>) -> Category {
    let sentence = input.reading.sentence_of(tokens.start);
    let mut scores = [0i32; CATEGORIES];
    let span = (tokens.start - sentence.start) as usize..(tokens.end - sentence.start) as usize;
    let each = |place: usize, atom: Atom| {
        if let Some(row) = model.categories.get(atom) {
            let row = &row[place * CATEGORIES..][..CATEGORIES];
            scores.iter_mut().zip(row).for_each(|(score, &weight)| *score += i32::from(weight));
        }
    };
    let near = span.start.saturating_sub(REACH)..(span.end + REACH).min(sentence.len());
    let mut sink = Around { span, each };
    let capitals = features::is_in_capitals(input, &sentence);
    let mut folded = String::new();
    for (at, index) in sentence.clone().enumerate().skip(near.start).take(near.len()) {
        let look = features::look(input, index, capitals);
        features.own(input, index, look, &mut folded, |group, atom| sink.token(at, group, atom));
    }
    features.beside(input, &sentence, &mut sink);
    #[expect(clippy::cast_precision_loss, reason = "sums of small integers")]
    let total = |place: usize| scores[place] as f32 * model.category_scale + model.category_bias[place];
    (0..CATEGORIES)
        .max_by(|&a, &b| total(a).total_cmp(&total(b)).then(b.cmp(&a)))
        .map_or(Category::Humint, |best| Category::ALL[best])
}
