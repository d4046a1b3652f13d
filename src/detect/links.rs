//! Names that one report of a batch binds, found in every other.
//!
//! What the rules bind in a report (cover names, serials, pseudonyms, aliases) means the same in the reports beside it. Only
//! proper names are carried over: "the driver" of one report is not that of another. A report's own names are not its
//! links, so that a report by itself is read as ever. Names are kept once, whatever the number of reports that bind them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::aliases::{Firsts, behind_determiner, each_place, forms, index};
use super::reading::{Reading, hash};
use super::tokens::Shape;
use super::{Finding, Memory, Share, View, by_sentence};
use crate::category::Category;
use crate::rules::RuleSet;
use crate::rules::vocabulary::WordId;
use crate::text::Span;

/// Names by their folded words, with what bound them. The same names come of the same reports in any order.
#[derive(Debug, Clone, Default)]
pub struct BoundNames {
    names: BTreeMap<Vec<String>, Bound>,
    firsts: Firsts,
}

/// What bound a name.
#[derive(Debug, Clone, PartialEq)]
struct Bound {
    rule: usize,
    category: Category,
    confidence: f32,
    /// Whether it is known in capitals alone.
    caps: bool,
    /// The first report by its path that binds it, and the second.
    from: Arc<str>,
    besides: Option<Arc<str>>,
}

impl Bound {
    /// The first report that binds the name and is not this one.
    fn other_than(&self, path: &str) -> Option<&Arc<str>> {
        Some(&self.from).filter(|from| ***from != *path).or(self.besides.as_ref())
    }

    fn join(&mut self, other: Self) {
        let caps = self.caps && other.caps;
        let mut paths: Vec<Arc<str>> = [&*self, &other]
            .into_iter()
            .flat_map(|bound| std::iter::once(&bound.from).chain(&bound.besides))
            .cloned()
            .collect();
        paths.sort();
        paths.dedup();
        if other.from < self.from {
            *self = other;
        }
        self.besides = paths.into_iter().nth(1);
        self.caps = caps;
    }
}

impl BoundNames {
    /// What the rules bind in the report of that path at least this surely.
    pub(crate) fn of(text: &str, reading: &Reading<'_>, rules: &RuleSet, path: &str, least: f32) -> Self {
        let memory = Memory::default();
        let view = View::new(text, reading, rules, &[], &memory);
        let mut bound = Self::default();
        let from: Arc<str> = path.into();
        for found in
            by_sentence(&view, &[Share::whole(text)]).0.into_iter().filter(|found| found.confidence >= least)
        {
            let stands = matches!(found.category, Category::Codeword | Category::Identifier);
            let name = found.binds.clone().or(stands.then(|| found.bytes.clone()));
            for (name, caps) in name.into_iter().flat_map(|bytes| proper(&view, bytes, found.category)) {
                let by = Bound {
                    rule: found.rule,
                    category: found.category,
                    confidence: found.confidence,
                    caps,
                    from: from.clone(),
                    besides: None,
                };
                bound.add(name, by);
            }
        }
        bound
    }

    /// All of them with what bound them, in an order of their own: two sets with the same listing find the same.
    pub(crate) fn listing(&self) -> String {
        format!("{:?}", self.names)
    }

    fn add(&mut self, name: Vec<String>, by: Bound) {
        self.firsts.insert(hash(&name[0]));
        match self.names.entry(name) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(by);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().join(by),
        }
    }

    /// The names of both.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        let (mut all, few) = if self.names.len() < other.names.len() {
            (other, std::mem::take(&mut self.names))
        } else {
            let few = other.names;
            (self, few)
        };
        for (name, by) in few {
            all.add(name, by);
        }
        all
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Where names stand that other reports than the one of that path bind, in order.
    pub(crate) fn find(
        &self,
        text: &str,
        reading: &Reading<'_>,
        rules: &RuleSet,
        path: &str,
    ) -> Vec<Finding> {
        if self.is_empty() {
            return Vec::new();
        }
        let memory = Memory::default();
        let view = View::new(text, reading, rules, &[], &memory);
        let mut findings = Vec::new();
        each_place(&view, &self.names, &self.firsts, |at, len, bound| {
            let Some(from) = bound.other_than(path) else { return };
            let other = if len == 1 && bound.caps { Shape::LOWER | Shape::CAP } else { Shape::LOWER };
            if (at..at + len).any(|at| reading.shape(index(at)).intersects(other)) {
                return;
            }
            let first = if behind_determiner(&view, at) { at - 1 } else { at };
            let bytes = reading.bytes(index(first), index(at + len));
            let rule = &rules.rules()[bound.rule];
            findings.push(Finding {
                span: Span::new(bytes.start, bytes.end),
                category: bound.category,
                rule: rule.id.clone(),
                confidence: bound.confidence,
                frame: rule.frame,
                linked: Some(from.clone()),
            });
        });
        findings
    }
}

