//! The telling parts of a shape: what a sentence must hold for the shape to match in it.
//!
//! The filter over all shapes looks for these parts only, each by itself. A part ends where anything may stand, so none
//! is left half seen for long, and the filter has few states. Which parts are worth looking for is judged by how often
//! they come up in English, very roughly; that decides the speed and never what is found.

use std::sync::Arc;

use super::compile::Resolved;
use super::emit;
use super::schema::ShapeError;
use super::vocabulary::{SlotId, Vocabulary};
use crate::detect::program::{Inst, TokenSet};
use crate::detect::tokens::Shape;

/// How often a token has a look.
const LOOKS: [(Shape, f32); 6] = [
    (Shape::YEAR, 0.005),
    (Shape::MIXED, 0.01),
    (Shape::NUM, 0.03),
    (Shape::CAPS, 0.05),
    (Shape::CAP, 0.15),
    (Shape(Shape::ED.0 | Shape::ING.0 | Shape::LY.0 | Shape::S.0 | Shape::PUNCT.0), 0.2),
];

/// What comes up more often than this at a token tells little at the end of a part.
const COMMON: f32 = 0.3;
/// What comes up more often than this, at nearly every token, tells nothing beside a part that does not.
const TELLING: f32 = 0.99;
/// The most parts of a shape that are worth looking for.
const MOST: usize = 8;
/// The most parts that hold one of each of several alternatives.
const EACH: usize = 3;

/// What a sentence must hold for a shape to match in it.
#[derive(Debug)]
pub(crate) struct Telling {
    /// The instructions of parts without each of which the shape matches nowhere in a sentence.
    pub(crate) parts: Vec<Vec<Inst>>,
    /// Whether the shape matches in each sentence that holds its one part.
    pub(crate) exact: bool,
}

impl Telling {
    /// Finds a shape's telling parts.
    ///
    /// # Errors
    /// When a part needs more instructions than a program may have.
    pub(crate) fn of(shape: &Resolved, vocabulary: &Vocabulary) -> Result<Self, ShapeError> {
        let exact = exact(shape, vocabulary);
        let parts = match &exact {
            Some(part) => vec![part.clone()],
            None => telling(shape, &|slot| vocabulary.weight(slot)),
        };
        let parts = parts.iter().map(emit::skeleton).collect::<Result<_, _>>()?;
        Ok(Self { parts, exact: exact.is_some() })
    }
}

/// Knows how often a token is of a slot.
type Slots<'a> = &'a dyn Fn(SlotId) -> f32;

/// The telling parts, the rarest first. Every sentence that holds a match of `ast` holds one of each.
fn telling(ast: &Resolved, slots: Slots<'_>) -> Vec<Resolved> {
    let both = Ends { front: true, back: true };
    let mut parts: Vec<_> = parts(ast, slots)
        .iter()
        .map(|part| trim(part, both, slots))
        .filter(|part| !is_nullable(part))
        .map(|part| (weight(&part, slots), part))
        .collect();
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let telling = parts.iter().take_while(|part| part.0 <= TELLING).count();
    parts.truncate(telling.clamp(1, MOST));
    parts.into_iter().map(|part| part.1).collect()
}

/// The shape as one part that a sentence holds if and only if the shape matches in it, where there is such a part: where
/// nothing is repeated, no term has several words and nothing is asked of the places around tokens.
fn exact(ast: &Resolved, vocabulary: &Vocabulary) -> Option<Resolved> {
    match ast {
        Resolved::Slot(slot) => (!vocabulary.has_several(*slot)).then(|| ast.clone()),
        Resolved::Kind(_) | Resolved::Set(_) => Some(ast.clone()),
        Resolved::Seq(items) => {
            items.iter().map(|item| exact(item, vocabulary)).collect::<Option<_>>().map(Resolved::Seq)
        }
        Resolved::Alt(items) => {
            items.iter().map(|item| exact(item, vocabulary)).collect::<Option<_>>().map(Resolved::Alt)
        }
        Resolved::Repeat(item, 0, 1) => Some(Resolved::Repeat(exact(item, vocabulary)?.into(), 0, 1)),
        Resolved::Span(item) | Resolved::Alias(item) => exact(item, vocabulary),
        Resolved::Repeat(..) | Resolved::Gap(_) | Resolved::Look(..) | Resolved::Anchor(_) => None,
    }
}

