//! Controlled unclassified information (CUI Marking Handbook): categories, then limited dissemination controls.

use super::item::{self, Item};
use super::reader::{Category, Reader};
use super::reading::Form;
use crate::marking::algebra::{categories, root};
use crate::marking::diagnostics::ErrorCode;
use crate::marking::register::{CUI_LIMITS, Control, ControlSet, Kind};

/// Dissemination controls that controlled unclassified information shares with classified.
const SHARED: ControlSet = ControlSet::of(&[Control::Nf, Control::Rel, Control::Display]);

/// Controls whose names are also those of categories in the CUI registry.
const ALSO_CATEGORIES: ControlSet =
    ControlSet::of(&[Control::Pr, Control::Fisa, Control::Ssi, Control::Nnpi, Control::Dcni, Control::Ucni]);

impl<'t> Reader<'t> {
    pub(super) fn cui_item(&mut self, text: &'t str) {
        let item = item::identify(text);
        match item {
            Item::Simple(control, forms) if SHARED.union(CUI_LIMITS).has(control) => {
                self.enter(Category::Dissem, text);
                if control != Control::Rel {
                    self.check_form(control, forms, text);
                } else if self.form == Form::Banner {
                    self.report(ErrorCode::BareRel, text);
                }
                self.place_limit(text);
                self.insert_limit(control, text);
            }
            Item::List(list) if SHARED.has(list.control) => {
                self.place_limit(text);
                self.list(list, text);
            }
            Item::Simple(control, _) | Item::Aea(control, ..) if ALSO_CATEGORIES.has(control) => {
                self.cui_category(text);
            }
            Item::Level | Item::Declass | Item::Legacy(_) => self.apply(item, text),
            Item::Unknown | Item::Code | Item::Fgi(..) | Item::Sap(..) if is_category(text) => {
                self.cui_category(text);
            }
            _ => match item::split_wrongly_joined(text).or_else(|| text.split_once(", ")) {
                Some((first, rest)) => {
                    self.report(ErrorCode::Sep, text);
                    self.cui_item(first);
                    self.cui_item(rest);
                }
                None => self.report(ErrorCode::Unknown, text),
            },
        }
    }

    /// A category: Specified ones first, each group alphabetical.
    pub(super) fn cui_category(&mut self, text: &'t str) {
        self.enter(Category::CuiNames, text);
        let last = self.last_category.replace(text);
        if let Some(last) = last.filter(|last| categories::place(last) >= categories::place(text)) {
            self.report(if last == text { ErrorCode::Dup } else { ErrorCode::Order }, text);
        }
        self.marking.cui.push_name(text);
    }

    /// Whether an unknown word of a classified mark is a category of the CUI segment before it.
    pub(super) fn is_cui_category(&self, text: &str) -> bool {
        let expected = self.has_entered(Category::Cui) && !self.has_entered(Category::Dissem);
        expected && is_category(text)
    }

    /// Limited dissemination controls stand in the alphabetical order of the text as printed.
    fn place_limit(&mut self, text: &'t str) {
        if self.last_limit.is_some_and(|last| last > text) {
            self.report(ErrorCode::Order, text);
        }
        self.last_limit = Some(text);
    }

    fn insert_limit(&mut self, control: Control, text: &'t str) {
        if !self.marking.controls.insert(control) {
            self.report(ErrorCode::Dup, text);
        }
    }
}

/// The shape of a category marking; the registry itself is long and changes.
fn is_category(text: &str) -> bool {
    let name = text.strip_prefix(categories::SPECIFIED).unwrap_or(text);
    let shaped =
        (2..=10).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let taken = Control::named(root(text)).is_some_and(|(control, _)| control.kind() != Kind::Fgi);
    shaped && !taken
}
