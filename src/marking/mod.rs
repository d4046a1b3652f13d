//! Classification and control markings.

mod scan;

pub use scan::{
    AuthorityField, AuthorityLabel, BannerSite, Condition, MarkSite, authority_line, banner_line,
    leading_mark, trailing_mark,
};
