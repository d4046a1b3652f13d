//! The partition of the source and the offset map between source and visible text: one table.
//!
//! Each segment starts where the one before it ends, so that every source byte has exactly one kind. A segment
//! that a reader sees also has a place in the visible text; from there the table is the offset map.

use crate::text::{Source, Span, Visible};

/// What a run of source bytes is. Each consumer matches it exhaustively.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentKind {
    /// Text that a reader sees.
    Visible(Form),
    /// Punctuation of the format, from a closed set.
    Syntax(Syntax),
    /// Bytes that carry information which a reader does not see.
    Hidden(Hidden),
    /// Bytes that no rule explains. They are never copied.
    Unclaimed,
}

/// How visible text stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Byte for byte.
    Verbatim,
    /// As an entity or an escape: whole or not at all.
    Decoded,
    /// A line end inside a block, with what makes it a hard break.
    Break,
    /// An HTML tag that ends a line, such as `<br>`; seen as a space or a line end. The tag itself is never copied.
    Tag,
    /// A soft hyphen at a line end; seen as the hyphen that it stands for there, and written as one.
    Hyphen,
}

/// The punctuation of Markdown, by its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Indentation and quote signs in front of a line; blank lines; the byte order mark.
    Space,
    /// A list, task, heading or footnote marker; the number sign of a footnote reference.
    Marker,
    /// The delimiter of an emphasis or a code span.
    Delimiter,
    /// A code fence, a setext underline, a rule, the line below a table's header.
    Line,
    /// A cell border.
    Pipe,
}

/// The channels which a reader does not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hidden {
    /// A link's brackets, target, title and label.
    LinkTarget,
    /// A link reference definition, used or not.
    ReferenceDefinition,
    /// An image: alternative text, target, title.
    Image,
    /// An HTML comment, processing instruction, declaration or CDATA section.
    Comment,
    /// An HTML tag with its attributes.
    HtmlTag,
    /// The content of an element that is never shown, such as `script`.
    Script,
    /// The words after a code fence.
    InfoString,
    /// `{#id .class key=value}` after a heading.
    HeadingAttributes,
    /// YAML or TOML in front of the document.
    FrontMatter,
    /// A footnote's label that is not a plain number.
    FootnoteLabel,
    /// A table cell beyond the header's columns.
    SurplusCell,
    /// Struck text.
    Struck,
    /// Characters without a glyph: zero-width, bidirectional, tag and control characters.
    Invisible,
}

impl Hidden {
    /// What it is, for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LinkTarget => "a link's target, title or label",
            Self::ReferenceDefinition => "a reference definition",
            Self::Image => "an image with its description and target",
            Self::Comment => "a comment",
            Self::HtmlTag => "an HTML tag",
            Self::Script => "the content of an element that is never shown",
            Self::InfoString => "the info string of a code block",
            Self::HeadingAttributes => "the attributes of a heading",
            Self::FrontMatter => "front matter",
            Self::FootnoteLabel => "the name of a footnote",
            Self::SurplusCell => "a table cell beyond the columns",
            Self::Struck => "struck text",
            Self::Invisible => "a character without a glyph",
        }
    }
}

/// One run of source bytes of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Where it stands in the source.
    pub(crate) source: Span<Source>,
    /// The visible text it yields; empty unless the kind is [`SegmentKind::Visible`].
    pub(crate) visible: Span<Visible>,
    /// What it is.
    pub(crate) kind: SegmentKind,
}

/// The segments of one document, gapless and in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Segments {
    entries: Vec<Entry>,
    source_len: u32,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    source: u32,
    visible: u32,
    visible_len: u32,
    kind: SegmentKind,
}

#[expect(clippy::cast_possible_truncation, reason = "texts are limited to u32::MAX bytes by ingest")]
fn narrow(offset: usize) -> u32 {
    offset as u32
}

impl Segments {
    pub(super) fn with_capacity(segments: usize) -> Self {
        Self { entries: Vec::with_capacity(segments), source_len: 0 }
    }

    /// How many source bytes are covered so far.
    pub(super) fn covered(&self) -> usize {
        self.source_len as usize
    }

    /// Appends `len` source bytes that yield `visible_len` visible bytes at `visible`. Verbatim text and bytes of
    /// one kind without visible text extend the segment before them.
    pub(super) fn push(&mut self, len: usize, kind: SegmentKind, visible: usize, visible_len: usize) {
        if len == 0 {
            return;
        }
        debug_assert!(visible_len == 0 || matches!(kind, SegmentKind::Visible(_)));
        let (start, visible, visible_len) = (self.source_len, narrow(visible), narrow(visible_len));
        self.source_len += narrow(len);
        if let Some(last) = self.entries.last_mut()
            && last.kind == kind
            && last.visible + last.visible_len == visible
            && !matches!(kind, SegmentKind::Visible(Form::Decoded | Form::Break | Form::Tag | Form::Hyphen))
        {
            last.visible_len += visible_len;
            return;
        }
        self.entries.push(Entry { source: start, visible, visible_len, kind });
    }

