//! Words in which letters of several scripts stand side by side, as no language writes them (UTS 39, 5.1).

use std::ops::Range;

use unicode_security::MixedScript as _;

/// Whether a word mixes scripts.
pub(crate) fn mixes_scripts(word: &str) -> bool {
    !word.is_ascii() && !word.is_single_script()
}

/// The runs of letters in a text that mix scripts: byte ranges, in order.
pub(crate) fn mixed_words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    let words = ends.filter_map(move |(at, c)| {
        if c.is_alphabetic() {
            start.get_or_insert(at);
            return None;
        }
        start.take().map(|from| from..at)
    });
    words.filter(|word| mixes_scripts(&text[word.clone()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_letters_that_mix_scripts_are_found() {
        let text = "The p\u{430}rcel, \u{43c}\u{430}\u{43b} \u{e9}t\u{e9}, x\u{430}";
        let words: Vec<&str> = mixed_words(text).map(|word| &text[word]).collect();
        assert_eq!(words, ["p\u{430}rcel", "x\u{430}"]);
        assert_eq!(mixed_words("plain").count(), 0);
    }
}
