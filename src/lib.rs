//! # tearline
//!
//! Turns finished intelligence reports into releasable *tearline* versions.

pub mod category;
mod decide;
mod detect;
mod document;
pub mod marking;
pub mod rules;
mod text;

pub use category::Category;
pub use detect::Finding;
pub use text::{LineIndex, Output, Position, Source, SourceText, Span, Visible};

/// Stages by themselves, for benches and fuzz targets. Not part of the public interface.
#[doc(hidden)]
pub mod stages;
