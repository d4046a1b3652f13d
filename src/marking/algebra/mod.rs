//! The marking value and what can be computed from it alone.

pub(crate) mod hierarchy;
mod marking;
mod names;

pub use marking::Marking;
pub use names::Names;
pub(crate) use names::root;
