//! The nearest known marking to a damaged one: a suggestion for a person, nothing more.

use super::super::diagnostics::ErrorCode;
use super::super::grammar::{Form, parse};
use super::super::level::Level;
use super::super::register::{Code, Control, all_codes, is_listed_legacy, legacy_controls, system_names, written_forms};

/// Pairs that recognition confuses: half the cost of another change.
const CONFUSED: [&str; 12] = ["0O", "0Q", "1I", "1L", "IL", "5S", "8B", "2Z", "6G", "EF", "CG", "VY"];
/// The cost of a change that recognition does not explain.
const FULL: usize = 2;
/// Problems of words that nothing names.
const DOUBTFUL: [ErrorCode; 4] =
    [ErrorCode::Unknown, ErrorCode::ClassUnknown, ErrorCode::Country, ErrorCode::ClassMissing];
/// Longer texts are not searched.
const LONGEST: usize = 200;

/// The canonical text of the known marking nearest to `text`, folded text of a mark of `form`, when each of its
/// damaged words has one nearest known word.
#[must_use]
pub fn suggest(text: &str, form: Form) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let inner = text.trim_matches(['(', ')', '[', ']', '{', '}']);
    let lead = if inner.starts_with("//") { "//" } else { "" };
    let segments: Option<Vec<String>> = inner
        .split("//")
        .filter(|segment| !segment.is_empty())
        .enumerate()
        .map(|(at, segment)| {
            let items: Option<Vec<String>> = segment.split('/').map(|item| mend(item, at == 0, form)).collect();
            items.map(|items| items.join("/"))
        })
        .collect();
    let mended = format!("{lead}{}", segments?.join("//"));
    let mended = if form == Form::Portion { format!("({mended})") } else { mended };
    let reading = parse(&mended, form);
    (reading.is_certain() && mended != text).then(|| reading.marking.canonical(form))
}

/// The item itself when it is known, else the nearest known one.
fn mend(item: &str, first: bool, form: Form) -> Option<String> {
    if is_known(item, first, form) {
        return Some(item.to_owned());
    }
    let words: Vec<&str> = if first { level_words(form).collect() } else { control_words(form).collect() };
    if let Some(word) = unique_nearest(item, words.into_iter()) {
        return Some(word.to_owned());
    }
    let (head, list) = item.split_at(item.find(" USA").or_else(|| item.find(", "))?);
    let head = if head == "REL TO" { head } else { unique_nearest(head, ["REL TO", "DISPLAY ONLY"].into_iter())? };
    let codes: Option<Vec<&str>> = list
        .split([' ', ','])
        .filter(|code| !code.is_empty())
        .map(|code| if Code::parse(code).is_some() { Some(code) } else { unique_nearest(code, all_codes().map(Code::text)) })
        .collect();
    Some(format!("{head} {}", codes?.join(", ")))
}

fn is_known(item: &str, first: bool, form: Form) -> bool {
    let (open, level, close) = match form {
        Form::Portion => ("(", "TS//", ")"),
        Form::Banner => ("", "TOP SECRET//", ""),
    };
    let level = if first { "" } else { level };
    let reading = parse(&format!("{open}{level}{item}{close}"), form);
    // A release word that is no list counts as historic, but here it is rather a damaged list.
    let historic = is_listed_legacy(item);
    !DOUBTFUL.iter().any(|&code| reading.has(code)) && (historic || !reading.has(ErrorCode::Legacy))
}

fn level_words(form: Form) -> impl Iterator<Item = &'static str> {
    let portion = form == Form::Portion;
    Level::ALL.into_iter().flat_map(move |level| {
        if portion { [level.code(), level.nato_code()] } else { [level.word(), level.nato_words()] }
    })
}

fn control_words(form: Form) -> impl Iterator<Item = &'static str> {
    let fits = move |(text, control): (&'static str, Control)| {
        let row = control.row();
        (if form == Form::Portion { row.portion == text } else { row.portion != text || row.banner == text })
            .then_some(text)
    };
    written_forms().filter_map(fits).chain(system_names()).chain(legacy_controls().iter().map(|legacy| legacy.text))
}

/// The one word nearest to `text`, if near enough and alone at that distance.
fn unique_nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let allowed = (text.chars().count() / 2).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for word in words {
        let cost = distance(text, word);
        match best {
            Some((least, other)) if cost == least && word != other => tied = true,
            Some((least, _)) if cost >= least => {}
            _ => (best, tied) = (Some((cost, word)), false),
        }
    }
    best.filter(|&(cost, _)| cost <= allowed && !tied).map(|(_, word)| word)
}

/// Edit distance in half steps: a confusion that recognition explains costs one, any other change two.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).map(|n| n * FULL).collect();
    for (at, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = (at + 1) * FULL;
        for (column, &y) in b.iter().enumerate() {
            let change = diagonal + replacement(x, y);
            diagonal = row[column + 1];
            row[column + 1] = change.min(diagonal + FULL).min(row[column] + FULL);
        }
    }
    row[b.len()]
}

fn replacement(x: char, y: char) -> usize {
    if x == y {
        0
    } else if CONFUSED.iter().any(|pair| pair.contains(x) && pair.contains(y)) {
        1
    } else {
        FULL
    }
}
