//! Banner lines and page marks.

use std::ops::Range;

use super::Condition;
use crate::marking::diagnostics::ErrorCode;
use crate::marking::grammar::Reading;
use crate::marking::lenient::{Lenient, parse_lenient};
use crate::marking::level::{Level, System};
use crate::marking::register::{Control, ControlSet};

/// The place of a banner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BannerSite {
    /// Bytes of the marking itself: labels, page numbers and white space around it left out.
    pub range: Range<usize>,
    /// In what state it is.
    pub condition: Condition,
}

/// The longest banner in bytes.
const LONGEST: usize = 400;
/// The most lines that one banner spreads over.
const MOST_LINES: usize = 4;

/// Labels before a banner, in capitals.
const LABELS: [&str; 8] = [
    "OVERALL CLASSIFICATION",
    "ORIGINAL CLASSIFICATION",
    "DOCUMENT CLASSIFICATION",
    "CLASSIFICATION LEVEL",
    "CLASSIFIED MESSAGE",
    "CLASSIFICATION",
    "MARKING",
    "BANNER",
];

/// Is the whole of `line` a banner or page mark? Emphasis must already be stripped, but for what stands at the
/// line's edges. Labels ("Classification: ...") and page numbers may stand beside it.
///
/// White space in the line may hold line ends, so that a banner over several lines can be asked for as one.
#[must_use]
pub fn banner_line(line: &str) -> Option<BannerSite> {
    if line.len() > LONGEST {
        return None;
    }
    let (range, labelled) = core(line);
    let text = &line[range.clone()];
    if text.is_empty() || text.starts_with(['(', '[', '{']) {
        return None;
    }
    let lenient = parse_lenient(text);
    is_meant(text, &lenient, labelled).then_some(BannerSite { range, condition: lenient.condition })
}

/// Does `text` begin with a banner, perhaps over several lines? The longest one counts. A banner goes on when its
/// line ends in a separator or the next begins with one.
#[must_use]
pub fn banner_block(text: &str) -> Option<BannerSite> {
    let mut found = None;
    let mut end = 0;
    for _ in 0..MOST_LINES {
        end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        found = banner_line(&text[..end]).or(found);
        let open = text[..end].trim_end().ends_with(['/', ',']);
        let next = text[end..].trim_start_matches(['\r', '\n', ' ', '\t']);
        if end == text.len() || !(open || next.starts_with("//")) {
            break;
        }
        end += 1;
    }
    found
}

/// The part of a line that may be a banner, and whether a label stands before it.
fn core(line: &str) -> (Range<usize>, bool) {
    let edge = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '#' | '=' | '~' | '|' | '>' | '-' | '.' | ',' | ':' | '•');
    let (mut start, mut end, mut labelled) = (0, line.len(), false);
    loop {
        let body = &line[start..end];
        let front = body.len() - body.trim_start_matches(edge).len();
        let back = body.trim_start_matches(edge).len() - body.trim_matches(edge).len();
        let inner = &line[start + front..end - back];
        let label = label_length(inner);
        let (before, after) = page_numbers(&inner[label..]);
        labelled |= label > 0;
        start += front + label + before;
        end -= back + after;
        if front + back + label + before + after == 0 {
            return (start..end, labelled);
        }
    }
}

/// The length of a label at the start, its colon included.
fn label_length(text: &str) -> usize {
    let label = LABELS.iter().find(|label| text.get(..label.len()).is_some_and(|head| head.eq_ignore_ascii_case(label)));
    let Some(label) = label else { return 0 };
    let rest = &text[label.len()..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\t', ':']).len();
    let upper = text.starts_with(label);
    if rest.trim_start().starts_with(':') || (upper && gap > 0) { label.len() + gap } else { 0 }
}

/// Lengths of page numbers at the start and the end: `Page 3 of 7`, `3/7`, `- 3 -`.
fn page_numbers(text: &str) -> (usize, usize) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_number = |word: &&str| {
        word.len() <= 4 && word.starts_with(|c: char| c.is_ascii_digit()) && word.bytes().all(|b| b.is_ascii_digit() || b == b'/')
    };
    let is_page = |word: &&str| word.eq_ignore_ascii_case("page") || word.eq_ignore_ascii_case("of") || is_number(word);
    let front = words.iter().take_while(|word| is_page(word)).count();
    let back = words.iter().rev().take_while(|word| is_page(word)).count();
    if front == words.len() {
        return (0, 0);
    }
    let at = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let before = words.get(front).map_or(0, |word| at(word));
    let after = words.get(words.len() - back.max(1)).filter(|_| back > 0).map_or(0, |word| text.len() - at(word));
    (before, after)
}

