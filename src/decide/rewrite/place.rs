//! How far a cut reaches and what takes its place, by where it stands in its sentence.

use super::{Cut, Mender, Phrase};
use crate::detect::tokens::Shape;
use crate::rules::schema::Frame;

/// The most words between a verb of telling and its `that`: who was told.
const LONGEST_TOLD: u32 = 5;

impl Mender<'_> {
    /// Widens a cut to what cannot stand without it and chooses what takes its place.
    pub(super) fn place(&mut self, at: usize) {
        let grammar = &self.rules.grammar;
        for _ in 0..8 {
            if let Some(end) = self.idle_end(self.cuts[at].to) {
                self.cuts[at].to = end;
            }
            let cut = self.cuts[at].clone();
            let (before, after) = (self.before(cut.from), self.after(cut.to));
            let starts = before.is_none_or(|b| self.opens(b));
            // A full stop may stand inside of the quotation.
            let closing = after.map(|a| match self.after(a + 1) {
                Some(next) if self.is_mark(after, &[".", ",", "!", "?"]) => next,
                _ => a,
            });
            let wide = if let Some(a) = after.filter(|&a| self.dangles_before_mark(a)) {
                Some((cut.from, a + 1))
            } else if let (Some(b), Some(a)) = (before, closing)
                && self.pairs(b, a)
            {
                Some((b, a + 1))
            } else if self.is_possessive(after) {
                let phrase = (!self.is(before, grammar.determiner)).then_some(Phrase::The);
                self.cuts[at].phrase = phrase;
                self.cuts[at].to = after.map_or(cut.to, |a| a + 1);
                return;
            } else if self.is_possessive(Some(cut.to - 1)) && after.is_some_and(|a| !self.is_punct(a)) {
                self.cuts[at].phrase = (!self.is(before, grammar.determiner)).then_some(Phrase::The);
                return;
            } else if self.is_possessive(before) {
                before.map(|b| (self.owner(b), cut.to))
            } else if before.is_some() && self.is_possessive(Some(cut.from)) {
                Some((self.owner(cut.from), cut.to))
            } else if before.is_some_and(|b| matches!(self.word(b), ";" | ":")) && self.ends_sentence(after) {
                let told = |b: u32| self.word(b) == ":" && self.is(self.before(b), grammar.saying);
                if before.is_some_and(told) {
                    // What somebody said is gone: nothing is left to tell.
                    self.cuts[at].frame = Frame::Sentence;
                    return;
                }
                before.map(|b| (b, cut.to))
            } else if starts && self.is_mark(after, &[";"]) {
                self.cuts[at].to = after.map_or(cut.to, |a| a + 1);
                return;
            } else if let Some(to) = self.hung(&cut, after).filter(|_| starts) {
                Some((cut.from, to))
            } else if starts {
                self.place_at_start(at, after);
                return;
            } else if let Some(b) = before
                && self.is(Some(b), grammar.preposition)
                && !self.is_mark(after, &["'s"])
                // "They point to [the calls and to] an affray"
                && !(self.is(Some(cut.to - 1), grammar.preposition)
                    && self.word(cut.to - 1).eq_ignore_ascii_case(self.word(b)))
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

    /// The cut opens its sentence.
    fn place_at_start(&mut self, at: usize, after: Option<u32>) {
        let grammar = &self.rules.grammar;
        let cut = self.cuts[at].clone();
        let tells = cut.frame == Frame::Attribution
            || self.is(Some(cut.from), grammar.attribution_head)
            || (cut.from..cut.to).any(|t| self.is(Some(t), grammar.saying));
        let ends_in_verb = self.is(Some(cut.to - 1), grammar.saying);
        let (to, phrase) = match after {
            Some(a) if self.quotes(&cut, a) => {
                self.cuts[at].frame = Frame::Sentence;
                (cut.to, None)
            }
            // ", that the cellar would be flooded"
            Some(a)
                if self.is_mark(after, &[","])
                    && self.opens_clause(self.after(a + 1))
                    && (tells || self.has_verb(a + 2)) =>
            {
                (self.after(a + 1).map_or(a, |that| that + 1), Some(Phrase::Clause))
            }
            Some(a) if self.is_mark(after, &[","]) && self.is(self.after(a + 1), grammar.relative) => {
                let relative = self.after(a + 1).unwrap_or(a);
                match self.after(relative + 1) {
                    Some(verb) if self.is(Some(verb), grammar.saying) => match self.end_of_relative(verb + 1)
                    {
                        Some(comma) => (comma + 1, Some(Phrase::Subject)),
                        None => self.swallow(verb),
                    },
                    Some(verb) if self.is_predicate(verb) => (relative + 1, Some(Phrase::Subject)),
                    // "at the siege, where [his men fell]" stands alone, "the driver, whom [they tailed]" does not.
                    Some(_) if self.is_mark(Some(relative), &["where", "when"]) => (relative + 1, None),
                    _ => match (relative..self.sentence.end).find(|&at| self.word(at) == ",") {
                        Some(comma) => (comma + 1 + u32::from(self.opens_last_clause(comma + 1)), None),
                        None => {
                            self.cuts[at].frame = Frame::Sentence;
                            (cut.to, None)
                        }
                    },
                }
            }
            Some(a)
                if self.is_mark(after, &[","])
                    && self.after(a + 1).is_some_and(|next| {
                        self.is_finite(next) && !self.is_attached(&cut, next)
                            || self.is(Some(next), grammar.auxiliary)
                    }) =>
            {
                match self.after(a + 1) {
                    Some(verb) if self.is_past(verb) && self.opens_clause(self.after(verb + 1)) => {
                        self.swallow(verb)
                    }
                    // "had told him that"
                    Some(verb) if self.is_mark(Some(verb), &["had", "has", "have"]) => {
                        self.subject_or_participle(verb, a + 1)
                    }
                    // "speak of the winter"
                    Some(verb)
                        if self.is(Some(verb), grammar.saying)
                            && self.is_mark(self.after(verb + 1), &["of", "about"]) =>
                    {
                        self.swallow(verb)
                    }
                    // "gave the sum"
                    Some(verb)
                        if self.is(Some(verb), grammar.saying)
                            && self.is(self.after(verb + 1), grammar.determiner)
                            && !self.is_described(verb + 1)
                            && !self.has_verb(verb + 1) =>
                    {
                        self.swallow(verb)
                    }
                    _ => (a + 1, Some(Phrase::Subject)),
                }
            }
            Some(a) if self.is_mark(after, &[",", ":"]) => {
                let rest = a + 1 + u32::from(self.opens_last_clause(a + 1));
                (rest, (tells && cut.frame != Frame::Remove && self.has_verb(a)).then_some(Phrase::Clause))
            }
            Some(a)
                if self.opens_clause(after)
                    && (self.has_verb(a) || self.is(Some(cut.to - 1), grammar.showing)) =>
            {
                (a + 1, Some(Phrase::Clause))
            }
            Some(a) if self.is_predicate(a) && self.opens_aside(cut.from) => {
                match (a..self.sentence.end).find(|&at| self.word(at) == ",") {
                    Some(comma) => (comma + 1, None),
                    None => {
                        self.cuts[at].frame = Frame::Sentence;
                        (cut.to, None)
                    }
                }
            }
            Some(a) if self.is_mark(after, &["and", "but", "or"]) => (a + 1, None),
            // "judges him unlikely to act", "gives it a height": what has an object of its own keeps its verb.
            Some(a)
                if ends_in_verb && cut.from + 1 < cut.to && (self.is_described(a) || self.gives(&cut, a)) =>
            {
                (cut.to - 1, Some(Phrase::Subject))
            }
            Some(a) if self.is(after, grammar.saying) && self.is_described(a + 1) => {
                (cut.to, Some(Phrase::Subject))
            }
            Some(a) if self.is(after, grammar.saying) && self.reading.shape(a).intersects(Shape::ING) => {
                (cut.to, Some(Phrase::Noun))
            }
            Some(a) if self.is(after, grammar.saying) => self.swallow(a),
            Some(a)
                if (self.is_past(a) || self.is(Some(a), grammar.showing))
                    && self.opens_clause(self.after(a + 1)) =>
            {
                self.swallow(a)
            }
            // "[Visible through a gap] was a crane": the subject stands behind its verb.
            Some(a) if self.is_inverted(&cut, a) => (a + 1, Some(Phrase::Noun)),
            Some(a) if self.is(after, grammar.auxiliary) => self.subject_or_participle(a, cut.to),
            Some(a) if cut.frame == Frame::Attribution || ends_in_verb => {
                match self.lead(a).filter(|_| !self.is(Some(a), grammar.preposition)) {
                    None => self.strand(at, a),
                    lead => (cut.to, lead),
                }
            }
            Some(a) if self.is_finite(a) && cut.frame != Frame::Remove => (cut.to, Some(Phrase::Subject)),
            Some(a) => self.strand(at, a),
            None => (cut.to, None),
        };
        // A rest that only hung on what went does not stand by itself.
        let stays = phrase.is_none() && self.cuts[at].frame != Frame::Sentence;
        let rest = self.after(to).filter(|&rest| stays && rest > cut.to);
        let (to, phrase) = match rest {
            Some(rest) => {
                self.cuts[at].to = to;
                self.strand(at, rest)
            }
            None => (to, phrase),
        };
        // Nothing begins with a comma or a colon.
        let mark = self.after(to).filter(|&mark| phrase.is_none() && self.is_mark(Some(mark), &[",", ":"]));
        self.cuts[at].to = mark.map_or(to, |mark| mark + 1);
        self.cuts[at].phrase = phrase;
    }

    /// A verb of telling behind the cut goes with it, and who was told, and a `that` behind them.
    fn swallow(&self, verb: u32) -> (u32, Option<Phrase>) {
        let mut to = verb + 1;
        while to < self.sentence.end && self.reading.shape(to).intersects(Shape::LY) {
            to += 1;
        }
        let mut told = self.words_from(to, LONGEST_TOLD).take_while(|&at| !self.is_predicate(at));
        if let Some(that) = told.find(|&at| self.opens_clause(Some(at))) {
            return (that + 1, Some(Phrase::Clause));
        }
        // "speak [of] a second rising"
        if to < self.sentence.end
            && self.is_mark(Some(to), &["of", "about"])
            && self.after(to + 1).is_some_and(|next| self.is_nominal(next))
        {
            return (to + 1, Some(Phrase::Noun));
        }
        (to, self.after(to).and_then(|after| self.lead(after)))
    }

    /// "was overheard saying that …": the auxiliary and a verb of telling go; any other verb keeps a subject.
    fn subject_or_participle(&self, auxiliary: u32, to: u32) -> (u32, Option<Phrase>) {
        let mut verb = auxiliary + 1;
        if self.opens_clause(self.after(verb)) && self.has_verb(verb) {
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

    /// The phrase that leads over to what follows: a clause or a noun phrase; none to anything else.
    fn lead(&self, after: u32) -> Option<Phrase> {
        let is_subject = |pronoun: u32| {
            self.is(Some(pronoun), self.rules.grammar.pronoun)
                && !self.is(self.after(pronoun + 1), self.rules.grammar.preposition)
        };
        if self.has_verb(after) || is_subject(after) {
            Some(Phrase::Clause)
        } else {
            self.is_nominal(after).then_some(Phrase::Noun)
        }
    }

    /// The cut stands inside its sentence.
    fn place_inside(&mut self, at: usize, before: Option<u32>, after: Option<u32>) -> Option<(u32, u32)> {
        let grammar = &self.rules.grammar;
        let cut = self.cuts[at].clone();
        let ends = self.ends_sentence(after);
        let closes = ends || self.is_mark(after, &[")", ";", ":", "]"]);
        let b = before?;
        // Nothing hangs on what a mark set off.
        if closes && self.is_mark(Some(cut.from), &[",", ";", "(", "["]) {
            return None;
        }
        // "At the ford [a picture of ours shows] a square": the place stays before the lead.
        if self.is_led_in(&cut, after) {
            self.cuts[at].phrase = Some(Phrase::Noun);
            return None;
        }
        let dangles = self.is_mark(Some(cut.to - 1), &["to"])
            && after.is_some_and(|a| !self.is_punct(a) && self.ends_sentence(self.after(a + 1)));
        if dangles {
            return Some((cut.from, after.map_or(cut.to, |a| a + 1)));
        }
        if let Some(a) = after
            && self.is_mark(after, &["to"])
            && self.is_past(cut.to - 1)
            && (self.is_mark(before, &[",", ";", "—", "–"])
                || (cut.from..cut.to).any(|t| self.is(Some(t), grammar.relative)))
            && self.content(a) <= 2
        {
            return Some((cut.from, self.words_from(a, self.sentence.end).last().map_or(a + 1, |at| at + 1)));
        }
        if let Some(to) = self.second_of_two(&cut, after) {
            self.cuts[at].from = cut.from + 1;
            self.cuts[at].to = to;
            return None;
        }
        // A form of "be" does not stand without what is said of its subject.
        if self.is_be(b) && (closes || self.is_mark(after, &[",", "."])) {
            return Some((b, cut.to));
        }
        if closes && self.is(before, grammar.determiner) {
            return Some((b, cut.to));
        }
        // "they point [to the tone of calls] and to an affray"
        if (self.is(Some(cut.from), grammar.preposition) || self.is_mark(Some(cut.from), &["to"]))
            && self.is_mark(after, &["and", "or"])
            && let Some(a) = after
            && self.after(a + 1).is_some_and(|next| self.word(next) == self.word(cut.from))
        {
            return Some((cut.from, a + 1));
        }
        // "he has the premier's consent but not [the minister's, a friend tells us]"
        if closes && self.is_mark(before, &["not"]) && self.is(self.before(b), grammar.conjunction) {
            return Some((b, cut.to));
        }
        if closes && self.is(before, grammar.attribution_head) {
            return Some((b, cut.to));
        }
        if closes && self.is(before, grammar.light_noun) && self.is(self.before(b), grammar.article) {
            return Some((b, cut.to));
        }
        if self.is_mark(before, &[","]) {
            if let Some(end) = self.clause_of_relative(&cut).filter(|&end| end > cut.to) {
                return Some((cut.from, end));
            }
            if self.opens_clause(after)
                && self.is_past(cut.to - 1)
                && !self.has_verb_before(self.sentence.start, b)
            {
                self.cuts[at].from = self.sentence.start;
                self.cuts[at].to = after.map_or(cut.to, |a| a + 1);
                self.cuts[at].phrase = Some(Phrase::Clause);
                return None;
            }
            if closes || self.is(after, grammar.conjunction) && !self.in_list(b) {
                return Some((b, cut.to));
            }
            if let Some(a) = after
                && self.is_mark(after, &[","])
            {
                self.cuts[at].from = if self.opens_with_adverbial(b) { cut.from } else { b };
                // "The master, a Scot, [whose calls are read,] has asked": the comma closes what stands before.
                let closes_other =
                    self.in_aside(b) && self.after(a + 1).is_some_and(|next| self.is_predicate(next));
                self.cuts[at].to = if closes_other { a } else { a + 1 };
                return None;
            }
            if self.is(after, grammar.saying) {
                let (to, _) = self.swallow(after?);
                self.cuts[at].to = to;
            } else if self.is_mark(Some(cut.from), &["and", "but"]) && self.lost_verb(&cut, after) {
                self.cuts[at].from = cut.from + 1;
                self.cuts[at].phrase = Some(Phrase::Noun);
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
            || self.is(Some(cut.from), grammar.attribution_head)
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
                let (to, phrase) = self.swallow(a);
                let opens = self.is_mark(self.before(b), &[","]);
                self.cuts[at].to = to;
                self.cuts[at].phrase = phrase.filter(|&phrase| opens && phrase == Phrase::Noun);
            } else if self.is(after, grammar.verb) || self.is(after, grammar.auxiliary) {
                self.cuts[at].phrase = Some(Phrase::Subject);
            } else if self.is_mark(self.before(b), &[","]) && self.lost_verb(&cut, after) {
                self.cuts[at].phrase = Some(Phrase::Noun);
            }
        }
        None
    }

    /// Whether a cut behind a comma and a conjunction took the subject and the verb of a clause of which a noun phrase is left:
    /// ", and [a copy from his basket gives] the text".
    fn lost_verb(&self, cut: &Cut, after: Option<u32>) -> bool {
        let verb = cut.to - 1;
        let first = cut.from + u32::from(self.is(Some(cut.from), self.rules.grammar.conjunction));
        first < verb
            && self.is_predicate(verb)
            && !self.is_predicate(first)
            && after.is_some_and(|a| self.is_nominal(a) && !self.has_verb(a))
    }

    /// Whether only where or when stands before a subject and its verb that were cut, and a noun phrase behind them.
    fn is_led_in(&self, cut: &Cut, after: Option<u32>) -> bool {
        let verb = cut.to - 1;
        self.is(Some(self.sentence.start), self.rules.grammar.preposition)
            && cut.to - cut.from >= 3
            && (self.is_predicate(verb) || self.is_past(verb))
            && !(self.sentence.start..cut.from).any(|at| self.is_predicate(at))
            && after.is_some_and(|a| a == cut.to && self.is_nominal(a) && !self.has_verb(a))
    }

    /// Whether a preposition behind a cut has nothing behind it: "[what he bragged] of: thirty men".
    fn dangles_before_mark(&self, at: u32) -> bool {
        self.is(Some(at), self.rules.grammar.preposition)
            && self.after(at + 1).is_some_and(|next| self.is_mark(Some(next), &[":", ";", ","]))
    }

    /// Whether a predicate without its verb was cut from the start of the sentence, and the verb and its subject stand behind it.
    fn is_inverted(&self, cut: &Cut, verb: u32) -> bool {
        let grammar = &self.rules.grammar;
        let fronted = self.is(Some(cut.from), grammar.preposition)
            || self.is(Some(cut.from), grammar.fronted)
            || self.reading.shape(cut.from).intersects(Shape::ED);
        fronted
            && self.is_be(verb)
            && self.after(verb + 1).is_some_and(|subject| self.is_nominal(subject))
            && !self.has_verb(verb + 1)
            && !(cut.from..cut.to).any(|at| self.is_auxiliary(at))
    }
}