    /// The number of segments.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The last segment so far.
    pub(super) fn last(&self) -> Option<Segment> {
        self.len().checked_sub(1).map(|index| self.get(index))
    }

    /// The segment at `index`, in source order.
    ///
    /// # Panics
    /// When `index` is not below [`Segments::len`].
    #[must_use]
    pub(crate) fn get(&self, index: usize) -> Segment {
        let entry = self.entries[index];
        let end = self.entries.get(index + 1).map_or(self.source_len, |next| next.source);
        Segment {
            source: Span::new(entry.source as usize, end as usize),
            visible: Span::new(entry.visible as usize, (entry.visible + entry.visible_len) as usize),
            kind: entry.kind,
        }
    }

    /// All segments in source order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Segment> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The index of the segment that holds the source byte `at`; the last one when `at` is the end.
    fn index_at(&self, at: usize) -> usize {
        self.entries.partition_point(|entry| entry.source as usize <= at).saturating_sub(1)
    }

    /// The segments that share a byte with `span`.
    pub(crate) fn within(&self, span: Span<Source>) -> impl Iterator<Item = Segment> + '_ {
        (self.index_at(span.start())..self.len())
            .map(|index| self.get(index))
            .skip_while(move |segment| segment.source.end() <= span.start())
            .take_while(move |segment| segment.source.start() < span.end())
    }

    /// The source runs that yield the visible bytes of `span`, in order, adjoining runs joined.
    ///
    /// Entities, escapes and line ends are taken whole when one of their bytes is touched. Block separators in the
    /// visible text have no source.
    pub(crate) fn to_source(&self, span: Span<Visible>) -> impl Iterator<Item = Span<Source>> + '_ {
        let first = self.entries.partition_point(|e| (e.visible + e.visible_len) as usize <= span.start());
        let mut runs = (first..self.len())
            .map(|index| self.get(index))
            .take_while(move |segment| segment.visible.start() < span.end())
            .filter(move |segment| !segment.visible.is_empty() && segment.visible.overlaps(span))
            .map(move |segment| match segment.kind {
                SegmentKind::Visible(Form::Verbatim) => {
                    let from = span.start().max(segment.visible.start()) - segment.visible.start();
                    let to = span.end().min(segment.visible.end()) - segment.visible.start();
                    Span::new(segment.source.start() + from, segment.source.start() + to)
                }
                _ => segment.source,
            })
            .peekable();
        std::iter::from_fn(move || {
            let mut run: Span<Source> = runs.next()?;
            while let Some(next) = runs.next_if(|next| next.start() == run.end()) {
                run = run.hull(next);
            }
            Some(run)
        })
    }

    /// The smallest source span that holds all of `span`'s text; `None` when it has no source.
    #[must_use]
    pub(crate) fn source_hull(&self, span: Span<Visible>) -> Option<Span<Source>> {
        self.to_source(span).reduce(Span::hull)
    }

    /// The visible offset of the source byte `at`: of the byte itself when it is seen, else of the next that is.
    #[must_use]
    pub(crate) fn to_visible(&self, at: usize) -> usize {
        let Some(entry) = self.entries.get(self.index_at(at)) else { return 0 };
        let into = at.saturating_sub(entry.source as usize);
        let into = match entry.kind {
            SegmentKind::Visible(Form::Verbatim) => into.min(entry.visible_len as usize),
            _ if at >= self.source_len as usize => entry.visible_len as usize,
            _ => 0,
        };
        entry.visible as usize + into
    }

    /// Checks that the segments tile a source of `source_len` bytes and run through the visible text in order.
    pub(super) fn check(&self, source_len: usize, visible_len: usize) {
        assert_eq!(self.source_len as usize, source_len, "segments end where the source ends");
        let mut visible = 0;
        for (index, entry) in self.entries.iter().enumerate() {
            let end = self.entries.get(index + 1).map_or(self.source_len, |next| next.source);
            assert!(entry.source < end, "no segment is empty");
            assert!(entry.visible >= visible, "visible text runs in source order");
            if matches!(entry.kind, SegmentKind::Visible(Form::Verbatim)) {
                assert_eq!(entry.visible_len, end - entry.source, "verbatim text keeps its length");
            }
            visible = entry.visible + entry.visible_len;
        }
        assert!(visible as usize <= visible_len, "no segment reaches past the visible text");
        assert!(self.entries.first().is_none_or(|entry| entry.source == 0), "segments start at the start");
    }
}
