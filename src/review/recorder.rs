//! From a decision to its record.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};

use super::fingerprint::fingerprint;
use super::record::{
    Action, CheckRecord, EditRecord, HeldRecord, NearRecord, PortionRecord, ProposalRecord, ReviewRecord,
    RulesRecord, SCHEMA, SourceRecord, Status, SuppressionRecord,
};
use crate::category::Category;
use crate::channels::Kept;
use crate::decide::{self, Case, Decided, Edit, LeftOut, Origin, PortionFate};
use crate::detect::Finding;
use crate::document::{Document, Form, FurnitureKind, Hidden, PortionId, SegmentKind};
use crate::marking::{self, Answer, Marking};
use crate::pipeline::Pipeline;
use crate::policy::Audience;
use crate::rules::Rule;
use crate::text::{Span, Visible};
use crate::verify::Release;

/// The rule that stands for changes of grammar.
const MENDED: &str = "grammar.mended";

/// Bytes of context on each side that an edit's id depends on.
const CONTEXT: usize = 32;

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

    pub(crate) fn record(
        &self,
        decided: &Decided,
        release: Option<&Release>,
        checks: Vec<CheckRecord>,
        status: Status,
        reason: &str,
    ) -> ReviewRecord {
        let mut record = self.empty(status);
        let Some(case) = self.case else { return record };
        let document = case.document;
        let source = document.source();
        record.source.sha256 = crate::text::hex(&Sha256::digest(source.expose(source.span())));
        record.source.banner = document.banner_text().map(str::to_owned);
        record.banner = release.and_then(Release::banner).map(str::to_owned);
        record.release_sha256 = release.map(Release::sha256);
        record.checks = checks;
        record.portions =
            (0..decided.portions.len()).map(|id| portion(case, decided, id, self.audience)).collect();
        record.held = held(case, decided, status, reason);
        record.edits = self.edits(case, decided);
        record.kept_near = near(case);
        record.suppressions = suppressions(document);
        record.lost = release.map(|release| lost(case, decided, release)).unwrap_or_default();
        record
    }

    fn edits(&self, case: Case<'_>, decided: &Decided) -> Vec<EditRecord> {
        let document = case.document;
        let mut ids: HashMap<String, usize> = HashMap::new();
        let mut records: Vec<EditRecord> = Vec::new();
        for edit in &decided.plan.edits {
            let finding = finding_of(case.findings, edit);
            records.push(self.edit(document, edit, finding, case));
        }
        records.extend(remarks(document, decided));
        records.extend(dropped_channels(case, decided));
        records.sort_by_key(|record| (record.start, record.end));
        for record in &mut records {
            let source = document.source();
            let whole = source.expose(source.span());
            let before = floor(whole, record.start.saturating_sub(CONTEXT));
            let after = ceil(whole, (record.end + CONTEXT).min(whole.len()));
            let parts =
                [&record.rule, &record.before, &whole[before..record.start], &whole[record.end..after]];
            let id = fingerprint(self.pipeline.key(), &parts.map(|part| part as &str));
            let count = ids.entry(id.clone()).or_default();
            *count += 1;
            record.id = if *count == 1 { id } else { format!("{id}-{count}") };
        }
        records
    }

    fn edit(
        &self,
        document: &Document,
        edit: &Edit,
        finding: Option<&Finding>,
        case: Case<'_>,
    ) -> EditRecord {
        let span = document.segments().source_hull(edit.span).unwrap_or_else(|| document.source().span());
        let at = document.position(edit.span);
        let finding = finding.filter(|_| edit.replacement.origin() != Origin::Adapted);
        let rule = finding.and_then(|finding| case.rules.find(finding.rule.as_str()));
        let action =
            if edit.replacement.text().trim().is_empty() { Action::Remove } else { Action::Generalise };
        EditRecord {
            id: String::new(),
            portion: decide::portion_at(document, edit.span).map(name),
            start: span.start(),
            end: span.end(),
            line: at.line,
            column: at.column,
            category: finding.map(|finding| finding.category),
            rule: finding.map_or_else(|| MENDED.to_owned(), |finding| finding.rule.to_string()),
            action,
            before: document.text(edit.span).to_owned(),
            after: edit.replacement.text().to_owned(),
            reason: reason(rule, finding),
            confidence: finding.map_or(1.0, |finding| finding.confidence),
            flag: finding.is_some_and(|finding| finding.confidence < case.policy.rewrite),
            decision: "auto",
        }
    }
}

/// Why an edit was made; of a name that only another report binds, which report that is.
fn reason(rule: Option<&Rule>, finding: Option<&Finding>) -> String {
    let why = rule.map_or("The sentence is mended after a cut.", |rule| &rule.why);
    match finding.and_then(|finding| finding.linked.as_deref()) {
        Some(path) => format!("{why} The name is bound in {path}."),
        None => why.to_owned(),
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The name of a portion in a record.
fn name(id: PortionId) -> String {
    format!("p{}", id + 1)
}

/// The first finding that an edit touches.
fn finding_of<'f>(findings: &'f [Finding], edit: &Edit) -> Option<&'f Finding> {
    let first = findings.partition_point(|finding| finding.span.end() <= edit.span.start());
    findings.get(first).filter(|finding| finding.span.overlaps(edit.span))
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
        id: name(id),
        line: document.position(document.portions()[id].extent).line,
        mark: decision.mark.clone(),
        inherited: decision.inherited.map(name),
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
    for edit in decided.edits.iter().filter(|edit| body.contains(edit.span)) {
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

/// The portion's level with a release to the audience and no other control.
fn proposed_mark(marking: Option<&Marking>, audience: &Audience) -> Option<String> {
    let mut mark = Marking::us(marking?.level);
    if let marking::Readers::Foreign(members) = audience.readers().readers {
        mark.rel_to = audience.listed().unwrap_or(members).with_usa();
        mark.controls =
            mark.controls.union(marking::register::ControlSet::of(&[marking::register::Control::Rel]));
    }
    Some(mark.portion())
}

fn held(case: Case<'_>, decided: &Decided, status: Status, reason: &str) -> Vec<HeldRecord> {
    let mut held = Vec::new();
    if status == Status::Held {
        held.push(HeldRecord {
            portion: None,
            reason: reason.to_owned(),
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
                portion: Some(name(id)),
                reason: decision.reason.clone(),
                needs,
                originator: None,
            });
        } else if decided.left_out.get(&id) == Some(&LeftOut::Gate) {
            let reason = "The gate found something in it that no edit removed.".to_owned();
            held.push(HeldRecord { portion: Some(name(id)), reason, needs: "reviewer", originator: None });
        }
    }
    held
}

/// Marks that were made anew.
fn remarks(document: &Document, decided: &Decided) -> Vec<EditRecord> {
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
                portion: Some(name(id)),
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
