//! Text as it reads once its disguises are taken off.
//!
//! What a plain search does not find, a reader may still make out: letters of other scripts that look alike, full-width and
//! mathematical letters, letters set apart, a word broken at a line end, entities and percent-encodings where no parser
//! decodes them, markup or invisible characters inside of a word. A [`Folded`] is the text without all that, with the
//! way back to the bytes it stands for. Letters keep their case.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::is_invisible;

/// A tag inside of a word is at most so long, in characters.
const LONGEST_TAG: usize = 64;
/// Letters set apart stand at most so many blanks apart.
const WIDEST_GAP: usize = 4;
/// So many single letters in a row are letters set apart.
const FEWEST_LETTERS: usize = 3;
/// The longest entity, in bytes.
const LONGEST_ENTITY: usize = 16;
/// Entities of characters without a glyph.
const UNSEEN: [&str; 8] = ["shy", "zwnj", "zwj", "lrm", "rlm", "NoBreak", "ZeroWidthSpace", "ic"];

/// One reading of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folded {
    text: String,
    runs: Vec<Run>,
    disguised: bool,
}

/// Bytes of the reading and what they stand for: byte for byte, or all for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    folded: u32,
    start: u32,
    end: u32,
    verbatim: bool,
}

/// A character of a reading and the bytes it stands for.
#[derive(Debug, Clone, Copy)]
struct Glyph {
    c: char,
    start: u32,
    end: u32,
    /// Whether it may as well be the other of I and l.
    either: bool,
}

/// Whether `text` is its own only reading, white space apart: told at a glance, so that most text is not folded at all.
pub(crate) fn is_undisguised(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !text.is_ascii()
        || bytes.iter().any(|b| matches!(b, b'&' | b'%' | b'\\' | b'*' | b'_' | b'~' | b'`' | b'<'))
    {
        return false;
    }
    let hyphen = |w: &[u8]| w[0].is_ascii_alphanumeric() && w[1] == b'-' && w[2].is_ascii_whitespace();
    if bytes.windows(3).any(hyphen) {
        return false;
    }
    let mut singles = 0;
    let mut start = None;
    for (at, byte) in bytes.iter().chain([&b' ']).enumerate() {
        match (byte.is_ascii_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                singles = if at - from == 1 { singles + 1 } else { 0 };
                start = None;
            }
            _ => {}
        }
        if singles >= FEWEST_LETTERS {
            return false;
        }
    }
    true
}

impl Folded {
    /// All ways to read `text`, at least one: a hyphen at a line end may belong to the word or not, and some letters look like
    /// I and l both.
    pub(crate) fn readings(text: &str) -> Vec<Self> {
        let (glyphs, mut disguised) = undressed(text);
        let mut readings = Vec::new();
        for keep_hyphen in [false, true] {
            let (joined, broken) = unbroken(&glyphs, keep_hyphen);
            let (joined, spaced) = unspaced(&joined);
            disguised |= broken || spaced;
            let either = joined.iter().any(|glyph| glyph.either);
            readings.push(Self::new(&joined, false, disguised));
            if either {
                readings.push(Self::new(&joined, true, disguised));
            }
            if !broken {
                break;
            }
        }
        readings
    }

    fn new(glyphs: &[Glyph], other: bool, disguised: bool) -> Self {
        let mut folded = Self { text: String::with_capacity(glyphs.len()), runs: Vec::new(), disguised };
        let mut blank = false;
        for glyph in glyphs {
            let c = match (glyph.c, other && glyph.either) {
                ('I', true) => 'l',
                ('l', true) => 'I',
                (c, _) if c.is_whitespace() => ' ',
                (c, _) => c,
            };
            if c == ' ' && std::mem::replace(&mut blank, c == ' ') {
                continue;
            }
            blank = c == ' ';
            folded.push(c, *glyph);
        }
        folded
    }

