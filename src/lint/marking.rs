//! Marks: missing, malformed, out of order, conflicting, retired; and the banner against the roll-up of its portions.

use std::collections::BTreeMap;
use std::ops::Range;

use super::case::{Case, Out};
use super::catalog::Lint;
use super::diagnostic::Fix;
use crate::document::{FurnitureKind, Mark, Portion, PortionId, PortionKind};
use crate::marking::{
    AuthorityBlock, AuthorityFault, BannerFault, BannerFaultKind, Conflict, ConflictCode, Context, ErrorCode,
    Form, Marking, Problem, Reading, compare_banner, parse, parse_lenient, roll_up,
};
use crate::text::{Span, Visible};

/// A longer line is text.
const LONGEST_PAGE_NUMBER: usize = 24;

pub(super) fn check(case: &Case<'_>, out: &mut Out<'_>) {
    if case.marks.is_bare() {
        let first = case.document.portions().first().map(|portion| portion.extent);
        let line = first.map(|extent| first_line(case.document.text(extent), extent));
        let place = line.map_or_else(|| Span::new(0, 0), |line| out.source(line));
        out.at(Lint::MarkingAbsent, place, "the report carries neither a banner nor a portion mark");
        return;
    }
    if case.marks.assumed {
        return;
    }
    portions(case, out);
    banners(case, out);
    authority(case, out);
}

fn portions(case: &Case<'_>, out: &mut Out<'_>) {
    for id in case.portions() {
        let portion = case.document.portions()[id];
        let text = case.document.text(portion.body);
        let named = portion.kind == PortionKind::HeaderCell;
        if portion.mark.is_none() && portion.closing.is_none() {
            let says = text.chars().any(char::is_alphabetic) && !is_page_number(text);
            if portion.holder.is_none() && says && !named {
                let line = first_line(text, portion.body);
                let message = "this text carries no portion mark, and inherits none";
                out.seen(Lint::MarkingUnmarked, line, message);
            }
            continue;
        }
        for mark in [portion.mark, portion.closing].into_iter().flatten() {
            let marking = problems(case, out, mark.visible, Form::Portion);
            let undecided = marking.is_valid()
                && marking.marking.is_classified()
                && !marking.marking.has_fdr()
                && !marking.marking.is_foreign();
            if undecided {
                let message = "a classified portion without a decision on foreign release (B.3)";
                out.seen(Lint::MarkingUndecided, mark.visible, message);
            }
        }
        if let (Some(first), Some(second)) = (portion.mark, portion.closing)
            && read(case, first.visible).marking != read(case, second.visible).marking
        {
            let place = out.place(first.source);
            let message = "the mark at the end of the portion says something else than the one at its start";
            out.seen(Lint::MarkingConflict, second.visible, message)
                .related
                .push((place, "the mark at the start"));
        }
    }
}

fn read(case: &Case<'_>, mark: Span<Visible>) -> Reading {
    parse_lenient(case.document.text(mark)).reading
}

/// Whether a line only counts pages: `Page 3 of 7`.
fn is_page_number(text: &str) -> bool {
    let counts = |word: &str| {
        word.eq_ignore_ascii_case("page")
            || word.eq_ignore_ascii_case("of")
            || word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_punctuation())
    };
    text.len() <= LONGEST_PAGE_NUMBER && text.split_whitespace().all(counts)
}

/// The first line of some visible text.
fn first_line(text: &str, span: Span<Visible>) -> Span<Visible> {
    let lead = text.len() - text.trim_start().len();
    let line = text[lead..].lines().next().unwrap_or_default();
    let start = span.start() + lead;
    Span::new(start, start + line.trim_end().len())
}

