//! Every word that any lexicon or shape names, and the slots it belongs to.
//!
//! A *slot* is a lexicon, one tier of a lexicon, or a literal of a shape. A single word is looked up once per token and
//! answers with the set of its slots; terms of several words live in a trie over word numbers.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::inflect::words;
use super::words::{Key, WordTable};

/// A lexicon, a tier of one, or a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SlotId(pub(crate) u16);

/// A word of the vocabulary; 0 is every word that is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct WordId(pub(crate) u32);

/// How often a token is one certain word: a listed one, an everyday one, a punctuation character.
const RARE: f32 = 0.0003;
const EVERYDAY: f32 = 0.01;
const PUNCTUATION: f32 = 0.04;
/// How often a token is of any one slot at most: a long list of rare words is no common sight.
const OFTEN: f32 = 0.31;

/// About as many words, and steps in terms, as the built-in lexicons have: tables that grow are made twice.
const ROOM: usize = 1 << 14;

type Map<K, V> = HashMap<K, V, FixedState>;

/// The table, built once and shared.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    slots: Map<String, SlotId>,
    folded: Map<Box<str>, WordId>,
    exact: Map<Box<str>, WordId>,
    /// How many words there are, and nodes of the trie; word 0 is none, node 0 the root.
    words: u32,
    nodes: u32,
    trie: Map<(u32, WordId), u32>,
    /// Slots of single words, and of the nodes at which terms end, until they are laid out.
    singles: Vec<(u32, SlotId)>,
    ends: Vec<(u32, SlotId)>,
    layout: Layout,
    /// Whether the slot has terms of several words, and how often a token is of it.
    several: Vec<bool>,
    weights: Vec<f32>,
    everyday: Vec<bool>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        Self {
            folded: Map::with_capacity_and_hasher(ROOM, FixedState::default()),
            trie: Map::with_capacity_and_hasher(ROOM, FixedState::default()),
            singles: Vec::with_capacity(4 * ROOM),
            words: 1,
            nodes: 1,
            ..Self::default()
        }
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
        self.several.push(false);
        self.weights.push(0.0);
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

    /// How many words there are, the unknown one included.
    pub(crate) fn words(&self) -> u32 {
        self.words
    }

    /// The name of each slot, in no particular order.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, SlotId)> {
        self.slots.iter().map(|(name, &slot)| (name.as_str(), slot))
    }

    /// Adds a term to slots: words with a blank between them, lower case unless `exact`.
    pub(crate) fn add(&mut self, slots: &[SlotId], term: &str, exact: bool) {
        if !term.as_bytes().contains(&b' ') {
            let id = self.intern(term, exact);
            self.singles.extend(slots.iter().map(|&slot| (id.0, slot)));
            let weight = self.weight_of(term, id);
            slots.iter().for_each(|slot| self.weights[usize::from(slot.0)] += weight);
            return;
        }
        let mut node = 0;
        for (_, word) in words(term) {
            let id = self.intern(word, exact);
            node = *self.trie.entry((node, id)).or_insert(self.nodes);
            self.nodes += u32::from(node == self.nodes);
        }
        for &slot in slots {
            self.several[usize::from(slot.0)] = true;
            self.weights[usize::from(slot.0)] += RARE;
            self.ends.push((node, slot));
        }
    }

    fn intern(&mut self, word: &str, exact: bool) -> WordId {
        let table = if exact { &mut self.exact } else { &mut self.folded };
        if let Some(&id) = table.get(word) {
            return id;
        }
        let id = WordId(self.words);
        self.words += 1;
        table.insert(word.into(), id);
        id
    }

    /// Takes the words of a slot for everyday words, from which no shape is told. To be called once all lexicons are
    /// in and before literals are added.
    pub(crate) fn set_everyday(&mut self, slot: SlotId) {
        self.everyday = vec![false; self.words as usize];
        for &(word, _) in self.singles.iter().filter(|single| single.1 == slot) {
            self.everyday[word as usize] = true;
        }
        for &(word, slot) in &self.singles {
            if self.everyday[word as usize] {
                self.weights[usize::from(slot.0)] += EVERYDAY;
            }
        }
    }

    /// How often a token is the word, in any case.
    fn weight_of(&self, word: &str, id: WordId) -> f32 {
        let everyday = |id: WordId| self.everyday.get(id.0 as usize) == Some(&true);
        let lower = |word: &str| self.folded.get(word.to_lowercase().as_str()).copied();
        match word {
            _ if !word.contains(char::is_alphanumeric) => PUNCTUATION,
            _ if everyday(id) || !self.everyday.is_empty() && lower(word).is_some_and(everyday) => EVERYDAY,
            _ => RARE,
        }
    }

    /// How often a token is of the slot, very roughly.
    pub(crate) fn weight(&self, slot: SlotId) -> f32 {
        self.weights[usize::from(slot.0)].min(OFTEN)
    }

    /// Whether the slot has terms of several words.
    pub(crate) fn has_several(&self, slot: SlotId) -> bool {
        self.several[usize::from(slot.0)]
    }

    /// Lays the words and their slots out for look-up. To be called once all terms are in.
    pub(crate) fn lay_out(&self) -> Layout {
        let mut first = vec![0; self.words as usize];
        let steps = self.trie.iter().filter(|step| step.0.0 == 0);
        steps.for_each(|(&(_, word), &node)| first[word.0 as usize] = node);
        let mut folded = String::new();
        let mut words: Vec<_> = self.folded.iter().map(|(word, &id)| (word.as_ref(), id, false)).collect();
        let exact: Vec<String> = self
            .exact
            .keys()
            .map(|word| {
                folded.clear();
                crate::detect::reading::fold(word, &mut folded);
                folded.clone()
            })
            .collect();
        words.extend(exact.iter().map(|word| (word.as_str(), WordId::default(), true)));
        Layout {
            singles: Lists::new(self.words, &self.singles),
            ends: Lists::new(self.nodes, &self.ends),
            first,
            table: WordTable::new(&words),
        }
    }

    /// Takes what was laid out.
    pub(crate) fn freeze(&mut self, layout: Layout) {
        (self.singles, self.ends, self.layout) = (Vec::new(), Vec::new(), layout);
    }

    /// The slots of a single word, in order.
    pub(crate) fn slots_of(&self, word: WordId) -> &[SlotId] {
        self.layout.singles.of(word.0)
    }

    pub(crate) fn is_member(&self, word: WordId, slot: SlotId) -> bool {
        word != WordId::default() && self.slots_of(word).contains(&slot)
    }

    /// The word folded, and the word as it is capitalised. `folded` is its lower-case form.
    pub(crate) fn look_up(&self, word: &str, folded: &str) -> [WordId; 2] {
        let find = |table: &Map<Box<str>, WordId>, key: &str| table.get(key).copied().unwrap_or_default();
        [find(&self.folded, folded), find(&self.exact, word)]
    }

    /// Whether a folded word is in the slot.
    pub(crate) fn holds(&self, folded: &str, slot: SlotId) -> bool {
        let [word, _] = self.look_up(folded, folded);
        self.is_member(word, slot)
    }

    /// The same for a word whose folded form is short.
    pub(crate) fn look_up_short(&self, word: &str, folded: Key) -> [WordId; 2] {
        match self.layout.table.find(folded) {
            None => [WordId::default(); 2],
            Some((id, false)) => [id, WordId::default()],
            Some((id, true)) => [id, self.exact.get(word).copied().unwrap_or_default()],
        }
    }

    /// The node of the trie of terms behind the first word of one; 0 behind any other.
    pub(crate) fn first_step(&self, word: WordId) -> u32 {
        self.layout.first[word.0 as usize]
    }

    /// One step in the trie of terms.
    pub(crate) fn step(&self, node: u32, word: WordId) -> Option<u32> {
        if word == WordId::default() {
            return None;
        }
        self.trie.get(&(node, word)).copied()
    }

    /// The slots whose terms end at this node.
    pub(crate) fn ends(&self, node: u32) -> &[SlotId] {
        self.layout.ends.of(node)
    }
}

