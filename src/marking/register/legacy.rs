//! Controls of older reports (section 7): they parse, and carry their meaning or hold the portion.

use std::sync::OnceLock;

use super::codes::Code;
use super::csv;

const TABLE: &str = include_str!("../../../patterns/markings/legacy.csv");

/// What a historic control means for release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Not releasable to foreign nationals.
    NoForeign,
    /// Carries no release rule, but warns of its text.
    Drop,
    /// Compartmented handling: needs read-in.
    Compartment,
    /// Only the originator can say.
    Originator,
}

/// A historic control.
#[derive(Debug)]
pub struct Legacy {
    /// As it was written.
    pub text: &'static str,
    /// What it means for release.
    pub effect: Effect,
    /// What it meant, in a few words.
    pub meaning: &'static str,
}

/// Every historic control of the table.
pub fn legacy_controls() -> &'static [Legacy] {
    static LEGACY: OnceLock<Vec<Legacy>> = OnceLock::new();
    LEGACY.get_or_init(|| {
        csv::rows(TABLE)
            .map(|row| Legacy {
                text: row[0],
                effect: match row[1] {
                    "noforn" => Effect::NoForeign,
                    "drop" => Effect::Drop,
                    "sci" => Effect::Compartment,
                    _ => Effect::Originator,
                },
                meaning: row[2],
            })
            .collect()
    })
}

/// Whether `item` is a historic control by name, not by shape.
pub(crate) fn is_listed_legacy(item: &str) -> bool {
    legacy_controls().iter().any(|legacy| legacy.text == item)
}

/// What `item` means when it is a historic control.
pub(crate) fn legacy_effect(item: &str) -> Option<Effect> {
    let listed = legacy_controls().iter().find(|legacy| legacy.text == item);
    listed.map(|legacy| legacy.effect).or_else(|| by_shape(item))
}

/// Historic forms with a free part: channels, named addressees, display lists, run-together release words.
fn by_shape(item: &str) -> Option<Effect> {
    if let Some(channel) = item.strip_prefix("HANDLE VIA ") {
        let closed = [" CHANNELS ONLY", " CHANNELS JOINTLY", " CONTROL CHANNELS"];
        return closed.iter().any(|end| channel.ends_with(end)).then_some(Effect::Compartment);
    }
    let addressed = item.ends_with(" EYES ONLY") || item.starts_with("EYES ONLY ");
    let display = item.starts_with("DISPLAY ONLY TO") || item.starts_with("FOR DISPLAY ONLY");
    (addressed || display || is_run_together_release(item)).then_some(Effect::Originator)
}

/// `RELCAN`, `REL UK`, `RELTO USA`: a release word that is no `REL TO` list and must not be read as one.
fn is_run_together_release(item: &str) -> bool {
    let Some(rest) = item.strip_prefix("REL") else { return false };
    let joined = !rest.is_empty()
        && rest.is_ascii()
        && rest.as_bytes().chunks(3).all(|code| std::str::from_utf8(code).is_ok_and(|c| Code::parse(c).is_some()));
    rest.starts_with(' ') || rest.starts_with("TO ") || joined || Code::parse(rest).is_some()
}
