//! The table of section 9: rows 1 to 27, for the United States Government and for audiences abroad.

use super::super::algebra::{Marking, UNCLASSIFIED_NUCLEAR};
use super::super::grammar::Reading;
use super::super::register::{CodeSet, Control, ControlSet, NON_IC};
use super::{Answer, Decision, Reason};

const RESTRICTED_DATA: ControlSet = ControlSet::of(&[Control::Rd, Control::Frd]);
const RELEASED: ControlSet = ControlSet::of(&[Control::Rel, Control::Eyes]);
const STATE: ControlSet = ControlSet::of(&[Control::Xd, Control::Nd]);
const FEDERAL: ControlSet = ControlSet::of(&[Control::FedOnly, Control::Fedcon]);

/// Rows 2 to 9.
pub(super) fn within_government(portion: &Reading) -> Decision {
    let marking = &portion.marking;
    let state = marking.controls.meets(STATE).then_some(Decision::new(Answer::Originator, Reason::StateDist));
    certain(portion)
        .err()
        .or_else(|| reserve(marking))
        .or(state)
        .or_else(|| originator_always(marking))
        .unwrap_or(Decision::new(Answer::Yes, Reason::UsOnly))
}

/// Rows 2 and 4: what the mark says must be certain.
fn certain(portion: &Reading) -> Result<(), Decision> {
    if portion.legacy {
        return Err(Decision::new(Answer::Originator, Reason::Legacy));
    }
    if !portion.is_certain() {
        return Err(Decision::new(Answer::Originator, Reason::Invalid));
    }
    Ok(())
}

/// Row 5.
fn reserve(marking: &Marking) -> Option<Decision> {
    marking.has(Control::Rsv).then_some(Decision::new(Answer::Originator, Reason::Rsv))
}

/// Rows 7 and 8.
fn originator_always(marking: &Marking) -> Option<Decision> {
    let rows = [(Control::Rawfisa, Reason::RawFisa), (Control::Oc, Reason::Orcon)];
    let row = rows.into_iter().find(|(control, _)| marking.has(*control));
    row.map(|(_, reason)| Decision::new(Answer::Originator, reason))
}

/// The whole table for an audience with foreign members.
pub(super) fn abroad(portion: &Reading, members: CodeSet, banner: Option<&Reading>) -> Decision {
    let marking = &portion.marking;
    if portion.bars_foreign {
        return Decision::new(Answer::No, Reason::NoForeign); // 1
    }
    if portion.legacy {
        return Decision::new(Answer::Originator, Reason::Legacy); // 2
    }
    if marking.controls.meets(RESTRICTED_DATA) && !marking.controls.meets(RELEASED) {
        return Decision::new(Answer::No, Reason::Aea); // 3
    }
    certain(portion) // 4
        .err()
        .or_else(|| reserve(marking)) // 5
        .or_else(|| originator_always(marking)) // 7, 8
        .or_else(|| controlled(marking)) // 10 to 14
        .or_else(|| listed(marking, members, banner)) // 15 to 20
        .unwrap_or_else(|| unlisted(marking, members, banner)) // 21 to 27
}

/// Rows 10 to 14: controls that a release list does not outweigh.
fn controlled(marking: &Marking) -> Option<Decision> {
    let originator = |reason| Some(Decision::new(Answer::Originator, reason));
    if marking.has(Control::OcUsgov) {
        originator(Reason::Orcon)
    } else if marking.has(Control::Pr) {
        originator(Reason::Propin)
    } else if marking.has(Control::Sar) {
        originator(Reason::Sap)
    } else if marking.controls.meets(FEDERAL) {
        Some(Decision::new(Answer::No, Reason::CuiLimit))
    } else if marking.has(Control::Cui) && !marking.controls.meets(LISTS) {
        originator(Reason::CuiOriginator)
    } else {
        None
    }
}

const LISTS: ControlSet = ControlSet::of(&[Control::Rel, Control::Eyes, Control::Display]);

/// Rows 15 to 20: marks with REL TO or EYES ONLY.
fn listed(marking: &Marking, members: CodeSet, banner: Option<&Reading>) -> Option<Decision> {
    if !marking.controls.meets(RELEASED) {
        return None;
    }
    let usable = banner.filter(|banner| banner.is_certain()).map(|banner| &banner.marking);
    let lifted = marking.with_list_of(usable);
    let list = lifted.release_list();
    if lifted.inherits_list() {
        return Some(Decision::new(Answer::Originator, Reason::RelUnresolved)); // 15
    }
    let uncovered = members.difference(list.expanded());
    if uncovered.is_empty() {
        let reason = if lifted.rel_to.is_empty() { Reason::Eyes } else { Reason::RelTo };
        return Some(Decision { recent: recent(members, list), ..Decision::new(Answer::Yes, reason) }); // 16
    }
    let shown = list.union(lifted.display_only).expanded();
    let (answer, reason) = if lifted.has(Control::Relido) {
        (Answer::Originator, Reason::Relido) // 17
    } else if !list.opaque().is_empty() {
        (Answer::Originator, Reason::OpaqueGroup) // 18
    } else if members.is_subset(shown) {
        (Answer::No, Reason::DisplayOnly) // 19
    } else {
        (Answer::No, Reason::RelNotListed) // 20
    };
    Some(Decision { uncovered, ..Decision::new(answer, reason) })
}

/// Members that only a group covers, and that joined it lately.
fn recent(members: CodeSet, list: CodeSet) -> CodeSet {
    let groups = list.groups();
    let (late, settled) = groups.iter().fold((CodeSet::default(), list), |(late, settled), group| {
        let recent = group.recent_members();
        (late.union(recent), settled.union(group.members().difference(recent)))
    });
    members.intersection(late).difference(settled)
}

/// Rows 21 to 27: marks without a release list.
fn unlisted(marking: &Marking, members: CodeSet, banner: Option<&Reading>) -> Decision {
    let departmental = NON_IC.union(UNCLASSIFIED_NUCLEAR).union(ControlSet::of(&[Control::Dsen]));
    let (answer, reason) = if marking.has(Control::Relido) {
        (Answer::Originator, Reason::Relido) // 21
    } else if marking.has(Control::Display) {
        (Answer::No, Reason::DisplayOnly) // 22
    } else if marking.is_foreign() {
        (Answer::Originator, Reason::FgiThirdParty) // 23
    } else if marking.is_classified() {
        (Answer::Originator, Reason::Unmarked) // 27
    } else if marking.controls.meets(departmental) {
        (Answer::Originator, Reason::NonIcOriginator) // 24
    } else if marking.is_controlled() {
        return by_banner(members, banner); // 25
    } else {
        (Answer::Yes, Reason::Unclass) // 26
    };
    Decision::new(answer, reason)
}

/// Row 25: FOUO and FISA follow the banner.
fn by_banner(members: CodeSet, banner: Option<&Reading>) -> Decision {
    let unmarked = Decision::new(Answer::Originator, Reason::Unmarked);
    let Some(banner) = banner else { return unmarked };
    if banner.bars_foreign {
        return Decision::new(Answer::No, Reason::Banner);
    }
    let list = banner.marking.release_list();
    if !banner.is_certain() || list.is_empty() {
        return unmarked;
    }
    let uncovered = members.difference(list.expanded());
    let answer = if uncovered.is_empty() { Answer::Yes } else { Answer::No };
    Decision { uncovered, ..Decision::new(answer, Reason::Banner) }
}
