//! Where in a text an expression of a rule may match: a few automata over bytes look for all of them.
//!
//! Each expression runs only in the windows found for it. The automata know no word boundaries, so they find the end
//! of every match and of some that are none; how far before its end a match may start is read off the expression. One
//! automaton for all expressions would have a state for each mixture of matches under way, more than a thread can keep;
//! those that open alike share one.

use std::ops::Range;

use regex_automata::hybrid::dfa::{Cache, DFA, OverlappingState};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition};

use crate::document::BLOCK_SEPARATOR;

/// Expressions that share an automaton.
const TOGETHER: usize = 7;
/// Bytes for the states of an automaton, a thread.
const MOST_BYTES: usize = 4 << 20;

/// How long a match may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Bytes(usize),
    /// So many white-space characters, and anything between them.
    Spaces(usize),
    /// Anything within a line of a block.
    Line,
    Text,
}

/// The automata, shared by all threads.
#[derive(Debug)]
pub(crate) struct Windows {
    groups: Vec<Group>,
    reaches: Vec<Reach>,
    pool: Pool<Caches, fn() -> Caches>,
}

/// What a thread has learnt of each group's automaton.
type Caches = Vec<Option<Cache>>;

/// Expressions that one automaton looks for.
#[derive(Debug)]
struct Group {
    /// Without it each expression reads the whole text.
    dfa: Option<DFA>,
    expressions: Vec<usize>,
    scope: Scope,
}

/// What of a text bears on where an expression matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The block alone.
    Block,
    /// The whole text.
    Text,
}

impl Windows {
    /// Looks for these expressions.
    pub(crate) fn new(expressions: &[Hir]) -> Self {
        let reaches: Vec<Reach> = expressions.iter().map(reach).collect();
        let ends: Vec<Hir> = expressions.iter().map(|hir| end(&widened(hir))).collect();
        let mut groups = Vec::new();
        for scope in [Scope::Block, Scope::Text] {
            let mut order: Vec<usize> =
                (0..ends.len()).filter(|&at| scope_of(&expressions[at]) == scope).collect();
            order.sort_by_key(|&at| opening(&ends[at]));
            groups.extend(order.chunks(TOGETHER).map(|expressions| Group {
                dfa: automaton(expressions.iter().map(|&at| &ends[at])),
                expressions: expressions.to_vec(),
                scope,
            }));
        }
        Self { groups, reaches, pool: Pool::new(Vec::new) }
    }

    /// For each expression of the scope, the windows that hold all its matches: in order, none touching. The others have none.
    pub(crate) fn find(&self, text: &str, scope: Scope) -> Vec<Vec<Range<usize>>> {
        let mut windows = vec![Vec::new(); self.reaches.len()];
        let mut caches = self.pool.get();
        caches.resize_with(self.groups.len(), || None);
        for (group, cache) in self.groups.iter().zip(caches.iter_mut()) {
            if group.scope != scope {
                continue;
            }
            if self.scan(group, cache, text, &mut windows).is_none() {
                for &expression in &group.expressions {
                    windows[expression] = std::iter::once(0..text.len()).collect();
                }
            }
        }
        windows
    }

    fn scan(
        &self,
        group: &Group,
        cache: &mut Option<Cache>,
        text: &str,
        windows: &mut [Vec<Range<usize>>],
    ) -> Option<()> {
        let dfa = group.dfa.as_ref()?;
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        let input = Input::new(text);
        let mut state = OverlappingState::start();
        loop {
            dfa.try_search_overlapping_fwd(cache, &input, &mut state).ok()?;
            let Some(end) = state.get_match() else { return Some(()) };
            let expression = group.expressions[end.pattern().as_usize()];
            self.add(&mut windows[expression], self.reaches[expression], text, end.offset());
        }
    }

