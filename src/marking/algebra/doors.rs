//! Who may see what: the release marks of a marking as a set of doors, of which a join keeps those open in both.
//!
//! No release mark at all is a door of its own (ask the originator): it neither opens REL TO nor passes for NOFORN.

use super::marking::Marking;
use crate::marking::register::{CodeSet, Control};

/// The ways to release a marking abroad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doors {
    /// United States, UNCLASSIFIED, uncontrolled: every door.
    All,
    /// No release mark: the originator's.
    Unmarked,
    /// The listed ones; none of them is NOFORN.
    Listed(Listed),
}

/// The doors that release marks open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Listed {
    relido: bool,
    /// REL (or EYES) without a list: the control that says so.
    inherits: Option<Control>,
    /// The list came from EYES ONLY alone.
    eyes: bool,
    release: CodeSet,
    /// Those who may look, those released to included.
    view: CodeSet,
}

/// The codes that two lists share: a group named in both stays a group, other common countries are listed singly,
/// and no group is invented (D.2, rule 23).
pub(crate) fn common(a: CodeSet, b: CodeSet) -> CodeSet {
    let kept = a.intersection(b);
    let both = a.expanded().intersection(b.expanded()).without_usa();
    kept.union(both.difference(kept.expanded()))
}

impl Doors {
    pub(super) fn of(marking: &Marking) -> Self {
        if marking.is_plain_unclassified() {
            Self::All
        } else if marking.bars_foreign() {
            Self::Listed(Listed::default())
        } else if !marking.has_fdr() {
            Self::Unmarked
        } else {
            let bare = [(Control::Rel, marking.rel_to), (Control::Eyes, marking.eyes)];
            let inherits = bare.iter().find(|(c, list)| marking.has(*c) && list.is_empty()).map(|(c, _)| *c);
            let release = marking.release_list();
            Self::Listed(Listed {
                relido: marking.has(Control::Relido),
                inherits,
                eyes: marking.has(Control::Eyes) && marking.rel_to.is_empty(),
                release,
                view: release.union(marking.display_only),
            })
        }
    }

    /// The doors open in both.
    pub(super) fn meet(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, doors) | (doors, Self::All) => doors,
            (Self::Unmarked, Self::Unmarked) => Self::Unmarked,
            (Self::Unmarked, Self::Listed(_)) | (Self::Listed(_), Self::Unmarked) => {
                Self::Listed(Listed::default())
            }
            (Self::Listed(a), Self::Listed(b)) => Self::Listed(a.meet(b)),
        }
    }

    /// Whether release marks say that nobody abroad may see it.
    pub(super) fn are_closed(self) -> bool {
        matches!(self, Self::Listed(listed) if !listed.relido && listed.inherits.is_none() && listed.view.is_empty())
    }

    /// Writes the doors into a marking as release marks; closed ones as NOFORN.
    pub(super) fn write(self, marking: &mut Marking) {
        let Self::Listed(listed) = self else { return };
        if self.are_closed() {
            marking.controls.insert(Control::Nf);
            return;
        }
        if listed.relido {
            marking.controls.insert(Control::Relido);
        }
        if let Some(control) = listed.inherits {
            marking.controls.insert(control);
        }
        marking.set_lists(listed.release, listed.view, listed.eyes);
    }
}

impl Listed {
    fn meet(self, other: Self) -> Self {
        let release = common(self.release, other.release);
        Self {
            relido: self.relido && other.relido,
            inherits: self.inherits.and_then(|control| other.inherits.map(|other| control.min(other))),
            eyes: self.eyes && other.eyes,
            release,
            view: common(self.view, other.view).union(release),
        }
    }
}

impl Marking {
    /// Sets REL TO (or EYES ONLY) and DISPLAY ONLY from the set released to and the set that may look.
    pub(crate) fn set_lists(&mut self, release: CodeSet, view: CodeSet, eyes: bool) {
        let shown: CodeSet = view.difference(release);
        let covered = release.expanded();
        let display = shown.iter().filter(|code| !CodeSet::of(*code).is_subset(covered)).collect::<CodeSet>();
        if !release.is_empty() {
            let (control, list) = match eyes {
                true => (Control::Eyes, &mut self.eyes),
                false => (Control::Rel, &mut self.rel_to),
            };
            *list = release.with_usa();
            self.controls.insert(control);
        }
        if !display.is_empty() {
            self.display_only = display;
            self.controls.insert(Control::Display);
        }
    }
}
