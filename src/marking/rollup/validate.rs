//! A printed banner against the computed one.

use super::super::algebra::{Marking, hierarchy};
use super::super::level::System;
use super::super::register::{CodeSet, Control, ControlSet};

/// What is wrong with a printed banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BannerFaultKind {
    /// The level is lower than that of a portion.
    TooLow,
    /// The level is higher than that of every portion; by compilation it may be, and a note must say so.
    TooHigh,
    /// A control or compartment of a portion is missing.
    Missing,
    /// A control stands in the banner that no portion gives rise to.
    Extra,
    /// The release list names someone whom a portion keeps out.
    ReleaseTooWide,
    /// The release mark is weaker than the portions demand.
    ReleaseTooWeak,
}

/// One fault of a printed banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BannerFault {
    /// What is wrong.
    pub kind: BannerFaultKind,
    /// The control concerned, where it has a fixed name.
    pub control: Option<Control>,
    /// Whether a reader could take the document for more releasable or lower than it is.
    pub severe: bool,
}

/// Compares a printed banner with the computed one, as sets.
#[must_use]
pub fn compare_banner(printed: &Marking, computed: &Marking) -> Vec<BannerFault> {
    let mut faults = Vec::new();
    let mut note = |kind, control, severe| faults.push(BannerFault { kind, control, severe });
    let (low, high) = (printed.level.in_us_terms(), computed.level.in_us_terms());
    if low < high {
        note(BannerFaultKind::TooLow, None, true);
    } else if low > high {
        note(BannerFaultKind::TooHigh, None, false);
    }
    let named = |marking: &Marking| marking.controls.without(ControlSet::FDR);
    for control in named(computed).without(printed.controls).iter() {
        note(BannerFaultKind::Missing, Some(control), false);
    }
    for control in named(printed).without(computed.controls).iter() {
        note(BannerFaultKind::Extra, Some(control), false);
    }
    let covers =
        hierarchy::covers(&printed.sci, &computed.sci) && hierarchy::covers(&printed.sap, &computed.sap);
    let owned = |marking: &Marking| marking.fgi.union(marking.owners).without_usa();
    let sources = printed.concealed || (!computed.concealed && owned(computed).is_subset(owned(printed)));
    if !covers || !sources || sigma_lost(printed, computed) {
        note(BannerFaultKind::Missing, None, false);
    }
    let wider =
        |list: CodeSet, allowed: CodeSet| !list.expanded().without_usa().is_subset(allowed.expanded());
    if printed.has(Control::Nf) || printed.bars_foreign() {
        return faults;
    }
    if wider(printed.release_list(), computed.release_list())
        || wider(printed.view_list(), computed.view_list())
    {
        note(BannerFaultKind::ReleaseTooWide, None, true);
    }
    let unopened = computed.bars_foreign()
        || (computed.has_fdr() && !printed.has_fdr())
        || (printed.has(Control::Relido) && !computed.has(Control::Relido));
    if unopened {
        note(BannerFaultKind::ReleaseTooWeak, None, true);
    }
    faults
}

fn sigma_lost(printed: &Marking, computed: &Marking) -> bool {
    let all = |marking: &Marking| marking.sigma[0] | marking.sigma[1];
    let foreign = computed.system != System::Us && printed.system != computed.system;
    all(computed) & !all(printed) != 0 && !foreign
}
