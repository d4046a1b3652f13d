//! Sentences mended after a cut, so that what is left is English and the seam tells nothing.
//!
//! What goes in the place of a span depends on its place in the sentence alone, never on what the span said: the same
//! sentence with another source gives the same release. The phrases come from `patterns/phrases.toml`; besides
//! them only a closed set of adaptations happens here: a capital at the start of a sentence, `a` or `an`, the
//! third person of a verb.

use super::{Edit, Replacement};
use crate::detect::reading::Reading;
use crate::detect::tokens::{Sentence, Shape};
use crate::rules::schema::Frame;
use crate::rules::{Phrases, RuleSet};
use crate::text::Span;

/// The most words of an owner's noun phrase.
const LONGEST_OWNER: u32 = 4;

/// A run of tokens that goes.
#[derive(Debug, Clone, PartialEq)]
struct Cut {
    from: u32,
    to: u32,
    frame: Frame,
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

/// The edits that take the given spans (sorted, not overlapping, byte ranges of `text`) out of it.
pub(crate) fn rewrite(
    text: &str,
    reading: &Reading<'_>,
    rules: &RuleSet,
    spans: &[(Span<crate::text::Visible>, Frame)],
) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut next = 0;
    for sentence in &reading.sentences {
        let bytes = reading.bytes(sentence.start, sentence.end);
        let mut cuts: Vec<Cut> = Vec::new();
        while let Some((span, frame)) = spans.get(next).filter(|(span, _)| span.start() < bytes.end) {
            let from = reading.token_at(span.start()).max(sentence.start);
            let mut to = (reading.token_at(span.end() - 1) + 1).min(sentence.end);
            // An article at a span's end belongs to what stays, and what "the following" points at to the span.
            while to > from + 1 && to < sentence.end && reading.is_word_of(to - 1, rules.grammar.article) {
                to -= 1;
            }
            if to < sentence.end
                && reading.is_word_of(to - 1, rules.grammar.pointing)
                && reading.shape(to).intersects(Shape::WORD | Shape::NUM)
            {
                to += 1;
            }
            // A comma or full stop that a span takes in belongs to the sentence.
            while to > from + 1 && matches!(reading.tokens[to as usize - 1].text(text), "," | "." | ";" | ":")
            {
                to -= 1;
            }
            if from < to {
                cuts.push(Cut { from, to, frame: *frame, phrase: None });
            }
            if span.end() > bytes.end {
                break;
            }
            next += 1;
        }
        if !cuts.is_empty() {
            Mender { text, reading, rules, sentence, cuts }.mend(&mut edits);
        }
    }
    apart(edits)
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
    fn mend(mut self, edits: &mut Vec<Edit>) {
        self.join();
        if self.cuts.iter().any(|cut| cut.frame == Frame::Sentence) || !self.says_something() {
            edits.push(self.without_sentence());
            return;
        }
        for at in 0..self.cuts.len() {
            self.place(at);
        }
        self.join();
        if !self.says_something() {
            edits.push(self.without_sentence());
            return;
        }
        self.write(edits);
    }

    fn word(&self, at: u32) -> &str {
        self.reading.tokens[at as usize].text(self.text)
    }

    fn is(&self, at: Option<u32>, slot: crate::rules::vocabulary::SlotId) -> bool {
        at.is_some_and(|at| self.reading.is_word_of(at, slot))
    }

    fn is_mark(&self, at: Option<u32>, marks: &[&str]) -> bool {
        at.is_some_and(|at| marks.contains(&self.word(at)))
    }

    fn is_punct(&self, at: u32) -> bool {
        self.reading.shape(at).intersects(Shape::PUNCT)
    }

