//! Shapes to programs: names resolved, sub-shapes written in.
//!
//! One walk over the resolved shape writes the program with its repeats written out, another its *skeleton*, in which
//! each repeat is a loop. Both number the same parts in the same order, so that every instruction knows its place in
//! the skeleton.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::schema::ShapeError;
use super::shape::{self, Ast};
use super::vocabulary::{SlotId, Vocabulary};
use crate::detect::program::{ALIAS, Inst, Program, TokenSet};
use crate::detect::tokens::Shape;

/// The deepest nesting of named shapes.
const DEEPEST: u8 = 16;
/// The most instructions of one program.
const LARGEST: usize = 20_000;

/// The vocabulary and the named shapes that programs are compiled against.
pub(crate) struct Compiler<'c> {
    vocabulary: &'c mut Vocabulary,
    shapes: &'c BTreeMap<String, Ast>,
    /// What rules ask for.
    parsed: &'c Parsed,
    /// The programs made so far, by their text: rules share what they require and forbid.
    known: HashMap<&'c str, Arc<Program>>,
    /// The named shapes and the literals resolved so far: most are named often.
    named: HashMap<&'c str, Resolved>,
    literals: HashMap<&'c str, Arc<TokenSet>>,
}

/// Shapes as they are written, each text parsed once. That asks nothing of the vocabulary and is done before it stands.
#[derive(Debug, Default)]
pub(crate) struct Parsed(HashMap<String, Ast>);

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
    ) -> Self {
        Self {
            vocabulary,
            shapes,
            parsed,
            known: HashMap::new(),
            named: HashMap::new(),
            literals: HashMap::new(),
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
        let ast = self.resolve(ast, 0)?;
        let (insts, places) = Builder::new(Repeats::WrittenOut).program(&ast)?;
        let (skeleton, _) = Builder::new(Repeats::Loops).program(&ast)?;
        let exact = super::telling::exact(&ast, self.vocabulary);
        let telling = match &exact {
            Some(part) => std::slice::from_ref(part).to_vec(),
            None => super::telling::telling(&ast, &|slot| self.vocabulary.weight(slot)),
        };
        let mut filter = Vec::with_capacity(telling.len());
        for part in &telling {
            filter.push(Builder::new(Repeats::Loops).program(part)?.0);
        }
        Ok(Program { insts, places, skeleton, filter, exact: exact.is_some() })
    }

    /// Writes named shapes in and makes a slot of each literal and lexicon.
    fn resolve(&mut self, ast: &'c Ast, depth: u8) -> Result<Resolved, ShapeError> {
        let mut each = |items: &'c [Ast]| {
            items.iter().map(|item| self.resolve(item, depth)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match ast {
            Ast::Seq(items) => Resolved::Seq(each(items)?),
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
            Ast::Repeat { item, min, max } => {
                Resolved::Repeat(Box::new(self.resolve(item, depth)?), *min, *max)
            }
            Ast::Span(item) => Resolved::Span(Box::new(self.resolve(item, depth)?)),
            Ast::Alias(item) => Resolved::Alias(Box::new(self.resolve(item, depth)?)),
            Ast::Not(item) => Resolved::Look(Box::new(self.resolve(item, depth)?), true),
            Ast::Ahead(item) => Resolved::Look(Box::new(self.resolve(item, depth)?), false),
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
            for option in options {
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
    if out.len() == 1 { out.remove(0) } else { Resolved::Alt(out) }
}

/// A shape whose names are resolved.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Resolved {
    Slot(SlotId),
    Kind(Shape),
    Set(Arc<TokenSet>),
    Gap(u8),
    Seq(Vec<Resolved>),
    Alt(Vec<Resolved>),
    Repeat(Box<Resolved>, u8, u8),
    Span(Box<Resolved>),
    Alias(Box<Resolved>),
    Look(Box<Resolved>, bool),
    Anchor(Inst),
}

/// How a builder writes repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeats {
    /// As often as they may come: the bounds are kept.
    WrittenOut,
    /// Once, as a loop: the bounds are lost, every match is kept.
    Loops,
}

struct Builder {
    repeats: Repeats,
    insts: Vec<Inst>,
    /// The place of each instruction in the skeleton.
    places: Vec<u32>,
    /// The next place.
    place: u32,
    spans: u8,
}

impl Builder {
    fn new(repeats: Repeats) -> Self {
        Self { repeats, insts: Vec::new(), places: Vec::new(), place: 0, spans: 0 }
    }

    fn program(mut self, ast: &Resolved) -> Result<(Vec<Inst>, Vec<u32>), ShapeError> {
        self.emit(ast)?;
        self.push(Inst::Match);
        Ok((self.insts, self.places))
    }

    fn here(&self) -> u32 {
        u32::try_from(self.insts.len()).expect("programs are bounded")
    }

    /// Writes an instruction at the next place of the skeleton.
    fn push(&mut self, inst: Inst) -> usize {
        self.place += 1;
        self.push_at(inst, self.place - 1)
    }

    fn push_at(&mut self, inst: Inst, place: u32) -> usize {
        self.insts.push(inst);
        self.places.push(place);
        self.insts.len() - 1
    }

    /// Lets a split go to what follows it and to what follows now; `greedy` tries the body first.
    fn mend(&mut self, split: usize, greedy: bool) {
        let (body, after) = (u32::try_from(split + 1).expect("programs are bounded"), self.here());
        self.insts[split] = if greedy { Inst::Split(body, after) } else { Inst::Split(after, body) };
    }

    fn emit(&mut self, ast: &Resolved) -> Result<(), ShapeError> {
        if self.insts.len() > LARGEST {
            return Err(ShapeError {
                at: 0,
                fault: format!("the shape needs more than {LARGEST} steps; repeat less"),
            });
        }
        match ast {
            Resolved::Slot(slot) => _ = self.push(Inst::Slot(*slot)),
            Resolved::Kind(kind) => _ = self.push(Inst::Kind(*kind)),
            Resolved::Set(set) => _ = self.push(Inst::Set(set.clone())),
            Resolved::Anchor(inst) => _ = self.push(inst.clone()),
            Resolved::Gap(most) => self.repeat(&Resolved::Kind(Shape::ANY), 0, *most, false)?,
            Resolved::Seq(items) => items.iter().try_for_each(|item| self.emit(item))?,
            Resolved::Alt(options) => self.alternatives(options)?,
            Resolved::Repeat(item, min, max) => self.repeat(item, *min, *max, true)?,
            Resolved::Span(item) => {
                let place = 2 * self.spans;
                if place >= ALIAS {
                    return Err(ShapeError { at: 0, fault: "a shape marks at most four spans".into() });
                }
                self.spans += 1;
                self.saved(place, item)?;
            }
            Resolved::Alias(item) => self.saved(ALIAS, item)?,
            Resolved::Look(item, negative) => {
                let look = self.push(Inst::Look(0, 0, *negative));
                self.emit(item)?;
                self.push(Inst::Match);
                self.insts[look] = Inst::Look(
                    u32::try_from(look + 1).expect("programs are bounded"),
                    self.here(),
                    *negative,
                );
            }
        }
        Ok(())
    }

    fn saved(&mut self, place: u8, item: &Resolved) -> Result<(), ShapeError> {
        self.push(Inst::Save(place));
        self.emit(item)?;
        self.push(Inst::Save(place + 1));
        Ok(())
    }

    fn repeat(&mut self, item: &Resolved, min: u8, max: u8, greedy: bool) -> Result<(), ShapeError> {
        match self.repeats {
            Repeats::WrittenOut => self.write_out(item, min, max, greedy),
            Repeats::Loops => self.write_loop(item, min, max),
        }
    }

    /// `entry item* back`: the places that [`Self::write_loop`] gives are shared by all copies.
    fn write_out(&mut self, item: &Resolved, min: u8, max: u8, greedy: bool) -> Result<(), ShapeError> {
        let entry = self.place;
        let mut splits = Vec::with_capacity(usize::from(max - min));
        let mut back = None;
        for copy in 0..max {
            if copy >= min {
                let place = if min == 0 { entry } else { back.expect("a copy has been written") };
                splits.push(self.push_at(Inst::Split(0, 0), place));
            }
            self.place = entry + 1;
            self.emit(item)?;
            back = Some(self.place);
        }
        self.place = match back {
            Some(back) => back + 1,
            None => entry + 1,
        };
        for split in splits {
            self.mend(split, greedy);
        }
        Ok(())
    }

    /// Once or more: `jump body, body, split(body, after)`; else `split(body, after), body, jump to the split`.
    fn write_loop(&mut self, item: &Resolved, min: u8, max: u8) -> Result<(), ShapeError> {
        let entry = self.push(Inst::Jump(self.here() + 1));
        if max == 0 {
            return Ok(());
        }
        let body = self.here();
        self.emit(item)?;
        if min == 0 {
            let back = if max == 1 { self.here() + 1 } else { body - 1 };
            self.push(Inst::Jump(back));
            self.mend(entry, true);
        } else {
            let after = self.here() + 1;
            self.push(if max == 1 { Inst::Jump(after) } else { Inst::Split(body, after) });
        }
        Ok(())
    }

    fn alternatives(&mut self, options: &[Resolved]) -> Result<(), ShapeError> {
        let mut ends = Vec::new();
        // The same span may be marked in each alternative; it stays one span.
        let spans = self.spans;
        let mut most = spans;
        for (at, option) in options.iter().enumerate() {
            self.spans = spans;
            if at + 1 == options.len() {
                self.emit(option)?;
            } else {
                let split = self.push(Inst::Split(0, 0));
                self.emit(option)?;
                ends.push(self.push(Inst::Jump(0)));
                self.mend(split, true);
            }
            most = most.max(self.spans);
        }
        self.spans = most;
        let after = self.here();
        for end in ends {
            self.insts[end] = Inst::Jump(after);
        }
        Ok(())
    }
}
