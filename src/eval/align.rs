//! Words of a source that still stand in its release, at their place.
//!
//! Longest common blocks, recursively to both sides of each (Ratcliff and Obershelp), as Python's `difflib` finds them
//! without its heuristics: the scorer of the gold corpora aligns so, and figures are comparable only when words are aligned alike.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use unicode_normalization::UnicodeNormalization as _;

/// Words that carry no content.
const STOP: &str = "a an the of to in on at by for from with and or that which who whom whose this these those it its he she \
                    his her they their them is are was were be been has have had as not no but than then there here into over \
                    under during after before about also we our us i will would may might can could should shall do does did \
                    so if";

/// A word and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    folded: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it carries content.
    pub(super) content: bool,
}

/// The runs of letters, digits and low lines of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, c) in ends {
        match (is_word(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let folded: String = text[from..at].nfkc().flat_map(char::to_lowercase).collect();
                let content = !STOP.split_ascii_whitespace().any(|stop| stop == folded);
                words.push(Word { folded, start: from, end: at, content });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Of each word of the source, whether it stands in the release. A word without content that stands alone may stand
/// anywhere, and does not count.
pub(super) fn kept(source: &[Word], release: &[Word]) -> Vec<bool> {
    let mut numbers: HashMap<&str, u32, FixedState> = HashMap::default();
    let mut number = |word| {
        let next = u32::try_from(numbers.len()).expect("there are fewer words than bytes, which fit");
        *numbers.entry(word).or_insert(next)
    };
    let a: Vec<u32> = source.iter().map(|word| number(word.folded.as_str())).collect();
    let b: Vec<u32> = release.iter().map(|word| number(word.folded.as_str())).collect();
    let mut kept = vec![false; a.len()];
    for block in blocks(&a, &b, numbers.len()) {
        if block.len > 1 || source[block.a].content {
            kept[block.a..block.a + block.len].fill(true);
        }
    }
    kept
}

/// Equal runs: where in the one, where in the other, how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    a: usize,
    b: usize,
    len: usize,
}

/// The matching blocks of two sequences of numbers below `count`, in order, adjoining ones joined.
fn blocks(a: &[u32], b: &[u32], count: usize) -> Vec<Block> {
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, &word) in b.iter().enumerate() {
        places[word as usize].push(at);
    }
    let mut finder = Finder { a, places, lengths: vec![0; b.len() + 1], touched: Vec::new() };
    let mut open = vec![(0..a.len(), 0..b.len())];
    let mut found = Vec::new();
    while let Some((left, right)) = open.pop() {
        let Some(block) = finder.longest(left.clone(), right.clone()) else { continue };
        open.push((left.start..block.a, right.start..block.b));
        open.push((block.a + block.len..left.end, block.b + block.len..right.end));
        found.push(block);
    }
    found.sort_unstable();
    found.dedup_by(|next, last| {
        let adjoins = last.a + last.len == next.a && last.b + last.len == next.b;
        if adjoins {
            last.len += next.len;
        }
        adjoins
    });
    found
}

struct Finder<'a> {
    a: &'a [u32],
    /// Of each word, its places in the second sequence.
    places: Vec<Vec<usize>>,
    /// One more than each place of the second sequence: the length of the block that ends there; zero between searches.
    lengths: Vec<usize>,
    touched: Vec<(usize, usize)>,
}

impl Finder<'_> {
    /// The longest block; of several the first in the first sequence, and of those the first in the second.
    fn longest(&mut self, left: std::ops::Range<usize>, right: std::ops::Range<usize>) -> Option<Block> {
        let mut best: Option<Block> = None;
        let mut last: Vec<(usize, usize)> = Vec::new();
        for at in left {
            let places = &self.places[self.a[at] as usize];
            let from = places.partition_point(|&place| place < right.start);
            let here = places[from..].iter().take_while(|&&place| place < right.end);
            self.touched.clear();
            self.touched.extend(here.map(|&place| (place, self.lengths[place] + 1)));
            for (place, _) in last.drain(..) {
                self.lengths[place + 1] = 0;
            }
            for &(place, len) in &self.touched {
                self.lengths[place + 1] = len;
                if best.is_none_or(|best| len > best.len) {
                    best = Some(Block { a: at + 1 - len, b: place + 1 - len, len });
                }
            }
            std::mem::swap(&mut last, &mut self.touched);
        }
        for (place, _) in last {
            self.lengths[place + 1] = 0;
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, word for word.
    fn slow(a: &[u32], b: &[u32], at: (usize, usize), out: &mut Vec<Block>) {
        let mut best = Block { a: 0, b: 0, len: 0 };
        for i in 0..a.len() {
            for j in 0..b.len() {
                let len = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
                if len > best.len {
                    best = Block { a: i, b: j, len };
                }
            }
        }
        if best.len > 0 {
            slow(&a[..best.a], &b[..best.b], at, out);
            out.push(Block { a: at.0 + best.a, b: at.1 + best.b, len: best.len });
            let (i, j) = (best.a + best.len, best.b + best.len);
            slow(&a[i..], &b[j..], (at.0 + i, at.1 + j), out);
        }
    }

    proptest! {
        #[test]
        fn blocks_are_those_of_the_definition(
            a in prop::collection::vec(0u32..6, 0..40),
            b in prop::collection::vec(0u32..6, 0..40),
        ) {
            let mut wanted = Vec::new();
            slow(&a, &b, (0, 0), &mut wanted);
            wanted.dedup_by(|next, last| {
                let adjoins = last.a + last.len == next.a && last.b + last.len == next.b;
                last.len += if adjoins { next.len } else { 0 };
                adjoins
            });
            prop_assert_eq!(blocks(&a, &b, 6), wanted);
        }
    }

    #[test]
    fn a_lone_function_word_does_not_stand() {
        let standing = |source: &str, release: &str| kept(&words(source), &words(release));
        assert_eq!(standing("the quay of Dravik", "of"), [false; 4]);
        assert_eq!(standing("the quay of Dravik", "Dravik"), [false, false, false, true]);
        assert_eq!(standing("the quay of Dravik", "the QUAY"), [true, true, false, false]);
    }

    #[test]
    fn words_have_letters_digits_and_low_lines() {
        let text = "É_1-b’s 2º";
        let found: Vec<&str> = words(text).iter().map(|word| &text[word.start..word.end]).collect();
        assert_eq!(found, ["É_1", "b", "s", "2º"]);
    }
}
