//! The strict grammar: the text of one mark in, a [`Reading`] out.
//!
//! Parsing never fails. It splits on `//`, reads the level, types each later segment by its items, reports what is
//! wrong and goes on as if it had been put right. One parser serves banners and portions; they differ in the forms
//! of words, not in shape. A mark that is right allocates nothing unless its compartments outgrow the inline text.

mod aea;
mod clean;
mod cui;
mod head;
mod item;
mod lists;
mod programs;
mod reader;
mod reading;
mod rules;
mod sci;

pub use reading::{Form, Reading};

use clean::Clean;
use reader::Reader;

/// Reads a mark strictly. A portion mark is given with its brackets, a banner as its whole line.
#[must_use]
pub fn parse(text: &str, form: Form) -> Reading {
    let clean = Clean::new(text);
    let mut reader = Reader::new(&clean.text, form);
    reader.read(clean.raised, clean.spaced.is_some());
    let mut reading = reader.finish();
    for problem in &mut reading.problems {
        problem.at = clean.given(problem.at.clone());
    }
    if let Some(at) = clean.spaced {
        let length = text[at..].chars().next().map_or(0, char::len_utf8);
        reading.place_first_space(at..at + length);
    }
    reading
}
