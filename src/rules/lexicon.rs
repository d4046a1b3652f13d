//! Lexicons: words and phrases once, with their inflection and tier declared.
//!
//! One term a line. `#` starts a comment line; `#@inflect noun|verb|fixed`, `#@tier alone|context` and
//! `#@case exact|fold` hold until the next directive. A term in CAPITALS is matched case-sensitively. A hyphen stands
//! for itself, a space or nothing. Irregular forms follow a bar: `tell | told`.

use super::inflect::{self, Inflection};
use crate::detect::reading::fold;

/// Whether a term reveals by itself or only beside another sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Tier {
    /// Reveals by itself in an intelligence report.
    Alone,
    /// Needs a partner in the same clause.
    Context,
}

/// One form of one term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Term {
    /// Words as the tokenizer cuts them, a blank between them: lower case unless `exact`.
    pub(crate) words: String,
    /// Matched with its capitals.
    pub(crate) exact: bool,
    pub(crate) tier: Tier,
}

/// A fault in a lexicon line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct LexiconError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub fault: String,
}

/// Reads a lexicon into all forms of all its terms.
pub(crate) fn parse(text: &str) -> Result<Vec<Term>, LexiconError> {
    let (mut how, mut tier, mut exact) = (Inflection::Fixed, Tier::Context, false);
    let mut terms = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(directive) = line.strip_prefix("#@") {
            let fault = || LexiconError {
                line: at + 1,
                fault: format!(
                    "unknown directive `#@{directive}`; known are inflect noun|verb|fixed, tier alone|context, case exact|fold"
                ),
            };
            let (key, value) = directive.trim().split_once(' ').ok_or_else(fault)?;
            match (key, value.trim()) {
                ("inflect", "noun") => how = Inflection::Noun,
                ("inflect", "verb") => how = Inflection::Verb,
                ("inflect", "fixed") => how = Inflection::Fixed,
                ("tier", "alone") => tier = Tier::Alone,
                ("tier", "context") => tier = Tier::Context,
                ("case", "exact") => exact = true,
                ("case", "fold") => exact = false,
                _ => return Err(fault()),
            }
        } else if !line.is_empty() && !line.starts_with('#') {
            add(&mut terms, line, how, tier, exact);
        }
    }
    Ok(terms)
}

fn add(terms: &mut Vec<Term>, line: &str, how: Inflection, tier: Tier, exact: bool) {
    let (term, irregular) = line.split_once('|').unwrap_or((line, ""));
    let term = term.trim();
    let exact = exact || is_capitals(term);
    let words = joined(split(term), exact);
    if words.is_empty() {
        return;
    }
    let forms = irregular.split(',').map(|form| joined([form.trim()].into_iter(), exact));
    let irregular: Vec<String> = forms.filter(|form| !form.is_empty()).collect();
    let how = if exact { Inflection::Fixed } else { how };
    let is_abbreviation = exact && words.chars().all(|c| c.is_ascii_uppercase());
    let plural = is_abbreviation.then(|| format!("{words}s"));
    let mut forms = inflect::forms(words, &irregular, how);
    forms.extend(plural);
    if term.contains('-') {
        let solid = joined(split(&term.replace('-', "")), exact);
        forms.append(&mut inflect::forms(solid, &irregular, how));
    }
    terms.extend(forms.into_iter().map(|words| Term { words, exact, tier }));
}

/// Words with a blank between them, folded unless they are to be matched as they stand.
fn joined<'w>(words: impl Iterator<Item = &'w str>, exact: bool) -> String {
    let mut joined = String::new();
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        if exact { joined.push_str(word) } else { fold(word, &mut joined) }
    }
    joined
}

/// A term of at least two letters, all of them capitals.
fn is_capitals(term: &str) -> bool {
    term.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !term.chars().any(char::is_lowercase)
}

/// Cuts a term as the tokenizer cuts text: at spaces, hyphens and before a possessive `'s`; punctuation is a word.
pub(crate) fn split(term: &str) -> impl Iterator<Item = &str> {
    crate::detect::tokens::words(term)
}
