//! What each audience gets: findings, marks and policy in, a plan out.
//!
//! [`Marks`] tells which portions an audience may read, [`rewrite`] mends the sentences of those, and [`decide`] puts both
//! into a [`Plan`], in which keeping is written for each portion. What people decided comes in as [`Rulings`] and goes before
//! what rules and marks say. Nothing here reads files or knows Markdown.

mod anchors;
mod plan;
mod portions;
mod replacement;
mod rewrite;
mod rulings;

use std::collections::BTreeMap;

pub(crate) use anchors::{Anchors, Ids, MARKED, place};
pub(crate) use plan::{Edit, Plan, PortionFate};
pub(crate) use portions::{Marks, PortionDecision, tolerant};
pub(crate) use replacement::{Origin, Replacement};
pub(crate) use rewrite::{Removal, apply, rewrite};
pub(crate) use rulings::{Identified, Obstacle, PortionRulings, Ruling, Rulings, proposed_mark};

use crate::decisions::Act;
use crate::detect::Finding;
use crate::detect::reading::Reading;
use crate::detect::tokens::Shape;
use crate::document::{Document, PortionId};
use crate::marking::{self, Answer, Marking};
use crate::policy::{Audience, Policy, Treatment};
use crate::rules::RuleSet;
use crate::rules::schema::Frame;
use crate::text::{Source, Span, Visible};

/// One report as the decision sees it.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) document: &'a Document,
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) findings: &'a [Finding],
    pub(crate) marks: &'a Marks,
    pub(crate) rules: &'a RuleSet,
    pub(crate) policy: &'a Policy,
    pub(crate) anchors: &'a Anchors<'a>,
}

/// The rule that stands for changes of grammar.
const MENDED: &str = "grammar.mended";

/// The rule that stands for what the gate finds in a release when it reads it from nothing.
pub(crate) const GATE: &str = "gate.found";

/// How often rejections are taken into account that bear on what earlier rejections left.
const ROUNDS: usize = 4;

impl Case<'_> {
    /// The first finding that an edit touches, unless it only mends grammar.
    fn finding_of(&self, edit: &Edit) -> Option<usize> {
        let first = self.findings.partition_point(|finding| finding.span.end() <= edit.span.start());
        let finding = self.findings.get(first).filter(|finding| finding.span.overlaps(edit.span));
        finding.filter(|_| edit.replacement.origin() != Origin::Adapted).map(|_| first)
    }

    /// The id of the rule of a finding; without one, that of the gate or of mended grammar.
    fn rule_of(&self, finding: Option<usize>, by_gate: bool) -> &str {
        let otherwise = if by_gate { GATE } else { MENDED };
        finding.map_or(otherwise, |finding| self.findings[finding].rule.as_str())
    }

    /// The rule behind an edit.
    pub(crate) fn rule(&self, edit: &Identified) -> &str {
        if edit.marked.is_some() { MARKED } else { self.rule_of(edit.finding, edit.by_gate) }
    }
}

/// Why a portion does not stand in the release though its mark allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// Nothing of substance is left of it.
    Emptied,
    /// A human-written tearline is preferred.
    TearlinePreferred,
    /// The gate found something in it that no edit removed.
    Gate,
}

/// The plan for one audience with its grounds.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) plan: Plan,
    pub(crate) portions: Vec<PortionDecision>,
    pub(crate) left_out: BTreeMap<PortionId, LeftOut>,
    /// All edits, those in portions that are not released included.
    pub(crate) edits: Vec<Identified>,
    /// The edits that a person rejected.
    pub(crate) rejected: Vec<Identified>,
    /// What was ruled on portions.
    pub(crate) ruled: PortionRulings,
    /// The source bytes that a rejection lets through, in order.
    pub(crate) allowed: Vec<Span<Source>>,
    /// The roll-up of what is released.
    pub(crate) banner: Option<Marking>,
}

