//! Tolerant reading: marks as reports carry them.
//!
//! Typography is put right without doubt: case, spaces, look-alike and invisible characters, kinds of brackets,
//! letters set apart. What is then read strictly is a *reading*. Damage by optical character recognition is never
//! put right; the nearest known marking is only suggested, and the portion stays undecided.

mod fold;
mod nearest;

pub(crate) use fold::fold;
pub use nearest::suggest;

use super::diagnostics::ErrorCode;
use super::grammar::{Form, Reading, parse};
use super::scan::Condition;

/// A tolerant reading of a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lenient {
    /// The strict reading of the text after its typography was put right.
    pub reading: Reading,
    /// As which kind of mark it was read.
    pub form: Form,
    /// How far the reading can be trusted.
    pub condition: Condition,
    /// The nearest known marking, in canonical text, when the mark is damaged and one is near.
    pub suggestion: Option<String>,
}

/// Problems that leave no doubt about what a mark says.
const HARMLESS: [ErrorCode; 15] = [
    ErrorCode::Case,
    ErrorCode::ClassForm,
    ErrorCode::Declass,
    ErrorCode::Deprecated,
    ErrorCode::Dup,
    ErrorCode::Empty,
    ErrorCode::Form,
    ErrorCode::Legacy,
    ErrorCode::Order,
    ErrorCode::OrderCat,
    ErrorCode::Parens,
    ErrorCode::RelOrder,
    ErrorCode::Sep,
    ErrorCode::Space,
    ErrorCode::System,
];

/// Reads a mark tolerantly: a portion when it stands in brackets, otherwise a banner.
#[must_use]
pub fn parse_lenient(text: &str) -> Lenient {
    let strict_form = if text.trim_start().starts_with(['(', '[', '{']) { Form::Portion } else { Form::Banner };
    let strict = parse(text, strict_form);
    if strict.is_certain() {
        return Lenient { reading: strict, form: strict_form, condition: Condition::Sound, suggestion: None };
    }
    let folded = fold(text);
    let form = if folded.starts_with(['(', '[', '{']) { Form::Portion } else { Form::Banner };
    let mut reading = parse(&folded, form);
    reading.bars_foreign |= strict.bars_foreign;
    let trusted = reading.level_known && reading.problems.iter().all(|p| HARMLESS.contains(&p.code));
    let condition = if trusted { Condition::Tolerated } else { Condition::Damaged };
    let suggestion = if trusted { None } else { suggest(&folded, form) };
    Lenient { reading, form, condition, suggestion }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Condition, String) {
        let lenient = parse_lenient(text);
        (lenient.condition, lenient.reading.marking.portion())
    }

    #[test]
    fn typography_is_put_right() {
        let secret = (Condition::Tolerated, "(S//NF)".to_owned());
        for text in [
            "(s//nf)",
            "[S//NF]",
            "{S // NF}",
            "(S\u{a0}//\u{a0}NF)",
            "（Ｓ／／ＮＦ）",
            "(\u{405}//NF)",
            "**(S/NF)**",
            "(S\u{200b}//N\u{ad}F)",
            "S E C R E T // N O F O R N",
            "S-E-C-R-E-T//NOFORN",
            "secret/noforn",
        ] {
            assert_eq!(read(text), secret, "{text}");
        }
        assert_eq!(read("(S//NF)").0, Condition::Sound);
    }

    #[test]
    fn damage_is_suggested_and_never_assumed() {
        let damaged = parse_lenient("SECRET//N0FORN");
        assert_eq!(damaged.condition, Condition::Damaged);
        assert_eq!(damaged.suggestion.as_deref(), Some("SECRET//NOFORN"));
        assert!(!damaged.reading.is_certain());
        assert_eq!(parse_lenient("(TS//S1//REL T0 USA, FVFY)").suggestion.as_deref(), Some("(TS//SI//REL TO USA, FVEY)"));
        assert_eq!(parse_lenient("(S//QWERTYUIOP)").suggestion, None);
    }
}
