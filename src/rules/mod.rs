//! Rules: the product's knowledge, as data.
//!
//! `patterns/` holds them: lexicons, named shapes, and rules by category, each with its reason and its tests. Here the
//! written form (`schema`) becomes a checked, immutable [`RuleSet`] that every thread shares. The language
//! itself is described in `patterns/README.md`.

mod check;
pub(crate) mod compile;
pub(crate) mod emit;
mod expression;
mod inflect;
mod lexicon;
mod load;
pub(crate) mod schema;
pub(crate) mod shape;
pub(crate) mod telling;
pub(crate) mod vocabulary;
pub(crate) mod words;

use std::fmt;
use std::sync::Arc;

pub use check::{ExampleFailure, check};
pub use lexicon::LexiconError;
pub use load::{Patterns, RuleError};
pub use schema::{ShapeError, schema};

use crate::category::Category;
use crate::detect::automaton::Engine;
use crate::detect::program::Program;
use crate::detect::statistical::Statistical;
use crate::detect::windows::Windows;
use expression::Expression;
use schema::{Extent, Frame, Introduces, Validator};
use vocabulary::{SlotId, Vocabulary};

/// The id of a rule: `category.what-it-catches`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// The id as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The built-in rules, made once for all tests.
#[cfg(test)]
pub(crate) fn built_in() -> &'static RuleSet {
    static RULES: std::sync::LazyLock<RuleSet> =
        std::sync::LazyLock::new(|| Patterns::built_in().build().expect("the built-in patterns are sound"));
    &RULES
}

/// A checked rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What its findings reveal.
    pub category: Category,
    /// What it catches, in one line.
    pub title: String,
    /// Why that reveals a source or method.
    pub why: String,
    /// Law, guidance or manual sections.
    pub refs: Vec<String>,
    /// How sure a finding is, from 0 to 1.
    pub confidence: f32,
    /// Examples as written, with their spans and rewrites.
    pub examples: Vec<String>,
    /// What it looks for, as written.
    pub source: String,
    pub(crate) matcher: Matcher,
    pub(crate) require: Vec<Arc<Program>>,
    pub(crate) forbid: Vec<Arc<Program>>,
    pub(crate) extent: Extent,
    pub(crate) frame: Frame,
    pub(crate) introduces: Introduces,
    pub(crate) unless_open: bool,
}

impl Rule {
    /// Whether what it marks is no finding: names openly told, which rules for cover names let pass.
    #[must_use]
    pub fn tells_open_names(&self) -> bool {
        self.introduces == Introduces::OpenName
    }

    /// The programs that it runs.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Arc<Program>> {
        let shape = match &self.matcher {
            Matcher::Shape(program) => Some(program),
            Matcher::Pattern(..) | Matcher::Reader => None,
        };
        shape.into_iter().chain(&self.require).chain(&self.forbid)
    }
}

/// What a rule looks for.
#[derive(Debug)]
pub(crate) enum Matcher {
    /// A shape over tokens.
    Shape(Arc<Program>),
    /// An expression over the visible text, and the check that its match must pass.
    Pattern(Box<Expression>, Option<Validator>),
    /// Nothing of its own: the rule stands for findings that a reader makes (local terms, aliases).
    Reader,
}

/// All rules with their vocabulary: immutable, shared by all threads.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) rules: Vec<Rule>,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) engine: Engine,
    pub(crate) windows: Windows,
    pub(crate) terms: Option<LocalTerms>,
    pub(crate) grammar: Grammar,
    pub(crate) phrases: Phrases,
    /// The statistical reader, unless it is switched off or the patterns have none.
    pub(crate) statistical: Option<Statistical>,
    digest: String,
}

/// The local term list: literals found wherever no letter adjoins them, in all their spellings.
#[derive(Debug)]
pub(crate) struct LocalTerms {
    pub(crate) automaton: aho_corasick::AhoCorasick,
    /// The category of each pattern of the automaton.
    pub(crate) categories: Vec<Category>,
}