/// The problems of one mark.
fn problems(case: &Case<'_>, out: &mut Out<'_>, span: Span<Visible>, form: Form) -> Reading {
    let text = case.document.text(span);
    let reading = parse(text, form);
    let fix = mended(out, span, text, form, &reading);
    let mut told: Vec<ErrorCode> = Vec::new();
    for problem in &reading.problems {
        if told.contains(&problem.code) {
            continue;
        }
        told.push(problem.code);
        let Problem { code, at, section, fix: advice } = problem;
        let part = text.get(at.clone()).filter(|part| !part.is_empty());
        let place = match part {
            Some(_) => Span::new(span.start() + at.start, span.start() + at.end),
            None => span,
        };
        let diagnostic =
            out.seen(family(*code), place, format!("{} ({code}, {section})", clause(code.what())));
        diagnostic.help = advice.as_ref().map(|advice| format!("write {advice}"));
        diagnostic.fix.clone_from(&fix);
    }
    reading
}

/// A sentence as the clause of a message.
fn clause(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut chars = sentence.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
        _ => sentence.to_owned(),
    }
}

fn family(code: ErrorCode) -> Lint {
    match code {
        ErrorCode::Order | ErrorCode::OrderCat | ErrorCode::RelOrder | ErrorCode::Dup => Lint::MarkingOrder,
        ErrorCode::ClassConflict | ErrorCode::Conflict | ErrorCode::Requires | ErrorCode::Level => {
            Lint::MarkingConflict
        }
        ErrorCode::Deprecated | ErrorCode::Legacy | ErrorCode::Declass => Lint::MarkingDeprecated,
        ErrorCode::BareRel
        | ErrorCode::Case
        | ErrorCode::ClassForm
        | ErrorCode::ClassMissing
        | ErrorCode::ClassUnknown
        | ErrorCode::Country
        | ErrorCode::Empty
        | ErrorCode::Form
        | ErrorCode::Parens
        | ErrorCode::RelEmpty
        | ErrorCode::RelUsa
        | ErrorCode::Sep
        | ErrorCode::Space
        | ErrorCode::System
        | ErrorCode::Unknown => Lint::MarkingMalformed,
    }
}

/// The mark as it should be written. It is safe to write it so when nothing but order and repetition is wrong; a mark whose
/// typography was put right, or which is only near to a known one, is for a person to confirm.
fn mended(out: &Out<'_>, span: Span<Visible>, text: &str, form: Form, reading: &Reading) -> Option<Fix> {
    if reading.is_valid() {
        return None;
    }
    let ordered = reading.problems.iter().all(|problem| family(problem.code) == Lint::MarkingOrder);
    let (marking, safe) = if ordered {
        (reading.marking.clone(), true)
    } else {
        let lenient = parse_lenient(text);
        match lenient.suggestion {
            Some(suggestion) => (parse(&suggestion, form).marking, false),
            None if lenient.form == form => (lenient.reading.marking, false),
            None => return None,
        }
    };
    let written = printed(&marking, form);
    let again = parse(&written, form);
    if !again.is_valid() || again.marking != marking || written == text {
        return None;
    }
    let mut fix = out.change(span, written)?;
    fix.safe = safe;
    fix.public = is_public(&marking);
    Some(fix)
}

fn printed(marking: &Marking, form: Form) -> String {
    match form {
        Form::Portion => marking.portion(),
        Form::Banner => marking.banner(),
    }
}

/// Whether a marking is made of registered words: no compartment or program of its own.
fn is_public(marking: &Marking) -> bool {
    marking.sap.is_empty()
        && marking.cui.is_empty()
        && marking.sci.iter().all(|item| !item.contains(['-', ' ']))
}

