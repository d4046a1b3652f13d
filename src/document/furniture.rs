//! Furniture: lines that belong to the report's form rather than to a portion.

use std::ops::Range;

use super::shape;
use super::{Block, BlockId, BlockKind, Portion, PortionId};
use crate::marking::{AuthorityLabel, authority_line};
use crate::text::{Span, Visible};

/// A banner, an authority block or a tearline separator. It never lies in a portion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Furniture {
    /// What it is.
    pub(crate) kind: FurnitureKind,
    /// The leaf block it stands in, which may hold portions too.
    pub(crate) block: BlockId,
    /// Its lines, without the last line end. Empty for a separator without visible text, such as a rule.
    pub(crate) visible: Span<Visible>,
    /// Of a banner, the marking itself without labels and page numbers; else all of it.
    pub(crate) marking: Span<Visible>,
}

/// The kinds of furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FurnitureKind {
    /// A banner at the top or bottom, or a page mark between pages.
    Banner,
    /// A line or lines of the classification authority block.
    Authority,
    /// A line that opens a tearline section.
    TearlineStart,
    /// A line that ends one.
    TearlineEnd,
    /// A bare row beside a tearline separator: part of its ornament.
    TearlineRow,
}

/// A part of the report that its author set off for a wider audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tearline {
    /// The separator that opens it, as an index into [`super::Document::furniture`].
    pub(crate) start: usize,
    /// The section's own banner, as an index into [`super::Document::furniture`].
    pub(crate) banner: Option<usize>,
    /// The portions that lie in it.
    pub(crate) portions: Range<PortionId>,
}

/// Separators are short; longer lines are text.
const LONGEST: usize = 120;
/// The longest label that may follow the word on a separator.
const LONGEST_LABEL: usize = 60;

/// Finds the furniture of a document, in order.
pub(super) fn find(source: &str, visible: &str, blocks: &[Block]) -> Vec<Furniture> {
    let mut finder = Finder { visible, blocks, found: Vec::new() };
    for (id, block) in blocks.iter().enumerate() {
        match block.kind {
            BlockKind::Paragraph | BlockKind::Heading { .. } => finder.lines(id),
            BlockKind::Html if block.visible.is_empty() => {
                let inner = source[block.source.range()].trim();
                let comment = inner.strip_prefix("<!--").and_then(|inner| inner.strip_suffix("-->"));
                let comment = comment.filter(|_| directive(inner).is_none());
                if let Some(kind) = comment.and_then(|comment| separator(comment.trim(), true)) {
                    finder.push(kind, id, block.visible);
                }
            }
            BlockKind::Html => finder.lines(id),
            _ => {}
        }
    }
    finder.rows(source);
    finder.found
}

struct Finder<'d> {
    visible: &'d str,
    blocks: &'d [Block],
    found: Vec<Furniture>,
}

