//! The value that banners and portion marks alike are read into.

use super::names::Names;
use crate::marking::level::{Level, System};
use crate::marking::register::{AEA, CodeSet, Control, ControlSet, DISSEM, NATO, NON_IC};

/// A classification and control marking, whichever way it was written.
///
/// Lists are sets and print in canonical order. A value read from a mark that the strict grammar rejects holds what
/// could be read; [`crate::marking::Reading`] says what could not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Marking {
    /// Whose marking it is.
    pub system: System,
    /// The level.
    pub level: Level,
    /// Every control with a fixed name, and the rule rows of the compartments in `sci`.
    pub controls: ControlSet,
    /// Owners of foreign, NATO and joint information; the United States included for joint.
    pub owners: CodeSet,
    /// Foreign sources acknowledged in a United States or joint mark.
    pub fgi: CodeSet,
    /// Whether the foreign owner or source may not be named.
    pub concealed: bool,
    /// The countries of REL TO, the United States included.
    pub rel_to: CodeSet,
    /// The countries of DISPLAY ONLY.
    pub display_only: CodeSet,
    /// The countries of EYES ONLY, the United States included.
    pub eyes: CodeSet,
    /// Control systems with compartments.
    pub sci: Names,
    /// Special access programs with compartments.
    pub sap: Names,
    /// Categories of controlled unclassified information, Specified first.
    pub cui: Names,
    /// SIGMA numbers under RD, then under FRD: bit n is number n.
    pub sigma: [u32; 2],
}

impl Marking {
    /// A United States marking of `level` without controls.
    #[must_use]
    pub fn us(level: Level) -> Self {
        Self {
            system: System::Us,
            level,
            controls: ControlSet::EMPTY,
            owners: CodeSet::default(),
            fgi: CodeSet::default(),
            concealed: false,
            rel_to: CodeSet::default(),
            display_only: CodeSet::default(),
            eyes: CodeSet::default(),
            sci: Names::default(),
            sap: Names::default(),
            cui: Names::default(),
            sigma: [0; 2],
        }
    }

    /// Whether `control` stands in the mark.
    #[must_use]
    pub fn has(&self, control: Control) -> bool {
        self.controls.has(control)
    }

    /// Whether a foreign disclosure and release mark stands in it (B.3); `SBU-NF` and `LES-NF` count as NOFORN.
    #[must_use]
    pub fn has_fdr(&self) -> bool {
        self.controls.meets(ControlSet::FDR.union(ControlSet::of(&[Control::SbuNf, Control::LesNf])))
    }

    /// Whether it bars foreign nationals by itself.
    #[must_use]
    pub fn bars_foreign(&self) -> bool {
        self.controls.meets(ControlSet::NO_FOREIGN)
    }

    /// Whether REL or EYES stands without a list: the banner's list is meant (H.8).
    #[must_use]
    pub fn inherits_list(&self) -> bool {
        (self.has(Control::Rel) && self.rel_to.is_empty())
            || (self.has(Control::Eyes) && self.eyes.is_empty())
    }

    /// Whether a joint mark leaves its owners to the banner (H.3).
    #[must_use]
    pub fn inherits_owners(&self) -> bool {
        self.system == System::Joint && self.owners.is_empty()
    }

    /// The countries it is released to, the United States aside: REL TO or EYES ONLY, groups not expanded.
    #[must_use]
    pub fn release_list(&self) -> CodeSet {
        self.rel_to.union(self.eyes).without_usa()
    }

    /// Whether the information, or part of it, is a foreign government's or NATO's.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.system > System::Us || self.has(Control::Fgi) || self.controls.meets(NATO)
    }

    /// Whether it is United States information, UNCLASSIFIED, with no control of any kind.
    #[must_use]
    pub fn is_plain_unclassified(&self) -> bool {
        self.system == System::Us && self.level == Level::Unclassified && !self.is_controlled()
    }

    /// Whether any control stands beside the level.
    #[must_use]
    pub fn is_controlled(&self) -> bool {
        !self.controls.is_empty()
    }

    /// Whether a control other than compartments and release marks stands in it (B.3): with no release mark the
    /// portion is then *caveated*.
    #[must_use]
    pub fn is_caveated(&self) -> bool {
        let caveats = AEA.union(DISSEM.without(ControlSet::FDR)).union(NON_IC);
        !self.has_fdr() && (self.has(Control::Sar) || self.controls.meets(caveats))
    }

    /// The NATO controls that follow a NATO level.
    #[must_use]
    pub fn nato_controls(&self) -> ControlSet {
        if self.system == System::Nato { self.controls.intersection(NATO) } else { ControlSet::EMPTY }
    }
}
