//! The telling parts of a shape: what a sentence must hold for the shape to match in it.
//!
//! The filter over all shapes looks for these parts only, each by itself. A part ends where anything may stand, so none
//! is left half seen for long, and the filter has few states. Left out are what may be missing, looks ahead, and
//! whatever stands before the first word that is no everyday word: nearly every sentence begins a noun phrase
//! somewhere, few go on to name what the shape is about.

use super::compile::Resolved;
use super::vocabulary::SlotId;
use crate::detect::program::Inst;
use crate::detect::tokens::Shape;

/// Looks that few tokens have.
const RARE: Shape = Shape(Shape::CAPS.0 | Shape::NUM.0 | Shape::MIXED.0 | Shape::YEAR.0);

/// The telling parts. Every sentence that holds a match of `ast` holds one of each. `common` knows slots of everyday
/// words.
pub(super) fn telling(ast: &Resolved, common: &dyn Fn(SlotId) -> bool) -> Vec<Resolved> {
    let both = Ends { front: true, back: true };
    let mut parts: Vec<Resolved> = parts(ast, common).iter().map(|part| trim(part, both, common)).collect();
    if parts.iter().any(|part| tells(part, common)) {
        parts.retain(|part| tells(part, common));
    } else {
        parts.retain(|part| !is_nullable(part));
        parts.truncate(1);
    }
    parts
}

/// The runs of a sequence between its repeats; each match holds one of each.
fn parts(ast: &Resolved, common: &dyn Fn(SlotId) -> bool) -> Vec<Resolved> {
    let mut flat = Vec::new();
    flatten(std::slice::from_ref(ast), &mut flat);
    let mut parts = Vec::new();
    let mut run: Vec<Resolved> = Vec::new();
    let mut end = |run: &mut Vec<Resolved>| parts.push(Resolved::Seq(std::mem::take(run)));
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
                run.push(one_part(item, common));
                end(&mut run);
            }
            Resolved::Alt(options) => {
                end(&mut run);
                run.push(Resolved::Alt(options.iter().map(|option| one_part(option, common)).collect()));
                end(&mut run);
            }
            _ => end(&mut run),
        }
    }
    end(&mut run);
    parts
}

/// One part, telling if there is one; nothing when the item may be missing.
fn one_part(item: &Resolved, common: &dyn Fn(SlotId) -> bool) -> Resolved {
    telling(item, common).into_iter().next().unwrap_or(Resolved::Seq(Vec::new()))
}

/// Whether something in the item may come more than once.
fn has_repeat(item: &Resolved) -> bool {
    match item {
        Resolved::Slot(_) | Resolved::Kind(_) | Resolved::Set(_) | Resolved::Look(..) | Resolved::Anchor(_) => false,
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

fn trim(ast: &Resolved, ends: Ends, common: &dyn Fn(SlotId) -> bool) -> Resolved {
    match ast {
        Resolved::Span(item) | Resolved::Alias(item) => trim(item, ends, common),
        Resolved::Repeat(item, 1.., _) if ends.front && ends.back => trim(item, ends, common),
        Resolved::Alt(options) => Resolved::Alt(options.iter().map(|option| trim(option, ends, common)).collect()),
        Resolved::Seq(items) => {
            let mut flat = Vec::new();
            flatten(items, &mut flat);
            sequence(&flat, ends, common)
        }
        Resolved::Look(..) => Resolved::Seq(Vec::new()),
        other => other.clone(),
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

fn sequence(items: &[&Resolved], ends: Ends, common: &dyn Fn(SlotId) -> bool) -> Resolved {
    let (mut from, mut to) = (0, items.len());
    if ends.front {
        let tells = items.iter().position(|item| tells(item, common));
        from = tells.or_else(|| items.iter().position(|item| !is_nullable(item))).unwrap_or(to);
        while from > 0 && matches!(items[from - 1], Resolved::Anchor(Inst::SentenceStart | Inst::PortionStart)) {
            from -= 1;
        }
    }
    if ends.back {
        while to > from && is_nullable(items[to - 1]) {
            to -= 1;
        }
    }
    let last = (to - from).saturating_sub(1);
    let part = items[from..to].iter().enumerate().map(|(at, item)| {
        trim(item, Ends { front: ends.front && at == 0, back: ends.back && at == last }, common)
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

/// Whether each match of the item holds a token that few sentences hold.
fn tells(item: &Resolved, common: &dyn Fn(SlotId) -> bool) -> bool {
    match item {
        Resolved::Slot(slot) => !common(*slot),
        Resolved::Kind(shape) => shape.0 & !RARE.0 == 0,
        Resolved::Set(set) => set.shapes.0 & !RARE.0 == 0 && !set.slots.iter().any(|&slot| common(slot)),
        Resolved::Gap(_) | Resolved::Look(..) | Resolved::Anchor(_) => false,
        Resolved::Seq(items) => items.iter().any(|item| tells(item, common)),
        Resolved::Alt(options) => options.iter().all(|option| tells(option, common)),
        Resolved::Repeat(item, min, _) => *min > 0 && tells(item, common),
        Resolved::Span(item) | Resolved::Alias(item) => tells(item, common),
    }
}
