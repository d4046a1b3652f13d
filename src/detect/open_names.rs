//! Names that a report openly tells to be those of persons, ships or groups, which the shape of a cover name alone does
//! not take.
//!
//! Old papers write surnames in capitals, as cover names are written, and so do seamen write ships and network defenders
//! their adversaries. A rule that asks for it (`unless_open`) lets a name pass that a rule of another kind
//! (`introduces = "open-name"`) sees told somewhere, where whoever may read the one may read the other. A place that tells it
//! and is itself found by a rule tells nothing. What is let pass binds no name, and a name bound where the report
//! does not tell what it is passes where it does.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::reading::Reading;
use super::survey::Share;
use super::tokens::Shape;
use super::{Finding, Found, View, folded};
use crate::rules::{Rule, RuleSet};

/// A name has no more words.
const MOST_WORDS: u32 = 3;

/// Names, their words folded, and the bytes at which the report tells what each is.
#[derive(Debug, Default)]
pub(crate) struct OpenNames(HashMap<String, Vec<usize>, FixedState>);

impl OpenNames {
    /// Takes what tells of open names out of what the rules found.
    pub(super) fn take(view: &View<'_>, found: &mut Vec<Found>) -> Self {
        let rule = |found: &Found| &view.rules.rules()[found.rule];
        let tells = |found: &mut Found| rule(found).tells_open_names();
        let told: Vec<Found> = found.extract_if(.., tells).collect();
        let mut names = Self::default();
        for place in told {
            let is_found = found.iter().any(|other| {
                !rule(other).unless_open
                    && other.bytes.start < place.bytes.end
                    && place.bytes.start < other.bytes.end
            });
            if !is_found {
                let name = name(view.text, view.reading, tokens(view.reading, &place.bytes));
                names.0.entry(name).or_default().push(place.bytes.start);
            }
        }
        names
    }

    /// Lets those findings of the view go that an open name ends. `own` tells from a finding's first byte which byte of
    /// the report it stands for.
    pub(super) fn spare(
        &self,
        view: &View<'_>,
        shares: &[Share],
        found: &mut Vec<Found>,
        own: impl Fn(usize) -> Option<usize>,
    ) {
        if self.0.is_empty() {
            return;
        }
        found.retain(|found| {
            let share = || {
                let at = own(found.bytes.start)?;
                shares.iter().find(|share| share.owns(at))
            };
            !view.rules.rules()[found.rule].unless_open
                || !share().is_some_and(|share| {
                    self.end(view.text, view.reading, found.bytes.clone(), |place| share.sees(place))
                })
        });
    }

    /// Whether the capitals of a finding of a rule that goes by open names end with one that is told at a byte which
    /// `is_seen`.
    pub(crate) fn pass(
        &self,
        text: &str,
        reading: &Reading<'_>,
        rules: &RuleSet,
        finding: &Finding,
        is_seen: impl Fn(usize) -> bool,
    ) -> bool {
        let goes_by = |rule: &Rule| rule.id == finding.rule && rule.unless_open;
        rules.rules().iter().any(goes_by) && self.end(text, reading, finding.span.range(), is_seen)
    }

    fn end(
        &self,
        text: &str,
        reading: &Reading<'_>,
        bytes: Range<usize>,
        is_seen: impl Fn(usize) -> bool,
    ) -> bool {
        let tokens = tokens(reading, &bytes);
        let is_name = |&at: &u32| reading.shape(at).intersects(Shape::CAPS);
        let Some(last) = tokens.clone().rev().find(is_name) else { return false };
        (0..MOST_WORDS).any(|before| {
            let Some(first) = last.checked_sub(before).filter(|first| tokens.contains(first)) else {
                return false;
            };
            let told = self.0.get(&name(text, reading, first..last + 1));
            told.is_some_and(|told| told.iter().any(|&place| is_seen(place)))
        })
    }
}

fn tokens(reading: &Reading<'_>, bytes: &Range<usize>) -> Range<u32> {
    reading.token_at(bytes.start)..reading.token_at(bytes.end - 1) + 1
}

fn name(text: &str, reading: &Reading<'_>, tokens: Range<u32>) -> String {
    let words = tokens.map(|at| folded(reading.tokens[at as usize].text(text)));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::detect::{Memory, Share, survey};
    use crate::rules::built_in;

    use super::Reading;

    const TOLD: &str = "The lawyer Amadeo VERASTEGUI left for Lisbon.";
    const ALONE: &str = "The talks go on. VERASTEGUI has met the consul.";

    /// Whether the cover name is found in the second of two zones, which sees the first or not.
    fn is_found(first: &str, second: &str, sees: bool) -> bool {
        let text = format!("{first}\u{1E}{second}");
        let (one, two) = (0..first.len(), first.len() + 1..text.len());
        let places = [one.clone(), two.clone()];
        let reading = Reading::new(&text, places, &built_in().vocabulary);
        let seen = if sees { vec![one.clone(), two.clone()] } else { vec![two.clone()] };
        let shares =
            [Share { own: vec![one.clone()], seen: vec![one] }, Share { own: vec![two.clone()], seen }];
        let found = survey(&text, &reading, built_in(), &[], &shares, &Memory::default()).by_rules;
        found.iter().any(|finding| finding.span.start() == two.start + "The talks go on. ".len())
    }

    #[test]
    fn a_name_passes_where_it_is_openly_told() {
        assert!(!is_found(TOLD, ALONE, true));
        assert!(is_found(TOLD, ALONE, false), "told to others only");
        assert!(is_found("The desk left for Lisbon.", ALONE, true));
        let ours = "Mr. QTSPARROW left for Lisbon.";
        assert!(
            is_found(ours, "The talks go on. QTSPARROW has met the consul.", true),
            "where it is told is found itself"
        );
        assert!(
            is_found(TOLD, "The talks go on. VERASTEGUI-2 has met the consul.", true),
            "a shape of its own"
        );
    }
}
