//! What `check` is told beside the rules.

use super::catalog::{Catalog, Lint, Severity};
use crate::pipeline::AssumedMark;
use crate::policy::Audience;

/// How much each rule weighs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severities(Vec<Severity>);

impl Severities {
    /// As the rules say themselves.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        Self(Lint::ALL.iter().map(|&lint| catalog.rule(lint).severity).collect())
    }

    /// Weighs a rule, or all of a family, anew. Answers whether there is one of that name.
    pub fn set(&mut self, name: &str, severity: Severity) -> bool {
        let named = |lint: &&Lint| lint.id() == name || lint.family() == name;
        let mut found = false;
        for &lint in Lint::ALL.iter().filter(named) {
            self.0[lint as usize] = severity;
            found = true;
        }
        found
    }

    /// What a rule weighs.
    #[must_use]
    pub fn of(&self, lint: Lint) -> Severity {
        self.0[lint as usize]
    }
}

/// What `check` is told beside the rules.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How much each rule weighs.
    pub severities: Severities,
    /// Who the releasable portions are for. Without any, whoever a mark names.
    pub audiences: Vec<Audience>,
    /// The mark of reports that carry none.
    pub assume: Option<AssumedMark>,
    /// Whether the reports are disseminated analytic products, whose classified portions need a release mark (B.3).
    pub analytic_product: bool,
    /// Whether suppressions in the drafts count.
    pub inline: bool,
    /// The key of fingerprints; without it findings have none.
    pub key: Option<[u8; 32]>,
}

impl Settings {
    /// Settings that say nothing beyond the severities.
    #[must_use]
    pub fn new(severities: Severities) -> Self {
        Self {
            severities,
            audiences: Vec::new(),
            assume: None,
            analytic_product: false,
            inline: true,
            key: None,
        }
    }
}
