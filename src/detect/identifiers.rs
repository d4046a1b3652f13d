//! The reader of identifiers: regular expressions with checks that only code can make.

use std::ops::Range;

use regex_automata::Input;

use super::memory::Match;
use super::shapes::widen;
use super::windows::Scope;
use super::{Found, Reader, View};
use crate::document::BLOCK_SEPARATOR;
use crate::rules::schema::{Introduces, Validator};
use crate::rules::{Matcher, Rule};

pub(super) struct Identifiers;

impl Reader for Identifiers {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        for (at, span) in matches(view) {
            push(at, &view.rules.rules()[at], span, view, findings);
        }
    }
}

/// Where the expressions of rules match, rule by rule. Those on which their block alone bears are looked for in the blocks
/// that were not searched before.
fn matches(view: &View<'_>) -> Vec<Match> {
    let mut found = Vec::new();
    search(view, Scope::Text, 0..view.text.len(), &mut found);
    let (mut fresh, mut start): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
    for block in view.text.split_inclusive(BLOCK_SEPARATOR) {
        let tell = |(at, span): &Match| found.push((*at, start + span.start..start + span.end));
        let end = start + block.len();
        if !view.memory.matches(block, tell) {
            fresh.push(start..end);
        }
        start = end;
    }
    for run in fresh.chunk_by(|one, next| one.end == next.start) {
        let first = found.len();
        search(view, Scope::Block, run[0].start..run[run.len() - 1].end, &mut found);
        found[first..].sort_by_key(|(at, span)| (span.start, *at));
        let mut rest = &found[first..];
        for block in run {
            let (own, others) = rest.split_at(rest.partition_point(|(_, span)| span.start < block.end));
            let from_start = |(at, span): &Match| (*at, span.start - block.start..span.end - block.start);
            view.memory.keep_matches(&view.text[block.clone()], own.iter().map(from_start));
            rest = others;
        }
    }
    found.sort_by_key(|(at, span)| (*at, span.start));
    found
}

/// Looks in a part of the text for the expressions of a scope.
fn search(view: &View<'_>, scope: Scope, part: Range<usize>, found: &mut Vec<Match>) {
    let patterns = view.rules.rules().iter().enumerate().filter_map(|(at, rule)| match &rule.matcher {
        Matcher::Pattern(expression, valid) => Some((at, expression, *valid)),
        _ => None,
    });
    let windows = view.rules.windows.find(&view.text[part.clone()], scope);
    for ((at, expression, valid), windows) in patterns.zip(windows) {
        for window in windows {
            let window = part.start + window.start..part.start + window.end;
            let regex = expression.regex(view.text, &window);
            for captures in regex.captures_iter(Input::new(view.text).span(window)) {
                let Some(span) = captures.get_group_by_name("span").or_else(|| captures.get_group(0)) else {
                    continue;
                };
                if !span.is_empty() && valid.is_none_or(|valid| holds(valid, &view.text[span.range()])) {
                    found.push((at, span.range()));
                }
            }
        }
    }
}

fn push(at: usize, rule: &Rule, span: Range<usize>, view: &View<'_>, findings: &mut Vec<Found>) {
    let reading = view.reading;
    let (from, to) = (reading.token_at(span.start), reading.token_at(span.end - 1) + 1);
    if from >= to || to as usize > reading.tokens.len() || reading.bytes(from, to).start > span.start {
        return;
    }
    let mut session = view.session.borrow_mut();
    session.read(reading, &reading.sentence_of(from));
    if !session.stands(reading, at) {
        return;
    }
    let wide = widen(rule.extent, from, to, view);
    let bytes = wide.start.min(span.start)..wide.end.max(span.end);
    let binds = (rule.introduces == Introduces::Alias).then_some(span);
    findings.push(Found::of_rule(at, rule, bytes, binds));
}

fn holds(validator: Validator, text: &str) -> bool {
    match validator {
        Validator::Luhn => luhn(text),
        Validator::Iban => iban(text),
        Validator::DateTimeGroup => date_time_group(text),
        Validator::Coordinates => coordinates(text),
    }
}

fn digits(text: &str) -> impl DoubleEndedIterator<Item = u32> {
    text.chars().filter_map(|c| c.to_digit(10))
}

/// ISO/IEC 7812: every second digit from the right doubled; the sum of digits divides by ten.
fn luhn(text: &str) -> bool {
    let doubled = |(at, digit): (usize, u32)| match (at % 2, digit * 2) {
        (0, _) => digit,
        (_, two) if two > 9 => two - 9,
        (_, two) => two,
    };
    digits(text).rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// ISO 13616: the first four characters moved to the end, letters as 10 to 35, the number modulo 97 is 1.
fn iban(text: &str) -> bool {
    let plain: Vec<char> = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    if plain.len() < 15 {
        return false;
    }
    let value = |c: &char| c.to_digit(36);
    plain[4..].iter().chain(&plain[..4]).try_fold(0u32, |rest, c| {
        let value = value(c)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    }) == Some(1)
}

/// Day 1 to 31, hour 0 to 23, minute 0 to 59.
fn date_time_group(text: &str) -> bool {
    let digits: Vec<u32> = digits(text).take(6).collect();
    let [d1, d0, h1, h0, m1, m0] = digits[..] else { return false };
    (1..=31).contains(&(d1 * 10 + d0)) && h1 * 10 + h0 < 24 && m1 * 10 + m0 < 60
}

/// Two decimal numbers, a latitude up to 90 and a longitude up to 180.
fn coordinates(text: &str) -> bool {
    let mut numbers = text
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|part| part.contains(|c: char| c.is_ascii_digit()))
        .map(|part| part.trim_matches('.').parse::<f64>().unwrap_or(f64::MAX));
    match (numbers.next(), numbers.next()) {
        (Some(latitude), Some(longitude)) => latitude <= 90.0 && longitude <= 180.0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validators_tell_right_from_wrong() {
        assert!(luhn("490154203237518") && !luhn("490154203237519"));
        assert!(iban("GB82 WEST 1234 5698 7654 32") && !iban("GB82 WEST 1234 5698 7654 33"));
        assert!(date_time_group("091530Z") && !date_time_group("391530Z") && !date_time_group("092530Z"));
        assert!(coordinates("48.858, 2.294") && !coordinates("98.858, 2.294"));
    }
}
