//! The fields of the vector files: a marking as the `parsed` object.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::algebra::{Marking, Names};
use super::level::System;
use super::register::{CUI_LIMITS, Code, CodeSet, Control, DISSEM, NON_IC};
use super::render::{Style, usa_first};

impl Serialize for Marking {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("system", self.system.name())?;
        fields.serialize_entry("level", self.level.code())?;
        list(&mut fields, "owners", &self.owner_texts())?;
        flag(&mut fields, "owners_inherit", self.inherits_owners())?;
        let nato: Vec<_> = self.nato_controls().iter().map(Control::id).collect();
        if !nato.is_empty() {
            fields.serialize_entry("nato_control", &nato.join("/"))?;
        }
        list(&mut fields, "sci", &names(&self.sci))?;
        list(&mut fields, "sap", &names(&self.sap))?;
        list(&mut fields, "aea", &self.aea_items())?;
        list(&mut fields, "fgi", &self.fgi_texts())?;
        list(&mut fields, "dissem", &self.dissem_ids())?;
        list(&mut fields, "rel_to", &usa_first(self.rel_to).map(Code::text).collect::<Vec<_>>())?;
        list(&mut fields, "display_only", &texts(self.display_only))?;
        list(&mut fields, "eyes", &usa_first(self.eyes).map(Code::text).collect::<Vec<_>>())?;
        flag(&mut fields, "rel_inherits", self.inherits_list())?;
        list(
            &mut fields,
            "non_ic",
            &self.controls.intersection(NON_IC).iter().map(Control::id).collect::<Vec<_>>(),
        )?;
        list(&mut fields, "cui", &names(&self.cui))?;
        fields.end()
    }
}

impl Marking {
    fn owner_texts(&self) -> Vec<&'static str> {
        let concealed = self.system == System::Foreign && self.concealed;
        if concealed { vec![Control::Fgi.id()] } else { texts(self.owners) }
    }

    fn fgi_texts(&self) -> Vec<&'static str> {
        match self.has(Control::Fgi) {
            true if self.concealed => vec![Control::Fgi.id()],
            true => texts(self.fgi),
            false => Vec::new(),
        }
    }

    /// Register order; for controlled unclassified information the order as printed.
    fn dissem_ids(&self) -> Vec<&'static str> {
        let mut controls: Vec<Control> =
            self.controls.intersection(DISSEM.union(CUI_LIMITS)).iter().collect();
        if self.system == System::Cui {
            controls.sort_by_key(|control| control.row().banner);
        }
        let limit = |control: &Control| CUI_LIMITS.has(*control);
        controls.iter().map(|c| if limit(c) { c.row().portion } else { c.id() }).collect()
    }

    /// The canonical text in a form of mark.
    #[must_use]
    pub fn canonical(&self, form: super::Form) -> String {
        let style = if form == super::Form::Portion { Style::Portion } else { Style::Banner };
        self.display(style).to_string()
    }
}

fn texts(set: CodeSet) -> Vec<&'static str> {
    set.iter().map(Code::text).collect()
}

fn names(names: &Names) -> Vec<&str> {
    names.iter().collect()
}

fn list<M: SerializeMap, T: Serialize>(
    fields: &mut M,
    name: &'static str,
    list: &[T],
) -> Result<(), M::Error> {
    if list.is_empty() { Ok(()) } else { fields.serialize_entry(name, &list) }
}

fn flag<M: SerializeMap>(fields: &mut M, name: &'static str, set: bool) -> Result<(), M::Error> {
    if set { fields.serialize_entry(name, &true) } else { Ok(()) }
}