/// Decides a report for an audience. `dropped` are portions that the gate refused before, `fallen` those that the structure did
/// not carry; `extra` are spans that the gate found.
pub(crate) fn decide(
    case: Case<'_>,
    audience: &Audience,
    fuller: bool,
    dropped: &[PortionId],
    fallen: &[PortionId],
    extra: &[(Span<Visible>, Frame)],
    rulings: &Rulings<'_>,
) -> Decided {
    let document = case.document;
    let mut portions = case.marks.decide(document, audience, case.policy);
    let ruled = rulings.rule_portions(case, audience, &mut portions);
    let (mut identified, rejected) = edits(case, extra, rulings);
    for (&id, text) in &ruled.texts {
        reword_portion(case, id, text, &mut identified);
    }
    let edits: Vec<Edit> = identified.iter().map(|edit| edit.edit.clone()).collect();
    let mut left_out: BTreeMap<PortionId, LeftOut> =
        fallen.iter().map(|&id| (id, LeftOut::Emptied)).collect();
    left_out.extend(dropped.iter().map(|&id| (id, LeftOut::Gate)));
    let readable = |id: PortionId| portions[id].answer == Answer::Yes;
    if !fuller {
        prefer_tearlines(document, &portions, &mut left_out);
        left_out.retain(|id, why| *why != LeftOut::TearlinePreferred || !ruled.rulings.contains_key(id));
    }
    for id in (0..portions.len()).filter(|&id| readable(id)) {
        if is_emptied(case, id, &edits) || is_bare_mark(document, id) {
            left_out.entry(id).or_insert(LeftOut::Emptied);
        }
    }
    let gone = idle_labels(document, |id| readable(id) && !left_out.contains_key(&id));
    left_out.extend(gone.into_iter().map(|id| (id, LeftOut::Emptied)));
    let stands = |id: PortionId| portions[id].answer == Answer::Yes && !left_out.contains_key(&id);
    let fates: Vec<PortionFate> = (0..portions.len())
        .map(|id| match (stands(id), &portions[id].remark) {
            (false, _) => PortionFate::Drop,
            (true, Some(mark)) => PortionFate::Remark(Replacement::marking(mark.clone())),
            (true, None) => PortionFate::Keep,
        })
        .collect();
    let kept: Vec<Edit> =
        edits.iter().filter(|edit| portion_at(document, edit.span).is_some_and(stands)).cloned().collect();
    let banner = (!case.marks.assumed).then(|| {
        let standing: Vec<Marking> = (0..portions.len())
            .filter(|&id| stands(id))
            .filter_map(|id| released_marking(&portions[id]))
            .collect();
        let printed = case.marks.banner.as_ref().map(|(_, banner)| &banner.marking);
        marking::release_banner(&standing, audience.readers(), printed).ok().flatten()
    });
    let banner = banner.flatten();
    let plan = Plan {
        portions: fates,
        edits: kept,
        banner: banner.as_ref().map(|banner| Replacement::marking(banner.banner())),
        authority: authority(case.policy, banner.as_ref()),
    };
    let allowed = allowed(case, &rejected);
    Decided { plan, portions, left_out, edits: identified, rejected, ruled, allowed, banner }
}

/// Puts the text of a decision in the place of a portion's body.
fn reword_portion(case: Case<'_>, id: PortionId, text: &Replacement, edits: &mut Vec<Identified>) {
    let body = case.document.portions()[id].body;
    let words = case.document.text(body);
    let lead = words.len() - words.trim_start().len();
    let span = Span::new(body.start() + lead, body.start() + lead.max(words.trim_end().len()));
    edits.retain(|edit| !edit.edit.span.overlaps(body));
    let at = edits.partition_point(|edit| edit.edit.span.start() < span.start());
    let edit = Edit { span, replacement: text.clone() };
    let id = case.anchors.portion(id).to_owned();
    edits
        .insert(at, Identified { edit, id, finding: None, marked: Some(None), by_gate: false, ruling: None });
}

