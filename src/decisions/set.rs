//! The decisions in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::decision::{Act, Decision, Scope, Target};

/// The decisions in force, in the order they were made. Of several that speak of one thing, the last holds.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    all: Arc<Index>,
}

#[derive(Debug, Default)]
struct Index {
    decisions: Vec<Decision>,
    by_source: BTreeMap<String, Vec<usize>>,
    /// Those that reach beyond their own report.
    equal: Vec<usize>,
}

impl Decisions {
    /// What is in force of all that was decided. With `two_people`, what lets text through counts once two different
    /// people have decided the same.
    #[must_use]
    pub fn in_force(log: impl IntoIterator<Item = Decision>, two_people: bool) -> Self {
        let log: Vec<Decision> = log.into_iter().collect();
        let holds: BTreeSet<usize> =
            standing(&log).into_iter().filter_map(|made| holding(&log, &made, two_people)).collect();
        let kept = log.into_iter().enumerate().filter(|(at, _)| holds.contains(at));
        Self::indexed(kept.map(|(_, decision)| decision).collect())
    }

    /// What one person has decided and a second must agree to before it holds.
    #[must_use]
    pub fn waiting(log: &[Decision]) -> Vec<Decision> {
        let mut waiting: Vec<usize> = standing(log)
            .into_iter()
            .filter(|made| holding(log, made, true).is_none())
            .filter_map(|made| made.last().copied())
            .collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|at| log[at].clone()).collect()
    }

    fn indexed(decisions: Vec<Decision>) -> Self {
        let mut by_source: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut equal = Vec::new();
        for (at, decision) in decisions.iter().enumerate() {
            by_source.entry(decision.source.clone()).or_default().push(at);
            if matches!(decision.target, Target::Edit { scope: Scope::Equal, .. }) {
                equal.push(at);
            }
        }
        Self { all: Arc::new(Index { decisions, by_source, equal }) }
    }

    /// All, in the order they were made.
    #[must_use]
    pub fn all(&self) -> &[Decision] {
        &self.all.decisions
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.decisions.is_empty()
    }

    /// The reports they speak of.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.all.by_source.keys().map(String::as_str)
    }

    /// Those that may speak of a report for an audience, in the order they were made: its own, and those on equal spans.
    pub(crate) fn of(&self, source: &str, audience: &str) -> Vec<&Decision> {
        let own = self.all.by_source.get(source).map_or(&[][..], Vec::as_slice);
        let mut places: Vec<usize> = own.iter().chain(&self.all.equal).copied().collect();
        places.sort_unstable();
        places.dedup();
        let decisions = places.into_iter().map(|at| &self.all.decisions[at]);
        decisions.filter(|decision| decision.holds_for(audience)).collect()
    }

    /// Those on equal spans of which the fingerprint is not known yet.
    pub(crate) fn unsettled(&self) -> impl Iterator<Item = &Decision> {
        let decisions = self.all.equal.iter().map(|&at| &self.all.decisions[at]);
        decisions.filter(|decision| matches!(decision.target, Target::Edit { equal: None, .. }))
    }

    /// The same decisions with the fingerprints that `find` knows for a report and an edit of it.
    #[must_use]
    pub(crate) fn settled(&self, find: impl Fn(&str, &str) -> Option<String>) -> Self {
        let mut decisions = self.all.decisions.clone();
        for decision in &mut decisions {
            if let Target::Edit { id, scope: Scope::Equal, equal: equal @ None } = &mut decision.target {
                *equal = find(&decision.source, id);
            }
        }
        Self::indexed(decisions)
    }
}

/// For each thing that was decided on, what was decided and not taken back, as places in the log.
fn standing(log: &[Decision]) -> Vec<Vec<usize>> {
    let mut things: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (at, decision) in log.iter().enumerate() {
        let thing = (decision.source.as_str(), decision.audience.as_str(), decision.target.id());
        let made = things.entry(thing).or_default();
        if decision.act == Act::Undo {
            if let Some(last) = made.iter().rposition(|&earlier| log[earlier].by == decision.by) {
                made.remove(last);
            }
        } else {
            made.push(at);
        }
    }
    things.into_values().filter(|made| !made.is_empty()).collect()
}

/// The last decision on a report for an audience that a person made and has not taken back.
#[must_use]
pub fn last_of<'l>(log: &'l [Decision], source: &str, audience: &str, by: &str) -> Option<&'l Decision> {
    let own = standing(log).into_iter().flatten().filter(|&at| {
        let decision = &log[at];
        decision.source == source && decision.holds_for(audience) && decision.by == by
    });
    own.max().map(|at| &log[at])
}

/// The one of the decisions on a thing that holds: the last; where two people are asked for, the last that two have made.
fn holding(log: &[Decision], made: &[usize], two_people: bool) -> Option<usize> {
    let &last = made.last()?;
    if !two_people || !log[last].act.lets_through() {
        return Some(last);
    }
    let same = made.iter().rev().take_while(|&&at| log[at].act == log[last].act);
    let people: BTreeSet<&str> = same.map(|&at| log[at].by.trim()).collect();
    (people.len() >= 2).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(id: &str, by: &str, act: Act) -> Decision {
        Decision {
            source: "a.md".into(),
            audience: "FVEY".into(),
            target: Target::Edit { id: id.into(), scope: Scope::One, equal: None },
            act,
            by: by.into(),
            at: "2026-01-31T09:00:00Z".into(),
            reason: "known already".into(),
        }
    }

    fn acts(log: &[Decision], two_people: bool) -> Vec<Act> {
        let decisions = Decisions::in_force(log.to_vec(), two_people);
        decisions.all().iter().map(|decision| decision.act.clone()).collect()
    }

    #[test]
    fn the_last_holds_and_undo_takes_back_ones_own() {
        let mut log = vec![decision("e", "A", Act::Accept), decision("e", "B", Act::Reject)];
        assert_eq!(acts(&log, false), [Act::Reject]);
        log.push(decision("e", "A", Act::Undo));
        assert_eq!(acts(&log, false), [Act::Reject], "A takes back A's");
        log.push(decision("e", "B", Act::Undo));
        assert!(acts(&log, false).is_empty());
        log.push(decision("e", "B", Act::Undo));
        assert!(acts(&log, false).is_empty(), "nothing is left to take back");
    }

    #[test]
    fn two_people_must_agree_on_what_lets_text_through() {
        let mut log = vec![decision("e", "A", Act::Reject)];
        assert!(acts(&log, true).is_empty());
        log.push(decision("e", "A", Act::Reject));
        assert!(acts(&log, true).is_empty(), "one person twice is one person");
        log.push(decision("e", "B", Act::Reword("a man".into())));
        assert!(acts(&log, true).is_empty(), "they do not agree");
        log.push(decision("e", "A", Act::Reword("a man".into())));
        assert_eq!(Decisions::waiting(&log[..3]).len(), 1);
        assert_eq!(acts(&log, true), [Act::Reword("a man".into())]);
        assert!(Decisions::waiting(&log).is_empty());
        assert_eq!(acts(&[decision("e", "A", Act::Accept)], true), [Act::Accept]);
    }
}
