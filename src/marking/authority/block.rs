//! The block as a whole.

use jiff::civil::Date;

use super::super::algebra::Marking;
use super::super::level::System;
use super::super::register::{Code, Control, ControlSet};
use super::super::scan::{AuthorityLabel, authority_line};
use super::{Declassify, Until};

/// A classification authority block as a report carries it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorityBlock {
    /// The fields in the order of the report; a label may stand more than once, which is a fault.
    pub fields: Vec<(AuthorityLabel, String)>,
}

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuthorityFault {
    /// It stands on an unclassified document.
    Unclassified,
    /// A label stands twice.
    Repeated(AuthorityLabel),
    /// A field that the block needs is missing or empty.
    Missing(AuthorityLabel),
    /// A derivative block gives a reason.
    ReasonOnDerivative,
    /// The Declassify On value is no longer valid and must be computed anew.
    InvalidDeclassify,
    /// The date is more than 25 years after the origin.
    DateTooLate,
    /// RD, FRD, TFNI or NATO portions admit no date.
    DateOnUndated,
}

impl AuthorityBlock {
    /// Reads the fields from the lines of a block; other lines are passed over.
    #[must_use]
    pub fn parse<'l>(lines: impl IntoIterator<Item = &'l str>) -> Self {
        let fields = lines.into_iter().filter_map(|line| {
            let field = authority_line(line)?;
            Some((field.label, line[field.value].to_owned()))
        });
        Self { fields: fields.collect() }
    }

    /// The first value of a label.
    #[must_use]
    pub fn value(&self, label: AuthorityLabel) -> Option<&str> {
        let field = self.fields.iter().find(|(found, value)| *found == label && !value.is_empty());
        field.map(|(_, value)| value.as_str())
    }

    /// When the classification ends.
    #[must_use]
    pub fn declassify_on(&self) -> Option<Declassify> {
        self.value(AuthorityLabel::DeclassifyOn).and_then(Declassify::parse)
    }

    /// What is wrong with the block of a document with this banner; `origin` is the date of the document.
    #[must_use]
    pub fn faults(&self, banner: &Marking, origin: Option<Date>) -> Vec<AuthorityFault> {
        if !banner.is_classified() {
            return if self.fields.is_empty() { Vec::new() } else { vec![AuthorityFault::Unclassified] };
        }
        let mut faults = Vec::new();
        let labels = [
            AuthorityLabel::ClassifiedBy,
            AuthorityLabel::DerivedFrom,
            AuthorityLabel::Reason,
            AuthorityLabel::DeclassifyOn,
        ];
        let count = |label| self.fields.iter().filter(|(found, _)| *found == label).count();
        faults.extend(labels.into_iter().filter(|&label| count(label) > 1).map(AuthorityFault::Repeated));

        let derivative = self.value(AuthorityLabel::DerivedFrom).is_some();
        let original = self.value(AuthorityLabel::Reason).is_some();
        let basis = if original { AuthorityLabel::Reason } else { AuthorityLabel::DerivedFrom };
        let needed = [AuthorityLabel::ClassifiedBy, basis, AuthorityLabel::DeclassifyOn];
        faults.extend(
            needed.into_iter().filter(|&label| self.value(label).is_none()).map(AuthorityFault::Missing),
        );
        if derivative && original {
            faults.push(AuthorityFault::ReasonOnDerivative);
        }
        let undated = !undated_portions(banner).is_empty();
        match self.declassify_on() {
            Some(Declassify::Invalid) => faults.push(AuthorityFault::InvalidDeclassify),
            Some(Declassify::NotApplicable(_)) | None => {}
            Some(_) if undated => faults.push(AuthorityFault::DateOnUndated),
            Some(Declassify::On(date)) if origin.is_some_and(|origin| is_too_late(date, origin)) => {
                faults.push(AuthorityFault::DateTooLate);
            }
            Some(_) => {}
        }
        faults
    }
}

fn is_too_late(date: Date, origin: Date) -> bool {
    use jiff::ToSpan as _;
    date > origin.saturating_add(25.years())
}