/// The source bytes that rejections let through: the edits and the findings behind them.
fn allowed(case: Case<'_>, rejected: &[Identified]) -> Vec<Span<Source>> {
    let mut allowed: Vec<Span<Source>> =
        rejected.iter().map(|edit| place(case.document, reach(case, edit.edit.span))).collect();
    allowed.sort_unstable();
    allowed
}

/// A span with the findings that it touches.
fn reach(case: Case<'_>, span: Span<Visible>) -> Span<Visible> {
    let touched = case.findings.iter().filter(|finding| finding.span.overlaps(span));
    touched.fold(span, |reach, finding| reach.hull(finding.span))
}

/// What the portion's mark says in the release.
fn released_marking(decision: &PortionDecision) -> Option<Marking> {
    match &decision.remark {
        Some(remark) => Some(marking::parse(remark, marking::Form::Portion).marking),
        None => decision.marking.clone(),
    }
}

/// The edits of all portions with what was decided of them, and the edits that were rejected. What a rejection leaves is cut
/// anew, since a sentence is mended around all its cuts.
fn edits(
    case: Case<'_>,
    extra: &[(Span<Visible>, Frame)],
    rulings: &Rulings<'_>,
) -> (Vec<Identified>, Vec<Identified>) {
    let marked = rulings.marked().iter().map(|marked| (marked.span, Frame::Phrase));
    let spans: Vec<(Span<Visible>, Frame)> = extra.iter().copied().chain(marked).collect();
    let mut rejected: Vec<Identified> = Vec::new();
    let mut earlier: Vec<Identified> = Vec::new();
    for round in 0.. {
        let mut edits = Identified::all(case, cuts(case, &spans, &rejected), extra, rulings);
        carry_over(&mut earlier, &mut edits);
        let rejects = |edit: &Identified| {
            round < ROUNDS && edit.ruling.is_some_and(|ruling| rulings.get(ruling).act == Act::Reject)
        };
        let (fresh, mut edits): (Vec<_>, Vec<_>) = edits.into_iter().partition(rejects);
        if fresh.is_empty() {
            reword(case, rulings, &mut edits);
            return (edits, rejected);
        }
        rejected.extend(fresh);
        earlier = edits.into_iter().filter(|edit| edit.ruling.is_some()).collect();
    }
    unreachable!("the last round rejects nothing")
}

/// What spans equal to that of an edit share, by the edit's id.
pub(crate) fn shared(case: Case<'_>, id: &str) -> Option<String> {
    let edits = Identified::all(case, cuts(case, &[], &[]), &[], &Rulings::default());
    let edit = edits.into_iter().find(|edit| edit.id == id)?;
    Some(case.anchors.equal(case.rule(&edit), case.document.text(edit.edit.span)))
}

/// Lets a decision follow its finding when a rejection beside it has changed how the sentence is cut.
fn carry_over(earlier: &mut Vec<Identified>, edits: &mut [Identified]) {
    for edit in edits.iter_mut().filter(|edit| edit.ruling.is_none() && edit.finding.is_some()) {
        if let Some(at) = earlier.iter().position(|old| old.finding == edit.finding) {
            let old = earlier.swap_remove(at);
            (edit.id, edit.ruling) = (old.id, old.ruling);
        }
    }
}

/// Puts the words of decisions in the place of those that the rules give.
fn reword(case: Case<'_>, rulings: &Rulings<'_>, edits: &mut [Identified]) {
    for edit in edits {
        let Some(ruling) = edit.ruling else { continue };
        match &rulings.get(ruling).act {
            Act::Reword(text) | Act::Mark { text: Some(text), .. } => {
                // The space around the words stays.
                let words = case.document.text(edit.edit.span);
                let lead = &words[..words.len() - words.trim_start().len()];
                let tail = &words[words.trim_end().len().max(lead.len())..];
                edit.edit.replacement = Replacement::decided(&format!("{lead}{}{tail}", text.trim()));
            }
            _ => {}
        }
    }
}

