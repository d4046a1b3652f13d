//! Every banner and page mark of the release is the roll-up of its portions. Beside it there stand labels and page numbers at most,
//! or it would be read as text.

use super::{Faults, Subject, output};
use crate::document::FurnitureKind;
use crate::marking::Marking;

pub(in crate::verify) fn banner(subject: &Subject<'_>, faults: &mut Faults) {
    let wanted = subject.gate.banner.map(Marking::banner);
    for furniture in subject.document.furniture().iter().filter(|f| f.kind == FurnitureKind::Banner) {
        let text = subject.document.text(furniture.marking);
        if Some(text.trim()) != wanted.as_deref() {
            let wanted = wanted.as_deref().unwrap_or("none");
            let what = format!("the banner is not the roll-up of the portions, {wanted}");
            faults.wrong(what, output(subject.document, furniture.marking));
        }
    }
}
