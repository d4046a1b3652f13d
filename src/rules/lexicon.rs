//! Lexicons: words and phrases once, with their inflection and tier declared.
//!
//! One term a line. `#` starts a comment line; `#@inflect noun|verb|fixed`, `#@tier alone|context` and
//! `#@case exact|fold` hold until the next directive. A term in CAPITALS is matched case-sensitively. A hyphen stands
//! for itself, a space or nothing. Irregular forms follow a bar: `tell | told`.

use std::borrow::Cow;

use super::inflect::{Forms, Inflection};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term<'f> {
    /// Words as the tokenizer cuts them, a blank between them: lower case unless `exact`.
    pub(crate) words: &'f str,
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

/// Reads a lexicon and tells all forms of all its terms.
pub(crate) fn parse(text: &str, mut tell: impl FnMut(Term<'_>)) -> Result<(), LexiconError> {
    let (mut how, mut tier, mut exact) = (Inflection::Fixed, Tier::Context, false);
    let mut forms = Forms::default();
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
            let exact = read(line, how, exact, &mut forms);
            forms.iter().for_each(|words| tell(Term { words, exact, tier }));
        }
    }
    Ok(())
}

/// Makes the forms of the term in a line. Returns whether they are to be matched with their capitals.
fn read(line: &str, how: Inflection, exact: bool, forms: &mut Forms) -> bool {
    forms.clear();
    let (term, irregular) = line.split_once('|').unwrap_or((line, ""));
    let term = term.trim();
    let exact = exact || is_capitals(term);
    let words = joined(term, exact);
    if words.is_empty() {
        return exact;
    }
    let mut irregulars = Vec::new();
    for form in irregular.split(',').map(str::trim).filter(|form| !form.is_empty()) {
        let mut folded = String::new();
        push(form, exact, &mut folded);
        irregulars.push(folded);
    }
    let how = if exact { Inflection::Fixed } else { how };
    forms.inflect(&words, &irregulars, how);
    let is_abbreviation = exact && words.chars().all(|c| c.is_ascii_uppercase());
    if is_abbreviation {
        forms.add(&[&words, "s"]);
    }
    if term.contains('-') {
        forms.inflect(&joined(&term.replace('-', ""), exact), &irregulars, how);
    }
    exact
}

/// The words of a term with a blank between them, folded unless they are to be matched as they stand.
fn joined(term: &str, exact: bool) -> Cow<'_, str> {
    // Most terms are so already.
    let is_plain = |term: &[u8]| term.iter().all(|&b| b.is_ascii_lowercase() || b == b' ');
    if is_plain(term.as_bytes()) && !term.as_bytes().windows(2).any(|two| two == b"  ") {
        return term.into();
    }
    let mut joined = String::with_capacity(term.len() + 8);
    for word in split(term) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        push(word, exact, &mut joined);
    }
    joined.into()
}

fn push(word: &str, exact: bool, out: &mut String) {
    if exact { out.push_str(word) } else { fold(word, out) }
}

/// A term of at least two letters, all of them capitals.
fn is_capitals(term: &str) -> bool {
    !term.chars().any(char::is_lowercase) && term.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

/// Cuts a term as the tokenizer cuts text: at spaces, hyphens and before a possessive `'s`; punctuation is a word.
pub(crate) fn split(term: &str) -> impl Iterator<Item = &str> {
    crate::detect::tokens::words(term)
}
