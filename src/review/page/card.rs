//! One edit in the panel: what goes, what comes, by which rule and why.

use askama::Template;

use super::category;
use crate::decide::GATE;
use crate::review::record::{Action, EditRecord};

#[derive(Template)]
#[template(path = "card.html", config = ".askama.toml")]
pub(super) struct CardPage<'v> {
    edit: &'v EditRecord,
    category: &'static str,
    /// What the change is called.
    label: &'static str,
    /// Percent.
    sure: u32,
    action: &'static str,
    /// Whether a person may let it stand or reword it.
    open: bool,
    desk: bool,
}

impl<'v> CardPage<'v> {
    pub(super) fn new(edit: &'v EditRecord, desk: bool) -> Self {
        let action = match edit.action {
            Action::Generalise => "generalised",
            Action::Remove => "removed",
            Action::Drop => "dropped",
            Action::Remark => "re-marked",
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a confidence lies between 0 and 1"
        )]
        let sure = (edit.confidence * 100.0).round() as u32;
        let open = matches!(edit.action, Action::Generalise | Action::Remove);
        let category = category(edit.category);
        let label = if edit.rule == GATE { "gate" } else { category };
        Self { edit, category, label, sure, action, open, desk }
    }
}
