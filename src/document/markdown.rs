//! Markdown into segments, visible text and blocks.
//!
//! The parser's events are the skeleton; every byte they leave out is claimed here from the source itself. No other
//! file names the parser.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::builder::Builder;
use super::code_span::align;
use super::html::{self, Scanner};
use super::{BlockKind, FootnoteReference, Hidden, InlineKind, Syntax};
use super::{footnote, table};
use crate::text::Span;

/// A fence, underline or rule longer than this could carry data by its length; what goes beyond is not claimed.
const LONGEST_LINE: usize = 120;
/// The longest fence.
const LONGEST_FENCE: usize = 16;

/// The flavour of Markdown that reports are read as.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
}

/// Reads `builder`'s source as Markdown.
pub(super) fn read(builder: &mut Builder<'_>) {
    let base = builder.at();
    let text = builder.text;
    let mut reader = Reader {
        b: builder,
        inlines: Vec::new(),
        skip: 0,
        suppressed: None,
        html: Scanner::default(),
        column: 0,
    };
    for (event, range) in Parser::new_ext(&text[base..], options()).into_offset_iter() {
        reader.event(event, range.start + base..range.end + base);
    }
    reader.b.gap(text.len());
    while reader.b.top().is_some() {
        reader.b.close();
    }
    footnote::resolve(builder);
}

/// Whether what the parser reports is the source itself: mostly it borrows from there.
fn is_slice(text: &str, source: &str) -> bool {
    text.len() == source.len() && (text.as_ptr() == source.as_ptr() || text == source)
}

/// What an entity such as `&amp;` stands for.
pub(super) fn entity(text: &str) -> Option<String> {
    if !text.ends_with(';') {
        return None;
    }
    let decoded = Parser::new(text).find_map(|event| match event {
        Event::Text(decoded) => Some(decoded),
        _ => None,
    })?;
    (decoded.as_ref() != text).then(|| decoded.into_string())
}