    fn push(&mut self, c: char, glyph: Glyph) {
        let at = narrow(self.text.len());
        let verbatim = c.len_utf8() == (glyph.end - glyph.start) as usize && c.is_ascii();
        match self.runs.last_mut() {
            Some(last) if verbatim && last.verbatim && last.end == glyph.start => last.end = glyph.end,
            // Characters of one construct share its bytes.
            Some(last) if !verbatim && !last.verbatim && last.start == glyph.start => {}
            _ => self.runs.push(Run { folded: at, start: glyph.start, end: glyph.end, verbatim }),
        }
        self.text.push(c);
    }

    /// The reading.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it differs from what the tokens of the text tell anyway.
    pub(crate) fn is_disguised(&self) -> bool {
        self.disguised
    }

    /// The bytes of the text that a run of the reading stands for, whole constructs.
    ///
    /// # Panics
    /// When the range is empty or lies outside of the reading.
    pub(crate) fn range(&self, range: Range<usize>) -> Range<usize> {
        let run = |at: usize| self.runs[self.runs.partition_point(|run| run.folded as usize <= at) - 1];
        let (first, last) = (run(range.start), run(range.end - 1));
        let place = |run: Run, at: usize| run.start as usize + at - run.folded as usize;
        let start = if first.verbatim { place(first, range.start) } else { first.start as usize };
        let end = if last.verbatim { place(last, range.end - 1) + 1 } else { last.end as usize };
        start..end.max(start)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "texts are limited to u32::MAX bytes by ingest")]
fn narrow(at: usize) -> u32 {
    at as u32
}

/// A word character as other characters see it.
fn is_letter(glyph: Option<&Glyph>) -> bool {
    glyph.is_some_and(|glyph| glyph.c.is_alphanumeric())
}

