//! Classification levels and the systems they belong to.

/// A classification level, lowest first.
///
/// `Restricted` exists for foreign and NATO information alone; in a United States banner it counts as
/// `Confidential` (32 CFR 2001.54(d)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// UNCLASSIFIED.
    Unclassified,
    /// RESTRICTED, foreign and NATO only.
    Restricted,
    /// CONFIDENTIAL.
    Confidential,
    /// SECRET.
    Secret,
    /// TOP SECRET.
    TopSecret,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 5] =
        [Self::Unclassified, Self::Restricted, Self::Confidential, Self::Secret, Self::TopSecret];

    /// The portion code: `U`, `R`, `C`, `S`, `TS`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unclassified => "U",
            Self::Restricted => "R",
            Self::Confidential => "C",
            Self::Secret => "S",
            Self::TopSecret => "TS",
        }
    }

    /// The banner word, in full as H.1 demands.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unclassified => "UNCLASSIFIED",
            Self::Restricted => "RESTRICTED",
            Self::Confidential => "CONFIDENTIAL",
            Self::Secret => "SECRET",
            Self::TopSecret => "TOP SECRET",
        }
    }

    /// The NATO portion code (G.1).
    #[must_use]
    pub const fn nato_code(self) -> &'static str {
        match self {
            Self::Unclassified => "NU",
            Self::Restricted => "NR",
            Self::Confidential => "NC",
            Self::Secret => "NS",
            Self::TopSecret => "CTS",
        }
    }

    /// The NATO banner words (G.1).
    #[must_use]
    pub const fn nato_words(self) -> &'static str {
        match self {
            Self::Unclassified => "NATO UNCLASSIFIED",
            Self::Restricted => "NATO RESTRICTED",
            Self::Confidential => "NATO CONFIDENTIAL",
            Self::Secret => "NATO SECRET",
            Self::TopSecret => "COSMIC TOP SECRET",
        }
    }

    /// Whether information at this level is classified.
    #[must_use]
    pub const fn is_classified(self) -> bool {
        !matches!(self, Self::Unclassified)
    }

    /// The level in a United States marking.
    #[must_use]
    pub const fn in_us_terms(self) -> Self {
        match self {
            Self::Restricted => Self::Confidential,
            level => level,
        }
    }

    /// This level's bit in a set of levels.
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Reads a portion code.
    pub(super) fn from_code(text: &str) -> Option<Self> {
        Some(match text.as_bytes() {
            b"U" => Self::Unclassified,
            b"R" => Self::Restricted,
            b"C" => Self::Confidential,
            b"S" => Self::Secret,
            b"TS" => Self::TopSecret,
            _ => return None,
        })
    }

    /// Reads a banner word.
    #[must_use]
    pub fn from_word(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == text)
    }
}

/// Whose information a marking speaks of. United States, foreign and joint levels exclude each other in one
/// mark (H.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum System {
    /// Controlled unclassified information.
    Cui,
    /// United States classification.
    Us,
    /// Foreign government information under its owners' marking.
    Foreign,
    /// NATO information.
    Nato,
    /// Owned jointly with the listed countries.
    Joint,
}

impl System {
    /// The name used in the vector files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cui => "CUI",
            Self::Us => "US",
            Self::Foreign => "FGI",
            Self::Nato => "NATO",
            Self::Joint => "JOINT",
        }
    }
}
