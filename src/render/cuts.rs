//! Cuts: what is taken out of the source, and what is put in its place.

use crate::text::{Source, Span};

/// What is put in the place of a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Insert {
    Nothing,
    /// Words, escaped where they would read as markup.
    Text(String),
    /// Words inside of a code span, where nothing reads as markup.
    Code(String),
    /// Markup and white space.
    Markup(String),
}

/// Source bytes that are not copied, none for a mere insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) source: Span<Source>,
    pub(super) insert: Insert,
}

/// The cuts of one document.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    cuts: Vec<Cut>,
}

impl Cuts {
    pub(super) fn remove(&mut self, source: Span<Source>) {
        if !source.is_empty() {
            self.replace(source, Insert::Nothing);
        }
    }

    pub(super) fn replace(&mut self, source: Span<Source>, insert: Insert) {
        self.cuts.push(Cut { source, insert });
    }

    pub(super) fn insert(&mut self, at: usize, insert: Insert) {
        self.replace(Span::new(at, at), insert);
    }

    /// The cuts in source order without overlap. Where two overlap, the first takes what it covers and both
    /// insert.
    pub(super) fn sorted(mut self) -> Vec<Cut> {
        self.cuts.sort_by_key(|cut| (cut.source.start(), !cut.source.is_empty()));
        let mut end = 0;
        for cut in &mut self.cuts {
            let start = cut.source.start().max(end);
            end = cut.source.end().max(start);
            cut.source = Span::new(start, end);
        }
        self.cuts.retain(|cut| !cut.source.is_empty() || cut.insert != Insert::Nothing);
        self.cuts
    }
}
