//! Text that may stand in a release without standing in the source. Its origins are closed.

/// The text put in place of a sensitive span or a mark.
///
/// A replacement comes from a rule or the policy ([`Replacement::literal`]), from the rendering of a marking
/// ([`Replacement::marking`]), or from a named person's decision ([`Replacement::decided`]); grammatical adaptation
/// changes its form only through the closed set of [`super::rewrite`]. There is no way from source text into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    text: String,
    origin: Origin,
}

/// Where a replacement's words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A literal of a rule or the policy, perhaps grammatically adapted.
    Literal,
    /// A kept word through a grammatical change: capital, article, number.
    Adapted,
    /// A rendered marking.
    Marking,
    /// The text of a named decision.
    Decided,
}

impl Replacement {
    /// Nothing: the span is removed.
    #[must_use]
    pub fn nothing() -> Self {
        Self { text: String::new(), origin: Origin::Literal }
    }

    /// Words of a rule or of the policy.
    #[must_use]
    pub(crate) fn literal(text: &str) -> Self {
        Self { text: text.to_owned(), origin: Origin::Literal }
    }

    /// A kept word, grammatically changed by [`super::rewrite`].
    #[must_use]
    pub(super) fn adapted(text: String) -> Self {
        Self { text, origin: Origin::Adapted }
    }

    /// A rendered marking.
    #[must_use]
    pub(crate) fn marking(text: String) -> Self {
        Self { text, origin: Origin::Marking }
    }

    /// The replacement's text; empty when the span is only removed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the words come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }
}
