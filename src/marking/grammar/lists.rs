//! Lists of country and group codes: REL TO, DISPLAY ONLY, EYES ONLY, FGI and owners (H.3, H.7, H.8).

use super::item::List;
use super::reader::{Category, Reader};
use super::reading::Form;
use crate::marking::diagnostics::ErrorCode;
use crate::marking::level::System;
use crate::marking::register::{Code, CodeKind, CodeSet, Control, Forms};

/// What is right in a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListRule {
    separator: &'static str,
    order: ErrorCode,
    usa: Usa,
    second_parties: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usa {
    /// Before all others.
    First,
    /// In its alphabetical place.
    Placed,
    /// Not at all.
    Barred,
}

impl ListRule {
    const REL_TO: Self =
        Self { separator: ", ", order: ErrorCode::RelOrder, usa: Usa::First, second_parties: false };
    const DISPLAY: Self = Self { usa: Usa::Barred, ..Self::REL_TO };
    const EYES: Self = Self { separator: "/", second_parties: true, ..Self::REL_TO };
    pub(super) const OWNERS: Self =
        Self { separator: " ", order: ErrorCode::Order, usa: Usa::Barred, second_parties: false };
    pub(super) const JOINT: Self = Self { usa: Usa::Placed, ..Self::OWNERS };
}

/// The only codes of an EYES ONLY list (H.8).
const SECOND_PARTIES: [&str; 5] = ["AUS", "CAN", "GBR", "NZL", "USA"];

impl<'t> Reader<'t> {
    pub(super) fn list(&mut self, list: List<'t>, text: &'t str) {
        self.enter(Category::Dissem, text);
        if self.marking.system != System::Cui {
            self.check_list_form(list, text);
        }
        match list.control {
            Control::Display => {
                if list.codes.is_empty() {
                    self.report(ErrorCode::Empty, text);
                }
                let codes = self.codes(list.codes, ListRule::DISPLAY);
                self.marking.display_only = self.marking.display_only.union(codes);
            }
            Control::Eyes => {
                self.report(ErrorCode::Deprecated, text);
                let codes = self.codes(list.codes, ListRule::EYES);
                self.marking.eyes = self.marking.eyes.union(codes);
            }
            _ => {
                let codes = self.codes(list.codes, ListRule::REL_TO);
                if list.codes.is_empty() || list.codes == "USA" {
                    self.report(ErrorCode::RelEmpty, text);
                } else if !codes.contains(Code::usa()) {
                    self.report(ErrorCode::RelUsa, text);
                }
                // Even a list without its USA is a list: the mark must not pass for one that refers to a banner.
                self.marking.rel_to = self.marking.rel_to.union(codes.with_usa());
            }
        }
        self.insert(list.control, text);
    }

    fn check_list_form(&mut self, list: List<'t>, text: &'t str) {
        let right = if self.form == Form::Portion { list.forms.portion } else { list.forms.banner };
        if !right {
            self.report_fix(ErrorCode::Form, text, || list.control.row().banner.to_owned());
        }
    }

    pub(super) fn fgi(&mut self, list: &'t str, forms: Forms, text: &'t str) {
        self.enter(Category::Fgi, text);
        self.check_form(Control::Fgi, forms, text);
        let concealed = list.is_empty();
        let owned = matches!(self.marking.system, System::Foreign | System::Nato);
        if owned || (self.marking.has(Control::Fgi) && self.marking.concealed != concealed) {
            self.report(ErrorCode::Conflict, text);
        }
        self.insert(Control::Fgi, text);
        self.marking.concealed |= concealed;
        if !concealed {
            let codes = self.codes(list, ListRule::OWNERS);
            self.marking.fgi = self.marking.fgi.union(codes);
        }
    }

    /// Reads the codes of a list and reports what is wrong with it.
    pub(super) fn codes(&mut self, list: &'t str, rule: ListRule) -> CodeSet {
        let mut set = CodeSet::default();
        let mut last: Option<(bool, &str)> = None;
        let mut rest = list;
        let mut first = true;
        while !rest.is_empty() {
            let end = rest.find(SEPARATORS).unwrap_or(rest.len());
            let (token, tail) = rest.split_at(end);
            let next = tail.trim_start_matches(SEPARATORS);
            self.check_separator(&tail[..tail.len() - next.len()], next.is_empty(), rule, list);
            rest = next;
            if token == "AND" {
                continue;
            }
            self.code(token, rule, first, &mut last, &mut set);
            first = false;
        }
        set
    }

    fn code(
        &mut self,
        token: &'t str,
        rule: ListRule,
        first: bool,
        last: &mut Option<(bool, &'t str)>,
        set: &mut CodeSet,
    ) {
        let code = Code::parse(token).or_else(|| {
            let owner = if rule.separator == " " { Code::parse_owner(token) } else { None };
            owner.filter(|_| rule.usa == Usa::Barred)
        });
        let usa = code == Some(Code::usa());
        if usa && rule.usa == Usa::First {
            if !first {
                self.report(ErrorCode::RelUsa, token);
            }
        } else {
            let group = code.map_or(token.len() != 3, |code| code.kind() != CodeKind::Country);
            let key = (group, token);
            if last.is_some_and(|last| last > key) {
                self.report(rule.order, token);
            }
            *last = Some(key);
        }
        let barred =
            (usa && rule.usa == Usa::Barred) || (rule.second_parties && !SECOND_PARTIES.contains(&token));
        match code {
            Some(code) if !barred => {
                if code.kind() == CodeKind::Retired {
                    self.report(ErrorCode::Deprecated, token);
                }
                if !set.insert(code) {
                    self.report(ErrorCode::Dup, token);
                }
            }
            _ => self.report(ErrorCode::Country, token),
        }
    }

    fn check_separator(&mut self, separator: &str, at_end: bool, rule: ListRule, list: &'t str) {
        let empty_item = separator.trim_end() != "" && (at_end || separator.matches([',', '/']).count() > 1);
        if empty_item {
            self.report(ErrorCode::Empty, list);
        } else if !at_end && separator != rule.separator {
            self.report(ErrorCode::Sep, list);
        }
    }
}

const SEPARATORS: [char; 3] = [' ', ',', '/'];
