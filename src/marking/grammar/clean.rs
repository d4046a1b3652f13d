//! The text of a mark with case and spaces put right, and the way back to the bytes as given.

use std::borrow::Cow;
use std::ops::Range;

/// A mark's text as the grammar reads it. Text that needs no change is borrowed.
pub(super) struct Clean<'t> {
    pub(super) text: Cow<'t, str>,
    /// Lower-case letters were raised.
    pub(super) raised: bool,
    /// The first byte, as given, where a space was wrong.
    pub(super) spaced: Option<usize>,
    /// For each byte of the clean text, the byte it comes from; empty when nothing moved.
    origins: Vec<u32>,
    given: &'t str,
}

impl<'t> Clean<'t> {
    pub(super) fn new(given: &'t str) -> Self {
        if is_clean(given.as_bytes()) {
            return Self {
                text: Cow::Borrowed(given),
                raised: false,
                spaced: None,
                origins: Vec::new(),
                given,
            };
        }
        let mut clean = Self {
            text: Cow::Owned(String::with_capacity(given.len())),
            raised: false,
            spaced: None,
            origins: Vec::with_capacity(given.len()),
            given,
        };
        clean.rewrite(given);
        clean
    }

    /// Bytes as given of a range of the clean text.
    pub(super) fn given(&self, clean: Range<usize>) -> Range<usize> {
        if self.origins.is_empty() {
            return clean;
        }
        let origin = |at: usize| self.origins.get(at).map_or(self.given.len(), |&origin| origin as usize);
        let start = origin(clean.start);
        if clean.is_empty() {
            return start..start;
        }
        let last = origin(clean.end - 1);
        start..last + self.given[last..].chars().next().map_or(0, char::len_utf8)
    }

    fn rewrite(&mut self, given: &str) {
        let mut space: Option<usize> = None;
        let mut last = '\0';
        for (at, c) in given.char_indices() {
            if c.is_whitespace() {
                if c != ' ' || space.is_some() {
                    self.note_space(at);
                }
                space.get_or_insert(at);
                continue;
            }
            if let Some(start) = space.take() {
                if last == '\0' || is_joint(last) || is_joint(c) || c == ',' {
                    self.note_space(start);
                } else {
                    self.push(' ', start);
                }
            } else if last == ',' {
                self.note_space(at);
                self.push(' ', at);
            }
            self.raised |= c.is_lowercase();
            for upper in c.to_uppercase() {
                self.push(upper, at);
            }
            last = c;
        }
        if let Some(start) = space {
            self.note_space(start);
        }
    }

    fn note_space(&mut self, at: usize) {
        self.spaced.get_or_insert(at);
    }

    fn push(&mut self, c: char, origin: usize) {
        self.text.to_mut().push(c);
        let origin = u32::try_from(origin).unwrap_or(u32::MAX);
        self.origins.resize(self.text.len(), origin);
    }
}

/// Characters that take no space beside them.
fn is_joint(c: char) -> bool {
    matches!(c, '/' | '-')
}

/// Whether [`Clean::rewrite`] would change nothing.
fn is_clean(text: &[u8]) -> bool {
    let mut last = b'/';
    for &b in text {
        let spaces = match (last, b) {
            (_, b' ') => matches!(last, b' ' | b'/' | b'-'),
            (b' ', b'/' | b'-' | b',') => true,
            (b',', _) => true,
            _ => false,
        };
        if spaces || !(b == b' ' || b.is_ascii_graphic()) || b.is_ascii_lowercase() {
            return false;
        }
        last = b;
    }
    last != b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_is_seen_and_traced() {
        let clean = Clean::new(" Secret // rel to  USA,GBR ");
        assert_eq!(clean.text, "SECRET//REL TO USA, GBR");
        assert!(clean.raised && clean.spaced == Some(0));
        assert_eq!(clean.given(6..8), 8..10);
        assert_eq!(clean.given(20..23), 23..26);
    }

    #[test]
    fn clean_text_is_borrowed() {
        for text in ["SECRET//REL TO USA, GBR", "S//SI-G ABCD//OC", ""] {
            assert!(matches!(Clean::new(text).text, Cow::Borrowed(_)), "{text}");
        }
    }
}
