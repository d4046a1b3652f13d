//! One decision, and what makes it a valid one.

use serde::{Deserialize, Serialize};

use crate::category::Category;

/// What one person decided of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Line", into = "Line")]
pub struct Decision {
    /// The report's path as records name it.
    pub source: String,
    /// The audience it holds for; `*` for every one.
    pub audience: String,
    /// What it speaks of.
    pub target: Target,
    /// What is decided.
    pub act: Act,
    /// Who decided.
    pub by: String,
    /// When, in RFC 3339.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// What a decision speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An edit of the review record, or a span that a person marked.
    Edit {
        /// The edit's id.
        id: String,
        /// The span alone, or all equal ones.
        scope: Scope,
        /// The fingerprint that equal spans share; known once the report was read.
        equal: Option<String>,
    },
    /// A portion of the review record, or the whole report.
    Portion {
        /// The portion's id.
        id: String,
    },
}

/// How far a decision on an edit reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// This span.
    #[default]
    One,
    /// Every span of the batch with the same words, found by the same rule.
    Equal,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The edit is right.
    Accept,
    /// The span stands as it is.
    Reject,
    /// Other words stand in the place of the span.
    Reword(String),
    /// A span that no rule found goes too.
    Mark {
        /// Its bytes in the decoded source when it was marked; it is searched for when it has moved.
        span: (usize, usize),
        /// The words in its place; without them the sentence is mended.
        text: Option<String>,
        /// What it reveals.
        category: Option<Category>,
    },
    /// The portion stands.
    Release {
        /// The mark it carries; the proposed one when none is given.
        mark: Option<String>,
        /// The words that stand; its own, less what reveals, when none are given.
        text: Option<String>,
        /// On whose authority.
        authority: String,
    },
    /// The portion goes.
    Withhold,
    /// The same person's last decision on this is taken back.
    Undo,
}

impl Act {
    /// Whether it lets text through that would not have stood otherwise.
    #[must_use]
    pub fn lets_through(&self) -> bool {
        match self {
            Self::Reject | Self::Reword(_) | Self::Release { .. } => true,
            Self::Mark { text, .. } => text.is_some(),
            Self::Accept | Self::Withhold | Self::Undo => false,
        }
    }

    /// The word used in JSON Lines.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Reword(_) => "reword",
            Self::Mark { .. } => "mark",
            Self::Release { .. } => "release",
            Self::Withhold => "withhold",
            Self::Undo => "undo",
        }
    }
}

impl Target {
    /// The id of the edit or portion.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Edit { id, .. } | Self::Portion { id } => id,
        }
    }
}

impl Decision {
    /// Whether it holds for an audience of this name.
    #[must_use]
    pub fn holds_for(&self, audience: &str) -> bool {
        self.audience == "*" || self.audience == audience
    }

    /// Checks what no type can: names, reasons and an authority where they are owed.
    ///
    /// # Errors
    /// The first thing that is missing or does not fit; never a text of the decision.
    pub fn checked(self) -> Result<Self, Fault> {
        let empty = |text: &str| text.trim().is_empty();
        for (field, text) in [("source", &self.source), ("audience", &self.audience), ("by", &self.by)] {
            if empty(text) {
                return Err(Fault::Missing(field));
            }
        }
        if self.at.parse::<jiff::Timestamp>().is_err() {
            return Err(Fault::Time);
        }
        if empty(self.target.id()) {
            return Err(Fault::Missing("edit or portion"));
        }
        let owed = matches!(self.act, Act::Reject | Act::Release { .. });
        if owed && empty(&self.reason) {
            return Err(Fault::Missing("reason"));
        }
        match (&self.target, &self.act) {
            (_, Act::Release { authority, .. }) if empty(authority) => Err(Fault::Missing("authority")),
            (_, Act::Release { text: Some(text), .. } | Act::Reword(text)) if empty(text) => {
                Err(Fault::Missing("text"))
            }
            (_, Act::Mark { span, .. }) if span.0 >= span.1 => Err(Fault::Missing("start and end")),
            (Target::Portion { .. }, Act::Release { .. } | Act::Withhold | Act::Undo)
            | (
                Target::Edit { .. },
                Act::Accept | Act::Reject | Act::Reword(_) | Act::Mark { .. } | Act::Undo,
            ) => Ok(self),
            (Target::Portion { .. }, _) => Err(Fault::Portion),
            (Target::Edit { .. }, _) => Err(Fault::Edit),
        }
    }
}

