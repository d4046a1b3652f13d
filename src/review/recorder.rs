//! From a decision to its record.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::record::{
    Action, CheckRecord, EditRecord, HeldRecord, NearRecord, PortionRecord, ProposalRecord, ReviewRecord,
    RulesRecord, SCHEMA, SourceRecord, Status, SuppressionRecord,
};
use crate::category::Category;
use crate::channels::Kept;
use crate::decide::{
    self, Case, Decided, Edit, Identified, Ids, LeftOut, Obstacle, PortionFate, Ruling, Rulings,
    proposed_mark,
};
use crate::decisions::{Act, Decision};
use crate::detect::Finding;
use crate::document::{Document, Form, FurnitureKind, Hidden, PortionId, SegmentKind};
use crate::marking::Answer;
use crate::pipeline::Pipeline;
use crate::policy::Audience;
use crate::render::Piece;
use crate::rules::Rule;
use crate::text::{Span, Visible};
use crate::verify::Release;

/// How a report ended for an audience.
pub(crate) struct Ending {
    pub(crate) release: Option<Release>,
    /// Where each run of the release comes from.
    pub(crate) pieces: Vec<Piece>,
    pub(crate) checks: Vec<CheckRecord>,
    pub(crate) status: Status,
    /// Why there is no release.
    pub(crate) reason: String,
}

impl Ending {
    pub(crate) fn without_release(status: Status, reason: String) -> Self {
        Self { release: None, pieces: Vec::new(), checks: Vec::new(), status, reason }
    }
}

/// A decision that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unapplied {
    /// The decision.
    pub decision: Decision,
    /// Why it was not, in a sentence.
    pub obstacle: &'static str,
}

/// Writes the record of one report for one audience.
pub(crate) struct Recorder<'a> {
    path: &'a str,
    audience: &'a Audience,
    pipeline: &'a Pipeline,
    case: Option<Case<'a>>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(path: &'a str, audience: &'a Audience, pipeline: &'a Pipeline, case: Case<'a>) -> Self {
        Self { path, audience, pipeline, case: Some(case) }
    }

    /// For a report of which nothing is known.
    pub(crate) fn bare(path: &'a str, audience: &'a Audience, pipeline: &'a Pipeline) -> Self {
        Self { path, audience, pipeline, case: None }
    }

    /// The record of a report that could not be read or processed.
    pub(crate) fn failed(&self, reason: &str) -> ReviewRecord {
        let mut record = self.empty(Status::Failed);
        record.held.push(HeldRecord {
            portion: None,
            reason: reason.to_owned(),
            needs: "reviewer",
            originator: None,
        });
        record
    }

    fn empty(&self, status: Status) -> ReviewRecord {
        ReviewRecord {
            schema: SCHEMA,
            source: SourceRecord { path: self.path.to_owned(), sha256: String::new(), banner: None },
            audience: self.audience.name().to_owned(),
            status,
            banner: None,
            release_sha256: None,
            rules: RulesRecord {
                version: env!("CARGO_PKG_VERSION"),
                sha256: self.pipeline.rules().digest().to_owned(),
            },
            policy: self.pipeline.policy().digest().to_owned(),
            portions: Vec::new(),
            edits: Vec::new(),
            kept_near: Vec::new(),
            lost: Vec::new(),
            held: Vec::new(),
            suppressions: Vec::new(),
            checks: Vec::new(),
        }
    }

    /// The record, and the decisions that were not carried out.
    pub(crate) fn record(
        &self,
        decided: &Decided,
        rulings: &Rulings<'_>,
        ending: &Ending,
    ) -> (ReviewRecord, Vec<Unapplied>) {
        let mut record = self.empty(ending.status);
        let Some(case) = self.case else { return (record, Vec::new()) };
        let document = case.document;
        let source = document.source();
        let release = ending.release.as_ref();
        record.source.sha256 = crate::text::hex(&Sha256::digest(source.expose(source.span())));
        record.source.banner = document.banner_text().map(str::to_owned);
        record.banner = release.and_then(Release::banner).map(str::to_owned);
        record.release_sha256 = release.map(Release::sha256);
        record.checks.clone_from(&ending.checks);
        record.portions =
            (0..decided.portions.len()).map(|id| portion(case, decided, id, self.audience)).collect();
        record.held = held(case, decided, ending);
        let mut refused = decided.ruled.refused.clone();
        record.edits = edits(case, decided, rulings, &mut refused);
        record.kept_near = near(case);
        record.suppressions = suppressions(document);
        record.lost = release.map(|release| lost(case, decided, release)).unwrap_or_default();
        refused.extend(stale(case, decided, rulings, &record));
        let unapplied = refused.into_iter().map(|(ruling, obstacle)| Unapplied {
            decision: rulings.get(ruling).clone(),
            obstacle: obstacle.sentence(),
        });
        (record, unapplied.collect())
    }
}

