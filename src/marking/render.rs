//! Prints a marking: as a portion mark, as an abbreviated banner, as a banner in long titles.
//!
//! Printing is canonical: whatever was read prints in register order, so that print then parse is identity for every
//! valid marking.

use std::fmt::{self, Display, Write};

use super::algebra::Marking;
use super::level::System;
use super::register::{
    AEA, CUI_LIMITS, Code, CodeSet, Control, ControlSet, DISSEM, NON_IC, SciSystem, system_in_full,
};

/// How a marking is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Style {
    /// `(S//NF)`
    Portion,
    /// `SECRET//NOFORN`
    Banner,
    /// `SECRET//NOT RELEASABLE TO FOREIGN NATIONALS`
    LongBanner,
}

impl Marking {
    /// The marking in a style, to be formatted.
    #[must_use]
    pub fn display(&self, style: Style) -> impl Display {
        Printed { marking: self, style }
    }

    /// The portion mark, with its brackets.
    #[must_use]
    pub fn portion(&self) -> String {
        self.display(Style::Portion).to_string()
    }

    /// The banner in abbreviations where they exist.
    #[must_use]
    pub fn banner(&self) -> String {
        self.display(Style::Banner).to_string()
    }

    /// The banner in long titles where they exist.
    #[must_use]
    pub fn long_banner(&self) -> String {
        self.display(Style::LongBanner).to_string()
    }

    /// The Atomic Energy Act items as the vector files write them: portion codes, but SIGMA in full.
    pub(super) fn aea_items(&self) -> Vec<String> {
        let controls = self.aea_controls();
        controls
            .iter()
            .map(|control| self.aea_item(control, control.id(), Control::Sigma.row().banner))
            .collect()
    }

    /// The Atomic Energy Act controls that are items of their own.
    fn aea_controls(&self) -> ControlSet {
        let subs = ControlSet::of(&[Control::Cnwdi, Control::Sigma]);
        self.controls.intersection(AEA).without(subs).without(self.nato_controls())
    }

    fn aea_item(&self, control: Control, name: &str, sigma: &str) -> String {
        let mut text = name.to_owned();
        if control == Control::Rd && self.has(Control::Cnwdi) {
            text.push('-');
            text.push_str(Control::Cnwdi.row().portion);
        }
        let numbers = match control {
            Control::Rd => self.sigma[0],
            Control::Frd => self.sigma[1],
            _ => 0,
        };
        if numbers != 0 {
            text.push('-');
            text.push_str(sigma);
            for number in (0..u32::BITS).filter(|number| numbers >> number & 1 == 1) {
                text.push(' ');
                text.push_str(&number.to_string());
            }
        }
        text
    }
}

struct Printed<'m> {
    marking: &'m Marking,
    style: Style,
}

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let portion = self.style == Style::Portion;
        if portion {
            f.write_char('(')?;
        }
        self.head(f)?;
        let marking = self.marking;
        self.segment(f, marking.nato_controls().iter(), |f, control| f.write_str(self.form(control)))?;
        self.segment(f, marking.sci.iter(), |f, item| self.system(f, item))?;
        self.segment(f, Some(&marking.sap).into_iter().filter(|sap| !sap.is_empty()), |f, sap| {
            write!(f, "{}-{}", self.form(Control::Sar), sap.as_str())
        })?;
        let sigma = self.sigma_word();
        self.segment(f, marking.aea_controls().iter(), |f, control| {
            f.write_str(&marking.aea_item(control, self.form(control), sigma))
        })?;
        self.segment(f, marking.has(Control::Fgi).then_some(()).into_iter(), |f, ()| self.fgi(f))?;
        let inside = marking.system != System::Cui && marking.has(Control::Cui);
        self.segment(f, inside.then_some("CUI").into_iter(), |f, text| f.write_str(text))?;
        self.segment(f, marking.cui.iter(), |f, item| f.write_str(item))?;
        self.dissemination(f)?;
        let non_ic = marking.controls.intersection(NON_IC);
        self.segment(f, non_ic.iter(), |f, control| f.write_str(self.form(control)))?;
        if portion { f.write_char(')') } else { Ok(()) }
    }
}

