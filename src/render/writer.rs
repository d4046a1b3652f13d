//! Segments and cuts into the output: the one walk over the source.
//!
//! Only visible text and syntax are copied, and only outside of cuts; of hidden bytes those alone that the policy names.

use super::candidate::Candidate;
use super::cuts::{Cut, Insert};
use super::escape::{Chunk, Leaf};
use super::lines;
use crate::channels::Kept;
use crate::document::{
    BlockId, BlockKind, Document, Form, Format, Hidden, InlineKind, Segment, SegmentKind, Syntax,
};
use crate::text::{Source, Span};

/// Writes what the sorted `cuts` leave of `document`, whose footnotes are perhaps `relabelled`, and what of its hidden bytes
/// is `kept`.
pub(super) fn write(document: &Document, cuts: &[Cut], kept: &Kept, relabelled: bool) -> Candidate {
    let text = document.source().expose(document.source().span());
    let mut writer = Writer {
        document,
        text,
        newline: lines::newline(text),
        out: Candidate::with_capacity(text.len()),
        leaf: None,
        next_leaf: 0,
        next_code: 0,
        relabelled,
        kept,
        seam: false,
    };
    writer.front_matter();
    let mut cuts = cuts.iter().peekable();
    let mut at = 0;
    for segment in document.segments().iter() {
        while at < segment.source.end()
            || cuts.peek().is_some_and(|cut| cut.source.start() == at && at == text.len())
        {
            at = at.max(segment.source.start());
            if let Some(cut) = cuts.next_if(|cut| cut.source.start() <= at) {
                writer.reach(cut.source.start(), !cut.source.is_empty());
                writer.insert(cut);
                at = at.max(cut.source.end());
                continue;
            }
            writer.reach(at, true);
            let end = cuts.peek().map_or(text.len(), |cut| cut.source.start());
            let end = end.min(segment.source.end()).min(writer.boundary(at));
            writer.copy(&segment, Span::new(at, end));
            at = end;
        }
    }
    for cut in cuts {
        writer.insert(cut);
    }
    writer.flush();
    writer.out
}

struct Writer<'d> {
    document: &'d Document,
    text: &'d str,
    newline: &'static str,
    out: Candidate,
    /// The open leaf block, its output so far and the source of each chunk; only when the block changes.
    leaf: Option<(BlockId, Leaf, Vec<Span<Source>>)>,
    next_leaf: BlockId,
    /// The next inline container that may hold what comes.
    next_code: usize,
    /// Whether footnotes have new labels.
    relabelled: bool,
    kept: &'d Kept,
    /// Whether something was taken out since the last bytes written.
    seam: bool,
}

