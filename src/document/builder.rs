//! What both front ends write into: segments, visible text and blocks in one pass from front to back.
//!
//! Every call claims the source from where the last one ended. Bytes that a front end skips over are claimed by
//! [`Builder::gap`], which knows white space, quote signs and reference definitions and calls the rest unclaimed.

use super::{
    BLOCK_SEPARATOR, Block, BlockId, BlockKind, FootnoteReference, Form, Hidden, Inline, InlineKind,
    SegmentKind, Segments, Syntax,
};
use crate::text::{Span, Visible, is_invisible, is_plain};

/// Shows where a line ends, and nowhere else.
const SOFT_HYPHEN: char = '\u{AD}';

/// The parts of a document while they are gathered.
#[derive(Debug)]
pub(super) struct Builder<'s> {
    pub(super) text: &'s str,
    pub(super) segments: Segments,
    pub(super) visible: String,
    pub(super) blocks: Vec<Block>,
    pub(super) inlines: Vec<Inline>,
    pub(super) footnotes: Vec<FootnoteReference>,
    stack: Vec<BlockId>,
    /// A line end inside a leaf and what was claimed since: whether a reader sees it depends on what follows.
    pending: Vec<(usize, SegmentKind)>,
    pending_len: usize,
    /// Whether the innermost block has no visible text yet.
    fresh: bool,
    /// Whether the whole source is printable ASCII.
    plain: bool,
}

