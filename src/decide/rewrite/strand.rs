//! What a cut leaves stranded: words that hung on what is gone, a rest without a verb, half of a pair of marks.

use super::{Cut, Mender, Phrase};
use crate::detect::tokens::Shape;
use crate::rules::schema::Frame;

/// The most words of what hangs on a noun phrase before its verb.
const LONGEST_TAIL: u32 = 8;
/// The most words between a cut and the comma that closes its subject.
const LONGEST_STUB: u32 = 3;
/// The fewest words of content for which a rest without a verb is worth its place.
const LEAST_REST: usize = 2;
/// The same for a verb without its subject ("to be paid"), or with one that went on a doubtful ground.
const LEAST_BARE: usize = 4;
/// Marks of which one cannot stand without the other.
const PAIRS: [[&str; 2]; 4] = [["\"", "\""], ["“", "”"], ["(", ")"], ["[", "]"]];

impl Mender<'_> {
    /// Where what hung on the cut noun phrase ends: "[Emissions fixed to] within two kilometres | put the post at".
    pub(super) fn hung(&self, cut: &Cut, after: Option<u32>) -> Option<u32> {
        let grammar = &self.rules.grammar;
        let a = after.filter(|&a| a == cut.to)?;
        let last = Some(cut.to - 1);
        let opens_relative = self.is(last, grammar.relative) && !self.is_mark(last, &["that"])
            || self.is(last, grammar.pronoun)
                && cut.to > cut.from + 2
                && self.is(Some(cut.to - 2), grammar.relative);
        if opens_relative {
            return (a..self.sentence.end.min(a + LONGEST_TAIL)).find(|&at| self.word(at) == ",");
        }
        // "[The colonel, who speaks for] the other four, | favours seizure"
        let opened = (cut.from + 1..cut.to).rev().find(|&at| self.word(at) == ",");
        if opened.is_some_and(|comma| self.is(Some(comma + 1), grammar.relative))
            && let Some(closed) = self.end_of_relative(a).filter(|&closed| !self.has_verb_before(a, closed))
        {
            return Some(closed);
        }
        // "[Emissions fixed] to within two kilometres | put the post at"
        if self.is_mark(Some(a), &["to"]) && self.is_mark(self.after(a + 1), &["within"]) {
            return self.behind_tail(a);
        }
        if cut.frame != Frame::Phrase
            || self.is(last, grammar.saying)
            || self.is_mark(last, &["that"])
            || self.is_punct(cut.to - 1)
        {
            return None;
        }
        if let Some(preposition) =
            [cut.to - 1, a].into_iter().find(|&at| self.is(Some(at), grammar.preposition))
        {
            return self.behind_tail(preposition);
        }
        if self.reading.shape(a).intersects(Shape::ED) && self.reading.shape(a).intersects(Shape::LOWER) {
            let plain = |at: u32| !self.reading.shape(at).intersects(Shape::ED) && self.is_predicate(at);
            return self.words_from(a + 1, LONGEST_TAIL / 2).find(|&at| plain(at));
        }
        let comma = self.words_from(a, LONGEST_STUB + 1).last().map_or(a, |at| at + 1);
        let stub = comma > a
            && comma - a <= LONGEST_STUB
            && !self.words_from(a, comma - a).any(|at| self.is_predicate(at));
        let verb = self.after(comma + 1).filter(|_| comma < self.sentence.end && self.word(comma) == ",")?;
        (stub && self.is_predicate(verb)).then_some(comma + 1)
    }

    /// The comma that closes a relative clause that tells nothing, before the main verb: ", who speaks for the others, | favours".
    pub(super) fn end_of_relative(&self, from: u32) -> Option<u32> {
        let comma = (from..self.sentence.end.min(from + LONGEST_TAIL)).find(|&at| self.word(at) == ",")?;
        let tells = (from..comma).any(|at| self.opens_clause(Some(at)));
        let goes_on = self.after(comma + 1).is_some_and(|verb| self.is_predicate(verb));
        (comma > from && !tells && goes_on).then_some(comma)
    }

    /// Whether nothing but a quotation is left, and hung on a noun of the cut: "[The line carried] the words 'it is paid'".
    pub(super) fn quotes(&self, cut: &Cut, after: u32) -> bool {
        let took_verb = (cut.from..cut.to).any(|at| self.is_predicate(at));
        let opens = |at: &u32| self.is_mark(Some(*at), &["\"", "“"]);
        let first = after + u32::from(self.word(after) == ",");
        let Some(open) = (first..self.sentence.end.min(first + LONGEST_STUB)).find(opens) else {
            return false;
        };
        let close = (open + 1..self.sentence.end).find(|&at| self.is_mark(Some(at), &["\"", "”"]));
        let last = close.is_some_and(|close| (close + 1..self.sentence.end).all(|at| self.is_punct(at)));
        let hangs = open > first && !self.is_punct(first) && !self.is_predicate(first)
            || !self.is_punct(cut.to - 1)
                && !self.is_mark(Some(cut.to - 1), &["that"])
                && !self.is(Some(cut.to - 1), self.rules.grammar.saying);
        last && took_verb && hangs
    }

    /// Parts the cuts that run from one clause into the next, each of which keeps something: "a clerk [sells them; he leaves] a
    /// sheet" is cut once on each side of the mark.
    pub(super) fn part(&mut self) {
        let mut parted = Vec::with_capacity(self.cuts.len());
        for cut in std::mem::take(&mut self.cuts) {
            let bounds = |at: &u32| self.is_clause_mark(*at);
            let marks: Vec<u32> = (cut.from + 1..cut.to.saturating_sub(1)).filter(bounds).collect();
            let (Some(&first), Some(&last)) = (marks.first(), marks.last()) else {
                parted.push(cut);
                continue;
            };
            let clause_start =
                (self.sentence.start..cut.from).rev().find(bounds).map_or(self.sentence.start, |at| at + 1);
            let clause_end = (cut.to..self.sentence.end).find(bounds).unwrap_or(self.sentence.end);
            let keeps = |mut range: std::ops::Range<u32>| range.any(|at| self.counts(at));
            if !keeps(clause_start..cut.from) || !keeps(cut.to..clause_end) {
                parted.push(cut);
                continue;
            }
            parted.push(Cut { to: first, ..cut.clone() });
            parted.push(Cut { from: last + 1, ..cut.clone() });
            if first < last {
                parted.insert(
                    parted.len() - 1,
                    Cut { from: first + 1, to: last, frame: Frame::Remove, phrase: None, ..cut },
                );
            }
        }
        self.cuts = parted;
    }

    /// Widens cuts without anything in their place that took the only verb of their clause: to the clause, or to the sentence when
    /// that has no other.
    pub(super) fn verbless(&mut self) {
        for at in 0..self.cuts.len() {
            let cut = self.cuts[at].clone();
            let took = (cut.from..cut.to).any(|t| self.is_predicate(t) && !self.is_rather_noun(t));
            // The verb of an aside is none of the clause around it: "as bamboo[, its keeper says]".
            let is_aside = self.word(cut.from) == ","
                && (cut.to >= self.text_end() || !(cut.from + 1..cut.to).any(|t| self.word(t) == ","))
                || self.is_clause_mark(cut.from)
                || self.is_mark(Some(cut.from), &["(", "["]);
            if cut.phrase.is_some() || cut.frame == Frame::Sentence || !took || is_aside {
                continue;
            }
            // Where the clause begins, with the mark or word that opens it, and where it ends.
            let relative = self.is_relative_clause(&cut);
            let opens = |&t: &u32| {
                self.is_clause_mark(t) || self.opens_subordinate(t) || !relative && self.opens_second(t)
            };
            let ends = |&t: &u32| self.is_clause_mark(t) || self.opens_subordinate(t);
            let start = (self.sentence.start..cut.from).rev().find(opens);
            let end = (cut.to..self.sentence.end).find(ends).unwrap_or_else(|| self.text_end());
            let from = start.unwrap_or(self.sentence.start);
            // A subject of one word is none.
            let is_lone = |t: u32| t == self.sentence.start && cut.from == t + 1;
            let has_verb = (from..cut.from).chain(cut.to..end).any(|t| self.may_be_verb(t) && !is_lone(t));
            let is_led = self.cuts.iter().any(|cut| cut.phrase.is_some() && (from..end).contains(&cut.from));
            if has_verb || is_led || !(from..cut.from).any(|t| self.counts(t)) {
                continue;
            }
            match start {
                Some(start) => {
                    self.cuts[at].from = start;
                    self.cuts[at].to = end.max(cut.to);
                }
                None if (end..self.sentence.end).any(|t| self.counts(t)) => {
                    // A bare subject goes with its clause: "Film [is handed over in candles]; signals are of chalk".
                    let is_bare = (from..cut.from).filter(|&t| self.counts(t)).count() == 1
                        && (from..cut.from).all(|t| !self.is_punct(t));
                    if is_bare && self.word(end) == ";" {
                        self.cuts[at].from = from;
                        self.cuts[at].to = end + 1;
                    }
                }
                None => {
                    self.cuts[at].frame = Frame::Sentence;
                    return;
                }
            }
        }
    }

    /// Lets a sentence go of which no lead makes a statement: one of which a single word is left ("[He asked for] coolant"), or
    /// whose verb lost a subject on a doubtful ground ("[Another of them] is paid") and that neither says much nor names two particulars.
    pub(super) fn unlead(&mut self) {
        for at in 0..self.cuts.len() {
            let cut = &self.cuts[at];
            let after = self.after(cut.to);
            let states = match cut.phrase {
                Some(Phrase::Subject) => {
                    after.is_some_and(|verb| !self.equates(verb) && self.is_statement(verb))
                        && (cut.sure
                            || self.tells(after)
                            || self.is_particular(cut.to)
                            || self.says_much(cut.to))
                }
                Some(Phrase::Noun) => after.is_some_and(|after| self.is_statement(after)),
                _ => true,
            };
            if !states {
                self.cuts[at].phrase = None;
                self.cuts[at].frame = Frame::Sentence;
            }
        }
    }

    /// Whether what follows up to the end of its clause says something by itself: that there is what it names.
    fn is_statement(&self, from: u32) -> bool {
        let clause = (from..self.sentence.end).take_while(|&at| !self.is_clause_mark(at));
        clause.filter(|&at| self.counts(at)).take(LEAST_REST).count() == LEAST_REST
    }

    /// Whether what follows up to a clause that can stand alone is worth a subject that tells little.
    fn says_much(&self, from: u32) -> bool {
        let another =
            |at: u32| self.opens_main_clause(at) || self.is_clause_mark(at) && self.stands_alone(at + 1);
        let clause = (from..self.sentence.end).take_while(|&at| !another(at));
        clause.filter(|&at| self.counts(at)).take(LEAST_BARE).count() == LEAST_BARE
    }

    /// Whether the verb is none that a lead can be the subject of: "[The number] is that of a ship", "[They want it to] be paid".
    fn equates(&self, verb: u32) -> bool {
        self.is_mark(Some(verb), &["be"])
            || self.is_be(verb)
                && self.is_mark(self.after(verb + 1), &["that", "those"])
                && self.is_mark(self.after(verb + 2), &["of"])
    }

    /// Whether what follows names people, places or numbers, two of them at least.
    fn is_particular(&self, from: u32) -> bool {
        let names = Shape::CAP | Shape::CAPS | Shape::NUM;
        let named = |&at: &u32| self.counts(at) && self.reading.shape(at).intersects(names);
        (from..self.sentence.end).filter(named).take(LEAST_REST).count() == LEAST_REST
    }

    /// A clause that cannot stand goes alone when others can: "Six barges wait; [a pass shows them] with tarpaulins".
    pub(super) fn fall(&mut self) {
        for at in 0..self.cuts.len() {
            let Cut { from, to, frame, sure, .. } = self.cuts[at];
            if frame != Frame::Sentence {
                continue;
            }
            let bounds = |at: &u32| self.is_clause_mark(*at);
            let before = self.mark_of_second(from).or((self.sentence.start..from).rev().find(bounds));
            let behind = (to..self.sentence.end).find(bounds);
            let second = (to..self.sentence.end).find(|&at| self.opens_main_clause(at));
            let says = |mut words: std::ops::Range<u32>| {
                words.by_ref().filter(|&t| self.counts(t)).take(LEAST_REST).count() == LEAST_REST
            };
            if let Some(mark) = before.filter(|&mark| says(self.sentence.start..mark)) {
                let end = behind.unwrap_or_else(|| self.text_end());
                self.cuts[at] = Cut { from: mark, to: end.max(to), frame: Frame::Remove, sure, phrase: None };
            } else if let Some(mark) = behind.filter(|&mark| self.stands_alone(mark + 1)).or(second) {
                let from = self.sentence.start;
                self.cuts[at] = Cut { from, to: mark + 1, frame: Frame::Remove, sure, phrase: None };
            }
        }
    }

    /// The comma before the conjunction with which a cut begins, if what stands before is a statement: "He left, and [she told us]".
    fn mark_of_second(&self, from: u32) -> Option<u32> {
        let joins = |at: u32| matches!(self.word(at), "and" | "but");
        let second = if joins(from) { from } else { self.before(from).filter(|&at| joins(at))? };
        let comma = self.before(second).filter(|&at| self.word(at) == ",")?;
        self.has_verb_before(self.sentence.start, comma).then_some(comma)
    }

    /// Whether a conjunction behind a comma begins a clause that stands alone: ", and warrants are now written".
    fn opens_main_clause(&self, at: u32) -> bool {
        matches!(self.word(at), "and" | "but")
            && self.is_mark(self.before(at), &[","])
            && self.stands_alone(at + 1)
    }

    /// Whether a clause from the token to the end of the sentence tells of somebody by name or noun.
    fn stands_alone(&self, from: u32) -> bool {
        let grammar = &self.rules.grammar;
        let first = self.after(from);
        let refers = self.is(first, grammar.pronoun) || self.is(first, grammar.conjunction);
        first.is_some_and(|first| !refers && self.is_nominal(first) && self.has_verb(first))
    }

    /// Takes the comma behind a name whose partner went: "[One of them,] Pia Lindgard, should be warned".
    pub(super) fn unpair(&mut self) {
        let Some(first) = self.cuts.first().filter(|cut| cut.from == self.sentence.start) else { return };
        let (to, sure) = (first.to, first.sure);
        let name = |at: &u32| self.reading.shape(*at).intersects(Shape::CAP | Shape::CAPS);
        let end = (to..self.sentence.end).find(|at| !name(at)).unwrap_or(to);
        let lone = first.phrase.is_none()
            && end > to
            && self.word(to - 1) == ","
            && self.is_mark(Some(end).filter(|&at| at + 1 < self.sentence.end), &[","])
            && !self.is_cut(end)
            && self.is_predicate(end + 1);
        if lone {
            let comma = Cut { from: end, to: end + 1, frame: Frame::Remove, sure, phrase: None };
            self.cuts.insert(1, comma);
        }
    }

    /// Takes the comma before a cut that ends its sentence.
    pub(super) fn close(&mut self) {
        for at in 0..self.cuts.len() {
            let Cut { from, to, phrase, .. } = self.cuts[at];
            let before = self.before(from).filter(|&b| b + 1 == from && self.word(b) == ",");
            if let Some(comma) = before.filter(|_| phrase.is_none() && self.ends_sentence(self.after(to))) {
                self.cuts[at].from = comma;
            }
        }
    }

    /// Whether the cut's verb stands in a clause of its own that hangs on a noun before it.
    fn is_relative_clause(&self, cut: &Cut) -> bool {
        let verb = (cut.from..cut.to).find(|&at| self.is_predicate(at)).unwrap_or(cut.to);
        self.is_punct(cut.from)
            || (cut.from..verb)
                .any(|at| self.is(Some(at), self.rules.grammar.relative) || self.opens_aside(at))
    }

    /// Whether the token is a comma before a second main clause: "it hums, and a sensor hears it".
    fn opens_second(&self, at: u32) -> bool {
        self.word(at) == "," && self.is_mark(self.after(at + 1), &["and", "but", "or"])
    }

    /// A mark between two clauses that could stand alone.
    fn is_clause_mark(&self, at: u32) -> bool {
        matches!(self.word(at), ";" | "—")
    }

    /// A conjunction with which a clause begins that hangs on another.
    fn opens_subordinate(&self, at: u32) -> bool {
        !self.is_cut(at) && self.opens_aside(at) && self.is(Some(at), self.rules.grammar.conjunction)
    }

    /// Whether a token stays and is a word of content.
    pub(super) fn counts(&self, at: u32) -> bool {
        !self.is_cut(at)
            && self.reading.shape(at).intersects(Shape::WORD | Shape::NUM)
            && !self.is(Some(at), self.rules.grammar.function_word)
    }

    /// Whether a token that stays could be a finite verb, known or not.
    fn may_be_verb(&self, at: u32) -> bool {
        let grammar = &self.rules.grammar;
        let shape = self.reading.shape(at);
        !self.is_cut(at)
            && !self.is(self.before(at), grammar.determiner)
            && (self.is_auxiliary(at)
                || self.is(Some(at), grammar.verb)
                || self.is(Some(at), grammar.saying)
                || self.is(Some(at), grammar.showing)
                || shape.intersects(Shape::ED) && shape.intersects(Shape::LOWER | Shape::CAPS))
    }

    /// The end of the sentence without its last mark.
    fn text_end(&self) -> u32 {
        let last = self.sentence.end - 1;
        if self.is_mark(Some(last), &[".", "!", "?"]) { last } else { self.sentence.end }
    }

    /// Where the second of two phrases starts that share the verb at the cut's start: "They [point to one] and | to another".
    pub(super) fn second_of_two(&self, cut: &Cut, after: Option<u32>) -> Option<u32> {
        let second = after.and_then(|a| self.after(a + 1))?;
        let shared = cut.to > cut.from + 2
            && self.is_mark(after, &["and", "or"])
            && (self.is(Some(cut.from), self.rules.grammar.verb)
                || self.is(Some(cut.from), self.rules.grammar.showing))
            && self.is(Some(second), self.rules.grammar.preposition)
            && self.word(cut.from + 1) == self.word(second);
        shared.then_some(second)
    }

    /// The end of a rest of function words, without its full stop ("[the brother is afraid of] him.").
    pub(super) fn idle_end(&self, from: u32) -> Option<u32> {
        let stop = self.text_end();
        let idle = |at: u32| {
            self.reading.shape(at).intersects(Shape::WORD)
                && self.is(Some(at), self.rules.grammar.function_word)
                && !self.is_cut(at)
        };
        (from < stop && (from..stop).all(idle)).then_some(stop)
    }

    /// Where the clause ends that a relative near the cut's start opens: ", [one of whom writes] to the office every week,".
    pub(super) fn clause_of_relative(&self, cut: &Cut) -> Option<u32> {
        let grammar = &self.rules.grammar;
        let opens = (cut.from..cut.to.min(cut.from + LONGEST_STUB))
            .any(|at| self.is(Some(at), grammar.relative) && !self.is_mark(Some(at), &["that"]));
        let verbless = self.after(cut.to).is_some_and(|a| self.is(Some(a), grammar.preposition));
        (opens && verbless)
            .then(|| self.words_from(cut.to, self.sentence.end).last().map_or(cut.to, |at| at + 1))
    }

    /// The words from a token up to the next mark, at most `count`.
    pub(super) fn words_from(&self, from: u32, count: u32) -> impl Iterator<Item = u32> + '_ {
        (from..self.sentence.end.min(from + count))
            .take_while(|&at| !self.is_punct(at) || self.is_mark(Some(at), &["'s", "’s"]))
    }

    pub(super) fn is_predicate(&self, at: u32) -> bool {
        let grammar = &self.rules.grammar;
        !self.reading.shape(at).intersects(Shape::ING)
            && (self.is_auxiliary(at)
                || self.is(Some(at), grammar.saying)
                || self.is(Some(at), grammar.showing)
                || self.is_finite(at))
    }

    /// The verb behind a prepositional phrase, or what follows the comma that closes one with `of`.
    fn behind_tail(&self, preposition: u32) -> Option<u32> {
        let grammar = &self.rules.grammar;
        let mut noun = false;
        for at in self.words_from(preposition + 1, LONGEST_TAIL) {
            if noun && self.is_predicate(at) {
                return Some(at);
            }
            let begins_another =
                noun && self.is(Some(at), grammar.determiner) && !self.is(Some(at - 1), grammar.preposition);
            if begins_another || self.is(Some(at), grammar.pronoun) || self.is(Some(at), grammar.relative) {
                return None;
            }
            noun |= self.is_nominal(at) && !self.is(Some(at), grammar.determiner);
        }
        let comma = self.words_from(preposition + 1, LONGEST_TAIL).last()? + 1;
        let closes = noun
            && self.is_mark(Some(preposition), &["of"])
            && comma < self.sentence.end
            && self.word(comma) == ",";
        (closes && self.has_verb(preposition + 1)).then_some(comma + 1)
    }

    /// What becomes of a rest that follows a cut at the start of its sentence and nothing introduces: where the cut ends and what
    /// takes its place. A noun phrase without a verb gets a neutral lead; what cannot stand goes with the sentence.
    pub(super) fn strand(&mut self, at: usize, after: u32) -> (u32, Option<Phrase>) {
        let grammar = &self.rules.grammar;
        let (from, to) = (self.cuts[at].from, self.cuts[at].to);
        let took_verb = (from..to).any(|t| {
            self.is(Some(t), grammar.verb)
                || self.is(Some(t), grammar.saying)
                || self.is(Some(t), grammar.showing)
                || self.is(Some(t), grammar.auxiliary)
        });
        let written_out = self.is_mark(Some(self.sentence.end - 1), &["."]);
        let lead = (took_verb && written_out).then_some(Phrase::Noun);
        let bare = self.is_mark(Some(after), &["not"])
            || self.is_mark(Some(after), &["to"])
                && self.content(after) < LEAST_BARE
                && self.after(after + 1).is_some_and(|next| {
                    !self.is_nominal(next)
                        || self.is(Some(next), grammar.verb)
                        || self.is(Some(next), grammar.saying)
                });
        if took_verb && bare {
            self.cuts[at].frame = Frame::Sentence;
            return (to, None);
        }
        // "it glows green"
        let subject =
            matches!(self.word(after).to_lowercase().as_str(), "it" | "he" | "she" | "they" | "there");
        if subject
            && self.words_from(after + 1, LONGEST_STUB).count() == LONGEST_STUB as usize
            && !self.is(self.after(after + 1), grammar.preposition)
        {
            return (to, None);
        }
        let relative = (after..self.sentence.end).find(|&at| self.is(Some(at), grammar.relative));
        if self.has_verb_before(after, relative.unwrap_or(self.sentence.end)) {
            return (to, None);
        }
        let hangs = self.is(Some(after), grammar.preposition) || self.is_mark(Some(after), &["as"]);
        if hangs && (took_verb || self.is_mark(Some(after), &["of"])) {
            let stands = self.after(after + 1).is_some_and(|next| {
                (self.is_nominal(next) || self.is(Some(next), grammar.preposition))
                    && self.content(next) >= LEAST_REST
            });
            if stands {
                // "us: about thirty desks"
                let counts = self.is_mark(after.checked_sub(1), &[":"])
                    && self.is_mark(Some(after), &["about", "around", "over", "under", "between"]);
                return (after + u32::from(!counts), lead);
            }
            self.cuts[at].frame = Frame::Sentence;
            return (to, None);
        }
        if took_verb && written_out && self.is(Some(after), grammar.function_word) && !self.is_nominal(after)
        {
            self.cuts[at].frame = Frame::Sentence;
            return (to, None);
        }
        (to, lead.filter(|_| self.is_nominal(after)))
    }

    /// Keeps whom the sentence has told of before a cut, when only a clause of the cut says how that is known: "his brother
    /// pays; the brother[, with whom we spoke,] is afraid".
    pub(super) fn spare_known(&mut self) {
        let grammar = &self.rules.grammar;
        for at in 0..self.cuts.len() {
            let cut = self.cuts[at].clone();
            let comma = (cut.from + 1..cut.to.min(cut.from + LONGEST_STUB)).find(|&at| self.word(at) == ",");
            let Some(comma) = comma.filter(|&comma| comma + 2 < cut.to) else { continue };
            let relative = comma + 1 + u32::from(self.is(Some(comma + 1), grammar.preposition));
            let noun = self.word(comma - 1);
            let closes = cut.to < self.sentence.end && self.word(cut.to) == ",";
            let behind = cut.to + u32::from(closes);
            let is_known = self.is(Some(cut.from), grammar.determiner)
                && behind < self.sentence.end
                && self.is_predicate(behind)
                && self.is(Some(relative), grammar.relative)
                && self.reading.shape(comma - 1).intersects(Shape::LOWER)
                && (self.sentence.start..cut.from)
                    .any(|before| !self.is_cut(before) && self.word(before).eq_ignore_ascii_case(noun));
            if is_known {
                self.cuts[at].from = comma;
                self.cuts[at].to = behind;
            }
        }
    }

    /// Keeps the article of a noun that stays: "[The picture showed] a [floating] crane".
    pub(super) fn spare_articles(&mut self) {
        for at in 0..self.cuts.len() {
            let Cut { from, to, frame, sure, phrase } = self.cuts[at].clone();
            let noun =
                self.after(to).is_some_and(|a| a == to && self.reading.shape(a).intersects(Shape::LOWER));
            if phrase != Some(Phrase::Noun) || !noun || !self.is_nominal(to) {
                continue;
            }
            let article = (to.saturating_sub(LONGEST_STUB).max(from + 1)..to)
                .rev()
                .find(|&at| self.is(Some(at), self.rules.grammar.article));
            let plain = |at: u32| {
                !self.is_punct(at)
                    && !self.is_predicate(at)
                    && !self.is(Some(at), self.rules.grammar.preposition)
            };
            if let Some(article) = article.filter(|&article| (article + 1..to).all(plain)) {
                self.cuts[at].to = article;
                self.cuts.insert(at + 1, Cut { from: article + 1, to, frame, sure, phrase: None });
                return;
            }
        }
    }

    /// Takes the half of a pair of marks whose other half went.
    pub(super) fn balance(&mut self) {
        for [open, close] in PAIRS {
            let marks: Vec<u32> =
                self.sentence.clone().filter(|&at| self.word(at) == open || self.word(at) == close).collect();
            let kept: Vec<u32> = marks.iter().copied().filter(|&at| !self.is_cut(at)).collect();
            if !marks.len().is_multiple_of(2) || kept.len().is_multiple_of(2) {
                continue;
            }
            let distance = |mark: u32| {
                let gap = |cut: &Cut| if mark < cut.from { cut.from - mark } else { mark - cut.to };
                self.cuts.iter().map(gap).min()
            };
            if let Some(&lone) = kept.iter().min_by_key(|&&mark| distance(mark)) {
                self.cuts.push(Cut {
                    from: lone,
                    to: lone + 1,
                    frame: Frame::Remove,
                    sure: true,
                    phrase: None,
                });
                self.cuts.sort_by_key(|cut| cut.from);
            }
        }
    }
}