    /// Takes the end of a match in: its window is joined to the last one where they meet.
    fn add(&self, windows: &mut Vec<Range<usize>>, reach: Reach, text: &str, end: usize) {
        let end = (end..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
        let floor = windows.last().map_or(0, |last| last.end);
        let start = match reach {
            Reach::Bytes(bytes) => {
                (0..=end.saturating_sub(bytes)).rfind(|&at| text.is_char_boundary(at)).unwrap_or(0)
            }
            Reach::Spaces(spaces) => {
                let mut before = text[floor..end].char_indices().rev().filter(|(_, c)| c.is_whitespace());
                before.nth(spaces).map_or(floor, |(at, c)| floor + at + c.len_utf8())
            }
            Reach::Line => text[..end].rfind(BREAKS).map_or(0, |at| at + 1),
            Reach::Text => 0,
        };
        match windows.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => windows.push(start..end),
        }
    }
}

/// The automaton that looks for all of these.
fn automaton<'h>(ends: impl Iterator<Item = &'h Hir>) -> Option<DFA> {
    let ends: Vec<&Hir> = ends.collect();
    let config = thompson::Config::new().utf8(false).which_captures(WhichCaptures::None);
    let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(&ends).ok()?;
    let config =
        DFA::config().match_kind(MatchKind::All).cache_capacity(MOST_BYTES).skip_cache_capacity_check(true);
    DFA::builder().configure(config).build_from_nfa(nfa).ok()
}

/// What a match may open with: digits (1), capitals (2), anything else (4), added up.
fn opening(hir: &Hir) -> u8 {
    let kinds = |first: u32, last: u32| {
        [('0', '9', 1), ('A', 'Z', 2), ('\0', '/', 4), (':', '@', 4), ('[', char::MAX, 4)]
            .iter()
            .filter(|(from, to, _)| first <= u32::from(*to) && u32::from(*from) <= last)
            .fold(0, |kinds, (.., kind)| kinds | kind)
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => kinds(u32::from(literal.0[0]), u32::from(literal.0[0])),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().fold(0, |all, range| all | kinds(range.start().into(), range.end().into()))
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().fold(0, |all, range| all | kinds(range.start().into(), range.end().into()))
        }
        HirKind::Repetition(repetition) => opening(&repetition.sub),
        HirKind::Capture(capture) => opening(&capture.sub),
        HirKind::Concat(subs) => {
            let may_be_missing = |sub: &&Hir| sub.properties().minimum_len() == Some(0);
            let first = subs.iter().take_while(may_be_missing).count();
            subs.iter().take(first + 1).fold(0, |all, sub| all | opening(sub))
        }
        HirKind::Alternation(subs) => subs.iter().fold(0, |all, sub| all | opening(sub)),
    }
}

/// How often at least an item is repeated, as far as the automaton counts.
const COUNTED: u32 = 2;

/// The expression as an automaton of few states takes it, which matches wherever the expression does: without word
/// boundaries, without bounds on repeats past the second, with all characters beyond ASCII alike.
fn widened(hir: &Hir) -> Hir {
    let each = |subs: &[Hir]| subs.iter().map(widened).collect::<Vec<_>>();
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) => hir.clone(),
        HirKind::Class(class) => widened_class(class),
        HirKind::Look(
            Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF,
        ) => hir.clone(),
        HirKind::Look(_) => Hir::empty(),
        HirKind::Repetition(repetition) => {
            let bounds = if repetition.max.is_some_and(|max| max <= COUNTED) {
                (repetition.min, repetition.max)
            } else {
                (repetition.min.min(COUNTED), None)
            };
            let (min, max) = bounds;
            Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(widened(&repetition.sub)) })
        }
        HirKind::Capture(capture) => widened(&capture.sub),
        HirKind::Concat(subs) => Hir::concat(each(subs)),
        HirKind::Alternation(subs) => alternation(each(subs)),
    }
}

