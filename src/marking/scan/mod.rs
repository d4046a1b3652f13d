//! Where marks stand in running text: portion marks before or after it, banner lines, authority lines.
//!
//! Text in, byte ranges out. Whether a mark that was found is *right* is the grammar's affair; this module only
//! tells a mark from a list letter, a copyright sign or a plural. In doubt it finds none: text without a mark is
//! never released on its own.

mod authority;
mod banner;
mod portion;

pub use authority::{AuthorityField, AuthorityLabel, authority_line};
pub use banner::{BannerSite, banner_block, banner_line};
pub use portion::{MarkSite, leading_mark, trailing_mark};

/// In what state a mark was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The strict grammar accepts it, perhaps as a retired form.
    Sound,
    /// Its reading is certain, but the strict grammar reports problems.
    Tolerated,
    /// Evidently meant as a mark, but what it says must be asked.
    Damaged,
}
