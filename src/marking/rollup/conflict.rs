//! What a roll-up had to give up, and why (D.2).

use std::fmt;

use super::super::algebra::{Marking, UNCLASSIFIED_NUCLEAR};
use super::super::level::{Level, System};
use super::super::register::{Control, ControlSet};
use super::highest;

macro_rules! conflict_codes {
    ($($variant:ident = $code:literal, $section:literal, $what:literal, $fix:literal;)*) => {
        /// The conflict codes of the vector files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ConflictCode {
            $(#[doc = $what] $variant,)*
        }

        impl ConflictCode {
            /// Every code, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as written in the vector files.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The manual section of the rule.
            #[must_use]
            pub const fn section(self) -> &'static str {
                match self { $(Self::$variant => $section,)* }
            }

            /// What happened, in one sentence.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }

            /// What an author can do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$variant => $fix,)* }
            }
        }
    };
}

conflict_codes! {
    AeaOverride = "AEA_OVERRIDE", "H.6", "RD absorbed FRD, or one of them TFNI.", "nothing; the banner shows the strongest";
    ClassRestricted = "CLASS_RESTRICTED", "32 CFR 2001.54(d)", "Foreign RESTRICTED information decides the level, as CONFIDENTIAL.", "nothing; a United States banner has no RESTRICTED";
    DroppedUnclass = "DROPPED_UNCLASS", "D.2", "A control of unclassified information is left out of the banner.", "nothing; the portions keep it";
    EyesToRel = "EYES_TO_REL", "H.8", "EYES ONLY, retired in 2017, is read as REL TO.", "re-mark the portion with REL TO";
    FdrMixed = "FDR_MIXED", "D.2", "Some portions are RELIDO and others are not, so the banner is NOFORN.", "give every portion RELIDO or a REL TO list";
    FdrUnmarked = "FDR_UNMARKED", "B.3", "A portion without a release mark decided the banner's.", "give the portion a release mark";
    FgiConcealed = "FGI_CONCEALED", "H.7", "A concealed foreign source hides the list of the others.", "nothing; the list may not be shown";
    JointToUs = "JOINT_TO_US", "H.3", "Joint information stands in a United States document; its owners are shown as FGI.", "nothing; the portions keep their JOINT marks";
    NfOverrides = "NF_OVERRIDES", "D.2", "NOFORN beats a portion's release mark.", "remove the NOFORN portion to release the others";
    NodisOverExdis = "NODIS_OVER_EXDIS", "H.9", "NODIS beats EXDIS.", "nothing; the banner shows the strongest";
    OpaqueGroup = "OPAQUE_GROUP", "H.8", "A group whose members are not known did not reach the banner.", "list the countries instead, with the originator's consent";
    OrconOverUsgov = "ORCON_OVER_USGOV", "H.8", "ORCON beats ORCON-USGOV.", "nothing; the banner shows the strongest";
    RelidoPartial = "RELIDO_PARTIAL", "D.2", "RELIDO does not stand on every portion and is dropped.", "give every portion RELIDO to keep it";
    RelNarrowed = "REL_NARROWED", "D.2", "A portion may go to more countries than the banner names.", "nothing, or split the document";
    RelNoCommon = "REL_NO_COMMON", "D.2", "No country is common to all release lists, so the banner is NOFORN.", "split the document by audience";
}

impl fmt::Display for ConflictCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What gave way.
    pub code: ConflictCode,
    /// The portions, from 0 in the order given, that gave way or caused it.
    pub portions: Vec<usize>,
}

/// The portions for which `concerned` holds.
pub(super) fn places(portions: &[Marking], concerned: impl Fn(&Marking) -> bool) -> Vec<usize> {
    (0..portions.len()).filter(|&at| concerned(&portions[at])).collect()
}

/// Conflicts that the finished banner shows: controls, levels, systems and sources that it no longer has.
pub(super) fn superseded(portions: &[Marking], banner: &Marking, conflicts: &mut Vec<Conflict>) {
    let mut note = |code, concerned: &dyn Fn(&Marking) -> bool| {
        let portions = places(portions, concerned);
        if !portions.is_empty() {
            conflicts.push(Conflict { code, portions });
        }
    };
    let lost = |control| move |portion: &Marking| portion.has(control) && !banner.has(control);
    let us = banner.system == System::Us;

    let nuclear = ControlSet::of(&[Control::Rd, Control::Frd, Control::Tfni]);
    let without = |portion: &Marking| portion.controls.intersection(nuclear).without(banner.controls);
    note(ConflictCode::AeaOverride, &|portion| !without(portion).is_empty());
    note(ConflictCode::OrconOverUsgov, &lost(Control::OcUsgov));
    note(ConflictCode::NodisOverExdis, &lost(Control::Xd));
    note(ConflictCode::DroppedUnclass, &|portion| {
        let sensitive = ControlSet::of(&[Control::Sbu, Control::SbuNf]);
        let kept_in_kind = banner.controls.meets(sensitive);
        let plain = ControlSet::of(&[Control::Fouo, Control::Ds]).union(UNCLASSIFIED_NUCLEAR);
        portion.controls.intersection(plain).without(banner.controls) != ControlSet::EMPTY
            || (portion.controls.meets(sensitive) && !kept_in_kind)
    });
    note(ConflictCode::JointToUs, &|portion| us && portion.system == System::Joint);
    note(ConflictCode::FgiConcealed, &|portion| {
        let named = if portion.system == System::Us { portion.fgi } else { portion.owners.without_usa() };
        banner.has(Control::Fgi) && banner.concealed && !(named.is_empty() && portion.fgi.is_empty())
    });
    let others = highest(portions.iter().filter(|portion| portion.level != Level::Restricted));
    note(ConflictCode::ClassRestricted, &|portion| {
        us && portion.level == Level::Restricted && others < Level::Confidential
    });
}

#[cfg(test)]
mod tests {
    use super::ConflictCode;

    #[test]
    fn codes_are_in_alphabetical_order() {
        assert!(ConflictCode::ALL.iter().map(|code| code.code()).is_sorted());
    }
}