/// The edits of all portions: findings that the policy acts on, as the sentence asks, less those rejected.
fn cuts(case: Case<'_>, extra: &[(Span<Visible>, Frame)], rejected: &[Identified]) -> Vec<Edit> {
    let stands = |span: Span<Visible>| rejected.iter().any(|edit| edit.edit.span.overlaps(span));
    let within = |span: Span<Visible>| rejected.iter().any(|edit| reach(case, edit.edit.span).contains(span));
    let of = |finding: &Finding| Removal {
        frame: frame(case.policy, finding),
        ..Removal::of(finding, case.policy)
    };
    let asked = extra.iter().filter(|(span, _)| !within(*span));
    let mut removals: Vec<Removal> = case
        .findings
        .iter()
        .filter(|finding| finding.confidence >= case.policy.flag && !stands(finding.span))
        .map(of)
        .chain(asked.map(|&(span, frame)| Removal::sure(span, frame)))
        .map(|removal| Removal { span: with_strays(case.document.visible(), removal.span), ..removal })
        .collect();
    removals.sort_by_key(|removal| removal.span);
    removals.dedup_by(|next, last| {
        let overlaps = next.span.start() < last.span.end();
        if overlaps {
            last.span = last.span.hull(next.span);
            last.sure |= next.sure;
            if next.frame == Frame::Sentence {
                last.frame = Frame::Sentence;
            }
        }
        overlaps
    });
    let mut edits = rewrite(case.document.visible(), case.reading, case.rules, &removals);
    edits.retain(|edit| !rejected.iter().any(|rejected| rejected.edit.span == edit.span));
    // What is cut at a line end or in a list may leave edits that touch; the later one is contained then.
    let mut tidy: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match tidy.last_mut() {
            Some(last) if edit.span.start() < last.span.end() => last.span = last.span.hull(edit.span),
            _ => tidy.push(edit),
        }
    }
    tidy
}

/// A span that has stars or lines in it which were meant as emphasis and are none, with those that adjoin it: what is left of a pair
/// means nothing.
fn with_strays(text: &str, span: Span<Visible>) -> Span<Visible> {
    let inside = &text[span.range()];
    let stray = |c: char| matches!(c, '*' | '_' | '~') && inside.contains(c);
    let before = text[..span.start()].trim_end_matches(stray);
    let after = text[span.end()..].trim_start_matches(stray);
    let start = if before.ends_with(char::is_alphanumeric) { span.start() } else { before.len() };
    let end = if after.starts_with(char::is_alphanumeric) { span.end() } else { text.len() - after.len() };
    Span::new(start, end)
}

/// The frame of the rule, or the removal that the policy orders for the category.
fn frame(policy: &Policy, finding: &Finding) -> Frame {
    match (policy.treatment(finding.category), finding.frame) {
        (Treatment::Rewrite, frame)
        | (Treatment::Remove | Treatment::Remark, frame @ (Frame::Attribution | Frame::Sentence)) => frame,
        (Treatment::Remove, Frame::Label) => Frame::Label,
        (Treatment::Remove | Treatment::Remark, _) => Frame::Phrase,
    }
}

/// The portion that holds the start of a visible span.
pub(crate) fn portion_at(document: &Document, span: Span<Visible>) -> Option<PortionId> {
    let portions = document.portions();
    let after = portions.partition_point(|portion| portion.extent.start() <= span.start());
    let id = after.checked_sub(1)?;
    (span.start() < portions[id].extent.end()).then_some(id)
}

/// Leaves out what stands outside the tearline sections and is no less restricted than something in a section that the
/// audience may read. What is less restricted stays: a wider audience, which may not read the section, gets it too.
fn prefer_tearlines(
    document: &Document,
    decisions: &[PortionDecision],
    left_out: &mut BTreeMap<PortionId, LeftOut>,
) {
    let portions = document.portions();
    let readable = |id: &PortionId| decisions[*id].answer == Answer::Yes;
    let mut sections: Vec<&Marking> = Vec::new();
    for id in (0..portions.len()).filter(readable) {
        let marking = decisions[id].marking.as_ref();
        if let Some(marking) = marking.filter(|_| portions[id].tearline.is_some() && !portions[id].label)
            && !sections.contains(&marking)
        {
            sections.push(marking);
        }
    }
    for id in (0..portions.len()).filter(readable).filter(|&id| portions[id].tearline.is_none()) {
        let Some(marking) = &decisions[id].marking else { continue };
        if sections.iter().any(|section| marking.dominates(section)) {
            left_out.entry(id).or_insert(LeftOut::TearlinePreferred);
        }
    }
}