/// Whether the words, as read, are meant as a banner.
fn is_meant(text: &str, lenient: &Lenient, labelled: bool) -> bool {
    let reading = &lenient.reading;
    let capital = !text.chars().any(char::is_lowercase);
    let slashed = text.contains("//");
    let unknown = [ErrorCode::Unknown, ErrorCode::ClassConflict, ErrorCode::Country].iter().any(|&c| reading.has(c));
    let controlled = !reading.marking.controls.without(ControlSet::of(&[Control::Cui])).is_empty();
    if !reading.level_known {
        let telling = reading.bars_foreign || reading.legacy || reading.marking.has(Control::Fouo);
        let damaged = lenient.suggestion.as_deref().is_some_and(|s| is_level_misread(text, s));
        return capital && ((slashed && controlled) || (!unknown && telling && !reading.has(ErrorCode::ClassUnknown)) || damaged);
    }
    let abbreviated = reading.has(ErrorCode::ClassForm);
    let separated = text.contains(['/', '-']);
    let few = text.split_whitespace().count() <= 6;
    if abbreviated {
        return (slashed && !unknown && controlled) || (labelled && !unknown);
    }
    if unknown {
        return (capital && separated && few) || slashed;
    }
    let cui = reading.marking.system == System::Cui;
    if cui && reading.has(ErrorCode::Sep) {
        return false; // "controlled" is an ordinary word
    }
    capital || slashed || labelled || (!cui && is_level_alone(reading) && few)
}

fn is_level_alone(reading: &Reading) -> bool {
    !reading.marking.is_controlled() && !reading.has(ErrorCode::Sep)
}

/// A single level word that recognition damaged: `SECRETI`, `C0NFIDENTIAL`.
fn is_level_misread(text: &str, suggestion: &str) -> bool {
    Level::ALL.iter().any(|level| level.word() == suggestion)
        && !text.contains(' ')
        && (text.bytes().any(|b| b.is_ascii_digit()) || text.strip_suffix(['I', 'L', '!', '|']) == Some(suggestion))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner(line: &str) -> Option<(&str, Condition)> {
        banner_line(line).map(|site| (&line[site.range], site.condition))
    }

    #[test]
    fn sound_banners() {
        for text in ["SECRET", "TOP SECRET//SI/TK//NOFORN", "//JOINT SECRET CAN USA//REL TO USA, CAN", "CUI", "//NATO SECRET"] {
            assert_eq!(banner(text), Some((text, Condition::Sound)));
            for around in ["  {}  ", "**{}**", "Page 3 of 7   {}", "{} 3", "- {} -", "CLASSIFICATION: {}", "# {}"] {
                let line = around.replace("{}", text);
                assert_eq!(banner_line(&line).map(|site| line[site.range].to_owned()), Some(text.to_owned()), "{line}");
            }
        }
    }

    #[test]
    fn tolerated_and_damaged_banners() {
        for text in ["SECRET NOFORN", "Secret//NOFORN", "S E C R E T", "S-E-C-R-E-T", "SECRET EYES ONLY", "Confidential", "SECRET/NOFORN", "TS//NOFORN"] {
            assert_eq!(banner(text), Some((text, Condition::Tolerated)), "{text}");
        }
        for text in ["SECRET//FOOBAR", "SECRET//N0FORN", "SECRT//NOFORN", "NO FOREIGN DISSEM", "NOFORN/CONTINUED CONTROL", "SECRETI"] {
            assert_eq!(banner(text), Some((text, Condition::Damaged)), "{text}");
        }
        assert_eq!(banner("Classification: Secret"), Some(("Secret", Condition::Tolerated)));
    }

    #[test]
    fn what_is_no_banner() {
        for text in [
            "SECRET MEETINGS WERE HELD",
            "Secret meetings were held in the town.",
            "The Secret Garden",
            "(U) A portion",
            "FISA",
            "SECRETS",
            "Classification of rocks",
            "CONTROLLED BURNS",
            "S",
            "C",
            "http://example.org//x",
            "---",
            "3",
            "",
        ] {
            assert_eq!(banner(text), None, "{text}");
        }
    }

    #[test]
    fn banners_over_several_lines() {
        let block = |text: &'static str| banner_block(text).map(|site| &text[site.range]);
        assert_eq!(block("TOP SECRET//SI\n//NOFORN\n\nText"), Some("TOP SECRET//SI\n//NOFORN"));
        assert_eq!(block("SECRET//REL TO USA,\nFVEY\nText here"), Some("SECRET//REL TO USA,\nFVEY"));
        assert_eq!(block("SECRET\nSECRET\n"), Some("SECRET"));
        assert_eq!(block("Text\nSECRET"), None);
    }
}
