//! What in a report tells how it is known: findings, each with its rule, category, span and confidence.
//!
//! Several *readers* look at one [`Reading`] of the visible text, each behind the small trait [`Reader`]; [`merge`]
//! orders and joins what they find. No reader knows audiences or actions: a finding says what a span reveals, the policy
//! decides what becomes of it.

mod aliases;
pub(crate) mod automaton;
mod identifiers;
mod merge;
pub(crate) mod program;
pub(crate) mod reading;
mod shapes;
mod terms;
pub(crate) mod tokens;
pub(crate) mod windows;
mod zones;

pub(crate) use zones::zones;

use std::cell::RefCell;

use crate::category::Category;
use crate::rules::schema::Frame;
use crate::rules::{RuleId, RuleSet};
use crate::text::{Span, Visible};
use automaton::Session;
use reading::Reading;

/// A span of visible text that reveals a source or method, and the rule that says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Where it stands.
    pub span: Span<Visible>,
    /// What it reveals.
    pub category: Category,
    /// The rule that found it; of several joined, the one with the longest span.
    pub rule: RuleId,
    /// From 0 to 1; of several joined, the highest.
    pub confidence: f32,
    pub(crate) frame: Frame,
}

/// One way of finding.
trait Reader {
    /// Adds what this reader finds, in any order.
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>);
}

/// What every reader sees.
struct View<'a> {
    text: &'a str,
    reading: &'a Reading<'a>,
    rules: &'a RuleSet,
    session: RefCell<Session<'a>>,
}

/// A finding before the merge: the rule by its place, and the name it binds.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    bytes: std::ops::Range<usize>,
    rule: usize,
    category: Category,
    confidence: f32,
    binds: Option<std::ops::Range<usize>>,
}

/// Reads the given zones (byte ranges in order) of a report's visible text.
pub(crate) fn detect(text: &str, reading: &Reading<'_>, rules: &RuleSet) -> Vec<Finding> {
    let view = View { text, reading, rules, session: RefCell::new(rules.engine.session()) };
    let mut found = Vec::new();
    let readers: [&dyn Reader; 4] = [&shapes::Shapes, &identifiers::Identifiers, &terms::Terms, &aliases::Aliases];
    for reader in readers {
        reader.read(&view, &mut found);
    }
    merge::merge(found, rules)
}

/// The spans that one rule finds by itself, joined where they overlap: for the rule's own examples.
pub(crate) fn by_rule(text: &str, reading: &Reading<'_>, rules: &RuleSet, id: &RuleId) -> Vec<std::ops::Range<usize>> {
    let view = View { text, reading, rules, session: RefCell::new(rules.engine.session()) };
    let mut found = Vec::new();
    shapes::Shapes.read(&view, &mut found);
    identifiers::Identifiers.read(&view, &mut found);
    found.retain(|f| rules.rules()[f.rule].id == *id);
    merge::merge(found, rules).into_iter().map(|finding| finding.span.range()).collect()
}

/// DEV: everything found, before the merge.
pub(crate) fn dump(text: &str, reading: &Reading<'_>, rules: &RuleSet) -> Vec<String> {
    let view = View { text, reading, rules, session: RefCell::new(rules.engine.session()) };
    let mut found = Vec::new();
    let readers: [&dyn Reader; 4] = [&shapes::Shapes, &identifiers::Identifiers, &terms::Terms, &aliases::Aliases];
    for reader in readers {
        reader.read(&view, &mut found);
    }
    found.iter().map(|f| format!("{:?} {} {} {} {:?}", f.bytes, rules.rules()[f.rule].id, f.category, f.confidence, f.binds)).collect()
}
