//! The high side of a release: records and diffs, by which a person sees what goes, what stays, and why.
//!
//! This module may quote source text; nothing that it makes can be written to the low side.

mod align;
pub mod diff;
pub mod page;
mod record;
mod recorder;
mod trace;
mod view;

pub use crate::render::Piece;
pub use record::{
    Action, CheckRecord, EditRecord, HeldRecord, NearRecord, PortionRecord, ProposalRecord, ReviewRecord,
    RulesRecord, SCHEMA, SourceRecord, Status, SuppressionRecord,
};
pub use recorder::Unapplied;
pub(crate) use recorder::{Ending, Recorder};
pub use trace::{Trace, TracedPortion};
pub use view::{Fate, Row, Run, RunKind, View};

/// A record as JSON, with a line end.
#[must_use]
pub fn json(record: &ReviewRecord) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(record).expect("a record is plain data");
    bytes.push(b'\n');
    bytes
}
