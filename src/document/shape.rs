//! Marks and banners of the usual shape, told from text without reading what they say.
//!
//! Reading a mark costs more than parsing the paragraph behind it, and all that matters here is where it ends. What has
//! the usual shape is a mark for the grammar too; only the rest is asked of it.

use crate::marking::{BannerSite, Condition, MarkSite, banner_block, leading_mark, trailing_mark};

/// The longest mark of the usual shape, in bytes.
const LONGEST_MARK: usize = 200;
/// The longest level in small letters, brackets included.
const LONGEST_LEVEL: usize = 16;
/// Banners are short; longer lines are text.
const LONGEST_BANNER: usize = 300;
/// The longest line in small letters that may be a banner.
const LONGEST_SMALL: usize = 60;

/// The longest line in capitals without a separator that may be a banner.
const LONGEST_PLAIN: usize = 100;

/// First words of banners and their labels that are told in small letters too.
const SMALL: [&str; 11] = [
    "top",
    "secret",
    "confidential",
    "unclassified",
    "restricted",
    "classification",
    "overall",
    "original",
    "document",
    "page",
    "banner",
];
/// Levels as portion marks begin with them.
const CODES: [&[u8]; 4] = [b"U", b"S", b"C", b"TS"];
/// Levels as banners begin with them.
const LEVELS: [&str; 4] = ["TOP SECRET", "SECRET", "CONFIDENTIAL", "UNCLASSIFIED"];
/// How banners begin, level or label or control, damaged or spaced out; three letters tell enough.
const BEGINNINGS: [&[u8; 3]; 43] = [
    b"TOP", b"SEC", b"CON", b"UNC", b"RES", b"OFF", b"CUI", b"COS", b"NAT", b"NOF", b"FOU", b"LIM", b"SEN",
    b"CLA", b"OVE", b"ORI", b"DOC", b"BAN", b"MAR", b"PAG", b"FOR", b"LAW", b"EYE", b"JOI", b"ATO", b"FGI",
    b"REL", b"SBU", b"LES", b"TS/", b"T O", b"S E", b"C O", b"U N", b"R E", b"S.E", b"T.O", b"C.O", b"U.N",
    b"S-E", b"NOT", b"NOD", b"EXD",
];

fn is_control(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'/' | b' ' | b',' | b'-')
}

/// The portion mark that `text` begins with, white space before it allowed.
pub(super) fn mark(text: &str) -> Option<MarkSite> {
    let start = text.len() - text.trim_start().len();
    match usual_mark(&text.as_bytes()[start..]) {
        Some(length) => Some(MarkSite { range: start..start + length, condition: Condition::Sound }),
        None => leading_mark(text),
    }
}

/// The portion mark that `text` ends with, white space after it allowed.
pub(super) fn trailing(text: &str) -> Option<MarkSite> {
    let bytes = text.trim_end().as_bytes();
    let open = memchr::memrchr3(b'(', b'[', b'{', &bytes[bytes.len().saturating_sub(LONGEST_MARK)..]);
    let closed = matches!(bytes.last(), Some(b')' | b']' | b'}')) && open.is_some();
    let inner = &bytes[bytes.len().saturating_sub(LONGEST_MARK) + open.unwrap_or_default()..];
    // Other closing brackets are not ASCII.
    let other = bytes.last().is_some_and(|byte| !byte.is_ascii());
    (closed && may_be_controls(inner) || other).then(|| trailing_mark(text)).flatten()
}

/// Whether a mark may stand at the start of a line: in brackets, or with a separator in the first word.
pub(super) fn may_be_mark(line: &str) -> bool {
    let line = line.trim_start();
    let word = line.split_whitespace().next().unwrap_or_default();
    if line.starts_with(['(', '[', '{']) {
        let inner = &line.as_bytes()[..line.len().min(LONGEST_MARK)];
        let close = inner.iter().position(|byte| matches!(byte, b')' | b']' | b'}'));
        return close.is_some_and(|close| may_be_controls(&inner[..close])) || word.contains("//");
    }
    line.starts_with(['（', '［', '｛']) || word.contains("//")
}

/// Whether words in brackets may be a mark: short, in capitals, or with a separator.
fn may_be_controls(inner: &[u8]) -> bool {
    inner.len() <= LONGEST_LEVEL
        || !inner.iter().any(u8::is_ascii_lowercase)
        || memchr::memmem::find(inner, b"//").is_some()
}

