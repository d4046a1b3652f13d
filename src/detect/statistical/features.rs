//! What the statistical reader sees of a token: *atoms*, each a hashed name.
//!
//! An atom says something of one token (its word, an ending, a lexicon it belongs to, a rule that hit it) or of a whole
//! sentence. The model holds a row of weights for each atom and adds a part of it to every token within reach, so atoms
//! never name an offset. Lexicons and rules enter by name: weights stay good when slots are renumbered.

use std::ops::Range;

use super::alike::{Alike, Class};
use crate::detect::reading::{Reading, fold};
use crate::detect::tokens::Shape;
use crate::rules::vocabulary::{SlotId, Vocabulary, WordId};
use crate::rules::{Grammar, Rule};

/// What kind of thing an atom says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Group {
    /// The folded word; digits count as one digit.
    Word = 1,
    /// A beginning or an ending of two to four bytes.
    Affix,
    /// The look of the token.
    Shape,
    /// A lexicon, or a tier of one.
    Slot,
    /// A coarse part of speech.
    Tag,
    /// The tags of the token before and this one.
    TagPair,
    /// The tags of the token before, this one and the next.
    TagTriple,
    /// The word before and this one.
    WordPair,
    /// The word without its inflection.
    Stem,
    /// The word before and this one's tag, or the tag before and this word.
    WordTag,
    /// The words two apart.
    SkipPair,
    /// A lexicon and the tag before or behind.
    SlotTag,
    /// The class of words that are used alike.
    Alike,
    /// Such a class and the tag or the class before, or the tag behind.
    AlikePair,
    /// A rule that found the token.
    Hit,
    /// Something of the whole sentence.
    Sentence,
    /// Something of the portion's mark.
    Mark,
    /// What the first look thinks.
    Second,
}

/// The name of an atom, hashed. Never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Atom(pub(crate) u32);

/// Takes the atoms of one sentence, in any order of tokens.
pub(crate) trait Sink {
    /// An atom of the token `at` places after the start of its sentence.
    fn token(&mut self, at: usize, group: Group, atom: Atom);
    /// An atom of the sentence.
    fn sentence(&mut self, group: Group, atom: Atom);
}

/// What is known of a zone beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Context {
    /// The level of the portion mark: `U`, `C`, `S`, `T`; 0 when unknown.
    pub(crate) level: u8,
    /// Control systems and dissemination controls of the mark, as bits; see [`Context::of_mark`].
    pub(crate) controls: u8,
}

impl Context {
    /// Reads a portion mark as it stands, brackets included.
    pub(crate) fn of_mark(mark: &str) -> Self {
        let inner = mark.trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
        let level = inner.bytes().next().unwrap_or(0);
        let mut controls = 0;
        for part in inner.split("//").skip(1).flat_map(|part| part.split('/')) {
            controls |= match part {
                "NF" | "NOFORN" => 1,
                "SI" | "COMINT" => 2,
                "TK" => 4,
                _ if part.starts_with("HCS") => 8,
                _ if part.starts_with("REL") => 16,
                _ => 32,
            };
        }
        Self { level, controls }
    }
}

/// What the features are made of.
pub(crate) struct Input<'a> {
    pub(crate) text: &'a str,
    pub(crate) reading: &'a Reading<'a>,
    /// For each token, one more than the rule that found it, or 0.
    pub(crate) hits: &'a [u32],
    /// Zones with their context, sorted; tokens outside have none.
    pub(crate) contexts: &'a [(Range<usize>, Context)],
}

/// The atoms of slots and rules, and the slots that make a tag.
#[derive(Debug)]
pub(crate) struct Features {
    slots: Vec<Option<Atom>>,
    rules: Vec<[Atom; 2]>,
    /// For each word of the vocabulary: whether it is a function word (1), a verb (2), a verb of telling (4).
    parts: Vec<u8>,
    alike: Alike,
    function_word: SlotId,
}

/// What a token's text and look alone say of it, as hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Own {
    word: u64,
    tag: u64,
    class: Class,
    pub(crate) stem: Atom,
}

/// What one sentence needs while its atoms are made; kept to save allocations.
#[cfg(any(test, feature = "train"))]
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// By token.
    pub(crate) own: Vec<Own>,
    folded: String,
}

