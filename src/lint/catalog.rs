//! The rules of `check`: ids in code, words in `patterns/lint/rules.toml`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::rules::{Patterns, RuleError};

/// Where the words of the rules stand, below `patterns/`.
const FILE: &str = "lint/rules.toml";

/// How much a finding weighs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rule does not run.
    Off,
    /// Worth knowing.
    Note,
    /// Should be mended.
    Warning,
    /// Must be mended.
    Error,
}

impl Severity {
    /// The word used in configuration and output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

macro_rules! lints {
    ($($variant:ident = $id:literal;)*) => {
        /// A rule of `check`. The set is closed: the code that finds is written for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "patterns/lint/rules.toml says what each finds, and why")]
        pub enum Lint {
            $($variant,)*
        }

        impl Lint {
            /// Every rule, by family.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The id: `family.what-it-finds`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }
    };
}

lints! {
    LeakReleasable = "leak.releasable-portion";
    LeakDoubtful = "leak.doubtful";
    LeakBelowTearline = "leak.below-tearline";
    LeakHidden = "leak.hidden-channel";
    LeakFileName = "leak.file-name";
    MarkingAbsent = "marking.absent";
    MarkingUnmarked = "marking.unmarked-portion";
    MarkingMalformed = "marking.malformed";
    MarkingOrder = "marking.order";
    MarkingConflict = "marking.conflict";
    MarkingDeprecated = "marking.deprecated";
    MarkingUndecided = "marking.no-release-decision";
    BannerAbsent = "marking.banner-absent";
    BannerTooLow = "marking.banner-too-low";
    BannerRollUp = "marking.banner-roll-up";
    AuthorityBlock = "marking.authority-block";
    NothingFound = "over-restriction.nothing-found";
    CouldBeReleased = "over-restriction.could-be-released";
    IdleCompartment = "over-restriction.compartment";
    TearlineMissing = "tearline.missing";
    TearlineClosed = "tearline.not-releasable";
    TearlineUnsupported = "tearline.unsupported";
    TearlineContradicts = "tearline.contradicts";
    TearlineHints = "tearline.hints";
    ChannelComment = "channel.comment";
    ChannelFrontMatter = "channel.front-matter";
    ChannelHtmlTag = "channel.html-tag";
    ChannelScript = "channel.script";
    ChannelLinkTarget = "channel.link-target";
    ChannelReferenceDefinition = "channel.reference-definition";
    ChannelImage = "channel.image";
    ChannelInfoString = "channel.info-string";
    ChannelHeadingAttributes = "channel.heading-attributes";
    ChannelFootnoteLabel = "channel.footnote-label";
    ChannelSurplusCell = "channel.surplus-cell";
    ChannelStruckText = "channel.struck-text";
    ChannelInvisible = "channel.invisible-character";
    ChannelMixedScript = "channel.mixed-script";
    ChannelUnclaimed = "channel.unclaimed";
    SourceDescriptor = "style.source-descriptor";
    SuppressionMalformed = "suppression.malformed";
    SuppressionUnused = "suppression.unused";
    BaselineUnused = "baseline.unused";
    BaselineExpired = "baseline.expired";
}

impl Lint {
    /// The family: the id up to its point.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.id().split('.').next().unwrap_or_default()
    }

    /// Every family, in order.
    #[must_use]
    pub fn families() -> Vec<&'static str> {
        let mut families: Vec<&str> = Self::ALL.iter().map(|lint| lint.family()).collect();
        families.dedup();
        families
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Lint {
    type Err = UnknownLint;

    fn from_str(id: &str) -> Result<Self, UnknownLint> {
        Self::ALL.iter().copied().find(|lint| lint.id() == id).ok_or(UnknownLint)
    }
}

/// The text is not the id of a rule of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such rule of check; `tearline rules list` shows them")]
pub struct UnknownLint;

/// What a rule says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LintRule {
    /// Its id.
    pub id: String,
    /// How much its findings weigh unless the configuration says otherwise.
    pub severity: Severity,
    /// What it finds, in one line.
    pub title: String,
    /// Why that matters.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// Law, guidance or manual sections.
    #[serde(default)]
    pub refs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lint: Vec<LintRule>,
}

/// The rules of `check` with their words.
#[derive(Debug, Clone)]
pub struct Catalog {
    rules: Vec<LintRule>,
}

impl Catalog {
    /// Reads the rules of some patterns.
    ///
    /// # Errors
    /// When the file is not as expected, or does not speak of each rule once.
    pub fn load(patterns: &Patterns) -> Result<Self, RuleError> {
        let fault = |fault: String| RuleError::Syntax { file: FILE.into(), fault };
        let file: File = toml::from_str(patterns.file(FILE).unwrap_or_default())
            .map_err(|error| fault(error.to_string()))?;
        if let Some(unknown) = file.lint.iter().find(|rule| rule.id.parse::<Lint>().is_err()) {
            return Err(fault(format!("no rule `{}` is written for `check`", unknown.id)));
        }
        let rules = Lint::ALL.iter().map(|lint| {
            let mut of_it = file.lint.iter().filter(|rule| rule.id == lint.id());
            match (of_it.next(), of_it.next()) {
                (Some(rule), None) => Ok(rule.clone()),
                (None, _) => Err(fault(format!("rule `{lint}` is missing"))),
                (Some(_), Some(_)) => Err(fault(format!("rule `{lint}` stands twice"))),
            }
        });
        Ok(Self { rules: rules.collect::<Result<_, _>>()? })
    }

    /// What a rule says of itself.
    #[must_use]
    pub fn rule(&self, lint: Lint) -> &LintRule {
        &self.rules[lint as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_words_are_complete() {
        let catalog = Catalog::load(&Patterns::built_in()).unwrap();
        for &lint in Lint::ALL {
            assert_eq!(catalog.rule(lint).id, lint.id());
            assert_eq!(lint.id().parse(), Ok(lint));
        }
        assert!(Lint::families().len() == 8 && Lint::families().is_sorted_by(|a, b| a != b));
    }
}
