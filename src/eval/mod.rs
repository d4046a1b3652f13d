//! How good the rules are: releases held against labelled reports, and one set of rules against another.
//!
//! A *gold* file says of each report which spans reveal how a thing is known and which facts must stay ([`Gold`]). The
//! pipeline's releases are aligned with their sources word by word, and what still stands is counted (`score`); each rule's
//! own findings are held against the labels too ([`RuleCounts`]). [`compare`] needs no labels: it tells which findings two sets of
//! rules do not share. The measure knows nothing of how a release was made. High side: what it returns are places, but they
//! are places of sensitive words.

mod align;
mod compare;
mod context;
mod gold;
mod report;
mod run;
mod score;

pub use compare::{Change, ChangeKind, compare};
pub use context::context;
pub use gold::{Gold, GoldDocument, GoldError, GoldFact, GoldSpan};
pub use report::{CategoryCounts, DocumentReport, Evaluation, FalseCut, LostFact, Miss, RuleCounts};
pub use run::{Measured, evaluate};
pub use score::{Counts, Where};
