//! Categories of controlled unclassified information: Specified first, each group alphabetical.

use std::collections::BTreeSet;

use super::names::Names;

/// The prefix of a Specified category.
pub(crate) const SPECIFIED: &str = "SP-";

/// The place of a category in its segment.
pub(crate) fn place(category: &str) -> (bool, &str) {
    (!category.starts_with(SPECIFIED), category)
}

/// The categories of both.
pub(super) fn union(a: &Names, b: &Names) -> Names {
    if a == b {
        return a.clone();
    }
    let all: BTreeSet<_> = a.iter().chain(b.iter()).map(place).collect();
    all.iter().map(|(_, category)| *category).collect()
}
