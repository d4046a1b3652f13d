//! Where the runs of a release come from, when only its text is known.

use similar::{ChangeTag, DiffTag, TextDiff};

use crate::render::Piece;
use crate::text::Span;

/// Aligns two texts by their lines, and lines that differ by their words.
pub(super) fn words(source: &str, release: &str) -> Vec<Piece> {
    let mut found = Found::default();
    let lines = TextDiff::from_lines(source, release);
    for op in lines.ops() {
        let before: String = op.old_range().filter_map(|line| lines.old_slice(line)).collect();
        let after: String = op.new_range().filter_map(|line| lines.new_slice(line)).collect();
        match op.tag() {
            DiffTag::Equal => found.change(ChangeTag::Equal, before.len()),
            DiffTag::Delete => found.change(ChangeTag::Delete, before.len()),
            DiffTag::Insert => found.change(ChangeTag::Insert, after.len()),
            DiffTag::Replace => {
                for change in TextDiff::from_words(&before, &after).iter_all_changes() {
                    found.change(change.tag(), change.value().len());
                }
            }
        }
    }
    found.pieces
}

/// What is aligned so far.
#[derive(Default)]
struct Found {
    pieces: Vec<Piece>,
    source: usize,
    release: usize,
}

impl Found {
    fn change(&mut self, tag: ChangeTag, length: usize) {
        let source = Span::new(self.source, self.source + length);
        let output = Span::new(self.release, self.release + length);
        if tag != ChangeTag::Insert {
            self.source += length;
        }
        if tag != ChangeTag::Delete {
            self.release += length;
        }
        match (tag, self.pieces.last_mut()) {
            (ChangeTag::Delete, _) => {}
            (ChangeTag::Insert, _) => {
                let source = Span::new(source.start(), source.start());
                self.pieces.push(Piece { output, source, kept: false });
            }
            (ChangeTag::Equal, Some(last)) if last.kept && last.source.end() == source.start() => {
                last.output = last.output.hull(output);
                last.source = last.source.hull(source);
            }
            (ChangeTag::Equal, _) => self.pieces.push(Piece { output, source, kept: true }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_have_is_kept_and_the_rest_put_in() {
        let (source, release) = ("A\n\nThe clerk said that it rains.\n", "It is known that it rains.\n");
        let pieces = words(source, release);
        let out: String = pieces.iter().map(|piece| &release[piece.output.range()]).collect();
        assert_eq!(out, release);
        for piece in pieces.iter().filter(|piece| piece.kept) {
            assert_eq!(source[piece.source.range()], release[piece.output.range()]);
        }
        assert!(pieces.iter().any(|piece| piece.kept && release[piece.output.range()].contains("it rains.")));
    }
}