/// The runs of a sequence between its repeats; each match holds one of each.
fn parts(ast: &Resolved, slots: Slots<'_>) -> Vec<Resolved> {
    let mut flat = Vec::new();
    let mut ahead = Vec::new();
    flatten(std::slice::from_ref(ast), &mut flat);
    looks_ahead(std::slice::from_ref(ast), &mut ahead);
    let mut parts: Vec<Resolved> = ahead.into_iter().map(|item| one_part(item, slots)).collect();
    let mut run: Vec<Resolved> = Vec::new();
    let mut end = |run: &mut Vec<Resolved>| parts.push(Resolved::Seq(std::mem::take(run).into()));
    for item in flat {
        match item {
            item if !has_repeat(item) => run.push(item.clone()),
            Resolved::Repeat(item, 1.., _) if !has_repeat(item) => {
                run.push((**item).clone());
                end(&mut run);
                run.push((**item).clone());
            }
            Resolved::Repeat(item, 1.., _) => {
                end(&mut run);
                run.push(one_part(item, slots));
                end(&mut run);
            }
            Resolved::Alt(options) => {
                run.extend(edges(options, Edge::Front));
                end(&mut run);
                for part in one_of_each(options, slots) {
                    run.push(part);
                    end(&mut run);
                }
                run.extend(edges(options, Edge::Back));
            }
            _ => end(&mut run),
        }
    }
    end(&mut run);
    parts
}

/// An end of an item.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Front,
    Back,
}

/// What the options begin or end with, up to the first thing that may come more than once; nothing when one of them may
/// have nothing there.
fn edges(options: &[Resolved], edge: Edge) -> Option<Resolved> {
    let of = |option: &Resolved| {
        let mut flat = Vec::new();
        flatten(std::slice::from_ref(option), &mut flat);
        let single = |item: &&&Resolved| !has_repeat(item);
        let mut items: Vec<Resolved> = match edge {
            Edge::Front => flat.iter().take_while(single).map(|&item| item.clone()).collect(),
            Edge::Back => flat.iter().rev().take_while(single).map(|&item| item.clone()).collect(),
        };
        if let Edge::Back = edge {
            items.reverse();
        }
        let items = Resolved::Seq(items.into());
        (!is_nullable(&items)).then_some(items)
    };
    options.iter().map(of).collect::<Option<_>>().map(Resolved::Alt)
}

/// Parts that hold one of each option: the rarest of all, the next of all, and so on.
fn one_of_each(options: &[Resolved], slots: Slots<'_>) -> Vec<Resolved> {
    let telling: Vec<_> = options.iter().map(|option| telling(option, slots)).collect();
    let most = telling.iter().map(Vec::len).max().unwrap_or(0);
    let nth = |at: usize| {
        let parts = telling.iter().map(|parts| parts.get(at).or(parts.last()).cloned());
        Resolved::Alt(parts.map(|part| part.unwrap_or(Resolved::Seq(Arc::default()))).collect())
    };
    (0..most.min(EACH)).map(nth).collect()
}

/// The items that a sequence asks to stand ahead somewhere in it.
fn looks_ahead<'a>(items: &'a [Resolved], out: &mut Vec<&'a Resolved>) {
    for item in items {
        match item {
            Resolved::Seq(items) => looks_ahead(items, out),
            Resolved::Span(item) | Resolved::Alias(item) => looks_ahead(std::slice::from_ref(item), out),
            Resolved::Look(item, false) => out.push(item),
            _ => {}
        }
    }
}

/// One part, telling if there is one; nothing when the item may be missing.
fn one_part(item: &Resolved, slots: Slots<'_>) -> Resolved {
    telling(item, slots).into_iter().next().unwrap_or(Resolved::Seq(Arc::default()))
}

/// Whether something in the item may come more than once.
fn has_repeat(item: &Resolved) -> bool {
    match item {
        Resolved::Slot(_)
        | Resolved::Kind(_)
        | Resolved::Set(_)
        | Resolved::Look(..)
        | Resolved::Anchor(_) => false,
        Resolved::Gap(most) => *most > 0,
        Resolved::Repeat(item, _, max) => *max > 1 || has_repeat(item),
        Resolved::Seq(items) | Resolved::Alt(items) => items.iter().any(has_repeat),
        Resolved::Span(item) | Resolved::Alias(item) => has_repeat(item),
    }
}

/// The ends at which anything may stand.
#[derive(Debug, Clone, Copy)]
struct Ends {
    front: bool,
    back: bool,
}

