//! The reader of the local term list: literals wherever no letter adjoins them, in the text as it stands and as it reads
//! without its disguises.

use std::ops::Range;

use super::{Found, Reader, View};
use crate::category::Category;
use crate::document::BLOCK_SEPARATOR;
use crate::rules::LocalTerms;
use crate::text::{Folded, is_undisguised};

/// The rule that stands for a local term, by category.
fn rule_of(category: Category) -> String {
    format!("{category}.local-term")
}

pub(super) struct Terms;

impl Reader for Terms {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        let Some(terms) = &view.rules.terms else { return };
        let rule_at = |category| {
            let id = rule_of(category);
            view.rules.rules().iter().position(|rule| rule.id.as_str() == id)
        };
        let rules: Vec<_> = terms.categories.iter().map(|&category| (rule_at(category), category)).collect();
        let mut found: Vec<(Range<usize>, usize, Category)> = Vec::new();
        let mut add = |bytes: Range<usize>, term: usize| {
            let (rule, category) = rules[term];
            // What stands in no zone belongs to the form of the report, which is made anew.
            if let Some(rule) = rule.filter(|_| view.reading.covers(&bytes)) {
                found.push((bytes, rule, category));
            }
        };
        for (bytes, term) in hits(terms, view.text) {
            if stands_alone(view, &bytes) {
                add(bytes, term);
            }
        }
        let mut start = 0;
        for block in view.text.split(BLOCK_SEPARATOR) {
            if !is_undisguised(block) || block.contains('\n') {
                for folded in Folded::readings(block) {
                    for (bytes, term) in hits(terms, folded.text()) {
                        // Letters set apart have no letter beside them where they stand.
                        let bytes = folded.range(bytes);
                        let bytes = start + bytes.start..start + bytes.end;
                        if stands_alone(view, &bytes) {
                            add(bytes, term);
                        }
                    }
                }
            }
            start += block.len() + BLOCK_SEPARATOR.len_utf8();
        }
        found.sort_by_key(|(bytes, rule, _)| (*rule, bytes.start, bytes.end));
        // A term over and over is one finding where its places overlap.
        found.dedup_by(|(next, rule, _), (last, of, _)| {
            let overlaps = rule == of && next.start < last.end;
            if overlaps {
                last.end = last.end.max(next.end);
            }
            overlaps
        });
        let finding = |(bytes, rule, category)| Found { bytes, rule, category, confidence: 1.0, binds: None };
        findings.extend(found.into_iter().map(finding));
    }
}

/// The terms in a text: their bytes and numbers.
fn hits(terms: &LocalTerms, text: &str) -> impl Iterator<Item = (Range<usize>, usize)> {
    terms.automaton.find_overlapping_iter(text).map(|hit| (hit.range(), hit.pattern().as_usize()))
}

/// Whether no letter adjoins these bytes, as a reader sees them or as they are written.
fn stands_alone(view: &View<'_>, bytes: &Range<usize>) -> bool {
    let adjoins =
        |c: Option<char>, at: usize| c.is_some_and(char::is_alphabetic) && !view.reading.is_seam(at);
    !adjoins(view.text[..bytes.start].chars().next_back(), bytes.start)
        && !adjoins(view.text[bytes.end..].chars().next(), bytes.end)
}
