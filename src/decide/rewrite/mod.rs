//! Sentences mended after a cut, so that what is left is English and the seam tells nothing.
//!
//! What goes in the place of a span depends on its place in the sentence alone, never on what the span said: the same
//! sentence with another source gives the same release. The phrases come from `patterns/phrases.toml`; besides
//! them only a closed set of adaptations happens here: a capital at the start of a sentence, `a` or `an`, the
//! third person of a verb.

mod clause;
mod place;
mod strand;
#[cfg(test)]
mod tests;
mod write;

use super::{Edit, Replacement};
use crate::detect::Finding;
use crate::detect::reading::Reading;
use crate::detect::tokens::{Sentence, Shape};
use crate::policy::Policy;
use crate::rules::RuleSet;
use crate::rules::schema::Frame;
use crate::text::{Span, Visible};

/// A number of a range stands at most so many tokens behind its "between".
const LONGEST_BOUND: u32 = 3;

/// What is to be taken out of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Removal {
    pub(crate) span: Span<Visible>,
    pub(crate) frame: Frame,
    /// Whether what was found there is beyond doubt; what is not takes its sentence along sooner than it is given a lead.
    pub(crate) sure: bool,
}

impl Removal {
    /// What a finding asks for; it is sure from the confidence on at which the policy rewrites.
    pub(crate) fn of(finding: &Finding, policy: &Policy) -> Self {
        let sure = finding.confidence >= policy.rewrite;
        Self { span: finding.span, frame: finding.frame, sure }
    }

    /// A removal beyond doubt.
    pub(crate) fn sure(span: Span<Visible>, frame: Frame) -> Self {
        Self { span, frame, sure: true }
    }
}

