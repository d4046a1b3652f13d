//! Byte ranges tagged with the text they index.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

/// The decoded UTF-8 source of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {}

/// The text a reader of the rendered report sees, one block after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Visible {}

/// The rendered release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Output {}

/// A half-open byte range `start..end` in the coordinate space `S`.
///
/// `start <= end` always holds. A span owns no text. Texts are limited to `u32::MAX` bytes, which
/// [`crate::Ingest`] enforces before any span is made.
pub struct Span<S> {
    start: u32,
    end: u32,
    space: PhantomData<fn() -> S>,
}

impl<S> Span<S> {
    /// A span from `start` up to, not including, `end`, in bytes.
    ///
    /// # Panics
    /// When `start > end`, or `end` exceeds `u32::MAX`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "span start {start} lies after its end {end}");
        let end = u32::try_from(end).expect("texts are limited to u32::MAX bytes by ingest");
        #[expect(clippy::cast_possible_truncation, reason = "start <= end, which fits")]
        let start = start as u32;
        Self { start, end, space: PhantomData }
    }

    /// The first byte.
    #[must_use]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// One past the last byte.
    #[must_use]
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same range as a `std` range, for indexing.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    /// Whether the two spans share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end), space: PhantomData }
    }
}

/// Spans in order, those that overlap joined.
pub(crate) fn joined<S>(mut spans: Vec<Span<S>>) -> Vec<Span<S>> {
    spans.sort();
    spans.dedup_by(|next, last| {
        let overlaps = next.overlaps(*last);
        if overlaps {
            *last = last.hull(*next);
        }
        overlaps
    });
    spans
}

// Derives would demand bounds on `S`, which is never a value.
impl<S> Clone for Span<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Span<S> {}
impl<S> PartialEq for Span<S> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}
impl<S> Eq for Span<S> {}
impl<S> PartialOrd for Span<S> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<S> Ord for Span<S> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.start, self.end).cmp(&(other.start, other.end))
    }
}
impl<S> std::hash::Hash for Span<S> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.start, self.end).hash(state);
    }
}
impl<S> fmt::Debug for Span<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
