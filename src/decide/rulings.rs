//! What people decided, as it bears on one report for one audience.

use std::collections::{BTreeMap, HashMap};

use super::anchors;
use super::portions::PortionDecision;
use super::{Case, Edit, Origin, Replacement};
use crate::category::Category;
use crate::decisions::{Act, Decision, Decisions, Scope, Target};
use crate::document::PortionId;
use crate::marking::register::{Control, ControlSet};
use crate::marking::{self, Answer, Marking};
use crate::policy::Audience;
use crate::rules::schema::Frame;
use crate::text::{Span, Visible, joined};

/// The place of a decision in [`Rulings`].
pub(crate) type Ruling = usize;

/// The decisions that bear on one report for one audience.
#[derive(Debug, Default)]
pub(crate) struct Rulings<'d> {
    decisions: Vec<&'d Decision>,
    source: &'d str,
    by_id: HashMap<&'d str, Ruling>,
    by_equal: HashMap<&'d str, Ruling>,
    by_portion: HashMap<&'d str, Ruling>,
    marked: Vec<Marked>,
}

/// A span that a person marked, where it stands now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marked {
    pub(super) span: Span<Visible>,
    pub(super) ruling: Ruling,
}

/// Why a decision was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// What it speaks of is not in the report any more.
    Stale,
    /// The mark that the portion was to carry cannot be read.
    Mark,
    /// The audience may not read what carries that mark.
    NotReleasable,
    /// It speaks of a hidden channel, a line of form or a marking, which no decision lets through.
    Channel,
}

impl Obstacle {
    /// In a sentence.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Stale => "what it speaks of does not stand in the report any more",
            Self::Mark => "the mark it gives is no portion mark that can be read with certainty",
            Self::NotReleasable => "this audience may not read what carries the mark it gives",
            Self::Channel => "no decision lets a hidden channel, a line of form or a marking through",
        }
    }
}

/// What was ruled on the portions of a report.
#[derive(Debug, Default)]
pub(crate) struct PortionRulings {
    /// The portions ruled on.
    pub(crate) rulings: BTreeMap<PortionId, Ruling>,
    /// Texts that stand in the place of a portion's own.
    pub(crate) texts: BTreeMap<PortionId, Replacement>,
    /// Rulings that cannot be carried out.
    pub(crate) refused: Vec<(Ruling, Obstacle)>,
}

impl<'d> Rulings<'d> {
    /// The decisions of `all` that bear on a report for an audience.
    pub(crate) fn of(case: Case<'_>, all: &'d Decisions, source: &'d str, audience: &Audience) -> Self {
        let mut rulings = Self { source, ..Self::default() };
        if all.is_empty() {
            return rulings;
        }
        rulings.decisions = all.of(source, audience.name());
        for (ruling, decision) in rulings.decisions.iter().copied().enumerate() {
            let own = decision.source == source;
            match &decision.target {
                Target::Edit { id, scope, equal } => {
                    let equal = equal.as_deref().filter(|_| *scope == Scope::Equal);
                    if let Act::Mark { span, .. } = decision.act {
                        let places = match equal {
                            Some(shared) => case.anchors.find_equal(case.document, shared, span.1 - span.0),
                            None if own => {
                                case.anchors.find_marked(case.document, id, span).into_iter().collect()
                            }
                            None => Vec::new(),
                        };
                        let segments = case.document.segments();
                        rulings.marked.extend(places.into_iter().filter_map(|place| {
                            let start = segments.to_visible(place.start());
                            let span = Span::new(start, segments.to_visible(place.end()).max(start));
                            (!span.is_empty()).then_some(Marked { span, ruling })
                        }));
                    }
                    if own {
                        rulings.by_id.insert(id, ruling);
                    }
                    if let Some(equal) = equal {
                        rulings.by_equal.insert(equal, ruling);
                    }
                }
                Target::Portion { id } if own => {
                    rulings.by_portion.insert(id, ruling);
                }
                Target::Portion { .. } => {}
            }
        }
        rulings
    }

    /// Whether nothing was decided.
    pub(crate) fn is_empty(&self) -> bool {
        self.decisions.is_empty()
    }