struct Reader<'b, 's> {
    b: &'b mut Builder<'s>,
    /// Inline containers that are open.
    inlines: Vec<usize>,
    /// Depth inside of a construct that is hidden whole.
    skip: usize,
    /// An element whose content is hidden, up to its closing tag or the end of the block.
    suppressed: Option<html::Suppressed>,
    html: Scanner,
    /// The next cell's column.
    column: u16,
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.skip > 0 {
            match event {
                Event::Start(_) => self.skip += 1,
                Event::End(_) => self.skip -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag, &range),
            Event::Text(text) if self.in_code() => self.code_lines(&text, &range),
            Event::Text(text) => self.text(&text, &range),
            Event::Code(text) => self.code_span(&text, &range),
            Event::Html(_) => self.html.feed(self.b, &range),
            Event::InlineHtml(_) => self.inline_html(&range),
            Event::SoftBreak | Event::HardBreak => {
                self.b.gap(range.start);
                self.b.line_break(range.end);
            }
            Event::FootnoteReference(label) => self.footnote_reference(&label, &range),
            Event::TaskListMarker(_) => {
                self.inline(range.start);
                self.b.syntax(range.end, Syntax::Marker);
            }
            Event::Rule => {
                self.block(BlockKind::Rule, range.start);
                self.line(&range, LONGEST_LINE);
                self.b.close();
            }
            // Not enabled; were they, their text would stay unclaimed.
            Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn bytes(&self) -> &[u8] {
        self.b.text.as_bytes()
    }

    fn in_code(&self) -> bool {
        matches!(self.b.top_kind(), Some(BlockKind::Code { .. }))
    }

    /// Opens a block at `start`, closing the bare text of a tight item before it.
    fn block(&mut self, kind: BlockKind, start: usize) {
        self.leave_leaf();
        self.b.gap(start);
        self.b.open(kind);
    }

    fn leave_leaf(&mut self) {
        if self.b.in_leaf() {
            self.close_leaf();
        }
    }

    fn close_leaf(&mut self) {
        self.suppressed = None;
        self.b.close();
    }

    /// Makes ready for inline content at `start`: a tight item's text stands in no paragraph of its own.
    fn inline(&mut self, start: usize) {
        if !self.b.in_leaf() {
            self.block(BlockKind::Paragraph, start);
        }
        self.b.gap(start);
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        let start = range.start;
        match tag {
            Tag::Paragraph => {
                self.block(BlockKind::Paragraph, start);
                self.loosen();
            }
            Tag::Heading { level, .. } => {
                self.block(BlockKind::Heading { level: level as u8 }, start);
                let signs = self.run(start, b'#');
                self.b.syntax(start + signs, Syntax::Marker);
            }
            Tag::BlockQuote(_) => self.block(BlockKind::Quote, start),
            Tag::CodeBlock(CodeBlockKind::Indented) => self.block(BlockKind::Code { fenced: false }, start),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.block(BlockKind::Code { fenced: true }, start);
                self.fence(range.end);
                let at = self.b.at();
                let line = &self.b.text[at..self.line_end(at, range.end)];
                let start = at + line.len() - line.trim_start().len();
                if !line.trim().is_empty() {
                    self.b.hidden(start + line.trim().len(), Hidden::InfoString);
                }
            }
            Tag::HtmlBlock => {
                self.block(BlockKind::Html, start);
                self.html = Scanner::default();
            }
            Tag::List(start_number) => {
                self.block(BlockKind::List { start: start_number, tight: true }, start);
            }
            Tag::Item => {
                self.block(BlockKind::Item, start + self.blanks(start, range.end));
                self.item_marker(range.end);
            }
            Tag::FootnoteDefinition(label) => {
                self.block(BlockKind::Footnote, start + self.blanks(start, range.end));
                self.label(&label, b"]:");
            }
            Tag::Table(_) => self.block(BlockKind::Table, start),
            Tag::TableHead => self.row(true, start),
            Tag::TableRow => self.row(false, start),
            Tag::TableCell => {
                table::cells(self.b, start, false);
                self.b.open(BlockKind::Cell { column: self.column });
                self.column = self.column.saturating_add(1);
            }
            Tag::Emphasis => self.open_inline(InlineKind::Emphasis, start, 1),
            Tag::Strong => self.open_inline(InlineKind::Strong, start, 2),
            Tag::Strikethrough => self.hide(range, Hidden::Struck),
            Tag::Image { .. } => self.hide(range, Hidden::Image),
            Tag::Link { .. } => {
                self.inline(start);
                self.b.hidden(start + 1, Hidden::LinkTarget);
            }
            Tag::MetadataBlock(_) => {
                self.block(BlockKind::FrontMatter, start);
                self.b.hidden(range.end, Hidden::FrontMatter);
                self.b.close();
                self.skip = 1;
            }
            // Not enabled.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Paragraph => {
                self.b.end_text();
                self.b.gap(range.end);
                self.close_leaf();
            }
            TagEnd::Heading(_) => {
                self.b.end_text();
                self.heading_tail(range.end);
                self.close_leaf();
            }
            TagEnd::CodeBlock => {
                let bytes = &self.b.text.as_bytes()[self.b.at()..range.end];
                if let Some(fence) = bytes.iter().position(|b| matches!(b, b'`' | b'~')) {
                    self.b.gap(self.b.at() + fence);
                    self.fence(range.end);
                }
                self.b.gap(range.end);
                self.b.close();
            }
            TagEnd::HtmlBlock => {
                self.b.gap(range.end);
                self.b.close();
            }
            TagEnd::Item
            | TagEnd::List(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::FootnoteDefinition
            | TagEnd::Table => {
                self.leave_leaf();
                self.b.close();
            }
            TagEnd::TableCell => {
                self.b.gap(range.end.max(self.b.at()));
                self.close_leaf();
            }
            TagEnd::TableRow => {
                table::cells(self.b, range.end, true);
                self.b.close();
            }
            TagEnd::TableHead => {
                table::cells(self.b, range.end, true);
                self.b.close();
                table::delimiter_row(self.b);
            }
            TagEnd::Emphasis => self.close_inline(range, 1),
            TagEnd::Strong => self.close_inline(range, 2),
            TagEnd::Link => self.b.hidden(range.end, Hidden::LinkTarget),
            TagEnd::Strikethrough
            | TagEnd::Image
            | TagEnd::MetadataBlock(_)
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript => {}
        }
    }

    // Block syntax.

