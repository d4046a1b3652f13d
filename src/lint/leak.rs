//! Leaks: what tells how something is known, where its readers may not know it.

use super::case::{Case, Out, Standing};
use super::catalog::Lint;
use crate::category::Category;
use crate::decide::{Removal, rewrite};
use crate::detect::reading::Reading;
use crate::detect::{Finding, detect};
use crate::document::{Hidden, PortionId, SegmentKind, directive};
use crate::text::Span;

pub(super) fn check(case: &Case<'_>, out: &mut Out<'_>) {
    for id in case.portions() {
        let in_tearline = case.document.portions()[id].tearline.is_some();
        let readers = match case.standing(id) {
            Standing::Open(readers) => Some(readers),
            Standing::Closed | Standing::Unmarked => None,
        };
        if in_tearline || readers.is_some() {
            portion(case, out, id, readers.filter(|_| !in_tearline));
        }
    }
    hidden(case, out);
}

/// The findings of one portion: of the tearline, or of one that `readers` may read.
fn portion(case: &Case<'_>, out: &mut Out<'_>, id: PortionId, readers: Option<&String>) {
    let body = case.body(id);
    let found: Vec<&Finding> = case.found_in(body).filter(|finding| body.contains(finding.span)).collect();
    if found.is_empty() {
        return;
    }
    let removals: Vec<_> = found.iter().map(|finding| Removal::of(finding, &case.linter.policy)).collect();
    let edits = rewrite(case.document.visible(), &case.reading(id), &case.linter.rules, &removals);
    let mut edits = edits.iter().peekable();
    for finding in found {
        let sure = finding.confidence >= case.linter.policy.rewrite;
        let reveals = reveals(finding.category, sure);
        let (lint, message) = match readers {
            None => (Lint::LeakBelowTearline, format!("{reveals}, and it stands in the tearline")),
            Some(readers) => (Lint::LeakReleasable, format!("{reveals}, and {readers} may read it")),
        };
        let diagnostic = out.seen(if sure { lint } else { Lint::LeakDoubtful }, finding.span, message);
        diagnostic.detection = Some(finding.rule.to_string());
        diagnostic.category = Some(finding.category);
        // The words that a release would put in its place; what one edit does for several findings stands with the first.
        while edits.next_if(|edit| edit.span.end() <= finding.span.start()).is_some() {}
        if let Some(edit) = edits.next_if(|edit| edit.span.overlaps(finding.span)) {
            let fix = out.change(edit.span, edit.replacement.text().to_owned());
            out.fix_last(fix);
        }
    }
}

/// What a finding says, in words that hold none of the report's.
fn reveals(category: Category, sure: bool) -> String {
    let verb = if sure { "this reveals" } else { "this may reveal" };
    match category {
        Category::Marking => format!("{verb} a control ({category})"),
        category => format!("{verb} how something is known ({category})"),
    }
}

/// What the rules find in text that a reader does not see.
fn hidden(case: &Case<'_>, out: &mut Out<'_>) {
    let source = case.document.source();
    for segment in case.document.segments().iter() {
        let SegmentKind::Hidden(kind) = segment.kind else { continue };
        if matches!(kind, Hidden::Invisible | Hidden::FootnoteLabel) {
            continue;
        }
        let text = source.expose(segment.source);
        if directive(text).is_some() || !text.contains(char::is_alphanumeric) {
            continue;
        }
        let rules = &case.linter.rules;
        let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
        for finding in detect(text, &reading, rules) {
            if finding.confidence < case.linter.policy.rewrite {
                continue;
            }
            let start = segment.source.start();
            let span = Span::new(start + finding.span.start(), start + finding.span.end());
            let reveals = reveals(finding.category, true);
            let message = format!("{reveals}; readers do not see it, but it travels with the report");
            let diagnostic = out.at(Lint::LeakHidden, span, message);
            diagnostic.detection = Some(finding.rule.to_string());
            diagnostic.category = Some(finding.category);
        }
    }
}

/// What the rules find in the report's name.
pub(super) fn file_name(case: &Case<'_>, path: &str, out: &mut Out<'_>) {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.replace(['_', '-', '+'], " ");
    let rules = &case.linter.rules;
    let reading = Reading::new(&words, std::iter::once(0..words.len()), &rules.vocabulary);
    let found = detect(&words, &reading, rules);
    let Some(finding) = found.iter().find(|finding| finding.confidence >= case.linter.policy.rewrite) else {
        return;
    };
    let message = reveals(finding.category, true).replacen("this", "the file's name", 1);
    let diagnostic = out.at(Lint::LeakFileName, Span::new(0, 0), message);
    diagnostic.detection = Some(finding.rule.to_string());
    diagnostic.category = Some(finding.category);
}
