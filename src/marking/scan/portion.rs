//! Portion marks at the start or the end of a text.

use std::ops::Range;

use super::Condition;
use crate::marking::diagnostics::ErrorCode;
use crate::marking::grammar::{Form, Reading, parse};
use crate::marking::lenient::{fold, parse_lenient};
use crate::marking::register::{Control, ControlSet};

/// The place of a portion mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkSite {
    /// Bytes of the mark in the text that was searched, brackets included, white space around it not.
    pub range: Range<usize>,
    /// In what state it is.
    pub condition: Condition,
}

/// The longest mark in bytes; a bracket that closes later does not belong to one.
const LONGEST: usize = 400;

/// Does a portion mark stand at the start of `text`, white space before it allowed?
///
/// Well-formed marks, marks in square, curly or full-width brackets, in lower case, with wrong separators or
/// recognition damage are found; `(C)` before a year, `(s)`, `(b)(1)` and list letters are not.
#[must_use]
pub fn leading_mark(text: &str) -> Option<MarkSite> {
    let start = text.len() - text.trim_start_matches(is_blank).len();
    let body = &text[start..];
    let open = body.chars().next()?;
    let (length, condition) = match closing(open) {
        Some(close) => bracketed(body, open, close)?,
        None => unbracketed(body)?,
    };
    Some(MarkSite { range: start..start + length, condition })
}

/// Does a portion mark stand at the end of `text`, white space after it allowed?
#[must_use]
pub fn trailing_mark(text: &str) -> Option<MarkSite> {
    let trimmed = text.trim_end_matches(is_blank);
    let last = trimmed.chars().next_back()?;
    if !matches!(last, ')' | ']' | '}' | '）' | '］' | '｝') {
        return None;
    }
    let open = trimmed.rfind(|c| closing(c) == Some(last))?;
    if trimmed[..open].chars().next_back().is_some_and(char::is_alphanumeric) {
        return None; // a plural or a call, not a mark
    }
    let site = leading_mark(&trimmed[open..]).filter(|site| site.range.end == trimmed.len() - open)?;
    Some(MarkSite { range: open..trimmed.len(), ..site })
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')
}

fn closing(open: char) -> Option<char> {
    Some(match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '（' => '）',
        '［' => '］',
        '｛' => '｝',
        _ => return None,
    })
}

/// A mark in brackets: its length and state.
fn bracketed(body: &str, open: char, close: char) -> Option<(usize, Condition)> {
    let inner = open.len_utf8();
    let mut window = body.len().min(LONGEST);
    while !body.is_char_boundary(window) {
        window -= 1;
    }
    let Some(at) = body[inner..window].find(close) else { return unclosed(&body[..window], inner) };
    let end = inner + at + close.len_utf8();
    let mark = &body[..end];
    if is_list_letter(&body[inner..inner + at], &body[end..]) {
        return None;
    }
    let strict = (open == '(').then(|| parse(mark, Form::Portion));
    if strict.is_some_and(|reading| reading.is_certain()) {
        return Some((end, Condition::Sound));
    }
    let lenient = parse_lenient(mark);
    is_meant(&body[inner..inner + at], &lenient.reading).then_some((end, lenient.condition))
}

/// A bracket that opens and never closes, or closes with another kind: `(S//NF text`, `(S//NF] text`.
fn unclosed(body: &str, inner: usize) -> Option<(usize, Condition)> {
    let word = body[inner..].find(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '}'))?;
    let end = inner + word;
    let reading = parse(&format!("({})", fold(&body[inner..end])), Form::Portion);
    let closed = body[end..].starts_with([')', ']', '}']);
    let meant = body[inner..end].contains("//") && is_meant(&body[inner..end], &reading);
    meant.then_some((end + usize::from(closed), Condition::Damaged))
}

/// A mark that lost its brackets, or the first of them: `S//NF text`, `S//NF) text`.
fn unbracketed(body: &str) -> Option<(usize, Condition)> {
    let word = body.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(body.len());
    let text = &body[..word];
    if word > LONGEST || !text.contains("//") || !text.starts_with(|c: char| c.is_ascii_uppercase() || c == '/') {
        return None;
    }
    let reading = parse(&format!("({text})"), Form::Portion);
    let closed = body[word..].starts_with(')');
    let coded = reading.level_known && !reading.has(ErrorCode::ClassForm) && !reading.has(ErrorCode::Unknown);
    coded.then_some((word + usize::from(closed), Condition::Damaged))
}

