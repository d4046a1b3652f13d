//! Rules and banners that divide nothing any more.

use super::outline::Unit;
use crate::document::{BlockKind, Document, FurnitureKind};

/// What a unit does for the look of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ornament {
    None,
    Rule,
    Banner,
    /// A rule that belongs to a tearline separator.
    Separator,
}

/// A rule or banner beside something that went stands only where it still divides.
pub(super) fn settle(document: &Document, units: &mut [Unit]) {
    // What stood last, whether anything went since, and how much text is still to come.
    let mut before: Option<(usize, Ornament)> = None;
    let mut gone = false;
    let stands = |unit: &&Unit| unit.kept && unit.content;
    let texts = units.iter().filter(stands).count();
    let mut seen = 0;
    for index in 0..units.len() {
        let unit = units[index];
        let ornament = ornament(document, &unit);
        seen += usize::from(stands(&&unit));
        let idle = match (&before, ornament) {
            (None, Ornament::Rule) => gone,
            (Some((_, last)), Ornament::Rule | Ornament::Banner) => gone && *last == ornament,
            _ => false,
        };
        if !unit.kept || idle || ornament == Ornament::Separator {
            units[index].kept = false;
            gone = true;
            continue;
        }
        if let Some((last, Ornament::Rule)) = before
            && gone
            && ornament == Ornament::Banner
        {
            // A rule between a banner and no text divides nothing.
            units[last].kept = (1..texts).contains(&seen);
        }
        before = Some((index, ornament));
        gone = false;
    }
    if let (Some((last, Ornament::Rule)), true) = (before, gone) {
        units[last].kept = false;
    }
}

fn ornament(document: &Document, unit: &Unit) -> Ornament {
    let furniture = document.furniture();
    let at = furniture.partition_point(|place| place.block < unit.block);
    let place = furniture.get(at).filter(|place| place.block == unit.block && !unit.content);
    match (document.blocks()[unit.block].kind, place) {
        (BlockKind::Rule, None) => Ornament::Rule,
        (BlockKind::Rule, Some(_)) => Ornament::Separator,
        (_, Some(place)) if place.kind == FurnitureKind::Banner => Ornament::Banner,
        _ => Ornament::None,
    }
}