impl Finder<'_> {
    fn push(&mut self, kind: FurnitureKind, block: BlockId, visible: Span<Visible>) {
        self.found.push(Furniture { kind, block, visible, marking: visible });
    }

    /// Looks at each line of a leaf. A banner may go on over further lines.
    fn lines(&mut self, id: BlockId) {
        let Block { visible: span, kind, parent, .. } = self.blocks[id];
        let label = matches!(kind, BlockKind::Heading { .. });
        let nested = parent.is_some_and(|parent| self.blocks[parent].kind != BlockKind::Quote);
        let mut authority: Option<Span<Visible>> = None;
        let mut start = span.start();
        while start < span.end() {
            let rest = &self.visible[start..span.end()];
            let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
            let mut end = start + line.len();
            if let Some(kind) = separator(line, label) {
                self.authority(id, &mut authority);
                self.push(kind, id, Span::new(start, end));
            } else if self.is_authority(line, rest, authority.is_some()) {
                let here = Span::new(start, end);
                authority = Some(authority.map_or(here, |so_far| so_far.hull(here)));
            } else if let Some(site) = (!nested).then(|| shape::banner(rest)).flatten() {
                self.authority(id, &mut authority);
                let marking = Span::new(start + site.range.start, start + site.range.end);
                let last = marking.end().max(end);
                end = self.visible[last..span.end()].find('\n').map_or(span.end(), |at| last + at);
                let visible = Span::new(start, end);
                self.found.push(Furniture { kind: FurnitureKind::Banner, block: id, visible, marking });
            } else {
                self.authority(id, &mut authority);
            }
            start = end + 1;
        }
        self.authority(id, &mut authority);
    }

    /// Whether a line belongs to an authority block, which is `open` when the line before does. `rest` is the text from
    /// the line on.
    fn is_authority(&self, line: &str, rest: &str, open: bool) -> bool {
        match authority_field(line) {
            // A reason alone is a sentence like any other.
            Some(AuthorityLabel::Reason) => {
                let next = rest[line.len()..].trim_start_matches('\n').split('\n').next().unwrap_or_default();
                open || authority_field(next).is_some_and(|label| label != AuthorityLabel::Reason)
            }
            Some(_) => true,
            // A line that goes on after a line of the block is its continuation.
            None => open && shape::mark(line).is_none() && shape::banner(line).is_none(),
        }
    }

    fn authority(&mut self, id: BlockId, so_far: &mut Option<Span<Visible>>) {
        if let Some(span) = so_far.take() {
            self.push(FurnitureKind::Authority, id, span);
        }
    }

    /// Adds bare rows and rules that stand beside a separator, and those which open a tearline by themselves: a row
    /// followed by a banner that is not the report's.
    fn rows(&mut self, source: &str) {
        let worded = |kind| matches!(kind, FurnitureKind::TearlineStart | FurnitureKind::TearlineEnd);
        let leaves: Vec<BlockId> = (0..self.blocks.len())
            .filter(|&id| self.blocks[id].kind.is_leaf() && self.blocks[id].kind != BlockKind::FrontMatter)
            .collect();
        let whole = |id: BlockId| {
            let at = self.found.partition_point(|found| found.block < id);
            self.found.get(at).filter(|found| found.block == id && found.visible == self.blocks[id].visible)
        };
        let any_word = self.found.iter().any(|found| worded(found.kind));
        let first_banner = self.found.iter().find(|found| found.kind == FurnitureKind::Banner);
        let mut rows = Vec::new();
        let mut open = false;
        for (index, &id) in leaves.iter().enumerate() {
            if !is_row(source, self.visible, &self.blocks[id]) {
                continue;
            }
            let before = index.checked_sub(1).and_then(|index| whole(leaves[index]));
            let after = leaves.get(index + 1).and_then(|&id| whole(id));
            let other_banner = |found: &&Furniture| {
                found.kind == FurnitureKind::Banner
                    && first_banner.is_some_and(|first| {
                        self.visible[first.marking.range()] != self.visible[found.marking.range()]
                    })
            };
            let kind = if [before, after].into_iter().flatten().any(|found| worded(found.kind)) {
                FurnitureKind::TearlineRow
            } else if any_word {
                continue;
            } else if open && before.as_ref().is_some_and(other_banner) {
                open = false;
                FurnitureKind::TearlineEnd
            } else if !open && after.as_ref().is_some_and(other_banner) {
                open = true;
                FurnitureKind::TearlineStart
            } else {
                continue;
            };
            let visible = self.blocks[id].visible;
            rows.push(Furniture { kind, block: id, visible, marking: visible });
        }
        if !rows.is_empty() {
            self.found.extend(rows);
            self.found.sort_by_key(|found| (found.block, found.visible));
        }
    }
}

/// What a comment tells this program (`<!-- tearline: … -->`), which is no separator.
pub(crate) fn directive(comment: &str) -> Option<&str> {
    let inner = comment.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    inner.trim().strip_prefix("tearline:").map(str::trim)
}

/// The field of an authority block that a line is, a portion mark before it aside.
fn authority_field(line: &str) -> Option<AuthorityLabel> {
    let start = line.trim_start_matches([' ', '\t', '*', '_', '>']);
    let text = match start.strip_prefix(['(', '[']).and_then(|inner| inner.split_once([')', ']'])) {
        Some((_, behind)) => behind.trim_start(),
        None => start,
    };
    text.starts_with(['C', 'D', 'R', 'c', 'd', 'r']).then(|| authority_line(text))?.map(|field| field.label)
}

/// Whether a leaf is a rule or a paragraph of nothing but row characters.
fn is_row(source: &str, visible: &str, block: &Block) -> bool {
    match block.kind {
        BlockKind::Rule => true,
        BlockKind::Html if block.visible.is_empty() => source[block.source.range()]
            .trim_start()
            .get(..3)
            .is_some_and(|tag| tag.eq_ignore_ascii_case("<hr")),
        BlockKind::Paragraph => {
            let text = visible[block.visible.range()].trim();
            text.len() >= 3 && text.chars().all(is_ornament)
        }
        _ => false,
    }
}

/// Characters of which rows are made, box-drawing ones included.
fn is_ornament(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '=' | '*' | '~' | '.' | '#' | '+' | ' ' | '\u{2500}'..='\u{257F}' | '—' | '–' | '•'
    )
}

