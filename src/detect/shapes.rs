//! The reader of shapes: every rule over every sentence that could match it.

use super::memory::Seen;
use super::program::Hit;
use super::tokens::Sentence;
use super::{Found, Reader, View};
use crate::rules::Rule;
use crate::rules::schema::{Extent, Introduces};

pub(super) struct Shapes;

impl Reader for Shapes {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        for sentence in &view.reading.sentences {
            let search = || search(view, sentence);
            view.memory.hits(view.text, view.reading, sentence, search, |at, hit| {
                push(at, &view.rules.rules()[at], &hit, view, findings);
            });
        }
    }
}

/// Where the shapes of all rules hit in one sentence; nothing beyond it bears on that.
fn search(view: &View<'_>, sentence: &Sentence) -> Vec<Seen> {
    let mut found = Vec::new();
    let mut session = view.session.borrow_mut();
    session.read(view.reading, sentence);
    for at in session.candidates() {
        let at = at as usize;
        if session.stands(view.reading, at) {
            session.find_all(view.reading, at, |hit| found.push((at, hit)));
        }
    }
    found
}

fn push(at: usize, rule: &Rule, hit: &Hit, view: &View<'_>, findings: &mut Vec<Found>) {
    let name = hit.alias().map(|(from, to)| view.reading.bytes(from, to));
    for (from, to) in hit.spans() {
        let bytes = widen(rule.extent, from, to, view);
        let binds = match rule.introduces {
            Introduces::Nothing | Introduces::OpenName => None,
            Introduces::Alias => name.clone().or_else(|| Some(bytes.clone())),
        };
        findings.push(Found::of_rule(at, rule, bytes, binds));
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