/// A run of tokens that goes.
#[derive(Debug, Clone, PartialEq)]
struct Cut {
    from: u32,
    to: u32,
    frame: Frame,
    sure: bool,
    /// What stands in its place.
    phrase: Option<Phrase>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phrase {
    Clause,
    Noun,
    Subject,
    Object,
    The,
}

/// The edits that take the given spans (sorted, not overlapping) out of the text.
pub(crate) fn rewrite(text: &str, reading: &Reading<'_>, rules: &RuleSet, removals: &[Removal]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut next = 0;
    // Where a sentence ends that went as a whole.
    let mut gone: Option<u32> = None;
    for sentence in &reading.sentences {
        let bytes = reading.bytes(sentence.start, sentence.end);
        let mut cuts: Vec<Cut> = Vec::new();
        if gone == Some(sentence.start)
            && reading.zone_of(sentence.start).start < sentence.start
            && let Some(to) = carries_on(text, reading, rules, sentence)
        {
            cuts.push(Cut { from: sentence.start, to, frame: Frame::Attribution, sure: true, phrase: None });
        }
        while let Some(&Removal { span, frame, sure }) =
            removals.get(next).filter(|removal| removal.span.start() < bytes.end)
        {
            let mut from = reading.token_at(span.start()).max(sentence.start);
            let mut to = (reading.token_at(span.end() - 1) + 1).min(sentence.end);
            // An article at a span's end belongs to what stays, and what "the following" points at to the span.
            while to > from + 1 && to < sentence.end && reading.is_word_of(to - 1, rules.grammar.article) {
                to -= 1;
            }
            if to < sentence.end
                && reading.is_word_of(to - 1, rules.grammar.pointing)
                && reading.shape(to).intersects(Shape::WORD | Shape::NUM)
            {
                to +=
                    1 + u32::from(reading.is_word_of(to, rules.grammar.determiner) && to + 1 < sentence.end);
            }
            // So does a verb form that only joins it to what follows.
            let joins = |at: u32| reading.is_word_of(at, rules.grammar.auxiliary);
            while to > from + 1
                && to < sentence.end
                && joins(to - 1)
                && !reading.shape(to).intersects(Shape::PUNCT)
            {
                to -= 1;
            }
            // The second bound of "between two and three" goes with the first.
            let bounds = from.max(to.saturating_sub(LONGEST_BOUND))..to;
            let second =
                bounds.rev().any(|at| reading.tokens[at as usize].text(text).eq_ignore_ascii_case("between"))
                    && to + 1 < sentence.end
                    && reading.tokens[to as usize].text(text).eq_ignore_ascii_case("and")
                    && reading.tokens[to as usize + 1].text(text) != "to";
            while second && to < sentence.end && !reading.shape(to).intersects(Shape::PUNCT) {
                to += 1;
            }
            // A number in front of a paragraph counts it: it tells nothing.
            let counter = reading.counter(text, sentence);
            if to > counter {
                from = from.max(counter);
            }
            // A comma or full stop that a span takes in belongs to the sentence.
            while to > from + 1 && matches!(reading.tokens[from as usize].text(text), "," | ";" | ":") {
                from += 1;
            }
            while to > from + 1 && matches!(reading.tokens[to as usize - 1].text(text), "," | "." | ";" | ":")
            {
                to -= 1;
            }
            let goes_on = counter >= sentence.end && span.end() > bytes.end;
            if from < to && !goes_on {
                cuts.push(Cut { from, to, frame, sure, phrase: None });
            }
            if span.end() > bytes.end {
                break;
            }
            next += 1;
        }
        if !cuts.is_empty() {
            let goes = Mender { text, reading, rules, sentence, cuts }.mend(&mut edits);
            gone = goes.then_some(sentence.end);
        }
    }
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    apart(edits)
}

/// Where "He adds that" ends at the start of a sentence: it goes on with whom the sentence before told of.
fn carries_on(text: &str, reading: &Reading<'_>, rules: &RuleSet, sentence: &Sentence) -> Option<u32> {
    let word = |at: u32| reading.tokens[at as usize].text(text).to_ascii_lowercase();
    let [pronoun, verb, that] = [sentence.start, sentence.start + 1, sentence.start + 2];
    let carries = that + 1 < sentence.end
        && matches!(word(pronoun).as_str(), "he" | "she" | "they")
        && reading.is_word_of(verb, rules.grammar.saying)
        && word(that) == "that";
    carries.then_some(that)
}

/// Joins edits that overlap: neighbouring sentences that both go share the space between them.
fn apart(edits: Vec<Edit>) -> Vec<Edit> {
    let mut out: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match out.last_mut() {
            Some(last) if edit.span.start() < last.span.end() => {
                last.span = last.span.hull(edit.span);
                if last.replacement.text().is_empty() {
                    last.replacement = edit.replacement;
                }
            }
            _ => out.push(edit),
        }
    }
    out
}

struct Mender<'a> {
    text: &'a str,
    reading: &'a Reading<'a>,
    rules: &'a RuleSet,
    sentence: &'a Sentence,
    cuts: Vec<Cut>,
}