/// An alternation whose options share what they begin with, so that the automaton has fewer positions. Which of them matches
/// makes no difference.
fn alternation(options: Vec<Hir>) -> Hir {
    let mut beginnings: Vec<(Hir, Vec<Hir>)> = Vec::new();
    for option in options {
        let (first, rest) = parted(option);
        match beginnings.iter_mut().find(|known| known.0 == first) {
            Some((_, rests)) if rests.contains(&rest) => {}
            Some((_, rests)) => rests.push(rest),
            None => beginnings.push((first, vec![rest])),
        }
    }
    let joined = beginnings.into_iter().map(|(first, rests)| {
        Hir::concat(vec![first, if rests.len() == 1 { Hir::alternation(rests) } else { alternation(rests) }])
    });
    Hir::alternation(joined.collect())
}

/// The first item of an expression and what follows it.
fn parted(hir: Hir) -> (Hir, Hir) {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let (first, rest) = literal.0.split_at(1);
            (Hir::literal(first), Hir::literal(rest))
        }
        HirKind::Concat(subs) => {
            let (first, rest) = parted(subs[0].clone());
            let rest = std::iter::once(rest).chain(subs[1..].iter().cloned());
            (first, Hir::concat(rest.collect()))
        }
        _ => (hir, Hir::empty()),
    }
}

fn widened_class(class: &Class) -> Hir {
    let Class::Unicode(class) = class else { return Hir::class(class.clone()) };
    let ascii = class.ranges().iter().filter(|range| range.start().is_ascii());
    let mut bytes: ClassBytes =
        ClassBytes::new(ascii.map(|range| ClassBytesRange::new(byte(range.start()), byte(range.end()))));
    if class.is_ascii() {
        return Hir::class(Class::Bytes(bytes));
    }
    let beyond = ClassBytes::new([ClassBytesRange::new(0x80, 0xFF)]);
    bytes.union(&beyond);
    let rest =
        Repetition { min: 0, max: None, greedy: true, sub: Box::new(Hir::class(Class::Bytes(beyond))) };
    Hir::concat(vec![Hir::class(Class::Bytes(bytes)), Hir::repetition(rest)])
}

fn byte(c: char) -> u8 {
    u8::try_from(c).map_or(0x7F, |byte| byte.min(0x7F))
}

/// What every match of the expression ends in: the expression without what may be missing at its front.
fn end(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Concat(subs) => {
            let missing = |sub: &&Hir| {
                sub.properties().minimum_len() == Some(0) && sub.properties().look_set().is_empty()
            };
            let skip = subs.iter().take_while(missing).count();
            let rest = subs[skip..].iter().enumerate();
            Hir::concat(rest.map(|(at, sub)| if at == 0 { end(sub) } else { sub.clone() }).collect())
        }
        HirKind::Alternation(subs) => Hir::alternation(subs.iter().map(end).collect()),
        _ => hir.clone(),
    }
}

fn reach(hir: &Hir) -> Reach {
    match (hir.properties().maximum_len(), spaces(hir)) {
        (Some(bytes), _) => Reach::Bytes(bytes),
        (None, Some(spaces)) => Reach::Spaces(spaces),
        (None, None) if !may_break(hir) => Reach::Line,
        (None, None) => Reach::Text,
    }
}

/// The most white-space characters in a match; none when there is no most.
fn spaces(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => {
            Some(String::from_utf8_lossy(&literal.0).chars().filter(|c| c.is_whitespace()).count())
        }
        HirKind::Class(class) => Some(usize::from(has_space(class))),
        HirKind::Repetition(repetition) => match (spaces(&repetition.sub)?, repetition.max) {
            (0, _) => Some(0),
            (spaces, Some(max)) => Some(spaces * max as usize),
            (_, None) => None,
        },
        HirKind::Capture(capture) => spaces(&capture.sub),
        HirKind::Concat(subs) => subs.iter().map(spaces).sum(),
        HirKind::Alternation(subs) => {
            subs.iter().map(spaces).try_fold(0, |most, spaces| spaces.map(|spaces| most.max(spaces)))
        }
    }
}

