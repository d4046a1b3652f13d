//! Classification and control markings: grammar, algebra and decisions.
//!
//! One value, [`Marking`], stands for banner and portion mark alike. [`parse`] reads a mark strictly and reports what
//! is wrong with it.

mod algebra;
mod diagnostics;
mod grammar;
mod lenient;
mod level;
pub mod register;
mod release;
mod render;
mod rollup;
mod scan;
mod wire;

pub use algebra::{Marking, Names};
pub use diagnostics::{ErrorCode, Problem};
pub use grammar::{Form, Reading, parse};
pub use lenient::{Lenient, parse_lenient, suggest};
pub use level::{Level, System};
pub use release::{Answer, Audience, Ceiling, Decision, Readers, Reason, release};
pub use render::Style;
pub use rollup::{
    BannerFault, BannerFaultKind, Conflict, ConflictCode, Context, RollUp, compare_banner, roll_up,
};
pub use scan::{
    AuthorityField, AuthorityLabel, BannerSite, Condition, MarkSite, authority_line, banner_block, banner_line,
    leading_mark, trailing_mark,
};
