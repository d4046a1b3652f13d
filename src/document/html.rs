//! HTML as far as a report needs it: tags and comments are told from the text between them.

use std::ops::Range;

use super::Hidden;
use super::builder::Builder;

/// One tag, comment or other construct between angle brackets.
pub(super) struct Tag<'t> {
    text: &'t str,
    name: &'t str,
    closing: bool,
}

/// An element whose content no reader sees.
#[derive(Debug, Clone)]
pub(super) struct Suppressed {
    /// What its content is.
    pub(super) kind: Hidden,
    name: &'static str,
}

impl Suppressed {
    /// Whether `tag` closes the element.
    pub(super) fn ended_by(&self, tag: &Tag<'_>) -> bool {
        tag.closing && tag.name.eq_ignore_ascii_case(self.name)
    }
}

/// Elements whose content is not shown, or shown as deleted.
const SUPPRESSED: [(&str, Hidden); 10] = [
    ("script", Hidden::Script),
    ("style", Hidden::Script),
    ("template", Hidden::Script),
    ("title", Hidden::Script),
    ("noscript", Hidden::Script),
    ("iframe", Hidden::Script),
    ("del", Hidden::Struck),
    ("strike", Hidden::Struck),
    ("s", Hidden::Struck),
    ("head", Hidden::Script),
];

/// Elements that begin or end a line.
const BLOCKS: [&str; 35] = [
    "br",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "td",
    "th",
    "table",
    "thead",
    "tbody",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "blockquote",
    "pre",
    "section",
    "article",
    "header",
    "footer",
    "details",
    "summary",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "caption",
    "center",
    "address",
];

impl<'t> Tag<'t> {
    /// Reads the construct that `text` begins with.
    pub(super) fn of(text: &'t str) -> Self {
        let inner = text.strip_prefix('<').unwrap_or(text);
        let closing = inner.starts_with('/');
        let inner = &inner[usize::from(closing)..];
        let end = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
        Self { text, name: &inner[..end], closing }
    }

    /// Which hidden channel the construct itself is.
    pub(super) fn hidden(&self) -> Hidden {
        if self.text.starts_with("<!") || self.text.starts_with("<?") {
            Hidden::Comment
        } else {
            Hidden::HtmlTag
        }
    }

    /// Whether text before and after it stands on different lines.
    pub(super) fn breaks_line(&self) -> bool {
        BLOCKS.iter().any(|name| self.name.eq_ignore_ascii_case(name))
    }

    /// The element whose content it hides, when it opens one.
    pub(super) fn suppresses(&self) -> Option<Suppressed> {
        if self.closing || self.text.ends_with("/>") {
            return None;
        }
        let (name, kind) = SUPPRESSED.iter().find(|(name, _)| self.name.eq_ignore_ascii_case(name))?;
        Some(Suppressed { kind: *kind, name })
    }
}

/// Where in an HTML block the scanner stands; constructs run over line ends.
#[derive(Debug, Clone, Default)]
enum State {
    #[default]
    Text,
    /// Inside of a tag that starts at an offset.
    Tag {
        start: usize,
        quote: Option<u8>,
    },
    /// Inside of a comment or its like, up to a terminator.
    Comment(&'static str),
    Suppressed(Suppressed),
}

/// Reads an HTML block line by line.
#[derive(Debug, Clone, Default)]
pub(super) struct Scanner {
    state: State,
}

impl Scanner {
    /// Claims the next lines of the block, `range` of the source.
    pub(super) fn feed(&mut self, b: &mut Builder<'_>, range: &Range<usize>) {
        b.gap(range.start);
        let text = b.text;
        while b.at() < range.end {
            let at = b.at();
            let rest = &text[at..range.end];
            match &mut self.state {
                State::Text => self.text(b, rest),
                State::Comment(terminator) => {
                    let end = rest.find(*terminator).map(|offset| offset + terminator.len());
                    b.hidden(at + end.unwrap_or(rest.len()), Hidden::Comment);
                    if end.is_some() {
                        self.state = State::Text;
                    }
                }
                State::Tag { start, quote } => match tag_end(rest, quote) {
                    None => b.hidden(range.end, Hidden::HtmlTag),
                    Some(end) => {
                        let tag = Tag::of(&text[*start..at + end]);
                        if tag.breaks_line() {
                            b.tag_break(at + end);
                        } else {
                            b.hidden(at + end, Hidden::HtmlTag);
                        }
                        self.state = tag.suppresses().map_or(State::Text, State::Suppressed);
                    }
                },
                State::Suppressed(suppressed) => {
                    let (kind, close) = (suppressed.kind, closing_tag(rest, suppressed));
                    b.hidden(at + close.unwrap_or(rest.len()), kind);
                    if close.is_some() {
                        self.state = State::Tag { start: b.at(), quote: None };
                    }
                }
            }
        }
    }

    /// Claims text up to the next construct or line end.
    fn text(&mut self, b: &mut Builder<'_>, rest: &str) {
        let at = b.at();
        let special =
            rest.bytes().position(|byte| matches!(byte, b'<' | b'&' | b'\n' | b'\r')).unwrap_or(rest.len());
        if special > 0 {
            let piece = &rest[..special];
            if b.at_line_start() {
                let indent = piece.len() - piece.trim_start().len();
                b.syntax(at + indent, super::Syntax::Space);
            }
            let line_ends = matches!(rest.as_bytes().get(special), None | Some(b'\n' | b'\r'));
            b.verbatim(if line_ends { at + piece.trim_end().len() } else { at + special });
            b.syntax(at + special, super::Syntax::Space);
            return;
        }
        match rest.as_bytes()[0] {
            b'\r' if rest.starts_with("\r\n") => b.line_break(at + 2),
            b'\n' | b'\r' => b.line_break(at + 1),
            b'&' => {
                let end =
                    rest.bytes().take(40).position(|byte| byte == b';').map_or(1, |semicolon| semicolon + 1);
                match super::markdown::entity(&rest[..end]) {
                    Some(decoded) => b.decoded(at + end, &decoded),
                    None => b.verbatim(at + 1),
                }
            }
            _ => {
                let starts = |prefix: &str| rest.starts_with(prefix);
                self.state = if starts("<!--") {
                    State::Comment("-->")
                } else if starts("<![CDATA[") {
                    State::Comment("]]>")
                } else if starts("<?") {
                    State::Comment("?>")
                } else if starts("<!") {
                    State::Comment(">")
                } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
                    State::Tag { start: at, quote: None }
                } else {
                    return b.verbatim(at + 1);
                };
            }
        }
    }
}

/// The offset behind a tag's closing bracket; `quote` is the quotation that runs over from the line before.
fn tag_end(rest: &str, quote: &mut Option<u8>) -> Option<usize> {
    for (offset, byte) in rest.bytes().enumerate() {
        match (byte, *quote) {
            (b'"' | b'\'', None) => *quote = Some(byte),
            (byte, Some(open)) if byte == open => *quote = None,
            (b'>', None) => return Some(offset + 1),
            _ => {}
        }
    }
    None
}

/// Where the closing tag of a suppressed element starts.
fn closing_tag(rest: &str, suppressed: &Suppressed) -> Option<usize> {
    memchr::memmem::find_iter(rest.as_bytes(), b"</").find(|&at| suppressed.ended_by(&Tag::of(&rest[at..])))
}
