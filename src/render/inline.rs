//! Visible changes into cuts of the source, so that the markup around them stays valid.

use super::changes::Revision;
use super::cuts::{Cuts, Insert};
use super::tidy::Change;
use crate::document::{Block, BlockKind, Document, Form, Inline, InlineKind, Segment, SegmentKind, Syntax};
use crate::text::{Source, Span, Visible};

/// Adds the cuts that `revision` makes.
pub(super) fn cut(document: &Document, revision: &Revision, cuts: &mut Cuts) {
    let block = &document.blocks()[revision.block];
    let writer = Inlines { document, changes: &revision.changes, block: block.visible, source: block.source };
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
    let Block { visible, source, .. } = document.blocks()[block];
    let writer = Inlines { document, changes, block: visible, source };
    for inline in inlines[from..].iter().take_while(|inline| inline.block == block) {
        writer.pair(inline, cuts);
    }
}

/// As many ticks could be read as a fence where a line starts anew.
const FENCE: usize = 3;

struct Inlines<'d> {
    document: &'d Document,
    changes: &'d [Change],
    block: Span<Visible>,
    source: Span<Source>,
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
            // So does white space at the end of the line.
            let before =
                run.start().checked_sub(1).and_then(|at| segments.within(Span::new(at, at + 1)).next());
            if segments.within(run).next().is_some_and(|segment| self.is_break(&segment))
                && let Some(space) = before.filter(is_space)
            {
                cuts.remove(space.source);
            }
            // A line end that goes takes the next line's prefix along.
            let mut at = run.end();
            let after_break = || segments.within(run).last().is_some_and(|segment| self.is_break(&segment));
            if after_break() {
                while let Some(space) = segments.within(Span::new(at, at + 1)).next().filter(is_space) {
                    cuts.remove(Span::new(at, space.source.end()));
                    at = space.source.end();
                }
            }
        }
    }

    /// Whether a visible segment is a line end, in a code span too.
    fn is_break(&self, segment: &Segment) -> bool {
        segment.kind != SegmentKind::Visible(Form::Verbatim)
            && self.document.source().expose(segment.source).ends_with(['\n', '\r'])
    }

    /// Whether `span` lies in a code span that stands.
    fn in_code(&self, span: Span<Visible>) -> bool {
        let inlines = self.document.inlines();
        // Nothing opens inside of a code span, so that the last to open before is the one.
        let to = inlines.partition_point(|inline| inline.visible.start() <= span.start());
        inlines[..to].last().is_some_and(|inline| {
            inline.kind == InlineKind::Code && inline.visible.contains(span) && !self.emptied(inline)
        })
    }

    /// Where text is inserted before the visible offset `at`: in front of delimiters that open there.
    fn place(&self, at: usize) -> usize {
        let segments = self.document.segments();
        let end = (at + 1).min(self.document.visible().len());
        let mut place = segments
            .source_hull(Span::new(at, end.max(at)))
            .map_or(self.document.source().len(), Span::start);
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
            let (before, after) = (self.joins(inline, true), self.joins(inline, false));
            if self.touching(inline.visible).iter().any(touched)
                || inline.open.len() >= FENCE && self.disturbed(inline.open)
                || before.or(after).is_some()
            {
                self.code_span(inline, before, after, cuts);
            }
        } else if self.disturbed(inline.open) || self.disturbed(inline.close) {
            self.emphasis(inline, cuts);
        }
    }

    /// The code span before or behind this one that nothing separates from it any more.
    fn joins(&self, inline: &Inline, before: bool) -> Option<&Inline> {
        let inlines = self.document.inlines();
        let at = inlines.partition_point(|other| other.open.start() < inline.open.start());
        let code = |other: &&Inline| other.kind == InlineKind::Code && !self.emptied(other);
        let same = |other: &&Inline| other.block == inline.block;
        if before {
            inlines[..at].iter().rev().take_while(same).find(code).filter(|other| self.meets_next(other))
        } else {
            inlines[at + 1..].iter().take_while(same).find(code).filter(|_| self.meets_next(inline))
        }
    }

    /// Gives a code span whose content changes the delimiters that fit its new content. With the span `before` or
    /// `after` it becomes one.
    fn code_span(&self, inline: &Inline, before: Option<&Inline>, after: Option<&Inline>, cuts: &mut Cuts) {
        let content: String = [before, Some(inline), after]
            .into_iter()
            .flatten()
            .map(|span| self.after(span.visible))
            .collect();
        let old = self.document.source().expose(inline.open);
        let runs = || content.split(|c| c != '`').map(str::len);
        let mut ticks = old.trim_matches(' ').len();
        if ticks >= FENCE || before.or(after).is_some() {
            ticks = 1;
        }
        while runs().any(|run| run == ticks) {
            ticks += 1;
        }
        let spaced = content.starts_with(' ') && content.ends_with(' ') && !content.trim().is_empty();
        let pad = if spaced || content.starts_with('`') || content.ends_with('`') { " " } else { "" };
        let ticks = "`".repeat(ticks);
        let side = |joined: Option<&Inline>, ticks: String| match joined {
            Some(_) => Insert::Nothing,
            None => Insert::Markup(ticks),
        };
        cuts.replace(inline.open, side(before, format!("{ticks}{pad}")));
        cuts.replace(inline.close, side(after, format!("{pad}{ticks}")));
    }

    /// Whether a delimiter has other neighbours than in the source.
    fn disturbed(&self, delimiter: Span<Source>) -> bool {
        let segments = self.document.segments();
        let sign = self.document.source().expose(delimiter).as_bytes().first().copied();
        let changed = |at: usize| match segments.within(Span::new(at, at + 1)).next() {
            Some(Segment { kind: SegmentKind::Visible(form), source, visible }) => {
                let offset = if form == Form::Verbatim { at - source.start() } else { 0 };
                let byte = visible.start() + offset;
                // A sign that stands beside the delimiter as text counts with it, and with what is behind it.
                let same = || self.document.visible().as_bytes().get(byte).copied() == sign && self.hides();
                form == Form::Tag
                    || same()
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

    /// Whether the block loses hidden bytes or text.
    fn hides(&self) -> bool {
        let gone = |segment: Segment| {
            matches!(
                segment.kind,
                SegmentKind::Hidden(_) | SegmentKind::Unclaimed | SegmentKind::Visible(Form::Tag)
            )
        };
        !self.changes.is_empty() || self.document.segments().within(self.source).any(gone)
    }

    /// Moves a space out of an emphasis and drops its delimiters where they would not be read as such.
    fn emphasis(&self, inline: &Inline, cuts: &mut Cuts) {
        let (start, end) = (inline.visible.start(), inline.visible.end());
        let (before, after) = (self.char_before(start).map(|(c, _)| c), self.char_after(end).map(|(c, _)| c));
        let first = self.char_after(start);
        let last = self.char_before(end);
        let sign = self.document.source().expose(inline.open).chars().next();
        let underscore = sign == Some('_');
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
        // A sign beside the delimiter that is text would lengthen it.
        let stands = |outer: Option<char>, inner: Option<(char, _)>| {
            inner.is_some_and(|(c, _)| flanks(outer, c, underscore) && outer != sign && Some(c) != sign)
        };
        if self.meets_next(inline)
            || !(opens.is_some() || stands(before, first))
            || !(closes.is_some() || stands(after, last))
            || opens == closes && opens.is_some()
        {
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

    /// Whether the closing delimiter now stands right before an opening one of its kind, with which it would be read as one.
    fn meets_next(&self, inline: &Inline) -> bool {
        let inlines = self.document.inlines();
        let sign = |span: Span<Source>| self.document.source().expose(span).as_bytes().first().copied();
        let next = self.next_place(inline.visible.end());
        let from = inlines.partition_point(|other| other.open.start() < inline.close.end());
        inlines[from..]
            .iter()
            .take_while(|other| other.block == inline.block && other.visible.start() <= next)
            .any(|other| {
                sign(other.open) == sign(inline.close)
                    && other.open.start() > inline.close.end()
                    && !self.emptied(other)
                    && self.next_place(other.visible.start()) == next
            })
    }

    /// The first visible offset from `at` on at which something stands after the changes, kept or put in.
    fn next_place(&self, mut at: usize) -> usize {
        let next = self.changes.partition_point(|change| change.span.end() <= at && change.span.start() < at);
        for change in &self.changes[next..] {
            if change.span.start() > at || change.span.start() == at && !change.text.is_empty() {
                break;
            }
            at = at.max(change.span.end());
        }
        at
    }

    /// The character that stands before the visible offset `at` after the changes, and where it stands if it is kept.
    fn char_before(&self, mut at: usize) -> Option<(char, Option<usize>)> {
        let mut next = self.changes.partition_point(|change| change.span.start() < at);
        while let Some(change) =
            next.checked_sub(1).map(|index| &self.changes[index]).filter(|c| c.span.end() >= at)
        {
            if let Some(c) = change.text.chars().next_back() {
                return Some((c, None));
            }
            at = change.span.start();
            next -= 1;
        }
        let c =
            self.document.visible()[self.block.start()..at.max(self.block.start())].chars().next_back()?;
        Some((c, Some(at - c.len_utf8())))
    }

    /// The character that stands at the visible offset `at` after the changes, and where it stands if it is kept.
    fn char_after(&self, mut at: usize) -> Option<(char, Option<usize>)> {
        let mut next =
            self.changes.partition_point(|change| change.span.end() <= at && change.span.start() < at);
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

fn is_space(segment: &Segment) -> bool {
    segment.kind == SegmentKind::Syntax(Syntax::Space)
}
