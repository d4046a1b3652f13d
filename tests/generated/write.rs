//! A draft as Markdown.

use std::fmt::Write as _;

use super::sentences::{CLAUSES, SHAPES, SUBSTANCE};
use super::{Block, CLOSED, Draft, DressKind, Portion, Sentence, Variant};

/// What it says, since that is what a failure is about.
impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.text(Variant::default()))
    }
}

impl Draft {
    /// The report under a variant.
    pub(crate) fn text(&self, variant: Variant) -> String {
        let mut out = Writer { variant, text: String::new(), notes: 0, asides: 0, lists: 0 };
        if self.front_matter {
            let (title, author) = (out.aside(), out.word());
            let _ = write!(out.text, "---\ntitle: {title}\nauthor: {author}\n---\n\n");
        }
        out.paragraph(self.banner.unwrap_or_default());
        for block in &self.blocks {
            for _ in 0..block.portion().map_or(1, |portion| out.times(portion)) {
                out.block(block);
            }
        }
        if let Some(portions) = &self.tearline {
            out.paragraph("TEARLINE");
            for portion in portions {
                out.block(&Block::Paragraph(portion.clone()));
            }
        }
        out.paragraph(self.banner.unwrap_or_default());
        if self.crlf { out.text.replace('\n', "\r\n") } else { out.text }
    }

    /// What is named in portions that may be released.
    pub(crate) fn named(&self, variant: Variant) -> Vec<&'static str> {
        let mut named = Vec::new();
        for (portion, closed) in self.portions() {
            for (sentence, _) in portion.sentences.iter().filter(|_| !closed) {
                if let Sentence::Telling { shape, named: index, .. } = *sentence {
                    named.push(SHAPES[shape].name(index + variant.sources));
                }
            }
        }
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Every portion, and whether it is withheld.
    fn portions(&self) -> Vec<(&Portion, bool)> {
        let mut portions = Vec::new();
        let own = |portion: &'_ Portion| portion.is_closed();
        for block in &self.blocks {
            match block {
                Block::Heading { portion, .. }
                | Block::Paragraph(portion)
                | Block::Code(portion)
                | Block::Html(portion) => portions.push((portion, own(portion))),
                Block::List { items, .. } => {
                    for (item, nested) in items {
                        portions.push((item, own(item)));
                        portions.extend(nested.iter().map(|portion| (portion, own(item))));
                    }
                }
                Block::Table { caption, rows, .. } => {
                    portions.extend(caption.iter().chain(rows.iter().flatten()).map(|p| (p, own(p))));
                }
                Block::Quote(quoted) => portions.extend(quoted.iter().map(|p| (p, own(p)))),
                Block::Footnote(text, note) => portions.extend([(text, own(text)), (note, own(note))]),
                Block::Comment | Block::Definition | Block::Rule => {}
            }
        }
        portions.extend(self.tearline.iter().flatten().map(|p| (p, own(p))));
        portions
    }
}

impl Block {
    /// The one portion of a block that has one.
    fn portion(&self) -> Option<&Portion> {
        match self {
            Self::Heading { portion, .. }
            | Self::Paragraph(portion)
            | Self::Code(portion)
            | Self::Html(portion) => Some(portion),
            // A withheld note of a paragraph that stands is written once, as its paragraph is; an open one says something.
            Self::Footnote(portion, note) if portion.is_closed() && note.is_closed() => Some(portion),
            Self::List { .. }
            | Self::Footnote(..)
            | Self::Table { .. }
            | Self::Quote(_)
            | Self::Comment
            | Self::Definition
            | Self::Rule => None,
        }
    }
}

impl Portion {
    fn is_closed(&self) -> bool {
        CLOSED.contains(&self.mark)
    }

    /// The mark of a portion that would take that of its neighbours without one.
    fn mark(&self) -> &'static str {
        if self.mark.is_empty() { "(S)" } else { self.mark }
    }
}

/// Where a portion stands.
#[derive(Debug, Clone, Copy)]
enum Place<'a> {
    /// On lines that begin so.
    Lines(&'a str),
    /// On one line.
    Line,
    /// On one line, where Markdown is not read.
    Verbatim,
}

struct Writer {
    variant: Variant,
    text: String,
    notes: usize,
    asides: usize,
    lists: usize,
}