impl Mender<'_> {
    /// Writes the edits; whether the sentence went as a whole.
    fn mend(mut self, edits: &mut Vec<Edit>) -> bool {
        self.join();
        if self.cuts.iter().any(|cut| cut.frame == Frame::Sentence) || !self.says_something() {
            edits.push(self.without_sentence());
            return true;
        }
        self.spare_known();
        self.part();
        for at in 0..self.cuts.len() {
            self.place(at);
        }
        self.verbless();
        self.unlead();
        self.fall();
        self.balance();
        self.join();
        self.close();
        self.unpair();
        if self.cuts.iter().any(|cut| cut.frame == Frame::Sentence) || !self.says_something() {
            edits.push(self.without_sentence());
            return true;
        }
        self.spare_articles();
        self.write(edits);
        false
    }

    /// Joins cuts between which nothing but function words and commas would stand.
    fn join(&mut self) {
        let grammar = &self.rules.grammar;
        let mut joined: Vec<Cut> = Vec::with_capacity(self.cuts.len());
        for cut in std::mem::take(&mut self.cuts) {
            if let Some(last) = joined.last_mut() {
                let idle = |at: u32| {
                    matches!(
                        self.reading.tokens[at as usize].text(self.text),
                        "," | ";" | "/" | "&" | "(" | ")"
                    ) || self.reading.is_word_of(at, grammar.function_word)
                        && !self.reading.is_word_of(at, grammar.auxiliary)
                };
                // What was put in behind a mark keeps it.
                let apart = cut.phrase.is_some() && last.phrase.is_none() && cut.from > last.to;
                if cut.from <= last.to || !apart && (last.to..cut.from).all(idle) {
                    last.to = last.to.max(cut.to);
                    last.phrase = last.phrase.or(cut.phrase);
                    last.sure |= cut.sure;
                    if cut.frame == Frame::Attribution || cut.frame == Frame::Sentence {
                        last.frame = cut.frame;
                    }
                    continue;
                }
            }
            joined.push(cut);
        }
        self.cuts = joined;
    }

    fn is_cut(&self, at: u32) -> bool {
        self.cuts.iter().any(|cut| (cut.from..cut.to).contains(&at))
    }

    /// Whether a word of content stands outside the cuts.
    fn says_something(&self) -> bool {
        let idle = |at: u32| {
            self.is_cut(at)
                || !self.reading.shape(at).intersects(Shape::WORD | Shape::NUM)
                || self.reading.is_word_of(at, self.rules.grammar.function_word)
                || self.is_list_number(at)
                || self.is_label(at)
        };
        !self.sentence.clone().all(idle)
    }

    /// "2." at the start of a sentence.
    fn is_list_number(&self, at: u32) -> bool {
        at == self.sentence.start
            && self.reading.shape(at).intersects(Shape::NUM)
            && self.is_mark(Some(at + 1).filter(|&next| next < self.sentence.end), &[".", ")"])
    }

    /// Part of a label at the start of the zone, up to its colon: at most six words.
    fn is_label(&self, at: u32) -> bool {
        let zone = self.reading.zone_of(at).start;
        at < zone + 7
            && self.sentence.start == zone
            && (at + 1..(zone + 8).min(self.sentence.end)).find(|&next| self.is_punct(next)).is_some_and(
                |mark| self.word(mark) == ":" && self.cuts.first().is_some_and(|cut| cut.from > mark),
            )
    }

    /// The last token before `at` that stays.
    fn before(&self, at: u32) -> Option<u32> {
        (self.sentence.start..at).rev().find(|&token| !self.is_cut(token))
    }

    /// The first token from `at` that stays.
    fn after(&self, at: u32) -> Option<u32> {
        (at..self.sentence.end).find(|&token| !self.is_cut(token))
    }

    /// The whole sentence goes, with the space that sets it off.
    fn without_sentence(&self) -> Edit {
        let zone = self.reading.zone_of(self.sentence.start);
        let bytes = self.reading.bytes(self.sentence.start, self.sentence.end);
        let range = if self.sentence.end < zone.end {
            // The number of its paragraph stays for the next.
            let counter = self.reading.counter(self.text, self.sentence);
            let first = if counter < self.sentence.end { counter } else { self.sentence.start };
            self.reading.tokens[first as usize].start as usize
                ..self.reading.tokens[self.sentence.end as usize].start as usize
        } else if self.sentence.start > zone.start {
            self.reading.tokens[self.sentence.start as usize - 1].end as usize..bytes.end
        } else {
            bytes
        };
        Edit { span: Span::new(range.start, range.end), replacement: Replacement::nothing() }
    }
}

/// A text with the edits applied: for examples, where there is no Markdown.
pub(crate) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        if edit.span.start() < at {
            continue;
        }
        out.push_str(&text[at..edit.span.start()]);
        out.push_str(edit.replacement.text());
        at = edit.span.end();
    }
    out.push_str(&text[at..]);
    out
}