/// What ends a line, one byte each.
const BREAKS: [char; 2] = ['\n', BLOCK_SEPARATOR];

/// Whether a match may hold what ends a line.
fn may_break(hir: &Hir) -> bool {
    may_hold(hir, &BREAKS)
}

/// A match that cannot hold what parts blocks lies in one; only where a text or a line begins and ends is told by what
/// stands around the block.
fn scope_of(hir: &Hir) -> Scope {
    let is_anchored = hir.properties().look_set().contains_anchor();
    if is_anchored || may_hold(hir, &[BLOCK_SEPARATOR]) { Scope::Text } else { Scope::Block }
}

/// Whether a match may hold one of these ASCII characters.
fn may_hold(hir: &Hir, any: &[char]) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => any.iter().any(|&c| literal.0.iter().any(|&b| char::from(b) == c)),
        HirKind::Class(Class::Unicode(class)) => {
            let holds =
                |c: &char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(c));
            any.iter().any(holds)
        }
        HirKind::Class(Class::Bytes(_)) => true,
        HirKind::Repetition(repetition) => may_hold(&repetition.sub, any),
        HirKind::Capture(capture) => may_hold(&capture.sub, any),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().any(|sub| may_hold(sub, any)),
    }
}

/// All white space, from one character to another.
const SPACES: [(char, char); 10] = [
    ('\u{9}', '\u{D}'),
    (' ', ' '),
    ('\u{85}', '\u{85}'),
    ('\u{A0}', '\u{A0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200A}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202F}', '\u{202F}'),
    ('\u{205F}', '\u{205F}'),
    ('\u{3000}', '\u{3000}'),
];

fn has_space(class: &Class) -> bool {
    match class {
        Class::Unicode(class) => SPACES.iter().any(|&(first, last)| {
            let after = class.ranges().partition_point(|range| range.end() < first);
            class.ranges().get(after).is_some_and(|range| range.start() <= last)
        }),
        // Part of a character that is not known here.
        Class::Bytes(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where matches of the expression end.
    fn ends(hir: &Hir, text: &str) -> Vec<usize> {
        let dfa = automaton(std::iter::once(hir)).expect("the expression is small");
        let (mut cache, mut state) = (dfa.create_cache(), OverlappingState::start());
        let mut ends = Vec::new();
        loop {
            dfa.try_search_overlapping_fwd(&mut cache, &Input::new(text), &mut state).expect("it has room");
            match state.get_match() {
                Some(end) => ends.push(end.offset()),
                None => return ends,
            }
        }
    }

    proptest! {
        #[test]
        fn options_that_share_their_beginning_match_as_before(
            options in prop::collection::vec(
                prop::sample::select(vec!["a", "ab", "abb", "b", "a[ab]+b?", "(?i:a)b*", "b*a", "[ab]a", "(?:ab|b)a"]), 1..6),
            text in "[abA]{0,12}",
        ) {
            let options: Vec<Hir> =
                options.iter().map(|option| regex_syntax::parse(option).expect("it is sound")).collect();
            prop_assert_eq!(ends(&alternation(options.clone()), &text), ends(&Hir::alternation(options), &text));
        }
    }

    #[test]
    fn spaces_are_those_of_unicode() {
        let is_listed = |c: char| SPACES.iter().any(|&(first, last)| (first..=last).contains(&c));
        assert!(('\0'..=char::MAX).all(|c| is_listed(c) == c.is_whitespace()));
    }

    #[test]
    fn what_may_leave_its_block_is_looked_for_in_the_whole_text() {
        let scope = |text| scope_of(&regex_syntax::parse(text).expect("the expression is sound"));
        assert!([r"\bCS-\d+\b", r"[A-Z]+ \w", r"a\s+b"].map(scope) == [Scope::Block; 3]);
        assert!([r"^CS", r"(?m)a$", r"a[^b]c", r"a.b", r"\S+"].map(scope) == [Scope::Text; 5]);
    }
}
