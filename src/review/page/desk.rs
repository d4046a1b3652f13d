//! What the server's pages have beyond the files on disk.

use crate::decisions::{Decision, lines};

/// Where a person decides.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The path of the server's pages, with the token and a slash at the end.
    pub base: String,
    /// The audiences that can be switched to.
    pub audiences: Vec<String>,
    /// How many decisions were made when the page was.
    pub version: i64,
    /// Whether what lets text through takes two people.
    pub two_people: bool,
    /// What one person has decided on this report and another must still agree to.
    pub waiting: Vec<Decision>,
}

impl Desk {
    /// A waiting decision as a line, for the person who agrees.
    pub(super) fn line(decision: &Decision) -> String {
        lines::line(decision)
    }
}
