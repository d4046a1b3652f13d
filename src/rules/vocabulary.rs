//! Every word that any lexicon or shape names, and the slots it belongs to.
//!
//! A *slot* is a lexicon, one tier of a lexicon, or a literal of a shape. A single word is looked up once per token and
//! answers with the set of its slots; terms of several words live in a trie over word numbers.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// A lexicon, a tier of one, or a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SlotId(pub(crate) u16);

/// A word of the vocabulary; 0 is every word that is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct WordId(pub(crate) u32);

type Map<K, V> = HashMap<K, V, FixedState>;

/// The table, built once and shared.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    slots: Map<String, SlotId>,
    folded: Map<Box<str>, WordId>,
    exact: Map<Box<str>, WordId>,
    /// Slots of each word as single words, `width` words of 64 bits each.
    members: Vec<u64>,
    width: usize,
    singles: Vec<Vec<SlotId>>,
    trie: Map<(u32, WordId), u32>,
    ends: Vec<Vec<SlotId>>,
    starts: Vec<bool>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        Self { singles: vec![Vec::new()], ends: vec![Vec::new()], ..Self::default() }
    }

    /// The slot of that name, made when new.
    ///
    /// # Panics
    /// Past 65,535 slots, which a loader checks.
    pub(crate) fn slot(&mut self, name: &str) -> SlotId {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        let slot = SlotId(u16::try_from(self.slots.len()).expect("the loader bounds the number of slots"));
        self.slots.insert(name.to_owned(), slot);
        slot
    }

    /// The slot of that name, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<SlotId> {
        self.slots.get(name).copied()
    }

    /// How many slots there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The name of each slot, in no particular order.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, SlotId)> {
        self.slots.iter().map(|(name, &slot)| (name.as_str(), slot))
    }

    /// The slots of a single word.
    pub(crate) fn slots_of(&self, word: WordId) -> &[SlotId] {
        &self.singles[word.0 as usize]
    }

    /// Adds a term to a slot. `words` are lower case unless `exact`.
    pub(crate) fn add(&mut self, slot: SlotId, words: &[impl AsRef<str>], exact: bool) {
        let ids: Vec<WordId> = words.iter().map(|word| self.intern(word.as_ref(), exact)).collect();
        if let [id] = ids[..] {
            let slots = &mut self.singles[id.0 as usize];
            if !slots.contains(&slot) {
                slots.push(slot);
            }
            return;
        }
        let mut node = 0;
        for id in ids {
            let next =
                u32::try_from(self.ends.len()).expect("a trie has fewer nodes than lexicons have words");
            node = *self.trie.entry((node, id)).or_insert(next);
            if node == next {
                self.ends.push(Vec::new());
            }
        }
        let ends = &mut self.ends[node as usize];
        if !ends.contains(&slot) {
            ends.push(slot);
        }
    }

    fn intern(&mut self, word: &str, exact: bool) -> WordId {
        let table = if exact { &mut self.exact } else { &mut self.folded };
        if let Some(&id) = table.get(word) {
            return id;
        }
        let id = WordId(u32::try_from(self.singles.len()).expect("a vocabulary has fewer words than bytes"));
        table.insert(word.into(), id);
        self.singles.push(Vec::new());
        id
    }

    /// Lays the slots of each word out as bits. To be called once all terms are in.
    pub(crate) fn freeze(&mut self) {
        self.width = self.slots.len().div_ceil(64).max(1);
        self.members = vec![0; self.singles.len() * self.width];
        for (word, slots) in self.singles.iter().enumerate() {
            for slot in slots {
                self.members[word * self.width + usize::from(slot.0 / 64)] |= 1 << (slot.0 % 64);
            }
        }
        self.starts = vec![false; self.singles.len()];
        for (word, starts) in self.starts.iter_mut().enumerate() {
            let word = WordId(u32::try_from(word).expect("a vocabulary has fewer words than bytes"));
            *starts = self.trie.contains_key(&(0, word));
        }
    }

    /// Numbers of 64-bit words in a set of slots.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The slots of a single word, as bits.
    pub(crate) fn members(&self, word: WordId) -> &[u64] {
        &self.members[word.0 as usize * self.width..][..self.width]
    }

    pub(crate) fn is_member(&self, word: WordId, slot: SlotId) -> bool {
        self.members[word.0 as usize * self.width + usize::from(slot.0 / 64)] >> (slot.0 % 64) & 1 == 1
    }

    /// The word folded, and the word as it is capitalised. `folded` is its lower-case form.
    pub(crate) fn look_up(&self, word: &str, folded: &str) -> [WordId; 2] {
        let find = |table: &Map<Box<str>, WordId>, key: &str| table.get(key).copied().unwrap_or_default();
        [find(&self.folded, folded), find(&self.exact, word)]
    }

    /// Whether a term of several words may start with this word.
    pub(crate) fn starts_term(&self, word: WordId) -> bool {
        self.starts[word.0 as usize]
    }

    /// One step in the trie of terms; the root is node 0.
    pub(crate) fn step(&self, node: u32, word: WordId) -> Option<u32> {
        if word == WordId::default() {
            return None;
        }
        self.trie.get(&(node, word)).copied()
    }

    /// The slots whose terms end at this node.
    pub(crate) fn ends(&self, node: u32) -> &[SlotId] {
        &self.ends[node as usize]
    }
}
