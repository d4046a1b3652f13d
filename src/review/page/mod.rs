//! Pages on which a person reads a release beside its source: one self-contained HTML file a report, and an index a batch.
//!
//! A view comes in, a page goes out: no network, no style or script that its Content-Security-Policy does not name by hash,
//! every text escaped by the template. The review server shows the same rows and cards, with a [`Desk`] to decide at.

mod assets;
mod card;
mod desk;
mod index;
mod preview;
mod report;
mod row;
mod summary;

pub use desk::Desk;
pub use index::{IndexLine, index};
pub use report::{Card, Parts, file, parts, report};
pub use summary::{Batch, Figures, Reason, Slow, summary};

use crate::category::Category;
use crate::marking::{self, Level};
use crate::review::diff::NO_BANNER;

/// The Content-Security-Policy of the pages: for the server to send as a header.
#[must_use]
pub fn policy() -> String {
    assets::policy("'self'")
}

/// A banner as a page shows it: its words, and the class of its colour.
#[derive(Debug, Clone)]
struct Band {
    text: String,
    class: &'static str,
}

impl Band {
    fn of(banner: Option<&str>) -> Self {
        let Some(text) = banner else {
            return Self { text: NO_BANNER.to_owned(), class: "level-ts" };
        };
        let class = match marking::parse_lenient(text).reading.marking.level {
            Level::TopSecret => "level-ts",
            Level::Secret => "level-s",
            Level::Confidential | Level::Restricted => "level-c",
            Level::Unclassified => "level-u",
        };
        Self { text: text.to_owned(), class }
    }
}

/// The class and the name of a category; changes of form have none of their own.
fn category(category: Option<Category>) -> &'static str {
    category.map_or("form", Category::id)
}

fn written(template: &impl askama::Template) -> String {
    template.render().expect("no template has a part that can fail")
}

/// A count with its noun.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
