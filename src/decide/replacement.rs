//! Text that may stand in a release without standing in the source. Its origins are closed.

/// The text put in place of a sensitive span or a mark.
///
/// A replacement comes from a rule or the policy ([`Replacement::literal`]), from the rendering of a marking
/// ([`Replacement::marking`]), from a kept word through the closed set of grammatical changes in [`super::rewrite`]
/// ([`Replacement::adapted`]), or from a named decision ([`Replacement::decided`]). There is no other way into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replacement {
    text: String,
    origin: Origin,
}

/// Where a replacement's words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A literal of a rule or the policy, perhaps grammatically adapted.
    Literal,
    /// A kept word through a grammatical change: capital, article, number.
    Adapted,
    /// A rendered marking.
    Marking,
    /// The text of a named decision.
    Decision,
}

impl Replacement {
    /// Nothing: the span is removed.
    #[must_use]
    pub(crate) fn nothing() -> Self {
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

    /// Words that a person decided on; the gate reads them like any other.
    #[must_use]
    pub(super) fn decided(text: &str) -> Self {
        Self { text: text.to_owned(), origin: Origin::Decision }
    }

    /// The replacement's text; empty when the span is only removed.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where the words come from.
    #[must_use]
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }
}
