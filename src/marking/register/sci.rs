//! Control systems and their compartments (H.4): names, shapes and what they mean to the rules.

use std::sync::OnceLock;

use super::controls::Control;
use super::csv;

const TABLE: &str = include_str!("../../../patterns/markings/sci.csv");

/// A control system.
#[derive(Debug)]
pub(crate) struct System {
    /// The abbreviation.
    pub(crate) code: &'static str,
    /// The rule row of the system.
    pub(crate) control: Control,
    /// May it stand without a compartment?
    pub(crate) bare: Bare,
    title: &'static str,
    retired: Vec<&'static str>,
    compartments: Option<Shape>,
    known: Vec<Compartment>,
}

/// What a system without compartments is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bare {
    /// A mark like any other.
    Fine,
    /// Retired: to be re-marked with a compartment.
    Retired,
    /// Incomplete.
    Never,
}

/// A published compartment.
#[derive(Debug)]
pub(crate) struct Compartment {
    /// The abbreviation.
    pub(crate) code: &'static str,
    /// The rule row of the compartment.
    pub(crate) control: Control,
    /// The shape of its sub-compartments, if it has any.
    pub(crate) subs: Option<Shape>,
    /// A retired grouping word: what stands behind it are compartments.
    pub(crate) grouping: bool,
    title: &'static str,
}

/// The shape of an unpublished name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    letters_only: bool,
    least: usize,
    most: usize,
}

/// How a name was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// By abbreviation: right in every mark.
    Code,
    /// By long title: right in a banner.
    Title,
    /// By a retired name.
    Retired,
}

impl Shape {
    fn parse(text: &str) -> Option<Self> {
        let letters_only = text.starts_with('A');
        let bounds = text.get(1..)?;
        let (least, most) = bounds.split_once('-').unwrap_or((bounds, bounds));
        Some(Self { letters_only, least: least.parse().ok()?, most: most.parse().ok()? })
    }

    /// Whether `name` has the shape.
    pub(crate) fn fits(self, name: &str) -> bool {
        let letter = |b: u8| b.is_ascii_uppercase() || (!self.letters_only && b.is_ascii_digit());
        (self.least..=self.most).contains(&name.len()) && name.bytes().all(letter)
    }
}

fn systems() -> &'static [System] {
    static SYSTEMS: OnceLock<Vec<System>> = OnceLock::new();
    SYSTEMS.get_or_init(load)
}

fn load() -> Vec<System> {
    let by_id = |id: &str| {
        let found = Control::ALL.iter().copied().find(|control| control.id() == id);
        found.expect("the compartment table names registered controls")
    };
    let mut systems: Vec<System> = Vec::new();
    for row in csv::rows(TABLE) {
        let [code, compartment, title, retired, bare, compartments, subs, control] = row[..] else {
            panic!("the compartment table has eight columns")
        };
        if compartment.is_empty() {
            systems.push(System {
                code,
                control: by_id(control),
                bare: match bare {
                    "retired" => Bare::Retired,
                    "never" => Bare::Never,
                    _ => Bare::Fine,
                },
                title,
                retired: retired.split('|').filter(|name| !name.is_empty()).collect(),
                compartments: Shape::parse(compartments),
                known: Vec::new(),
            });
        } else {
            let system = systems.last_mut().expect("a system's own row comes first");
            system.known.push(Compartment {
                code: compartment,
                control: by_id(control),
                subs: Shape::parse(subs),
                grouping: bare == "grouping",
                title,
            });
        }
    }
    systems
}

impl System {
    /// The system that `name` means, and how it is named.
    pub(crate) fn named(name: &str) -> Option<(&'static Self, Naming)> {
        systems().iter().find_map(|system| {
            let naming = if name == system.code {
                Naming::Code
            } else if name == system.title {
                Naming::Title
            } else if system.retired.contains(&name) {
                Naming::Retired
            } else {
                return None;
            };
            (!name.is_empty()).then_some((system, naming))
        })
    }

    /// The published compartment that `name` means, and how it is named.
    pub(crate) fn compartment(&self, name: &str) -> Option<(&Compartment, Naming)> {
        self.known.iter().find_map(|compartment| {
            let naming = if name == compartment.code {
                Naming::Code
            } else if name == compartment.title && !name.is_empty() {
                Naming::Title
            } else {
                return None;
            };
            Some((compartment, naming))
        })
    }

    /// Whether `name` has the shape of this system's unpublished compartments.
    pub(crate) fn admits(&self, name: &str) -> bool {
        self.compartments.is_some_and(|shape| shape.fits(name))
    }

    /// The long title of the system, or its code.
    pub(crate) fn long(&self) -> &'static str {
        if self.title.is_empty() { self.code } else { self.title }
    }
}

impl Compartment {
    /// The long title of the compartment, or its code.
    pub(crate) fn long(&self) -> &'static str {
        if self.title.is_empty() { self.code } else { self.title }
    }
}

/// Every written name of every system, retired ones included.
pub(crate) fn system_names() -> impl Iterator<Item = &'static str> {
    let names = |system: &'static System| {
        [system.code, system.title].into_iter().chain(system.retired.iter().copied())
    };
    systems().iter().flat_map(names).filter(|name| !name.is_empty())
}

/// A system with its compartments, in long titles where they exist.
pub(crate) fn system_in_full(system: &System, item: &str) -> String {
    let mut text = system.long().to_owned();
    for part in item.split('-').skip(1) {
        let (name, subs) = part.split_at(part.find(' ').unwrap_or(part.len()));
        let long = system.compartment(name).map_or(name, |(compartment, _)| compartment.long());
        text.extend(["-", long, subs]);
    }
    text
}
