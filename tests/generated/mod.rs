//! Realistic reports for properties and benches: portions of every kind under marks of every kind, sentences of substance
//! beside sentences that name a source or method, Markdown of every construct, and disguises.
//!
//! A [`Draft`] says what a report is; [`Draft::text`] writes it under a [`Variant`]. Two variants of one draft differ only in
//! what must not matter to a release: which source stands where one stands, what the withheld portions say, what the hidden
//! channels hold. A rule that is at fault in a sentence would make every draft with that sentence fail, so that only those
//! shapes and sources stand in [`sentences`] which the rules recognise in full.

pub(crate) mod sentences;
mod write;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use sentences::{CLAUSES, SHAPES, SUBSTANCE};

/// What of a draft changes from one text of it to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Turns the sources and methods that are named in what may be released.
    pub(crate) sources: usize,
    /// Turns everything that withheld portions and hidden channels say, and how much they say.
    pub(crate) withheld: usize,
    /// How many times more each withheld paragraph and item is written.
    pub(crate) more: usize,
}

/// A report before it is written.
#[derive(Clone)]
pub(crate) struct Draft {
    front_matter: bool,
    banner: Option<&'static str>,
    blocks: Vec<Block>,
    tearline: Option<Vec<Portion>>,
    crlf: bool,
}

#[derive(Debug, Clone)]
enum Block {
    Heading {
        level: usize,
        setext: bool,
        portion: Portion,
    },
    Paragraph(Portion),
    /// Items with the items nested in them, which take their mark.
    List {
        first: Option<usize>,
        items: Vec<(Portion, Vec<Portion>)>,
    },
    /// A caption, and rows of cells; the first row is the header.
    Table {
        caption: Option<Portion>,
        rows: Vec<Vec<Portion>>,
        surplus: bool,
    },
    Quote(Vec<Portion>),
    Code(Portion),
    /// A paragraph with a reference, and the note.
    Footnote(Portion, Portion),
    Html(Portion),
    Comment,
    /// A definition that nothing uses.
    Definition,
    Rule,
}

#[derive(Debug, Clone)]
struct Portion {
    mark: &'static str,
    sentences: Vec<(Sentence, Option<Dress>)>,
    /// Words on a line, when it is wrapped.
    wrap: Option<usize>,
}

#[derive(Debug, Clone)]
enum Sentence {
    Plain(usize),
    /// A shape, what is named in it, and two clauses.
    Telling {
        shape: usize,
        named: usize,
        clauses: (usize, usize),
    },
}

/// Markup or a disguise of one word of a sentence, counted around.
#[derive(Debug, Clone, Copy)]
struct Dress {
    word: usize,
    kind: DressKind,
    /// Whether the word is one of what is named, when something is.
    named: bool,
}

#[derive(Debug, Clone, Copy)]
enum DressKind {
    Emphasis,
    Strong,
    Inside,
    Code,
    Link,
    Image,
    Comment,
    Tag,
    Struck,
    Entity,
    SoftHyphen,
    ZeroWidth,
    FullWidth,
}

/// Marks under which FVEY may read a portion.
pub(crate) const OPEN: &[&str] = &[
    "(U)",
    "(S//REL TO USA, FVEY)",
    "(C//REL TO USA, FVEY)",
    "(TS//SI//REL TO USA, FVEY)",
    "(S//TK//REL TO USA, FVEY)",
];
/// Marks under which it may not; the last is no mark that anybody knows.
pub(crate) const CLOSED: &[&str] = &[
    "(S//NF)",
    "(C//NF)",
    "(TS//HCS-P//NF)",
    "(S//OC/NF)",
    "(S)",
    "(S//REL TO USA, GBR)",
    "(C//REL TO USA, AUS, GBR)",
    "(S//REL TO USA, NATO)",
    "(S//ZZZ)",
    "",
];

const BANNERS: &[&str] = &[
    "TOP SECRET//HCS-P/SI/TK//ORCON/NOFORN",
    "**TOP SECRET//HCS-P/SI/TK//ORCON/NOFORN**",
    "TOP SECRET//SI/TK//NOFORN",
];

fn dress() -> impl Strategy<Value = Dress> {
    use DressKind::*;
    let kind = select(&[
        Emphasis, Strong, Inside, Code, Link, Image, Comment, Tag, Struck, Entity, SoftHyphen, ZeroWidth,
        FullWidth,
    ]);
    (0..8usize, kind, any::<bool>()).prop_map(|(word, kind, named)| Dress { word, kind, named })
}

fn sentence() -> impl Strategy<Value = Sentence> {
    let clauses = (0..CLAUSES.len(), 0..CLAUSES.len());
    prop_oneof![
        3 => (0..SUBSTANCE.len()).prop_map(Sentence::Plain),
        2 => (0..SHAPES.len(), 0..64usize, clauses)
            .prop_map(|(shape, named, clauses)| Sentence::Telling { shape, named, clauses }),
    ]
}

fn portion(most: usize) -> impl Strategy<Value = Portion> {
    let mark = prop_oneof![3 => select(OPEN), 2 => select(CLOSED)];
    let sentences = prop::collection::vec((sentence(), prop::option::weighted(0.2, dress())), 1..=most);
    (mark, sentences, prop::option::weighted(0.2, 4..9usize)).prop_map(|(mark, sentences, wrap)| Portion {
        mark,
        sentences,
        wrap,
    })
}

fn block() -> impl Strategy<Value = Block> {
    let items = || prop::collection::vec((portion(2), prop::collection::vec(portion(1), 0..3)), 1..4);
    let rows = (1..4usize)
        .prop_flat_map(|columns| prop::collection::vec(prop::collection::vec(portion(1), columns), 2..5));
    prop_oneof![
        2 => (1..4usize, any::<bool>(), portion(1))
            .prop_map(|(level, setext, portion)| Block::Heading { level, setext, portion }),
        6 => portion(4).prop_map(Block::Paragraph),
        3 => (select(&[None, Some(1), Some(40)]), items()).prop_map(|(first, items)| Block::List { first, items }),
        2 => (prop::option::of(portion(1)), rows, any::<bool>())
            .prop_map(|(caption, rows, surplus)| Block::Table { caption, rows, surplus }),
        2 => prop::collection::vec(portion(2), 1..3).prop_map(Block::Quote),
        1 => portion(2).prop_map(Block::Code),
        2 => (portion(2), portion(2)).prop_map(|(text, note)| Block::Footnote(text, note)),
        1 => portion(2).prop_map(Block::Html),
        1 => Just(Block::Comment),
        1 => Just(Block::Definition),
        1 => Just(Block::Rule),
    ]
}

/// Reports of one to eight blocks.
pub(crate) fn drafts() -> impl Strategy<Value = Draft> {
    (
        prop::bool::weighted(0.2),
        prop::option::weighted(0.9, select(BANNERS)),
        prop::collection::vec(block(), 1..8),
        prop::option::weighted(0.1, prop::collection::vec(portion(2), 1..3)),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(front_matter, banner, blocks, tearline, crlf)| Draft {
            front_matter,
            banner,
            blocks,
            tearline,
            crlf,
        })
}

/// So many drafts, the same on every run.
pub(crate) fn sample(count: usize) -> Vec<Draft> {
    let mut runner = TestRunner::deterministic();
    let strategy = drafts();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("no draft is rejected").current()).collect()
}
