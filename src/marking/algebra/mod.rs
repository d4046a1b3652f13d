//! The marking value and what can be computed from it alone.

pub(crate) mod categories;
mod doors;
pub(crate) mod hierarchy;
mod lattice;
mod marking;
mod names;

pub(crate) use doors::common;
pub(crate) use lattice::UNCLASSIFIED_NUCLEAR;
pub use marking::Marking;
pub use names::Names;
pub(crate) use names::root;
