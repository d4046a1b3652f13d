//! The reader of shapes: every rule over every sentence that could match it.

use super::program::{Hit, Scratch};
use super::tokens::Sentence;
use super::{Found, Reader, View};
use crate::rules::schema::{Extent, Introduces};
use crate::rules::{Matcher, Rule};

pub(super) struct Shapes;

impl Reader for Shapes {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        let (mut scratch, mut context, mut present) = (Scratch::default(), Scratch::default(), Vec::new());
        for sentence in &view.reading.sentences {
            view.reading.present(sentence, &mut present);
            for (at, rule) in view.rules.rules().iter().enumerate() {
                let Matcher::Shape(program) = &rule.matcher else { continue };
                if !program.may_match(&present) {
                    continue;
                }
                program.find_all(view.reading, sentence.start, sentence.end, &mut scratch, |hit| {
                    if stands(rule, view, sentence, &mut context) {
                        push(at, rule, &hit, view, findings);
                    }
                });
            }
        }
    }
}

/// Whether the sentence holds what the rule requires and nothing that it forbids.
pub(super) fn stands(rule: &Rule, view: &View<'_>, sentence: &Sentence, scratch: &mut Scratch) -> bool {
    let mut seen = |program: &super::program::Program| {
        program.is_match(view.reading, sentence.start, sentence.end, scratch)
    };
    (rule.require.is_empty() || rule.require.iter().any(&mut seen)) && !rule.forbid.iter().any(&mut seen)
}

fn push(at: usize, rule: &Rule, hit: &Hit, view: &View<'_>, findings: &mut Vec<Found>) {
    let name = hit.alias().map(|(from, to)| view.reading.bytes(from, to));
    for (from, to) in hit.spans() {
        let bytes = widen(rule.extent, from, to, view);
        let binds = match rule.introduces {
            Introduces::Nothing => None,
            Introduces::Alias => name.clone().or_else(|| Some(bytes.clone())),
        };
        findings.push(Found { bytes, rule: at, category: rule.category, confidence: rule.confidence, binds });
    }
}

/// The bytes that the rule's extent takes in.
pub(super) fn widen(extent: Extent, from: u32, to: u32, view: &View<'_>) -> std::ops::Range<usize> {
    let reading = view.reading;
    match extent {
        Extent::Match => reading.bytes(from, to),
        Extent::Sentence => {
            let sentence = reading.sentence_of(from);
            reading.bytes(sentence.start, sentence.end)
        }
        Extent::Portion => reading.bytes(from, reading.zone_of(from).end),
        Extent::Line => {
            let bytes = reading.bytes(from, to);
            let zone = reading.zone_of(from);
            let end = reading.bytes(zone.start, zone.end).end;
            let line = view.text[bytes.end..end].find('\n').map_or(end, |at| bytes.end + at);
            bytes.start..line
        }
    }
}
