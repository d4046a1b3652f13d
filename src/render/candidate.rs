//! Rendered text that nobody has verified yet.

use crate::document::PortionId;
use crate::text::{Output, Source, Span};

/// A release before verification. It does not print or serialise itself; only the verifier reads it.
///
/// ```compile_fail
/// fn leak(candidate: tearline::stages::Candidate) {}
/// ```
pub(crate) struct Candidate {
    text: String,
    pieces: Vec<Piece>,
    fallen: Vec<PortionId>,
}

/// Where a run of the output comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its place in the output; never empty.
    pub output: Span<Output>,
    /// The source bytes it is, or stands in place of.
    pub source: Span<Source>,
    /// Whether the output bytes are the source's bytes.
    pub kept: bool,
}

impl Candidate {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), pieces: Vec::new(), fallen: Vec::new() }
    }

    /// Says which portions of the plan the structure did not carry.
    pub(super) fn without(mut self, fallen: Vec<PortionId>) -> Self {
        self.fallen = fallen;
        self
    }

    /// The portions that the plan keeps and the structure did not carry: the marks of what stands do not count them.
    pub(crate) fn fallen(&self) -> &[PortionId] {
        &self.fallen
    }

    /// The rendered text, for the verifier.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The rendered text, for the release that the verifier makes of it.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Where each run of the output comes from, in order.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The source bytes that a run of the output is, or stands in place of.
    pub(crate) fn to_source(&self, output: Span<Output>) -> Vec<Span<Source>> {
        let first = self.pieces.partition_point(|piece| piece.output.end() <= output.start());
        let within = self.pieces[first..].iter().take_while(|piece| piece.output.start() < output.end());
        within
            .filter(|piece| piece.output.overlaps(output))
            .map(|piece| {
                if !piece.kept {
                    return piece.source;
                }
                let from = output.start().max(piece.output.start()) - piece.output.start();
                let to = output.end().min(piece.output.end()) - piece.output.start();
                Span::new(piece.source.start() + from, piece.source.start() + to)
            })
            .collect()
    }

    /// The runs of the output that are source bytes of one of the spans, neighbours joined.
    pub(crate) fn standing(&self, spans: &[Span<Source>]) -> Vec<Span<Output>> {
        let mut runs: Vec<Span<Output>> = Vec::new();
        for piece in self.pieces.iter().filter(|piece| piece.kept && !spans.is_empty()) {
            for span in spans.iter().filter(|span| span.overlaps(piece.source)) {
                let start = span.start().max(piece.source.start()) - piece.source.start();
                let end = span.end().min(piece.source.end()) - piece.source.start();
                let run = Span::new(piece.output.start() + start, piece.output.start() + end);
                match runs.last_mut() {
                    Some(last) if run.start() <= last.end() => *last = last.hull(run),
                    _ => runs.push(run),
                }
            }
        }
        runs
    }

    /// Appends the source bytes under `span`.
    pub(super) fn keep(&mut self, source: &str, span: Span<Source>) {
        self.push(&source[span.range()], span, true);
    }

    /// Appends `text`, which stands in place of the source bytes under `span`.
    pub(super) fn insert(&mut self, text: &str, span: Span<Source>) {
        self.push(text, span, false);
    }

    /// A text of pieces that are the source's bytes, or stand between them.
    #[cfg(test)]
    pub(crate) fn of_pieces(pieces: &[(&str, bool)]) -> Self {
        let source: String = pieces.iter().filter(|(_, kept)| *kept).map(|(text, _)| *text).collect();
        let mut candidate = Self::with_capacity(source.len());
        let mut at = 0;
        for (text, kept) in pieces {
            if *kept {
                candidate.keep(&source, Span::new(at, at + text.len()));
                at += text.len();
            } else {
                candidate.insert(text, Span::new(at, at));
            }
        }
        candidate
    }

    /// A text of runs that are said to be the source bytes at a place, or to stand in place of them.
    #[cfg(test)]
    pub(crate) fn of_claims<'t>(runs: impl Iterator<Item = (&'t str, Span<Source>, bool)>) -> Self {
        let mut candidate = Self::with_capacity(0);
        runs.for_each(|(text, source, kept)| candidate.push(text, source, kept));
        candidate
    }

    fn push(&mut self, text: &str, source: Span<Source>, kept: bool) {
        if text.is_empty() {
            return;
        }
        let output = Span::new(self.text.len(), self.text.len() + text.len());
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some(last) if last.kept && kept && last.source.end() == source.start() => {
                last.output = last.output.hull(output);
                last.source = last.source.hull(source);
            }
            _ => self.pieces.push(Piece { output, source, kept }),
        }
    }
}