    /// The texts that people decided on.
    pub(crate) fn texts(&self) -> Vec<&'d str> {
        let texts = self.decisions.iter().filter_map(|decision| match &decision.act {
            Act::Reword(text) => Some(text.as_str()),
            Act::Mark { text, .. } | Act::Release { text, .. } => text.as_deref(),
            Act::Accept | Act::Reject | Act::Withhold | Act::Undo => None,
        });
        texts.map(str::trim).collect()
    }

    /// The decision behind a ruling.
    pub(crate) fn get(&self, ruling: Ruling) -> &'d Decision {
        self.decisions[ruling]
    }

    /// Who decided on a portion.
    pub(crate) fn by(&self, ruled: &PortionRulings, id: PortionId) -> Option<String> {
        ruled.rulings.get(&id).map(|&ruling| self.get(ruling).by.clone())
    }

    /// The ruling on an edit by its id, or by what equal spans share; of two, the later.
    pub(crate) fn on_edit(&self, id: &str, equal: impl FnOnce() -> String) -> Option<Ruling> {
        let own = self.by_id.get(id).copied();
        let shared =
            (!self.by_equal.is_empty()).then(|| self.by_equal.get(equal().as_str()).copied()).flatten();
        own.max(shared)
    }

    /// The decision on the whole report.
    pub(crate) fn on_report(&self, case: Case<'_>) -> Option<&'d Decision> {
        if self.by_portion.is_empty() {
            return None;
        }
        let id = case.anchors.report(case.document);
        self.by_portion.get(id.as_str()).map(|&ruling| self.get(ruling))
    }

    /// The spans that people marked.
    pub(super) fn marked(&self) -> &[Marked] {
        &self.marked
    }

    /// What a marked span reveals and what stands in its place.
    pub(super) fn mark(&self, ruling: Ruling) -> (Option<Category>, Option<&'d str>) {
        match &self.get(ruling).act {
            Act::Mark { category, text, .. } => (*category, text.as_deref()),
            _ => (None, None),
        }
    }

    /// This report's own decisions that none of the ids `seen` answers to.
    pub(crate) fn stale(&self, seen: impl Fn(&str) -> bool) -> Vec<(Ruling, Obstacle)> {
        let own = self.decisions.iter().enumerate().filter(|(_, decision)| decision.source == self.source);
        own.filter(|(ruling, decision)| {
            let found = match &decision.target {
                Target::Edit { id, equal, .. } => {
                    seen(id)
                        || equal.as_deref().is_some_and(&seen)
                        || self.marked.iter().any(|marked| marked.ruling == *ruling)
                }
                Target::Portion { id } => seen(id),
            };
            !found
        })
        .map(|(ruling, _)| (ruling, Obstacle::Stale))
        .collect()
    }

    /// Carries out what was decided on portions.
    pub(super) fn rule_portions(
        &self,
        case: Case<'_>,
        audience: &Audience,
        portions: &mut [PortionDecision],
    ) -> PortionRulings {
        let mut ruled = PortionRulings::default();
        if self.by_portion.is_empty() {
            return ruled;
        }
        for id in 0..portions.len() {
            let own = self.by_portion.get(case.anchors.portion(id)).copied();
            let holder = portions[id].inherited;
            let Some(ruling) = own.or_else(|| ruled.rulings.get(&holder?).copied()) else { continue };
            let decision = self.get(ruling);
            match &decision.act {
                Act::Withhold => {
                    portions[id].answer = Answer::No;
                    portions[id].reason = named("Withheld", decision, None);
                }
                Act::Release { mark, text, authority } => {
                    let proposed = || proposed_mark(portions[id].marking.as_ref(), audience);
                    let Some(mark) = mark.clone().or_else(proposed) else {
                        ruled.refused.push((ruling, Obstacle::Mark));
                        continue;
                    };
                    let reading = marking::parse(&mark, marking::Form::Portion);
                    if !reading.is_certain() {
                        ruled.refused.push((ruling, Obstacle::Mark));
                        continue;
                    }
                    let banner = case.marks.banner.as_ref().map(|(_, reading)| reading);
                    if marking::release(&reading, audience.readers(), banner).answer != Answer::Yes {
                        ruled.refused.push((ruling, Obstacle::NotReleasable));
                        continue;
                    }
                    let portion = &mut portions[id];
                    portion.answer = Answer::Yes;
                    portion.reason = named("Released", decision, Some(authority));
                    portion.marking = Some(reading.marking);
                    if own.is_some() {
                        portion.remark = Some(mark).filter(|mark| portion.mark.as_ref() != Some(mark));
                        if let Some(text) = text {
                            ruled.texts.insert(id, Replacement::decided(text));
                        }
                    }
                }
                Act::Accept | Act::Reject | Act::Reword(_) | Act::Mark { .. } | Act::Undo => continue,
            }
            ruled.rulings.insert(id, ruling);
        }
        ruled
    }
}

