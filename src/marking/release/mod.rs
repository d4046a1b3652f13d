//! The release decision: may this portion go to this audience (section 9)?
//!
//! The table is tried row by row; the first match answers. `Originator` means that a person must ask: the
//! originator, a foreign disclosure officer or the foreign government. Nothing is averaged over an audience; every
//! member must be covered.

mod audience;
mod domestic;
mod foreign;
mod reason;

pub use audience::{Audience, Ceiling, Readers};
pub use reason::{Answer, Reason};

use super::algebra::{Marking, hierarchy};
use super::grammar::Reading;
use super::register::CodeSet;

/// An answer with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// The row of the table that gave it.
    pub reason: Reason,
    /// Members of the audience that the release list does not cover, where that is the reason.
    pub uncovered: CodeSet,
    /// Members of the audience that are covered only through a group they joined lately: a reviewer should see the
    /// pair when the text is older than the accession.
    pub recent: CodeSet,
}

impl Decision {
    pub(crate) fn new(answer: Answer, reason: Reason) -> Self {
        Self { answer, reason, uncovered: CodeSet::default(), recent: CodeSet::default() }
    }

    /// The answer in a sentence for a disclosure officer.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut text = format!("{} {}", self.answer.verdict(), self.reason.because());
        if !self.uncovered.is_empty() {
            text.push_str(" Not covered: ");
            text.push_str(&names(self.uncovered));
            text.push('.');
        }
        if !self.recent.is_empty() {
            text.push_str(" Check the date of the text against the accession of ");
            text.push_str(&names(self.recent));
            text.push('.');
        }
        text
    }
}

fn names(codes: CodeSet) -> String {
    let names: Vec<_> = codes.iter().map(|code| format!("{} ({})", code.name(), code.text())).collect();
    names.join(", ")
}

/// Decides whether a portion, as it was read, may go to an audience. `banner` is that of its document, for marks
/// that refer to it.
#[must_use]
pub fn release(portion: &Reading, audience: &Audience, banner: Option<&Reading>) -> Decision {
    let decision = match audience.readers {
        Readers::Unknown => Decision::new(Answer::Originator, Reason::AudienceUnknown),
        Readers::LawEnforcement => domestic::law_enforcement(portion),
        Readers::Public => domestic::public(portion),
        Readers::UnitedStates => foreign::within_government(portion),
        Readers::Foreign(members) => foreign::abroad(portion, members, banner),
    };
    match audience.ceiling.as_ref().filter(|_| decision.answer == Answer::Yes) {
        Some(ceiling) => under(ceiling, &portion.marking).unwrap_or(decision),
        None => decision,
    }
}

/// What a ceiling of level and compartments withholds of what the marks would release.
fn under(ceiling: &Ceiling, marking: &Marking) -> Option<Decision> {
    let reason = if marking.level > ceiling.level {
        Reason::LevelCeiling
    } else if ceiling.compartments.as_ref().is_some_and(|read_into| !hierarchy::covers(read_into, &marking.sci)) {
        Reason::CompartmentCeiling
    } else {
        return None;
    };
    Some(Decision::new(Answer::No, reason))
}

impl From<Marking> for Reading {
    /// A marking that was computed, not read.
    fn from(marking: Marking) -> Self {
        let bars_foreign = marking.bars_foreign();
        Self { marking, problems: Vec::new(), level_known: true, bars_foreign, legacy: false }
    }
}
