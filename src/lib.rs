//! # tearline
//!
//! Turns finished intelligence reports into releasable *tearline* versions.

pub mod category;
mod decide;
mod document;
pub mod marking;
mod text;

pub use category::Category;
pub use text::{LineIndex, Output, Position, Source, SourceText, Span, Visible};
