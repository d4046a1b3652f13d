//! A whole report read so that what is found in a portion rests on nothing more restricted than the portion.
//!
//! The statistical reader and the names look far: what they find in one sentence hangs on others. They are let loose on
//! each *share* of the report by itself, the portions of one marking with all that are no more restricted. Whoever may
//! read a portion may read all that its findings rest on, so that no change of a withheld word changes a release, and a
//! narrower audience finds what a wider one finds. One thing is carried over from the rest: a name that a rule binds
//! there is found here too.

use std::ops::Range;

use super::reading::Reading;
use super::statistical::Learned;
use super::statistical::features::Context;
use super::{Finding, Found, Reader as _, View, aliases, by_sentence, merge};
use crate::rules::RuleSet;

/// Portions of one marking, and what they are judged with. Both are zones of the report, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// What is judged.
    pub(crate) own: Vec<Range<usize>>,
    /// What may be looked at, that which is judged included.
    pub(crate) seen: Vec<Range<usize>>,
}

/// What was found in a report.
#[derive(Debug)]
pub(crate) struct Surveyed {
    /// What rules, names and the statistical reader find.
    pub(crate) findings: Vec<Finding>,
    /// What the rules find in each sentence by itself.
    pub(crate) by_rules: Vec<Finding>,
}

/// Reads the shares of a report, which hold each of its zones as their own once.
pub(crate) fn survey(
    text: &str,
    reading: &Reading<'_>,
    rules: &RuleSet,
    contexts: &[(Range<usize>, Context)],
    shares: &[Share],
) -> Surveyed {
    let whole = View::new(text, reading, rules, contexts);
    let local = by_sentence(&whole);
    let zones: usize = shares.iter().map(|share| share.own.len()).sum();
    let mut all = Vec::with_capacity(local.len());
    for share in shares {
        let part = (share.seen.len() < zones)
            .then(|| Reading::new(text, share.seen.iter().cloned(), &rules.vocabulary));
        let view = View::new(text, part.as_ref().unwrap_or(reading), rules, contexts);
        let (mut found, beside): (Vec<Found>, Vec<Found>) =
            local.iter().cloned().partition(|found| holds(&share.seen, found));
        aliases::Aliases.read(&view, &mut found);
        Learned.read(&view, &mut found);
        found.extend(aliases::again(&view, &beside, &whole));
        all.extend(found.into_iter().filter(|found| holds(&share.own, found)));
    }
    Surveyed { findings: merge::merge(all, rules), by_rules: merge::merge(local, rules) }
}

/// Whether one of the zones holds the finding's start.
fn holds(zones: &[Range<usize>], found: &Found) -> bool {
    let at = found.bytes.start;
    let after = zones.partition_point(|zone| zone.start <= at);
    after.checked_sub(1).is_some_and(|last| at < zones[last].end)
}