/// Every banner against the roll-up of all portions, and each tearline's against that of its own.
fn banners(case: &Case<'_>, out: &mut Out<'_>) {
    let printed = case.banners();
    let mut verdicts: BTreeMap<&str, Option<Verdict>> = BTreeMap::new();
    for &banner in &printed {
        let text = case.document.text(banner);
        let verdict = verdicts.entry(text).or_insert_with(|| Verdict::of(case, text, case.portions()));
        against(case, out, banner, verdict.as_ref());
    }
    for tearline in case.document.tearlines() {
        let Some(banner) = tearline.banner.map(|index| case.document.furniture()[index].marking) else {
            continue;
        };
        let verdict = Verdict::of(case, case.document.text(banner), tearline.portions.clone());
        against(case, out, banner, verdict.as_ref());
    }
    let text = |portion: &&Portion| !is_page_number(case.document.text(portion.extent));
    let Some(first) = case.document.portions().iter().find(text) else { return };
    let last = case.document.portions().iter().rfind(text).unwrap_or(first);
    let above = printed.iter().any(|banner| banner.start() < first.extent.start());
    let below = printed.iter().any(|banner| banner.start() >= last.extent.end());
    if !above {
        let line = first_line(case.document.text(first.extent), first.extent);
        out.seen(Lint::BannerAbsent, line, "no banner stands above the first portion");
    }
    if !below {
        let text = case.document.text(last.extent);
        let start = text.trim_end().rfind('\n').map_or(0, |at| at + 1);
        let line = Span::new(last.extent.start() + start, last.extent.start() + text.trim_end().len());
        out.seen(Lint::BannerAbsent, line, "no banner stands below the last portion");
    }
}