/// Why something is no decision. Quotes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A field is absent or empty.
    #[error("`{0}` is missing or empty")]
    Missing(&'static str),
    /// The time.
    #[error("`at` is no time in RFC 3339, such as 2026-01-31T09:00:00Z")]
    Time,
    /// A decision that no portion can have.
    #[error("a portion is decided with release, withhold or undo")]
    Portion,
    /// A decision that no edit can have.
    #[error("an edit is decided with accept, reject, reword, mark or undo")]
    Edit,
    /// Both or neither are named.
    #[error("exactly one of `edit` and `portion` must be given")]
    Target,
}

/// The fields of a line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    source: String,
    audience: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    equal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    portion: Option<String>,
    decision: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    by: String,
    at: String,
    #[serde(default)]
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Accept,
    Reject,
    Reword,
    Mark,
    Release,
    Withhold,
    Undo,
}

impl TryFrom<Line> for Decision {
    type Error = Fault;

    fn try_from(line: Line) -> Result<Self, Fault> {
        let target = match (line.edit, line.portion) {
            (Some(id), None) => Target::Edit { id, scope: line.scope.unwrap_or_default(), equal: line.equal },
            (None, Some(id)) => Target::Portion { id },
            _ => return Err(Fault::Target),
        };
        let act = match line.decision {
            Word::Accept => Act::Accept,
            Word::Reject => Act::Reject,
            Word::Reword => Act::Reword(line.text.ok_or(Fault::Missing("text"))?),
            Word::Mark => Act::Mark {
                span: line.start.zip(line.end).ok_or(Fault::Missing("start and end"))?,
                text: line.text,
                category: line.category,
            },
            Word::Release => Act::Release {
                mark: line.mark,
                text: line.text,
                authority: line.authority.ok_or(Fault::Missing("authority"))?,
            },
            Word::Withhold => Act::Withhold,
            Word::Undo => Act::Undo,
        };
        let Line { source, audience, by, at, reason, .. } = line;
        Self { source, audience, target, act, by, at, reason }.checked()
    }
}

impl From<Decision> for Line {
    fn from(decision: Decision) -> Self {
        let mut line = Self {
            source: decision.source,
            audience: decision.audience,
            scope: None,
            edit: None,
            equal: None,
            portion: None,
            decision: Word::Undo,
            start: None,
            end: None,
            category: None,
            mark: None,
            text: None,
            by: decision.by,
            at: decision.at,
            reason: decision.reason,
            authority: None,
        };
        match decision.target {
            Target::Edit { id, scope, equal } => {
                (line.edit, line.scope, line.equal) = (Some(id), Some(scope), equal);
            }
            Target::Portion { id } => line.portion = Some(id),
        }
        match decision.act {
            Act::Accept => line.decision = Word::Accept,
            Act::Reject => line.decision = Word::Reject,
            Act::Reword(text) => (line.decision, line.text) = (Word::Reword, Some(text)),
            Act::Mark { span, text, category } => {
                (line.decision, line.text, line.category) = (Word::Mark, text, category);
                (line.start, line.end) = (Some(span.0), Some(span.1));
            }
            Act::Release { mark, text, authority } => {
                (line.decision, line.mark, line.text) = (Word::Release, mark, text);
                line.authority = Some(authority);
            }
            Act::Withhold => line.decision = Word::Withhold,
            Act::Undo => {}
        }
        line
    }
}
