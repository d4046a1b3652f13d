//! Text as it reads once its disguises are taken off.
//!
//! What a plain search does not find, a reader may still make out: letters of other scripts that look alike, full-width and
//! mathematical letters, letters set apart, a word broken at a line end, entities and percent-encodings where no parser
//! decodes them, markup or invisible characters inside of a word. A [`Folded`] is the text without all that, with the
//! way back to the bytes it stands for. Letters keep their case.

mod glyph;
mod join;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use glyph::{Glyph, narrow, undressed};
use join::{FEWEST_LETTERS, unbroken, unspaced};

use super::invisible::is_plain;

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

/// Whether `text` is its own only reading, white space apart: told at a glance, so that most text is not folded at all.
pub(crate) fn is_undisguised(text: &str) -> bool {
    let bytes = text.as_bytes();
    let may_hide =
        |&b: &u8| !b.is_ascii() | matches!(b, b'&' | b'%' | b'\\' | b'*' | b'_' | b'~' | b'`' | b'<');
    // Without an early exit inside of a chunk the comparison is done on many bytes at once.
    if bytes.chunks(64).any(|chunk| chunk.iter().fold(false, |found, byte| found | may_hide(byte))) {
        return false;
    }
    let breaks = |at: usize| {
        at > 0
            && bytes[at - 1].is_ascii_alphanumeric()
            && bytes.get(at + 1).is_some_and(u8::is_ascii_whitespace)
    };
    if memchr::memchr_iter(b'-', bytes).any(breaks) {
        return false;
    }
    if has_gap(bytes) {
        return false;
    }
    let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let ends = [0, bytes.len().saturating_sub(1)].into_iter().filter(|&at| is_letter(at)).count();
    let single = |w: &&[u8]| {
        !w[0].is_ascii_alphanumeric() & w[1].is_ascii_alphanumeric() & !w[2].is_ascii_alphanumeric()
    };
    if bytes.windows(3).filter(single).count() + ends < FEWEST_LETTERS {
        return true;
    }
    let singles =
        (0..bytes.len()).filter(|&at| is_letter(at) && !is_letter(at.wrapping_sub(1)) && !is_letter(at + 1));
    let (mut last, mut in_a_row) = (None, 0);
    for at in singles {
        let follows = last.is_some_and(|last: usize| !(last + 1..at).any(is_letter));
        in_a_row = if follows { in_a_row + 1 } else { 1 };
        if in_a_row >= FEWEST_LETTERS {
            return false;
        }
        last = Some(at);
    }
    true
}

/// Whether two blanks stand between letters or digits, as where something was taken out of a name or serial.
fn has_gap(bytes: &[u8]) -> bool {
    let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    memchr::memmem::find_iter(bytes, b"  ").any(|at| is_letter(at.wrapping_sub(1)) && is_letter(at + 2))
}

/// Whether `text` is printable ASCII without a disguise.
fn is_bare(text: &str) -> bool {
    is_plain(text.as_bytes()) && is_undisguised(text)
}

/// How a word is looked for: as it is, in small, large and initial capital letters, composed and decomposed, and as each of
/// these reads without its accents and disguises. Case matters in none of what is ASCII.
pub(crate) fn spellings(word: &str) -> Vec<String> {
    if is_bare(word) {
        // White space aside there is one, in capitals.
        let capitals = word.to_ascii_uppercase();
        let mut spellings: Vec<String> = [Folded::bare(&capitals).text.trim(), capitals.trim()]
            .iter()
            .filter(|spelling| !spelling.is_empty())
            .map(|&spelling| spelling.to_owned())
            .collect();
        spellings.sort_by_key(|spelling| spelling.to_ascii_lowercase());
        spellings.dedup();
        return spellings;
    }
    every_spelling(word)
}

