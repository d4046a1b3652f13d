//! What each audience gets: findings, marks and policy in, a plan out.

mod plan;
mod replacement;

pub use plan::{Edit, Plan, PortionFate};
pub use replacement::Replacement;
