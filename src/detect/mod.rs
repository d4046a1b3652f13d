//! What in a report tells how it is known: findings, each with its rule, category, span and confidence.
//!
//! Several *readers* look at one [`Reading`] of the visible text, each behind the small trait [`Reader`]; [`merge`]
//! orders and joins what they find. No reader knows audiences or actions: a finding says what a span reveals, the policy
//! decides what becomes of it.

mod aliases;
pub(crate) mod automaton;
mod disguise;
mod identifiers;
mod links;
mod memory;
mod merge;
mod open_names;
pub(crate) mod program;
pub(crate) mod reading;
mod scripts;
mod shapes;
pub(crate) mod statistical;
mod survey;
mod terms;
pub(crate) mod tokens;
pub(crate) mod windows;
mod zones;

pub use links::BoundNames;
pub(crate) use links::join;
pub(crate) use memory::Memory;
pub(crate) use open_names::OpenNames;
pub(crate) use survey::{Share, Surveyed, survey, survey_each};
pub(crate) use zones::{contexts, read, zones, zones_of_portions};

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use crate::category::Category;
use crate::rules::schema::Frame;
use crate::rules::{Rule, RuleId, RuleSet};
use crate::text::{Span, Visible};
use automaton::Session;
use reading::Reading;
use statistical::features::Context;

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
    /// The other report that binds the name found, when nothing but that tells it.
    pub(crate) linked: Option<Arc<str>>,
}

/// A word as the vocabulary has it: lower case, look-alike and compatibility letters folded.
pub(crate) fn folded(word: &str) -> String {
    let mut out = String::new();
    reading::fold(word, &mut out);
    out
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
    /// Zones with what is known of them beside their text, in order.
    contexts: &'a [(Range<usize>, Context)],
    session: RefCell<Session<'a>>,
    memory: &'a Memory,
}

impl<'a> View<'a> {
    fn new(
        text: &'a str,
        reading: &'a Reading<'a>,
        rules: &'a RuleSet,
        contexts: &'a [(Range<usize>, Context)],
        memory: &'a Memory,
    ) -> Self {
        Self { text, reading, rules, contexts, session: RefCell::new(rules.engine.session()), memory }
    }
}

/// A finding before the merge: the rule by its place, and the name it binds.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    bytes: Range<usize>,
    rule: usize,
    category: Category,
    confidence: f32,
    binds: Option<Range<usize>>,
    /// Whether it is a part only of what the rule found.
    in_part: bool,
}

impl Found {
    /// What the rule at `at` finds, as sure as the rule is.
    fn of_rule(at: usize, rule: &Rule, bytes: Range<usize>, binds: Option<Range<usize>>) -> Self {
        let (category, confidence) = (rule.category, rule.confidence);
        Self { bytes, rule: at, category, confidence, binds, in_part: false }
    }
}

/// Reads the given zones (byte ranges in order) of a report's visible text with the rules alone.
pub(crate) fn detect(text: &str, reading: &Reading<'_>, rules: &RuleSet) -> Vec<Finding> {
    let memory = Memory::default();
    merge::merge(findings_in_both_views(&View::new(text, reading, rules, &[], &memory)), rules)
}

/// The same with the rules and, unless it is switched off, the statistical reader, as one who may read everything.
/// `contexts` are zones with their marks.
pub(crate) fn detect_all(
    text: &str,
    reading: &Reading<'_>,
    rules: &RuleSet,
    contexts: &[(Range<usize>, Context)],
) -> Vec<Finding> {
    survey(text, reading, rules, contexts, &[Share::whole(text)], &Memory::default()).findings
}

/// What the statistical reader finds by itself.
pub(crate) fn by_reader(
    text: &str,
    reading: &Reading<'_>,
    rules: &RuleSet,
    contexts: &[(Range<usize>, Context)],
) -> Vec<Finding> {
    let mut found = Vec::new();
    let memory = Memory::default();
    let view = View::new(text, reading, rules, contexts, &memory);
    statistical::read(&view, &[Share::whole(text)], &[], &mut found);
    merge::merge(found, rules)
}

/// What the rules find in the text as it stands and as it reads without its disguises.
fn findings_in_both_views(view: &View<'_>) -> Vec<Found> {
    let shares = [Share::whole(view.text)];
    let (mut found, open) = by_sentence(view, &shares);
    aliases::Aliases.read(view, &mut found);
    open.spare(view, &shares, &mut found, Some);
    found.extend(disguise::findings(view, &shares, &open));
    found
}

/// What the rules find in each sentence, but for open names, and those.
fn by_sentence(view: &View<'_>, shares: &[Share]) -> (Vec<Found>, OpenNames) {
    let mut found = each_sentence(view);
    let open = OpenNames::take(view, &mut found);
    open.spare(view, shares, &mut found, Some);
    (found, open)
}

/// What the rules find in each sentence by itself.
fn each_sentence(view: &View<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let readers: [&dyn Reader; 4] =
        [&shapes::Shapes, &identifiers::Identifiers, &scripts::Scripts, &terms::Terms];
    for reader in readers {
        reader.read(view, &mut found);
    }
    found
}

/// The spans that one rule finds by itself, joined where they overlap: for the rule's own examples.
pub(crate) fn by_rule(text: &str, reading: &Reading<'_>, rules: &RuleSet, id: &RuleId) -> Vec<Range<usize>> {
    let memory = Memory::default();
    let view = View::new(text, reading, rules, &[], &memory);
    let mut found = Vec::new();
    shapes::Shapes.read(&view, &mut found);
    identifiers::Identifiers.read(&view, &mut found);
    let finds = |rule: &Rule| rule.id == *id && !rule.tells_open_names();
    if rules.rules().iter().any(finds) {
        OpenNames::take(&view, &mut found).spare(&view, &[Share::whole(text)], &mut found, Some);
    }
    found.retain(|f| rules.rules()[f.rule].id == *id);
    merge::merge(found, rules).into_iter().map(|finding| finding.span.range()).collect()
}
