//! Nothing stands in a channel that a reader does not see.

use super::{Faults, Subject};
use crate::document::SegmentKind;
use crate::text::Span;

pub(in crate::verify) fn channels(subject: &Subject<'_>, faults: &mut Faults) {
    for segment in subject.document.segments().iter() {
        let what = match segment.kind {
            SegmentKind::Visible(_) | SegmentKind::Syntax(_) => continue,
            SegmentKind::Hidden(kind) => format!("{kind:?}"),
            SegmentKind::Unclaimed => "bytes that no rule of the format explains".to_owned(),
        };
        let span = segment.source;
        faults.add(format!("byte {}: {what}", span.start()), Some(Span::new(span.start(), span.end())));
    }
}