/// `(c)`, `(s)`, `(C) 1999 Publisher`, `(b)(1)`: single letters that are something else.
fn is_list_letter(inner: &str, after: &str) -> bool {
    let mut letters = inner.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
    letter.is_lowercase() || after.starts_with(['(', '[']) || (letter == 'C' && is_copyright(after))
}

/// Whether what follows `(C)` is a copyright notice.
fn is_copyright(after: &str) -> bool {
    let after = after.trim_start();
    if after.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("copyright")) {
        return true;
    }
    let year = after.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()));
    let named = after.get(4..).unwrap_or_default().trim_start_matches([' ', ',', '.', '-', '–']);
    year.is_some_and(|year| year.starts_with("19") || year.starts_with("20"))
        && !named.starts_with(|c: char| c.is_lowercase() && !named.starts_with("by "))
}

/// Whether words in brackets, as read, are meant as a mark: a level with controls, or controls of the kind that
/// nothing else is called.
fn is_meant(inner: &str, reading: &Reading) -> bool {
    let telling = ControlSet::FDR.union(ControlSet::of(&[Control::Fouo, Control::Oc, Control::OcUsgov]));
    let controlled = reading.marking.is_controlled() || reading.bars_foreign || reading.legacy;
    let slashed = fold(inner).contains("//");
    if slashed {
        return reading.level_known || (controlled && !inner.contains(':'));
    }
    let unknown = reading.has(ErrorCode::Unknown) || reading.has(ErrorCode::ClassConflict);
    if reading.level_known {
        let worded = reading.has(ErrorCode::ClassForm) && !inner.starts_with(char::is_lowercase);
        let top = inner.starts_with("TS") && inner.len() > 2;
        return top || (!unknown && (controlled || worded || fold(inner).len() <= 3));
    }
    let told = reading.marking.controls.meets(telling);
    reading.has(ErrorCode::ClassMissing) && !unknown && told && !inner.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(text: &str) -> Option<(&str, Condition)> {
        leading_mark(text).map(|site| (&text[site.range], site.condition))
    }

    #[test]
    fn sound_marks() {
        for mark in ["(S//NF)", "(U)", "(TS//SI-G ABCD//OC/REL TO USA, FVEY)", "(//GBR S//NF)", "(CUI)", "(C)"] {
            assert_eq!(lead(&format!("  {mark} Text (U).")), Some((mark, Condition::Sound)));
        }
    }

    #[test]
    fn tolerated_marks() {
        for mark in
            ["[S//NF]", "{U}", "（S//NF）", "(s//nf)", "(S / NF)", "(S-NF)", "(SECRET)", "(S // NF)", "(ts)", "(S;NF)"]
        {
            assert_eq!(lead(&format!("{mark} Text")), Some((mark, Condition::Tolerated)), "{mark}");
        }
    }

    #[test]
    fn damaged_marks() {
        for (mark, text) in [
            ("(5//NF)", "(5//NF) Text"),
            ("(S//N0FORN)", "(S//N0FORN) Text"),
            ("(S//XYZZY)", "(S//XYZZY) Text"),
            ("(NF)", "(NF) Text"),
            ("(S//NF", "(S//NF Text without end"),
            ("(S//NF]", "(S//NF] Text"),
            ("S//NF)", "S//NF) Text"),
            ("S//NF", "S//NF Text"),
        ] {
            assert_eq!(lead(text), Some((mark, Condition::Damaged)), "{text}");
        }
    }

    #[test]
    fn what_is_no_mark() {
        for text in [
            "(C) 1998 Example Press",
            "(C) Copyright by the authors",
            "(c) the third point",
            "(s) and more",
            "(b)(1) exempt",
            "(C)(2) second rule",
            "(A) first",
            "(R) registered",
            "(c/o the embassy)",
            "(http://example.org/a)",
            "(see also //share/x)",
            "(U-2) flights",
            "Text (U)",
            "(1) one",
            "(FISA) is an act",
            "",
            "(",
        ] {
            assert_eq!(lead(text), None, "{text}");
        }
    }

    #[test]
    fn marks_at_the_end() {
        let trail = |text: &'static str| trailing_mark(text).map(|site| &text[site.range]);
        assert_eq!(trail("A title (U) "), Some("(U)"));
        assert_eq!(trail("A title [S//NF]"), Some("[S//NF]"));
        assert_eq!(trail("the report(s)"), None);
        assert_eq!(trail("item (c)"), None);
        assert_eq!(trail("A title"), None);
    }
}
