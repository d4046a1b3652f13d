//! Answers and reasons, with the sentences that explain them.

use std::fmt;

/// May it be released?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// No.
    No,
    /// A person must ask the originator or a disclosure officer.
    Originator,
    /// Yes.
    Yes,
}

impl Answer {
    /// The word of the vector files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Originator => "originator",
            Self::Yes => "yes",
        }
    }

    pub(super) const fn verdict(self) -> &'static str {
        match self {
            Self::No => "Not releasable to this audience:",
            Self::Originator => "Refer to the originator or a foreign disclosure officer:",
            Self::Yes => "Releasable to this audience:",
        }
    }
}

macro_rules! reasons {
    ($($variant:ident = $code:literal, $because:literal;)*) => {
        /// The row of the table that answered.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $(#[doc = $because] $variant,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code of the vector files.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The reason as a clause with its manual section.
            #[must_use]
            pub const fn because(self) -> &'static str {
                match self { $(Self::$variant => $because,)* }
            }
        }
    };
}

reasons! {
    AudienceUnknown = "AUDIENCE_UNKNOWN", "a code of the audience is not registered.";
    NoForeign = "NOFORN", "the portion is marked as not releasable to foreign nationals (H.8, H.9).";
    Legacy = "LEGACY", "the portion carries a historic control whose release only its originator can settle (F).";
    Aea = "AEA", "Restricted Data and Formerly Restricted Data go abroad only under a sharing agreement, which a REL TO list would show (H.6).";
    Invalid = "INVALID", "the mark has errors, so what it means is not certain (D.1).";
    Rsv = "RSV", "RESERVE information may not be sourced without its originator (H.4).";
    StateDist = "STATE_DIST", "the State Department controls each copy of EXDIS and NODIS information (H.9).";
    RawFisa = "RAWFISA", "unevaluated FISA information is shared only by its originator (ISM).";
    Orcon = "ORCON", "sharing needs the originator's advance consent, a REL TO list notwithstanding (H.8).";
    UsOnly = "US_ONLY", "the audience is the United States Government alone.";
    Propin = "PROPIN", "proprietary information needs its owner's consent (H.8).";
    Sap = "SAP", "a special access program decides on its own readers (H.5).";
    CuiLimit = "CUI_LDC", "the limited dissemination control keeps it to federal employees, or them and their contractors (CUI).";
    CuiOriginator = "CUI_ORIG", "controlled unclassified information without a release list needs the designating agency (CUI).";
    RelUnresolved = "REL_UNRESOLVED", "the mark refers to the banner's release list, and there is none (H.8).";
    RelTo = "REL_TO", "the release list covers every member of the audience (H.8).";
    Eyes = "EYES", "the EYES ONLY list, now REL TO, covers every member of the audience (H.8).";
    Relido = "RELIDO", "an information disclosure official may decide on release (H.8).";
    OpaqueGroup = "OPAQUE_GROUP", "the release list names a group whose members are not known (H.8).";
    DisplayOnly = "DISPLAY_ONLY", "it may be shown but no copy may be left (H.8).";
    RelNotListed = "REL_NOT_LISTED", "the release list does not cover every member of the audience, and REL TO bars everyone it does not list (H.8).";
    FgiThirdParty = "FGI_THIRD_PARTY", "foreign government information without a release mark needs the consent of the government that gave it, even to go back to it (H.7).";
    NonIcOriginator = "NONIC_ORIG", "a department outside the intelligence community controls it (H.9).";
    Banner = "BANNER", "controlled unclassified text without a release mark of its own follows the banner (B.3).";
    Unmarked = "UNMARKED", "the portion has no foreign disclosure or release mark (B.3).";
    Unclass = "UNCLASS", "the portion is UNCLASSIFIED and carries no control.";
    UsLe = "US_LE", "the portion is UNCLASSIFIED and nothing on it bars state and local police.";
    UsLeControl = "US_LE_CONTROL", "a control on the portion is not one that state and local police may rely on.";
    UsLeLevel = "US_LE_LEVEL", "classified information does not go to state and local police networks.";
    Public = "PUBLIC", "the portion is UNCLASSIFIED and carries no control.";
    PublicControl = "PUBLIC_CONTROL", "a control on the portion keeps it from the public until its originator lifts it.";
    PublicLevel = "PUBLIC_LEVEL", "classified and controlled unclassified information does not go to the public.";
    LevelCeiling = "LEVEL_CEILING", "the level is above what policy allows this audience.";
    CompartmentCeiling = "COMPARTMENT_CEILING", "a compartment is not among those policy allows this audience.";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