impl Printed<'_> {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Marking { system, level, owners, concealed, .. } = self.marking;
        let portion = self.style == Style::Portion;
        let level_text = if portion { level.code() } else { level.word() };
        match system {
            System::Cui => f.write_str("CUI"),
            System::Us => f.write_str(level_text),
            System::Nato => write!(f, "//{}", if portion { level.nato_code() } else { level.nato_words() }),
            System::Foreign => {
                f.write_str("//")?;
                if *concealed {
                    f.write_str(Control::Fgi.row().portion)?;
                } else {
                    codes(f, owners.iter(), " ")?;
                }
                write!(f, " {level_text}")
            }
            System::Joint => {
                write!(f, "//JOINT {level_text}")?;
                if !owners.is_empty() {
                    f.write_char(' ')?;
                }
                codes(f, owners.iter(), " ")
            }
        }
    }

    /// Writes `//` and the items with `/` between them, or nothing.
    fn segment<T>(
        &self,
        f: &mut fmt::Formatter<'_>,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut fmt::Formatter<'_>, T) -> fmt::Result,
    ) -> fmt::Result {
        for (at, item) in items.enumerate() {
            f.write_str(if at == 0 { "//" } else { "/" })?;
            write(f, item)?;
        }
        Ok(())
    }

    fn form(&self, control: Control) -> &'static str {
        let row = control.row();
        match self.style {
            Style::Portion => row.portion,
            Style::LongBanner if !row.title.is_empty() => row.title,
            Style::Banner | Style::LongBanner => row.banner,
        }
    }

    fn sigma_word(&self) -> &'static str {
        Control::Sigma.row().form(self.style == Style::Portion)
    }

    fn system(&self, f: &mut fmt::Formatter<'_>, item: &str) -> fmt::Result {
        if self.style != Style::LongBanner {
            return f.write_str(item);
        }
        match SciSystem::named(item.split('-').next().unwrap_or(item)) {
            Some((system, _)) => f.write_str(&system_in_full(system, item)),
            None => f.write_str(item),
        }
    }

    fn fgi(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form(Control::Fgi))?;
        if !self.marking.concealed && !self.marking.fgi.is_empty() {
            f.write_char(' ')?;
            codes(f, self.marking.fgi.iter(), " ")?;
        }
        Ok(())
    }

    fn dissemination(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let controls = self.marking.controls.intersection(DISSEM.union(CUI_LIMITS));
        if self.marking.system != System::Cui {
            return self.segment(f, controls.iter(), |f, control| self.control(f, control));
        }
        let mut limits: Vec<String> = controls.iter().map(|control| self.control_text(control)).collect();
        limits.sort_unstable();
        self.segment(f, limits.iter(), |f, limit| f.write_str(limit))
    }

    fn control_text(&self, control: Control) -> String {
        struct Text<'p>(&'p Printed<'p>, Control);
        impl Display for Text<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.control(f, self.1)
            }
        }
        Text(&Printed { marking: self.marking, style: self.style }, control).to_string()
    }

    fn control(&self, f: &mut fmt::Formatter<'_>, control: Control) -> fmt::Result {
        let marking = self.marking;
        match control {
            Control::Rel if marking.rel_to.is_empty() => f.write_str(control.row().portion),
            Control::Rel => {
                let long = self.style == Style::LongBanner;
                write!(f, "{} ", if long { control.row().title } else { control.row().banner })?;
                codes(f, usa_first(marking.rel_to), ", ")
            }
            Control::Display => {
                write!(f, "{} ", control.row().banner)?;
                codes(f, marking.display_only.iter(), ", ")
            }
            Control::Eyes if marking.eyes.is_empty() => f.write_str(control.row().portion),
            Control::Eyes => {
                codes(f, usa_first(marking.eyes), "/")?;
                write!(f, " {}", control.row().banner)
            }
            _ => f.write_str(self.form(control)),
        }
    }
}

/// The codes of a release list: the United States before all others (H.8).
pub(super) fn usa_first(set: CodeSet) -> impl Iterator<Item = Code> {
    let usa = Code::usa();
    set.contains(usa).then_some(usa).into_iter().chain(set.without_usa().iter())
}

/// Writes codes with `separator` between them.
fn codes(f: &mut fmt::Formatter<'_>, codes: impl Iterator<Item = Code>, separator: &str) -> fmt::Result {
    for (at, code) in codes.enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        f.write_str(code.text())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Form, parse};

    #[test]
    fn prints_in_every_style() {
        let marking = parse("(TS//SI-G ABCD/TK//RD-CNWDI-SG 14//FGI GBR//OC/NF//LES)", Form::Portion).marking;
        assert_eq!(marking.portion(), "(TS//SI-G ABCD/TK//RD-CNWDI-SG 14//FGI GBR//OC/NF//LES)");
        assert_eq!(
            marking.banner(),
            "TOP SECRET//SI-G ABCD/TK//RD-CNWDI-SIGMA 14//FGI GBR//ORCON/NOFORN//LES"
        );
        assert_eq!(
            marking.long_banner(),
            "TOP SECRET//SI-GAMMA ABCD/TALENT KEYHOLE//RESTRICTED DATA-CNWDI-SIGMA 14//\
             FOREIGN GOVERNMENT INFORMATION GBR//ORIGINATOR CONTROLLED/NOT RELEASABLE TO FOREIGN NATIONALS//\
             LAW ENFORCEMENT SENSITIVE"
        );
    }
}