/// The name that a finding's bytes bind beyond their report, if it is a proper one, and whether it stands in capitals; a
/// person's surname alone too when it is written in capitals.
///
/// A proper name has no word in lower case and one that no lexicon knows; a serial may have its number instead. Where all is
/// written in capitals they tell nothing, and a name has one word or a number.
fn proper(view: &View<'_>, bytes: Range<usize>, category: Category) -> Vec<(Vec<String>, bool)> {
    let reading = view.reading;
    let to = reading.token_at(bytes.end - 1) + 1;
    let forms = forms(view, bytes);
    let Some(length) = forms.first().map(|name| index(name.len())) else { return Vec::new() };
    let tokens = to - length..to;
    let is = |at: u32, shape: Shape| reading.shape(at).intersects(shape);
    let is_unknown = |at: u32| {
        is(at, Shape::CAP | Shape::CAPS | Shape::MIXED) && reading.words(at) == [WordId::default(); 2]
    };
    let mut numbers = tokens.clone().filter(|&at| is(at, Shape::NUM | Shape::MIXED));
    let has_number = numbers.next().is_some();
    let is_told = tokens.clone().any(is_unknown) || category == Category::Identifier && has_number;
    let shouted = !reading.sentence_of(tokens.start).any(|at| is(at, Shape::LOWER));
    let opens = length == 1 && reading.sentence_of(to - 1).start == to - 1 && is(to - 1, Shape::CAP);
    if !is_told
        || opens
        || shouted && length > 1 && !has_number
        || tokens.clone().any(|at| is(at, Shape::LOWER))
    {
        return Vec::new();
    }
    let caps = !tokens.clone().any(|at| is(at, Shape::CAP));
    let is_person = !matches!(category, Category::Codeword | Category::Identifier);
    let mut names = forms.into_iter();
    let whole = names.next().map(|name| (name, caps));
    let surname = names.next().filter(|_| is_person && is(to - 1, Shape::CAPS) && is_unknown(to - 1));
    whole.into_iter().chain(surname.map(|name| (name, true))).collect()
}

/// The findings with the links among them: what overlaps is joined, and what is found as surely without a link is no link.
pub(crate) fn join(findings: Vec<Finding>, links: Vec<Finding>) -> Vec<Finding> {
    if links.is_empty() {
        return findings;
    }
    let is_known = |link: &Finding| {
        let at = findings.partition_point(|finding| finding.span.end() <= link.span.start());
        findings
            .get(at)
            .is_some_and(|finding| finding.span.contains(link.span) && finding.confidence >= link.confidence)
    };
    let mut all: Vec<Finding> = links.into_iter().filter(|link| !is_known(link)).collect();
    all.extend(findings);
    all.sort_by(|a, b| (a.span.start(), b.span.end(), &a.rule).cmp(&(b.span.start(), a.span.end(), &b.rule)));
    let mut joined: Vec<(Finding, usize)> = Vec::with_capacity(all.len());
    for finding in all {
        match joined.last_mut().filter(|(last, _)| last.span.overlaps(finding.span)) {
            Some((last, longest)) => {
                let named = if finding.span.len() > *longest { finding.clone() } else { last.clone() };
                *longest = finding.span.len().max(*longest);
                *last = Finding {
                    span: last.span.hull(finding.span),
                    confidence: last.confidence.max(finding.confidence),
                    linked: last.linked.take().or(finding.linked),
                    ..named
                };
            }
            None => {
                let length = finding.span.len();
                joined.push((finding, length));
            }
        }
    }
    joined.into_iter().map(|(finding, _)| finding).collect()
}
