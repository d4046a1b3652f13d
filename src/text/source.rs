//! High-side text that does not print itself.

use std::fmt;

use super::{Source, Span};

/// The decoded text of one report. It is as sensitive as the report.
///
/// `Debug` prints the length alone; there is no `Display`, no `Serialize` and no `Deref`. Reading is
/// [`SourceText::expose`], which a test counts by module, so that a new reader of source text is seen in review.
///
/// ```compile_fail
/// let source = tearline::SourceText::new("text".into());
/// println!("{source}"); // no Display
/// ```
/// ```
/// let source = tearline::SourceText::new("text".into());
/// assert_eq!(format!("{source:?}"), "SourceText(4 bytes)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SourceText(String);

impl SourceText {
    /// Wraps decoded text.
    ///
    /// # Panics
    /// When the text is longer than `u32::MAX` bytes; [`crate::Ingest`] refuses such input with an error.
    #[must_use]
    pub fn new(text: String) -> Self {
        assert!(u32::try_from(text.len()).is_ok(), "texts are limited to u32::MAX bytes by ingest");
        Self(text)
    }

    /// The text under a span.
    ///
    /// # Panics
    /// When the span does not lie in this text or cuts a character.
    #[must_use]
    pub fn expose(&self, span: Span<Source>) -> &str {
        &self.0[span.range()]
    }

    /// The span of the whole text.
    #[must_use]
    pub fn span(&self) -> Span<Source> {
        Span::new(0, self.0.len())
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the text has no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceText({} bytes)", self.0.len())
    }
}
