//! Every byte of the release has an origin: the source's own bytes, in their order and of portions that this audience may read;
//! a phrase of the rules; a line that the policy fixes; a rendered marking; the text of a named decision; a kept word through
//! a grammatical change; or the mending of structure (numbers, white space, markers).
//!
//! What may stand is worked out here, from the source, the rules, the policy and the decisions. Of how the release was made the
//! check is told only which bytes are said to be the source's, and compares them.

use super::{Faults, Subject};
use crate::document::PortionId;
use crate::marking::{self, Answer, Form, Marking};
use crate::text::{Source, Span};
use crate::verify::{Gate, Report};

/// A number in the count of a list or of footnotes has at most so many digits.
const LONGEST_NUMBER: usize = 4;

pub(in crate::verify) fn origin(subject: &Subject<'_>, faults: &mut Faults) {
    let Some(report) = &subject.gate.report else { return };
    let source = report.document.source();
    let closed = closed(subject.gate, report);
    let (mut written, mut read) = (0, 0);
    for piece in subject.pieces {
        let text = &subject.text[piece.output.range()];
        let place = Some(piece.output);
        let there = (piece.source.end() <= source.len()).then(|| source.expose(piece.source));
        if piece.output.start() != written {
            faults.wrong("bytes of which nobody says where they come from", place);
        }
        written = piece.output.end();
        if !piece.kept {
            if !is_known(text.trim(), there.unwrap_or_default(), subject.gate, report) {
                faults.leak("text without an origin", place);
            }
            continue;
        }
        if there != Some(text) || piece.source.start() < read {
            faults.wrong("bytes that are not the source's at that place", place);
        } else if says(source.expose(source.span()), piece.source, &closed) {
            faults.wrong("words of a portion that this audience may not read", place);
        }
        read = piece.source.end();
    }
    if written != subject.text.len() {
        faults.wrong("bytes of which nobody says where they come from", None);
    }
}

/// The source bytes that a reader sees of portions which neither their marks nor named decisions let out.
fn closed(gate: &Gate<'_>, report: &Report<'_>) -> Vec<Span<Source>> {
    let document = report.document;
    let decisions = report.marks.decide(document, gate.audience, gate.policy);
    let is_closed = |id: &PortionId| decisions[*id].answer != Answer::Yes && !report.let_out.contains(id);
    let ids = (0..document.portions().len()).filter(is_closed);
    let runs = ids.flat_map(|id| document.segments().to_source(document.portions()[id].body));
    let mut closed: Vec<Span<Source>> = runs.collect();
    closed.sort();
    closed
}

/// Whether a kept run of the source has a letter or digit in one of the sorted spans.
fn says(source: &str, kept: Span<Source>, closed: &[Span<Source>]) -> bool {
    let first = closed.partition_point(|span| span.end() <= kept.start());
    let within = closed[first..].iter().take_while(|span| span.start() < kept.end());
    within
        .map(|span| span.start().max(kept.start())..span.end().min(kept.end()))
        .any(|common| source.get(common).is_none_or(|common| common.contains(char::is_alphanumeric)))
}

/// Whether `words` may stand in the place of the source bytes `there`.
fn is_known(words: &str, there: &str, gate: &Gate<'_>, report: &Report<'_>) -> bool {
    is_structure(words)
        || gate.rules.phrases.has(words)
        || is_adapted(words, there)
        || gate.banner.map(Marking::banner).is_some_and(|banner| banner == words)
        || marking::parse(words, Form::Portion).is_certain()
        || gate.policy.authority.lines().any(|line| line == words)
        || report.decided.iter().any(|text| text.contains(words))
}

/// Signs without a word, and with one number at most.
fn is_structure(words: &str) -> bool {
    let mut numbers = words.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    words.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || c.is_ascii_punctuation())
        && numbers.next().is_none_or(|number| number.len() <= LONGEST_NUMBER)
        && numbers.next().is_none()
}

/// A kept word through one of the closed set of changes: a capital, `a` or `an`, another number or letter of a count.
fn is_adapted(words: &str, there: &str) -> bool {
    let article = |word: &str| ["a", "an"].iter().any(|article| article.eq_ignore_ascii_case(word));
    let mut letters = there.chars();
    let one = match (letters.next(), letters.next()) {
        (Some(one), None) => one.to_uppercase().eq(words.chars()),
        // A letter may be written as an entity.
        (Some('&'), Some(_)) => there.ends_with(';') && words.chars().count() == 1,
        _ => false,
    };
    one || article(words) && article(there) || counts(words) && counts(there)
}

/// The number of a paragraph or item: `3`, `4A`, `b`.
fn counts(word: &str) -> bool {
    let digits = word.trim_matches(|c: char| c.is_ascii_alphabetic());
    let letters = word.len() - digits.len();
    letters <= 1
        && (1..=LONGEST_NUMBER + 1).contains(&word.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}
