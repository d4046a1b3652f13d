//! A report as the rules read it: tokens with the slots each belongs to, terms of several words, sentences.
//!
//! Made once per report and shared by every rule, every audience and the reader of unknown shapes.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use super::tokens::{self, Sentence, Shape, Token};
use crate::rules::vocabulary::{SlotId, Vocabulary, WordId};
use crate::rules::words::Key;

/// The most tokens a sentence has; a longer run is cut, so that no rule sees an unbounded one.
pub(crate) const LONGEST: u32 = 400;

/// The most letters or digits of a paragraph's number, each.
const LONGEST_COUNTER: usize = 3;

/// The tokens of a text and what the vocabulary says of them.
#[derive(Debug)]
pub(crate) struct Reading<'v> {
    vocabulary: &'v Vocabulary,
    pub(crate) tokens: Vec<Token>,
    words: Vec<[WordId; 2]>,
    /// Of each token, a number that tells its folded text from nearly all others.
    hashes: Vec<u32>,
    /// Terms of several words: start, end (tokens), slot; sorted by start, longest last.
    terms: Vec<(u32, u32, SlotId)>,
    /// For each token, the first of its terms; one more entry at the end.
    term_index: Vec<u32>,
    pub(crate) sentences: Vec<Sentence>,
    /// First token of each zone.
    zones: Vec<u32>,
    /// Where markup stands between two characters that a reader sees side by side.
    seams: Vec<usize>,
}

impl<'v> Reading<'v> {
    /// Reads the zones of a text: byte ranges in order, none overlapping. No sentence crosses a zone's end.
    pub(crate) fn new(
        text: &str,
        zones: impl IntoIterator<Item = std::ops::Range<usize>>,
        vocabulary: &'v Vocabulary,
    ) -> Self {
        let mut reading = Self {
            vocabulary,
            tokens: Vec::with_capacity(text.len() / 5),
            words: Vec::with_capacity(text.len() / 5),
            hashes: Vec::with_capacity(text.len() / 5),
            terms: Vec::new(),
            term_index: Vec::with_capacity(text.len() / 5),
            sentences: Vec::new(),
            zones: Vec::new(),
            seams: Vec::new(),
        };
        let abbreviation = vocabulary.find("abbreviation");
        let is_abbreviation = |word: &str| {
            abbreviation.is_some_and(|slot| {
                vocabulary
                    .look_up(word, &word.to_lowercase())
                    .iter()
                    .any(|&id| vocabulary.is_member(id, slot))
            })
        };
        for zone in zones {
            let from = reading.tokens.len();
            tokens::cut(text, zone.start, zone.end, &mut reading.tokens);
            if reading.tokens.len() == from {
                continue;
            }
            reading.zones.push(index(from));
            let first = reading.sentences.len();
            tokens::sentences(text, &mut reading.tokens, from, is_abbreviation, &mut reading.sentences);
            reading.split_long(first);
        }
        reading.look_up(text);
        reading.find_terms();
        reading
    }

    /// The same with the places (bytes, in order) at which markup parts what a reader sees as one.
    pub(crate) fn with_seams(self, seams: Vec<usize>) -> Self {
        Self { seams, ..self }
    }

    /// Whether markup stands right before this byte.
    pub(crate) fn is_seam(&self, byte: usize) -> bool {
        self.seams.binary_search(&byte).is_ok()
    }

    fn split_long(&mut self, first: usize) {
        if self.sentences[first..].iter().all(|s| s.end - s.start <= LONGEST) {
            return;
        }
        let long = self.sentences.split_off(first);
        for sentence in long {
            let mut start = sentence.start;
            while start < sentence.end {
                let end = (start + LONGEST).min(sentence.end);
                self.sentences.push(start..end);
                start = end;
            }
        }
    }

