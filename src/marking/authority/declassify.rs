//! The Declassify On value: exactly one, and of several the one that lasts longest (E.3, E.4).

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::super::register::{Control, ControlSet};

/// A Declassify On value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declassify {
    /// `N/A to RD portions. See source list for NSI portions.`; the controls say which portions.
    NotApplicable(ControlSet),
    /// `50X1-HUM`: no date.
    Hum,
    /// `50X2-WMD`: no date.
    Wmd,
    /// `75X#, date`.
    SeventyFive(u8, Until),
    /// `50X#, date`.
    Fifty(u8, Until),
    /// `25X1, EO 12951`: original imagery, no date.
    Imagery,
    /// `25X#, date`.
    TwentyFive(u8, Until),
    /// `25X#` without a date: fifty years after the source's date.
    TwentyFiveUndated(u8),
    /// A date.
    On(Date),
    /// An event less than ten years away.
    Event(String),
    /// A value that is no longer valid: to be computed as 25 years after the source's date.
    Invalid,
}

/// When an exemption ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// On a date.
    Date(Date),
    /// With an event.
    Event(String),
}

/// Kinds of portions without a declassification date, with the control that marks each.
const UNDATED: [Control; 4] = [Control::Rd, Control::Frd, Control::Tfni, Control::Fgi];
/// How a block names NATO portions, which the last of [`UNDATED`] stands for.
const NATO: &str = "NATO";

impl Declassify {
    /// Reads a value; `None` when it is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.').trim();
        let upper = text.to_uppercase();
        if upper.is_empty() {
            return None;
        }
        if let Some(kinds) = upper.strip_prefix("N/A TO ") {
            return Some(Self::not_applicable(kinds));
        }
        if let Some(date) = date(text) {
            return Some(Self::On(date));
        }
        exemption(&upper, text).or_else(|| {
            let invalid = is_invalid(&upper);
            Some(if invalid { Self::Invalid } else { Self::Event(text.to_owned()) })
        })
    }

    fn not_applicable(kinds: &str) -> Self {
        let words: Vec<&str> = kinds.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let named = |control: &Control| words.contains(&name(*control));
        Self::NotApplicable(UNDATED.into_iter().filter(named).collect())
    }

    /// The place in the order of E.4: higher lasts longer.
    fn rank(&self) -> u8 {
        match self {
            Self::NotApplicable(_) => 9,
            Self::Hum | Self::Wmd | Self::SeventyFive(..) => 8,
            Self::Fifty(..) => 7,
            Self::Imagery => 6,
            Self::TwentyFive(..) => 5,
            Self::TwentyFiveUndated(_) => 4,
            Self::On(_) => 3,
            Self::Event(_) => 2,
            Self::Invalid => 1,
        }
    }

    /// Among values of one rank: the undated ones of rank eight by name, then the later date, then the lower number.
    fn weight(&self) -> (u8, Option<Date>, std::cmp::Reverse<u8>) {
        let (lead, until, number) = match self {
            Self::Hum => (2, None, 0),
            Self::Wmd => (1, None, 0),
            Self::SeventyFive(n, until) | Self::Fifty(n, until) | Self::TwentyFive(n, until) => {
                (0, until.date(), *n)
            }
            Self::TwentyFiveUndated(n) => (0, None, *n),
            Self::On(date) => (0, Some(*date), 0),
            Self::NotApplicable(_) | Self::Imagery | Self::Event(_) | Self::Invalid => (0, None, 0),
        };
        (lead, until, std::cmp::Reverse(number))
    }

    /// The date, if the value has one. Of an exemption this is all that a release may show.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::On(date) => Some(*date),
            Self::SeventyFive(_, until) | Self::Fifty(_, until) | Self::TwentyFive(_, until) => until.date(),
            _ => None,
        }
    }

    /// The value with what is invalid or undated computed from the date of its source.
    fn computed(self, source: Date) -> Self {
        match self {
            Self::Invalid => Self::On(after(source, 25)),
            Self::TwentyFiveUndated(number) => Self::TwentyFive(number, Until::Date(after(source, 50))),
            value => value,
        }
    }
}

impl Until {
    fn date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Event(_) => None,
        }
    }
}

/// Of several values the one that lasts longest (E.4). `source` is the date of the sources, or today when it is not
/// known. Values for portions that have no date are put together.
#[must_use]
pub fn longest(values: impl IntoIterator<Item = Declassify>, source: Date) -> Option<Declassify> {
    let mut undated = ControlSet::EMPTY;
    let mut best: Option<(u8, Declassify)> = None;
    for value in values {
        if let Declassify::NotApplicable(kinds) = value {
            undated = undated.union(kinds);
            continue;
        }
        // The rank is that of the value as written: a computed date ranks below a written one.
        let rank = value.rank();
        let value = value.computed(source);
        let wins = best.as_ref().is_none_or(|(top, old)| (rank, value.weight()) > (*top, old.weight()));
        if wins {
            best = Some((rank, value));
        }
    }
    if undated.is_empty() { best.map(|(_, value)| value) } else { Some(Declassify::NotApplicable(undated)) }
}

fn after(date: Date, years: i64) -> Date {
    let span: Span = years.years();
    date.saturating_add(span)
}

fn date(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Date::strptime("%Y%m%d", text).ok())?
}