/// Whether a portion is a mark over nothing.
fn is_bare_mark(document: &Document, id: PortionId) -> bool {
    let portion = &document.portions()[id];
    portion.mark.is_some()
        && !document.text(portion.body).contains(char::is_alphanumeric)
        && document.portions().iter().all(|other| other.holder != Some(id))
}

/// Whether nothing of content is left of a portion once its edits are made. A portion without content stays.
fn is_emptied(case: Case<'_>, id: PortionId, edits: &[Edit]) -> bool {
    let body = case.document.portions()[id].body;
    let first = edits.partition_point(|edit| edit.span.end() <= body.start());
    let inside: Vec<&Edit> =
        edits[first..].iter().take_while(|edit| edit.span.start() < body.end()).collect();
    if inside.is_empty() {
        return false;
    }
    let gone = |at: usize| inside.iter().any(|edit| edit.span.start() <= at && at < edit.span.end());
    if inside.iter().any(|edit| edit.replacement.text().len() > 2) {
        return false;
    }
    let reading = case.reading;
    // White space behind the last word belongs to no token of the body.
    let before = |end: usize| {
        let count = reading.tokens.partition_point(|token| (token.start as usize) < end);
        u32::try_from(count).expect("a report has fewer tokens than bytes")
    };
    let (from, to) = (before(body.start()), before(body.end()));
    let idle = |at: u32| {
        gone(reading.tokens[at as usize].start as usize)
            || !reading.shape(at).intersects(Shape::WORD | Shape::NUM)
            || reading.is_word_of(at, case.rules.grammar.function_word)
            || is_label_word(case, body, at)
            || at == from && reading.shape(at).intersects(Shape::NUM)
    };
    (from..to).all(idle)
}

/// A word of the label with which a portion starts ("SOURCE:", "*Weather.*").
fn is_label_word(case: Case<'_>, body: Span<Visible>, at: u32) -> bool {
    let text = case.document.text(body);
    let start = case.reading.tokens[at as usize].start as usize;
    let label =
        text.split(['\n', '.', ',']).next().unwrap_or_default().find(':').filter(|&colon| colon <= 40);
    label.is_some_and(|colon| start < body.start() + colon)
        || case.document.run_in(body).is_some_and(|label| start < label.end() && label.end() < body.end())
}

/// Labels of which what they label goes.
fn idle_labels(document: &Document, stands: impl Fn(PortionId) -> bool) -> Vec<PortionId> {
    let portions = document.portions();
    (0..portions.len())
        .filter(|&id| portions[id].label && stands(id))
        .filter(|&id| {
            !(id + 1 < portions.len() && portions[id + 1].block == portions[id].block && stands(id + 1))
        })
        .collect()
}

/// The authority block of the release: from the policy alone, none for an unclassified release (32 CFR 2001.24).
fn authority(policy: &Policy, banner: Option<&Marking>) -> Option<Replacement> {
    let classified = banner.is_some_and(|banner| banner.level > marking::Level::Unclassified);
    let values = &policy.authority;
    let whole = values.derived_from.is_some() && values.declassify_on.is_some();
    (classified && whole).then(|| Replacement::literal(&values.lines().collect::<Vec<_>>().join("\n")))
}

/// A plain text with everything sensitive in it taken out: for the examples beside the rules.
pub(crate) fn rewrite_text(text: &str, reading: &Reading<'_>, rules: &RuleSet) -> String {
    let findings = crate::detect::detect(text, reading, rules);
    let removals: Vec<_> = findings.iter().map(|found| Removal::sure(found.span, found.frame)).collect();
    apply(text, &rewrite(text, reading, rules, &removals))
}
