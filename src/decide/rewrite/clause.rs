//! What a sentence is made of, as far as a cut in it asks: where a verb stands, what a noun phrase begins with, what a
//! mark closes.

use super::{Cut, Mender};
use crate::detect::tokens::Shape;
use crate::rules::vocabulary::SlotId;

/// The most words of a noun phrase: an owner's, or that of somebody described.
const LONGEST_PHRASE: u32 = 4;

impl Mender<'_> {
    pub(super) fn word(&self, at: u32) -> &str {
        self.reading.tokens[at as usize].text(self.text)
    }

    pub(super) fn is(&self, at: Option<u32>, slot: SlotId) -> bool {
        at.is_some_and(|at| self.reading.is_word_of(at, slot))
    }

    pub(super) fn is_mark(&self, at: Option<u32>, marks: &[&str]) -> bool {
        at.is_some_and(|at| marks.contains(&self.word(at)))
    }

    pub(super) fn is_possessive(&self, at: Option<u32>) -> bool {
        self.is_mark(at, &["'s", "’s", "'S", "’S"])
    }

    pub(super) fn is_punct(&self, at: u32) -> bool {
        self.reading.shape(at).intersects(Shape::PUNCT)
    }

    pub(super) fn ends_sentence(&self, at: Option<u32>) -> bool {
        at.is_none_or(|at| {
            at + 1 >= self.sentence.end && self.is_punct(at)
                || self.is_mark(Some(at), &[".", "!", "?"]) && self.after(at + 1).is_none()
        })
    }

    /// Whether a verb stands between `from` and the end of the clause.
    pub(super) fn has_verb(&self, from: u32) -> bool {
        self.has_verb_before(from, self.sentence.end)
    }

    /// Whether a verb stands between `from` and the end of the clause, or `end` if that comes first.
    pub(super) fn has_verb_before(&self, from: u32, end: u32) -> bool {
        let grammar = &self.rules.grammar;
        // A verb behind "as" or "while" is not the main one: "the driver as he left".
        let hangs = |at: u32| self.is(Some(at), grammar.conjunction) && self.opens_aside(at);
        let clause = (from + 1..end)
            .find(|&at| self.is_mark(Some(at), &[":", ";"]) || hangs(at) && self.word(at - 1) != ",")
            .unwrap_or(end);
        // Nor is one between commas, behind "whom" or "because".
        let set_off = |at: u32| {
            let comma = (from + 1..at).rev().find(|&mark| self.word(mark) == ",");
            comma.is_some_and(|comma| {
                let first = comma + 1;
                first <= at && (hangs(first) || self.is(Some(first), grammar.relative))
            })
        };
        (from..clause).any(|at| {
            !self.is_cut(at)
                && !self.is(self.before(at), grammar.determiner)
                && !self.is_mark(self.before(at), &["to"])
                && !self.reading.shape(at).intersects(Shape::ING)
                && !self.is_aside(from, at)
                && !set_off(at)
                && !self.is_bare_participle(at)
                && (self.is_auxiliary(at)
                    || (self.is(Some(at), grammar.verb) || self.is(Some(at), grammar.saying))
                        && !self.is(self.before(at), grammar.preposition)
                        && !self.is_rather_noun(at))
        })
    }

    /// Whether the token is an auxiliary, and not a month or a man.
    pub(super) fn is_auxiliary(&self, at: u32) -> bool {
        self.is(Some(at), self.rules.grammar.auxiliary)
            && (at == self.sentence.start || !self.reading.shape(at).intersects(Shape::CAP))
    }

    /// Whether the token is a finite form of "be".
    pub(super) fn is_be(&self, at: u32) -> bool {
        matches!(self.word(at).to_ascii_lowercase().as_str(), "is" | "are" | "was" | "were")
    }

    /// Whether the token looks like a participle that no finite verb looks like, behind no auxiliary: "a ship broken up".
    fn is_bare_participle(&self, at: u32) -> bool {
        let word = self.word(at);
        (word.ends_with("en") || word.ends_with("wn"))
            && !self.is(self.before(at), self.rules.grammar.auxiliary)
            && self.before(at).is_some_and(|b| self.reading.shape(b).intersects(Shape::WORD))
    }

    /// Whether the first mark from `from` is a comma right before the token: "the quarry, heard at night".
    fn is_aside(&self, from: u32, at: u32) -> bool {
        self.is_mark(self.before(at), &[","])
            && !self.is(Some(at), self.rules.grammar.auxiliary)
            && (from + 1..at).find(|&mark| self.is_punct(mark)) == self.before(at)
            || self.is_mark(self.before(at), &["and", "or"]) && self.shares_aside(from, at)
    }

    /// Whether a verb is the second of an aside's: "a tumour, found in May and thought beyond surgery".
    fn shares_aside(&self, from: u32, at: u32) -> bool {
        let comma = (from + 1..at).find(|&mark| self.is_punct(mark));
        comma.filter(|&comma| self.word(comma) == "," && comma + 1 < at).is_some_and(|comma| {
            let first = comma + 1;
            self.reading.shape(first).intersects(Shape::ED) || self.is_aside(from, first)
        })
    }

    /// Whether a word that is a noun as often as a bare verb stands where no subject of a bare verb stands before it.
    pub(super) fn is_rather_noun(&self, at: u32) -> bool {
        let before = self.before(at);
        let plural = before.is_some_and(|b| {
            self.reading.shape(b).intersects(Shape::S | Shape::LY)
                || self.is(Some(b), self.rules.grammar.relative)
                || self.is(Some(b), self.rules.grammar.auxiliary)
                || matches!(self.word(b).to_ascii_lowercase().as_str(), "they" | "we" | "you" | "and" | "men")
        });
        self.is(Some(at), self.rules.grammar.noun_or_verb) && !plural
    }

    /// Whether the token, right behind a subject, is a finite verb: a known one, or a past form with an object.
    pub(super) fn is_finite(&self, at: u32) -> bool {
        let grammar = &self.rules.grammar;
        let behind_plural = at > 0 && self.reading.shape(at - 1).intersects(Shape::S);
        self.is(Some(at), grammar.verb)
            && !self.is_bare_participle(at)
            && (behind_plural || !self.is(Some(at), grammar.noun_or_verb))
            && !self.is_plural(at)
            || self.reading.shape(at).intersects(Shape::ED)
                && self.reading.shape(at).intersects(Shape::LOWER)
                && (self.is(self.after(at + 1), grammar.determiner)
                    || self.is(self.after(at + 1), grammar.preposition))
    }

    /// Whether the token behind a cut and its comma is a participle: no comma parts a subject without an aside from its verb.
    pub(super) fn is_attached(&self, cut: &Cut, at: u32) -> bool {
        self.reading.shape(at).intersects(Shape::ED)
            && !(cut.from..cut.to).any(|token| self.word(token) == ",")
    }

    /// Whether a word that is the plural of a noun as often as a verb stands before a mark, where no object follows: "the trains;".
    fn is_plural(&self, at: u32) -> bool {
        let before_mark = at + 1 >= self.sentence.end || self.is_punct(at + 1);
        let Some(one) = self.word(at).strip_suffix('s').filter(|_| before_mark) else { return false };
        self.rules.vocabulary.holds(&one.to_lowercase(), self.rules.grammar.noun_or_verb)
    }

    /// Whether the comma at `at` separates items: another comma stands shortly before it.
    pub(super) fn in_list(&self, at: u32) -> bool {
        (at.saturating_sub(6).max(self.sentence.start)..at).any(|token| self.word(token) == ",")
    }

    /// Whether the comma at `at` closes an aside that another comma opened shortly before it: "The master, a Scot, whose".
    pub(super) fn in_aside(&self, at: u32) -> bool {
        let open =
            (at.saturating_sub(6).max(self.sentence.start)..at).rev().find(|&token| self.word(token) == ",");
        open.is_some_and(|open| !self.is(self.after(open + 1), self.rules.grammar.conjunction))
    }

    /// What may stand before the first word of a clause: a colon, a list number, an opening quotation mark.
    pub(super) fn opens(&self, at: u32) -> bool {
        match self.word(at) {
            ":" | ";" | "“" => true,
            "." | ")" => at == self.sentence.start + 1 && self.is_list_number(at - 1),
            "\"" => self.before(at).is_none(),
            _ => self.is_list_number(at),
        }
    }

    /// Whether the two tokens are a pair of brackets or quotation marks.
    pub(super) fn pairs(&self, before: u32, after: u32) -> bool {
        matches!(
            (self.word(before), self.word(after)),
            ("(", ")") | ("[", "]") | ("\"", "\"") | ("“", "”") | ("‘", "’")
        )
    }

    /// "On 3 May," and the like: a short start without a verb keeps its comma.
    pub(super) fn opens_with_adverbial(&self, comma: u32) -> bool {
        comma - self.sentence.start <= 6
            && (self.is(Some(self.sentence.start), self.rules.grammar.preposition)
                || self.is(Some(self.sentence.start), self.rules.grammar.conjunction))
    }

    /// Where the noun phrase of an owner starts ("the Brigade's"), of which what it owned is cut.
    pub(super) fn owner(&self, possessive: u32) -> u32 {
        let grammar = &self.rules.grammar;
        let mut start = possessive;
        while start > self.sentence.start && possessive - start < LONGEST_PHRASE && !self.is_cut(start - 1) {
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

    /// Whether the sentence is written in capitals throughout.
    pub(super) fn all_caps(&self) -> bool {
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

    /// Whether a finite verb has several for its subject, as far as its form tells.
    pub(super) fn is_of_several(&self, verb: Option<u32>) -> bool {
        let bare = |at: u32| {
            self.is(Some(at), self.rules.grammar.verb)
                && !self.reading.shape(at).intersects(Shape::S | Shape::ED)
        };
        self.is_mark(verb, &["are", "were", "have", "do"])
            || !self.is(verb, self.rules.grammar.auxiliary) && verb.is_some_and(bare)
    }

    /// Whether a verb, past its auxiliaries, is one of telling or showing.
    pub(super) fn tells(&self, verb: Option<u32>) -> bool {
        let grammar = &self.rules.grammar;
        let past = |at: &u32| {
            self.is(Some(*at), grammar.auxiliary)
                || self.reading.shape(*at).intersects(Shape::LY)
                || self.is_mark(Some(*at), &["not"])
        };
        let Some(verb) = verb else { return false };
        let Some(main) = (verb..self.sentence.end).find(|at| !past(at)) else { return false };
        let auxiliary = (verb..main).rev().find(|&at| self.is(Some(at), grammar.auxiliary));
        let be = |at: u32| self.is_be(at) || self.is_mark(Some(at), &["be", "been", "being"]);
        let passive = auxiliary.is_some_and(be) && !self.reading.shape(main).intersects(Shape::ING);
        !passive && (self.is(Some(main), grammar.saying) || self.is(Some(main), grammar.showing))
    }

    /// Whether the token is a `that` before a clause, not one that points ("that of a ship").
    pub(super) fn opens_clause(&self, at: Option<u32>) -> bool {
        self.is_mark(at, &["that", "THAT"])
            && at
                .and_then(|that| self.after(that + 1))
                .is_some_and(|next| !self.is_punct(next) && !self.is_mark(Some(next), &["of"]))
    }

    /// Whether the token is a conjunction before the only clause that is left ("as he emptied a letter box").
    pub(super) fn opens_last_clause(&self, at: u32) -> bool {
        at < self.sentence.end
            && self.is(Some(at), self.rules.grammar.conjunction)
            && (self.has_verb(at + 1) || self.is(self.after(at + 1), self.rules.grammar.pronoun))
            && (at..self.sentence.end).all(|next| self.word(next) != ",")
    }

    /// Whether the token looks like a verb that has told something: "allowed", "wrote".
    pub(super) fn is_past(&self, at: u32) -> bool {
        self.is(Some(at), self.rules.grammar.saying)
            || self.reading.shape(at).intersects(Shape::ED) && self.reading.shape(at).intersects(Shape::LOWER)
    }

    /// Whether a clause that hangs on another begins with the token: "Until the coolant | arrives, the radar must".
    pub(super) fn opens_aside(&self, at: u32) -> bool {
        let word = self.word(at).to_lowercase();
        !matches!(word.as_str(), "and" | "or" | "but" | "nor" | "yet" | "so" | "plus")
            && (self.is(Some(at), self.rules.grammar.conjunction)
                || matches!(word.as_str(), "until" | "when" | "after" | "before" | "since" | "once" | "if"))
    }

    /// Whether somebody stands at the token of whom a verb before it says what he is: a pronoun that no clause can begin with, or a
    /// noun phrase before "as".
    pub(super) fn is_described(&self, at: u32) -> bool {
        let word = |at: u32| self.word(at).to_lowercase();
        let as_what = || {
            let as_at = self.words_from(at + 1, LONGEST_PHRASE).find(|&next| word(next) == "as");
            as_at.is_some_and(|as_at| {
                self.is_nominal(at)
                    && !self.has_verb(as_at + 1)
                    && !(at..as_at).any(|next| self.is_predicate(next))
            })
        };
        at < self.sentence.end
            && (matches!(word(at).as_str(), "him" | "them" | "himself" | "herself" | "themselves")
                || as_what())
    }

    /// Whether the cut ends with "gives" and two objects stand at the token, to whom or what and what: "gives her mast a
    /// height".
    pub(super) fn gives(&self, cut: &Cut, at: u32) -> bool {
        let grammar = &self.rules.grammar;
        self.is_mark(Some(cut.to - 1), &["gives", "gave", "give"])
            && self.is_nominal(at)
            && self
                .words_from(at + 1, LONGEST_PHRASE)
                .take_while(|&next| !self.is(Some(next), grammar.preposition) && !self.is_predicate(next))
                .any(|next| self.is(Some(next), grammar.article))
    }

    /// Whether a noun phrase begins with the token.
    pub(super) fn is_nominal(&self, at: u32) -> bool {
        let grammar = &self.rules.grammar;
        let shape = self.reading.shape(at);
        if self.is(Some(at), grammar.determiner)
            || shape.intersects(Shape::NUM | Shape::CAP | Shape::CAPS)
            || self.is_mark(Some(at), &["$", "€", "£"])
        {
            return true;
        }
        let other = [grammar.function_word, grammar.preposition, grammar.conjunction, grammar.relative];
        shape.intersects(Shape::WORD)
            && !shape.intersects(Shape::LY)
            && !other.iter().any(|&slot| self.is(Some(at), slot))
            && (!self.is(Some(at), grammar.verb) || self.is(Some(at), grammar.noun_or_verb))
    }

    /// How many words of content stand from `from` to the end of the sentence.
    pub(super) fn content(&self, from: u32) -> usize {
        (from..self.sentence.end).filter(|&at| self.counts(at)).count()
    }
}