    fn look_up(&mut self, text: &str) {
        let mut folded = String::new();
        // Most words beyond ASCII are a few punctuation characters, and folding them is slow.
        let mut beyond: HashMap<&str, ([WordId; 2], u32), FixedState> = HashMap::default();
        self.words.reserve(self.tokens.len());
        self.hashes.reserve(self.tokens.len());
        for token in &self.tokens {
            let (words, hash) = match Key::ascii(text.as_bytes(), token.start as usize, token.end as usize) {
                Some(key) => (self.vocabulary.look_up_short(token.text(text), key), key.hash()),
                None => *beyond.entry(token.text(text)).or_insert_with_key(|word| {
                    folded.clear();
                    fold(word, &mut folded);
                    (self.vocabulary.look_up(word, &folded), hash(&folded))
                }),
            };
            self.words.push(words);
            self.hashes.push(hash);
        }
    }

    fn find_terms(&mut self) {
        let mut open: Vec<(u32, u32)> = Vec::new();
        self.term_index.reserve(self.tokens.len() + 1);
        for sentence in &self.sentences {
            for start in sentence.clone() {
                let first = self.terms.len();
                self.term_index.push(index(first));
                for node in self.words[start as usize].map(|word| self.vocabulary.first_step(word)) {
                    if node != 0 {
                        open.push((node, start + 1));
                    }
                }
                while let Some((node, at)) = open.pop() {
                    if at >= sentence.end {
                        continue;
                    }
                    for word in self.words[at as usize] {
                        if let Some(next) = self.vocabulary.step(node, word) {
                            self.terms
                                .extend(self.vocabulary.ends(next).iter().map(|&slot| (start, at + 1, slot)));
                            open.push((next, at + 1));
                        }
                    }
                }
                if self.terms.len() > first + 1 {
                    self.terms[first..].sort_unstable();
                    // Folded and as it stands, a term comes twice.
                    let mut kept = first + 1;
                    for at in first + 1..self.terms.len() {
                        if self.terms[at] != self.terms[kept - 1] {
                            self.terms[kept] = self.terms[at];
                            kept += 1;
                        }
                    }
                    self.terms.truncate(kept);
                }
            }
        }
        self.term_index.push(index(self.terms.len()));
    }

    /// The numbers of the token as a word: folded, and as it stands.
    pub(crate) fn words(&self, at: u32) -> [WordId; 2] {
        self.words[at as usize]
    }

    /// A number that is the same for tokens of the same folded text, and differs for nearly all others.
    pub(crate) fn hash(&self, at: u32) -> u32 {
        self.hashes[at as usize]
    }

    /// The slots of the token as a single word; one that it has folded and as it stands comes twice.
    pub(crate) fn slots_of(&self, at: u32) -> impl Iterator<Item = SlotId> + Clone {
        self.words[at as usize].iter().flat_map(|&word| self.vocabulary.slots_of(word).iter().copied())
    }

    /// The terms of several words that start at the token.
    pub(crate) fn terms_at(&self, at: u32) -> &[(u32, u32, SlotId)] {
        &self.terms[self.term_index[at as usize] as usize..self.term_index[at as usize + 1] as usize]
    }

    /// What the token looks like.
    pub(crate) fn shape(&self, at: u32) -> Shape {
        self.tokens[at as usize].shape
    }

    /// Whether the token alone is a term of the slot.
    pub(crate) fn is_word_of(&self, at: u32, slot: SlotId) -> bool {
        self.words[at as usize].iter().any(|&word| self.vocabulary.is_member(word, slot))
    }

    /// Whether a term of several words starts at the token.
    pub(crate) fn starts_terms(&self, at: u32) -> bool {
        !self.terms_at(at).is_empty()
    }

    /// The ends of the slot's terms of several words that start at the token, shortest first.
    pub(crate) fn term_ends(&self, at: u32, slot: SlotId) -> impl Iterator<Item = u32> {
        self.terms_at(at).iter().filter(move |term| term.2 == slot).map(|term| term.1)
    }

    /// Whether the token is the first of its zone.
    pub(crate) fn starts_portion(&self, at: u32) -> bool {
        self.zones.binary_search(&at).is_ok()
    }

    /// Bytes of the text under a range of tokens.
    pub(crate) fn bytes(&self, from: u32, to: u32) -> std::ops::Range<usize> {
        self.tokens[from as usize].start as usize..self.tokens[to as usize - 1].end as usize
    }

