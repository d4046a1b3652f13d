//! Zones with words in disguise as they read without it: a second view, which the rules read too.
//!
//! Tokens see through look-alike letters and accents by themselves. What tears a token apart (letters set apart, a word broken
//! at a line end) or hides it from an expression (full-width digits, entities in code) is seen here. Most reports
//! have no such zone and cost a glance.

use std::ops::Range;
use std::rc::Rc;

use super::open_names::OpenNames;
use super::{Found, Reader as _, Share, View, aliases, each_sentence};
use crate::detect::reading::Reading;
use crate::document::BLOCK_SEPARATOR;
use crate::text::Folded;

/// One reading of a zone.
struct Undisguised {
    /// Its bytes among all such readings.
    place: Range<usize>,
    /// Where the zone starts.
    zone: usize,
    /// All readings of the zone, and which of them this is.
    readings: Rc<[Folded]>,
    at: usize,
}

/// What the rules find in the zones of `view` that hold a disguise, read without it.
pub(super) fn findings(view: &View<'_>, shares: &[Share], open: &OpenNames) -> Vec<Found> {
    let mut text = String::new();
    let mut zones: Vec<Undisguised> = Vec::new();
    for zone in view.reading.zone_bytes() {
        let readings = view.memory.disguised(&view.text[zone.clone()]);
        for (at, folded) in readings.iter().enumerate() {
            let start = text.len();
            text.push_str(folded.text());
            zones.push(Undisguised {
                place: start..text.len(),
                zone: zone.start,
                readings: readings.clone(),
                at,
            });
            text.push(BLOCK_SEPARATOR);
        }
    }
    if zones.is_empty() {
        return Vec::new();
    }
    let places = zones.iter().map(|zone| zone.place.clone());
    let reading = Reading::new(&text, places, &view.rules.vocabulary);
    let undisguised = View::new(&text, &reading, view.rules, &[], view.memory);
    let mut found = each_sentence(&undisguised);
    OpenNames::take(&undisguised, &mut found);
    let back = |bytes: &Range<usize>| {
        let at = zones.partition_point(|zone| zone.place.end <= bytes.start);
        let Undisguised { place, zone, readings, at } = zones.get(at)?;
        let end = bytes.end.min(place.end);
        (place.start <= bytes.start && bytes.start < end).then(|| {
            let shown = readings[*at].range(bytes.start - place.start..end - place.start);
            zone + shown.start..zone + shown.end
        })
    };
    let own = |at| back(&(at..at + 1)).map(|bytes| bytes.start);
    open.spare(&undisguised, shares, &mut found, own);
    aliases::Aliases.read(&undisguised, &mut found);
    open.spare(&undisguised, shares, &mut found, own);
    found.retain_mut(|found| match back(&found.bytes) {
        Some(bytes) => {
            found.bytes = bytes;
            found.binds = None;
            true
        }
        None => false,
    });
    found
}
