//! Markings as a lattice: the join of two is the lowest marking that loses nothing of either.
//!
//! `join` is commutative, associative and idempotent on normal forms, and never opens a door that one of the two
//! keeps shut. It is stricter than the roll-up of a document, whose table (D.2) lets some mixtures count as RELIDO.

use super::doors::Doors;
use super::hierarchy;
use super::marking::Marking;
use crate::marking::level::System;
use crate::marking::register::{CodeSet, Control, ControlSet, DISSEM, NON_IC};

/// Controls that only UNCLASSIFIED marks carry.
const UNCLASSIFIED_ONLY: ControlSet =
    ControlSet::of(&[Control::Fouo, Control::Ds, Control::Sbu, Control::SbuNf, Control::Dcni, Control::Ucni]);

/// What supersedes what, in the order in which it is applied: the first drops the others (D.2, H.6, H.8, H.9).
const SUPERSEDES: [(Control, &[Control]); 7] = [
    (Control::Rd, &[Control::Frd, Control::Tfni]),
    (Control::Frd, &[Control::Tfni]),
    (Control::Oc, &[Control::OcUsgov]),
    (Control::Nd, &[Control::Xd, Control::Sbu, Control::SbuNf]),
    (Control::Xd, &[Control::Sbu, Control::SbuNf]),
    (Control::SbuNf, &[Control::Sbu]),
    (Control::LesNf, &[Control::Les]),
];

impl Marking {
    /// The lowest marking that loses nothing of either: levels rise, controls and compartments add up, release
    /// lists narrow.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut joined = self.join_body(other);
        joined.controls = joined.controls.without(ControlSet::FDR);
        let doors = Doors::of(self).meet(Doors::of(other));
        let explicit = ControlSet::FDR.union(ControlSet::of(&[Control::Xd, Control::Nd]));
        let implied = !joined.level.is_classified() && !self.controls.union(other.controls).meets(explicit);
        let nuclear = self.controls.union(other.controls).meets(UNCLASSIFIED_NUCLEAR);
        if nuclear && joined.level.is_classified() && matches!(doors, Doors::Listed(_)) {
            joined.controls.insert(Control::Nf);
        } else if !(implied && doors.are_closed()) {
            doors.write(&mut joined);
        }
        joined.settle();
        joined
    }

    /// The same marking without what its own level or controls make superfluous.
    #[must_use]
    pub fn normalized(&self) -> Self {
        self.join(self)
    }

    /// Whether this marking loses nothing of `other`: it is at least as high in every respect.
    #[must_use]
    pub fn dominates(&self, other: &Self) -> bool {
        self.join(other) == self.normalized()
    }

    /// Everything but the release lists, not yet settled; the release marks of both are still in it.
    pub(crate) fn join_body(&self, other: &Self) -> Self {
        let (a, b) = match shared_system(self, other) {
            Some(system) => (self.clone().under(system, other), other.clone().under(system, self)),
            None => (self.in_us_terms(), other.in_us_terms()),
        };
        let concealed = a.concealed || b.concealed;
        Self {
            system: a.system,
            level: a.level.max(b.level),
            controls: a.controls.union(b.controls),
            owners: a.owners.union(b.owners),
            fgi: if concealed { CodeSet::default() } else { a.fgi.union(b.fgi) },
            concealed,
            sci: hierarchy::union(&a.sci, &b.sci),
            sap: hierarchy::union(&a.sap, &b.sap),
            cui: super::categories::union(&a.cui, &b.cui),
            sigma: [a.sigma[0] | b.sigma[0], a.sigma[1] | b.sigma[1]],
            ..Self::us(a.level)
        }
    }

    /// Drops what the level or another control supersedes.
    pub(crate) fn settle(&mut self) {
        let controls = &mut self.controls;
        if self.level.is_classified() {
            if controls.has(Control::LesNf) {
                controls.insert(Control::Nf);
            }
            *controls = controls.without(UNCLASSIFIED_ONLY);
        }
        if controls.has(Control::Nf) {
            for (with, without) in [(Control::SbuNf, Control::Sbu), (Control::LesNf, Control::Les)] {
                if controls.has(with) {
                    controls.remove(with);
                    controls.insert(without);
                }
            }
        }
        for (strong, weak) in SUPERSEDES {
            if controls.has(strong) {
                *controls = controls.without(ControlSet::of(weak));
            }
        }
        let others = DISSEM.union(NON_IC).without(ControlSet::FDR).without(ControlSet::of(&[Control::Fouo]));
        if controls.meets(others) {
            controls.remove(Control::Fouo);
        }
        if controls.has(Control::Rd) {
            self.sigma = [self.sigma[0] | self.sigma[1], 0];
        }
    }

    /// The same information as a United States marking: owners become foreign government information, NATO
    /// controls move into their categories (D.2, H.7).
    #[must_use]
    pub fn in_us_terms(&self) -> Self {
        let mut us = self.clone();
        us.system = System::Us;
        us.level = self.level.in_us_terms();
        us.owners = CodeSet::default();
        let foreign = self.system > System::Us;
        if foreign {
            let owners = self.owners.without_usa();
            us.concealed |= owners.is_empty();
            us.fgi = if us.concealed { CodeSet::default() } else { self.fgi.union(owners) };
            us.controls.insert(Control::Fgi);
        }
        for control in self.nato_controls().without(ControlSet::of(&[Control::Atomal])).iter() {
            us.sci = hierarchy::union(&us.sci, &[control.row().portion].into_iter().collect());
        }
        us
    }

    /// The marking as part of a whole whose system is `system`: joint owners left to the banner come from `other`.
    fn under(mut self, system: System, other: &Self) -> Self {
        self.system = system;
        if self.inherits_owners() {
            self.owners = other.owners;
        }
        self
    }
}

/// Unclassified nuclear controls: a classified whole drops them, but then no weaker release mark than NOFORN may
/// stand (H.6).
pub(crate) const UNCLASSIFIED_NUCLEAR: ControlSet = ControlSet::of(&[Control::Dcni, Control::Ucni]);

/// The system of both, if they have one: same owners, or controlled unclassified beside plain unclassified.
fn shared_system(a: &Marking, b: &Marking) -> Option<System> {
    if a.system == b.system {
        let inherits = a.inherits_owners() || b.inherits_owners();
        let owned = a.owners == b.owners && (a.system != System::Foreign || a.concealed == b.concealed);
        return (owned || inherits).then_some(a.system);
    }
    let cui = |x: &Marking, y: &Marking| x.system == System::Cui && y.is_plain_unclassified();
    (cui(a, b) || cui(b, a)).then_some(System::Cui)
}
