//! Atomic Energy Act information and its sub-markings (H.6).

use super::reader::{Category, Reader};
use crate::marking::diagnostics::ErrorCode;
use crate::marking::level::System;
use crate::marking::register::{Control, Forms};

/// SIGMA numbers in use, a bit each.
const SIGMA_VALID: u32 = 1 << 14 | 1 << 15 | 1 << 18 | 1 << 20;
/// SIGMA numbers out of use: 1 to 5 and 9 to 13.
const SIGMA_OBSOLETE: u32 = 0b11_1110 | 0b11_1110 << 8;
/// The DoD abbreviation of CNWDI, out of use.
const CNWDI_RETIRED: &str = "N";

impl<'t> Reader<'t> {
    pub(super) fn aea(&mut self, control: Control, forms: Forms, subs: &'t str, text: &'t str) {
        if self.marking.system == System::Nato && control == Control::Atomal {
            return self.simple(control, forms, text);
        }
        self.enter(Category::Aea, text);
        if matches!(control, Control::Cnwdi | Control::Sigma) {
            // Without a parent before it, the rule that it needs one fails later.
            return self.sub_marking(control, text);
        }
        self.check_form(control, forms, text);
        self.insert(control, text);
        if text.ends_with('-') {
            self.report(ErrorCode::Empty, text);
        }
        for sub in subs.split('-').filter(|sub| !sub.is_empty()) {
            self.sub_marking(control, sub);
        }
        self.last_control = Some(control);
    }

    fn sub_marking(&mut self, parent: Control, text: &'t str) {
        let word = text.split(' ').next().unwrap_or_default();
        match Control::named(text).or_else(|| Control::named(word)) {
            Some((Control::Cnwdi, forms)) => {
                self.check_form(Control::Cnwdi, Forms { portion: forms.portion, banner: true }, text);
                if self.marking.has(Control::Sigma) && self.last_control == Some(Control::Sigma) {
                    self.report(ErrorCode::Order, text);
                }
                self.sub_control(Control::Cnwdi, text);
            }
            Some((Control::Sigma, forms)) => {
                self.check_form(Control::Sigma, forms, text);
                self.sub_control(Control::Sigma, text);
                self.sigma(parent, text.get(word.len() + 1..).unwrap_or_default(), text);
            }
            _ if text == CNWDI_RETIRED && parent == Control::Rd => {
                self.report_fix(ErrorCode::Deprecated, text, || "RD-CNWDI".to_owned());
                self.sub_control(Control::Cnwdi, text);
            }
            _ => self.report(ErrorCode::Unknown, text),
        }
    }

    /// A sub-marking may stand under RD and under FRD, so it repeats only under the same parent.
    fn sub_control(&mut self, control: Control, text: &'t str) {
        if self.last_control == Some(control) {
            self.report(ErrorCode::Dup, text);
        }
        self.marking.controls.insert(control);
        self.last_control = Some(control);
    }

    fn sigma(&mut self, parent: Control, numbers: &'t str, text: &'t str) {
        if numbers.is_empty() {
            self.report(ErrorCode::Unknown, text);
        }
        if numbers.contains(',') {
            self.report(ErrorCode::Sep, text);
        }
        let under = usize::from(parent == Control::Frd);
        let mut last = None;
        for word in numbers.split([' ', ',']).filter(|word| !word.is_empty()) {
            let Some(number) = word.parse::<u32>().ok().filter(|&number| number < 32) else {
                self.report(ErrorCode::Unknown, text);
                continue;
            };
            let bit = 1 << number;
            if SIGMA_OBSOLETE & bit != 0 {
                self.report(ErrorCode::Deprecated, text);
            } else if SIGMA_VALID & bit == 0 {
                self.report(ErrorCode::Unknown, text);
                continue;
            }
            if last.is_some_and(|last| last >= number) {
                self.report(if last == Some(number) { ErrorCode::Dup } else { ErrorCode::Order }, text);
            }
            last = Some(number);
            self.marking.sigma[under] |= bit;
        }
    }
}
