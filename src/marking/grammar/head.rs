//! The first segment: level, system and owners (H.1, H.3, H.7, G.1).

use super::item::{self, Item};
use super::lists::ListRule;
use super::reader::Reader;
use super::reading::Form;
use crate::marking::diagnostics::ErrorCode;
use crate::marking::level::{Level, System};
use crate::marking::register::{Code, CodeKind, CodeSet, Control, is_listed_legacy};

/// A first segment that names a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'t> {
    system: System,
    level: Level,
    /// Written in full words, not as a code.
    spelled: bool,
    /// The owner codes as written; empty where the system has none or leaves them out.
    owners: &'t str,
    /// The NATO control of a fused form, which is retired.
    fused: Option<Control>,
}

/// NATO level and control in one word, as written before 2010 (I).
const FUSED: [(&str, Level, Control); 5] = [
    ("CTSA", Level::TopSecret, Control::Atomal),
    ("NSAT", Level::Secret, Control::Atomal),
    ("NCA", Level::Confidential, Control::Atomal),
    ("CTS-B", Level::TopSecret, Control::Bohemia),
    ("CTS-BALK", Level::TopSecret, Control::Balk),
];

/// The owner word of a concealed source (H.7).
const CONCEALED: &str = "FGI";

/// Reads the first segment into the reader. What stands behind a wrong separator comes back as a further segment.
pub(super) fn read<'t>(reader: &mut Reader<'t>, segment: &'t str, lead: bool) -> Option<&'t str> {
    if let Some(head) = level(segment).filter(|head| lead || head.owners_are_registered()) {
        apply(reader, head, segment, lead);
        return None;
    }
    let (first, _) = item::split_first(segment);
    let separated = wrongly_separated(segment);
    let control = item::identify(first);
    // "SECRET EYES ONLY" is a level and a historic control, although "... EYES ONLY" also names an addressee.
    let addressed = matches!(control, Item::Legacy(_)) && !is_listed_legacy(first) && separated.is_some();
    if control.is_control() && !addressed {
        reader.report(ErrorCode::ClassMissing, segment);
        return Some(segment);
    }
    let Some((head, part, rest)) = separated else {
        let code = if segment.is_empty() { ErrorCode::Empty } else { ErrorCode::ClassUnknown };
        reader.report(code, segment);
        return None;
    };
    apply(reader, head, part, lead);
    let fused = head.system == System::Nato && item::is_nato_control(item::split_first(rest).0);
    reader.report(if fused { ErrorCode::Deprecated } else { ErrorCode::Sep }, segment);
    Some(rest)
}

/// What level a whole segment names.
pub(super) fn level(segment: &str) -> Option<Head<'_>> {
    let plain = |system, level, spelled| Head { system, level, spelled, owners: "", fused: None };
    match segment {
        "CUI" => return Some(plain(System::Cui, Level::Unclassified, false)),
        "CONTROLLED" => return Some(plain(System::Cui, Level::Unclassified, true)),
        _ => {}
    }
    if let Some((level, spelled)) = level_word(segment) {
        return (level != Level::Restricted).then(|| plain(System::Us, level, spelled));
    }
    for level in Level::ALL {
        if segment == level.nato_code() || segment == level.nato_words() {
            return Some(plain(System::Nato, level, segment == level.nato_words()));
        }
    }
    if let Some(&(_, level, control)) = FUSED.iter().find(|(text, ..)| *text == segment) {
        return Some(Head { fused: Some(control), ..plain(System::Nato, level, false) });
    }
    joint(segment).or_else(|| foreign(segment))
}

fn level_word(text: &str) -> Option<(Level, bool)> {
    Level::from_code(text).map(|level| (level, false)).or_else(|| Level::from_word(text).map(|level| (level, true)))
}

/// `JOINT SECRET CAN GBR USA`: the owners may be left out.
fn joint(segment: &str) -> Option<Head<'_>> {
    let rest = segment.strip_prefix("JOINT ")?;
    Level::ALL.into_iter().rev().find_map(|level| {
        [(level.word(), true), (level.code(), false)].into_iter().find_map(|(text, spelled)| {
            let owners = rest.strip_prefix(text)?;
            let owners = if owners.is_empty() { owners } else { owners.strip_prefix(' ')? };
            let head = Head { system: System::Joint, level, spelled, owners, fused: None };
            owners.split(' ').all(|owner| owners.is_empty() || is_code_shaped(owner)).then_some(head)
        })
    })
}

