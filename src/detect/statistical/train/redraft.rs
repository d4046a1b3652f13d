//! Copies of reports from which some of what is sensitive has gone, mended as a release is.
//!
//! The gate reads a release from nothing, and there the open attributions that told substance from sourcing are gone. A
//! reader that learned from whole reports alone takes what stood beside them for what they told.

use std::ops::Range;

use super::Settings;
use super::corpus::Report;
use super::learn::Dice;
use crate::detect::read;
use crate::detect::reading::Reading;
use crate::document::{Document, Format};
use crate::rules::RuleSet;
use crate::text::{SourceText, Span, Visible};

/// Takes spans out of a text: what goes then, what stands in its place, and whether that is what stood there, adapted.
pub(crate) type Redact =
    fn(&str, &Reading<'_>, &RuleSet, &[Span<Visible>]) -> Vec<(Span<Visible>, String, bool)>;

/// The copy of a report without some of its spans, and with the labels of the others. The same for the same report and seed.
pub(super) fn redraft(
    report: &Report,
    number: u64,
    rules: &RuleSet,
    settings: &Settings,
    redact: Redact,
) -> Report {
    let document = Document::parse(SourceText::new(report.text.clone()), Format::Markdown);
    let reading = read(&document, rules);
    let mut dice = Dice(settings.seed ^ number << 20);
    let visible = |at| document.segments().to_visible(at);
    let mut gone: Vec<Range<usize>> = Vec::new();
    for (span, _) in &report.spans {
        let span = visible(span.start)..visible(span.end);
        let apart = gone.last().is_none_or(|last| last.end <= span.start);
        if dice.coin(settings.redrafted) && apart && !span.is_empty() {
            gone.push(span);
        }
    }
    let spans: Vec<_> = gone.iter().map(|span| Span::new(span.start, span.end)).collect();
    let edits = redact(document.visible(), &reading, rules, &spans);
    let mut text = String::new();
    // What stays: bytes of the report and where they stand in the copy.
    let mut kept: Vec<(Range<usize>, usize)> = Vec::new();
    let mut from = 0;
    for (span, words, adapted) in edits {
        let Some(hull) = document.segments().source_hull(span) else { continue };
        if hull.start() < from {
            continue;
        }
        kept.push((from..hull.start(), text.len()));
        text.push_str(&report.text[from..hull.start()]);
        if adapted && words.len() == hull.len() {
            kept.push((hull.start()..hull.end(), text.len()));
        }
        text.push_str(&words);
        from = hull.end();
    }
    kept.push((from..report.text.len(), text.len()));
    text.push_str(&report.text[from..]);
    // A label from the first to the last of its bytes that stay, if most do.
    let moved = |label: &Range<usize>| {
        let parts = kept.iter().filter(|(part, _)| part.start < label.end && label.start < part.end);
        let (mut stays, mut place) = (0, None::<Range<usize>>);
        for (part, at) in parts {
            let (start, end) = (part.start.max(label.start), part.end.min(label.end));
            let here = at + start - part.start..at + end - part.start;
            stays += end - start;
            place = Some(place.map_or(here.start, |place| place.start)..here.end);
        }
        place.filter(|_| stays * 2 > label.len())
    };
    Report {
        author: report.author.clone(),
        name: report.name.clone(),
        spans: report.spans.iter().filter_map(|(span, category)| Some((moved(span)?, *category))).collect(),
        facts: report.facts.iter().filter_map(moved).collect(),
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::corpus::parse;
    use super::*;
    use crate::rules::built_in;

    const REPORT: &str = "SECRET//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) ⟦humint|A clerk in the port says that⟧ \
        ⟪the quay closes on 3 May⟫. The mole holds. ⟦sigint|A call caught on 4 May shows⟧ ⟪nine lorries⟫.\n\n\
        SECRET//REL TO USA, FVEY\n";

    /// Puts "they say" in the place of each span and gives what follows a capital.
    fn redact(
        text: &str,
        _: &Reading<'_>,
        _: &RuleSet,
        spans: &[Span<Visible>],
    ) -> Vec<(Span<Visible>, String, bool)> {
        let capital = |at: usize| (Span::new(at, at + 1), text[at..=at].to_uppercase(), true);
        spans
            .iter()
            .flat_map(|&span| [(span, "they say".to_owned(), false), capital(span.end() + 1)])
            .collect()
    }

    #[test]
    fn a_copy_keeps_the_labels_of_what_stays() {
        let report = parse(REPORT).unwrap();
        let copy = |number, redrafted| {
            redraft(&report, number, built_in(), &Settings { redrafted, ..Settings::default() }, redact)
        };
        let all = copy(1, 1.0);
        assert!(all.text.contains("they say The quay closes on 3 May. The mole holds. they say Nine"));
        assert_eq!(all.spans, []);
        let facts: Vec<&str> = all.facts.iter().map(|fact| &all.text[fact.clone()]).collect();
        assert_eq!(facts, ["The quay closes on 3 May", "Nine lorries"]);
        let none = copy(1, 0.0);
        assert_eq!((none.text, none.spans), (report.text.clone(), report.spans.clone()));
        let some = (0..20).map(|number| {
            let copy = copy(number, 0.5);
            copy.spans.iter().map(|(span, _)| copy.text[span.clone()].to_owned()).collect::<Vec<_>>()
        });
        assert!(some.into_iter().any(|spans| spans == ["A call caught on 4 May shows"]));
    }
}