/// The decisions on what does not stand in the report any more.
fn stale(
    case: Case<'_>,
    decided: &Decided,
    rulings: &Rulings<'_>,
    record: &ReviewRecord,
) -> Vec<(Ruling, Obstacle)> {
    if rulings.is_empty() {
        return Vec::new();
    }
    let edits = || decided.edits.iter().chain(&decided.rejected);
    let mut seen: BTreeSet<String> = edits().map(|edit| edit.id.clone()).collect();
    seen.extend(edits().map(|edit| case.anchors.equal(case.rule(edit), case.document.text(edit.edit.span))));
    seen.extend(record.edits.iter().map(|edit| edit.id.clone()));
    seen.extend(record.portions.iter().map(|portion| portion.id.clone()));
    seen.insert(case.anchors.report(case.document));
    rulings.stale(|id| seen.contains(id))
}

/// Every change of what stands, in order.
fn edits(
    case: Case<'_>,
    decided: &Decided,
    rulings: &Rulings<'_>,
    refused: &mut Vec<(Ruling, Obstacle)>,
) -> Vec<EditRecord> {
    // Also what emptied a portion: a person may think otherwise of it.
    let stands = |edit: &&Identified| {
        decide::portion_at(case.document, edit.edit.span).is_some_and(|id| {
            let bare = matches!(decided.left_out.get(&id), Some(LeftOut::Emptied | LeftOut::Gate));
            decided.plan.portions[id] != PortionFate::Drop || bare
        })
    };
    let mut records: Vec<EditRecord> = Vec::new();
    records.extend(decided.edits.iter().filter(stands).map(|edit| changed(case, edit, rulings)));
    records.extend(decided.rejected.iter().filter(stands).map(|edit| EditRecord {
        after: case.document.text(edit.edit.span).to_owned(),
        ..changed(case, edit, rulings)
    }));
    let mut formal: Vec<EditRecord> = remarks(case, decided);
    formal.extend(dropped_channels(case, decided));
    formal.sort_by_key(|record| (record.start, record.end));
    let mut ids = Ids::default();
    for record in &mut formal {
        let span = Span::new(record.start, record.end);
        record.id = ids.next(case.anchors.change(case.document, &record.rule, &record.before, span));
        let equal = || case.anchors.equal(&record.rule, &record.before);
        if let Some(ruling) = rulings.on_edit(&record.id, equal) {
            match rulings.get(ruling).act {
                Act::Accept => decide_on(record, rulings.get(ruling)),
                _ => refused.push((ruling, Obstacle::Channel)),
            }
        }
    }
    records.extend(formal);
    records.sort_by_key(|record| (record.start, record.end));
    records
}

fn changed(case: Case<'_>, edit: &Identified, rulings: &Rulings<'_>) -> EditRecord {
    let document = case.document;
    let span = decide::place(document, edit.edit.span);
    let at = document.position(edit.edit.span);
    let finding = edit.finding.map(|finding| &case.findings[finding]);
    let rule = finding.and_then(|finding| case.rules.find(finding.rule.as_str()));
    let nothing = edit.edit.replacement.text().trim().is_empty();
    let mut record = EditRecord {
        id: edit.id.clone(),
        portion: decide::portion_at(document, edit.edit.span).map(|id| name(case, id)),
        start: span.start(),
        end: span.end(),
        line: at.line,
        column: at.column,
        category: edit.marked.unwrap_or_else(|| finding.map(|finding| finding.category)),
        rule: case.rule(edit).to_owned(),
        action: if nothing { Action::Remove } else { Action::Generalise },
        before: document.text(edit.edit.span).to_owned(),
        after: edit.edit.replacement.text().to_owned(),
        reason: reason(rule, finding, edit),
        confidence: finding.map_or(1.0, |finding| finding.confidence),
        flag: finding.is_some_and(|finding| finding.confidence < case.policy.rewrite),
        decision: "auto",
        by: None,
        at: None,
    };
    if let Some(ruling) = edit.ruling {
        decide_on(&mut record, rulings.get(ruling));
    }
    record
}

/// Why an edit was made; of a name that only another report binds, which report that is.
fn reason(rule: Option<&Rule>, finding: Option<&Finding>, edit: &Identified) -> String {
    let why = match rule {
        _ if edit.marked.is_some() => "A reviewer marked it.",
        Some(rule) => &rule.why,
        None if edit.by_gate => "The gate found it when it read the release from nothing.",
        None => "The sentence is mended after a cut.",
    };
    match finding.and_then(|finding| finding.linked.as_deref()) {
        Some(path) => format!("{why} The name is bound in {path}."),
        None => why.to_owned(),
    }
}

