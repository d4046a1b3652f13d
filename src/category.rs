//! The thirteen kinds of sensitive span, as the annotation guide defines them.

use std::fmt;
use std::str::FromStr;

macro_rules! categories {
    ($($variant:ident = $id:literal, $covers:literal;)*) => {
        /// What a sensitive span reveals. The set is closed: each consumer matches it exhaustively.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "lowercase")]
        pub enum Category {
            $(#[doc = $covers] $variant,)*
        }

        impl Category {
            /// Every category, in the order of the annotation guide.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The id used in rules, records, gold files and output.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// What the category covers, in one line.
            #[must_use]
            pub const fn covers(self) -> &'static str {
                match self { $(Self::$variant => $covers,)* }
            }
        }

        impl FromStr for Category {
            type Err = UnknownCategory;

            fn from_str(id: &str) -> Result<Self, UnknownCategory> {
                match id { $($id => Ok(Self::$variant),)* _ => Err(UnknownCategory) }
            }
        }
    };
}

categories! {
    Humint = "humint", "A human source: existence, identity, access, motive, reliability, handling.";
    Sigint = "sigint", "Interception or processing of communications or emissions.";
    Geoint = "geoint", "Imagery and its sensors, their times, quality and interpreters.";
    Masint = "masint", "Measurement and signature collection.";
    Technical = "technical", "Close-access devices and surveillance.";
    Cyber = "cyber", "Computer network operations as collectors.";
    Liaison = "liaison", "A foreign government, service or partner as provider.";
    Personnel = "personnel", "Officers and the organisation of collection.";
    Operational = "operational", "When, where and how collection took place; plans, gaps and requirements.";
    Identifier = "identifier", "Serials and handles that lead back.";
    Codeword = "codeword", "Compartments, cryptonyms, cover terms.";
    Sourcing = "sourcing", "Statements about the source base rather than the finding.";
    Marking = "marking", "Control markings that may not appear at the audience's level.";
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The text is not the id of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown category; known are humint, sigint, geoint, masint, technical, cyber, liaison, personnel, operational, identifier, codeword, sourcing, marking"
)]
pub struct UnknownCategory;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        for &category in Category::ALL {
            assert_eq!(category.id().parse(), Ok(category));
        }
        assert_eq!("HUMINT".parse::<Category>(), Err(UnknownCategory));
    }
}
