//! Marks without a reason: why is this withheld?
//!
//! Only what a rule could find is judged. A mark that protects somebody else's information (a partner's, an owner's, a
//! department's) needs no finding, and such portions are left alone.

use std::collections::BTreeSet;

use super::case::{Case, Out, tells_how};
use super::catalog::Lint;
use crate::category::Category;
use crate::decide::{Edit, Removal, rewrite};
use crate::detect::Finding;
use crate::detect::reading::Reading;
use crate::detect::tokens::Shape;
use crate::document::{Mark, PortionId};
use crate::marking::register::{Control, ControlSet, DISSEM};
use crate::marking::{Level, Marking, Readers};
use crate::rules::Phrases;
use crate::text::{SourceText, Span, Visible};

/// A portion with fewer words says too little to be judged.
const FEWEST_WORDS: usize = 5;

/// What a portion needs of its words, generalised, to be worth releasing.
const FEWEST_LEFT: usize = 6;

/// What is said about the collector himself is not generalised by taking a few words out of it: its whole sentence must go.
const ABOUT_US: [Category; 3] = [Category::Personnel, Category::Operational, Category::Codeword];

pub(super) fn check(case: &Case<'_>, out: &mut Out<'_>) {
    for id in case.portions() {
        let portion = case.document.portions()[id];
        let Some(mark) = portion.mark else { continue };
        let Some(reading) = case.marking(id).filter(|reading| reading.is_certain()) else { continue };
        if portion.label || portion.tearline.is_some() || is_owned(&reading.marking) {
            continue;
        }
        let group = case.under(id);
        let words: usize = group.iter().map(|&id| case.words(case.body(id))).sum();
        if words < FEWEST_WORDS {
            continue;
        }
        let found: Vec<&Finding> = group
            .iter()
            .flat_map(|&id| case.found_in(case.body(id)))
            .filter(|finding| tells_how(finding.category))
            .collect();
        judge(case, out, &Judged { mark, marking: &reading.marking, found: &found, group });
    }
}

/// One mark with what stands under it.
struct Judged<'a> {
    mark: Mark,
    marking: &'a Marking,
    found: &'a [&'a Finding],
    group: &'a [PortionId],
}

fn judge(case: &Case<'_>, out: &mut Out<'_>, judged: &Judged<'_>) {
    let Judged { marking, found, mark, .. } = judged;
    let barred = if marking.has(Control::Oc) {
        Some("ORCON")
    } else if marking.bars_foreign() {
        Some("NOFORN")
    } else {
        None
    };
    let idle = idle_compartments(case, marking, found);
    if found.is_empty() {
        let high = (marking.level == Level::TopSecret).then_some("TOP SECRET");
        if let Some(word) = barred.or(high.filter(|_| idle.is_empty())) {
            let message = format!("nothing that a rule finds in this portion justifies {word}");
            let advice = barred.and_then(|_| proposed_mark(case, marking)).map(|mark| {
                format!("mark it {mark} if its owner agrees, or allow the rule with the reason that the words do not show")
            });
            out.seen(Lint::NothingFound, mark.visible, message).help = advice;
            return;
        }
    }
    for name in idle {
        let message =
            format!("the mark names {name}, but no rule finds anything of that kind in the portion");
        out.seen(Lint::IdleCompartment, mark.visible, message);
    }
    if barred.is_some() && !found.is_empty() {
        could_be_released(case, out, judged);
    }
}

/// Whether the mark protects what is somebody else's to release.
fn is_owned(marking: &Marking) -> bool {
    let release = ControlSet::FDR.union(ControlSet::of(&[Control::Oc, Control::OcUsgov]));
    let others = DISSEM.without(release).union(crate::marking::register::AEA);
    let others = others.union(crate::marking::register::NON_IC).union(ControlSet::of(&[Control::Sar]));
    !marking.level.is_classified() && !marking.bars_foreign()
        || marking.is_foreign()
        || marking.controls.meets(others)
}

/// The compartments of the mark that no finding bears out.
fn idle_compartments<'c>(case: &'c Case<'_>, marking: &'c Marking, found: &[&Finding]) -> Vec<&'c str> {
    let categories: BTreeSet<Category> = found.iter().map(|finding| finding.category).collect();
    case.linter
        .words
        .compartments(marking)
        .filter(|(_, expected)| !expected.iter().any(|category| categories.contains(category)))
        .map(|(name, _)| name)
        .collect()
}

