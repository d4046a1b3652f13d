//! Words that are used alike: a word no training report holds ("bosun") tells as much as those that stand in its places ("mate").
//!
//! The classes are data (`patterns/reader/alike.txt`): everyday English words, grouped by what usually stands around them in public
//! text. A line is a class of near words; lines without an empty line between them are near one another.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::features::hash;

/// The class of a word, and the wider one around it; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Class {
    pub(crate) near: u16,
    pub(crate) wide: u16,
}

/// The classes of words.
#[derive(Debug, Default)]
pub(crate) struct Alike {
    /// By the hash of the folded word.
    classes: HashMap<u64, Class, FixedState>,
}

impl Alike {
    /// Reads classes. A `#` opens a comment; of a word that stands in two classes the last counts.
    pub(crate) fn parse(text: &str) -> Self {
        let mut classes = HashMap::with_capacity_and_hasher(text.len() / 8, FixedState::default());
        let mut class = Class { near: 0, wide: 1 };
        let mut inside = false;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if line.is_empty() {
                class.wide = class.wide.saturating_add(u16::from(inside));
                inside = false;
                continue;
            }
            inside = true;
            class.near = class.near.saturating_add(1);
            classes.extend(line.split(' ').map(|word| (hash(word.bytes()), class)));
        }
        Self { classes }
    }

    /// The class of a word, by the hash of its folded text.
    pub(crate) fn class(&self, word: u64) -> Class {
        self.classes.get(&word).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rules::Patterns;

    #[test]
    fn the_built_in_classes_hold_each_word_once() {
        let patterns = Patterns::built_in();
        let text = patterns.file("reader/alike.txt").unwrap();
        let words: Vec<&str> =
            text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
        assert!(words.len() > 10_000);
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
        assert_eq!(Alike::parse(text).classes.len(), words.len(), "two words with one hash");
    }

    #[test]
    fn a_line_is_a_class_and_a_block_a_wider_one() {
        let alike = Alike::parse("# words\n\nclerk typist\nbosun mate\n\nlorry\n");
        let class = |word: &str| alike.class(hash(word.bytes()));
        assert_eq!(class("clerk"), class("typist"));
        assert_ne!(class("clerk").near, class("mate").near);
        assert_eq!(class("clerk").wide, class("mate").wide);
        assert_eq!(class("lorry"), Class { near: 3, wide: 2 });
        assert_eq!(class("unheard"), Class::default());
    }
}