/// `GBR SECRET`, `CAN GBR S`, `FGI S`.
fn foreign(segment: &str) -> Option<Head<'_>> {
    let (owners, level, spelled) = match segment.strip_suffix(" TOP SECRET") {
        Some(owners) => (owners, Level::TopSecret, true),
        None => {
            let (owners, word) = segment.rsplit_once(' ')?;
            let (level, spelled) = level_word(word)?;
            (owners, level, spelled)
        }
    };
    let mut codes = owners.split(' ');
    let first = codes.next()?;
    // "NATO [activity] SECRET" is registered as a form, but its activity names are not (G).
    let owned = first != "NATO" && is_code_shaped(first) && codes.all(is_code_shaped);
    owned.then_some(Head { system: System::Foreign, level, spelled, owners, fused: None })
}

/// An owner code, or what may be meant as one; a comma may hang on it.
fn is_code_shaped(text: &str) -> bool {
    let code = text.strip_suffix(',').unwrap_or(text);
    Code::parse_owner(code).is_some()
        || ((2..=4).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && level_word(code).is_none())
}

impl Head<'_> {
    /// Without the leading slashes an unknown owner is no owner at all.
    fn owners_are_registered(&self) -> bool {
        self.owners == CONCEALED
            || self.system == System::Joint
            || self.owners.split([' ', ',']).all(|code| code.is_empty() || Code::parse_owner(code).is_some())
    }
}

/// A level with `/`, `-`, `,` or a space behind it where `//` belongs: the longest level, its text, and the rest.
fn wrongly_separated(segment: &str) -> Option<(Head<'_>, &str, &str)> {
    let ends = segment.rmatch_indices(['/', '-', ',', ' ']);
    ends.take(MOST_SEPARATORS).find_map(|(at, _)| {
        let head = level(&segment[..at]).filter(Head::owners_are_registered)?;
        let rest = segment[at + 1..].trim_start_matches(' ');
        let letters = at == 1 && rest.split([' ', '-']).all(|letter| letter.len() == 1);
        (!letters).then_some((head, &segment[..at], rest))
    })
}

/// A first segment with more separators than this is not searched for a level further left.
const MOST_SEPARATORS: usize = 64;

fn apply<'t>(reader: &mut Reader<'t>, head: Head<'t>, text: &'t str, lead: bool) {
    let concealed = head.owners == CONCEALED;
    reader.level_known = true;
    reader.marking.system = head.system;
    reader.marking.level = head.level;
    let slashes = head.system > System::Us;
    if lead != slashes || (concealed && reader.form == Form::Banner) {
        reader.report(ErrorCode::System, text);
    }
    if let Some(control) = head.fused {
        reader.report_fix(ErrorCode::Deprecated, text, || {
            format!("{}//{}", head.level.nato_code(), control.row().portion)
        });
        reader.marking.controls.insert(control);
    } else if head.spelled != (reader.form == Form::Banner) {
        apply_form(reader, head, text);
    }
    match head.system {
        System::Cui => {
            reader.marking.controls.insert(Control::Cui);
        }
        System::Us => {}
        System::Nato => reader.marking.owners = Code::parse("NATO").into_iter().collect(),
        System::Foreign => foreign_owners(reader, head, concealed),
        System::Joint => {
            if !head.owners.is_empty() {
                reader.marking.owners = reader.codes(head.owners, ListRule::JOINT);
            }
        }
    }
}

fn apply_form<'t>(reader: &mut Reader<'t>, head: Head<'t>, text: &'t str) {
    if head.system != System::Cui {
        let banner = reader.form == Form::Banner;
        let (level, nato) = (head.level, head.system == System::Nato);
        reader.report_fix(ErrorCode::ClassForm, text, || {
            let form = match (banner, nato) {
                (true, false) => level.word(),
                (true, true) => level.nato_words(),
                (false, false) => level.code(),
                (false, true) => level.nato_code(),
            };
            form.to_owned()
        });
    } else if reader.form == Form::Portion {
        reader.report_fix(ErrorCode::Form, text, || "CUI".to_owned());
    }
}

fn foreign_owners<'t>(reader: &mut Reader<'t>, head: Head<'t>, concealed: bool) {
    reader.marking.concealed = concealed;
    if concealed {
        return;
    }
    if head.owners.split(' ').any(|owner| owner == CONCEALED) {
        reader.marking.concealed = true;
        return reader.report(ErrorCode::Conflict, head.owners);
    }
    let owners: CodeSet = reader.codes(head.owners, ListRule::OWNERS);
    if reader.form == Form::Portion && owners.iter().any(|owner| owner.kind() == CodeKind::Owner) {
        reader.report(ErrorCode::ClassForm, head.owners);
    }
    reader.marking.owners = owners;
}