/// The length of a mark such as `(U)` or `(S//REL TO USA, FVEY)`.
fn usual_mark(text: &[u8]) -> Option<usize> {
    let inner = text.strip_prefix(b"(")?;
    let inner = &inner[..memchr::memchr(b')', &inner[..inner.len().min(LONGEST_MARK)])?];
    let length = inner.len() + 2;
    let code = CODES
        .iter()
        .find(|code| inner.starts_with(code) && matches!(inner.get(code.len()), None | Some(b'/')))?;
    let controls = &inner[code.len()..];
    let usual = if controls.is_empty() {
        // A single letter may count a list, or stand for a copyright.
        *code != b"C" && !matches!(text.get(length), Some(b'(' | b'['))
    } else {
        controls.starts_with(b"//") && controls.len() > 2 && controls.iter().all(|&byte| is_control(byte))
    };
    usual.then_some(length)
}

/// The banner that `text` begins with, perhaps over several lines.
pub(super) fn banner(text: &str) -> Option<BannerSite> {
    let line = &text[..memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len())];
    if !may_be_banner(line) {
        return None;
    }
    if is_usual_banner(line) && !text[line.len()..].trim_start().starts_with('/') {
        return Some(BannerSite { range: 0..line.len(), condition: Condition::Sound });
    }
    banner_block(text)
}

/// Whether a line is worth reading as a banner. What is missed is unmarked text, which no release holds.
fn may_be_banner(line: &str) -> bool {
    if line.len() > LONGEST_BANNER {
        return false;
    }
    let core = line.trim_start_matches(|c: char| !c.is_alphabetic() && !matches!(c, '(' | '[' | '{' | '/'));
    if line.contains("//") {
        return core.starts_with("//") || begins(core);
    }
    let word = core.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let level = || SMALL.iter().any(|level| word.eq_ignore_ascii_case(level));
    let small = line.bytes().any(|b| b.is_ascii_lowercase());
    if small { line.len() <= LONGEST_SMALL && level() } else { line.len() <= LONGEST_PLAIN && begins(core) }
}

fn begins(core: &str) -> bool {
    core.as_bytes()
        .first_chunk()
        .is_some_and(|head: &[u8; 3]| BEGINNINGS.contains(&&head.map(|b| b.to_ascii_uppercase())))
}

fn is_usual_banner(line: &str) -> bool {
    let controls = LEVELS.iter().find_map(|level| line.strip_prefix(level));
    // A number at the end may be a page's.
    let numbered = |controls: &str| {
        controls.rsplit(' ').next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    };
    controls.filter(|controls| !numbered(controls)).is_some_and(|controls| {
        let bytes = controls.as_bytes();
        bytes.is_empty()
            || bytes.starts_with(b"//")
                && bytes.iter().all(|&byte| is_control(byte))
                && bytes[bytes.len() - 1].is_ascii_alphanumeric()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_shape_is_what_the_grammar_finds() {
        for text in [
            "(U) a",
            "(S) a",
            "(TS) a",
            "(S//NF) a",
            "(S//REL TO USA, FVEY) a",
            "(TS//SI-G ABCD/TK//OC/NF) a",
            "(U//FOUO)",
            "(C//REL TO USA, FVEY, ROU, MDA) a",
        ] {
            assert!(usual_mark(text.as_bytes()).is_some(), "{text}");
            assert_eq!(
                mark(text).map(|site| site.range),
                leading_mark(text).map(|site| site.range),
                "{text}"
            );
        }
        for text in [
            "(C) 1999",
            "(C) a",
            "(U)(b)",
            "(s//nf)",
            "(SECRET)",
            "(S/NF)",
            "(Smith//Jones)",
            "(US//NF)",
            "(S//)",
            "(S",
        ] {
            assert!(usual_mark(text.as_bytes()).is_none(), "{text}");
        }
        for text in [
            "SECRET",
            "TOP SECRET//SI/TK//NOFORN",
            "UNCLASSIFIED//LAW ENFORCEMENT SENSITIVE",
            "SECRET//REL TO USA, FVEY",
        ] {
            assert!(is_usual_banner(text) && may_be_banner(text), "{text}");
            assert_eq!(
                banner(text).map(|site| site.range),
                banner_block(text).map(|site| site.range),
                "{text}"
            );
        }
        for text in ["SECRETS OF THE SEA", "SECRET MEETINGS", "SECRET//", "(SECRET//NF) text", "The secret"] {
            assert!(!is_usual_banner(text), "{text}");
        }
        for (text, found) in
            [("text (S//NF) ", true), ("text (U)", true), ("text (two of them came later)", false)]
        {
            assert_eq!(trailing(text).is_some(), found, "{text}");
            assert_eq!(trailing_mark(text).is_some(), found, "{text}");
        }
        for (text, found) in
            [("(Secret) a", true), ("S//NF a", true), ("(continued on the next page) a", false)]
        {
            assert_eq!(may_be_mark(text), found, "{text}");
        }
        assert_eq!(
            banner("SECRET\n//NOFORN\ntext").map(|site| site.range),
            banner_block("SECRET\n//NOFORN\ntext").map(|s| s.range)
        );
    }
}
