//! Items: where one ends, and what it is. Nothing is changed here; the reader acts on the answer.

use super::head;
use crate::marking::register::{Code, Control, Effect, Forms, Kind, NATO, Naming, SciSystem, legacy_effect};

/// What an item is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'t> {
    /// A control that is one word.
    Simple(Control, Forms),
    /// REL TO, DISPLAY ONLY or EYES ONLY with its list.
    List(List<'t>),
    /// A control system, perhaps with compartments.
    Sci(&'static SciSystem, Naming),
    /// The first program behind the prefix.
    Sap(&'t str, Forms),
    /// Atomic Energy Act information with what stands behind its hyphen.
    Aea(Control, Forms, &'t str),
    /// Foreign government information with its list.
    Fgi(&'t str, Forms),
    /// A level.
    Level,
    /// A declassification value.
    Declass,
    /// A historic control.
    Legacy(Effect),
    /// A registered country or group code on its own.
    Code,
    /// Nothing registered.
    Unknown,
}

/// A release list as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'t> {
    pub(super) control: Control,
    pub(super) codes: &'t str,
    pub(super) forms: Forms,
}

const ANY: Forms = Forms { portion: true, banner: true };
const NO_FORM: Forms = Forms { portion: false, banner: false };
const BANNER: Forms = Forms { portion: false, banner: true };
const EYES_ONLY: &str = " EYES ONLY";

impl PartialEq for Item<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Item<'_> {
    /// Whether it says something beyond the level: anything known but a level or a bare code.
    pub(super) fn is_control(&self) -> bool {
        !matches!(self, Item::Level | Item::Code | Item::Unknown)
    }
}

/// What `text` is, taken as one item.
pub(super) fn identify(text: &str) -> Item<'_> {
    if let Some(item) = list(text) {
        return item;
    }
    if let Some((control, forms)) = Control::named(text) {
        return named(control, forms, text);
    }
    if let Some((system, naming)) = SciSystem::named(text.split('-').next().unwrap_or_default()) {
        return Item::Sci(system, naming);
    }
    prefixed(text).unwrap_or_else(|| rarer(text))
}

fn named<'t>(control: Control, forms: Forms, text: &'t str) -> Item<'t> {
    let none = &text[text.len()..];
    match control {
        Control::Eyes if text != control.row().portion => Item::Legacy(Effect::Originator),
        Control::Rel if text != control.row().portion => Item::List(List { control, codes: none, forms }),
        Control::Display => Item::List(List { control, codes: none, forms }),
        Control::Sar => Item::Sap(none, forms),
        Control::Fgi => Item::Fgi(none, forms),
        _ if control.kind() == Kind::Aea => Item::Aea(control, forms, none),
        _ => Item::Simple(control, forms),
    }
}

/// REL TO, DISPLAY ONLY and EYES ONLY with codes.
fn list(text: &str) -> Option<Item<'_>> {
    let item = |control, codes, forms| Some(Item::List(List { control, codes, forms }));
    if let Some(codes) = text.strip_prefix("REL TO ") {
        return item(Control::Rel, codes, ANY);
    }
    if let Some(codes) = text.strip_prefix(Control::Rel.row().title).and_then(|rest| rest.strip_prefix(' ')) {
        return item(Control::Rel, codes, BANNER);
    }
    if let Some(codes) = text.strip_prefix("REL ").filter(|codes| codes.starts_with("USA")) {
        return item(Control::Rel, codes, NO_FORM);
    }
    if let Some(codes) = text.strip_prefix("DISPLAY ONLY ").filter(|codes| !codes.starts_with("TO ")) {
        return item(Control::Display, codes, ANY);
    }
    let codes = text.strip_suffix(EYES_ONLY).filter(|codes| is_eyes_list(codes))?;
    item(Control::Eyes, codes, ANY)
}

