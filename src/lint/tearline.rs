//! Tearlines: whether there is one, and whether it says what the report says and nothing of what it leaves out.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::case::{Case, Out, Standing};
use super::catalog::Lint;
use super::words::Words;
use crate::detect::tokens::Shape;
use crate::document::{PortionId, PortionKind};
use crate::marking::register::Control;
use crate::text::{Span, Visible};

/// A portion with fewer words holds no substance worth a tearline.
const FEWEST_WORDS: usize = 6;
/// A sentence with fewer telling words is not compared.
const FEWEST_SHARED: usize = 4;
/// The part of a tearline sentence's words that its counterpart must have: three of five.
const LIKENESS: (usize, usize) = (3, 5);
/// A word in more sentences than this is not looked up.
const COMMON: usize = 64;

pub(super) fn check(case: &Case<'_>, out: &mut Out<'_>) {
    if case.document.tearlines().is_empty() {
        missing(case, out);
        return;
    }
    closed(case, out);
    hints(case, out);
    let (inside, outside): (Vec<PortionId>, Vec<PortionId>) =
        case.portions().partition(|&id| case.document.portions()[id].tearline.is_some());
    if outside.is_empty() {
        return;
    }
    let report: Vec<Said> = outside.iter().flat_map(|&id| sentences(case, id)).collect();
    let (known, index) = (Known::new(&report), Index::new(&report));
    for id in inside {
        let said = sentences(case, id);
        unsupported(out, &said, &known);
        for said in &said {
            contradicted(out, said, &index);
        }
    }
}

/// Substance that could be passed on, and no part that is made to be.
fn missing(case: &Case<'_>, out: &mut Out<'_>) {
    if case.marks.is_bare() {
        return;
    }
    let substance = |&id: &PortionId| {
        let portion = case.document.portions()[id];
        portion.kind != PortionKind::Heading && case.words(portion.body) >= FEWEST_WORDS
    };
    let open = case.portions().filter(substance).find(|&id| case.is_open(id));
    let closed = case.portions().filter(substance).any(|id| *case.standing(id) == Standing::Closed);
    if let (Some(first), true) = (open, closed)
        && let Some(mark) = case.document.portions()[case.document.marked(first)].mark
    {
        let message = "the report holds releasable substance beside what is not, but no tearline";
        out.seen(Lint::TearlineMissing, mark.visible, message);
    }
}

/// Portions of a tearline that nobody it is made for may read.
fn closed(case: &Case<'_>, out: &mut Out<'_>) {
    for id in case.portions() {
        let portion = case.document.portions()[id];
        let (Some(_), Some(mark)) = (portion.tearline, portion.mark) else { continue };
        let Some(reading) = case.marking(id) else { continue };
        let barred = reading.bars_foreign || reading.marking.has(Control::Oc);
        let kept = !case.linter.settings.audiences.is_empty() && !case.is_open(id);
        if barred || kept {
            let message =
                "this portion stands in the tearline, but its mark releases it to none of its readers";
            out.seen(Lint::TearlineClosed, mark.visible, message);
        }
    }
}

/// Words that tell a reader that there is more than he sees.
fn hints(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(hints) = &case.linter.words.hints else { return };
    for id in case.portions().filter(|&id| case.document.portions()[id].tearline.is_some()) {
        let body = case.body(id);
        for hit in hints.find_iter(case.document.text(body)) {
            let span = Span::new(
                body.start() + hit.start(),
                body.start() + hit.start() + hit.as_str().trim_end().len(),
            );
            out.seen(Lint::TearlineHints, span, "these words tell that something was left out");
        }
    }
}

/// What a sentence says, as far as it can be compared.
#[derive(Debug)]
struct Said {
    span: Span<Visible>,
    /// Its words of content, folded, with where each stands first.
    words: BTreeMap<String, Span<Visible>>,
    /// Names and numbers, by which a reader tells it from others.
    telling: Vec<(String, Span<Visible>)>,
    /// Numbers, each with the word behind it.
    counts: Vec<(String, u32, Span<Visible>)>,
    negated: bool,
    /// Of each scale, the step that it names.
    steps: Vec<Option<usize>>,
}

fn sentences(case: &Case<'_>, id: PortionId) -> Vec<Said> {
    let reading = case.reading(id);
    let text = case.document.visible();
    let words = &case.linter.words;
    let function_word = case.linter.rules.grammar.function_word;
    let said = |sentence: &std::ops::Range<u32>| {
        let bytes = reading.bytes(sentence.start, sentence.end);
        let mut said = Said {
            span: Span::new(bytes.start, bytes.end),
            words: BTreeMap::new(),
            telling: Vec::new(),
            counts: Vec::new(),
            negated: is_any(&words.negations, &text[bytes.clone()]),
            steps: steps(words, &text[bytes]),
        };
        let mut count: Option<(u32, Span<Visible>)> = None;
        for at in sentence.clone() {
            let token = &reading.tokens[at as usize];
            let span = Span::new(token.start as usize, token.end as usize);
            let word = token.text(text);
            let folded = crate::detect::folded(word);
            let number = number(&folded, words);
            if let (Some((count, place)), None) = (count, number)
                && reading.shape(at).intersects(Shape::WORD)
            {
                said.counts.push((stem(&folded).to_owned(), count, place));
            }
            count = number.map(|number| (number, span));
            let capital = reading.shape(at).intersects(Shape::CAP | Shape::CAPS) && at > sentence.start;
            if word.chars().any(|c| c.is_ascii_digit()) || capital && word.chars().count() > 2 {
                said.telling.push((stem(&folded).to_owned(), span));
            }
            let content = folded.chars().count() > 2 && !reading.is_word_of(at, function_word);
            if content && folded.chars().any(char::is_alphanumeric) {
                said.words.entry(stem(&folded).to_owned()).or_insert(span);
            }
        }
        said
    };
    reading.sentences.iter().filter(|sentence| !sentence.is_empty()).map(said).collect()
}

