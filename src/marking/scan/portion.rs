//! Portion marks at the start or the end of a text.

use std::ops::Range;

use super::Condition;

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
#[must_use]
pub fn leading_mark(text: &str) -> Option<MarkSite> {
    let start = text.len() - text.trim_start().len();
    let open = text[start..].chars().next()?;
    let close = closing(open)?;
    let inner = start + open.len_utf8();
    let length = text[inner..].find(close).filter(|&length| length <= LONGEST)?;
    let end = inner + length + close.len_utf8();
    let condition = condition(&text[inner..inner + length], open)?;
    Some(MarkSite { range: start..end, condition })
}

/// Does a portion mark stand at the end of `text`, white space after it allowed?
#[must_use]
pub fn trailing_mark(text: &str) -> Option<MarkSite> {
    let trimmed = text.trim_end();
    let open = trimmed.rfind(['(', '[', '{', '（', '［'])?;
    let site = leading_mark(&trimmed[open..])?;
    (open + site.range.end == trimmed.len()).then(|| MarkSite {
        range: open + site.range.start..open + site.range.end,
        condition: site.condition,
    })
}

fn closing(open: char) -> Option<char> {
    Some(match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '（' => '）',
        '［' => '］',
        _ => return None,
    })
}

fn condition(inner: &str, open: char) -> Option<Condition> {
    let levels = ["TS", "S", "C", "U", "CUI"];
    if levels.contains(&inner) || inner.contains("//") {
        let sound = open == '(' && !inner.chars().any(|c| c.is_lowercase() || !c.is_ascii());
        return Some(if sound { Condition::Sound } else { Condition::Tolerated });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_marks_and_only_marks() {
        let range = |text| leading_mark(text).map(|site| site.range);
        assert_eq!(range("(S//NF) Text"), Some(0..7));
        assert_eq!(range("  (U) Text"), Some(2..5));
        assert_eq!(range("(c) third"), None);
        assert_eq!(range("Text (U)"), None);
        assert_eq!(trailing_mark("Title (U) ").map(|site| site.range), Some(6..9));
    }
}
