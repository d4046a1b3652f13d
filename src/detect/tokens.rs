//! Visible text cut into words, numbers and punctuation, and those into sentences.
//!
//! A hyphen does not stand as a token: `walk-in` is two words, the second marked as joined, so that a term written
//! with a hyphen is found with a space too. A possessive `'s` is a token of its own. Positions are byte offsets
//! into the text given.

/// What a token looks like: a set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Shape(pub(crate) u32);

macro_rules! shapes {
    ($($name:ident = $bit:expr, $word:literal, $doc:literal;)*) => {
        impl Shape {
            $(#[doc = $doc] pub(crate) const $name: Self = Self(1 << $bit);)*

            /// The shape that rules call `@name`.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name { $($word => Some(Self::$name),)* "any" => Some(Self::ANY), _ => None }
            }
        }
    };
}

shapes! {
    WORD = 0, "word", "Has a letter.";
    LOWER = 1, "lower", "Letters, all lower case.";
    CAP = 2, "cap", "A capital, then lower case or nothing.";
    CAPS = 3, "caps", "Two or more letters, all capitals.";
    NUM = 4, "num", "Digits, perhaps with separators inside.";
    MIXED = 5, "mixed", "Letters and digits.";
    PUNCT = 6, "punct", "One punctuation character.";
    ED = 7, "ed", "Ends in -ed.";
    ING = 8, "ing", "Ends in -ing.";
    LY = 9, "ly", "Ends in -ly.";
    S = 10, "s", "Ends in -s.";
    JOINED = 11, "joined", "Follows the token before it without a space or after a hyphen.";
    FIRST = 12, "first", "First word of its sentence.";
    YEAR = 13, "year", "A number of four digits from 1900 to 2099.";
}

impl Shape {
    /// Every look: what a gap takes.
    pub(crate) const ANY: Self = Self(u32::MAX);

