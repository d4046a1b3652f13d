//! # tearline
//!
//! Turns finished intelligence reports into releasable *tearline* versions.

pub mod category;
mod decide;
mod document;
pub mod ingest;
pub mod marking;
mod render;
mod text;

/// The stages of the pipeline, for benches, fuzzing and nobody else.
#[doc(hidden)]
pub mod stages {
    pub use crate::document::*;
}

pub use category::Category;
pub use text::{LineIndex, Output, Position, Source, SourceText, Span, Visible};