/// `25X#`, `50X#` and `75X#` with their dates, and the named ones.
fn exemption(upper: &str, text: &str) -> Option<Declassify> {
    match upper {
        "50X1-HUM" | "25X1-HUMAN" | "25X1-HUM" => return Some(Declassify::Hum),
        "50X2-WMD" => return Some(Declassify::Wmd),
        "25X1, EO 12951" | "25X1, E.O. 12951" => return Some(Declassify::Imagery),
        _ => {}
    }
    let years = ["25X", "50X", "75X"].into_iter().find(|years| upper.starts_with(years))?;
    let number = upper.as_bytes().get(3).filter(|b| (b'1'..=b'9').contains(b)).map(|b| b - b'0')?;
    let rest = text.get(4..).unwrap_or_default();
    let until = rest.trim_start_matches([',', ' ']);
    let until = match date(until) {
        Some(date) => Some(Until::Date(date)),
        None if until.is_empty() || !rest.starts_with(',') => None,
        None => Some(Until::Event(until.to_owned())),
    };
    Some(match (years, until) {
        ("25X", None) => Declassify::TwentyFiveUndated(number),
        ("25X", Some(until)) => Declassify::TwentyFive(number, until),
        ("50X", Some(until)) => Declassify::Fifty(number, until),
        ("75X", Some(until)) => Declassify::SeventyFive(number, until),
        _ => Declassify::Invalid,
    })
}

/// Values that were right once (E.3).
fn is_invalid(upper: &str) -> bool {
    const WORDS: [&str; 6] = ["OADR", "MR", "MANUAL REVIEW", "DNI ONLY", "DCI ONLY", "SUBJECT TO TREATY"];
    let old_exemption = matches!(upper.as_bytes(), [b'X', b'1'..=b'8']);
    WORDS.contains(&upper) || upper.starts_with("SOURCE MARKED") || old_exemption
}

fn name(control: Control) -> &'static str {
    if control == Control::Fgi { NATO } else { control.row().portion }
}

impl fmt::Display for Declassify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplicable(kinds) => {
                let names: Vec<_> = kinds.iter().map(name).collect();
                write!(f, "N/A to {} portions. See source list for NSI portions.", names.join("/"))
            }
            Self::Hum => f.write_str("50X1-HUM"),
            Self::Wmd => f.write_str("50X2-WMD"),
            Self::SeventyFive(number, until) => write!(f, "75X{number}, {until}"),
            Self::Fifty(number, until) => write!(f, "50X{number}, {until}"),
            Self::Imagery => f.write_str("25X1, EO 12951"),
            Self::TwentyFive(number, until) => write!(f, "25X{number}, {until}"),
            Self::TwentyFiveUndated(number) => write!(f, "25X{number}"),
            Self::On(date) => Until::Date(*date).fmt(f),
            Self::Event(event) => f.write_str(event),
            Self::Invalid => Ok(()),
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{}", date.strftime("%Y%m%d")),
            Self::Event(event) => f.write_str(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: Date = jiff::civil::date(2020, 6, 1);

    fn longest_of(values: &[&str]) -> String {
        let values = values.iter().filter_map(|text| Declassify::parse(text));
        longest(values, SOURCE).map(|value| value.to_string()).unwrap_or_default()
    }

    #[test]
    fn values_read_and_print() {
        for text in [
            "20451231",
            "50X1-HUM",
            "50X2-WMD",
            "25X1, EO 12951",
            "25X3, 20701231",
            "50X6, 20951231",
            "75X1, 21000101",
        ] {
            assert_eq!(Declassify::parse(text).map(|value| value.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Declassify::parse("OADR"), Some(Declassify::Invalid));
        assert_eq!(Declassify::parse("X1"), Some(Declassify::Invalid));
        assert_eq!(Declassify::parse("25X1-human"), Some(Declassify::Hum));
        assert_eq!(
            Declassify::parse("Completion of the trial"),
            Some(Declassify::Event("Completion of the trial".into()))
        );
        assert_eq!(Declassify::parse(" "), None);
        let undated = Declassify::parse("N/A to RD/NATO portions. See source list for NSI portions.");
        assert_eq!(
            undated.map(|v| v.to_string()).as_deref(),
            Some("N/A to RD/NATO portions. See source list for NSI portions.")
        );
    }

    #[test]
    fn the_longest_wins() {
        assert_eq!(longest_of(&["20451231", "20401231"]), "20451231");
        assert_eq!(longest_of(&["20991231", "25X1, 20701231"]), "25X1, 20701231");
        assert_eq!(
            longest_of(&["25X2, 20701231", "25X1, 20701231"]),
            "25X1, 20701231",
            "equal dates: lowest number"
        );
        assert_eq!(longest_of(&["50X2-WMD", "50X1-HUM", "75X1, 21000101"]), "50X1-HUM");
        assert_eq!(
            longest_of(&["50X1-HUM", "N/A to FRD portions", "N/A to RD portions"]),
            "N/A to RD/FRD portions. See source list for NSI portions."
        );
        assert_eq!(longest_of(&["OADR"]), "20450601", "25 years after the source");
        assert_eq!(longest_of(&["25X4"]), "25X4, 20700601", "50 years after the source");
        assert_eq!(longest_of(&["X1", "20300101"]), "20300101", "a written date beats a computed one");
    }
}