/// The sentence for a portion that a person decided on.
fn named(what: &str, decision: &Decision, authority: Option<&str>) -> String {
    let authority =
        authority.map(|authority| format!(" on the authority of {authority}")).unwrap_or_default();
    let reason = decision.reason.trim();
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    format!("{what} by {}{authority}{reason}.", decision.by)
}

/// The portion's level with a release to the audience and no other control.
pub(crate) fn proposed_mark(marking: Option<&Marking>, audience: &Audience) -> Option<String> {
    let mut mark = Marking::us(marking?.level);
    if let marking::Readers::Foreign(members) = audience.readers().readers {
        mark.rel_to = audience.listed().unwrap_or(members).with_usa();
        mark.controls = mark.controls.union(ControlSet::of(&[Control::Rel]));
    }
    Some(mark.portion())
}

/// An edit with its id, its rule and what was decided of it.
#[derive(Debug, Clone)]
pub(crate) struct Identified {
    pub(crate) edit: Edit,
    pub(crate) id: String,
    /// The finding behind it, as an index into the findings; none for mended grammar and marked spans.
    pub(crate) finding: Option<usize>,
    /// The span that a person marked, when it is one.
    pub(crate) marked: Option<Option<Category>>,
    /// Whether the gate found it in what an earlier plan left.
    pub(crate) by_gate: bool,
    pub(crate) ruling: Option<Ruling>,
}

impl Identified {
    /// Gives each edit its id and looks up what was decided of it.
    pub(super) fn all(
        case: Case<'_>,
        edits: Vec<Edit>,
        by_gate: &[(Span<Visible>, Frame)],
        rulings: &Rulings<'_>,
    ) -> Vec<Self> {
        let mut ids = anchors::Ids::default();
        let by_gate = joined(by_gate.iter().map(|(span, _)| *span).filter(|span| !span.is_empty()).collect());
        let is_by_gate = |edit: &Edit| {
            let first = by_gate.partition_point(|span| span.end() <= edit.span.start());
            by_gate.get(first).is_some_and(|span| span.overlaps(edit.span))
        };
        edits
            .into_iter()
            .map(|edit| {
                let marked = rulings.marked().iter().rev().find(|marked| marked.span.overlaps(edit.span));
                if let Some(marked) = marked {
                    let id = rulings.get(marked.ruling).target.id().to_owned();
                    let category = rulings.mark(marked.ruling).0;
                    let ruling = Some(marked.ruling);
                    return Self {
                        edit,
                        id: ids.next(id),
                        finding: None,
                        marked: Some(category),
                        by_gate: false,
                        ruling,
                    };
                }
                let finding = case.finding_of(&edit);
                let by_gate =
                    finding.is_none() && edit.replacement.origin() != Origin::Adapted && is_by_gate(&edit);
                let rule = case.rule_of(finding, by_gate);
                let words = anchors::words(case.document, &edit);
                let at = anchors::place(case.document, edit.span);
                let id = ids.next(case.anchors.change(case.document, rule, words, at));
                let ruling = rulings.on_edit(&id, || case.anchors.equal(rule, words));
                Self { edit, id, finding, marked: None, by_gate, ruling }
            })
            .collect()
    }
}
