//! The release mark of a banner: the table of D.2 with B.3 and H.8, step by step; the first match wins.

use super::super::algebra::{Marking, UNCLASSIFIED_NUCLEAR, common};
use super::super::register::{CodeSet, Control, ControlSet, NON_IC};
use super::Context;
use super::conflict::{Conflict, ConflictCode, places};

/// What the table says of the banner.
enum Mark {
    /// No release mark.
    None,
    /// NOFORN.
    NoForeign,
    /// RELIDO, perhaps with a list.
    Relido(CodeSet),
    /// REL TO and DISPLAY ONLY.
    Lists { release: CodeSet, view: CodeSet },
}

/// Marks that release something to someone.
const OPENING: ControlSet = ControlSet::of(&[Control::Rel, Control::Relido, Control::Eyes, Control::Display]);
/// Marks with a list.
const LISTED: ControlSet = ControlSet::of(&[Control::Rel, Control::Eyes, Control::Display]);
const REL: ControlSet = ControlSet::of(&[Control::Rel, Control::Eyes]);

/// Writes the release mark into `banner`, whose other fields are final but for what is superseded.
pub(super) fn decide(
    portions: &[Marking],
    context: Context<'_>,
    banner: &mut Marking,
    conflicts: &mut Vec<Conflict>,
) {
    let table = Table { portions, context, classified: banner.is_classified() };
    let mut mark = table.decide(conflicts);
    let nuclear = table.classified && portions.iter().any(|p| p.controls.meets(UNCLASSIFIED_NUCLEAR));
    if nuclear && matches!(mark, Mark::Relido(_) | Mark::Lists { .. }) {
        // Dropped nuclear controls leave NOFORN behind (H.6).
        mark = Mark::NoForeign;
        conflicts.retain(|conflict| conflict.code != ConflictCode::RelNarrowed);
        table.note(conflicts, ConflictCode::NfOverrides, |portion| portion.controls.meets(OPENING));
    }
    match mark {
        Mark::None => {}
        Mark::NoForeign => {
            banner.controls.insert(Control::Nf);
        }
        Mark::Relido(list) => {
            banner.controls.insert(Control::Relido);
            banner.set_lists(list, list, false);
        }
        Mark::Lists { release, view } => banner.set_lists(release, view, false),
    }
}

struct Table<'a> {
    portions: &'a [Marking],
    context: Context<'a>,
    classified: bool,
}

