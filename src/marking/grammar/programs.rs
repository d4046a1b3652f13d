//! Special access programs (H.5).

use super::reader::{Category, Reader};
use super::reading::Form;
use crate::marking::diagnostics::ErrorCode;
use crate::marking::register::Control;

impl<'t> Reader<'t> {
    /// One program, with or without the hierarchy below it. The prefix is gone.
    pub(super) fn program(&mut self, text: &'t str) {
        self.enter(Category::Sap, text);
        self.marking.controls.insert(Control::Sar);
        let mut parts = text.split('-');
        let program = parts.next().unwrap_or_default();
        if program.is_empty() {
            return self.report(ErrorCode::Empty, text);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-')) {
            return self.report(ErrorCode::Unknown, text);
        }
        let abbreviated = (2..=3).contains(&program.len()) && !program.contains(' ');
        if self.form == Form::Portion && !abbreviated {
            self.report(ErrorCode::Form, text);
        }
        if self.marking.sap.has_root(program) {
            self.disordered = true;
            self.report(ErrorCode::Dup, text);
        } else {
            self.check_place(program, self.last_program, text);
        }
        self.last_program = Some(program);
        let mut last = None;
        for part in parts {
            let mut names = part.split(' ');
            let compartment = names.next().unwrap_or_default();
            if compartment.is_empty() {
                self.report(ErrorCode::Empty, text);
            }
            self.check_place(compartment, last, part);
            last = Some(compartment);
            let mut last_sub = None;
            for sub in names {
                self.check_place(sub, last_sub, part);
                last_sub = Some(sub);
            }
        }
        self.marking.sap.push_name(text);
    }
}