/// Words that continue behind a space or hyphen.
fn prefixed(text: &str) -> Option<Item<'_>> {
    let (head, tail) = text.split_at(text.find('-').unwrap_or(text.len()));
    if let Some((control, forms)) = Control::named(head) {
        match control.kind() {
            Kind::Sap => return Some(Item::Sap(&tail[1..], forms)),
            Kind::Aea => return Some(Item::Aea(control, forms, &tail[1..])),
            _ => {}
        }
    }
    let (word, _) = text.split_once(' ')?;
    if let Some((Control::Sigma, forms)) = Control::named(word) {
        return Some(Item::Aea(Control::Sigma, forms, text));
    }
    let row = Control::Fgi.row();
    [(row.portion, ANY), (row.title, BANNER)].into_iter().find_map(|(prefix, forms)| {
        let codes = text.strip_prefix(prefix)?.strip_prefix(' ')?;
        Some(Item::Fgi(codes, forms))
    })
}

fn rarer(text: &str) -> Item<'_> {
    if let Some(control) = NATO.iter().find(|control| control.row().portion == text) {
        Item::Simple(control, ANY)
    } else if is_declassification(text) {
        Item::Declass
    } else if head::level(text).is_some() {
        Item::Level
    } else if let Some(effect) = legacy_effect(text) {
        Item::Legacy(effect)
    } else if Code::parse(text).is_some() {
        Item::Code
    } else {
        Item::Unknown
    }
}

/// Whether `text` is a NATO control, abbreviated or not.
pub(super) fn is_nato_control(text: &str) -> bool {
    NATO.iter().any(|control| control.row().portion == text)
}

/// Dates, exemptions and instructions of the authority block (E.3).
fn is_declassification(text: &str) -> bool {
    let bytes = text.as_bytes();
    let date = bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit);
    let exemption = ["25X", "50X", "75X"].iter().any(|prefix| text.starts_with(prefix));
    let old = matches!(bytes, [b'X', b'1'..=b'8']) || matches!(text, "MR" | "OADR");
    date || exemption || old || text.starts_with("DECL ON") || text.starts_with("DECLASSIFY ON")
}

/// The segments of a mark: what stands between double slashes.
pub(super) fn segments(body: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut slashes = memchr::memchr_iter(b'/', text.as_bytes());
        let end = slashes.find(|&at| text.as_bytes().get(at + 1) == Some(&b'/'));
        rest = end.map(|end| &text[end + 2..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// The first item of a segment and what follows its slash. Release lists keep the slashes inside them.
pub(super) fn split_first(segment: &str) -> (&str, Option<&str>) {
    let end = match eyes_end(segment) {
        Some(end) => end,
        None => {
            let mut end = segment.find('/').unwrap_or(segment.len());
            let listed = list(&segment[..end]).is_some();
            while listed && end < segment.len() {
                let next = segment[end + 1..].find('/').map_or(segment.len(), |at| end + 1 + at);
                if Code::parse(&segment[end + 1..next]).is_none() {
                    break;
                }
                end = next;
            }
            end
        }
    };
    (&segment[..end], segment.get(end + 1..).filter(|_| end < segment.len()))
}

/// Where an EYES ONLY list at the start of `segment` ends.
fn eyes_end(segment: &str) -> Option<usize> {
    let first = segment.split(['/', ',', ' ']).next().filter(|first| first.len() < segment.len())?;
    Code::parse(first)?;
    let at = segment.find(EYES_ONLY).filter(|&at| is_eyes_list(&segment[..at]))?;
    let end = at + EYES_ONLY.len();
    segment[end..].chars().next().is_none_or(|c| c == '/').then_some(end)
}

fn is_eyes_list(codes: &str) -> bool {
    let mut codes = codes.split(['/', ',', ' ']).filter(|code| !code.is_empty());
    let registered = |code| Code::parse(code).is_some();
    codes.next().is_some_and(registered) && codes.next().is_some_and(registered) && codes.all(registered)
}

/// Longer items are not searched for wrong separators.
const LONGEST_JOINED: usize = 120;

/// Several known items with a comma, space or hyphen where a slash belongs: the first, and the rest.
pub(super) fn split_wrongly_joined(text: &str) -> Option<(&str, &str)> {
    if text.len() > LONGEST_JOINED {
        return None;
    }
    text.rmatch_indices([',', ' ', '-']).find_map(|(at, separator)| {
        let rest = text[at + 1..].trim_start_matches(' ');
        let known = |part| identify(part).is_control();
        let joined = known(&text[..at])
            && !rest.is_empty()
            && (separator == "," || known(rest) || split_wrongly_joined(rest).is_some());
        joined.then_some((&text[..at], rest))
    })
}