/// Whether a word of a separator stands in a line.
fn names_separator(line: &[u8]) -> bool {
    memchr::memchr3_iter(b'E', b'e', b'U', line).chain(memchr::memchr2_iter(b'u', b'8', line)).any(|at| {
        let word = &line[at.saturating_sub(1)..];
        let starts = |text: &[u8]| word.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text));
        starts(b"tear")
            || starts(b"cut")
            || starts(b"version")
            || line[at] == b'8' && (starts(b">8") || line[at..].starts_with(b"8<"))
    })
}

/// Whether a line is a tearline separator, and which. `label` says that it stands alone as a heading or comment does,
/// so that a title may follow the word.
fn separator(line: &str, label: bool) -> Option<FurnitureKind> {
    if line.len() > LONGEST || !names_separator(line.as_bytes()) {
        return None;
    }
    let line = line.trim();
    let rest = match line.starts_with(['(', '[']).then(|| shape::mark(line)).flatten() {
        Some(site) => &line[site.range.end..],
        None => line,
    };
    let decorated = |c: char| is_ornament(c) || matches!(c, '/' | '<' | '>' | ':' | '[' | ']' | '|');
    let core = rest.trim_matches(decorated);
    if matches!(core, "8" | "8<" | ">8" | "8<--")
        && line.len() > 4
        && (rest.contains("8<") || rest.contains(">8"))
    {
        return Some(FurnitureKind::TearlineStart);
    }
    let dressed = label || core.len() + 4 <= rest.trim().len();
    let mut words =
        core.split([' ', '-', '_']).filter(|word| !word.is_empty()).map(str::to_ascii_uppercase).peekable();
    let mut end = false;
    while let Some(word) = words.next_if(|word| {
        matches!(word.as_str(), "BEGIN" | "START" | "END" | "OF" | "REL" | "THE" | "U" | "BEGINNING")
    }) {
        end |= word == "END";
    }
    let second = |words: &mut dyn Iterator<Item = String>, choices: &[&str]| {
        words.next().is_some_and(|word| choices.contains(&word.as_str()))
    };
    let named = match words.next()?.trim_end_matches([':', '.']) {
        "TEARLINE" | "TEARLINES" => true,
        "TEAR" | "CUT" => second(&mut words, &["LINE", "LINE:", "HERE"]),
        "RELEASABLE" | "SANITIZED" | "SANITISED" => second(&mut words, &["VERSION", "VERSION:"]),
        _ => false,
    };
    if !named {
        return None;
    }
    let tail: Vec<String> = words.collect();
    end |= tail.iter().any(|word| word == "END" || word == "ENDS");
    let known = |word: &String| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        matches!(
            word,
            "" | "FOLLOWS" | "BEGINS" | "STARTS" | "ENDS" | "END" | "BEGIN" | "START" | "BELOW" | "VERSION"
        ) || word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit())
    };
    let plain = tail.iter().all(known);
    let title =
        dressed && tail.iter().map(String::len).sum::<usize>() <= LONGEST_LABEL && !core.ends_with('.');
    (plain || title).then_some(if end { FurnitureKind::TearlineEnd } else { FurnitureKind::TearlineStart })
}

/// Cuts the document into its tearline sections and notes in each portion which one it lies in.
pub(super) fn tearlines(furniture: &[Furniture], portions: &mut [Portion]) -> Vec<Tearline> {
    let mut sections: Vec<Tearline> = Vec::new();
    let mut open: Option<Tearline> = None;
    let behind = |portions: &[Portion], place: &Furniture| {
        portions.partition_point(|p| (p.block, p.extent.start()) < (place.block, place.visible.start()))
    };
    for (index, place) in furniture.iter().enumerate() {
        match place.kind {
            FurnitureKind::TearlineStart => {
                let at = behind(portions, place);
                sections.extend(open.take().map(|section| closed(section, at)));
                open = Some(Tearline { start: index, banner: None, portions: at..at });
            }
            FurnitureKind::TearlineEnd => {
                let at = behind(portions, place);
                sections.extend(open.take().map(|section| closed(section, at)));
            }
            FurnitureKind::Banner => {
                let at = behind(portions, place);
                if let Some(section) = open.as_mut().filter(|s| s.banner.is_none() && s.portions.start == at)
                {
                    section.banner = Some(index);
                }
            }
            FurnitureKind::Authority | FurnitureKind::TearlineRow => {}
        }
    }
    sections.extend(open.map(|section| closed(section, portions.len())));
    for (index, section) in sections.iter().enumerate() {
        for portion in &mut portions[section.portions.clone()] {
            portion.tearline = Some(index);
        }
    }
    sections
}

fn closed(mut section: Tearline, end: PortionId) -> Tearline {
    section.portions.end = end.max(section.portions.start);
    section
}