/// The portions of a document that admit no declassification date, by the control that marks each; NATO by FGI.
fn undated_portions(banner: &Marking) -> ControlSet {
    let nuclear = ControlSet::of(&[Control::Rd, Control::Frd, Control::Tfni]);
    let nato = banner.fgi.contains(Code::nato()) || banner.system == System::Nato;
    let nato = if nato { ControlSet::of(&[Control::Fgi]) } else { ControlSet::EMPTY };
    banner.controls.intersection(nuclear).union(nato)
}

/// The values that policy gives for the block of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeutralAuthority<'p> {
    /// Who answers for the release.
    pub classified_by: &'p str,
    /// A neutral source: never one that names a kind of collection.
    pub derived_from: &'p str,
    /// When the classification ends, as a date alone.
    pub declassify_on: Date,
}

impl NeutralAuthority<'_> {
    /// The block for a release with this banner, without the final line end; none for an unclassified one.
    ///
    /// Exemption codes never stand in it: they name kinds of sources.
    #[must_use]
    pub fn block(&self, banner: &Marking) -> Option<String> {
        if !banner.is_classified() {
            return None;
        }
        let undated = undated_portions(banner);
        let ends = if undated.is_empty() {
            Until::Date(self.declassify_on).to_string()
        } else {
            Declassify::NotApplicable(undated).to_string()
        };
        let lines = [
            (AuthorityLabel::ClassifiedBy, self.classified_by),
            (AuthorityLabel::DerivedFrom, self.derived_from),
            (AuthorityLabel::DeclassifyOn, &ends),
        ];
        Some(lines.map(|(label, value)| format!("{}: {value}", label.text())).join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marking::{Form, parse};

    fn banner(text: &str) -> Marking {
        parse(text, Form::Banner).marking
    }

    #[test]
    fn a_derivative_block_is_checked() {
        let lines = ["Classified By: 4410087", "Derived From: Multiple Sources", "Declassify On: 20451231"];
        let secret = banner("SECRET//NOFORN");
        let origin = Some(jiff::civil::date(2020, 12, 31));
        let block = AuthorityBlock::parse(lines);
        assert_eq!(block.value(AuthorityLabel::ClassifiedBy), Some("4410087"));
        assert_eq!(block.faults(&secret, origin), []);
        assert_eq!(block.faults(&banner("UNCLASSIFIED"), origin), [AuthorityFault::Unclassified]);
        assert_eq!(block.faults(&banner("SECRET//RD//NOFORN"), origin), [AuthorityFault::DateOnUndated]);
        let late = Some(jiff::civil::date(2020, 12, 30));
        assert_eq!(block.faults(&secret, late), [AuthorityFault::DateTooLate]);
        let old = AuthorityBlock::parse([
            "Classified By: A",
            "Reason: 1.4(c)",
            "Derived From: B",
            "Declassify On: OADR",
        ]);
        assert_eq!(
            old.faults(&secret, None),
            [AuthorityFault::ReasonOnDerivative, AuthorityFault::InvalidDeclassify]
        );
        assert_eq!(AuthorityBlock::default().faults(&secret, None).len(), 3);
    }

    #[test]
    fn a_neutral_block_names_no_source() {
        let policy = NeutralAuthority {
            classified_by: "Disclosure Office",
            derived_from: "Multiple Sources",
            declassify_on: jiff::civil::date(2050, 1, 2),
        };
        let block = policy.block(&banner("SECRET//REL TO USA, FVEY"));
        assert_eq!(
            block.as_deref(),
            Some("Classified By: Disclosure Office\nDerived From: Multiple Sources\nDeclassify On: 20500102")
        );
        assert_eq!(policy.block(&banner("UNCLASSIFIED")), None);
        let nato = policy.block(&banner("SECRET//FGI NATO//REL TO USA, NATO")).unwrap();
        assert!(nato.ends_with("N/A to NATO portions. See source list for NSI portions."));
    }
}
