//! Many reports: inputs found, each sent through the pipeline on its own, results written to the two sides.
//!
//! Reports are independent. A worker reads one, processes it for every audience and writes what came out; what
//! speaks of the whole run is spooled to HIGH and written at the end, so that memory holds no more of a report than its path. A
//! journal notes what is done, by which a run that was stopped goes on where it was. A panic inside one report fails
//! that report alone.
//!
//! A stream of JSON Lines goes through the same pipeline, in order and with so many bytes in flight at most.

mod archive;
mod atomic;
mod compressed;
mod deadline;
mod durable;
mod ending;
mod feed;
mod in_order;
mod job;
mod journal;
mod output;
mod picture;
mod run;
mod spool;
mod stream;
mod summary;
mod walk;

pub use archive::ArchiveError;
pub use compressed::decompressed;
pub use output::{HighFolder, Listing, LowFolder, OutputError, check_apart};
pub use run::{Options, Progress, run};
pub use stream::{Streamed, stream};
pub use summary::{ReportLine, SlowReport, Summary, manifest};
pub use walk::{Input, Origin, Skipped, Walk, WalkError, walk, walk_archives};

#[cfg(test)]
mod tests;
