//! The register of controls: what each is called, at which levels it may stand, what it needs and excludes.
//!
//! The table is `patterns/markings/controls.csv`; a row a [`Control`], in the order of the register, which is also
//! the order of the items of a category in a mark.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::csv;
use crate::marking::level::Level;

const TABLE: &str = include_str!("../../../patterns/markings/controls.csv");

macro_rules! controls {
    ($($control:ident),* $(,)?) => {
        /// A control with a fixed name. Compartments and programs have names of their own beside it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the register table says what each means")]
        pub enum Control { $($control),* }

        impl Control {
            /// Every control in the order of the register.
            pub const ALL: &'static [Self] = &[$(Self::$control),*];
        }
    };
}

controls! {
    Hcs, HcsO, HcsP, HcsPSub, HcsX, Rsv, Si, SiCmp, SiG, Tk, TkBlfh, TkIdit, TkKand, Bur, Klm, Mvl, Balk, Bohemia,
    Sar,
    Rd, Frd, Dcni, Ucni, Tfni, Atomal, Cnwdi, Sigma,
    Fgi,
    Rs, Fouo, Oc, OcUsgov, Imc, Nf, Pr, Rel, Relido, Eyes, Dsen, Rawfisa, Fisa, Display,
    Ds, Xd, Nd, Sbu, SbuNf, Les, LesNf, Ssi, Nnpi,
    Cui, Ac, Awp, DlOnly, FedOnly, Fedcon, Nocon,
}

/// The category of a control, in the order in which categories stand in a mark (D.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Sensitive compartmented information.
    Sci,
    /// Special access programs.
    Sap,
    /// Atomic Energy Act information.
    Aea,
    /// Foreign government information in a United States mark.
    Fgi,
    /// Controlled unclassified information.
    Cui,
    /// Dissemination controls, those of controlled unclassified information included.
    Dissem,
    /// Controls of other departments.
    NonIc,
}

/// A set of controls: one word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ControlSet(u64);

/// What the register says of one control.
#[derive(Debug)]
pub struct Row {
    /// The control.
    pub control: Control,
    /// Its category.
    pub kind: Kind,
    /// The code of the vector files.
    pub id: &'static str,
    /// The portion code; empty for a rule row that has none.
    pub portion: &'static str,
    /// The abbreviated banner form, or the only one.
    pub banner: &'static str,
    /// The long title; empty when there is none.
    pub title: &'static str,
    /// Each set must share a control with the mark.
    pub needs: Vec<ControlSet>,
    /// None of these may stand beside it.
    pub excludes: ControlSet,
    /// The manual section that says so.
    pub section: &'static str,
    /// What it means, in a few words.
    pub meaning: &'static str,
    levels: u8,
}

/// In which kinds of mark a written form is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forms {
    pub(crate) portion: bool,
    pub(crate) banner: bool,
}

struct Register {
    rows: Vec<Row>,
    tokens: HashMap<&'static str, (Control, Forms)>,
}

fn register() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(Register::load)
}

impl Register {
    fn load() -> Self {
        let lines: Vec<_> = csv::rows(TABLE).collect();
        assert_eq!(lines.len(), Control::ALL.len(), "the register has a row a control");
        let by_id = |id: &str| -> Control {
            let at = lines.iter().position(|line| line[1] == id);
            Control::ALL[at.expect("the register names only its own controls")]
        };
        let set = |list: &str, separator| list.split(separator).filter(|id| !id.is_empty()).map(by_id).collect();
        let rows: Vec<Row> = std::iter::zip(Control::ALL, &lines)
            .map(|(&control, line)| Row {
                control,
                kind: kind(line[0]),
                id: line[1],
                portion: line[2],
                banner: line[3],
                title: line[4],
                levels: levels(line[5]),
                needs: line[6].split(' ').filter(|need| !need.is_empty()).map(|need| set(need, '|')).collect(),
                excludes: set(line[7], ' '),
                section: line[8],
                meaning: line[9],
            })
            .collect();
        let mut tokens = HashMap::new();
        for row in rows.iter().filter(|row| row.kind != Kind::Sci) {
            let forms = [(row.portion, true, false), (row.banner, false, true), (row.title, false, true)];
            for (text, portion, banner) in forms.into_iter().filter(|(text, ..)| !text.is_empty()) {
                let entry = tokens.entry(text).or_insert((row.control, Forms { portion: false, banner: false }));
                entry.1.portion |= portion;
                entry.1.banner |= banner;
            }
        }
        Self { rows, tokens }
    }
}

fn kind(text: &str) -> Kind {
    match text {
        "sci" => Kind::Sci,
        "sap" => Kind::Sap,
        "aea" => Kind::Aea,
        "fgi" => Kind::Fgi,
        "cui" => Kind::Cui,
        "nonic" => Kind::NonIc,
        _ => Kind::Dissem,
    }
}

fn levels(text: &str) -> u8 {
    if text == "any" {
        return Level::ALL.iter().fold(0, |bits, level| bits | level.bit());
    }
    text.split(' ').filter_map(Level::from_code).fold(0, |bits, level| bits | level.bit())
}

