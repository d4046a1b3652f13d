//! The characters of a text, decoded and folded one by one, and without markup inside of words.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::text::is_invisible;

/// A tag inside of a word is at most so long, in characters.
const LONGEST_TAG: usize = 64;
/// The longest entity, in bytes.
const LONGEST_ENTITY: usize = 16;
/// Entities of characters without a glyph.
const UNSEEN: [&str; 8] = ["shy", "zwnj", "zwj", "lrm", "rlm", "NoBreak", "ZeroWidthSpace", "ic"];

/// A character of a reading and the bytes it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) c: char,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether it may as well be the other of I and l.
    pub(super) either: bool,
}

#[expect(clippy::cast_possible_truncation, reason = "texts are limited to u32::MAX bytes by ingest")]
pub(super) fn narrow(at: usize) -> u32 {
    at as u32
}

/// A word character as other characters see it.
pub(super) fn is_letter(glyph: Option<&Glyph>) -> bool {
    glyph.is_some_and(|glyph| glyph.c.is_alphanumeric())
}

/// The characters of a text, decoded, folded and without markup inside of words; and whether any was in disguise.
pub(super) fn undressed(text: &str) -> (Vec<Glyph>, bool) {
    let bytes = text.as_bytes();
    let mut out = Undressed { glyphs: Vec::with_capacity(text.len()), disguised: false };
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let plain = at + c.len_utf8();
        let (end, decoded) = match c {
            '&' => entity(&text[at..]).map_or((plain, Some(c)), |(len, c)| (at + len, c)),
            '%' => percent(&bytes[at..]).map_or((plain, Some(c)), |(len, c)| (at + len, Some(c))),
            '\\' => (plain, None),
            _ => (plain, Some(c)),
        };
        out.disguised |= end > plain;
        match decoded {
            Some(c) => out.push(c, at, end),
            None => out.drop(at, end),
        }
        at = end;
    }
    let Undressed { glyphs, mut disguised } = out;
    let mut plain: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    while at < glyphs.len() {
        let end = markup(&glyphs, at);
        // Inside of a word, or about the hyphen and the line end that break one.
        let after = glyphs.get(end);
        let broken = |last: usize| plain.iter().rev().nth(last).is_some_and(|glyph| glyph.c == '-');
        let blank = |glyph: Option<&Glyph>| glyph.is_some_and(|glyph| glyph.c.is_whitespace());
        let inside = (is_letter(plain.last()) || broken(0) || blank(plain.last()) && broken(1))
            && (is_letter(after) || after.is_some_and(|glyph| glyph.c == '-') || blank(after) && broken(0));
        if end > at && inside {
            disguised |= !blank(plain.last()) && !blank(after);
            at = end;
            continue;
        }
        let end = end.max(at + 1);
        plain.extend_from_slice(&glyphs[at..end]);
        at = end;
    }
    (plain, disguised)
}

struct Undressed {
    glyphs: Vec<Glyph>,
    disguised: bool,
}

impl Undressed {
    fn push(&mut self, c: char, start: usize, end: usize) {
        let (from, to) = (narrow(start), narrow(end));
        let mut add = |c, either| self.glyphs.push(Glyph { c, start: from, end: to, either });
        if c.is_ascii() && !is_invisible(c) || c == '\u{1E}' {
            return add(c, false);
        }
        match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => {
                return add('-', false);
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' => return add('\n', false),
            _ if c.is_whitespace() => return add(' ', false),
            _ if is_invisible(c) || is_combining_mark(c) => return self.drop(start, end),
            _ => {}
        }
        // An accent on a letter is no disguise; another letter that looks alike is one.
        let accented = std::iter::once(c).nfd().nth(1).is_some();
        let mut disguised = false;
        for part in std::iter::once(c).nfkd().filter(|&part| !is_combining_mark(part)) {
            disguised |= !accented && part != c && part.is_ascii_alphanumeric();
            if part.is_ascii() || !part.is_alphanumeric() {
                add(part, false);
                continue;
            }
            let skeleton: String = unicode_security::skeleton(part.encode_utf8(&mut [0; 4])).collect();
            disguised |= skeleton.is_ascii();
            match skeleton.as_str() {
                "l" => add(if part.is_uppercase() { 'I' } else { 'l' }, true),
                "rn" => add('m', false),
                // A stroke through a letter is an accent like others.
                _ => skeleton.chars().filter(|&c| !is_combining_mark(c)).for_each(|c| add(c, false)),
            }
        }
        self.disguised |= disguised;
    }

    /// Something without a glyph belongs to what stands before it.
    fn drop(&mut self, start: usize, end: usize) {
        if let Some(last) = self.glyphs.last_mut().filter(|last| last.end == narrow(start)) {
            last.end = narrow(end);
        }
    }
}

/// The length of the entity that `text` begins with, and its character unless that has no glyph.
fn entity(text: &str) -> Option<(usize, Option<char>)> {
    let name = &text[1..];
    let length = name.bytes().take(LONGEST_ENTITY + 2).position(|b| b == b';')?;
    let name = &name[..length];
    let character = match name.strip_prefix('#') {
        None => UNSEEN.contains(&name).then_some(None)?,
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => char::from_u32(u32::from_str_radix(hexadecimal, 16).ok()?),
            None => char::from_u32(number.parse().ok()?),
        },
    };
    Some((length + 2, character))
}

/// The length of the percent-encoded character that `bytes` begin with, and the character.
fn percent(bytes: &[u8]) -> Option<(usize, char)> {
    let byte = |at: usize| {
        let [b'%', high, low] = *bytes.get(3 * at..3 * at + 3)? else { return None };
        let digit = |b: u8| char::from(b).to_digit(16);
        u8::try_from(digit(high)? * 16 + digit(low)?).ok()
    };
    let width = match byte(0)? {
        0..=0x7F => 1,
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let encoded: Vec<u8> = (0..width).map(byte).collect::<Option<_>>()?;
    Some((3 * width, std::str::from_utf8(&encoded).ok()?.chars().next()?))
}

/// Where the delimiters and tags that start at `at` end.
fn markup(glyphs: &[Glyph], at: usize) -> usize {
    let mut end = at;
    while let Some(glyph) = glyphs.get(end) {
        match glyph.c {
            '*' | '_' | '~' | '`' => end += 1,
            '<' if glyphs
                .get(end + 1)
                .is_some_and(|g| g.c.is_ascii_alphabetic() || matches!(g.c, '/' | '!')) =>
            {
                let rest = &glyphs[end..glyphs.len().min(end + LONGEST_TAG)];
                let Some(close) = rest.iter().position(|glyph| glyph.c == '>') else { break };
                end += close + 1;
            }
            _ => break,
        }
    }
    end
}