/// What the words are looked up in.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// By word, as a single word.
    singles: Lists,
    /// By node of the trie.
    ends: Lists,
    /// By word: the node of the trie that it leads to from the root, or 0.
    first: Vec<u32>,
    table: WordTable,
}

/// Lists of slots, one after the other, and where each begins.
#[derive(Debug, Default)]
struct Lists {
    slots: Vec<SlotId>,
    starts: Vec<u32>,
}

impl Lists {
    /// So many lists from their members: sorted, each once.
    fn new(count: u32, members: &[(u32, SlotId)]) -> Self {
        let mut ends = vec![0; count as usize];
        members.iter().for_each(|&(list, _)| ends[list as usize] += 1);
        let mut sum = 0;
        for end in &mut ends {
            let size = std::mem::replace(end, sum);
            sum += size;
        }
        let mut all = vec![SlotId(0); members.len()];
        for &(list, slot) in members {
            let end = &mut ends[list as usize];
            all[*end] = slot;
            *end += 1;
        }
        let mut lists =
            Self { slots: Vec::with_capacity(all.len()), starts: Vec::with_capacity(ends.len() + 1) };
        let mut start = 0;
        lists.begin();
        for end in ends {
            let list = &mut all[start..end];
            list.sort_unstable();
            lists.slots.extend(list.chunk_by(|one, next| one == next).map(|same| same[0]));
            lists.begin();
            start = end;
        }
        lists
    }

    fn begin(&mut self) {
        self.starts.push(u32::try_from(self.slots.len()).expect("lexicons have fewer words than that"));
    }

    fn of(&self, list: u32) -> &[SlotId] {
        let at = list as usize;
        &self.slots[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_their_slots_in_order_and_once() {
        let members = [(2, 7), (0, 3), (2, 1), (2, 7), (0, 4)].map(|(list, slot)| (list, SlotId(slot)));
        let lists = Lists::new(4, &members);
        let slots = [0, 1, 2, 3].map(|list| lists.of(list).iter().map(|slot| slot.0).collect::<Vec<_>>());
        assert_eq!(slots, [vec![3, 4], vec![], vec![1, 7], vec![]]);
    }
}
