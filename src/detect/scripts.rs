//! The reader of mixed scripts: words no language writes, in which letters that look like others hide something.

use super::tokens::Shape;
use super::{Found, Reader, View};
use crate::text::mixes_scripts;

/// The rule that stands for such a word.
const RULE: &str = "codeword.mixed-script";
/// How sure: a unit or a formula may mix scripts too.
const CONFIDENCE: f32 = 0.8;

pub(super) struct Scripts;

impl Reader for Scripts {
    fn read(&self, view: &View<'_>, findings: &mut Vec<Found>) {
        if view.text.is_ascii() {
            return;
        }
        let Some(rule) = view.rules.rules().iter().position(|rule| rule.id.as_str() == RULE) else { return };
        for token in view.reading.tokens.iter().filter(|token| token.shape.intersects(Shape::WORD)) {
            let word = token.text(view.text);
            if mixes_scripts(word) {
                let bytes = token.start as usize..token.end as usize;
                let category = view.rules.rules()[rule].category;
                findings.push(Found {
                    bytes,
                    rule,
                    category,
                    confidence: CONFIDENCE,
                    binds: None,
                    in_part: false,
                });
            }
        }
    }
}