fn trim(ast: &Resolved, ends: Ends, slots: Slots<'_>) -> Resolved {
    match ast {
        _ if !ends.front && !ends.back && is_bare(ast) => ast.clone(),
        Resolved::Span(item) | Resolved::Alias(item) => trim(item, ends, slots),
        Resolved::Repeat(item, 1.., _) if ends.front && ends.back => trim(item, ends, slots),
        Resolved::Alt(options) => {
            Resolved::Alt(options.iter().map(|option| trim(option, ends, slots)).collect())
        }
        Resolved::Seq(items) => {
            let mut flat = Vec::new();
            flatten(items, &mut flat);
            sequence(&flat, ends, slots)
        }
        Resolved::Look(..) => Resolved::Seq(Arc::default()),
        other => other.clone(),
    }
}

/// Whether the item takes tokens and does nothing else.
fn is_bare(item: &Resolved) -> bool {
    match item {
        Resolved::Span(_) | Resolved::Alias(_) | Resolved::Look(..) => false,
        Resolved::Seq(items) | Resolved::Alt(items) => items.iter().all(is_bare),
        _ => true,
    }
}

/// The items of a sequence without the groups around them and without looks ahead.
fn flatten<'a>(items: &'a [Resolved], out: &mut Vec<&'a Resolved>) {
    for item in items {
        match item {
            Resolved::Seq(items) => flatten(items, out),
            Resolved::Span(item) | Resolved::Alias(item) => flatten(std::slice::from_ref(item), out),
            Resolved::Look(..) => {}
            other => out.push(other),
        }
    }
}

fn sequence(items: &[&Resolved], ends: Ends, slots: Slots<'_>) -> Resolved {
    let (mut from, mut to) = (0, items.len());
    let tells = |item: &&Resolved| !is_nullable(item) && weight(item, slots) <= COMMON;
    if ends.front {
        let first = items.iter().position(tells);
        from = first.or_else(|| items.iter().position(|item| !is_nullable(item))).unwrap_or(to);
        while from > 0
            && matches!(items[from - 1], Resolved::Anchor(Inst::SentenceStart | Inst::PortionStart))
        {
            from -= 1;
        }
    }
    if ends.back {
        let last = items.iter().rposition(tells);
        while to > from && (is_nullable(items[to - 1]) || last.is_some_and(|last| last + 1 < to)) {
            to -= 1;
        }
    }
    let last = (to - from).saturating_sub(1);
    let part = items[from..to].iter().enumerate().map(|(at, item)| {
        trim(item, Ends { front: ends.front && at == 0, back: ends.back && at == last }, slots)
    });
    Resolved::Seq(part.collect())
}

/// Whether the item can match without taking a token.
fn is_nullable(item: &Resolved) -> bool {
    match item {
        Resolved::Slot(_) | Resolved::Kind(_) | Resolved::Set(_) => false,
        Resolved::Gap(_) | Resolved::Look(..) | Resolved::Anchor(_) => true,
        Resolved::Seq(items) => items.iter().all(is_nullable),
        Resolved::Alt(options) => options.iter().any(is_nullable),
        Resolved::Repeat(item, min, _) => *min == 0 || is_nullable(item),
        Resolved::Span(item) | Resolved::Alias(item) => is_nullable(item),
    }
}

/// How often a match of the item starts at a token, very roughly.
fn weight(item: &Resolved, slots: Slots<'_>) -> f32 {
    match item {
        Resolved::Slot(slot) => slots(*slot),
        Resolved::Kind(shapes) => set_weight(&TokenSet { shapes: *shapes, ..TokenSet::default() }, slots),
        Resolved::Set(set) => set_weight(set, slots),
        Resolved::Gap(_) | Resolved::Look(..) => 1.0,
        Resolved::Anchor(Inst::SentenceStart | Inst::PortionStart) => 0.05,
        Resolved::Anchor(_) => 1.0,
        Resolved::Seq(items) => items.iter().map(|item| weight(item, slots)).product(),
        Resolved::Alt(options) => options.iter().map(|option| weight(option, slots)).sum::<f32>().min(1.0),
        Resolved::Repeat(_, 0, _) => 1.0,
        Resolved::Repeat(item, ..) => weight(item, slots),
        Resolved::Span(item) | Resolved::Alias(item) => weight(item, slots),
    }
}

fn set_weight(set: &TokenSet, slots: Slots<'_>) -> f32 {
    let known = LOOKS.iter().fold(0, |bits, look| bits | look.0.0);
    if set.shapes.0 & !known != 0 {
        return 1.0;
    }
    let looks = LOOKS.iter().filter(|look| look.0.intersects(set.shapes)).map(|look| look.1);
    looks.chain(set.slots.iter().map(|&slot| slots(slot))).sum::<f32>().min(1.0)
}
