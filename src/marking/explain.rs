//! What a marking says, word by word, with the manual section of each word.

use super::algebra::Marking;
use super::level::{Level, System};
use super::register::{
    CUI_LIMITS, Code, CodeKind, CodeSet, Control, DISSEM, NON_IC, SciSystem, system_in_full,
};
use super::render::usa_first;

/// One word or list of a marking and its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gloss {
    /// The words as they stand in an abbreviated banner.
    pub text: String,
    /// What they mean.
    pub meaning: String,
    /// The manual section.
    pub section: &'static str,
}

impl Marking {
    /// Explains the marking word by word, in the order of the mark.
    #[must_use]
    pub fn explain(&self) -> Vec<Gloss> {
        let mut glosses = vec![self.level_gloss()];
        let mut add = |text: String, meaning: String, section| glosses.push(Gloss { text, meaning, section });
        for control in self.nato_controls().iter() {
            let row = control.row();
            add(row.portion.to_owned(), row.meaning.to_owned(), row.section);
        }
        for item in self.sci.iter() {
            let system = SciSystem::named(item.split('-').next().unwrap_or(item)).map(|(system, _)| system);
            let meaning = system.map_or("NATO control", |system| system.control.row().meaning);
            let full = system.map_or_else(|| item.to_owned(), |system| system_in_full(system, item));
            let meaning = if full == item { meaning.to_owned() } else { format!("{meaning}: {full}") };
            add(item.to_owned(), meaning, system.map_or("H.7", |system| system.control.row().section));
        }
        for program in self.sap.iter() {
            add(format!("SAR-{program}"), Control::Sar.row().meaning.to_owned(), Control::Sar.row().section);
        }
        for item in self.aea_items() {
            let base = item.split('-').next().unwrap_or(&item);
            let control = Control::named(base).map_or(Control::Rd, |(control, _)| control);
            let meaning = match item.split_once('-') {
                Some((_, subs)) => format!("{}, {subs}", control.row().meaning),
                None => control.row().meaning.to_owned(),
            };
            add(item, meaning, control.row().section);
        }
        if self.has(Control::Fgi) {
            let row = Control::Fgi.row();
            match self.concealed {
                true => add(row.banner.to_owned(), format!("{}, source concealed", row.meaning), row.section),
                false => add(
                    listed(row.banner, self.fgi.iter(), " "),
                    with_names(row.meaning, self.fgi),
                    row.section,
                ),
            }
        }
        if self.system != System::Cui && self.has(Control::Cui) {
            let row = Control::Cui.row();
            add(row.banner.to_owned(), row.meaning.to_owned(), row.section);
        }
        for category in self.cui.iter() {
            let specified = category.starts_with(super::algebra::categories::SPECIFIED);
            let kind = if specified { "category, Specified" } else { "category, Basic" };
            add(category.to_owned(), format!("{} {kind}", Control::Cui.row().meaning), "CUI");
        }
        for control in self.controls.intersection(DISSEM.union(CUI_LIMITS).union(NON_IC)).iter() {
            let gloss = self.control_gloss(control);
            glosses.push(gloss);
        }
        glosses
    }

    fn level_gloss(&self) -> Gloss {
        let damage = match self.level {
            Level::TopSecret => "disclosure would do exceptionally grave damage",
            Level::Secret => "disclosure would do serious damage",
            Level::Confidential => "disclosure would do damage",
            Level::Restricted => "protected as CONFIDENTIAL in the United States",
            Level::Unclassified => "not classified",
        };
        let (whose, section) = match self.system {
            System::Us => ("United States information".to_owned(), "H.1"),
            System::Cui => return self.cui_gloss(),
            System::Nato => ("NATO information".to_owned(), "G.1"),
            System::Foreign if self.concealed => {
                ("foreign government information, owner concealed".to_owned(), "H.7")
            }
            System::Foreign => (with_names("foreign government information", self.owners), "H.7"),
            System::Joint if self.owners.is_empty() => {
                ("joint information of the banner's owners".to_owned(), "H.3")
            }
            System::Joint => (with_names("joint information", self.owners), "H.3"),
        };
        let mut head = Self::us(self.level);
        (head.system, head.owners, head.concealed) = (self.system, self.owners, self.concealed);
        Gloss { text: head.banner(), meaning: format!("{whose}, {damage}"), section }
    }

    fn cui_gloss(&self) -> Gloss {
        let row = Control::Cui.row();
        Gloss { text: row.banner.to_owned(), meaning: row.meaning.to_owned(), section: row.section }
    }

    fn control_gloss(&self, control: Control) -> Gloss {
        let row = control.row();
        let (text, meaning) = match control {
            Control::Rel | Control::Eyes if self.inherits_list() => {
                (row.portion.to_owned(), "released to the countries of the banner's list".to_owned())
            }
            Control::Rel => (
                listed(row.banner, usa_first(self.rel_to), ", "),
                with_names(row.meaning, self.rel_to.without_usa()),
            ),
            Control::Display => (
                listed(row.banner, self.display_only.iter(), ", "),
                with_names(row.meaning, self.display_only),
            ),
            Control::Eyes => {
                let codes: Vec<_> = usa_first(self.eyes).map(Code::text).collect();
                (format!("{} {}", codes.join("/"), row.banner), row.meaning.to_owned())
            }
            _ => (row.banner.to_owned(), row.meaning.to_owned()),
        };
        Gloss { text, meaning, section: row.section }
    }
}

fn listed(word: &str, codes: impl Iterator<Item = Code>, separator: &str) -> String {
    let codes: Vec<_> = codes.map(Code::text).collect();
    format!("{word} {}", codes.join(separator))
}

fn with_names(meaning: &str, codes: CodeSet) -> String {
    let names: Vec<String> = codes
        .iter()
        .map(|code| match code.kind() {
            CodeKind::Group => {
                let members: Vec<_> = code.members().iter().map(Code::text).collect();
                if members.len() <= 8 {
                    format!("{} ({})", code.name(), members.join(" "))
                } else {
                    code.name().to_owned()
                }
            }
            CodeKind::Opaque | CodeKind::Retired => format!("{} (members not known)", code.name()),
            CodeKind::Country | CodeKind::Owner => code.name().to_owned(),
        })
        .collect();
    format!("{meaning}: {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::marking::{Form, parse};

    #[test]
    fn every_word_is_explained() {
        let marking =
            parse("TOP SECRET//SI-G ABCD/TK//FGI GBR//ORCON/REL TO USA, FVEY", Form::Banner).marking;
        let glosses = marking.explain();
        let texts: Vec<_> = glosses.iter().map(|gloss| gloss.text.as_str()).collect();
        assert_eq!(texts, ["TOP SECRET", "SI-G ABCD", "TK", "FGI GBR", "ORCON", "REL TO USA, FVEY"]);
        assert!(
            glosses[1].meaning.ends_with("SI-GAMMA ABCD") && glosses[5].meaning.contains("AUS CAN GBR NZL")
        );
        assert!(glosses.iter().all(|gloss| !gloss.section.is_empty()));
    }
}
