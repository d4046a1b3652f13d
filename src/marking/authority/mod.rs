//! The classification authority block (E; 32 CFR 2001.21 to 26): read from a report, made anew for a release.
//!
//! A release never repeats the report's block, whose reason and exemption can name a kind of source; it gets a neutral
//! one from policy values, or none.

mod block;
mod declassify;

pub use block::{AuthorityBlock, AuthorityFault, NeutralAuthority};
pub use declassify::{Declassify, Until, longest};
