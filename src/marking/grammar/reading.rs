//! What came of reading a mark.

use std::ops::Range;

use crate::marking::algebra::Marking;
use crate::marking::diagnostics::{ErrorCode, Problem};
use crate::marking::register::{Control, ControlSet};

/// Which kind of mark a text is to be read or written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// A banner or page mark: level in full, no brackets.
    Banner,
    /// A portion mark: codes in round brackets.
    Portion,
}

/// A mark as far as it could be read, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What the mark says. Where the level could not be read it is the highest one.
    pub marking: Marking,
    /// What is wrong; empty when the mark is right.
    pub problems: Vec<Problem>,
    /// Whether the level could be read.
    pub level_known: bool,
    /// Whether a word that bars foreign nationals was seen, in whatever form or place.
    pub bars_foreign: bool,
    /// Whether a historic control other than a no-foreign word was seen.
    pub legacy: bool,
}

/// Problems after which a mark may mean more than was read.
const DOUBTFUL: [ErrorCode; 9] = [
    ErrorCode::BareRel,
    ErrorCode::ClassConflict,
    ErrorCode::ClassMissing,
    ErrorCode::ClassUnknown,
    ErrorCode::Country,
    ErrorCode::Legacy,
    ErrorCode::RelEmpty,
    ErrorCode::RelUsa,
    ErrorCode::Unknown,
];

impl Reading {
    /// Whether the mark is right in every respect.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether what it says is certain: it is right, or written in retired forms whose successors are known.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.problems.iter().all(|problem| problem.code == ErrorCode::Deprecated)
    }

    /// The marking with everything in doubt taken as its highest: an unread level is TOP SECRET, and a mark with
    /// words or lists that could not be read is NOFORN.
    #[must_use]
    pub fn cautious(self) -> Marking {
        let doubtful = DOUBTFUL.iter().any(|&code| self.has(code));
        let mut marking = self.marking;
        if doubtful {
            marking.controls = marking.controls.without(ControlSet::FDR);
            (marking.rel_to, marking.eyes, marking.display_only) = Default::default();
            marking.controls.insert(Control::Nf);
        }
        marking
    }

    /// Whether a problem of this code was found.
    #[must_use]
    pub fn has(&self, code: ErrorCode) -> bool {
        self.problems.iter().any(|problem| problem.code == code)
    }

    /// The codes of the problems, each once, in alphabetical order.
    #[must_use]
    pub fn codes(&self) -> Vec<ErrorCode> {
        ErrorCode::ALL.iter().copied().filter(|&code| self.has(code)).collect()
    }

    /// A wrong space vanishes when the text is cleaned, so its place comes from the cleaning.
    pub(super) fn place_first_space(&mut self, at: Range<usize>) {
        if let Some(problem) = self.problems.iter_mut().find(|problem| problem.code == ErrorCode::Space) {
            problem.at = at;
        }
    }
}