    /// Joins cuts between which nothing but function words and commas would stand.
    fn join(&mut self) {
        let grammar = &self.rules.grammar;
        let mut joined: Vec<Cut> = Vec::with_capacity(self.cuts.len());
        for cut in std::mem::take(&mut self.cuts) {
            if let Some(last) = joined.last_mut() {
                let idle = |at: u32| {
                    matches!(self.reading.tokens[at as usize].text(self.text), "," | ";" | "/" | "&")
                        || self.reading.is_word_of(at, grammar.function_word)
                            && !self.reading.is_word_of(at, grammar.auxiliary)
                };
                if cut.from <= last.to || (last.to..cut.from).all(idle) {
                    last.to = last.to.max(cut.to);
                    last.phrase = last.phrase.or(cut.phrase);
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

    fn ends_sentence(&self, at: Option<u32>) -> bool {
        at.is_none_or(|at| {
            at + 1 >= self.sentence.end && self.is_punct(at)
                || self.is_mark(Some(at), &[".", "!", "?"]) && self.after(at + 1).is_none()
        })
    }

    /// Whether a verb stands between `from` and the end of the sentence.
    fn has_verb(&self, from: u32) -> bool {
        let grammar = &self.rules.grammar;
        let clause = (from + 1..self.sentence.end)
            .find(|&at| self.is_mark(Some(at), &[":", ";"]))
            .unwrap_or(self.sentence.end);
        (from..clause).any(|at| {
            !self.is_cut(at)
                && !self.is(self.before(at), grammar.determiner)
                && !self.is_mark(self.before(at), &["to"])
                && !self.reading.shape(at).intersects(Shape::ING)
                && (self.is(Some(at), grammar.auxiliary)
                    || (self.is(Some(at), grammar.verb) || self.is(Some(at), grammar.saying))
                        && !self.is_rather_noun(at))
        })
    }

    /// Whether a word that is a noun as often as a bare verb stands where no subject of a bare verb stands before it.
    fn is_rather_noun(&self, at: u32) -> bool {
        let before = self.before(at);
        let plural = before.is_some_and(|b| {
            self.reading.shape(b).intersects(Shape::S | Shape::LY)
                || self.is(Some(b), self.rules.grammar.relative)
                || self.is(Some(b), self.rules.grammar.auxiliary)
                || matches!(self.word(b).to_ascii_lowercase().as_str(), "they" | "we" | "you" | "and" | "men")
        });
        self.is(Some(at), self.rules.grammar.noun_or_verb) && !plural
    }

    /// Widens a cut to what cannot stand without it and chooses what takes its place.
    fn place(&mut self, at: usize) {
        let grammar = &self.rules.grammar;
        for _ in 0..8 {
            let cut = self.cuts[at].clone();
            let (before, after) = (self.before(cut.from), self.after(cut.to));
            let starts = before.is_none_or(|b| self.opens(b));
            let wide = if let (Some(b), Some(a)) = (before, after)
                && self.pairs(b, a)
            {
                Some((b, a + 1))
            } else if self.is_mark(after, &["'s", "’s", "'S", "’S"]) {
                let phrase = (!self.is(before, grammar.determiner)).then_some(Phrase::The);
                self.cuts[at].phrase = phrase;
                self.cuts[at].to = after.map_or(cut.to, |a| a + 1);
                return;
            } else if self.is_mark(before, &["'s", "’s", "'S", "’S"]) {
                before.map(|b| (self.owner(b), cut.to))
            } else if before.is_some_and(|b| matches!(self.word(b), ";" | ":")) && self.ends_sentence(after) {
                before.map(|b| (b, cut.to))
            } else if starts && self.is_mark(after, &[";"]) {
                self.cuts[at].to = after.map_or(cut.to, |a| a + 1);
                return;
            } else if starts {
                self.place_at_start(at, after);
                return;
            } else if let Some(b) = before
                && self.is(Some(b), grammar.preposition)
                && !self.is_mark(after, &["'s"])
            {
                let head =
                    self.before(b).filter(|&head| self.reading.is_word_of(head, grammar.attribution_head));
                Some((head.unwrap_or(b), cut.to))
            } else {
                self.place_inside(at, before, after)
            };
            match wide {
                Some((from, to)) => {
                    self.cuts[at].from = from;
                    self.cuts[at].to = to;
                }
                None => return,
            }
        }
    }

    /// Where the noun phrase of an owner starts ("the Brigade's"), of which what it owned is cut.
    fn owner(&self, possessive: u32) -> u32 {
        let grammar = &self.rules.grammar;
        let mut start = possessive;
        while start > self.sentence.start && possessive - start < LONGEST_OWNER && !self.is_cut(start - 1) {
            let before = Some(start - 1);
            let ends = self.is_punct(start - 1)
                || [grammar.preposition, grammar.conjunction, grammar.auxiliary, grammar.relative]
                    .iter()
                    .any(|&slot| self.is(before, slot))
                || self.is(before, grammar.verb) && !self.reading.shape(start - 1).intersects(Shape::CAP);
            if ends {
                break;
            }
            start -= 1;
            if self.is(before, grammar.determiner) {
                break;
            }
        }
        start
    }

    /// Whether the two tokens are a pair of brackets or quotation marks.
    fn pairs(&self, before: u32, after: u32) -> bool {
        matches!(
            (self.word(before), self.word(after)),
            ("(", ")") | ("[", "]") | ("\"", "\"") | ("“", "”") | ("‘", "’")
        )
    }

    /// What may stand before the first word of a clause: a colon, a list number, an opening quotation mark.
    fn opens(&self, at: u32) -> bool {
        match self.word(at) {
            ":" | ";" | "“" => true,
            "." | ")" => at == self.sentence.start + 1 && self.is_list_number(at - 1),
            "\"" => self.before(at).is_none(),
            _ => self.is_list_number(at),
        }
    }

    /// The cut opens its sentence.
    fn place_at_start(&mut self, at: usize, after: Option<u32>) {
        let grammar = &self.rules.grammar;
        let cut = self.cuts[at].clone();
        let tells = cut.frame == Frame::Attribution
            || self.is(Some(cut.from), grammar.attribution_head)
            || (cut.from..cut.to).any(|t| self.is(Some(t), grammar.saying));
        let ends_in_verb = self.is(Some(cut.to - 1), grammar.saying);
        let (to, phrase) = match after {
            Some(a) if self.is_mark(after, &[","]) && self.is(self.after(a + 1), grammar.relative) => {
                let relative = self.after(a + 1).unwrap_or(a);
                match self.after(relative + 1) {
                    Some(verb) if self.is(Some(verb), grammar.saying) => self.swallow(verb),
                    _ => (relative + 1, Some(Phrase::Subject)),
                }
            }
            Some(a)
                if self.is_mark(after, &[","])
                    && self.after(a + 1).is_some_and(|next| {
                        self.is_finite(next) || self.is(Some(next), grammar.auxiliary)
                    }) =>
            {
                (a + 1, Some(Phrase::Subject))
            }
            Some(a) if self.is_mark(after, &[",", ":"]) => {
                (a + 1, (tells && cut.frame != Frame::Remove && self.has_verb(a)).then_some(Phrase::Clause))
            }
            Some(a) if self.is_mark(after, &["that"]) && self.has_verb(a) => (a + 1, Some(Phrase::Clause)),
            Some(a) if self.is_mark(after, &["and", "but", "or"]) => (a + 1, None),
            Some(a) if self.is(after, grammar.saying) => self.swallow(a),
            Some(a) if cut.frame == Frame::Attribution || ends_in_verb => {
                (cut.to, (!self.is(Some(a), grammar.preposition)).then(|| self.lead(a)))
            }
            Some(a) if self.is(after, grammar.auxiliary) => self.subject_or_participle(a, cut.to),
            Some(a) if self.is_finite(a) && cut.frame != Frame::Remove => (cut.to, Some(Phrase::Subject)),
            Some(a) if self.is_stranded(at, a) => (cut.to, Some(Phrase::Noun)),
            _ => (cut.to, None),
        };
        self.cuts[at].to = to;
        self.cuts[at].phrase = phrase;
    }

    /// Whether the cut took the only verb of a written-out sentence and left a noun phrase.
    fn is_stranded(&self, at: usize, after: u32) -> bool {
        let grammar = &self.rules.grammar;
        let cut = &self.cuts[at];
        let full_stop = self.is_mark(Some(self.sentence.end - 1), &["."]);
        let took = (cut.from..cut.to).any(|t| {
            self.is(Some(t), grammar.verb)
                || self.is(Some(t), grammar.saying)
                || self.is(Some(t), grammar.auxiliary)
        });
        let noun = !self.is(Some(after), grammar.preposition) && !self.is(Some(after), grammar.conjunction);
        full_stop && took && noun && !self.has_verb(after)
    }

    /// Whether the token, right behind a subject, is a finite verb: a known one, or a past form with an object.
    fn is_finite(&self, at: u32) -> bool {
        let grammar = &self.rules.grammar;
        let behind_plural = at > 0 && self.reading.shape(at - 1).intersects(Shape::S);
        self.is(Some(at), grammar.verb) && (behind_plural || !self.is(Some(at), grammar.noun_or_verb))
            || self.reading.shape(at).intersects(Shape::ED)
                && self.reading.shape(at).intersects(Shape::LOWER)
                && (self.is(self.after(at + 1), grammar.determiner)
                    || self.is(self.after(at + 1), grammar.preposition))
    }

    /// A verb of telling behind the cut goes with it, and a `that` behind the verb.
    fn swallow(&self, verb: u32) -> (u32, Option<Phrase>) {
        let mut to = verb + 1;
        while to < self.sentence.end && self.reading.shape(to).intersects(Shape::LY) {
            to += 1;
        }
        if self.is_mark(self.after(to), &["that"]) {
            return (to + 1, Some(Phrase::Clause));
        }
        (to, self.after(to).map(|after| self.lead(after)))
    }

    /// "was overheard saying that …": the auxiliary and a verb of telling go; any other verb keeps a subject.
    fn subject_or_participle(&self, auxiliary: u32, to: u32) -> (u32, Option<Phrase>) {
        let mut verb = auxiliary + 1;
        if self.is_mark(self.after(verb), &["that"]) && self.has_verb(verb) {
            return (verb + 1, Some(Phrase::Clause));
        }
        while verb < self.sentence.end
            && (self.is(Some(verb), self.rules.grammar.auxiliary)
                || self.reading.shape(verb).intersects(Shape::LY))
        {
            verb += 1;
        }
        if verb < self.sentence.end && self.is(Some(verb), self.rules.grammar.saying) && !self.is_cut(verb) {
            return self.swallow(verb);
        }
        (to, Some(Phrase::Subject))
    }

    /// The phrase that leads over to what follows: a clause or a noun phrase.
    fn lead(&self, after: u32) -> Phrase {
        if self.has_verb(after) { Phrase::Clause } else { Phrase::Noun }
    }

    /// The cut stands inside its sentence.
    fn place_inside(&mut self, at: usize, before: Option<u32>, after: Option<u32>) -> Option<(u32, u32)> {
        let grammar = &self.rules.grammar;
        let cut = self.cuts[at].clone();
        let ends = self.ends_sentence(after);
        let closes = ends || self.is_mark(after, &[")", ";", ":", "]"]);
        let b = before?;
        if self.is_mark(before, &[","]) {
            if closes || self.is(after, grammar.conjunction) && !self.in_list(b) {
                return Some((b, cut.to));
            }
            if let Some(a) = after
                && self.is_mark(after, &[","])
            {
                self.cuts[at].from = if self.opens_with_adverbial(b) { cut.from } else { b };
                self.cuts[at].to = a + 1;
                return None;
            }
            if self.is(after, grammar.saying) {
                let (to, _) = self.swallow(after?);
                self.cuts[at].to = to;
            }
            return None;
        }
        if self.is_mark(before, &["—", "–", ";", ":", "-"]) && closes {
            return Some((b, cut.to));
        }
        if self.is(before, grammar.conjunction) || self.is_mark(before, &["that"]) {
            return self.place_after_conjunction(at, b, after, closes);
        }
        if self.is(before, grammar.relative) {
            return Some((b, cut.to));
        }
        if self.is(after, grammar.verb) || self.is(after, grammar.auxiliary) || self.is(after, grammar.saying)
        {
            if self.is(before, grammar.verb) || self.is(before, grammar.saying) {
                self.cuts[at].phrase = Some(Phrase::Subject);
            }
            return None;
        }
        let clausal = self.is(Some(cut.from), grammar.relative)
            || self.is(Some(cut.from), grammar.preposition)
            || (cut.from..cut.to).any(|t| self.is(Some(t), grammar.verb) || self.is(Some(t), grammar.saying))
            || matches!(cut.frame, Frame::Remove | Frame::Label | Frame::Attribution);
        let wants_object =
            (self.is(before, grammar.verb) || self.is(before, grammar.saying)) && !self.is_rather_noun(b);
        if wants_object
            && !clausal
            && (closes
                || self.is_punct(after.unwrap_or(b))
                || self.is(after, grammar.preposition)
                || self.is(after, grammar.conjunction))
        {
            self.cuts[at].phrase = Some(Phrase::Object);
        }
        None
    }

    fn place_after_conjunction(
        &mut self,
        at: usize,
        b: u32,
        after: Option<u32>,
        closes: bool,
    ) -> Option<(u32, u32)> {
        let grammar = &self.rules.grammar;
        let cut = self.cuts[at].clone();
        if closes || self.is_mark(after, &[","]) {
            return Some((b, cut.to));
        }
        if let Some(a) = after {
            if self.is_mark(after, &["that"]) {
                self.cuts[at].to = a + 1;
            } else if self.is(after, grammar.saying) {
                let (to, _) = self.swallow(a);
                self.cuts[at].to = to;
            } else if self.is(after, grammar.verb) || self.is(after, grammar.auxiliary) {
                self.cuts[at].phrase = Some(Phrase::Subject);
            }
        }
        None
    }

    /// Whether the comma at `at` separates items: another comma stands shortly before it.
    fn in_list(&self, at: u32) -> bool {
        (at.saturating_sub(6).max(self.sentence.start)..at).any(|token| self.word(token) == ",")
    }

    /// "On 3 May," and the like: a short start without a verb keeps its comma.
    fn opens_with_adverbial(&self, comma: u32) -> bool {
        comma - self.sentence.start <= 6
            && (self.is(Some(self.sentence.start), self.rules.grammar.preposition)
                || self.is(Some(self.sentence.start), self.rules.grammar.conjunction))
    }

    /// The whole sentence goes, with the space that sets it off.
    fn without_sentence(&self) -> Edit {
        let zone = self.reading.zone_of(self.sentence.start);
        let bytes = self.reading.bytes(self.sentence.start, self.sentence.end);
        let range = if self.sentence.end < zone.end {
            bytes.start..self.reading.tokens[self.sentence.end as usize].start as usize
        } else if self.sentence.start > zone.start {
            self.reading.tokens[self.sentence.start as usize - 1].end as usize..bytes.end
        } else {
            bytes
        };
        Edit { span: Span::new(range.start, range.end), replacement: Replacement::nothing() }
    }

    /// Whether the sentence is written in capitals throughout.
    fn all_caps(&self) -> bool {
        let mut words = self
            .sentence
            .clone()
            .map(|at| self.reading.shape(at))
            .filter(|shape| shape.intersects(Shape::WORD));
        let (mut caps, mut all) = (0, 0);
        words.by_ref().for_each(|shape| {
            all += 1;
            caps += usize::from(shape.intersects(Shape::CAPS));
        });
        all >= 3 && caps * 5 >= all * 4
    }

    fn write(&self, edits: &mut Vec<Edit>) {
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
        edits.sort_by_key(|edit| edit.span);
        edits.dedup();
    }

    fn next_start(&self, at: u32) -> usize {
        self.reading.tokens.get(at as usize).map_or(usize::MAX, |token| token.start as usize)
    }

    fn phrase(&self, phrase: Phrase, after: Option<u32>) -> String {
        let Phrases { clause, noun, subject, it, they, object } = &self.rules.phrases;
        match phrase {
            Phrase::Clause => clause.clone(),
            Phrase::Noun => noun.clone(),
            Phrase::Subject if self.tells(after) => subject.clone(),
            Phrase::Subject if self.is_of_several(after) => they.clone(),
            Phrase::Subject => it.clone(),
            Phrase::Object => object.clone(),
            Phrase::The => "the".to_owned(),
        }
    }

    /// Whether a finite verb has several for its subject, as far as its form tells.
    fn is_of_several(&self, verb: Option<u32>) -> bool {
        let bare = |at: u32| {
            self.is(Some(at), self.rules.grammar.verb)
                && !self.reading.shape(at).intersects(Shape::S | Shape::ED)
        };
        self.is_mark(verb, &["are", "were", "have", "do"])
            || !self.is(verb, self.rules.grammar.auxiliary) && verb.is_some_and(bare)
    }

    /// Whether a verb, past its auxiliaries, is one of telling or showing.
    fn tells(&self, verb: Option<u32>) -> bool {
        let grammar = &self.rules.grammar;
        let past = |at: &u32| {
            self.is(Some(*at), grammar.auxiliary)
                || self.reading.shape(*at).intersects(Shape::LY)
                || self.is_mark(Some(*at), &["not"])
        };
        let main = verb.and_then(|verb| (verb..self.sentence.end).find(|at| !past(at)));
        self.is(main, grammar.saying) || self.is(main, grammar.showing)
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