/// The characters of a text, decoded, folded and without markup inside of words; and whether any was in disguise.
fn undressed(text: &str) -> (Vec<Glyph>, bool) {
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
            disguised |= is_letter(plain.last()) && is_letter(glyphs.get(end));
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
                _ => skeleton.chars().for_each(|c| add(c, false)),
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

/// Joins words that are broken behind a hyphen, at a line end for the most; the hyphen stays or goes. Whether there was any.
fn unbroken(glyphs: &[Glyph], keep_hyphen: bool) -> (Vec<Glyph>, bool) {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let (mut at, mut any) = (0, false);
    while at < glyphs.len() {
        if glyphs[at].c == '-' && is_letter(out.last()) {
            // In a code span a line end is seen as a space.
            let blank = |g: &&Glyph| g.c.is_whitespace() && g.c != '\u{1E}' || g.c == '>';
            let next = at + 1 + glyphs[at + 1..].iter().take_while(blank).count();
            if glyphs.get(at + 1).is_some_and(|g| g.c.is_whitespace()) && is_letter(glyphs.get(next)) {
                any = true;
                if keep_hyphen {
                    out.push(glyphs[at]);
                }
                at = next;
                continue;
            }
        }
        out.push(glyphs[at]);
        at += 1;
    }
    (out, any)
}

/// Joins letters that are set apart. Whether there were any.
fn unspaced(glyphs: &[Glyph]) -> (Vec<Glyph>, bool) {
    let single = |at: usize| {
        is_letter(glyphs.get(at))
            && !at.checked_sub(1).is_some_and(|before| is_letter(glyphs.get(before)))
            && !is_letter(glyphs.get(at + 1))
    };
    // How many characters stand between the single letter at `at` and the next: blanks, or one sign between them.
    let gap = |at: usize| {
        let rest = glyphs.get(at + 1..)?;
        let mut signs = 0;
        let width = rest.iter().take(WIDEST_GAP + 1).take_while(|glyph| {
            signs += usize::from(!glyph.c.is_whitespace());
            !glyph.c.is_alphanumeric() && glyph.c != '\u{1E}' && signs <= 1
        });
        let width = width.count();
        ((1..=WIDEST_GAP).contains(&width) && single(at + 1 + width)).then_some(width)
    };
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let (mut at, mut any) = (0, false);
    while at < glyphs.len() {
        if !single(at) {
            out.push(glyphs[at]);
            at += 1;
            continue;
        }
        let mut letters = vec![at];
        while let Some(width) = letters.last().and_then(|&last| gap(last)) {
            letters.push(letters[letters.len() - 1] + 1 + width);
        }
        let last = letters[letters.len() - 1];
        if letters.len() < FEWEST_LETTERS {
            out.extend_from_slice(&glyphs[at..=last]);
        } else {
            any = true;
            let mut gaps: Vec<usize> = letters.windows(2).map(|pair| pair[1] - pair[0]).collect();
            gaps.sort_unstable();
            let usual = gaps[gaps.len() / 2];
            for pair in letters.windows(2) {
                out.push(glyphs[pair[0]]);
                if pair[1] - pair[0] > usual {
                    out.push(Glyph { c: ' ', ..glyphs[pair[0] + 1] });
                }
            }
            out.push(glyphs[last]);
        }
        at = last + 1;
    }
    (out, any)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        Folded::readings(text).into_iter().map(|folded| folded.text).collect()
    }

    #[test]
    fn disguises_are_taken_off() {
        for (text, readings) in [
            ("a plain word", &["a plain word"][..]),
            ("a\n word", &["a word"]),
            ("H\u{200B}E\u{301}RÓN", &["HERON"]),
            ("НЕRОN", &["HERON"]),
            ("ＨＥＲ𝐎𝐍", &["HERON"]),
            ("H E R O N flies", &["HERON flies"]),
            ("P.A.P.E.R  W.A.S.P", &["PAPER WASP"]),
            ("P A P E R  W A S P", &["PAPER WASP"]),
            ("HER-\n> ON", &["HERON", "HER-ON"]),
            ("&#72;ERON &#x48;E&shy;RON", &["HERON HERON"]),
            ("%48%45RON 50% of", &["HERON 50% of"]),
            ("HER**ON** HER<b>ON</b> two * ten", &["HERON** HERON</b> two * ten"]),
            ("HER\\ON", &["HERON"]),
            ("[The quay](u/%47%52EY%20HERON) at", &["[The quay](u/GREY HERON) at"]),
            ("ІCE", &["ICE", "lCE"]),
            ("J. R. Bell", &["J. R. Bell"]),
        ] {
            assert_eq!(read(text), readings, "{text}");
        }
    }

    #[test]
    fn a_reading_leads_back_to_whole_constructs() {
        let text = "x &#72;ERO\u{200B}N\u{301} y";
        let folded = &Folded::readings(text)[0];
        let at = folded.text().find("HERON").unwrap();
        assert_eq!(&text[folded.range(at..at + 5)], "&#72;ERO\u{200B}N\u{301}");
        assert_eq!(&text[folded.range(0..1)], "x");
    }

    #[test]
    fn what_is_not_disguised_is_told_at_a_glance() {
        for plain in ["The quay (two-way) closes.\nHe left at 10 p.m.", "Plan B, or A"] {
            assert!(is_undisguised(plain), "{plain}");
        }
        for other in ["é", "H E R", "HER-\nON", "a&b", "H.E.R"] {
            assert!(!is_undisguised(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn every_reading_leads_back_into_the_text(text in "[a-zHERON \n>*_%&#x48;<b/\\-.é\u{200B}\u{301}Ｈ𝐎]{0,40}") {
            for folded in Folded::readings(&text) {
                for (at, c) in folded.text().char_indices() {
                    let range = folded.range(at..at + c.len_utf8());
                    prop_assert!(text.get(range.clone()).is_some_and(|piece| !piece.is_empty()), "{range:?}");
                }
            }
            if is_undisguised(&text) {
                let collapsed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert_eq!(collapsed(&read(&text)[0]), collapsed(&text));
            }
        }
    }
}
