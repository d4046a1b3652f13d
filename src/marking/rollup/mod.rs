//! Roll-up: the banner of a document from its portions (D.2), and what had to give way.

mod conflict;
mod disclosure;
mod validate;

pub use conflict::{Conflict, ConflictCode};
pub use validate::{BannerFault, BannerFaultKind, compare_banner};

use super::algebra::Marking;
use super::level::{Level, System};
use super::register::{Control, ControlSet};

/// What the roll-up must know beside the portions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'m> {
    /// A disseminated analytic product: classified portions without a release mark must get one (B.3).
    pub analytic_product: bool,
    /// Information created before 2010-06-28.
    pub before_2010: bool,
    /// The printed banner, whose list a bare REL or EYES means (H.8).
    pub banner: Option<&'m Marking>,
}

/// A computed banner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollUp {
    /// The banner.
    pub banner: Marking,
    /// What gave way, in alphabetical order of the codes, each code once.
    pub conflicts: Vec<Conflict>,
}

impl RollUp {
    /// The codes of the conflicts, in alphabetical order.
    #[must_use]
    pub fn codes(&self) -> Vec<ConflictCode> {
        self.conflicts.iter().map(|conflict| conflict.code).collect()
    }
}

/// Computes the banner of `portions`; none has no banner.
#[must_use]
pub fn roll_up(portions: &[Marking], context: Context<'_>) -> Option<RollUp> {
    let portions: Vec<Marking> =
        portions.iter().map(|portion| portion.with_list_of(context.banner)).collect();
    let mut banner = portions.first()?.clone();
    banner = portions.iter().fold(banner.join_body(&banner), |banner, portion| banner.join_body(portion));
    if banner.system == System::Foreign && banner.concealed {
        // A concealed owner has a portion form only (H.7).
        banner = banner.in_us_terms();
    }
    banner.controls = banner.controls.without(ControlSet::FDR);
    let mut conflicts = Vec::new();
    disclosure::decide(&portions, context, &mut banner, &mut conflicts);
    banner.settle();
    conflict::superseded(&portions, &banner, &mut conflicts);
    conflicts.sort_unstable_by_key(|conflict| conflict.code);
    Some(RollUp { banner, conflicts })
}

impl Marking {
    /// The mark as it stands outside its document: a bare REL or EYES takes the banner's list, a joint mark
    /// without owners the banner's owners (H.3, H.8). Without a list to take it stays as it is.
    #[must_use]
    pub fn with_list_of(&self, banner: Option<&Self>) -> Self {
        let mut lifted = self.clone();
        let Some(banner) = banner else { return lifted };
        if self.inherits_list() && !banner.release_list().is_empty() {
            lifted.controls.remove(Control::Eyes);
            lifted.controls = lifted.controls.without(ControlSet::of(&[Control::Rel, Control::Eyes]));
            lifted.eyes = banner.eyes;
            lifted.rel_to = banner.rel_to;
            let from_eyes = banner.rel_to.is_empty();
            lifted.controls.insert(if from_eyes { Control::Eyes } else { Control::Rel });
        }
        if self.inherits_owners() && banner.system == System::Joint {
            lifted.owners = banner.owners;
        }
        lifted
    }

    /// Whether its level is that of classified information.
    #[must_use]
    pub fn is_classified(&self) -> bool {
        self.level.is_classified()
    }
}

/// The highest level of `portions` in United States terms.
fn highest<'m>(portions: impl Iterator<Item = &'m Marking>) -> Level {
    portions.map(|portion| portion.level).max().unwrap_or(Level::Unclassified)
}
