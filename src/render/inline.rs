//! Visible changes into cuts of the source, so that the markup around them stays valid.

use super::changes::Revision;
use super::cuts::{Cuts, Insert};
use super::tidy::Change;
use crate::document::{BlockKind, Document, Form, Inline, InlineKind, Segment, SegmentKind, Syntax};
use crate::text::{Source, Span, Visible};

/// Adds the cuts that `revision` makes.
pub(super) fn cut(document: &Document, revision: &Revision, cuts: &mut Cuts) {
    let block = &document.blocks()[revision.block];
    let writer = Inlines { document, changes: &revision.changes, block: block.visible };
    let code_block = matches!(block.kind, BlockKind::Code { .. });
    for change in &revision.changes {
        writer.change(change, code_block, cuts);
    }
}

/// Adds the cuts that keep the emphasis and code spans of a leaf block valid, whose text changes by `changes` and which
/// may lose hidden text. To be called for each block that stands.
pub(super) fn pairs(document: &Document, block: usize, changes: &[Change], cuts: &mut Cuts) {
    let inlines = document.inlines();
    let from = inlines.partition_point(|inline| inline.block < block);
    let writer = Inlines { document, changes, block: document.blocks()[block].visible };
    for inline in inlines[from..].iter().take_while(|inline| inline.block == block) {
        writer.pair(inline, cuts);
    }
}

struct Inlines<'d> {
    document: &'d Document,
    changes: &'d [Change],
    block: Span<Visible>,
}

