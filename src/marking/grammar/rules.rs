//! Rules over the whole mark: levels, companions, exclusions (the register), and those of joint marks (H.3).

use super::reader::Reader;
use super::reading::Form;
use crate::marking::diagnostics::ErrorCode;
use crate::marking::level::{Level, System};
use crate::marking::register::{Code, Control, ControlSet, NATO};

pub(super) fn check(reader: &mut Reader<'_>) {
    let controls = reader.marking.controls;
    let companions = with_ownership(reader);
    for control in controls.iter() {
        let row = control.row();
        if reader.level_known && !row.allows(reader.marking.level) {
            reader.report_rule(ErrorCode::Level, row.section, None);
        }
        for need in row.needs.iter().filter(|need| !companions.meets(**need)) {
            let form = reader.form == Form::Portion;
            let fix = need.iter().next().map(|control| format!("add {}", control.row().form(form)));
            reader.report_rule(ErrorCode::Requires, row.section, fix);
        }
        if controls.meets(row.excludes) {
            reader.report_rule(ErrorCode::Conflict, row.section, None);
        }
    }
    if reader.marking.system == System::Joint {
        check_joint(reader);
    }
}

/// A NATO control needs NATO as owner or foreign government information beside it.
fn with_ownership(reader: &Reader<'_>) -> ControlSet {
    let marking = &reader.marking;
    let nato = marking.controls.meets(NATO) && marking.owners.contains(Code::nato());
    let owned = if nato { ControlSet::of(&[Control::Fgi]) } else { ControlSet::EMPTY };
    marking.controls.union(owned)
}

fn check_joint(reader: &mut Reader<'_>) {
    const SECTION: &str = "H.3";
    let barred = ControlSet::of(&[Control::Nf, Control::SbuNf, Control::LesNf, Control::Hcs]);
    let marking = &reader.marking;
    let owners_missing = if marking.owners.is_empty() {
        reader.form == Form::Banner
    } else {
        !marking.owners.contains(Code::usa())
    };
    let released = marking.controls.meets(ControlSet::of(&[Control::Rel, Control::Eyes]));
    let list = marking.release_list().with_usa().expanded();
    let uncovered = !released
        || !(marking.inherits_list()
            || marking.owners.is_subset(list.union(marking.release_list().with_usa())));
    let (conflict, restricted) = (marking.controls.meets(barred), marking.level == Level::Restricted);
    if restricted {
        reader.report_rule(ErrorCode::Level, SECTION, None);
    }
    if owners_missing {
        reader.report_rule(ErrorCode::Requires, SECTION, Some("list the owners, USA among them".to_owned()));
    }
    if uncovered {
        reader.report_rule(ErrorCode::Requires, SECTION, Some("release to every owner".to_owned()));
    }
    if conflict {
        reader.report_rule(ErrorCode::Conflict, SECTION, None);
    }
}