impl Writer {
    /// A sentence for a place that nobody sees, another in each variant.
    fn aside(&mut self) -> &'static str {
        self.asides += 1;
        let index = self.asides + 7 * self.variant.withheld;
        if index.is_multiple_of(3) {
            SHAPES[SHAPES.len() - 1].name(index)
        } else {
            SUBSTANCE[index % SUBSTANCE.len()]
        }
    }

    /// The same as one word.
    fn word(&mut self) -> String {
        self.aside().trim_end_matches('.').replace([' ', ',', '\''], "-")
    }

    fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str(text);
            self.text.push_str("\n\n");
        }
    }

    /// How often a withheld paragraph or item is written.
    fn times(&self, portion: &Portion) -> usize {
        if portion.is_closed() { 1 + self.variant.more } else { 1 }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, setext, portion } => {
                let text = self.line(portion);
                let text = match (setext, level) {
                    (true, 1) => format!("{text}\n==="),
                    (true, _) => format!("{text}\n---"),
                    (false, level) => format!("{} {text}", "#".repeat(*level)),
                };
                self.paragraph(&text);
            }
            Block::Paragraph(portion) => {
                let text = self.sentences(portion, portion.is_closed(), Place::Lines(""));
                let mark = if portion.mark.is_empty() { String::new() } else { format!("{} ", portion.mark) };
                self.paragraph(&format!("{mark}{text}"));
            }
            Block::List { first, items } => self.list(*first, items),
            Block::Table { caption, rows, surplus } => self.table(caption.as_ref(), rows, *surplus),
            Block::Quote(portions) => {
                let mut lines = Vec::new();
                for portion in portions
                    .iter()
                    .flat_map(|portion| std::iter::repeat_n(portion, self.times(portion)))
                    .collect::<Vec<_>>()
                {
                    let text = self.sentences(portion, portion.is_closed(), Place::Lines("> "));
                    lines.push(format!("> {} {text}", portion.mark()));
                }
                self.paragraph(&lines.join("\n>\n"));
            }
            Block::Code(portion) => {
                let info = self.word();
                let text = self.sentences(portion, portion.is_closed(), Place::Verbatim);
                self.paragraph(&format!("```{info}\n{} {text}\n```", portion.mark()));
            }
            Block::Html(portion) => {
                let title = self.aside();
                let text = self.sentences(portion, portion.is_closed(), Place::Verbatim);
                self.paragraph(&format!("<div title=\"{title}\">\n{} {text}\n</div>", portion.mark()));
            }
            Block::Footnote(portion, note) => {
                self.notes += 1;
                let label = format!("{}{}", self.word(), self.notes);
                let text = self.line(portion);
                let note = self.line(note);
                self.paragraph(&format!("{text}[^{label}]\n\n[^{label}]: {note}"));
            }
            Block::Comment => {
                let aside = self.aside();
                self.paragraph(&format!("<!-- {aside} -->"));
            }
            Block::Definition => {
                let (label, target, title) = (self.word(), self.word(), self.aside());
                self.paragraph(&format!("[{label}]: https://example.org/{target} \"{title}\""));
            }
            Block::Rule => self.paragraph("* * *"),
        }
    }

    fn list(&mut self, first: Option<usize>, items: &[(Portion, Vec<Portion>)]) {
        let mut lines = Vec::new();
        let mut number = first;
        // Lists that come to stand side by side are lists of their own.
        self.lists += 1;
        let (bullet, delimiter) = (["-", "*", "+"][self.lists % 3], [".", ")"][self.lists % 2]);
        for (item, nested) in
            items.iter().flat_map(|item| std::iter::repeat_n(item, self.times(&item.0))).collect::<Vec<_>>()
        {
            let marker = number.map_or(format!("{bullet} "), |number| format!("{number}{delimiter} "));
            number = number.map(|number| number + 1);
            let indent = " ".repeat(marker.len());
            let text = self.sentences(item, item.is_closed(), Place::Lines(&indent));
            lines.push(format!("{marker}{} {text}", item.mark()));
            for portion in nested {
                let text = self.sentences(portion, item.is_closed(), Place::Line);
                lines.push(format!("{indent}- {text}"));
            }
        }
        self.paragraph(&lines.join("\n"));
    }

    fn table(&mut self, caption: Option<&Portion>, rows: &[Vec<Portion>], surplus: bool) {
        if let Some(caption) = caption {
            let text = self.line(caption);
            self.paragraph(&text);
        }
        let mut lines = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|cell| self.line(cell)).collect();
            let more = if surplus && index > 0 { format!(" {} |", self.aside()) } else { String::new() };
            lines.push(format!("| {} |{more}", cells.join(" | ")));
            if index == 0 {
                lines.push(format!("|{}", "---|".repeat(row.len())));
            }
        }
        self.paragraph(&lines.join("\n"));
    }

    /// A portion with its mark on one line.
    fn line(&mut self, portion: &Portion) -> String {
        format!("{} {}", portion.mark(), self.sentences(portion, portion.is_closed(), Place::Line))
    }

    /// What a portion says; another thing in each variant when it is withheld.
    fn sentences(&mut self, portion: &Portion, closed: bool, place: Place<'_>) -> String {
        let turn = if closed { self.variant.withheld } else { 0 };
        let count = portion.sentences.len() + turn % 3;
        let mut text = String::new();
        let mut on_line = 0;
        for (at, (sentence, dress)) in portion.sentences.iter().cycle().take(count).enumerate() {
            let words = sentence.words(turn * (at + 1), if closed { turn } else { self.variant.sources });
            let dress = dress.filter(|_| !matches!(place, Place::Verbatim));
            let chosen = dress.and_then(|dress| {
                let named = dress.named && words.iter().any(|(_, named)| *named);
                let among: Vec<usize> = (0..words.len()).filter(|&at| words[at].1 == named).collect();
                Some((*among.get(dress.word % among.len().max(1))?, dress.kind))
            });
            for (at, (word, named)) in words.iter().enumerate() {
                match chosen {
                    Some((chosen, kind)) if chosen == at => text.push_str(&self.word_dressed(word, kind)),
                    _ => text.push_str(word),
                }
                // Only what stays counts, so that lines end at the same words whatever is named.
                on_line += usize::from(!named);
                match (place, portion.wrap) {
                    (Place::Lines(prefix), Some(wrap)) if on_line >= wrap && !named => {
                        let _ = write!(text, "\n{prefix}");
                        on_line = 0;
                    }
                    _ => text.push(' '),
                }
            }
        }
        text.trim_end_matches([' ', '\n', '>']).to_owned()
    }

    fn word_dressed(&mut self, word: &str, kind: DressKind) -> String {
        let sign = |c: char| !c.is_alphanumeric();
        let lead = word.len() - word.trim_start_matches(sign).len();
        let end = word.trim_end_matches(sign).len().max(lead);
        let (before, core, after) = (&word[..lead], &word[lead..end], &word[end..]);
        let Some((middle, last)) =
            core.char_indices().map(|(at, _)| at).nth(core.chars().count() / 2).zip(core.chars().last())
        else {
            return word.to_owned();
        };
        let (head, tail) = core.split_at(middle);
        let core = match kind {
            DressKind::Emphasis => format!("*{core}*"),
            DressKind::Strong => format!("**{core}**"),
            // Beside a hyphen the stars are no emphasis.
            DressKind::Inside if core.contains('-') => format!("**{core}**"),
            DressKind::Inside => format!("{head}**{tail}**"),
            DressKind::Code => format!("`{core}`"),
            DressKind::Link => format!("[{core}](https://example.org/{} \"{}\")", self.word(), self.aside()),
            DressKind::Image => format!("![{}]({}.png) {core}", self.aside(), self.word()),
            DressKind::Comment => format!("{core}<!-- {} -->", self.aside()),
            DressKind::Tag => format!("<b title=\"{}\">{core}</b>", self.aside()),
            DressKind::Struck => format!("~~{}~~ {core}", self.aside()),
            DressKind::Entity => format!("{}&#{};", &core[..core.len() - last.len_utf8()], u32::from(last)),
            DressKind::SoftHyphen => format!("{head}\u{AD}{tail}"),
            DressKind::ZeroWidth => format!("{head}\u{200B}{tail}"),
            DressKind::FullWidth => core.chars().map(full_width).collect(),
        };
        format!("{before}{core}{after}")
    }
}

