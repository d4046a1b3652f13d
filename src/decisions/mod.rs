//! What people decided: of edits, of text that no rule found, of portions.
//!
//! A [`Decision`] holds on to what it speaks of by a keyed fingerprint of the words and their surroundings (`anchor`), so
//! that it survives edits elsewhere in the report and is never applied to other text. [`Decisions`] are those in force,
//! after what was undone and what still waits for a second person. [`Store`] keeps all that was ever decided, in order and
//! chained; [`lines`] is the same as JSON Lines.
//!
//! This module must not know reports, rules or audiences: it hands decisions to `decide`, which says what they do. It
//! reads no clock: a decision brings its time along.

pub(crate) mod anchor;
mod decision;
pub mod lines;
mod set;
mod store;

pub use decision::{Act, Decision, Fault, Scope, Target};
pub use set::{Decisions, last_of};
pub use store::{Chain, Store, StoreError};
