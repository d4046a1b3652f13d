//! The edits that carry out what was placed: spaces, capitals, articles.

use super::{Mender, Phrase};
use crate::decide::{Edit, Replacement};
use crate::detect::tokens::Shape;
use crate::rules::Phrases;
use crate::text::Span;

/// The most words from what is measured to the preposition before its measure.
const LONGEST_MEASURED: u32 = 8;

impl Mender<'_> {
    pub(super) fn write(&self, edits: &mut Vec<Edit>) {
        let capitals = self.all_caps();
        let mut capitalised = false;
        for cut in &self.cuts {
            let before = self.before(cut.from);
            let after = self.after(cut.to);
            let starts = before.is_none_or(|b| self.opens(b));
            let phrase = cut.phrase.map(|phrase| self.phrase(phrase, after));
            let first = self
                .sentence
                .clone()
                .find(|&t| self.reading.shape(t).intersects(Shape::WORD))
                .unwrap_or(cut.from);
            let upper = starts
                && !capitalised
                && self.reading.shape(first).intersects(Shape::CAP | Shape::CAPS)
                && !self.is_mark(before, &[":", ";"]);
            let bytes = self.reading.bytes(cut.from, cut.to);
            let (mut start, mut end) = (bytes.start, bytes.end);
            let mut words = phrase.clone().unwrap_or_default();
            if starts {
                end = after.map_or(end, |a| self.reading.tokens[a as usize].start as usize);
                if !words.is_empty() && end > bytes.end
                    || !words.is_empty() && after.is_some_and(|a| !self.is_punct(a))
                {
                    words.push(' ');
                }
            } else {
                let tight = self.is_mark(before, &["(", "[", "“", "\"", "‘"]);
                if let Some(b) = before.filter(|_| !tight) {
                    start = self.reading.tokens[b as usize].end as usize;
                    if !words.is_empty() {
                        words.insert(0, ' ');
                    }
                    if after.is_some_and(|a| !self.is_punct(a) || matches!(self.word(a), "(" | "[" | "“"))
                        && end == self.next_start(cut.to)
                    {
                        words.push(' ');
                    }
                }
            }
            if capitals {
                words = words.to_uppercase();
            } else if upper && !words.is_empty() {
                words = capital(&words);
            }
            edits.push(Edit { span: Span::new(start, end), replacement: Replacement::literal(&words) });
            if upper && phrase.is_none() && !capitals {
                edits.extend(after.and_then(|a| self.capitalise(a)));
            }
            capitalised |= starts;
            edits.extend(self.article(before, phrase.as_deref(), after));
        }
    }

    fn next_start(&self, at: u32) -> usize {
        self.reading.tokens.get(at as usize).map_or(usize::MAX, |token| token.start as usize)
    }

    fn phrase(&self, phrase: Phrase, after: Option<u32>) -> String {
        let Phrases { clause, noun, measured, subject, it, they, object } = &self.rules.phrases;
        match phrase {
            Phrase::Clause => clause.clone(),
            Phrase::Noun if self.is_measured(after) => measured.clone(),
            Phrase::Noun => noun.clone(),
            Phrase::Subject if self.tells(after) => subject.clone(),
            Phrase::Subject if self.is_of_several(after) => they.clone(),
            Phrase::Subject => it.clone(),
            Phrase::Object => object.clone(),
            Phrase::The => "the".to_owned(),
        }
    }

    /// Whether a verb of measuring goes right before `after`, whose measure stands behind "at".
    fn is_measured(&self, after: Option<u32>) -> bool {
        let grammar = &self.rules.grammar;
        after.is_some_and(|after| {
            self.is(after.checked_sub(1), grammar.measuring)
                && (after..self.sentence.end.min(after + LONGEST_MEASURED))
                    .take_while(|&at| !self.is_punct(at) && !self.is(Some(at), grammar.relative))
                    .skip(1)
                    .any(|at| self.word(at) == "at")
        })
    }

    /// A capital for the first word that stays.
    fn capitalise(&self, at: u32) -> Option<Edit> {
        let token = self.reading.tokens[at as usize];
        let first = self.word(at).chars().next().filter(|c| c.is_lowercase())?;
        let start = token.start as usize;
        let upper: String = first.to_uppercase().collect();
        Some(Edit {
            span: Span::new(start, start + first.len_utf8()),
            replacement: Replacement::adapted(upper),
        })
    }

    /// `a` or `an` before what follows the cut now.
    fn article(&self, before: Option<u32>, phrase: Option<&str>, after: Option<u32>) -> Option<Edit> {
        let at = before.filter(|_| self.is(before, self.rules.grammar.article))?;
        let next = phrase
            .and_then(|p| p.chars().next())
            .or_else(|| after.and_then(|a| self.word(a).chars().next()))?;
        let wanted = if "aeiouAEIOU".contains(next) { "an" } else { "a" };
        let token = self.reading.tokens[at as usize];
        if self.word(at).eq_ignore_ascii_case(wanted) {
            return None;
        }
        let word =
            if self.reading.shape(at).intersects(Shape::CAP) { capital(wanted) } else { wanted.to_owned() };
        Some(Edit {
            span: Span::new(token.start as usize, token.end as usize),
            replacement: Replacement::adapted(word),
        })
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