    fn run(&self, at: usize, byte: u8) -> usize {
        self.bytes()[at..].iter().take_while(|&&b| b == byte).count()
    }

    fn blanks(&self, at: usize, end: usize) -> usize {
        self.bytes()[at..end].iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }

    /// Where the line that holds `at` ends, its line end left out, but not behind `end`.
    fn line_end(&self, at: usize, end: usize) -> usize {
        memchr::memchr2(b'\n', b'\r', &self.bytes()[at..end]).map_or(end, |offset| at + offset)
    }

    /// Claims a run of one fence character.
    fn fence(&mut self, end: usize) {
        let at = self.b.at();
        if at < end {
            let fence = at + self.run(at, self.bytes()[at]);
            self.line(&(at..fence.min(end)), LONGEST_FENCE);
        }
    }

    /// Claims a line of punctuation; what is overlong stays unclaimed.
    fn line(&mut self, range: &Range<usize>, longest: usize) {
        let end = range.start + self.b.text[range.clone()].trim_end().len();
        self.b.syntax(end.min(range.start + longest), Syntax::Line);
        self.b.unclaimed(end);
        self.b.gap(range.end);
    }

    fn item_marker(&mut self, end: usize) {
        let at = self.b.at();
        let digits = self.bytes()[at..end].iter().take_while(|b| b.is_ascii_digit()).count();
        self.b.syntax((at + digits + 1).min(end), Syntax::Marker);
    }

    /// The list of a paragraph in an item is loose.
    fn loosen(&mut self) {
        let parent = |id: usize| self.b.blocks[id].parent;
        if let Some(item) = self.b.top().and_then(parent)
            && self.b.blocks[item].kind == BlockKind::Item
            && let Some(list) = parent(item)
            && let BlockKind::List { tight, .. } = &mut self.b.blocks[list].kind
        {
            *tight = false;
        }
    }

    /// Claims `[^label` and then `close`. A label that is a plain number shows only what a reader sees anyway.
    fn label(&mut self, label: &str, close: &[u8]) {
        let at = self.b.at();
        let end = at + 2 + label.len();
        if !self.b.text[at..].starts_with("[^")
            || !self.bytes()[end.min(self.bytes().len())..].starts_with(close)
        {
            return;
        }
        if footnote::is_plain_number(label) {
            self.b.syntax(end + close.len(), Syntax::Marker);
        } else {
            self.b.syntax(at + 2, Syntax::Marker);
            self.b.hidden(end, Hidden::FootnoteLabel);
            self.b.syntax(end + close.len(), Syntax::Marker);
        }
    }

    /// What stands behind a heading's text: closing signs, attributes, a setext underline.
    fn heading_tail(&mut self, end: usize) {
        while self.b.at() < end {
            let at = self.b.at();
            let blanks = self.blanks(at, end);
            let byte = self.bytes()[at];
            match byte {
                // The space before attributes goes with them.
                _ if self.bytes().get(at + blanks) == Some(&b'{') && at + blanks < end => {
                    let line = self.line_end(at, end);
                    let close = self.b.text[at..line].rfind('}').map_or(line, |close| at + close + 1);
                    self.b.hidden(close, Hidden::HeadingAttributes);
                }
                b'#' => self.b.syntax(at + self.run(at, b'#').min(end - at), Syntax::Marker),
                b'=' | b'-' => self.line(&(at..at + self.run(at, byte).min(end - at)), LONGEST_LINE),
                b' ' | b'\t' => self.b.syntax(at + blanks, Syntax::Space),
                _ => {
                    let rest = &self.bytes()[at + 1..end];
                    let next =
                        rest.iter().position(|b| matches!(b, b'#' | b'{' | b'=' | b'-' | b' ' | b'\t'));
                    self.b.gap(next.map_or(end, |offset| at + 1 + offset));
                }
            }
        }
    }

    fn row(&mut self, header: bool, start: usize) {
        self.block(BlockKind::Row { header }, start);
        self.column = 0;
    }

    // Inline content.

