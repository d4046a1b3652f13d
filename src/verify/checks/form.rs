//! No separator, label or authority block of the source stands in the release.

use super::{Faults, Subject, output};
use crate::document::FurnitureKind;

pub(in crate::verify) fn form(subject: &Subject<'_>, faults: &mut Faults) {
    for furniture in subject.document.furniture() {
        let text = subject.document.text(furniture.visible);
        let fault = match furniture.kind {
            FurnitureKind::Banner => continue,
            FurnitureKind::Authority
                if text
                    .lines()
                    .all(|line| subject.gate.policy.authority.lines().any(|known| known == line.trim())) =>
            {
                continue;
            }
            FurnitureKind::Authority => "an authority block that the policy did not make",
            FurnitureKind::TearlineStart | FurnitureKind::TearlineEnd | FurnitureKind::TearlineRow => {
                "a tearline separator"
            }
        };
        faults.wrong(format!("{fault} stands"), output(subject.document, furniture.visible));
    }
}