impl<'s> Builder<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let mut builder = Self {
            text,
            segments: Segments::with_capacity(text.len() / 24),
            visible: String::with_capacity(text.len() + text.len() / 16),
            blocks: Vec::with_capacity(text.len() / 96 + 1),
            inlines: Vec::new(),
            footnotes: Vec::new(),
            stack: Vec::new(),
            pending: Vec::new(),
            pending_len: 0,
            fresh: true,
            plain: is_plain(text.as_bytes()),
        };
        if text.starts_with('\u{FEFF}') {
            builder.syntax('\u{FEFF}'.len_utf8(), Syntax::Space);
        }
        builder
    }

    /// Where the next claim starts.
    pub(super) fn at(&self) -> usize {
        self.segments.covered() + self.pending_len
    }

    /// The innermost open block.
    pub(super) fn top(&self) -> Option<BlockId> {
        self.stack.last().copied()
    }

    /// The kind of the innermost open block.
    pub(super) fn top_kind(&self) -> Option<BlockKind> {
        self.top().map(|id| self.blocks[id].kind)
    }

    /// Whether the innermost open block is a leaf.
    pub(super) fn in_leaf(&self) -> bool {
        self.top_kind().is_some_and(BlockKind::is_leaf)
    }

    /// Whether text that follows would start a line.
    pub(super) fn at_line_start(&self) -> bool {
        self.fresh || self.pending.iter().any(|&(_, kind)| is_break(kind))
    }

    /// Opens a block at the current place.
    pub(super) fn open(&mut self, kind: BlockKind) -> BlockId {
        self.settle(None);
        let (id, at, seen) = (self.blocks.len(), self.at(), self.visible.len());
        let (source, visible) = (Span::new(at, at), Span::new(seen, seen));
        self.blocks.push(Block { kind, parent: self.top(), next: id + 1, source, visible });
        self.stack.push(id);
        self.fresh = true;
        id
    }

    /// Closes the innermost block at the current place.
    pub(super) fn close(&mut self) {
        self.settle(None);
        let Some(id) = self.stack.pop() else { return };
        let (end, next) = (self.at(), self.blocks.len());
        let block = &mut self.blocks[id];
        block.next = next;
        block.source = Span::new(block.source.start(), end);
        block.visible = after_separator(&self.visible, block.visible.start());
    }

    /// Claims up to `to` as syntax.
    pub(super) fn syntax(&mut self, to: usize, syntax: Syntax) {
        self.claim(to, SegmentKind::Syntax(syntax));
    }

    /// Claims up to `to` as hidden.
    pub(super) fn hidden(&mut self, to: usize, hidden: Hidden) {
        self.claim(to, SegmentKind::Hidden(hidden));
    }

    /// Says that no more text follows in the open leaf: a line end before this point is not seen.
    pub(super) fn end_text(&mut self) {
        self.settle(None);
    }

    /// Leaves the bytes up to `to` unclaimed.
    pub(super) fn unclaimed(&mut self, to: usize) {
        self.claim(to, SegmentKind::Unclaimed);
    }

    /// Claims up to `to` as a line end inside a leaf block.
    pub(super) fn line_break(&mut self, to: usize) {
        self.pend(to, SegmentKind::Visible(Form::Break));
    }

    /// Claims up to `to` as a tag that ends a line.
    pub(super) fn tag_break(&mut self, to: usize) {
        self.pend(to, SegmentKind::Visible(Form::Tag));
    }

    fn claim(&mut self, to: usize, kind: SegmentKind) {
        if !self.pending.is_empty() {
            self.pend(to, kind);
        } else if to > self.at() {
            self.segments.push(to - self.at(), kind, self.visible.len(), 0);
        }
    }

    fn pend(&mut self, to: usize, kind: SegmentKind) {
        let from = self.at();
        if to > from {
            self.pending.push((to - from, kind));
            self.pending_len += to - from;
        }
    }

    /// Pushes what is pending. One line end is seen when visible text follows, which begins with `next`; in code every
    /// one is. A line end that is not seen goes the way of the hidden bytes beside it, if any.
    #[inline]
    fn settle(&mut self, next: Option<char>) {
        if !self.pending.is_empty() {
            self.settle_pending(next);
        }
    }

    fn settle_pending(&mut self, next: Option<char>) {
        if let ([(len, kind @ SegmentKind::Visible(Form::Break))], Some(_), false) =
            (&self.pending[..], next, self.fresh)
        {
            self.segments.push(*len, *kind, self.visible.len(), 1);
            self.visible.push('\n');
            self.pending.clear();
            self.pending_len = 0;
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        self.pending_len = 0;
        let kind = self.top_kind();
        let code = matches!(kind, Some(BlockKind::Code { .. }));
        let seen = next.filter(|_| !self.fresh).and_then(|next| {
            let position = |form| pending.iter().position(|&(_, kind)| kind == SegmentKind::Visible(form));
            let spaced = next.is_whitespace() || self.visible.ends_with(char::is_whitespace);
            position(Form::Break)
                .or_else(|| position(Form::Tag).filter(|_| kind == Some(BlockKind::Html) || !spaced))
        });
        let dropped = |kind| match kind {
            SegmentKind::Hidden(_) | SegmentKind::Unclaimed => Some(kind),
            SegmentKind::Visible(Form::Tag) => Some(SegmentKind::Hidden(Hidden::HtmlTag)),
            SegmentKind::Visible(_) | SegmentKind::Syntax(_) => None,
        };
        let before = self.segments.last().filter(|last| {
            let start = self.top().map_or(0, |id| self.blocks[id].source.start());
            self.fresh && last.source.start() >= start
        });
        let hidden = pending.iter().find_map(|&(_, kind)| dropped(kind)).or_else(|| dropped(before?.kind));
        // Space behind a line end that is dropped is that line's indentation and dropped with it.
        let mut dropping = false;
        for (index, &(len, kind)) in pending.iter().enumerate() {
            let (kind, text) = match kind {
                SegmentKind::Visible(form) if seen == Some(index) || (code && seen.is_some()) => {
                    dropping = false;
                    let inline = form == Form::Tag && self.top_kind() != Some(BlockKind::Html);
                    (kind, if inline { " " } else { "\n" })
                }
                SegmentKind::Visible(Form::Tag) => (SegmentKind::Hidden(Hidden::HtmlTag), ""),
                SegmentKind::Visible(_) => {
                    dropping = hidden.is_some();
                    (hidden.unwrap_or(SegmentKind::Syntax(Syntax::Space)), "")
                }
                SegmentKind::Syntax(Syntax::Space) if dropping => (hidden.unwrap_or(kind), ""),
                _ => (kind, ""),
            };
            self.segments.push(len, kind, self.visible.len(), text.len());
            self.visible.push_str(text);
        }
        self.pending = pending;
        self.pending.clear();
    }

    /// Makes ready for visible text that begins with `next`.
    fn begin_text(&mut self, next: char) {
        self.settle(Some(next));
        if self.fresh {
            self.fresh = false;
            if !self.visible.is_empty() {
                self.visible.push(BLOCK_SEPARATOR);
            }
        }
    }

    /// Claims up to `to` as text that stands in the source as it is seen.
    pub(super) fn verbatim(&mut self, to: usize) {
        let from = self.at();
        if to <= from {
            return;
        }
        if self.plain || is_plain(&self.text.as_bytes()[from..to]) {
            self.push_verbatim(to);
        } else {
            for (offset, c) in self.text[from..to].char_indices().filter(|&(_, c)| is_invisible(c)) {
                self.push_verbatim(from + offset);
                let end = from + offset + c.len_utf8();
                if c == SOFT_HYPHEN && self.breaks_word(end) {
                    self.hyphen(end);
                } else {
                    self.hidden(end, Hidden::Invisible);
                }
            }
            self.push_verbatim(to);
        }
    }

    /// Whether a letter stands before this place and the line ends behind `at`.
    fn breaks_word(&self, at: usize) -> bool {
        !self.at_line_start()
            && self.visible.ends_with(char::is_alphanumeric)
            && self.text[at..].trim_start_matches([' ', '\t']).starts_with(['\n', '\r'])
    }

    /// Claims up to `to` as a soft hyphen that shows.
    fn hyphen(&mut self, to: usize) {
        self.begin_text('-');
        let kind = SegmentKind::Visible(Form::Hyphen);
        self.segments.push(to - self.at(), kind, self.visible.len(), 1);
        self.visible.push('-');
    }

    fn push_verbatim(&mut self, to: usize) {
        let from = self.at();
        if let Some(first) = self.text.get(from..to).and_then(|text| text.chars().next()) {
            self.begin_text(first);
            self.segments.push(
                to - from,
                SegmentKind::Visible(Form::Verbatim),
                self.visible.len(),
                to - from,
            );
            self.visible.push_str(&self.text[from..to]);
        }
    }

    /// Claims up to `to` as one construct that is seen as `text`.
    pub(super) fn decoded(&mut self, to: usize, text: &str) {
        let from = self.at();
        if to <= from {
            return;
        }
        let mut shown = text.chars().filter(|&c| !is_invisible(c)).peekable();
        let Some(&first) = shown.peek() else { return self.hidden(to, Hidden::Invisible) };
        self.begin_text(first);
        let before = self.visible.len();
        self.visible.extend(shown.map(|c| if c.is_ascii_whitespace() { ' ' } else { c }));
        self.segments.push(
            to - from,
            SegmentKind::Visible(Form::Decoded),
            before,
            self.visible.len() - before,
        );
    }

    /// Claims the bytes up to `to` that the front end says nothing of.
    pub(super) fn gap(&mut self, to: usize) {
        while self.at() < to {
            let from = self.at();
            let rest = &self.text[from..to];
            let space = rest.bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'>')).count();
            if space > 0 {
                self.syntax(from + space, Syntax::Space);
            } else if rest.starts_with('[') && rest.contains("]:") && !self.in_leaf() {
                self.hidden(from + rest.trim_end().len(), Hidden::ReferenceDefinition);
            } else {
                // A form feed is white space, but none that the format knows.
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let odd = rest[first..].find(|c: char| c.is_ascii_whitespace());
                self.unclaimed(from + odd.map_or(rest.len(), |odd| first + odd));
            }
        }
    }

    /// Notes an inline container whose opening delimiter ends at `to`.
    pub(super) fn open_inline(&mut self, kind: InlineKind, to: usize) -> usize {
        // Text follows an opening delimiter, so that a line end before it is seen.
        self.settle(Some('*'));
        let open = Span::new(self.at(), to.max(self.at()));
        self.syntax(to, Syntax::Delimiter);
        let visible = Span::new(self.visible.len(), self.visible.len());
        self.inlines.push(Inline { kind, block: self.top().unwrap_or_default(), open, close: open, visible });
        self.inlines.len() - 1
    }

    /// Closes the inline container `index` with a delimiter that ends at `to`.
    pub(super) fn close_inline(&mut self, index: usize, to: usize) {
        self.settle(Some('*'));
        let close = Span::new(self.at(), to.max(self.at()));
        self.syntax(to, Syntax::Delimiter);
        let visible = after_separator(&self.visible, self.inlines[index].visible.start());
        self.inlines[index].close = close;
        self.inlines[index].visible = visible;
    }
}

/// The visible text from `start` on, without the separator that was set before its first text.
fn after_separator(visible: &str, start: usize) -> Span<Visible> {
    let separator = visible[start..].starts_with(BLOCK_SEPARATOR);
    Span::new(start + usize::from(separator), visible.len())
}

fn is_break(kind: SegmentKind) -> bool {
    matches!(kind, SegmentKind::Visible(Form::Break | Form::Tag))
}
