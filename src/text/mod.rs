//! Coordinates and high-side text: the leaf that every other module stands on.
//!
//! Three coordinate spaces exist and never mix: bytes of the decoded source ([`Source`]), bytes of the text a
//! reader sees ([`Visible`]), and bytes of the rendered release ([`Output`]). A [`Span`] carries its space in its
//! type, so that indexing source text with a visible span does not compile. Crossing over is the document's
//! offset map's affair alone.
//!
//! This module must not know anything of markings, Markdown or rules.

mod fold;
mod invisible;
mod lines;
mod scripts;
mod source;
mod span;

pub(crate) use fold::{Folded, is_undisguised, spellings};
pub(crate) use invisible::{is_invisible, is_plain};
pub use lines::{LineIndex, Position};
pub(crate) use scripts::{mixed_words, mixes_scripts};
pub use source::SourceText;
pub(crate) use span::joined;
pub use span::{Output, Source, Span, Visible};

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
