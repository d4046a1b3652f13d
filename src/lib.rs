//! # tearline
//!
//! Turns finished intelligence reports into releasable *tearline* versions: the substance (who will do what, where, when)
//! without how it is known.
//!
//! ## The flow
//!
//! ```text
//! bytes -> ingest -> document -> detect ----.
//!                       |                    +-> decide -> render -> verify -> Release   (low side)
//!                       '----> marking ----'        |                   |
//!                                                   '----> review <-----'  ReviewRecord  (high side)
//! ```
//!
//! [`Ingest`] makes text of bytes and refuses what is not text. `document` takes a report apart: segments that tile its
//! source, the text a reader sees with its offset map, blocks, portions with their marks. `detect` finds in the
//! visible text what tells how a thing is known, by the rules of `patterns/` ([`rules`]). `decide` asks the marks
//! ([`marking`]) which portions an [`Audience`] may read and the [`Policy`] what becomes of each finding, and mends the
//! sentences; what people decided ([`decisions`]) goes before both. Its plan says of every portion whether it stands. `render` carries the plan out on the source's own
//! bytes; of hidden channels `channels` says what stands. `verify`, the gate, reads the result from nothing and alone
//! can make a [`Release`]. [`review`] keeps what a person needs to judge all this. [`Pipeline`] sends one report through
//! these stages, [`batch`] many. [`inspect`] holds releases that anything made against their sources, [`eval`] those of the
//! pipeline against labels.
//!
//! [`lint`] checks drafts with the first of these stages, [`config`] sets it up, [`report`] writes what it finds.
//!
//! ## Invariants
//!
//! - Modules know only those before them in this list: `failpoint`, `text`, `category`, `decisions`, `ingest`, `marking`, `document`, `suppression`,
//!   `rules` with `detect`, `policy`, `channels`, `decide`, `render`, `verify`, `review`, `pipeline`, `eval`, `batch`,
//!   `inspect`, `lint`, `config`, `report`. A test holds this.
//! - Offsets carry their coordinate space in their type ([`Span`]): source, visible text, output.
//! - Source text has no `Display` and no `Serialize` ([`SourceText`]); errors and logs hold places, never words.
//! - Only `verify` makes a [`Release`]; only what is [`LowSide`] can be written to a release folder.
//! - Parsing a report cannot fail; what no rule of the format explains is a segment of its own kind and is dropped.
//!
//! ## What is absent
//!
//! No clock, no network, no randomness: the same report, rules, policy and decisions give the same bytes. No word about
//! sources and methods in the code: all of that is data. No road from source text into an inserted text.

pub mod batch;
pub mod category;
mod channels;
pub mod config;
mod decide;
pub mod decisions;
mod detect;
mod document;
pub mod eval;
mod failpoint;
mod ingest;
pub mod inspect;
pub mod lint;
pub mod marking;
mod pipeline;
mod policy;
mod render;
pub mod report;
pub mod review;
pub mod rules;
#[doc(hidden)]
pub mod stages;
mod suppression;
mod text;
mod verify;

pub use category::Category;
pub use detect::{BoundNames, Finding};
pub use document::Format;
pub use ingest::{Ingest, IngestError};
pub use pipeline::{
    AssumeError, AssumedMark, BuildError, Hit, MarkedSpan, Names, Outcome, Pipeline, Report, Scan, Study,
};
pub use policy::{Audience, Authority, Group, Incomplete, Policy, PolicyError, SignOff, Treatment};
pub use review::{ReviewRecord, Status};
pub use text::{LineIndex, Output, Position, Source, SourceText, Span, Visible};
pub use verify::{LowSide, ManifestEntry, Release};
