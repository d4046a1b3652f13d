//! Who will read a release.

use super::super::algebra::Names;
use super::super::level::Level;
use super::super::register::{CodeSet, audience_codes};

/// An audience: its readers and, by policy, how high they may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// The readers.
    pub readers: Readers,
    /// What they may read at most, whatever the marks allow.
    pub ceiling: Option<Ceiling>,
}

/// The readers of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Within the United States Government.
    UnitedStates,
    /// The listed countries and groups, the United States left out. Groups whose members are known are expanded;
    /// others stand for themselves alone.
    Foreign(CodeSet),
    /// State, local and tribal police on unclassified networks.
    LawEnforcement,
    /// Everybody.
    Public,
    /// A code was not registered, or kinds of readers were mixed.
    Unknown,
}

/// How high an audience may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// The highest level.
    pub level: Level,
    /// The control systems and compartments it is read into; `None` leaves them to the marks.
    pub compartments: Option<Names>,
}

const LAW_ENFORCEMENT: &str = "US-LE";
const PUBLIC: &str = "PUBLIC";

impl Audience {
    /// Reads the names of an audience: codes, group names, `US-LE` or `PUBLIC`; lists may be comma-separated, and
    /// case does not matter. No name at all, a name that is not registered, or a domestic audience mixed with
    /// others gives [`Readers::Unknown`].
    #[must_use]
    pub fn parse<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<String> = names
            .into_iter()
            .flat_map(|list| list.split(','))
            .map(|name| name.trim().to_uppercase())
            .filter(|name| !name.is_empty())
            .collect();
        let readers = match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Readers::Unknown,
            [LAW_ENFORCEMENT] => Readers::LawEnforcement,
            [PUBLIC] => Readers::Public,
            ref names => Self::members(names),
        };
        Self { readers, ceiling: None }
    }

    fn members(names: &[&str]) -> Readers {
        let sets: Option<Vec<CodeSet>> = names.iter().map(|name| audience_codes(name)).collect();
        let Some(sets) = sets else { return Readers::Unknown };
        let all = sets.into_iter().fold(CodeSet::default(), CodeSet::union);
        let foreign = all.expanded().without_usa();
        if foreign.is_empty() { Readers::UnitedStates } else { Readers::Foreign(foreign) }
    }

    /// The same readers under a ceiling.
    #[must_use]
    pub fn with_ceiling(self, ceiling: Ceiling) -> Self {
        Self { ceiling: Some(ceiling), ..self }
    }

    /// Whether the readers could be told.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.readers != Readers::Unknown
    }
}