impl Row {
    /// Whether the control may stand at `level`.
    #[must_use]
    pub fn allows(&self, level: Level) -> bool {
        self.levels & level.bit() != 0
    }

    /// The form that a mark of this kind takes.
    #[must_use]
    pub fn form(&self, portion: bool) -> &'static str {
        if portion { self.portion } else { self.banner }
    }
}

impl Control {
    /// What the register says of it.
    #[must_use]
    pub fn row(self) -> &'static Row {
        &register().rows[self as usize]
    }

    /// The code of the vector files.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// The category it stands in.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.row().kind
    }

    /// The control that `text` names in whole, and the marks in which that form is right.
    pub(crate) fn named(text: &str) -> Option<(Self, Forms)> {
        register().tokens.get(text).copied()
    }
}

/// Every written form of every control, in no particular order of meaning but always the same.
pub(crate) fn written_forms() -> impl Iterator<Item = (&'static str, Control)> {
    let rows = register().rows.iter().filter(|row| row.kind != Kind::Sci);
    rows.flat_map(|row| [row.portion, row.banner, row.title].map(|text| (text, row.control)))
        .filter(|(text, _)| !text.is_empty())
}

impl ControlSet {
    /// The set without controls.
    pub const EMPTY: Self = Self(0);

    /// Foreign disclosure and release marks (B.3).
    pub const FDR: Self =
        Self::of(&[Control::Nf, Control::Rel, Control::Relido, Control::Eyes, Control::Display]);

    /// The marks that make a portion not releasable to foreign nationals by themselves.
    pub const NO_FOREIGN: Self =
        Self::of(&[Control::Nf, Control::SbuNf, Control::LesNf, Control::Xd, Control::Nd]);

    /// A set of the listed controls.
    #[must_use]
    pub const fn of(controls: &[Control]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < controls.len() {
            bits |= 1 << controls[at] as u64;
            at += 1;
        }
        Self(bits)
    }

    /// The controls from `first` to `last` of the register, both included.
    #[must_use]
    pub const fn span(first: Control, last: Control) -> Self {
        Self((u64::MAX >> (63 - last as u64)) & (u64::MAX << first as u64))
    }

    /// Adds `control`; false if it was there.
    pub const fn insert(&mut self, control: Control) -> bool {
        let fresh = !self.has(control);
        self.0 |= 1 << control as u64;
        fresh
    }

    /// Takes `control` out.
    pub const fn remove(&mut self, control: Control) {
        self.0 &= !(1 << control as u64);
    }

    /// Whether `control` is in the set.
    #[must_use]
    pub const fn has(self, control: Control) -> bool {
        self.0 >> control as u64 & 1 == 1
    }

    /// Whether the set has no control.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the sets share a control.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Controls of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Controls of both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Controls of this set that the other lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The controls in the order of the register.
    pub fn iter(self) -> impl Iterator<Item = Control> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let at = bits.trailing_zeros() as usize;
            let control = Control::ALL.get(at).copied()?;
            bits &= bits - 1;
            Some(control)
        })
    }
}

impl FromIterator<Control> for ControlSet {
    fn from_iter<I: IntoIterator<Item = Control>>(controls: I) -> Self {
        let mut set = Self::EMPTY;
        controls.into_iter().for_each(|control| {
            set.insert(control);
        });
        set
    }
}

impl std::fmt::Debug for ControlSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The dissemination controls of the intelligence community.
pub const DISSEM: ControlSet = ControlSet::span(Control::Rs, Control::Display);
/// The controls of other departments.
pub const NON_IC: ControlSet = ControlSet::span(Control::Ds, Control::Nnpi);
/// Atomic Energy Act information.
pub const AEA: ControlSet = ControlSet::span(Control::Rd, Control::Sigma);
/// The limited dissemination controls that controlled unclassified information alone has.
pub const CUI_LIMITS: ControlSet = ControlSet::span(Control::Ac, Control::Nocon);
/// Control systems and compartments.
pub const SCI: ControlSet = ControlSet::span(Control::Hcs, Control::Bohemia);
/// The NATO controls, which follow a NATO level as a segment of their own.
pub const NATO: ControlSet = ControlSet::of(&[Control::Atomal, Control::Balk, Control::Bohemia]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_controls() {
        for control in Control::ALL {
            let id = control.id().replace(['-', ' '], "");
            assert_eq!(format!("{control:?}").to_uppercase(), id);
        }
    }

    #[test]
    fn forms_know_their_marks() {
        let forms = |text| Control::named(text).map(|(control, forms)| (control, forms.portion, forms.banner));
        assert_eq!(forms("NF"), Some((Control::Nf, true, false)));
        assert_eq!(forms("NOFORN"), Some((Control::Nf, false, true)));
        assert_eq!(forms("RELIDO"), Some((Control::Relido, true, true)));
        assert_eq!(forms("XYZZY"), None);
    }

    #[test]
    fn sets_iterate_in_register_order() {
        let set = ControlSet::of(&[Control::Nf, Control::Oc, Control::Rs]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Control::Rs, Control::Oc, Control::Nf]);
        assert!(!AEA.has(Control::Fgi) && AEA.has(Control::Sigma) && DISSEM.has(Control::Rs));
    }
}
