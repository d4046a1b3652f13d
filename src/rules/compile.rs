//! Shapes to programs: names resolved, sub-shapes written in.
//!
//! What a sentence must hold for the shape to match in it ([`telling`](super::telling)) is found out once all words are known; the
//! instructions ([`emit`](super::emit)) wait until the program runs: in most reports few do.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::emit;
use super::schema::ShapeError;
use super::shape::{self, Ast};
use super::vocabulary::{SlotId, Vocabulary};
use crate::detect::program::{Inst, Program, TokenSet};
use crate::detect::tokens::Shape;

/// The deepest nesting of named shapes.
const DEEPEST: u8 = 16;

type Map<K, V> = HashMap<K, V, FixedState>;

/// The vocabulary and the named shapes that programs are compiled against.
pub(crate) struct Compiler<'c> {
    vocabulary: &'c mut Vocabulary,
    shapes: &'c BTreeMap<String, Ast>,
    /// What rules ask for.
    parsed: &'c Parsed,
    /// Whether the shapes are known to be no larger than a program may be.
    sound: bool,
    /// The programs made so far, by their text: rules share what they require and forbid.
    known: Map<&'c str, Arc<Program>>,
    /// The named shapes and the literals resolved so far: most are named often.
    named: Map<&'c str, Resolved>,
    literals: Map<&'c str, Arc<TokenSet>>,
}

/// Shapes as they are written, each text parsed once. That asks nothing of the vocabulary and is done before it stands.
#[derive(Debug, Default)]
pub(crate) struct Parsed(Map<String, Ast>);

impl Parsed {
    /// Parses a shape that is not there yet.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), ShapeError> {
        if !self.0.contains_key(text) {
            self.0.insert(text.to_owned(), shape::parse(text)?);
        }
        Ok(())
    }
}

impl<'c> Compiler<'c> {
    pub(crate) fn new(
        vocabulary: &'c mut Vocabulary,
        shapes: &'c BTreeMap<String, Ast>,
        parsed: &'c Parsed,
        sound: bool,
    ) -> Self {
        Self {
            vocabulary,
            shapes,
            parsed,
            sound,
            known: Map::default(),
            named: Map::default(),
            literals: Map::default(),
        }
    }

    /// Compiles one of the written shapes. The same text is the same program.
    ///
    /// # Panics
    /// When the text was not parsed before.
    pub(crate) fn compile(&mut self, text: &str) -> Result<Arc<Program>, ShapeError> {
        if let Some(program) = self.known.get(text) {
            return Ok(program.clone());
        }
        let parsed = self.parsed.0.get_key_value(text);
        let (text, ast) = parsed.expect("a rule is compiled once its shapes are parsed");
        let program = Arc::new(self.program(ast)?);
        self.known.insert(text, program.clone());
        Ok(program)
    }

    fn program(&mut self, ast: &'c Ast) -> Result<Program, ShapeError> {
        let program = Program::new(self.resolve(ast, 0)?);
        if !self.sound {
            emit::code(&program.shape)?;
            program.telling(self.vocabulary)?;
        }
        Ok(program)
    }

    /// Writes named shapes in and makes a slot of each literal and lexicon.
    fn resolve(&mut self, ast: &'c Ast, depth: u8) -> Result<Resolved, ShapeError> {
        let mut each = |items: &'c [Ast]| {
            items.iter().map(|item| self.resolve(item, depth)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match ast {
            Ast::Seq(items) => Resolved::Seq(each(items)?.into()),
            Ast::Alt(items) => alternatives(each(items)?),
            // A literal has no term of several words, so it is a set of one.
            Ast::Word(word) => Resolved::Set(self.literal(word)),
            Ast::Name(name) => return self.named(name, depth),
            Ast::Kind(kind) => Resolved::Kind(*kind),
            Ast::Set { any, none } => {
                let (shapes, slots) = self.members(any, depth)?;
                let (not_shapes, not_slots) = self.members(none, depth)?;
                Resolved::Set(Arc::new(TokenSet { shapes, slots, not_shapes, not_slots }))
            }
            Ast::Gap(most) => Resolved::Gap(*most),
            Ast::Repeat { item, min, max } => Resolved::Repeat(self.resolve(item, depth)?.into(), *min, *max),
            Ast::Span(item) => Resolved::Span(self.resolve(item, depth)?.into()),
            Ast::Alias(item) => Resolved::Alias(self.resolve(item, depth)?.into()),
            Ast::Not(item) => Resolved::Look(self.resolve(item, depth)?.into(), true),
            Ast::Ahead(item) => Resolved::Look(self.resolve(item, depth)?.into(), false),
            Ast::SentenceStart => Resolved::Anchor(Inst::SentenceStart),
            Ast::PortionStart => Resolved::Anchor(Inst::PortionStart),
            Ast::SentenceEnd => Resolved::Anchor(Inst::SentenceEnd),
        })
    }