impl Table<'_> {
    fn decide(&self, conflicts: &mut Vec<Conflict>) -> Mark {
        // 1: plain unclassified portions have no say (H.1).
        let counted = || self.portions.iter().filter(|portion| !portion.is_plain_unclassified());

        // 2: NOFORN in any form.
        if counted().any(Marking::bars_foreign) {
            let explicit = ControlSet::FDR.union(ControlSet::of(&[Control::Xd, Control::Nd]));
            if !self.classified && !counted().any(|portion| portion.controls.meets(explicit)) {
                return Mark::None; // SBU NOFORN and LES NOFORN say it themselves (H.9).
            }
            self.note(conflicts, ConflictCode::NfOverrides, |portion| portion.controls.meets(OPENING));
            return Mark::NoForeign;
        }

        // 3: no release mark anywhere.
        if !counted().any(Marking::has_fdr) {
            return match self.context.analytic_product && self.classified {
                true => self.unmarked(counted().filter(|portion| portion.is_classified()), conflicts),
                false => Mark::None,
            };
        }

        // 4: some portion has none.
        if counted().any(|portion| !portion.has_fdr()) {
            return self.unmarked(counted().filter(|portion| !portion.has_fdr()), conflicts);
        }
        self.marked(&counted().collect::<Vec<_>>(), conflicts)
    }

    /// Step 4: portions without a release mark decide.
    fn unmarked<'m>(
        &self,
        portions: impl Iterator<Item = &'m Marking>,
        conflicts: &mut Vec<Conflict>,
    ) -> Mark {
        self.note(conflicts, ConflictCode::FdrUnmarked, |portion| {
            !portion.is_plain_unclassified() && !portion.has_fdr()
        });
        let listed = self.portions.iter().any(|portion| portion.controls.meets(LISTED));
        let closed = { portions }.any(|portion| self.counts_as_no_foreign(portion));
        if closed || listed { Mark::NoForeign } else { Mark::Relido(CodeSet::default()) }
    }

    /// Step 4a; what is not is counted as RELIDO.
    fn counts_as_no_foreign(&self, portion: &Marking) -> bool {
        let departmental =
            NON_IC.union(UNCLASSIFIED_NUCLEAR).union(ControlSet::of(&[Control::Dsen, Control::Cui]));
        portion.is_foreign()
            || portion.controls.meets(departmental)
            || (portion.is_classified() && (portion.is_caveated() || self.context.before_2010))
    }

    /// Steps 5 to 8: every portion has a release mark, none of them NOFORN.
    fn marked(&self, portions: &[&Marking], conflicts: &mut Vec<Conflict>) -> Mark {
        self.note(conflicts, ConflictCode::EyesToRel, |portion| portion.has(Control::Eyes));
        let relido = portions.iter().filter(|portion| portion.has(Control::Relido)).count();
        let all_rel = portions.iter().all(|portion| portion.controls.meets(REL));
        let release = if all_rel { shared(portions, Marking::release_list) } else { CodeSet::default() };

        let mark = if relido == portions.len() {
            Mark::Relido(release)
        } else if relido > 0 && !all_rel {
            self.note(conflicts, ConflictCode::FdrMixed, |portion| portion.has(Control::Relido));
            Mark::NoForeign
        } else {
            if relido > 0 {
                self.note(conflicts, ConflictCode::RelidoPartial, |portion| portion.has(Control::Relido));
            }
            let displayed = portions.iter().any(|portion| portion.has(Control::Display));
            let view = if displayed { shared(portions, Marking::view_list).union(release) } else { release };
            if view.is_empty() {
                self.note(conflicts, ConflictCode::RelNoCommon, |portion| portion.controls.meets(LISTED));
                Mark::NoForeign
            } else {
                Mark::Lists { release, view }
            }
        };
        self.narrowed(&mark, conflicts);
        mark
    }

    /// What the lists lost on the way to the banner.
    fn narrowed(&self, mark: &Mark, conflicts: &mut Vec<Conflict>) {
        let (release, view) = match *mark {
            Mark::Relido(list) => (list, list),
            Mark::Lists { release, view } => (release, view),
            Mark::None | Mark::NoForeign => (CodeSet::default(), CodeSet::default()),
        };
        self.note(conflicts, ConflictCode::OpaqueGroup, |portion| {
            !portion.view_list().opaque().is_subset(view)
        });
        if !matches!(mark, Mark::NoForeign) {
            let wider =
                |list: CodeSet, banner: CodeSet| !list.expanded().without_usa().is_subset(banner.expanded());
            self.note(conflicts, ConflictCode::RelNarrowed, |portion| {
                wider(portion.release_list(), release) || wider(portion.view_list(), view)
            });
        }
    }

    fn note(&self, conflicts: &mut Vec<Conflict>, code: ConflictCode, concerned: impl Fn(&Marking) -> bool) {
        let portions = places(self.portions, concerned);
        if !portions.is_empty() && conflicts.iter().all(|conflict| conflict.code != code) {
            conflicts.push(Conflict { code, portions });
        }
    }
}

impl Marking {
    /// Those who may look: released to, or DISPLAY ONLY; the United States aside.
    #[must_use]
    pub fn view_list(&self) -> CodeSet {
        self.release_list().union(self.display_only)
    }
}

/// The codes that a list has in every portion.
fn shared(portions: &[&Marking], list: impl Fn(&Marking) -> CodeSet) -> CodeSet {
    portions.iter().map(|portion| list(portion)).reduce(common).unwrap_or_default()
}
