//! Suppressions at work: what they name is quieted, what is wrong or idle among them is a finding itself.

use super::case::{Case, Out};
use super::catalog::{Lint, UnknownLint};
use super::diagnostic::{Diagnostic, Place, Suppressed};
use crate::rules::RuleSet;
use crate::suppression::{Suppression, find};

/// The suppressions of a document that count.
pub(super) fn heeded(case: &Case<'_>, out: &mut Out<'_>) -> Vec<Suppression> {
    let mut heeded = Vec::new();
    for found in find(case.document) {
        let (fault, span) = match found {
            Ok(suppression) if suppression.rules.iter().all(|name| is_known(name, &case.linter.rules)) => {
                heeded.push(suppression);
                continue;
            }
            Ok(suppression) => {
                let fault = "it names a rule that is not known; `tearline rules list` shows them all";
                (fault.to_owned(), suppression.span)
            }
            Err((fault, span)) => (fault.to_string(), span),
        };
        out.at(Lint::SuppressionMalformed, span, format!("this suppression does not count: {fault}"));
    }
    heeded
}

/// Whether a name is that of a rule of `check`, a family of them, or a detection rule.
fn is_known(name: &str, rules: &RuleSet) -> bool {
    let lint: Result<Lint, UnknownLint> = name.parse();
    lint.is_ok() || Lint::families().contains(&name) || rules.find(name).is_some()
}

/// Quiets what the suppressions name, and reports those that quiet nothing.
pub(super) fn apply(suppressions: &[Suppression], diagnostics: &mut [Diagnostic], out: &mut Out<'_>) {
    for suppression in suppressions {
        let place: Place = out.place(suppression.span);
        let names = |diagnostic: &Diagnostic| {
            suppression.rules.iter().any(|name| {
                name == diagnostic.lint.id()
                    || name == diagnostic.lint.family()
                    || Some(name) == diagnostic.detection.as_ref()
            })
        };
        let covered = |diagnostic: &Diagnostic| {
            let start = diagnostic.place.span.start();
            suppression.covers.start() <= start && start < suppression.covers.end()
        };
        let mut used = false;
        for diagnostic in diagnostics.iter_mut().filter(|d| covered(d) && names(d)) {
            used = true;
            let reason = suppression.reason.clone();
            diagnostic.suppressed.get_or_insert(Suppressed::Inline { reason, place });
        }
        if !used {
            let message = "this suppression quiets nothing; remove it";
            out.at(Lint::SuppressionUnused, suppression.span, message);
        }
    }
}
