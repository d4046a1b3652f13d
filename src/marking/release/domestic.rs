//! Domestic audiences [policy]: state and local police, and the public.

use super::super::algebra::Marking;
use super::super::grammar::Reading;
use super::super::level::System;
use super::super::register::{Control, ControlSet};
use super::{Answer, Decision, Reason};

/// Controls that do not keep a portion from state and local police.
const POLICE_MAY_READ: ControlSet =
    ControlSet::of(&[Control::Fouo, Control::Les, Control::LesNf, Control::Ssi]);

/// Limited dissemination controls that bar readers outside the federal government or a named list.
const BARS_POLICE: ControlSet =
    ControlSet::of(&[Control::FedOnly, Control::Fedcon, Control::DlOnly, Control::Ac, Control::Awp]);

pub(super) fn law_enforcement(portion: &Reading) -> Decision {
    let marking = &portion.marking;
    if !portion.is_certain() {
        Decision::new(Answer::Originator, Reason::Invalid)
    } else if marking.is_classified() {
        Decision::new(Answer::No, Reason::UsLeLevel)
    } else if may_go_to_police(marking) {
        Decision::new(Answer::Yes, Reason::UsLe)
    } else {
        Decision::new(Answer::Originator, Reason::UsLeControl)
    }
}

fn may_go_to_police(marking: &Marking) -> bool {
    match marking.system {
        System::Cui => !marking.controls.meets(BARS_POLICE),
        System::Us => marking.controls.without(POLICE_MAY_READ).is_empty(),
        System::Foreign | System::Nato | System::Joint => false,
    }
}

pub(super) fn public(portion: &Reading) -> Decision {
    let marking = &portion.marking;
    if !portion.is_certain() {
        Decision::new(Answer::Originator, Reason::Invalid)
    } else if marking.is_classified() || marking.has(Control::Cui) {
        Decision::new(Answer::No, Reason::PublicLevel)
    } else if marking.is_plain_unclassified() {
        Decision::new(Answer::Yes, Reason::Public)
    } else {
        Decision::new(Answer::Originator, Reason::PublicControl)
    }
}