/// The portion with all that reveals generalised, and the mark it could then carry.
fn could_be_released(case: &Case<'_>, out: &mut Out<'_>, judged: &Judged<'_>) {
    let Some(text) = proposal(case, judged) else { return };
    let mark = proposed_mark(case, judged.marking).unwrap_or_else(|| "other readers".to_owned());
    let consent = if judged.marking.has(Control::Oc) { "; its originator must agree" } else { "" };
    let spans = if judged.found.len() == 1 { "the one span that reveals" } else { "all spans that reveal" };
    let message = format!("generalising {spans} would leave a portion for {mark}{consent}");
    let place = |finding: &&Finding| (out.place(out.source(finding.span)), finding.category.id());
    let places: Vec<_> = judged.found.iter().map(place).collect();
    let diagnostic = out.seen(Lint::CouldBeReleased, judged.mark.visible, message);
    diagnostic.proposal = Some(text);
    diagnostic.related = places;
}

/// The text of the judged portions without what reveals; `None` when too little is left.
fn proposal(case: &Case<'_>, judged: &Judged<'_>) -> Option<SourceText> {
    let visible = case.document.visible();
    let mut text = String::new();
    let mut kept = 0;
    let mut all = 0;
    for &id in judged.group {
        let body = case.body(id);
        let inside = case.found_in(body).filter(|finding| body.contains(finding.span));
        let removals: Vec<_> = inside.map(|finding| Removal::of(finding, &case.linter.policy)).collect();
        let reading = case.reading(id);
        let edits = rewrite(visible, &reading, &case.linter.rules, &removals);
        let about_us = case.found_in(body).filter(|finding| ABOUT_US.contains(&finding.category));
        if !about_us.into_iter().all(|finding| is_sentence_gone(&reading, finding, &edits)) {
            return None;
        }
        all += case.words(body);
        let left = applied(visible, body, &edits);
        if acts_itself(&left, &edits, &case.linter.rules.phrases) {
            return None;
        }
        let telling = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
        kept += left.split_whitespace().filter(telling).count();
        if !text.is_empty() && !left.trim().is_empty() {
            text.push('\n');
        }
        text.push_str(left.trim());
    }
    let enough = kept >= FEWEST_LEFT && kept * 2 >= all;
    let mark = proposed_mark(case, judged.marking).map_or_else(String::new, |mark| mark + " ");
    enough.then(|| SourceText::new(mark + &text))
}

/// Whether a neutral subject or a pronoun stands before a verb of its own: what the source did himself would be said of
/// nobody.
fn acts_itself(text: &str, edits: &[Edit], phrases: &Phrases) -> bool {
    let pronoun = |edit: &Edit| {
        let text = edit.replacement.text().trim();
        text.eq_ignore_ascii_case(&phrases.it) || text.eq_ignore_ascii_case(&phrases.they)
    };
    if edits.iter().any(pronoun) {
        return true;
    }
    let text = text.to_lowercase();
    let leads = [&phrases.clause, &phrases.noun, &phrases.measured];
    text.match_indices(&phrases.subject)
        .any(|(at, _)| !leads.iter().any(|phrase| text[at..].starts_with(phrase.as_str())))
}

/// Whether nothing with a letter is left of the sentence in which a finding stands.
fn is_sentence_gone(reading: &Reading<'_>, finding: &Finding, edits: &[Edit]) -> bool {
    let at = reading.token_at(finding.span.start());
    if at as usize >= reading.tokens.len() {
        return false;
    }
    reading.sentence_of(at).all(|at| {
        let token = reading.tokens[at as usize];
        let gone =
            |edit: &Edit| edit.span.start() <= token.start as usize && token.end as usize <= edit.span.end();
        !reading.shape(at).intersects(Shape::WORD) || edits.iter().any(gone)
    })
}

/// A part of the visible text with its edits made.
fn applied(visible: &str, body: Span<Visible>, edits: &[Edit]) -> String {
    let mut text = String::new();
    let mut at = body.start();
    for edit in edits.iter().filter(|edit| body.contains(edit.span)) {
        if edit.span.start() >= at {
            text.push_str(&visible[at..edit.span.start()]);
            text.push_str(edit.replacement.text());
            at = edit.span.end();
        }
    }
    text.push_str(&visible[at..body.end()]);
    text
}

/// The level with a release to the first audience that is configured, or to that of the report's first list, if there is one.
fn proposed_mark(case: &Case<'_>, marking: &Marking) -> Option<String> {
    let mark = Marking::us(marking.level);
    let configured = case.linter.settings.audiences.first();
    let list = match configured.map(|audience| (audience.listed(), audience.readers().readers)) {
        Some((Some(listed), _)) => listed,
        Some((None, Readers::Foreign(members))) => members,
        Some((None, _)) => return None,
        None => {
            let lists = case.portions().filter_map(|id| case.marking(id)).map(|r| r.marking.release_list());
            lists.into_iter().find(|list| !list.is_empty())?
        }
    };
    Some(mark.released_to(list.with_usa()).portion())
}