pub(crate) fn mix(group: Group, value: u64) -> Atom {
    let hash = (value ^ (group as u64) << 56).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let hash = (hash ^ hash >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let atom = (hash >> 32) as u32;
    Atom(atom.max(1))
}

pub(super) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

fn named(group: Group, name: &str) -> Atom {
    mix(group, hash(name.bytes()))
}

impl Features {
    /// Names the atoms of a vocabulary's lexicons and of rules. Literals of shapes make none.
    pub(crate) fn new(alike: Alike, vocabulary: &Vocabulary, grammar: &Grammar, rules: &[Rule]) -> Self {
        let mut slots = vec![None; vocabulary.len()];
        for (name, slot) in vocabulary.names() {
            if !name.starts_with('"') && !name.ends_with(".context") {
                slots[usize::from(slot.0)] = Some(named(Group::Slot, name));
            }
        }
        let rules = rules
            .iter()
            .map(|rule| [named(Group::Hit, rule.id.as_str()), named(Group::Hit, rule.category.id())])
            .collect();
        let function = [
            Some(grammar.function_word),
            Some(grammar.determiner),
            Some(grammar.preposition),
            Some(grammar.conjunction),
            Some(grammar.relative),
            Some(grammar.auxiliary),
            vocabulary.find("pronoun"),
        ];
        let mut by_slot = vec![0; vocabulary.len()];
        function.iter().flatten().for_each(|slot| by_slot[usize::from(slot.0)] |= 1);
        by_slot[usize::from(grammar.verb.0)] |= 2;
        by_slot[usize::from(grammar.saying.0)] |= 4;
        let part = |word: u32| {
            vocabulary.slots_of(WordId(word)).iter().fold(0, |all, slot| all | by_slot[usize::from(slot.0)])
        };
        let parts = (0..vocabulary.words()).map(part).collect();
        Self { slots, rules, parts, alike, function_word: grammar.function_word }
    }

    /// The slot of words that carry no content.
    pub(crate) fn function_word(&self) -> SlotId {
        self.function_word
    }

    /// Makes the atoms of a sentence.
    #[cfg(any(test, feature = "train"))]
    pub(crate) fn read(
        &self,
        input: &Input<'_>,
        sentence: &Range<u32>,
        scratch: &mut Scratch,
        sink: &mut impl Sink,
    ) {
        let capitals = is_in_capitals(input, sentence);
        let Scratch { own, folded } = scratch;
        own.clear();
        for (at, index) in sentence.clone().enumerate() {
            let look = look(input, index, capitals);
            own.push(self.own(input, index, look, folded, |group, atom| sink.token(at, group, atom)));
        }
        self.around(input, sentence, own, &sentence_kinds(input, sentence, own), sink);
    }

    /// Makes the atoms of one token that hang on its text and its look alone.
    pub(crate) fn own(
        &self,
        input: &Input<'_>,
        index: u32,
        look: Shape,
        folded: &mut String,
        mut sink: impl FnMut(Group, Atom),
    ) -> Own {
        folded.clear();
        fold(input.reading.tokens[index as usize].text(input.text), folded);
        let bytes = folded.as_bytes();
        let word = hash(bytes.iter().map(|&b| if b.is_ascii_digit() { b'0' } else { b }));
        let stem = mix(Group::Stem, hash(stem(bytes).iter().copied()));
        let tag = self.tag(input.reading, index, look, word);
        sink(Group::Word, mix(Group::Word, word));
        if look.intersects(Shape::WORD) {
            for len in 2..=4.min(bytes.len().saturating_sub(1)) {
                let end = packed(&bytes[bytes.len() - len..]) << 1;
                let start = packed(&bytes[..len]) << 1 | 1;
                sink(Group::Affix, mix(Group::Affix, end));
                sink(Group::Affix, mix(Group::Affix, start));
            }
            sink(Group::Stem, stem);
        }
        let class = self.alike.class(word);
        if class != Class::default() {
            sink(Group::Alike, mix(Group::Alike, u64::from(class.near)));
            sink(Group::Alike, mix(Group::Alike, u64::from(class.wide) << 16));
        }
        sink(Group::Shape, mix(Group::Shape, u64::from(look.0)));
        sink(Group::Tag, mix(Group::Tag, tag));
        for atom in self.slots_of(input.reading, index) {
            sink(Group::Slot, atom);
        }
        Own { word, tag, class, stem }
    }

    /// Makes the atoms of a sentence that hang on more than one token, or on more than the text. `own` is what its tokens
    /// say by themselves, `kinds` what kind of sentence it is.
    pub(crate) fn around(
        &self,
        input: &Input<'_>,
        sentence: &Range<u32>,
        own: &[Own],
        kinds: &[Atom; SENTENCE_KINDS],
        sink: &mut impl Sink,
    ) {
        for ((at, index), [_, tag_pair]) in sentence.clone().enumerate().zip(word_kinds(own)) {
            let Own { tag, word, class, .. } = own[at];
            let before = if at == 0 { EDGE } else { own[at - 1] };
            let after = own.get(at + 1).map_or(2, |own| own.tag);
            sink.token(at, Group::TagPair, tag_pair);
            sink.token(at, Group::TagTriple, mix(Group::TagTriple, pair(pair(before.tag, tag), after)));
            sink.token(at, Group::WordTag, mix(Group::WordTag, pair(before.tag, word)));
            sink.token(at, Group::WordTag, mix(Group::WordTag, pair(word, after)));
            sink.token(at, Group::WordPair, mix(Group::WordPair, pair(before.word, word)));
            if at > 1 {
                sink.token(at, Group::SkipPair, mix(Group::SkipPair, pair(own[at - 2].word, word)));
            }
            if class != Class::default() {
                let mut say =
                    |a: u64, b: u64| sink.token(at, Group::AlikePair, mix(Group::AlikePair, pair(a, b)));
                let (near, wide) = (u64::from(class.near), u64::from(class.wide) << 16);
                say(before.tag, near);
                say(near, after);
                say(before.tag, wide);
                say(wide, after);
                say(u64::from(before.class.wide) << 16, wide);
            }
            for slot in self.slots_of(input.reading, index) {
                let slot = u64::from(slot.0);
                sink.token(at, Group::SlotTag, mix(Group::SlotTag, pair(before.tag, slot)));
                sink.token(at, Group::SlotTag, mix(Group::SlotTag, pair(slot, after)));
            }
        }
        self.beside(input, sentence, sink);
        for &atom in kinds {
            sink.sentence(Group::Sentence, atom);
        }
    }

    /// The atoms of what is known beside the words: terms of several words, rules that hit, the mark.
    pub(crate) fn beside(&self, input: &Input<'_>, sentence: &Range<u32>, sink: &mut impl Sink) {
        for (at, index) in sentence.clone().enumerate() {
            for &(_, end, slot) in input.reading.terms_at(index) {
                if let Some(atom) = self.slots[usize::from(slot.0)] {
                    for inside in at..at + (end - index) as usize {
                        sink.token(inside, Group::Slot, atom);
                    }
                }
            }
        }
        self.hits(input, sentence, sink);
        mark(input, sentence, sink);
    }

    /// The atoms of the lexicons that a token belongs to by itself.
    fn slots_of(&self, reading: &Reading<'_>, index: u32) -> impl Iterator<Item = Atom> {
        reading.slots_of(index).filter_map(|slot| self.slots[usize::from(slot.0)])
    }

    /// A function word stands for itself, any other word for its look and whether it is a verb.
    fn tag(&self, reading: &Reading<'_>, at: u32, shape: Shape, word: u64) -> u64 {
        let [folded, exact] = reading.words(at).map(|word| self.parts[word.0 as usize]);
        let part = folded | exact;
        if shape.intersects(Shape::PUNCT) || part & 1 == 1 {
            return word;
        }
        let look = Shape::CAP
            | Shape::CAPS
            | Shape::NUM
            | Shape::MIXED
            | Shape::YEAR
            | Shape::ED
            | Shape::ING
            | Shape::LY
            | Shape::S;
        u64::from(shape.0 & look.0) << 8 | u64::from(part >> 1) << 4 | 3
    }

    /// The atoms of rule findings.
    pub(crate) fn hits(&self, input: &Input<'_>, sentence: &Range<u32>, sink: &mut impl Sink) {
        let mut last = 0;
        for (at, index) in sentence.clone().enumerate() {
            let hit = input.hits.get(index as usize).copied().unwrap_or(0);
            if hit > 0 {
                let [rule, category] = self.rules[hit as usize - 1];
                sink.token(at, Group::Hit, rule);
                sink.token(at, Group::Hit, category);
                sink.token(at, Group::Hit, mix(Group::Hit, u64::from(hit != last)));
            }
            last = hit;
        }
    }
}

/// What stands before the first token of a sentence.
const EDGE: Own = Own { word: 1, tag: 1, class: Class { near: 0, wide: 0 }, stem: Atom(1) };

/// How many atoms say what kind of sentence one is.
pub(crate) const SENTENCE_KINDS: usize = 7;

/// What kind of sentence one is: its place, its length, how it begins, the mark it stands under.
pub(crate) fn sentence_kinds(
    input: &Input<'_>,
    sentence: &Range<u32>,
    own: &[Own],
) -> [Atom; SENTENCE_KINDS] {
    let zone = input.reading.zone_of(sentence.start);
    let say = |kind: u64, value: u64| mix(Group::Sentence, kind << 48 | value & 0xFFFF_FFFF_FFFF);
    let Context { level, controls } = context(input, sentence.start).unwrap_or_default();
    [
        say(4, u64::from(sentence.start == zone.start) << 1 | u64::from(sentence.end == zone.end)),
        say(5, u64::from((sentence.end - sentence.start).ilog2())),
        say(6, u64::from((zone.end - zone.start).ilog2())),
        say(7, own[0].word),
        say(8, pair(own[0].tag, own.get(1).map_or(2, |own| own.tag))),
        say(9, u64::from(is_in_capitals(input, sentence))),
        say(10, u64::from(level) << 8 | u64::from(controls)),
    ]
}

/// What kind of word each token of a sentence is: its tag, and with the tag before.
pub(crate) fn word_kinds(own: &[Own]) -> impl Iterator<Item = [Atom; 2]> {
    let before = std::iter::once(EDGE.tag).chain(own.iter().map(|own| own.tag));
    before
        .zip(own)
        .map(|(before, own)| [mix(Group::Tag, own.tag), mix(Group::TagPair, pair(before, own.tag))])
}

/// Whether most tokens of a sentence are written in capitals.
pub(crate) fn is_in_capitals(input: &Input<'_>, sentence: &Range<u32>) -> bool {
    let caps = sentence.clone().filter(|&at| input.reading.shape(at).intersects(Shape::CAPS)).count();
    caps * 2 > sentence.len()
}

/// What is known of the zone of a token.
pub(crate) fn context(input: &Input<'_>, index: u32) -> Option<Context> {
    let start = input.reading.tokens[index as usize].start as usize;
    let zone = input.contexts.partition_point(|(bytes, _)| bytes.end <= start);
    input.contexts.get(zone).filter(|(bytes, _)| bytes.start <= start).map(|(_, context)| *context)
}

/// The atoms of the portion mark.
pub(crate) fn mark(input: &Input<'_>, sentence: &Range<u32>, sink: &mut impl Sink) {
    if let Some(context) = context(input, sentence.start) {
        let mut say = |value: u64| sink.sentence(Group::Mark, mix(Group::Mark, value));
        say(u64::from(context.level));
        say(u64::from(context.level) << 8 | u64::from(context.controls) << 16 | 1);
        for bit in 0..6 {
            if context.controls >> bit & 1 == 1 {
                say(bit << 24 | 2);
            }
        }
    }
}

/// The look of a token; in a sentence written in capitals they say nothing.
pub(crate) fn look(input: &Input<'_>, index: u32, capitals: bool) -> Shape {
    let shape = input.reading.shape(index);
    if capitals && shape.intersects(Shape::CAPS) {
        Shape(shape.0 & !Shape::CAPS.0 | Shape::LOWER.0)
    } else {
        shape
    }
}

/// A word without what inflection usually adds.
fn stem(word: &[u8]) -> &[u8] {
    for ending in [b"ings".as_slice(), b"ing", b"ied", b"ies", b"ed", b"es", b"s", b"ly", b"e", b"y"] {
        if word.len() > ending.len() + 2 && word.ends_with(ending) {
            return &word[..word.len() - ending.len()];
        }
    }
    word
}

fn pair(a: u64, b: u64) -> u64 {
    (a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b).rotate_left(23).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

fn packed(bytes: &[u8]) -> u64 {
    bytes.iter().fold(1, |packed, &byte| packed << 8 | u64::from(byte))
}