/// Slots of the grammar lexicons, by which sentences are mended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grammar {
    pub(crate) function_word: SlotId,
    pub(crate) article: SlotId,
    pub(crate) determiner: SlotId,
    pub(crate) preposition: SlotId,
    pub(crate) attribution_head: SlotId,
    pub(crate) conjunction: SlotId,
    pub(crate) relative: SlotId,
    pub(crate) auxiliary: SlotId,
    pub(crate) verb: SlotId,
    pub(crate) noun_or_verb: SlotId,
    pub(crate) saying: SlotId,
    pub(crate) showing: SlotId,
    pub(crate) measuring: SlotId,
    pub(crate) pointing: SlotId,
    pub(crate) light_noun: SlotId,
    pub(crate) fronted: SlotId,
    pub(crate) pronoun: SlotId,
}

impl Grammar {
    fn new(vocabulary: &mut Vocabulary) -> Self {
        let mut slot = |name| vocabulary.slot(name);
        Self {
            function_word: slot("function_word"),
            article: slot("article"),
            determiner: slot("determiner"),
            preposition: slot("preposition"),
            attribution_head: slot("attribution_head"),
            conjunction: slot("conjunction"),
            relative: slot("relative"),
            auxiliary: slot("auxiliary"),
            verb: slot("verb"),
            noun_or_verb: slot("noun_or_verb"),
            saying: slot("saying"),
            showing: slot("showing"),
            measuring: slot("measuring"),
            pointing: slot("pointing"),
            light_noun: slot("light_noun"),
            fronted: slot("fronted"),
            pronoun: slot("pronoun"),
        }
    }
}

/// The neutral phrases of `phrases.toml`: one for each place in a sentence, the same for every source and discipline.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phrases {
    /// Before a clause.
    pub(crate) clause: String,
    /// Before a noun phrase.
    pub(crate) noun: String,
    /// Before what is measured.
    pub(crate) measured: String,
    /// In the place of a subject that tells or shows.
    pub(crate) subject: String,
    /// In the place of a subject that does anything else: one, and several.
    pub(crate) it: String,
    pub(crate) they: String,
    /// In the place of an object.
    pub(crate) object: String,
}

impl Phrases {
    /// Whether `words` are one of the phrases, as it is, with a capital or in capitals.
    pub(crate) fn has(&self, words: &str) -> bool {
        let Self { clause, noun, measured, subject, it, they, object } = self;
        [clause, noun, measured, subject, it, they, object, "the"].iter().any(|phrase| {
            let rest = words.strip_prefix(|first: char| {
                let lower = phrase.chars().next();
                Some(first) == lower || lower.is_some_and(|lower| lower.to_uppercase().eq([first]))
            });
            let tail = phrase.chars().next().map_or("", |first| &phrase[first.len_utf8()..]);
            rest == Some(tail) || phrase.to_uppercase() == words
        })
    }

    /// Where a text has one of the phrases, in any case: byte ranges in order, joined where they overlap.
    pub(crate) fn places(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let phrases = [&self.clause, &self.noun, &self.measured, &self.subject];
        let phrases = phrases.map(|phrase| phrase.as_bytes());
        let mut places: Vec<std::ops::Range<usize>> = Vec::new();
        let bytes = text.as_bytes();
        let first =
            |byte: u8| phrases.iter().any(|p| p.first().is_some_and(|f| f.eq_ignore_ascii_case(&byte)));
        for at in (0..bytes.len())
            .filter(|&at| first(bytes[at]) && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric()))
        {
            let fits = |phrase: &&&[u8]| {
                bytes.get(at..at + phrase.len()).is_some_and(|here| here.eq_ignore_ascii_case(phrase))
            };
            let Some(longest) = phrases.iter().filter(fits).map(|phrase| phrase.len()).max() else {
                continue;
            };
            match places.last_mut() {
                Some(last) if at <= last.end => last.end = last.end.max(at + longest),
                _ => places.push(at..at + longest),
            }
        }
        places
    }
}

impl RuleSet {
    /// The rules, sorted by id.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Rule> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().map(|at| &self.rules[at])
    }

    /// The SHA-256 of all pattern files and local terms, in hexadecimal: which knowledge made a release.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