impl Inlines<'_> {
    fn change(&self, change: &Change, code_block: bool, cuts: &mut Cuts) {
        let insert = |text: &str| match text {
            "" => Insert::Nothing,
            _ if code_block || self.in_code(change.span) => Insert::Code(text.to_owned()),
            _ => Insert::Text(text.to_owned()),
        };
        if change.span.is_empty() {
            return cuts.insert(self.place(change.span.start()), insert(&change.text));
        }
        let segments = self.document.segments();
        let mut text = insert(&change.text);
        for run in segments.to_source(change.span) {
            cuts.replace(run, std::mem::replace(&mut text, Insert::Nothing));
            // A line end that goes takes the next line's prefix along.
            let mut at = run.end();
            let after_break = || segments.within(run).last().is_some_and(|segment| is_break(&segment));
            if after_break() {
                while let Some(space) = segments.within(Span::new(at, at + 1)).next().filter(is_space) {
                    cuts.remove(Span::new(at, space.source.end()));
                    at = space.source.end();
                }
            }
        }
    }

    /// Whether `span` lies in a code span that stands.
    fn in_code(&self, span: Span<Visible>) -> bool {
        let inlines = self.document.inlines();
        let to = inlines.partition_point(|inline| inline.visible.start() <= span.start());
        inlines[..to].iter().rev().take_while(|inline| inline.visible.start() >= self.block.start()).any(|inline| {
            inline.kind == InlineKind::Code && inline.visible.contains(span) && !self.emptied(inline)
        })
    }

    /// Where text is inserted before the visible offset `at`: in front of delimiters that open there.
    fn place(&self, at: usize) -> usize {
        let segments = self.document.segments();
        let end = (at + 1).min(self.document.visible().len());
        let mut place =
            segments.source_hull(Span::new(at, end.max(at))).map_or(self.document.source().len(), Span::start);
        while let Some(before) = place.checked_sub(1) {
            match segments.within(Span::new(before, place)).next() {
                Some(segment) if segment.kind == SegmentKind::Syntax(Syntax::Delimiter) => {
                    place = segment.source.start();
                }
                _ => break,
            }
        }
        place
    }

    /// The changes that touch `span`.
    fn touching(&self, span: Span<Visible>) -> &[Change] {
        let from = self.changes.partition_point(|change| change.span.end() < span.start());
        let to = self.changes.partition_point(|change| change.span.start() <= span.end());
        &self.changes[from..to.max(from)]
    }

    /// Whether nothing of a container's own text is left.
    fn emptied(&self, inline: &Inline) -> bool {
        let covered: usize = self
            .touching(inline.visible)
            .iter()
            .filter(|change| !(change.in_place && inline.visible.contains(change.span)))
            .map(|change| {
                let start = change.span.start().clamp(inline.visible.start(), inline.visible.end());
                change.span.end().clamp(start, inline.visible.end()) - start
            })
            .sum();
        covered == inline.visible.len()
    }

    fn pair(&self, inline: &Inline, cuts: &mut Cuts) {
        if self.emptied(inline) {
            cuts.remove(inline.open);
            cuts.remove(inline.close);
        } else if inline.kind == InlineKind::Code {
            let touched = |change: &Change| change.span.overlaps(inline.visible) || change.span.is_empty();
            if self.touching(inline.visible).iter().any(touched) {
                self.code_span(inline, cuts);
            }
        } else if self.disturbed(inline.open) || self.disturbed(inline.close) {
            self.emphasis(inline, cuts);
        }
    }

    /// Gives a code span whose content changes the delimiters that fit its new content.
    fn code_span(&self, inline: &Inline, cuts: &mut Cuts) {
        let content = self.after(inline.visible);
        let old = self.document.source().expose(inline.open);
        let runs = || content.split(|c| c != '`').map(str::len);
        let mut ticks = old.trim_matches(' ').len().max(1);
        while runs().any(|run| run == ticks) {
            ticks += 1;
        }
        let spaced = content.starts_with(' ') && content.ends_with(' ') && !content.trim().is_empty();
        let pad = if spaced || content.starts_with('`') || content.ends_with('`') { " " } else { "" };
        let ticks = "`".repeat(ticks);
        cuts.replace(inline.open, Insert::Markup(format!("{ticks}{pad}")));
        cuts.replace(inline.close, Insert::Markup(format!("{pad}{ticks}")));
    }

    /// Whether a delimiter has other neighbours than in the source.
    fn disturbed(&self, delimiter: Span<Source>) -> bool {
        let segments = self.document.segments();
        let changed = |at: usize| match segments.within(Span::new(at, at + 1)).next() {
            Some(Segment { kind: SegmentKind::Visible(form), source, visible }) => {
                let offset = if form == Form::Verbatim { at - source.start() } else { 0 };
                let byte = visible.start() + offset;
                form == Form::Tag
                    || self.touching(Span::new(byte, byte + 1)).iter().any(|change| {
                        change.span.is_empty() || change.span.overlaps(Span::new(byte, byte + 1))
                    })
            }
            // A delimiter beside this one may itself change.
            Some(Segment { kind: SegmentKind::Syntax(Syntax::Delimiter), .. }) => true,
            Some(Segment { kind: SegmentKind::Syntax(_), .. }) | None => false,
            Some(Segment { kind: SegmentKind::Hidden(_) | SegmentKind::Unclaimed, .. }) => true,
        };
        changed(delimiter.end()) || delimiter.start().checked_sub(1).is_some_and(changed)
    }

    /// Moves a space out of an emphasis and drops its delimiters where they would not be read as such.
    fn emphasis(&self, inline: &Inline, cuts: &mut Cuts) {
        let (start, end) = (inline.visible.start(), inline.visible.end());
        let (before, after) = (self.char_before(start).map(|(c, _)| c), self.char_after(end).map(|(c, _)| c));
        let first = self.char_after(start);
        let last = self.char_before(end);
        let underscore = self.document.source().expose(inline.open).starts_with('_');
        // A space inside of a delimiter stands as well outside of it.
        let (mut opens, mut closes) = (None, None);
        if let Some((' ', Some(at))) = first
            && at + 1 < end
            && let Some((next, _)) = self.char_after(at + 1)
        {
            opens = Some(at).filter(|_| flanks(Some(' '), next, underscore));
        }
        if let Some((' ', Some(at))) = last
            && at > start
            && let Some((next, _)) = self.char_before(at)
        {
            closes = Some(at).filter(|_| flanks(Some(' '), next, underscore));
        }
        let stands = |outer, inner: Option<(char, _)>| inner.is_some_and(|(c, _)| flanks(outer, c, underscore));
        if !(opens.is_some() || stands(before, first)) || !(closes.is_some() || stands(after, last)) || opens == closes && opens.is_some() {
            cuts.remove(inline.open);
            return cuts.remove(inline.close);
        }
        for (space, place) in [(opens, inline.open.start()), (closes, inline.close.end())] {
            let Some(at) = space else { continue };
            for run in self.document.segments().to_source(Span::new(at, at + 1)) {
                cuts.remove(run);
            }
            cuts.insert(place, Insert::Markup(" ".to_owned()));
        }
    }

    /// The character that stands before the visible offset `at` after the changes, and where it stands if it is kept.
    fn char_before(&self, mut at: usize) -> Option<(char, Option<usize>)> {
        let mut next = self.changes.partition_point(|change| change.span.start() < at);
        while let Some(change) = next.checked_sub(1).map(|index| &self.changes[index]).filter(|c| c.span.end() >= at) {
            if let Some(c) = change.text.chars().next_back() {
                return Some((c, None));
            }
            at = change.span.start();
            next -= 1;
        }
        let c = self.document.visible()[self.block.start()..at.max(self.block.start())].chars().next_back()?;
        Some((c, Some(at - c.len_utf8())))
    }

    /// The character that stands at the visible offset `at` after the changes, and where it stands if it is kept.
    fn char_after(&self, mut at: usize) -> Option<(char, Option<usize>)> {
        let mut next = self.changes.partition_point(|change| change.span.end() <= at && change.span.start() < at);
        while let Some(change) = self.changes.get(next).filter(|change| change.span.start() <= at) {
            if change.span.start() == at
                && let Some(c) = change.text.chars().next()
            {
                return Some((c, None));
            }
            at = at.max(change.span.end());
            next += 1;
        }
        let c = self.document.visible()[at.min(self.block.end())..self.block.end()].chars().next()?;
        Some((c, Some(at)))
    }

    /// The visible text of `span` after the changes. A change that reaches over its start counts as before it.
    fn after(&self, span: Span<Visible>) -> String {
        let visible = self.document.visible();
        let mut out = String::new();
        let mut at = span.start();
        for change in self.touching(span) {
            let inside = change.span.start() >= span.start() && change.span.start() < span.end();
            let start = change.span.start().clamp(at, span.end());
            out.push_str(&visible[at..start]);
            if inside || change.span.is_empty() && change.span.start() == span.end() {
                out.push_str(&change.text);
            }
            at = change.span.end().clamp(start, span.end());
        }
        out.push_str(&visible[at..span.end()]);
        out
    }
}

/// Whether a delimiter between `outer` and `inner` opens or closes an emphasis.
fn flanks(outer: Option<char>, inner: char, underscore: bool) -> bool {
    let punctuation = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
    let open = outer.is_none_or(|c| c.is_whitespace() || punctuation(c));
    !inner.is_whitespace() && (open || !punctuation(inner)) && (open || !underscore)
}

fn is_break(segment: &Segment) -> bool {
    segment.kind == SegmentKind::Visible(Form::Break)
}

fn is_space(segment: &Segment) -> bool {
    segment.kind == SegmentKind::Syntax(Syntax::Space)
}