/// How a banner stands against the portions that it covers.
struct Verdict {
    faults: Vec<BannerFault>,
    /// What it should be; `None` when a portion's mark is not certain.
    computed: Option<Marking>,
    /// Whether the computed banner loses nothing of the printed one.
    loses_nothing: bool,
    /// The portion that decided the release mark, and how.
    decisive: Option<(PortionId, &'static str)>,
}

impl Verdict {
    fn of(case: &Case<'_>, text: &str, portions: Range<PortionId>) -> Option<Self> {
        let printed = parse_lenient(text).reading;
        let marked: Vec<(PortionId, &Reading)> =
            portions.filter_map(|id| Some((id, case.marking(id)?))).collect();
        let certain = marked.iter().all(|(_, reading)| reading.is_certain()) && printed.level_known;
        let counted = marked.iter().filter(|(_, reading)| reading.is_certain());
        let (ids, markings): (Vec<PortionId>, Vec<Marking>) =
            counted.map(|(id, reading)| (*id, reading.marking.clone())).unzip();
        let analytic_product = case.linter.settings.analytic_product;
        let context = Context { analytic_product, banner: Some(&printed.marking), ..Context::default() };
        let rolled = roll_up(&markings, context)?;
        let decisive = decisive(&rolled.conflicts, &markings).map(|(at, what)| (ids[at], what));
        let faults = compare_banner(&printed.marking, &rolled.banner)
            .into_iter()
            .filter(|fault| certain || fault.kind == BannerFaultKind::TooLow)
            .collect();
        let loses_nothing = rolled.banner.dominates(&printed.marking);
        Some(Self { faults, computed: certain.then_some(rolled.banner), loses_nothing, decisive })
    }
}

/// One banner by its verdict.
fn against(case: &Case<'_>, out: &mut Out<'_>, span: Span<Visible>, verdict: Option<&Verdict>) {
    problems(case, out, span, Form::Banner);
    let Some(verdict) = verdict.filter(|verdict| !verdict.faults.is_empty()) else { return };
    let severe = verdict.faults.iter().any(|fault| fault.severe);
    let lint = if severe { Lint::BannerTooLow } else { Lint::BannerRollUp };
    let told: Vec<String> = verdict.faults.iter().map(|fault| told(*fault)).collect();
    let fix = verdict.computed.as_ref().and_then(|computed| {
        // A banner may be higher by compilation; only what loses nothing of the printed one is written unasked.
        let mut fix = out.change(span, computed.banner())?;
        (fix.safe, fix.public) = (verdict.loses_nothing, is_public(computed));
        Some(fix)
    });
    let computed = verdict.computed.as_ref().filter(|computed| is_public(computed));
    let decisive = verdict
        .decisive
        .filter(|_| severe)
        .and_then(|(id, what)| Some((out.place(mark_of(case, id)?.source), what)));
    let message = format!("the banner is not what its portions say: {}", told.join("; "));
    let diagnostic = out.seen(lint, span, message);
    diagnostic.fix = fix;
    diagnostic.help = computed.map(|computed| format!("the portions roll up to {}", computed.banner()));
    diagnostic.related.extend(decisive);
}

/// The mark that holds for a portion.
fn mark_of(case: &Case<'_>, id: PortionId) -> Option<Mark> {
    case.document.portions()[case.document.marked(id)].mark
}

/// The portion that decided the release mark, and how.
fn decisive(conflicts: &[Conflict], markings: &[Marking]) -> Option<(usize, &'static str)> {
    let unmarked = conflicts.iter().find(|conflict| conflict.code == ConflictCode::FdrUnmarked);
    let unmarked = unmarked.and_then(|conflict| conflict.portions.first());
    unmarked.map(|&at| (at, "without a release mark, this portion decides")).or_else(|| {
        let at = markings.iter().position(Marking::bars_foreign)?;
        Some((at, "this portion keeps foreign readers out"))
    })
}

fn told(fault: BannerFault) -> String {
    let name = fault.control.map_or("a compartment or owner", |control| control.row().banner);
    match fault.kind {
        BannerFaultKind::TooLow => "its level is lower than that of a portion".to_owned(),
        BannerFaultKind::TooHigh => {
            "its level is higher than that of every portion, for which a note must give the reason".to_owned()
        }
        BannerFaultKind::Missing => format!("{name} is missing"),
        BannerFaultKind::Extra => format!("{name} stands on no portion"),
        BannerFaultKind::ReleaseTooWide => {
            "its release list names someone whom a portion keeps out".to_owned()
        }
        BannerFaultKind::ReleaseTooWeak => "its release mark is weaker than the portions demand".to_owned(),
    }
}

/// The classification authority block, those of tearline sections aside.
fn authority(case: &Case<'_>, out: &mut Out<'_>) {
    let Some((_, banner)) = &case.marks.banner else { return };
    let mut open = false;
    let mut block: Vec<Span<Visible>> = Vec::new();
    for place in case.document.furniture() {
        match place.kind {
            FurnitureKind::TearlineStart => open = true,
            FurnitureKind::TearlineEnd => open = false,
            FurnitureKind::Authority if !open => block.push(place.visible),
            FurnitureKind::Authority | FurnitureKind::Banner | FurnitureKind::TearlineRow => {}
        }
    }
    let lines = block.iter().flat_map(|&span| case.document.text(span).lines());
    let faults = AuthorityBlock::parse(lines).faults(&banner.marking, None);
    let first_banner = case.banners().first().copied();
    let Some(place) = block.first().copied().or(first_banner) else { return };
    let line = first_line(case.document.text(place), place);
    if block.is_empty() && !faults.is_empty() {
        let message = "a classified report without a classification authority block";
        out.seen(Lint::AuthorityBlock, line, message);
        return;
    }
    for fault in faults {
        out.seen(Lint::AuthorityBlock, line, block_fault(fault));
    }
}

fn block_fault(fault: AuthorityFault) -> String {
    match fault {
        AuthorityFault::Unclassified => "an authority block stands on an unclassified report".to_owned(),
        AuthorityFault::Repeated(label) => format!("`{}` stands twice", label.text()),
        AuthorityFault::Missing(label) => format!("`{}` is missing or empty", label.text()),
        AuthorityFault::ReasonOnDerivative => "a derivative block gives no reason".to_owned(),
        AuthorityFault::InvalidDeclassify => {
            "the `Declassify On` value is no longer valid and must be computed anew".to_owned()
        }
        AuthorityFault::DateTooLate => "the date is more than 25 years after the origin".to_owned(),
        AuthorityFault::DateOnUndated => {
            "RD, FRD, TFNI and NATO portions admit no declassification date".to_owned()
        }
    }
}