    pub(crate) fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl std::ops::BitOr for Shape {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// One token: its bytes in the text and its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) shape: Shape,
}

impl Token {
    pub(crate) fn text(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// The words of a short term, as the tokenizer cuts them.
pub(crate) fn words(term: &str) -> impl Iterator<Item = &str> {
    let mut tokens = Vec::new();
    cut(term, 0, term.len(), &mut tokens);
    tokens.into_iter().map(|token| token.text(term))
}

/// Cuts `text[from..to]` into tokens, appended to `out`.
pub(crate) fn cut(text: &str, from: usize, to: usize, out: &mut Vec<Token>) {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut gap = true;
    while at < to {
        let byte = bytes[at];
        let class = CLASSES[usize::from(byte)];
        if class & SPACE != 0 {
            at += 1;
            gap = true;
            continue;
        }
        if byte == b'-' && !gap && at + 1 < to && is_word_byte(bytes[at + 1]) && is_word_byte(bytes[at - 1]) {
            at += 1;
            continue;
        }
        if class & (UPPER | LOWER | DIGIT | BEYOND) == 0 {
            out.push(token(at, at + 1, Shape::PUNCT | joined(gap)));
            gap = false;
            at += 1;
            continue;
        }
        if let Some((end, shape)) = plain_word(bytes, at, to) {
            out.push(token(at, end, shape | joined(gap)));
            gap = false;
            at = end;
            continue;
        }
        let end = word_end(text, at, to);
        let shape = shape_of(&bytes[at..end], text, at, end) | joined(gap);
        out.push(token(at, end, shape));
        if let Some(cut) = possessive(&bytes[at..end]) {
            let owner = out.last_mut().expect("a token was just pushed");
            *owner = token(at, at + cut, shape_of(&bytes[at..at + cut], text, at, at + cut) | joined(gap));
            out.push(token(at + cut, end, Shape::PUNCT | Shape::JOINED));
        }
        gap = false;
        at = end;
    }
}

const UPPER: u8 = 1;
const LOWER: u8 = 2;
const DIGIT: u8 = 4;
const SPACE: u8 = 8;
/// Part of a character beyond ASCII.
const BEYOND: u8 = 16;

/// What each byte is.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte: u8 = 0;
    loop {
        classes[byte as usize] = match byte {
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            b'0'..=b'9' => DIGIT,
            b' ' | b'\t' | b'\n' | 0x0C | b'\r' | 0x1E => SPACE,
            0x80.. => BEYOND,
            _ => 0,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

/// The end and the shape of a word of ASCII letters and digits alone; none for any other.
fn plain_word(bytes: &[u8], at: usize, to: usize) -> Option<(usize, Shape)> {
    let (mut end, mut seen, mut uppers) = (at, 0, 0);
    while end < to {
        let class = CLASSES[usize::from(bytes[end])];
        if class & (UPPER | LOWER | DIGIT) == 0 {
            break;
        }
        seen |= class;
        uppers += usize::from(class & UPPER);
        end += 1;
    }
    let after = if end < to { bytes[end] } else { b' ' };
    if after >= 0x80
        || matches!(after, b'\'' | b',' | b'.' | b':') && end + 1 < to && is_word_byte(bytes[end + 1])
    {
        return None;
    }
    let word = &bytes[at..end];
    let shape = match (uppers, seen & LOWER != 0, seen & DIGIT != 0) {
        (0, false, _) => {
            return Some((end, if is_year(word) { Shape::NUM | Shape::YEAR } else { Shape::NUM }));
        }
        (_, _, true) => return Some((end, Shape::WORD | Shape::MIXED)),
        (0, true, false) => Shape::WORD | Shape::LOWER,
        (1, _, false) | (_, true, false) => Shape::WORD | Shape::CAP,
        (_, false, false) => Shape::WORD | Shape::CAPS,
    };
    Some((end, shape | endings(word)))
}

/// Four digits from 1900 to 2099.
fn is_year(number: &[u8]) -> bool {
    number.len() == 4 && matches!(&number[..2], b"19" | b"20")
}

/// What a word without digits ends in.
fn endings(word: &[u8]) -> Shape {
    let [.., before, last] = *word else { return Shape(0) };
    let letters = (word.len(), before | 0x20, last | 0x20);
    match letters {
        (3.., _, b's') => Shape::S,
        (4.., b'e', b'd') => Shape::ED,
        (4.., b'l', b'y') => Shape::LY,
        (5.., b'n', b'g') if word[word.len() - 3] | 0x20 == b'i' => Shape::ING,
        _ => Shape(0),
    }
}

fn joined(gap: bool) -> Shape {
    if gap { Shape(0) } else { Shape::JOINED }
}

#[expect(clippy::cast_possible_truncation, reason = "texts are limited to u32::MAX bytes by ingest")]
fn token(start: usize, end: usize, shape: Shape) -> Token {
    Token { start: start as u32, end: end as u32, shape }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Where the word, number or mark that starts at `at` ends, always behind `at`.
fn word_end(text: &str, at: usize, to: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while end < to {
        let byte = bytes[end];
        if byte.is_ascii_alphanumeric() {
            end += 1;
        } else if byte >= 0x80 {
            let Some(c) = text[end..to].chars().next() else { break };
            let goes_on = if c == '’' {
                end > at && followed_by_letter(bytes, end + c.len_utf8(), to)
            } else {
                c.is_alphanumeric() || is_mark(c)
            };
            if goes_on {
                end += c.len_utf8();
            } else {
                break;
            }
        } else if end > at && joins(bytes, end, to) {
            end += 1;
        } else {
            break;
        }
    }
    // A mark beyond ASCII is a token of its own.
    if end == at { at + text[at..to].chars().next().map_or(1, char::len_utf8) } else { end }
}

/// Whether the ASCII mark at `at` stands inside a word (`don't`) or a number (`2,500`).
fn joins(bytes: &[u8], at: usize, to: usize) -> bool {
    match bytes[at] {
        b'\'' => followed_by_letter(bytes, at + 1, to),
        b',' | b'.' | b':' => bytes[at - 1].is_ascii_digit() && at + 1 < to && bytes[at + 1].is_ascii_digit(),
        _ => false,
    }
}

/// Combining marks belong to the word they stand in.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{900}'..='\u{DFF}')
}

fn followed_by_letter(bytes: &[u8], at: usize, to: usize) -> bool {
    at < to && (bytes[at].is_ascii_alphabetic() || bytes[at] >= 0x80)
}

/// The length of the owner in `owner's` or `owner’s`.
fn possessive(word: &[u8]) -> Option<usize> {
    ["'s", "’s", "'S", "’S"].iter().find_map(|tail| {
        let owner = word.strip_suffix(tail.as_bytes())?;
        (!owner.is_empty()).then_some(owner.len())
    })
}

fn shape_of(word: &[u8], text: &str, at: usize, end: usize) -> Shape {
    let (mut upper, mut lower, mut digits) = (0usize, 0usize, 0usize);
    if word.is_ascii() {
        for byte in word {
            upper += usize::from(byte.is_ascii_uppercase());
            lower += usize::from(byte.is_ascii_lowercase());
            digits += usize::from(byte.is_ascii_digit());
        }
    } else {
        for c in text[at..end].chars() {
            upper += usize::from(c.is_uppercase());
            lower += usize::from(c.is_alphabetic() && !c.is_uppercase());
            digits += usize::from(c.is_numeric());
        }
    }
    let mut shape = match (upper, lower, digits) {
        (0, 0, 0) => return Shape::PUNCT,
        (0, 0, _) => Shape::NUM,
        (_, _, 1..) => Shape::WORD | Shape::MIXED,
        (0, _, 0) => Shape::WORD | Shape::LOWER,
        (1, _, 0) => Shape::WORD | Shape::CAP,
        (_, 0, 0) => Shape::WORD | Shape::CAPS,
        _ => Shape::WORD | Shape::CAP,
    };
    if shape == Shape::NUM && digits == 4 && is_year(word) {
        shape = shape | Shape::YEAR;
    }
    if digits == 0 { shape | endings(word) } else { shape }
}

/// A sentence: a range of token indexes. Sentences tile the tokens of their zone.
pub(crate) type Sentence = std::ops::Range<u32>;

/// Cuts the tokens `from..` into sentences. `abbreviation` says whether a word keeps its full stop.
pub(crate) fn sentences(
    text: &str,
    tokens: &mut [Token],
    from: usize,
    abbreviation: impl Fn(&str) -> bool,
    out: &mut Vec<Sentence>,
) {
    let mut start = from;
    for at in from..tokens.len() {
        let last = at + 1 == tokens.len();
        if last || ends_sentence(text, tokens, start, at, &abbreviation) {
            let mut end = at + 1;
            while !last && end < tokens.len() && closes(text, tokens[end]) {
                end += 1;
            }
            if end <= start {
                continue;
            }
            tokens[start].shape = tokens[start].shape | Shape::FIRST;
            out.push(index(start)..index(end));
            start = end;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "there are no more tokens than bytes, which fit")]
fn index(at: usize) -> u32 {
    at as u32
}

/// A closing quotation mark or bracket that still belongs to the sentence before it.
fn closes(text: &str, token: Token) -> bool {
    token.shape.intersects(Shape::JOINED) && matches!(token.text(text), "\"" | "”" | "’" | "'" | ")" | "]")
}

fn ends_sentence(
    text: &str,
    tokens: &[Token],
    start: usize,
    at: usize,
    abbreviation: &impl Fn(&str) -> bool,
) -> bool {
    let token = tokens[at];
    let mark = text.as_bytes()[token.start as usize];
    if at < start || !matches!(mark, b'.' | b'!' | b'?') {
        return false;
    }
    let mut next = at + 1;
    while next < tokens.len() && closes(text, tokens[next]) {
        next += 1;
    }
    let Some(after) = tokens.get(next) else { return true };
    if after.shape.intersects(Shape::JOINED | Shape::LOWER) {
        return false;
    }
    let before = (at > start).then(|| tokens[at - 1]);
    match before {
        Some(word) if mark == b'.' => {
            let word_text = word.text(text);
            let initial = word.shape.intersects(Shape::CAP) && word_text.chars().count() == 1;
            let list_number = at == start + 1 && word.shape.intersects(Shape::NUM);
            !(abbreviation(word_text) || initial || list_number)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut_all(text: &str) -> Vec<&str> {
        words(text).collect()
    }

    fn sentence_texts(text: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        cut(text, 0, text.len(), &mut tokens);
        let mut out = Vec::new();
        sentences(text, &mut tokens, 0, |w| matches!(w, "Dr" | "No"), &mut out);
        out.into_iter()
            .map(|s| {
                let first = tokens[s.start as usize].start as usize;
                let last = tokens[s.end as usize - 1].end as usize;
                text[first..last].to_owned()
            })
            .collect()
    }

    #[test]
    fn words_numbers_and_punctuation() {
        assert_eq!(cut_all("The walk-in's 2,500 don't."), ["The", "walk", "in", "'s", "2,500", "don't", "."]);
        assert_eq!(cut_all("S/3 (KR-9) at 04:10"), ["S", "/", "3", "(", "KR", "9", ")", "at", "04:10"]);
        assert_eq!(cut_all("Iași’s Bălți"), ["Iași", "’s", "Bălți"]);
        assert_eq!(cut_all("the boys’ club, don’t"), ["the", "boys", "’", "club", ",", "don’t"]);
        assert_eq!(cut_all("’ “ ’tis’"), ["’", "“", "’", "tis", "’"]);
    }

    proptest! {
        #[test]
        fn every_character_but_blanks_and_hyphens_is_in_one_token(
            parts in prop::collection::vec(prop::sample::select(vec![
                "a", "S", "s", "1", " ", "-", "'", "’", "“", "…", ".", ",", "é", "\u{301}", "\u{200b}", "\u{a0}", "中",
            ]), 0..24),
        ) {
            let text = parts.concat();
            let mut tokens = Vec::new();
            cut(&text, 0, text.len(), &mut tokens);
            prop_assert!(tokens.iter().all(|token| token.start < token.end));
            prop_assert!(tokens.is_sorted_by(|left, right| left.end <= right.start));
            let in_token = |at: usize| tokens.iter().any(|token| (token.start as usize..token.end as usize).contains(&at));
            for (at, c) in text.char_indices() {
                prop_assert!(in_token(at) || c == '-' || c.is_ascii_whitespace(), "{c:?} at {at} of {text:?}");
            }
        }
    }

    #[test]
    fn sentences_end_where_they_should() {
        assert_eq!(sentence_texts("One. Two."), ["One.", "Two."]);
        assert_eq!(
            sentence_texts("Dr. A. Bell left. He said \"no.\" Then"),
            ["Dr. A. Bell left.", "He said \"no.\"", "Then"]
        );
        assert_eq!(
            sentence_texts("1. The men (all of them) wait. 2. They go"),
            ["1. The men (all of them) wait.", "2. They go"]
        );
    }
}