fn every_spelling(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let mut letters = lower.chars();
    let title: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let cases = [word.to_owned(), word.to_uppercase(), title, lower];
    let forms = cases.iter().flat_map(|case| [case.nfc().collect::<String>(), case.nfd().collect()]);
    let mut spellings: Vec<String> = forms
        .flat_map(|form| {
            let read: Vec<String> = Folded::readings(&form).into_iter().map(|folded| folded.text).collect();
            std::iter::once(form).chain(read)
        })
        .map(|spelling| spelling.trim().to_owned())
        .filter(|spelling| !spelling.is_empty())
        .collect();
    spellings.sort_by_key(|spelling| (spelling.to_ascii_lowercase(), spelling.clone()));
    spellings.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    spellings
}

impl Folded {
    /// All ways to read `text`, at least one: a hyphen at a line end may belong to the word or not, and some letters look like
    /// I and l both.
    pub(crate) fn readings(text: &str) -> Vec<Self> {
        if is_bare(text) { vec![Self::bare(text)] } else { Self::every_reading(text) }
    }

    /// The reading of printable ASCII without a disguise: of white space one blank is left.
    fn bare(text: &str) -> Self {
        let blanked = text.replace(['\t', '\n', '\r'], " ");
        let bytes = blanked.as_bytes();
        let is_blank = |at: usize| bytes.get(at) == Some(&b' ');
        let mut folded =
            Self { text: String::with_capacity(bytes.len()), runs: Vec::new(), disguised: false };
        let mut start = 0;
        while start < bytes.len() {
            let several = (start..bytes.len()).find(|&at| is_blank(at) && is_blank(at + 1));
            let end = several.map_or(bytes.len(), |at| at + 1);
            let run = Run {
                folded: narrow(folded.text.len()),
                start: narrow(start),
                end: narrow(end),
                verbatim: true,
            };
            folded.runs.push(run);
            folded.text.push_str(&blanked[start..end]);
            start = (end..bytes.len()).find(|&at| !is_blank(at)).unwrap_or(bytes.len());
        }
        folded
    }

    fn every_reading(text: &str) -> Vec<Self> {
        let (glyphs, mut disguised) = undressed(text);
        disguised |= has_gap(text.as_bytes());
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

    /// Whether something else than the character before `at` in the reading may stand before it in the text.
    pub(crate) fn breaks_at(&self, at: usize) -> bool {
        let run = self.runs[self.runs.partition_point(|run| run.folded as usize <= at) - 1];
        !run.verbatim || run.folded as usize == at
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
    fn markup_beside_a_hyphen_is_a_disguise() {
        for text in ["as SI**-G reporting", "as SI-**G reporting"] {
            let folded = &Folded::readings(text)[0];
            assert_eq!((folded.text(), folded.is_disguised()), ("as SI-G reporting", true), "{text}");
        }
        assert!(!Folded::readings("a *quay* - two-way")[0].is_disguised());
    }

    #[test]
    fn a_word_is_looked_for_in_all_its_spellings() {
        assert_eq!(spellings("Heron"), ["HERON"]);
        for word in ["Müller", "MÜLLER", "Mu\u{308}ller"] {
            let all = spellings(word);
            for wanted in ["Müller", "MÜLLER", "müller", "mu\u{308}ller", "MU\u{308}LLER", "muller"] {
                assert!(all.iter().any(|it| it.eq_ignore_ascii_case(wanted)), "{wanted} in {all:?}");
            }
        }
        assert!(spellings("ИВАНОВ").contains(&"Иванов".to_owned()));
        assert!(spellings("Østby").iter().any(|it| it.eq_ignore_ascii_case("ostby")));
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
        fn what_is_bare_reads_the_same_the_short_way(text in "[A-Ca-c1 \n\t\r.,;:'/-]{0,24}") {
            if is_bare(&text) {
                prop_assert_eq!(Folded::readings(&text), Folded::every_reading(&text));
                prop_assert_eq!(spellings(&text), every_spelling(&text));
            }
        }

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
