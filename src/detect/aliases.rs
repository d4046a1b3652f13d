//! The reader of names: what a finding binds is found at every other place of the report.
//!
//! It runs last, over what the other readers found. A person's surname alone counts; a name of one ordinary
//! lower-case word counts only behind a determiner.

use std::collections::BTreeMap;

use super::reading::hash;
use super::tokens::Shape;
use super::{Found, Reader, View, folded};
use crate::category::Category;

pub(super) struct Aliases;

/// A longer run of tokens is a clause, not a name.
const LONGEST_NAME: usize = 8;

/// The words that make a bound common noun mean the one bound ("the driver").
const DETERMINERS: [&str; 5] = ["the", "this", "that", "these", "those"];

impl Reader for Aliases {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        let again = again(view, findings);
        findings.extend(again);
    }
}

/// Where the names that findings bind stand again.
fn again(view: &View<'_>, findings: &[Found]) -> Vec<Found> {
    let mut names: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for (at, found) in findings.iter().enumerate() {
        // A cover term or a serial stands for the same thing wherever it stands.
        let standing =
            matches!(found.category, Category::Codeword | Category::Identifier).then(|| found.bytes.clone());
        for name in found.binds.clone().or(standing).into_iter().flat_map(|bytes| forms(view, bytes)) {
            names.entry(name).or_insert(at);
        }
    }
    let mut again = Vec::new();
    if names.is_empty() {
        return again;
    }
    let mut firsts = Firsts::default();
    names.keys().for_each(|name| firsts.insert(hash(&name[0])));
    each_place(view, &names, &firsts, |at, len, &from| {
        if told_apart(view, at, len) {
            let first = if behind_determiner(view, at) { at - 1 } else { at };
            let bytes = view.reading.bytes(index(first), index(at + len));
            again.push(Found { bytes, binds: None, ..findings[from].clone() });
        }
    });
    again
}

/// Tells the first token and the number of tokens of each place where one of the names stands.
pub(super) fn each_place<T>(
    view: &View<'_>,
    names: &BTreeMap<Vec<String>, T>,
    firsts: &Firsts,
    mut tell: impl FnMut(usize, usize, &T),
) {
    let word = |at: usize| folded(view.reading.tokens[at].text(view.text));
    for at in 0..view.reading.tokens.len() {
        if !firsts.may_hold(view.reading.hash(index(at))) {
            continue;
        }
        let first = word(at);
        for (name, of) in names.range(vec![first.clone()]..).take_while(|(name, _)| name[0] == first) {
            let end = at + name.len();
            if end <= view.reading.tokens.len()
                && (at..end)
                    .zip(name)
                    .all(|(at, part)| view.reading.hash(index(at)) == hash(part) && word(at) == *part)
            {
                tell(at, name.len(), of);
            }
        }
    }
}

/// Hashes of first words, so that most tokens are passed by at a glance.
#[derive(Debug, Clone)]
pub(super) struct Firsts([u64; 64]);

impl Default for Firsts {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl Firsts {
    pub(super) fn insert(&mut self, hash: u32) {
        self.0[hash as usize / 64 % 64] |= 1 << (hash % 64);
    }

    fn may_hold(&self, hash: u32) -> bool {
        self.0[hash as usize / 64 % 64] >> (hash % 64) & 1 == 1
    }
}

pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).expect("there are no more tokens than bytes, which fit")
}

/// Whether a single lower-case word stands behind a determiner; anything longer or capitalised is told apart by itself.
fn told_apart(view: &View<'_>, at: usize, len: usize) -> bool {
    len > 1 || !view.reading.shape(index(at)).intersects(Shape::LOWER) || behind_determiner(view, at)
}

pub(super) fn behind_determiner(view: &View<'_>, at: usize) -> bool {
    at > 0 && DETERMINERS.contains(&folded(view.reading.tokens[at - 1].text(view.text)).as_str())
}

/// The name and, for a person, the surname alone; without a leading determiner. Numbers and single letters bind nothing.
pub(super) fn forms(view: &View<'_>, bytes: std::ops::Range<usize>) -> Vec<Vec<String>> {
    let (from, to) = (view.reading.token_at(bytes.start), view.reading.token_at(bytes.end - 1) + 1);
    let tokens = &view.reading.tokens[from as usize..to as usize];
    let mut words: Vec<String> = tokens.iter().map(|token| folded(token.text(view.text))).collect();
    if words.len() > 1
        && (DETERMINERS.contains(&words[0].as_str()) || matches!(words[0].as_str(), "a" | "an"))
    {
        words.remove(0);
    }
    if words.len() > LONGEST_NAME {
        return Vec::new();
    }
    let telling = |word: &String| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    if !words.iter().any(telling) {
        return Vec::new();
    }
    let mut forms = vec![words.clone()];
    let name = |shape: Shape| shape.intersects(Shape::CAP | Shape::CAPS);
    if let [first, .., last] = tokens
        && name(first.shape)
        && name(last.shape)
        && last.end - last.start > 3
        && tokens.iter().all(|t| name(t.shape) || t.shape.intersects(Shape::PUNCT))
    {
        forms.extend(words.pop().map(|surname| vec![surname]));
    }
    forms
}
