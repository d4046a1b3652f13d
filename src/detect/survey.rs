//! A whole report read so that what is found in a portion rests on nothing more restricted than the portion.
//!
//! The statistical reader looks far: what it finds in one sentence hangs on others. It looks at each *share* of the report
//! by itself, the portions of one marking with all that are no more restricted. Whoever may read a portion may read all
//! that its findings rest on, so that no change of a withheld word changes a release, and a narrower audience finds what
//! a wider one finds. Names alone are carried everywhere: one that a rule binds in a withheld portion is found in the
//! others too.

use std::ops::Range;

use super::open_names::OpenNames;
use super::reading::Reading;
use super::statistical::features::Context;
use super::{Finding, Found, Memory, Reader as _, View, aliases, by_sentence, disguise, merge, statistical};
use crate::rules::RuleSet;

/// Portions of one marking, and what they are judged with. Both are zones of the report, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// What is judged.
    pub(crate) own: Vec<Range<usize>>,
    /// What may be looked at, that which is judged included.
    pub(crate) seen: Vec<Range<usize>>,
}

impl Share {
    /// A text all of which may be looked at.
    pub(crate) fn whole(text: &str) -> Self {
        let all: Vec<Range<usize>> = std::iter::once(0..text.len()).collect();
        Self { own: all.clone(), seen: all }
    }

    /// Whether what stands at a byte is judged in this share.
    pub(super) fn owns(&self, at: usize) -> bool {
        holds(&self.own, at)
    }

    /// Whether what stands at a byte may be looked at.
    pub(super) fn sees(&self, at: usize) -> bool {
        holds(&self.seen, at)
    }
}

/// Whether one of the zones holds the byte.
fn holds(zones: &[Range<usize>], at: usize) -> bool {
    let after = zones.partition_point(|zone| zone.start <= at);
    after.checked_sub(1).is_some_and(|last| at < zones[last].end)
}

/// What was found in a report.
#[derive(Debug)]
pub(crate) struct Surveyed {
    /// What rules, names and the statistical reader find.
    pub(crate) findings: Vec<Finding>,
    /// What the rules find in each sentence by itself, and with names in what is disguised.
    pub(crate) by_rules: Vec<Finding>,
    /// Names that are openly told and that findings let pass for whoever may read where.
    pub(crate) open: OpenNames,
}

/// Reads the shares of a report, which hold each of its zones as their own once. `memory` is that of the report or empty.
pub(crate) fn survey(
    text: &str,
    reading: &Reading<'_>,
    rules: &RuleSet,
    contexts: &[(Range<usize>, Context)],
    shares: &[Share],
    memory: &Memory,
) -> Surveyed {
    let Looked { found, local, open } = look(text, reading, rules, contexts, shares, memory);
    Surveyed { findings: merge::merge(found, rules), by_rules: merge::merge(local, rules), open }
}

/// The findings of [`survey`], and those that each rule makes by itself.
pub(crate) fn survey_each(
    text: &str,
    reading: &Reading<'_>,
    rules: &RuleSet,
    contexts: &[(Range<usize>, Context)],
    shares: &[Share],
) -> (Vec<Finding>, Vec<Finding>) {
    let Looked { found, .. } = look(text, reading, rules, contexts, shares, &Memory::default());
    let each = merge::each(&found, rules);
    (merge::merge(found, rules), each)
}

/// What all find, what the rules find by themselves, and the open names that both let pass.
struct Looked {
    found: Vec<Found>,
    local: Vec<Found>,
    open: OpenNames,
}

fn look(
    text: &str,
    reading: &Reading<'_>,
    rules: &RuleSet,
    contexts: &[(Range<usize>, Context)],
    shares: &[Share],
    memory: &Memory,
) -> Looked {
    let view = View::new(text, reading, rules, contexts, memory);
    let (mut local, open) = by_sentence(&view, shares);
    let mut found = local.clone();
    aliases::Aliases.read(&view, &mut found);
    open.spare(&view, shares, &mut found, Some);
    let disguised = disguise::findings(&view, shares, &open);
    statistical::read(&view, shares, &local, &mut found);
    found.extend(disguised.iter().cloned());
    local.extend(disguised);
    Looked { found, local, open }
}