/// Writes into the record of a change what was decided of it.
fn decide_on(record: &mut EditRecord, decision: &Decision) {
    record.decision = match &decision.act {
        Act::Reject => "rejected",
        Act::Reword(_) | Act::Mark { text: Some(_), .. } => "reworded",
        _ => "accepted",
    };
    record.by = Some(decision.by.clone());
    record.at = Some(decision.at.clone());
    if !decision.reason.trim().is_empty() {
        record.reason = format!("{} {}: {}", record.reason, decision.by, decision.reason.trim());
    }
}

/// The id of a portion in a record.
fn name(case: Case<'_>, id: PortionId) -> String {
    case.anchors.portion(id).to_owned()
}

fn portion(case: Case<'_>, decided: &Decided, id: PortionId, audience: &Audience) -> PortionRecord {
    let document = case.document;
    let decision = &decided.portions[id];
    let reason = match decided.left_out.get(&id) {
        None => decision.reason.clone(),
        Some(LeftOut::Emptied) => format!("{} Nothing of substance is left of it.", decision.reason),
        Some(LeftOut::TearlinePreferred) => {
            format!("{} The report's own tearline is preferred.", decision.reason)
        }
        Some(LeftOut::Gate) => {
            format!("{} The gate found something in it that no edit removed.", decision.reason)
        }
    };
    PortionRecord {
        id: name(case, id),
        line: document.position(document.portions()[id].extent).line,
        mark: decision.mark.clone(),
        inherited: decision.inherited.map(|id| name(case, id)),
        releasable: match decision.answer {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Originator => "originator",
        },
        reason,
        remark: decision.remark.clone(),
        proposal: (decision.answer != Answer::Yes).then(|| proposal(case, decided, id, audience)).flatten(),
    }
}

/// What a withheld portion could say without what reveals, and the mark it could then carry.
fn proposal(case: Case<'_>, decided: &Decided, id: PortionId, audience: &Audience) -> Option<ProposalRecord> {
    let document = case.document;
    let body = document.portions()[id].body;
    let visible = document.visible();
    let mut text = String::new();
    let mut at = body.start();
    let first = decided.edits.partition_point(|edit| edit.edit.span.start() < body.start());
    let edits = decided.edits[first..].iter().map(|edit| &edit.edit);
    let edits = edits.take_while(|edit| edit.span.start() <= body.end());
    for edit in edits.filter(|edit| body.contains(edit.span)) {
        if edit.span.start() >= at {
            text.push_str(&visible[at..edit.span.start()]);
            text.push_str(edit.replacement.text());
            at = edit.span.end();
        }
    }
    text.push_str(&visible[at..body.end()]);
    let text = text.trim();
    if text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() < 3 {
        return None;
    }
    let mark = proposed_mark(decided.portions[id].marking.as_ref(), audience)?;
    Some(ProposalRecord { text: text.to_owned(), mark, against: decided.portions[id].reason.clone() })
}

fn held(case: Case<'_>, decided: &Decided, ending: &Ending) -> Vec<HeldRecord> {
    let mut held = Vec::new();
    if ending.status == Status::Held {
        held.push(HeldRecord {
            portion: None,
            reason: ending.reason.clone(),
            needs: "reviewer",
            originator: None,
        });
    }
    for (id, decision) in decided.portions.iter().enumerate() {
        let substance =
            case.document.text(case.document.portions()[id].body).chars().any(char::is_alphanumeric);
        if decision.answer == Answer::Originator && substance {
            let needs = if decision.mark.is_some() { "originator" } else { "reviewer" };
            held.push(HeldRecord {
                portion: Some(name(case, id)),
                reason: decision.reason.clone(),
                needs,
                originator: None,
            });
        } else if decided.left_out.get(&id) == Some(&LeftOut::Gate) {
            let reason = "The gate found something in it that no edit removed.".to_owned();
            held.push(HeldRecord {
                portion: Some(name(case, id)),
                reason,
                needs: "reviewer",
                originator: None,
            });
        }
    }
    held
}

/// Marks that were made anew.
fn remarks(case: Case<'_>, decided: &Decided) -> Vec<EditRecord> {
    let document = case.document;
    let fates = decided.plan.portions.iter().enumerate();
    fates
        .filter_map(|(id, fate)| match fate {
            PortionFate::Remark(mark) => Some((id, mark.text(), document.portions()[id].mark?)),
            PortionFate::Keep | PortionFate::Drop => None,
        })
        .map(|(id, after, mark)| {
            let at = document.position(mark.visible);
            EditRecord {
                id: String::new(),
                portion: Some(name(case, id)),
                start: mark.source.start(),
                end: mark.source.end(),
                line: at.line,
                column: at.column,
                category: Some(Category::Marking),
                rule: "marking.lifted-out".to_owned(),
                action: Action::Remark,
                before: document.text(mark.visible).to_owned(),
                after: after.to_owned(),
                reason: decided.portions[id].reason.clone(),
                confidence: 1.0,
                flag: false,
                decision: "auto",
                by: None,
                at: None,
            }
        })
        .collect()
}

