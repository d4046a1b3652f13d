//! Safe fixes, made.

use super::diagnostic::{Checked, Fix};
use crate::text::SourceText;

/// A report with its safe fixes made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The text. High side.
    pub text: SourceText,
    /// How many places were changed.
    pub count: usize,
}

/// Makes the safe fixes of the findings that count; `None` when there is none. Of fixes that overlap the first is made.
#[must_use]
pub fn fixed(checked: &Checked) -> Option<Fixed> {
    let mut fixes: Vec<&Fix> =
        checked.active().filter_map(|diagnostic| diagnostic.fix.as_ref()).filter(|fix| fix.safe).collect();
    fixes.sort_by_key(|fix| fix.span);
    let source = checked.source.expose(checked.source.span());
    let mut text = String::with_capacity(source.len());
    let (mut at, mut count) = (0, 0);
    for fix in fixes {
        if fix.span.start() < at || (count > 0 && fix.span.end() <= at) {
            continue;
        }
        text.push_str(&source[at..fix.span.start()]);
        text.push_str(fix.text.expose(fix.text.span()));
        at = fix.span.end();
        count += 1;
    }
    text.push_str(&source[at..]);
    (count > 0).then(|| Fixed { text: SourceText::new(text), count })
}