impl Writer<'_> {
    /// Writes what stands of the front matter, which comes before all else.
    fn front_matter(&mut self) {
        for &line in &self.kept.front_matter {
            self.out.keep(self.text, line);
        }
        if let Some(last) = self.kept.front_matter.last() {
            let ended = self.text[last.range()].ends_with('\n');
            let newlines = if ended { self.newline.to_owned() } else { self.newline.repeat(2) };
            self.out.insert(&newlines, Span::new(last.end(), last.end()));
        }
    }

    /// Opens and closes leaf blocks on the way to the source byte `at`, which is written next or cut.
    fn reach(&mut self, at: usize, bytes: bool) {
        if let Some((block, ..)) = &self.leaf {
            let end = self.document.blocks()[*block].source.end();
            let next =
                self.document.blocks().get(self.next_leaf).is_some_and(|next| next.source.start() <= at);
            if at > end || at == end && (bytes || next) {
                self.flush();
            }
        }
        if self.document.format() == Format::Text || self.leaf.is_some() {
            return;
        }
        let blocks = self.document.blocks();
        while let Some(block) = blocks.get(self.next_leaf) {
            if block.source.start() > at {
                return;
            }
            let inside = at < block.source.end() || at == block.source.end() && !bytes;
            if block.kind.is_leaf() && inside {
                let lead = std::mem::take(&mut self.seam);
                self.leaf = Some((self.next_leaf, Leaf { lead, ..Leaf::default() }, Vec::new()));
                self.next_leaf += 1;
                return;
            }
            self.next_leaf += 1;
        }
    }

    /// The next edge of a block behind the source byte `at`, at which a run of one kind is split.
    fn boundary(&self, at: usize) -> usize {
        let blocks = self.document.blocks();
        let edge = match &self.leaf {
            Some((block, ..)) => Some(blocks[*block].source.end()),
            None => blocks.get(self.next_leaf).map(|block| block.source.start()),
        };
        edge.filter(|edge| *edge > at).unwrap_or(self.text.len())
    }

    fn copy(&mut self, segment: &Segment, span: Span<Source>) {
        let foreign = self.kind() == Some(BlockKind::Html);
        let chunk = match segment.kind {
            SegmentKind::Hidden(Hidden::InfoString) if self.kept.holds(span) => Chunk::Markup,
            SegmentKind::Hidden(_) | SegmentKind::Unclaimed => {
                self.seam = true;
                return;
            }
            SegmentKind::Visible(Form::Tag) => {
                let line = if foreign { self.newline } else { " " };
                return self.push(line, Chunk::Markup, span, false);
            }
            SegmentKind::Visible(Form::Hyphen) => return self.push("-", Chunk::Markup, span, false),
            SegmentKind::Visible(Form::Verbatim) if self.in_code(span) => Chunk::Markup,
            SegmentKind::Visible(Form::Verbatim) if foreign => Chunk::Foreign,
            SegmentKind::Visible(Form::Verbatim) => Chunk::Text,
            SegmentKind::Syntax(Syntax::Space) if foreign => return,
            SegmentKind::Visible(Form::Decoded | Form::Break) | SegmentKind::Syntax(_) => Chunk::Markup,
        };
        self.push(&self.text[span.range()], chunk, span, true);
    }

    fn insert(&mut self, cut: &Cut) {
        self.seam |= !cut.source.is_empty();
        match &cut.insert {
            Insert::Nothing => {}
            Insert::Markup(text) | Insert::Code(text) => self.push(text, Chunk::Markup, cut.source, false),
            Insert::Text(text) => {
                for (index, line) in text.split('\n').enumerate() {
                    if index > 0 {
                        let prefix =
                            self.leaf.as_ref().map(|(block, ..)| lines::prefix(self.document, *block));
                        self.push(
                            &format!("{}{}", self.newline, prefix.unwrap_or_default()),
                            Chunk::Markup,
                            cut.source,
                            false,
                        );
                    }
                    self.push(line, Chunk::Insert, cut.source, false);
                }
            }
        }
    }

    fn kind(&self) -> Option<BlockKind> {
        self.leaf.as_ref().map(|(block, ..)| self.document.blocks()[*block].kind)
    }

    /// Whether a source span, which lies behind all asked for before, stands in a code span.
    fn in_code(&mut self, span: Span<Source>) -> bool {
        let inlines = self.document.inlines();
        while inlines
            .get(self.next_code)
            .is_some_and(|inline| inline.kind != InlineKind::Code || inline.close.end() <= span.start())
        {
            self.next_code += 1;
        }
        inlines.get(self.next_code).is_some_and(|inline| inline.open.start() <= span.start())
    }

    fn push(&mut self, text: &str, chunk: Chunk, source: Span<Source>, kept: bool) {
        let seam = std::mem::take(&mut self.seam);
        match &mut self.leaf {
            Some((_, leaf, sources)) => {
                if !text.is_empty() {
                    leaf.push(text, chunk, seam || !kept);
                    sources.push(source);
                }
            }
            None if kept => self.out.keep(self.text, source),
            None => self.out.insert(text, source),
        }
    }

    /// Writes the open leaf block with the escapes that it needs.
    fn flush(&mut self) {
        let Some((block, mut leaf, sources)) = self.leaf.take() else { return };
        let kind = self.document.blocks()[block].kind;
        // A new footnote label may turn text into a reference.
        leaf.tail = self.seam;
        leaf.relabelled = self.relabelled && leaf.text.contains("[^");
        let border = || {
            self.text[..self.document.blocks()[block].source.start()]
                .trim_end_matches([' ', '\t'])
                .ends_with('|')
        };
        let escapes = leaf.escapes(kind, !matches!(kind, BlockKind::Cell { .. }) || !border());
        let mut escapes = escapes.into_iter().peekable();
        let ends = leaf.chunks.iter().skip(1).map(|(start, ..)| *start).chain([leaf.text.len()]);
        for ((&(start, ..), end), source) in leaf.chunks.iter().zip(ends).zip(sources) {
            let kept = source.len() == end - start && self.text[source.range()] == leaf.text[start..end];
            let mut at = start;
            while let Some(escape) = escapes.next_if(|escape| *escape < end) {
                self.piece(&leaf.text, start, at..escape, source, kept);
                self.out.insert("\\", Span::new(source.start(), source.start()));
                at = escape;
            }
            self.piece(&leaf.text, start, at..end, source, kept);
        }
        let span = self.document.blocks()[block].source;
        let end = span.end();
        let emptied = leaf.text.trim().is_empty() && !self.text[span.range()].trim().is_empty();
        if emptied && matches!(kind, BlockKind::Cell { .. }) && !self.text[end..].starts_with('|') {
            // A row that ends with an empty cell shows it by its border alone.
            self.out.insert("|", Span::new(end, end));
        }
        if kind == BlockKind::Html && !leaf.text.is_empty() && self.text[..end].ends_with(['\n', '\r']) {
            self.out.insert(self.newline, Span::new(end, end));
        }
    }

    fn piece(
        &mut self,
        text: &str,
        start: usize,
        range: std::ops::Range<usize>,
        source: Span<Source>,
        kept: bool,
    ) {
        if kept {
            let from = source.start() + range.start - start;
            self.out.keep(self.text, Span::new(from, from + range.len()));
        } else {
            self.out.insert(&text[range], source);
        }
    }
}
