//! A table of transitions that grows as the text asks for them: one word of 64 bits each.

use super::classes::Class;

/// A state of a lazy automaton, by its number.
pub(super) type State = u32;

const STATE_BITS: u32 = 21;
const CLASS_BITS: u32 = 20;

/// The most states, and the most classes, that a table tells apart.
pub(super) const MOST_STATES: usize = 1 << STATE_BITS;
pub(super) const MOST_CLASSES: usize = 1 << CLASS_BITS;

/// Where a transition goes, and whether there is something to see there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Next(u32);

impl Next {
    pub(super) fn new(state: State, flag: bool) -> Self {
        Self(state << 1 | u32::from(flag))
    }

    pub(super) fn state(self) -> State {
        self.0 >> 1
    }

    pub(super) fn flag(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Transitions by state and class, in open addressing. An empty place is all zeros: a key is never 0.
#[derive(Debug)]
pub(super) struct Table {
    entries: Vec<u64>,
    used: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { entries: vec![0; 1 << 12], used: 0 }
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.entries.len() * 8
    }

    pub(super) fn get(&self, state: State, class: Class) -> Option<Next> {
        let key = key(state, class);
        let mask = self.entries.len() - 1;
        let mut at = place(key) & mask;
        loop {
            let entry = self.entries[at];
            if entry >> (STATE_BITS + 1) == key {
                return Some(Next(low(entry)));
            }
            if entry == 0 {
                return None;
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a transition that is not there yet.
    pub(super) fn insert(&mut self, state: State, class: Class, next: Next) {
        if self.used * 2 >= self.entries.len() {
            let bigger = vec![0; self.entries.len() * 2];
            let old = std::mem::replace(&mut self.entries, bigger);
            old.into_iter().filter(|&entry| entry != 0).for_each(|entry| self.put(entry));
        }
        self.used += 1;
        self.put(key(state, class) << (STATE_BITS + 1) | u64::from(next.0));
    }

    fn put(&mut self, entry: u64) {
        let mask = self.entries.len() - 1;
        let mut at = place(entry >> (STATE_BITS + 1)) & mask;
        while self.entries[at] != 0 {
            at = (at + 1) & mask;
        }
        self.entries[at] = entry;
    }
}

fn key(state: State, class: Class) -> u64 {
    u64::from(state + 1) << CLASS_BITS | u64::from(class)
}

fn place(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
}

#[expect(clippy::cast_possible_truncation, reason = "the lower bits are what is wanted")]
fn low(entry: u64) -> u32 {
    entry as u32 & ((1 << (STATE_BITS + 1)) - 1)
}
