//! Names of compartments, programs and categories as one short text in canonical order.

use std::fmt;

const INLINE: usize = 30;

/// A `/`-separated list of names, for example `SI-G ABCD/TK`: the canonical text of one category of a mark.
///
/// Up to 30 bytes it needs no allocation.
#[derive(Clone)]
pub struct Names(Repr);

#[derive(Clone)]
enum Repr {
    Inline { len: u8, bytes: [u8; INLINE] },
    Heap(String),
}

impl Names {
    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Inline { len, bytes } => {
                std::str::from_utf8(&bytes[..usize::from(*len)]).expect("only whole strings are pushed")
            }
            Repr::Heap(text) => text,
        }
    }

    /// Whether there is no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Repr::Inline { len, .. } => *len == 0,
            Repr::Heap(text) => text.is_empty(),
        }
    }

    /// The names, each with its compartments.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.as_str().split('/').filter(|name| !name.is_empty())
    }

    /// Whether one of the names is `name`, compartments aside.
    #[must_use]
    pub fn has_root(&self, name: &str) -> bool {
        self.iter().any(|item| root(item) == name)
    }

    /// Adds a name after the others.
    pub(crate) fn push_name(&mut self, name: &str) {
        if !self.is_empty() {
            self.push("/");
        }
        self.push(name);
    }

    /// Adds raw text.
    pub(crate) fn push(&mut self, text: &str) {
        match &mut self.0 {
            Repr::Inline { len, bytes } => {
                let start = usize::from(*len);
                let end = start + text.len();
                match (bytes.get_mut(start..end), u8::try_from(end)) {
                    (Some(room), Ok(end)) => {
                        room.copy_from_slice(text.as_bytes());
                        *len = end;
                    }
                    _ => self.0 = Repr::Heap([self.as_str(), text].concat()),
                }
            }
            Repr::Heap(heap) => heap.push_str(text),
        }
    }
}

/// The system or program of an item, without its compartments.
pub(crate) fn root(item: &str) -> &str {
    item.split('-').next().unwrap_or(item)
}

impl Default for Names {
    fn default() -> Self {
        Self(Repr::Inline { len: 0, bytes: [0; INLINE] })
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut list = Self::default();
        names.into_iter().for_each(|name| list.push_name(name));
        list
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}
impl Eq for Names {}

impl std::hash::Hash for Names {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_from_inline_to_heap_unseen() {
        let mut names = Names::default();
        let all: Vec<String> = (0..20).map(|n| format!("P{n}")).collect();
        all.iter().for_each(|name| names.push_name(name));
        assert_eq!(names.iter().collect::<Vec<_>>(), all);
        assert_eq!(names, all.iter().map(String::as_str).collect());
        assert!(names.has_root("P19") && !names.has_root("P2X"));
    }
}
