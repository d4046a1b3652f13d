//! The reader: walks the segments and items of one mark, keeps the order of categories, collects problems.

use super::item::{self, Item};
use super::reading::{Form, Reading};
use super::{head, rules};
use crate::marking::algebra::{Marking, hierarchy};
use crate::marking::diagnostics::{ErrorCode, Problem};
use crate::marking::level::{Level, System};
use crate::marking::register::{Control, Effect, Forms, Kind, NATO, legacy_effect};

/// The categories of a mark in the order in which they stand (D.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    NatoControl,
    Sci,
    Sap,
    Aea,
    Fgi,
    Cui,
    CuiNames,
    Dissem,
    NonIc,
}

/// State of reading one mark. `text` is cleaned; problems point into it until the reading is finished.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) form: Form,
    pub(super) marking: Marking,
    pub(super) level_known: bool,
    problems: Vec<Problem>,
    legacy: bool,
    bars_foreign: bool,
    /// Categories seen, a bit each, and the highest of them.
    seen: u16,
    highest: Option<Category>,
    /// The category of the items of the segment so far.
    pub(super) run: Option<Category>,
    /// The last items of each category, for order.
    pub(super) last_control: Option<Control>,
    pub(super) last_system: Option<&'t str>,
    pub(super) last_program: Option<&'t str>,
    pub(super) last_category: Option<&'t str>,
    pub(super) last_limit: Option<&'t str>,
    /// Names were read out of order and must be sorted at the end.
    pub(super) disordered: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, form: Form) -> Self {
        Self {
            text,
            form,
            marking: Marking::us(Level::TopSecret),
            level_known: false,
            problems: Vec::new(),
            legacy: false,
            bars_foreign: false,
            seen: 0,
            highest: None,
            run: None,
            last_control: None,
            last_system: None,
            last_program: None,
            last_category: None,
            last_limit: None,
            disordered: false,
        }
    }

    pub(super) fn read(&mut self, raised: bool, spaced: bool) {
        if raised {
            self.report(ErrorCode::Case, self.text);
        }
        if spaced {
            self.report(ErrorCode::Space, self.text);
        }
        let Some(body) = self.body() else { return };
        let lead = body.starts_with("//");
        let mut segments = item::segments(&body[if lead { 2 } else { 0 }..]);
        let Some(first) = segments.by_ref().find(|segment| !segment.is_empty()) else {
            return self.report(ErrorCode::Empty, body);
        };
        if lead && !body[2..].starts_with(first) {
            self.report(ErrorCode::Empty, body);
        }
        if let Some(rest) = head::read(self, first, lead) {
            self.segment(rest);
        }
        segments.for_each(|segment| self.segment(segment));
        rules::check(self);
    }

    /// The mark without its brackets and the spaces inside them.
    fn body(&mut self) -> Option<&'t str> {
        let text = self.text;
        let mut body = text;
        if self.form == Form::Portion && !text.is_empty() {
            let brackets: &[char] = &['(', ')', '[', ']', '{', '}'];
            body = match text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
                Some(inner) if !inner.contains(brackets) => inner,
                _ => {
                    self.report(ErrorCode::Parens, text);
                    text.trim_matches(brackets)
                }
            };
        }
        if body != body.trim_matches(' ') {
            self.report(ErrorCode::Space, body);
            body = body.trim_matches(' ');
        }
        if body.is_empty() {
            self.report(ErrorCode::Empty, text);
            return None;
        }
        Some(body)
    }

    fn segment(&mut self, segment: &'t str) {
        self.run = None;
        if segment.is_empty() {
            return self.report(ErrorCode::Empty, self.text);
        }
        let mut rest = Some(segment);
        while let Some(text) = rest {
            let (item, next) = item::split_first(text);
            rest = next;
            if item.is_empty() {
                self.report(ErrorCode::Empty, segment);
            } else {
                self.item(item);
            }
        }
    }

    fn item(&mut self, text: &'t str) {
        if self.marking.system == System::Cui {
            return self.cui_item(text);
        }
        let item = item::identify(text);
        if self.run == Some(Category::Sap) && !item.is_control() {
            return self.program(text);
        }
        if item == Item::Unknown && self.is_cui_category(text) {
            return self.cui_category(text);
        }
        self.apply(item, text);
    }

    pub(super) fn apply(&mut self, item: Item<'t>, text: &'t str) {
        match item {
            Item::Simple(control, forms) => self.simple(control, forms, text),
            Item::List(list) => self.list(list, text),
            Item::Sci(system, naming) => self.sci(system, naming, text),
            Item::Sap(programs, forms) => {
                self.enter(Category::Sap, text);
                if self.marking.has(Control::Sar) {
                    self.report(ErrorCode::Dup, text);
                }
                self.check_form(Control::Sar, forms, text);
                self.program(programs);
            }
            Item::Aea(control, forms, subs) => self.aea(control, forms, subs, text),
            Item::Fgi(list, forms) => self.fgi(list, forms, text),
            Item::Level => self.report(ErrorCode::ClassConflict, text),
            Item::Declass => self.report(ErrorCode::Declass, text),
            Item::Legacy(effect) => self.legacy(effect, text),
            Item::Code | Item::Unknown => self.unknown(text),
        }
    }

    /// An item that nothing names: perhaps several, wrongly separated.
    fn unknown(&mut self, text: &'t str) {
        match item::split_wrongly_joined(text) {
            Some((first, rest)) => {
                self.report(ErrorCode::Sep, text);
                self.item(first);
                self.item(rest);
            }
            None => self.report(ErrorCode::Unknown, text),
        }
    }

    fn legacy(&mut self, effect: Effect, text: &'t str) {
        if effect == Effect::NoForeign {
            self.bars_foreign = true;
            self.report_fix(ErrorCode::Legacy, text, || self_form(Control::Nf, Form::Banner).to_owned());
        } else {
            self.legacy = true;
            self.report(ErrorCode::Legacy, text);
        }
    }

    /// A control that is one word and nothing else.
    pub(super) fn simple(&mut self, control: Control, forms: Forms, text: &'t str) {
        let nato = self.marking.system == System::Nato && NATO.has(control);
        let category = match control.kind() {
            _ if nato => Category::NatoControl,
            Kind::Sci => return self.nato_system(control, text),
            Kind::NonIc => Category::NonIc,
            Kind::Cui => Category::Cui,
            _ => Category::Dissem,
        };
        self.enter(category, text);
        if control != Control::Rel {
            self.check_form(control, forms, text);
        } else if self.form == Form::Banner {
            self.report(ErrorCode::BareRel, text);
        }
        if control == Control::Eyes {
            self.report_fix(ErrorCode::Deprecated, text, || "REL".to_owned());
        }
        self.insert(control, text);
    }

    /// Puts a control into the mark, watching order and repetition inside its category.
    pub(super) fn insert(&mut self, control: Control, text: &'t str) {
        if !self.marking.controls.insert(control) {
            self.report(ErrorCode::Dup, text);
        } else if self.last_control.is_some_and(|last| last > control && last.kind() == control.kind()) {
            self.report(ErrorCode::Order, text);
        }
        self.last_control = Some(control);
    }

    pub(super) fn check_form(&mut self, control: Control, forms: Forms, text: &'t str) {
        let right = if self.form == Form::Portion { forms.portion } else { forms.banner };
        if !right {
            let form = self.form;
            self.report_fix(ErrorCode::Form, text, || self_form(control, form).to_owned());
        }
    }

    /// Notes that an item of `category` comes next.
    pub(super) fn enter(&mut self, category: Category, text: &'t str) {
        if self.run == Some(category) {
            return;
        }
        let bit = 1 << category as u16;
        if self.run.is_some() || self.seen & bit != 0 {
            self.report(ErrorCode::Sep, text);
        }
        if self.highest.is_some_and(|highest| category < highest) {
            self.report(ErrorCode::OrderCat, text);
        }
        self.run = Some(category);
        self.seen |= bit;
        self.highest = self.highest.max(Some(category));
    }

    pub(super) fn has_entered(&self, category: Category) -> bool {
        self.seen & 1 << category as u16 != 0
    }

    pub(super) fn report(&mut self, code: ErrorCode, part: &'t str) {
        self.push(code, part, code.section(), None);
    }

    pub(super) fn report_fix(&mut self, code: ErrorCode, part: &'t str, fix: impl FnOnce() -> String) {
        self.push(code, part, code.section(), Some(fix()));
    }

    pub(super) fn report_rule(&mut self, code: ErrorCode, section: &'static str, fix: Option<String>) {
        self.push(code, self.text, section, fix);
    }

    fn push(&mut self, code: ErrorCode, part: &'t str, section: &'static str, fix: Option<String>) {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        let at = start..(start + part.len()).min(self.text.len());
        let problem = Problem { code, at, section, fix };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub(super) fn finish(mut self) -> Reading {
        if self.disordered {
            self.marking.sci = hierarchy::canonical(&self.marking.sci);
            self.marking.sap = hierarchy::canonical(&self.marking.sap);
        }
        let bars_foreign = self.bars_foreign
            || self.marking.bars_foreign()
            || (!self.problems.is_empty() && has_no_foreign_word(self.text));
        Reading {
            marking: self.marking,
            problems: self.problems,
            level_known: self.level_known,
            bars_foreign,
            legacy: self.legacy,
        }
    }
}

/// Whether a word that bars foreign nationals stands anywhere in a mark that could not be read in full.
fn has_no_foreign_word(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        let control = Control::named(word).map(|(control, _)| control);
        control == Some(Control::Nf) || legacy_effect(word) == Some(Effect::NoForeign)
    })
}

fn self_form(control: Control, form: Form) -> &'static str {
    control.row().form(form == Form::Portion)
}