    fn text(&mut self, text: &CowStr<'_>, range: &Range<usize>) {
        if let Some(suppressed) = &self.suppressed {
            let hidden = suppressed.kind;
            self.b.gap(range.start);
            return self.b.hidden(range.end, hidden);
        }
        let escaped = range.start > self.b.at() && self.bytes()[range.start - 1] == b'\\';
        self.inline(range.start - usize::from(escaped));
        if !is_slice(text, &self.b.text[range.clone()]) {
            self.b.decoded(range.end, text);
        } else if escaped {
            self.b.decoded(range.start + 1, &text[..1]);
            self.b.verbatim(range.end);
        } else {
            self.b.verbatim(range.end);
        }
    }

    /// Lines of a code block, each with its line end.
    fn code_lines(&mut self, text: &str, range: &Range<usize>) {
        let carriage =
            range.start > self.b.at() && self.b.text[..range.start].ends_with('\r') && text.starts_with('\n');
        self.b.gap(range.start - usize::from(carriage));
        if text != &self.b.text[range.clone()] {
            return self.b.decoded(range.end, text);
        }
        let mut at = range.start - usize::from(carriage);
        while at < range.end {
            let line = memchr::memchr(b'\n', &self.bytes()[at..range.end]).map(|offset| at + offset);
            let content = line.unwrap_or(range.end);
            let carriage = line.is_some() && content > at && self.bytes()[content - 1] == b'\r';
            self.b.verbatim(content - usize::from(carriage));
            at = content + 1;
            if line.is_some() {
                self.b.line_break(at);
            }
        }
    }

    fn code_span(&mut self, text: &str, range: &Range<usize>) {
        if let Some(suppressed) = &self.suppressed {
            let hidden = suppressed.kind;
            self.b.gap(range.start);
            return self.b.hidden(range.end, hidden);
        }
        self.inline(range.start);
        let ticks = self.run(range.start, b'`');
        let (start, end) = (range.start + ticks, range.end.saturating_sub(ticks));
        if start >= end {
            return self.b.decoded(range.end, text);
        }
        let pieces = align(&self.b.text[start..end], text);
        let (first, last) =
            (pieces.first().map_or(0, |p| p.source.start), pieces.last().map_or(0, |p| p.source.end));
        let index = self.b.open_inline(InlineKind::Code, start + first);
        for piece in pieces {
            self.b.gap(start + piece.source.start);
            match piece.decoded {
                None => self.b.verbatim(start + piece.source.end),
                Some(range) => self.b.decoded(start + piece.source.end, &text[range]),
            }
        }
        debug_assert!(self.b.at() <= start + last.max(first));
        self.b.close_inline(index, range.end);
    }

    fn inline_html(&mut self, range: &Range<usize>) {
        self.inline(range.start);
        let tag = html::Tag::of(&self.b.text[range.clone()]);
        if let Some(suppressed) = &self.suppressed {
            let (hidden, ends) = (suppressed.kind, suppressed.ended_by(&tag));
            self.b.hidden(range.end, hidden);
            if ends {
                self.suppressed = None;
            }
            return;
        }
        match tag.hidden() {
            Hidden::HtmlTag if tag.breaks_line() => self.b.tag_break(range.end),
            hidden => self.b.hidden(range.end, hidden),
        }
        self.suppressed = tag.suppresses();
    }

    fn footnote_reference(&mut self, label: &str, range: &Range<usize>) {
        self.inline(range.start);
        let Some(block) = self.b.top() else { return };
        let source = Span::new(range.start, range.end);
        self.b.footnotes.push(FootnoteReference {
            source,
            visible: self.b.visible.len(),
            block,
            definition: None,
        });
        self.label(label, b"]");
        self.b.hidden(range.end, Hidden::FootnoteLabel);
    }

    fn open_inline(&mut self, kind: InlineKind, start: usize, delimiter: usize) {
        self.inline(start);
        let index = self.b.open_inline(kind, start + delimiter);
        self.inlines.push(index);
    }

    fn close_inline(&mut self, range: &Range<usize>, delimiter: usize) {
        self.b.gap(range.end - delimiter);
        if let Some(index) = self.inlines.pop() {
            self.b.close_inline(index, range.end);
        }
    }

    /// Hides a construct with all that it holds.
    fn hide(&mut self, range: &Range<usize>, hidden: Hidden) {
        self.inline(range.start);
        self.b.hidden(range.end, hidden);
        self.skip = 1;
    }
}
