//! Nothing stands in a channel that a reader does not see, save what the policy lets through.

use super::{Faults, Subject};
use crate::channels::may_stand;
use crate::document::{Form, SegmentKind};
use crate::text::Span;

pub(in crate::verify) fn channels(subject: &Subject<'_>, faults: &mut Faults) {
    for segment in subject.document.segments().iter() {
        let what = match segment.kind {
            SegmentKind::Visible(Form::Tag) => "an HTML tag",
            SegmentKind::Visible(Form::Hyphen) => "a character without a glyph",
            SegmentKind::Visible(_) | SegmentKind::Syntax(_) => continue,
            SegmentKind::Hidden(kind) => {
                let text = &subject.text[segment.source.range()];
                if may_stand(kind, text, subject.gate.rules, subject.gate.policy) {
                    continue;
                }
                kind.name()
            }
            SegmentKind::Unclaimed => "bytes that no rule of the format explains",
        };
        let span = segment.source;
        faults.leak(what, Some(Span::new(span.start(), span.end())));
    }
}