fn is_any(expression: &Option<Regex>, text: &str) -> bool {
    expression.as_ref().is_some_and(|expression| expression.is_match(text))
}

/// Of each scale, the step of its longest phrase that stands in the text.
fn steps(words: &Words, text: &str) -> Vec<Option<usize>> {
    let longest = |scale: &Vec<Option<Regex>>| {
        let hits = scale.iter().enumerate().filter_map(|(step, expression)| {
            Some((expression.as_ref()?.find(text)?.as_str().trim().len(), step))
        });
        hits.max().map(|(_, step)| step)
    };
    words.scales.iter().map(longest).collect()
}

/// A number in digits or as a word.
fn number(folded: &str, words: &Words) -> Option<u32> {
    folded.replace(',', "").parse().ok().or_else(|| words.numbers.get(folded).copied())
}

/// The word without its plural, so that a tearline may say it in the other number.
fn stem(folded: &str) -> &str {
    folded
        .strip_suffix("'s")
        .or_else(|| folded.strip_suffix('s').filter(|rest| rest.len() > 3))
        .unwrap_or(folded)
}

/// The words and numbers of the report.
struct Known<'s> {
    words: BTreeSet<&'s str>,
    counts: BTreeSet<u32>,
}

impl<'s> Known<'s> {
    fn new(report: &'s [Said]) -> Self {
        let words = |said: &'s Said| {
            said.words.keys().map(String::as_str).chain(said.telling.iter().map(|(word, _)| word.as_str()))
        };
        Self {
            words: report.iter().flat_map(words).collect(),
            counts: report.iter().flat_map(|said| said.counts.iter().map(|&(_, count, _)| count)).collect(),
        }
    }
}

/// Names and numbers of a portion of the tearline that stand nowhere in the report: one finding at the first.
fn unsupported(out: &mut Out<'_>, portion: &[Said], known: &Known<'_>) {
    let mut own: Vec<Span<Visible>> = Vec::new();
    for said in portion {
        for (word, span) in &said.telling {
            let count = said.counts.iter().find(|(_, _, place)| place == span).map(|&(_, count, _)| count);
            if !known.words.contains(word.as_str())
                && count.is_none_or(|count| !known.counts.contains(&count))
            {
                own.push(*span);
            }
        }
    }
    let Some((&first, others)) = own.split_first() else { return };
    let message = match others.len() {
        0 => "the tearline gives a name or number that the report does not".to_owned(),
        more => format!("the tearline gives {} names or numbers that the report does not", more + 1),
    };
    let others: Vec<_> =
        others.iter().map(|&span| (out.place(out.source(span)), "nor does it give this")).collect();
    out.seen(Lint::TearlineUnsupported, first, message).related = others;
}

/// The report's sentences by their words.
struct Index<'s> {
    report: &'s [Said],
    by_word: BTreeMap<&'s str, Vec<usize>>,
}

impl<'s> Index<'s> {
    fn new(report: &'s [Said]) -> Self {
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, said) in report.iter().enumerate() {
            for word in said.words.keys() {
                by_word.entry(word).or_default().push(at);
            }
        }
        // What stands everywhere tells no sentence from another, and would make the search slow.
        by_word.retain(|_, places| places.len() <= COMMON);
        Self { report, by_word }
    }

    /// The first of the sentences that share the most words with one of the tearline, if they share enough.
    fn counterpart(&self, said: &Said) -> Option<&'s Said> {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for places in said.words.keys().filter_map(|word| self.by_word.get(word.as_str())) {
            for &place in places {
                *shared.entry(place).or_default() += 1;
            }
        }
        let most = |&(&place, &count): &(&usize, &usize)| (count, std::cmp::Reverse(place));
        let (&place, _) = shared.iter().max_by_key(most)?;
        let other = &self.report[place];
        let common = said.words.keys().filter(|word| other.words.contains_key(*word)).count();
        (common * LIKENESS.1 >= said.words.len() * LIKENESS.0).then_some(other)
    }
}

/// Whether a sentence of the tearline says otherwise than its counterpart in the report.
fn contradicted(out: &mut Out<'_>, said: &Said, report: &Index<'_>) {
    if said.words.len() < FEWEST_SHARED {
        return;
    }
    let Some(other) = report.counterpart(said) else { return };
    let place = out.place(out.source(other.span));
    let mut told = |span, message: &str| {
        out.seen(Lint::TearlineContradicts, span, message).related.push((place, "what the report says"));
    };
    if said.negated != other.negated {
        told(said.span, "the tearline denies what the report says, or the other way round");
    }
    if said.steps.iter().zip(&other.steps).any(|(a, b)| matches!((a, b), (Some(a), Some(b)) if a != b)) {
        told(said.span, "the tearline makes the judgement more or less certain than the report");
    }
    for (word, count, span) in &said.counts {
        let mut there = other.counts.iter().filter(|(counted, _, _)| counted == word).peekable();
        if there.peek().is_some() && there.all(|(_, other, _)| other != count) {
            told(*span, "the tearline gives another number than the report");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn plurals_are_the_same_word() {
        assert_eq!((stem("launchers"), stem("launcher")), ("launcher", "launcher"));
        assert_eq!((stem("bus"), stem("driver's")), ("bus", "driver"));
    }
}