/// Hidden channels that lie in portions or between them, and lines of form: all go.
fn dropped_channels(case: Case<'_>, decided: &Decided) -> Vec<EditRecord> {
    let document = case.document;
    let source = document.source();
    let kept = Kept::of(document, case.rules, case.policy);
    let standing: String = kept.front_matter.iter().map(|&line| source.expose(line)).collect();
    let hidden = document.segments().iter().filter_map(|segment| {
        let rule = match segment.kind {
            SegmentKind::Visible(Form::Tag) => "channel.html-tag",
            SegmentKind::Visible(Form::Hyphen) => "channel.invisible-character",
            SegmentKind::Visible(_) | SegmentKind::Syntax(_) => return None,
            SegmentKind::Unclaimed => "channel.unclaimed",
            SegmentKind::Hidden(Hidden::InfoString) if kept.holds(segment.source) => return None,
            SegmentKind::Hidden(kind) => channel(kind),
        };
        Some((segment.source, rule, "A reader does not see it, and it may carry anything."))
    });
    let authority = document
        .furniture()
        .iter()
        .filter(|f| f.kind == FurnitureKind::Authority && decided.plan.authority.is_none());
    let form = authority.filter_map(|f| {
        let span = document.segments().source_hull(f.visible)?;
        Some((
            span,
            "form.authority-block",
            "It names a source or an officer; the policy gives no values for a new one.",
        ))
    });
    hidden
        .chain(form)
        .map(|(span, rule, reason)| {
            let at = document.position_of(span.start());
            EditRecord {
                id: String::new(),
                portion: None,
                start: span.start(),
                end: span.end(),
                line: at.line,
                column: at.column,
                category: None,
                rule: rule.to_owned(),
                action: Action::Drop,
                before: source.expose(span).to_owned(),
                after: if rule == channel(Hidden::FrontMatter) { standing.clone() } else { String::new() },
                reason: reason.to_owned(),
                confidence: 1.0,
                flag: false,
                decision: "auto",
                by: None,
                at: None,
            }
        })
        .collect()
}

fn channel(kind: Hidden) -> &'static str {
    match kind {
        Hidden::LinkTarget => "channel.link-target",
        Hidden::ReferenceDefinition => "channel.reference-definition",
        Hidden::Image => "channel.image",
        Hidden::Comment => "channel.comment",
        Hidden::HtmlTag => "channel.html-tag",
        Hidden::Script => "channel.script",
        Hidden::InfoString => "channel.info-string",
        Hidden::HeadingAttributes => "channel.heading-attributes",
        Hidden::FrontMatter => "channel.front-matter",
        Hidden::FootnoteLabel => "channel.footnote-label",
        Hidden::SurplusCell => "channel.surplus-cell",
        Hidden::Struck => "channel.struck-text",
        Hidden::Invisible => "channel.invisible-character",
    }
}

/// What the author asked `check` to allow. It changes nothing here.
fn suppressions(document: &Document) -> Vec<SuppressionRecord> {
    let found = crate::suppression::find(document).into_iter().flatten();
    found
        .map(|suppression| SuppressionRecord {
            line: document.position_of(suppression.span.start()).line,
            rule: suppression.rules.join(", "),
            reason: suppression.reason,
        })
        .collect()
}

/// Findings that changed nothing, being too unsure.
fn near(case: Case<'_>) -> Vec<NearRecord> {
    let unsure = case.findings.iter().filter(|finding| finding.confidence < case.policy.flag);
    unsure
        .map(|finding| {
            let at = case.document.position(finding.span);
            NearRecord {
                line: at.line,
                column: at.column,
                category: finding.category,
                rule: finding.rule.to_string(),
                text: case.document.text(finding.span).to_owned(),
                confidence: finding.confidence,
            }
        })
        .collect()
}

/// Numbers, dates and names of releasable portions that no longer stand anywhere in the release.
fn lost(case: Case<'_>, decided: &Decided, release: &Release) -> Vec<String> {
    let telling = |word: &&str| {
        let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
        word.chars().any(|c| c.is_ascii_digit()) || letters > 2 && word.starts_with(char::is_uppercase)
    };
    let stands: BTreeSet<&str> = words(release.text()).collect();
    let cut = |edit: &Edit| -> Span<Visible> { edit.span };
    let gone: BTreeSet<&str> = decided
        .plan
        .edits
        .iter()
        .flat_map(|edit| words(case.document.text(cut(edit))))
        .filter(telling)
        .filter(|word| !stands.contains(word))
        .collect();
    gone.into_iter().map(str::to_owned).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | ',' | ':')))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}
