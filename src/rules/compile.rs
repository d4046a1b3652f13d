//! Shapes to programs: names resolved, sub-shapes written in, needs worked out.

use std::collections::BTreeMap;

use super::schema::ShapeError;
use super::shape::{self, Ast};
use super::vocabulary::{SlotId, Vocabulary};
use crate::detect::program::{ALIAS, Inst, Program, TokenSet};
use crate::detect::tokens::Shape;

/// The deepest nesting of named shapes.
const DEEPEST: u8 = 16;
/// The most instructions of one program.
const LARGEST: usize = 20_000;
/// The most groups of needed slots that are worth checking.
const MOST_NEEDS: usize = 4;

/// The vocabulary and the named shapes that programs are compiled against.
pub(crate) struct Compiler<'c> {
    pub(crate) vocabulary: &'c mut Vocabulary,
    pub(crate) shapes: &'c BTreeMap<String, Ast>,
}

impl Compiler<'_> {
    /// Compiles one shape.
    pub(crate) fn compile(&mut self, text: &str) -> Result<Program, ShapeError> {
        let ast = self.resolve(shape::parse(text)?, 0)?;
        let mut builder = Builder { insts: Vec::new(), spans: 0 };
        builder.emit(&ast)?;
        builder.insts.push(Inst::Match);
        let mut needs = needs(&ast);
        needs.sort_by_key(Vec::len);
        needs.truncate(MOST_NEEDS);
        Ok(Program { insts: builder.insts, needs })
    }

    /// Writes named shapes in and makes a slot of each literal and lexicon.
    fn resolve(&mut self, ast: Ast, depth: u8) -> Result<Resolved, ShapeError> {
        let mut each = |items: Vec<Ast>| {
            items.into_iter().map(|item| self.resolve(item, depth)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match ast {
            Ast::Seq(items) => Resolved::Seq(each(items)?),
            Ast::Alt(items) => Resolved::Alt(each(items)?),
            Ast::Word(word) => Resolved::Slot(self.literal(&word)),
            Ast::Name(name) => return self.named(&name, depth),
            Ast::Kind(kind) => Resolved::Kind(kind),
            Ast::Set { any, none } => {
                let (shapes, slots) = self.members(any, depth)?;
                let (not_shapes, not_slots) = self.members(none, depth)?;
                Resolved::Set(TokenSet { shapes, slots, not_shapes, not_slots })
            }
            Ast::Gap(most) => Resolved::Gap(most),
            Ast::Repeat { item, min, max } => {
                Resolved::Repeat(Box::new(self.resolve(*item, depth)?), min, max)
            }
            Ast::Span(item) => Resolved::Span(Box::new(self.resolve(*item, depth)?)),
            Ast::Alias(item) => Resolved::Alias(Box::new(self.resolve(*item, depth)?)),
            Ast::Not(item) => Resolved::Look(Box::new(self.resolve(*item, depth)?), true),
            Ast::Ahead(item) => Resolved::Look(Box::new(self.resolve(*item, depth)?), false),
            Ast::SentenceStart => Resolved::Anchor(Inst::SentenceStart),
            Ast::PortionStart => Resolved::Anchor(Inst::PortionStart),
            Ast::SentenceEnd => Resolved::Anchor(Inst::SentenceEnd),
        })
    }

    fn literal(&mut self, word: &str) -> SlotId {
        let exact = word.chars().any(char::is_uppercase);
        let slot = self.vocabulary.slot(&format!("\"{word}\""));
        self.vocabulary.add(slot, &[word], exact);
        slot
    }

    fn named(&mut self, name: &str, depth: u8) -> Result<Resolved, ShapeError> {
        if let Some(ast) = self.shapes.get(name) {
            if depth == DEEPEST {
                return Err(ShapeError {
                    at: 0,
                    fault: format!("`{{{name}}}` nests too deep; does it name itself?"),
                });
            }
            return self.resolve(ast.clone(), depth + 1);
        }
        self.vocabulary.find(name).map(Resolved::Slot).ok_or_else(|| ShapeError {
            at: 0,
            fault: format!("no lexicon and no shape is called `{{{name}}}`"),
        })
    }

    /// The members of a token set: looks, literals, lexicons, and named shapes that are sets or alternatives of these.
    fn members(&mut self, items: Vec<Ast>, depth: u8) -> Result<(Shape, Vec<SlotId>), ShapeError> {
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
        Resolved::Set(set) if set.not_slots.is_empty() && set.not_shapes == Shape::default() => {
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

/// A shape whose names are resolved.
#[derive(Debug, Clone, PartialEq)]
enum Resolved {
    Slot(SlotId),
    Kind(Shape),
    Set(TokenSet),
    Gap(u8),
    Seq(Vec<Resolved>),
    Alt(Vec<Resolved>),
    Repeat(Box<Resolved>, u8, u8),
    Span(Box<Resolved>),
    Alias(Box<Resolved>),
    Look(Box<Resolved>, bool),
    Anchor(Inst),
}

struct Builder {
    insts: Vec<Inst>,
    spans: u8,
}

impl Builder {
    fn here(&self) -> u32 {
        u32::try_from(self.insts.len()).expect("programs are bounded")
    }

    /// A split to be mended; `greedy` tries the body first.
    fn split(&mut self) -> usize {
        self.insts.push(Inst::Split(0, 0));
        self.insts.len() - 1
    }

    fn mend(&mut self, split: usize, greedy: bool) {
        let (body, after) = (u32::try_from(split + 1).expect("programs are bounded"), self.here());
        self.insts[split] = if greedy { Inst::Split(body, after) } else { Inst::Split(after, body) };
    }

    fn optional(
        &mut self,
        times: u8,
        greedy: bool,
        mut body: impl FnMut(&mut Self) -> Result<(), ShapeError>,
    ) -> Result<(), ShapeError> {
        let mut splits = Vec::with_capacity(usize::from(times));
        for _ in 0..times {
            splits.push(self.split());
            body(self)?;
        }
        for split in splits {
            self.mend(split, greedy);
        }
        Ok(())
    }

    fn emit(&mut self, ast: &Resolved) -> Result<(), ShapeError> {
        if self.insts.len() > LARGEST {
            return Err(ShapeError {
                at: 0,
                fault: format!("the shape needs more than {LARGEST} steps; repeat less"),
            });
        }
        match ast {
            Resolved::Slot(slot) => self.insts.push(Inst::Slot(*slot)),
            Resolved::Kind(kind) => self.insts.push(Inst::Kind(*kind)),
            Resolved::Set(set) => self.insts.push(Inst::Set(Box::new(set.clone()))),
            Resolved::Anchor(inst) => self.insts.push(inst.clone()),
            Resolved::Gap(most) => self.optional(*most, false, |b| {
                b.insts.push(Inst::Kind(Shape(u32::MAX)));
                Ok(())
            })?,
            Resolved::Seq(items) => items.iter().try_for_each(|item| self.emit(item))?,
            Resolved::Alt(options) => self.alternatives(options)?,
            Resolved::Repeat(item, min, max) => {
                for _ in 0..*min {
                    self.emit(item)?;
                }
                self.optional(max - min, true, |b| b.emit(item))?;
            }
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
                let look = self.insts.len();
                self.insts.push(Inst::Look(self.here() + 1, 0, *negative));
                self.emit(item)?;
                self.insts.push(Inst::Match);
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
        self.insts.push(Inst::Save(place));
        self.emit(item)?;
        self.insts.push(Inst::Save(place + 1));
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
                let split = self.split();
                self.emit(option)?;
                ends.push(self.insts.len());
                self.insts.push(Inst::Jump(0));
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

/// Groups of slots of which each match holds at least one.
fn needs(ast: &Resolved) -> Vec<Vec<SlotId>> {
    match ast {
        Resolved::Slot(slot) => vec![vec![*slot]],
        Resolved::Set(set) if set.shapes == Shape::default() => vec![set.slots.clone()],
        Resolved::Seq(items) => items.iter().flat_map(needs).collect(),
        Resolved::Span(item) | Resolved::Alias(item) => needs(item),
        Resolved::Repeat(item, min, _) if *min > 0 => needs(item),
        Resolved::Alt(options) => {
            let smallest: Option<Vec<Vec<SlotId>>> =
                options.iter().map(|option| needs(option).into_iter().min_by_key(Vec::len)).collect();
            smallest.map_or(Vec::new(), |groups| {
                let mut all: Vec<SlotId> = groups.into_iter().flatten().collect();
                all.sort_unstable();
                all.dedup();
                vec![all]
            })
        }
        _ => Vec::new(),
    }
}