    fn literal(&mut self, word: &'c str) -> Arc<TokenSet> {
        if let Some(set) = self.literals.get(word) {
            return set.clone();
        }
        let slot = self.vocabulary.slot(&format!("\"{word}\""));
        self.vocabulary.add(&[slot], word, word.chars().any(char::is_uppercase));
        let set = Arc::new(TokenSet { slots: vec![slot], ..TokenSet::default() });
        self.literals.insert(word, set.clone());
        set
    }

    fn named(&mut self, name: &'c str, depth: u8) -> Result<Resolved, ShapeError> {
        if let Some(known) = self.named.get(name) {
            return Ok(known.clone());
        }
        if let Some(ast) = self.shapes.get(name) {
            if depth == DEEPEST {
                return Err(ShapeError {
                    at: 0,
                    fault: format!("`{{{name}}}` nests too deep; does it name itself?"),
                });
            }
            let resolved = self.resolve(ast, depth + 1)?;
            self.named.insert(name, resolved.clone());
            return Ok(resolved);
        }
        self.vocabulary.find(name).map(Resolved::Slot).ok_or_else(|| ShapeError {
            at: 0,
            fault: format!("no lexicon and no shape is called `{{{name}}}`"),
        })
    }

    /// The members of a token set: looks, literals, lexicons, and named shapes that are sets or alternatives of these.
    fn members(&mut self, items: &'c [Ast], depth: u8) -> Result<(Shape, Vec<SlotId>), ShapeError> {
        let (mut shapes, mut slots) = (Shape::default(), Vec::new());
        for item in items {
            let item = self.resolve(item, depth)?;
            member(&item, &mut shapes, &mut slots)?;
        }
        Ok((shapes, slots))
    }
}

fn member(item: &Resolved, shapes: &mut Shape, slots: &mut Vec<SlotId>) -> Result<(), ShapeError> {
    match item {
        Resolved::Kind(kind) => *shapes = *shapes | *kind,
        Resolved::Slot(slot) => slots.push(*slot),
        Resolved::Set(set) if set.is_plain() => {
            *shapes = *shapes | set.shapes;
            slots.extend(&set.slots);
        }
        Resolved::Alt(options) => {
            for option in options.iter() {
                member(option, shapes, slots)?;
            }
        }
        _ => {
            return Err(ShapeError {
                at: 0,
                fault: "a set holds single tokens: looks, words, lexicons".into(),
            });
        }
    }
    Ok(())
}

/// Alternatives, of which neighbours that are each one token become one set: which of them fits makes no difference.
fn alternatives(options: Vec<Resolved>) -> Resolved {
    let mut out: Vec<Resolved> = Vec::with_capacity(options.len());
    for option in options {
        match (out.last_mut(), option) {
            (Some(Resolved::Set(last)), Resolved::Set(next)) if last.is_plain() && next.is_plain() => {
                Arc::make_mut(last).extend(&next);
            }
            (_, option) => out.push(option),
        }
    }
    if out.len() == 1 { out.remove(0) } else { Resolved::Alt(out.into()) }
}

/// A shape whose names are resolved. Shapes share what they name.
#[derive(Debug, Clone)]
pub(crate) enum Resolved {
    Slot(SlotId),
    Kind(Shape),
    Set(Arc<TokenSet>),
    Gap(u8),
    Seq(Arc<[Resolved]>),
    Alt(Arc<[Resolved]>),
    Repeat(Arc<Resolved>, u8, u8),
    Span(Arc<Resolved>),
    Alias(Arc<Resolved>),
    Look(Arc<Resolved>, bool),
    Anchor(Inst),
}