impl Sentence {
    /// Its words with whether each is one of what is named, other ones after each turn.
    fn words(&self, turn: usize, sources: usize) -> Vec<(String, bool)> {
        let (text, name, clauses) = match *self {
            Self::Plain(index) => (SUBSTANCE[(index + turn) % SUBSTANCE.len()], "", (0, 0)),
            Self::Telling { shape, named, clauses } => {
                let shape = &SHAPES[(shape + turn) % SHAPES.len()];
                (shape.text, shape.name(named + sources), (clauses.0 + turn, clauses.1 + turn))
            }
        };
        let clause = |index: usize| CLAUSES[index % CLAUSES.len()];
        let mut words = Vec::new();
        for word in text.split(' ') {
            let Some((before, rest)) = word.split_once('{') else {
                words.push((word.to_owned(), false));
                continue;
            };
            let (slot, after) = rest.split_once('}').expect("a slot is closed");
            let filled = match slot {
                "s" | "S" => name,
                "c" | "C" => clause(clauses.0),
                _ => clause(clauses.1),
            };
            let filled = if matches!(slot, "S" | "C") { capital(filled) } else { filled.to_owned() };
            let parts: Vec<&str> = filled.split(' ').collect();
            for (at, part) in parts.iter().enumerate() {
                let lead = if at == 0 { before } else { "" };
                let tail = if at + 1 == parts.len() { after } else { "" };
                words.push((format!("{lead}{part}{tail}"), matches!(slot, "s" | "S")));
            }
        }
        words
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn full_width(c: char) -> char {
    let shifted = u32::from(c) + 0xFEE0;
    if c.is_ascii_alphanumeric() { char::from_u32(shifted).unwrap_or(c) } else { c }
}
