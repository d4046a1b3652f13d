//! What can be wrong with a mark: codes, places, sections and fixes.
//!
//! A problem never quotes the mark, which may hold a codeword; it points into it. A fix consists of register words
//! and registered codes alone.

use std::fmt;
use std::ops::Range;

macro_rules! error_codes {
    ($($variant:ident = $code:literal, $section:literal, $what:literal;)*) => {
        /// The error codes of the vector files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode {
            $(#[doc = $what] $variant,)*
        }

        impl ErrorCode {
            /// Every code, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as written in the vector files.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The manual section of the general rule; a problem may name a narrower one.
            #[must_use]
            pub const fn section(self) -> &'static str {
                match self { $(Self::$variant => $section,)* }
            }

            /// What is wrong, in one sentence.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }
        }
    };
}

error_codes! {
    BareRel = "E_BARE_REL", "H.8", "REL without a list stands in a banner; only a portion may refer to the banner's list.";
    Case = "E_CASE", "D.1", "Lower-case letters stand in the mark.";
    ClassConflict = "E_CLASS_CONFLICT", "H.1", "A second level stands later in the mark.";
    ClassForm = "E_CLASS_FORM", "D.1", "The level is abbreviated in a banner or spelled out in a portion.";
    ClassMissing = "E_CLASS_MISSING", "D.1", "The mark begins with a control; the level is missing.";
    ClassUnknown = "E_CLASS_UNKNOWN", "H.1", "The mark begins with neither a level nor a control.";
    Conflict = "E_CONFLICT", "D.2", "Markings stand together that may not, or of which one supersedes the other.";
    Country = "E_COUNTRY", "H.8", "A code is not registered, or may not stand in this list.";
    Declass = "E_DECLASS", "E.3", "A declassification value stands in the mark; it belongs to the authority block.";
    Deprecated = "E_DEPRECATED", "I", "A retired form; it is read as its successor.";
    Dup = "E_DUP", "D.1", "An item is repeated.";
    Empty = "E_EMPTY", "D.1", "The text, a segment, an item or a list is empty.";
    Form = "E_FORM", "G", "The control is written in the form of another kind of mark.";
    Legacy = "E_LEGACY", "F", "A historic control that is no longer registered.";
    Level = "E_LEVEL", "H", "The control may not stand at this level.";
    Order = "E_ORDER", "D.1", "Items of a category are out of order.";
    OrderCat = "E_ORDER_CAT", "D.1", "Categories are out of order.";
    Parens = "E_PARENS", "C.1", "The portion mark is not wrapped in one pair of round brackets.";
    RelEmpty = "E_REL_EMPTY", "H.8", "REL TO lists no country beside USA.";
    RelOrder = "E_REL_ORDER", "H.8", "The list is not in order: countries, then groups, each alphabetically.";
    RelUsa = "E_REL_USA", "H.8", "REL TO does not begin with USA.";
    Requires = "E_REQUIRES", "H", "A companion that the control needs is absent.";
    Sep = "E_SEP", "D.1", "A wrong separator.";
    Space = "E_SPACE", "D.1", "A space where none may stand, or none after a comma.";
    System = "E_SYSTEM", "H.1", "A foreign, NATO or joint level lacks its leading slashes, or a United States level has them.";
    Unknown = "E_UNKNOWN", "G", "The word is not registered, or a compartment or number has a wrong shape.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One problem of one mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What rule failed.
    pub code: ErrorCode,
    /// Bytes of the mark, as it was given, that the problem is about.
    pub at: Range<usize>,
    /// The manual section of the rule.
    pub section: &'static str,
    /// What to write instead.
    pub fix: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {} ({})", self.code, self.at.start, self.code.what(), self.section)?;
        self.fix.as_ref().map_or(Ok(()), |fix| write!(f, " Fix: {fix}."))
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn codes_are_in_alphabetical_order() {
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
        assert!(codes.is_sorted());
    }
}