    /// The bytes of each zone from its first token to its last, in order.
    pub(crate) fn zone_bytes(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let ends = self.zones.iter().skip(1).copied().chain([index(self.tokens.len())]);
        self.zones.iter().zip(ends).map(|(&start, end)| self.bytes(start, end))
    }

    /// The sentences of each zone, in order.
    pub(crate) fn zones(&self) -> impl Iterator<Item = &[Sentence]> {
        let mut rest = self.sentences.as_slice();
        let ends = self.zones.iter().skip(1).copied().chain([index(self.tokens.len())]);
        ends.map(move |end| {
            let (zone, others) = rest.split_at(rest.partition_point(|sentence| sentence.start < end));
            rest = others;
            zone
        })
        .filter(|zone| !zone.is_empty())
    }

    /// Whether tokens stand at the first and the last of these bytes.
    pub(crate) fn covers(&self, bytes: &std::ops::Range<usize>) -> bool {
        let stands = |byte: usize| {
            self.tokens.get(self.token_at(byte) as usize).is_some_and(|token| token.start as usize <= byte)
        };
        stands(bytes.start) && stands(bytes.end - 1)
    }

    /// The first token that ends after `byte`, or the number of tokens.
    pub(crate) fn token_at(&self, byte: usize) -> u32 {
        index(self.tokens.partition_point(|token| token.end as usize <= byte))
    }

    /// Where the text of a sentence begins behind a number that counts its paragraph (`2.`, `4)`, `KJ-1.`); its start when there
    /// is none. `text` is what was read.
    pub(crate) fn counter(&self, text: &str, sentence: &Sentence) -> u32 {
        if sentence.start != self.zone_of(sentence.start).start {
            return sentence.start;
        }
        let word = |at: u32| self.tokens[at as usize].text(text);
        let is_letters = |at: u32| {
            word(at).len() <= LONGEST_COUNTER && word(at).bytes().all(|byte| byte.is_ascii_uppercase())
        };
        let number = sentence.start + u32::from(is_letters(sentence.start));
        let counts = number + 1 < sentence.end
            && word(number).len() <= LONGEST_COUNTER
            && word(number).bytes().all(|byte| byte.is_ascii_digit())
            && matches!(word(number + 1), "." | ")");
        if counts { number + 2 } else { sentence.start }
    }

    /// The sentence that holds the token.
    pub(crate) fn sentence_of(&self, at: u32) -> Sentence {
        let after = self.sentences.partition_point(|s| s.end <= at);
        self.sentences[after].clone()
    }

    /// The tokens of the zone that holds the token.
    pub(crate) fn zone_of(&self, at: u32) -> Sentence {
        let after = self.zones.partition_point(|&start| start <= at);
        let end = self.zones.get(after).copied().unwrap_or(index(self.tokens.len()));
        self.zones[after - 1]..end
    }
}

#[expect(clippy::cast_possible_truncation, reason = "there are no more tokens than bytes, which fit")]
fn index(at: usize) -> u32 {
    at as u32
}

/// The hash of a folded word, as tokens have it.
pub(crate) fn hash(folded: &str) -> u32 {
    match Key::new(folded.as_bytes()) {
        Some(key) => key.hash(),
        None => {
            let hash = FixedState::default().hash_one(folded);
            u32::try_from(hash >> 32).expect("half of the bits are left")
        }
    }
}

/// Lower case, compatibility forms and look-alike letters folded; ASCII words take the short way.
pub(crate) fn fold(word: &str, out: &mut String) {
    if word.is_ascii() {
        let start = out.len();
        out.push_str(word);
        out[start..].make_ascii_lowercase();
        return;
    }
    use unicode_normalization::UnicodeNormalization as _;
    for c in word.nfkd().filter(|&c| !unicode_normalization::char::is_combining_mark(c)) {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            out.extend(unicode_security::skeleton(c.encode_utf8(&mut [0; 4])).flat_map(char::to_lowercase));
        }
    }
}
