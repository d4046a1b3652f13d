//! Control systems, compartments and sub-compartments (H.4).

use super::reader::{Category, Reader};
use super::reading::Form;
use crate::marking::algebra::hierarchy;
use crate::marking::diagnostics::ErrorCode;
use crate::marking::register::{Bare, Control, Naming, SciSystem, Shape};

impl<'t> Reader<'t> {
    pub(super) fn sci(&mut self, system: &'static SciSystem, naming: Naming, text: &'t str) {
        self.enter(Category::Sci, text);
        self.check_naming(naming, system.code, text);
        self.place_system(system.code, text);
        self.marking.controls.insert(system.control);
        self.marking.sci.push_name(system.code);
        let mut parts = text.split('-').skip(1).peekable();
        if parts.peek().is_none() {
            match system.bare {
                Bare::Fine => {}
                Bare::Retired => self.report(ErrorCode::Deprecated, text),
                Bare::Never => self.report(ErrorCode::Requires, text),
            }
        }
        let mut last = None;
        for part in parts {
            self.compartment(system, part, &mut last);
        }
    }

    /// A NATO control in a United States or foreign mark stands last among the systems (H.7).
    pub(super) fn nato_system(&mut self, control: Control, text: &'t str) {
        self.enter(Category::Sci, text);
        self.place_system(control.row().portion, text);
        self.marking.controls.insert(control);
        self.marking.sci.push_name(control.row().portion);
    }

    fn place_system(&mut self, code: &'static str, text: &'t str) {
        if self.marking.sci.has_root(code) {
            self.disordered = true;
            self.report(ErrorCode::Dup, text);
        } else if self.last_system.is_some_and(|last| hierarchy::place(last) > hierarchy::place(code)) {
            self.disordered = true;
            self.report(ErrorCode::Order, text);
        }
        self.last_system = Some(code);
    }

    fn compartment(&mut self, system: &'static SciSystem, part: &'t str, last: &mut Option<&'t str>) {
        let (name, subs) = part.split_once(' ').map_or((part, None), |(name, subs)| (name, Some(subs)));
        match system.compartment(name) {
            Some((known, _)) if known.grouping => {
                self.report(ErrorCode::Deprecated, part);
                for name in subs.into_iter().flat_map(|subs| subs.split(' ')) {
                    self.compartment(system, name, last);
                }
            }
            Some((known, naming)) => {
                self.check_naming(naming, known.code, part);
                self.push_compartment(known.code, known.control, part, last);
                self.sub_compartments(known.control, known.subs, subs);
            }
            None if system.admits(name) => {
                let control = if system.control == Control::Si { Control::SiCmp } else { system.control };
                self.push_compartment(name, control, part, last);
                self.sub_compartments(control, None, subs);
            }
            None => self.report(ErrorCode::Unknown, part),
        }
    }

    fn push_compartment(
        &mut self,
        code: &'t str,
        control: Control,
        part: &'t str,
        last: &mut Option<&'t str>,
    ) {
        self.check_place(code, *last, part);
        *last = Some(code);
        self.marking.controls.insert(control);
        self.marking.sci.push("-");
        self.marking.sci.push(code);
    }

    fn sub_compartments(&mut self, control: Control, shape: Option<Shape>, subs: Option<&'t str>) {
        let mut last = None;
        for sub in subs.into_iter().flat_map(|subs| subs.split(' ')) {
            if !shape.is_some_and(|shape| shape.fits(sub)) {
                self.report(ErrorCode::Unknown, sub);
                continue;
            }
            self.check_place(sub, last, sub);
            last = Some(sub);
            if control == Control::HcsP {
                self.marking.controls.insert(Control::HcsPSub);
            }
            self.marking.sci.push(" ");
            self.marking.sci.push(sub);
        }
    }

    /// Names of one parent stand in alphabetical order, digits before letters.
    pub(super) fn check_place(&mut self, name: &str, last: Option<&str>, part: &'t str) {
        let Some(last) = last.filter(|&last| last >= name) else { return };
        self.disordered = true;
        self.report(if last == name { ErrorCode::Dup } else { ErrorCode::Order }, part);
    }

    fn check_naming(&mut self, naming: Naming, code: &'static str, text: &'t str) {
        match naming {
            Naming::Retired => self.report_fix(ErrorCode::Deprecated, text, || code.to_owned()),
            Naming::Title if self.form == Form::Portion => {
                self.report_fix(ErrorCode::Form, text, || code.to_owned());
            }
            Naming::Title | Naming::Code => {}
        }
    }
}
