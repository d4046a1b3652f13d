//! Re-marking: what marks a release carries.

use super::algebra::Marking;
use super::grammar::{Form, Reading, parse};
use super::level::Level;
use super::register::{CodeSet, Control, ControlSet};
use super::release::{Answer, Audience, Decision, Readers, release};
use super::rollup::{Context, roll_up};

/// A portion may not stand in the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("portion {at} may not go to this audience ({reason})", reason = decision.reason)]
pub struct NotReleasable {
    /// The portion, from 0 in the order given.
    pub at: usize,
    /// The answer for it.
    pub decision: Decision,
}

/// The banner and page mark of a release: the roll-up of its portions, released to the audience.
///
/// `portions` are the marks as they stand in the report, `banner` the report's, for marks that refer to it. Abroad,
/// the release list is the one that every portion allows when it covers the audience, else the United States and the
/// audience. A release within the United States keeps its NOFORN. No portion has no banner.
///
/// # Errors
/// When a portion does not answer `yes` for the audience.
pub fn release_banner(
    portions: &[Marking],
    audience: &Audience,
    banner: Option<&Marking>,
) -> Result<Option<Marking>, NotReleasable> {
    let printed = banner.cloned().map(Reading::from);
    for (at, portion) in portions.iter().enumerate() {
        let decision = release(&Reading::from(portion.clone()), audience, printed.as_ref());
        if decision.answer != Answer::Yes {
            return Err(NotReleasable { at, decision });
        }
    }
    let Some(rolled) = roll_up(portions, Context { banner, ..Context::default() }) else { return Ok(None) };
    let mut mark = rolled.banner;
    if let Readers::Foreign(members) = audience.readers {
        let covered = members.is_subset(mark.release_list().expanded());
        if !covered && !mark.is_plain_unclassified() {
            mark = mark.released_to(members);
        }
    }
    Ok(Some(mark))
}

/// How a recorded decision changes a mark.
#[derive(Debug, Clone, Copy, Default)]
pub struct Downgrade {
    /// The new level, if it changes.
    pub level: Option<Level>,
    /// Controls that go; a control of compartments takes all of them with it.
    pub drop: ControlSet,
    /// Whether all control systems and special access programs go.
    pub drop_compartments: bool,
    /// Who it is released to, in place of all release marks.
    pub release_to: Option<CodeSet>,
}

impl Marking {
    /// The mark after a decision.
    ///
    /// # Errors
    /// When the outcome would not be a valid portion mark: its problems.
    pub fn downgraded(&self, change: &Downgrade) -> Result<Self, Vec<super::Problem>> {
        let mut mark = self.clone();
        mark.level = change.level.unwrap_or(mark.level);
        mark.controls = mark.controls.without(change.drop);
        if change.drop_compartments {
            let systems = super::register::SCI.union(ControlSet::of(&[Control::Sar]));
            mark.controls = mark.controls.without(systems);
            (mark.sci, mark.sap) = Default::default();
        }
        if change.drop.has(Control::Fgi) {
            (mark.fgi, mark.concealed) = Default::default();
        }
        if let Some(list) = change.release_to {
            mark = mark.released_to(list);
        }
        mark.settle();
        let reading = parse(&mark.portion(), Form::Portion);
        if reading.is_valid() { Ok(reading.marking) } else { Err(reading.problems) }
    }

    /// The mark with REL TO the listed codes in place of all its release marks.
    #[must_use]
    pub fn released_to(&self, list: CodeSet) -> Self {
        let mut mark = self.clone();
        mark.controls = mark.controls.without(ControlSet::FDR);
        (mark.rel_to, mark.eyes, mark.display_only) = Default::default();
        let list = list.without_usa();
        mark.set_lists(list, list, false);
        mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marking::Reason;

    fn marks(texts: &[&str]) -> Vec<Marking> {
        texts.iter().map(|text| parse(text, Form::Portion).marking).collect()
    }

    fn banner_for(portions: &[&str], audience: &str, banner: Option<&str>) -> Result<String, Reason> {
        let banner = banner.map(|text| parse(text, Form::Banner).marking);
        let mark = release_banner(&marks(portions), &Audience::parse([audience]), banner.as_ref());
        mark.map(|mark| mark.map(|mark| mark.banner()).unwrap_or_default())
            .map_err(|refused| refused.decision.reason)
    }

    #[test]
    fn a_release_is_marked_for_its_audience() {
        let fvey = "SECRET//REL TO USA, FVEY";
        assert_eq!(banner_for(&["(S//REL TO USA, FVEY)", "(U)"], "GBR", None).as_deref(), Ok(fvey));
        assert_eq!(banner_for(&["(S//REL)", "(U)"], "GBR", Some(fvey)).as_deref(), Ok(fvey));
        assert_eq!(
            banner_for(&["(S//REL TO USA, FVEY)", "(U//FOUO)"], "GBR", Some(fvey)).as_deref(),
            Ok("SECRET//REL TO USA, GBR"),
            "FOUO follows the banner, and the audience is named"
        );
        assert_eq!(banner_for(&["(U)", "(U)"], "QUAD", None).as_deref(), Ok("UNCLASSIFIED"));
        assert_eq!(
            banner_for(&["(S//REL TO USA, AUS, IND, JPN)"], "QUAD", None).as_deref(),
            Ok("SECRET//REL TO USA, AUS, IND, JPN")
        );
        assert_eq!(banner_for(&["(S//NF)"], "USA", None).as_deref(), Ok("SECRET//NOFORN"));
        assert_eq!(banner_for(&["(U)", "(S//NF)"], "GBR", None), Err(Reason::NoForeign));
        assert_eq!(banner_for(&[], "GBR", None).as_deref(), Ok(""));
    }

    #[test]
    fn a_decision_downgrades_to_a_valid_mark_or_not_at_all() {
        let mark = &marks(&["(TS//HCS-P/SI//OC/NF)"])[0];
        let gbr: CodeSet = ["GBR"].into_iter().filter_map(crate::marking::register::Code::parse).collect();
        let change = Downgrade {
            level: Some(Level::Secret),
            drop: ControlSet::of(&[Control::Oc]),
            drop_compartments: true,
            release_to: Some(gbr),
        };
        assert_eq!(
            mark.downgraded(&change).map(|mark| mark.portion()).as_deref(),
            Ok("(S//REL TO USA, GBR)")
        );
        let half = Downgrade { drop_compartments: false, ..change };
        assert!(mark.downgraded(&half).is_err(), "HCS-P without NOFORN is no mark");
    }
}
