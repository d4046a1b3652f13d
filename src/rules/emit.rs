//! Resolved shapes to instructions.
//!
//! One walk over the shape writes the program with its repeats written out, another its *skeleton*, in which each repeat
//! is a loop. Both number the same parts in the same order, so that every instruction knows its place in the skeleton.

use super::compile::Resolved;
use super::schema::ShapeError;
use crate::detect::program::{ALIAS, Inst};
use crate::detect::tokens::Shape;

/// The most instructions of one program.
const LARGEST: usize = 20_000;

/// What runs for a shape.
#[derive(Debug)]
pub(crate) struct Code {
    /// The shape with its repeats written out.
    pub(crate) insts: Vec<Inst>,
    /// For each instruction, its place in the skeleton.
    pub(crate) places: Vec<u32>,
    /// The shape with its repeats as loops: it matches wherever the instructions do, and sometimes further.
    pub(crate) skeleton: Vec<Inst>,
}

/// The instructions of a shape.
///
/// # Errors
/// When there are more than a program may have, or the shape marks too many spans.
pub(crate) fn code(shape: &Resolved) -> Result<Code, ShapeError> {
    let (insts, places) = Builder::new(Repeats::WrittenOut).program(shape)?;
    Ok(Code { insts, places, skeleton: skeleton(shape)? })
}

/// The skeleton alone.
///
/// # Errors
/// As for [`code`].
pub(super) fn skeleton(shape: &Resolved) -> Result<Vec<Inst>, ShapeError> {
    Ok(Builder::new(Repeats::Loops).program(shape)?.0)
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
