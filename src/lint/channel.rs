//! Hidden channels: what a reader does not see but a release must not carry.

use super::case::{Case, Out};
use super::catalog::Lint;
use crate::document::{Hidden, SegmentKind, directive};
use crate::text::{Span, mixed_words};

pub(super) fn check(case: &Case<'_>, out: &mut Out<'_>) {
    let source = case.document.source();
    for segment in case.document.segments().iter() {
        let (lint, what) = match segment.kind {
            SegmentKind::Visible(_) | SegmentKind::Syntax(_) => continue,
            SegmentKind::Unclaimed => {
                (Lint::ChannelUnclaimed, "no rule of the format explains these characters")
            }
            SegmentKind::Hidden(kind) => channel(kind),
        };
        let text = source.expose(segment.source);
        let idle = match lint {
            Lint::ChannelInvisible => segment.source.start() == 0 && text == "\u{FEFF}",
            Lint::ChannelComment => directive(text).is_some() || !has_words(text),
            Lint::ChannelFrontMatter => is_allowed(text, &case.linter.policy.front_matter),
            Lint::ChannelHtmlTag => text.starts_with("</"),
            Lint::ChannelUnclaimed => false,
            _ => !has_words(text),
        };
        if idle {
            continue;
        }
        let lead = text.len() - text.trim_start().len();
        let span = Span::new(
            segment.source.start() + lead,
            segment.source.start() + lead.max(text.trim_end().len()),
        );
        let span = if span.is_empty() { segment.source } else { span };
        let removal = (lint == Lint::ChannelInvisible).then(|| out.change_source(span, String::new()));
        out.at(lint, span, what).fix = removal;
    }
    mixed_scripts(case, out);
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn channel(kind: Hidden) -> (Lint, &'static str) {
    match kind {
        Hidden::LinkTarget => {
            (Lint::ChannelLinkTarget, "a link's target or title is not seen and not released")
        }
        Hidden::ReferenceDefinition => {
            (Lint::ChannelReferenceDefinition, "a link definition is not seen and not released")
        }
        Hidden::Image => (Lint::ChannelImage, "an image with its alternative text and title is not released"),
        Hidden::Comment => {
            (Lint::ChannelComment, "a comment is not seen by readers but travels with the file")
        }
        Hidden::HtmlTag => (Lint::ChannelHtmlTag, "an HTML tag can carry text in its attributes"),
        Hidden::Script => (Lint::ChannelScript, "the content of this element is never shown"),
        Hidden::InfoString => (Lint::ChannelInfoString, "the words after a code fence are not seen"),
        Hidden::HeadingAttributes => (Lint::ChannelHeadingAttributes, "attributes of a heading are not seen"),
        Hidden::FrontMatter => {
            (Lint::ChannelFrontMatter, "front matter has keys that are not on the policy's list")
        }
        Hidden::FootnoteLabel => (Lint::ChannelFootnoteLabel, "a footnote's label is a name, not a number"),
        Hidden::SurplusCell => {
            (Lint::ChannelSurplusCell, "a cell beyond the table's header is not shown by most readers")
        }
        Hidden::Struck => (Lint::ChannelStruckText, "struck text is deleted text that can still be read"),
        Hidden::Invisible => (Lint::ChannelInvisible, "a character without a glyph"),
    }
}

/// Whether every key of some front matter may stand in a release.
fn is_allowed(text: &str, keys: &[String]) -> bool {
    text.lines().map(str::trim_end).filter(|line| !matches!(*line, "" | "---" | "+++" | "...")).all(|line| {
        line.starts_with([' ', '\t', '-', '#'])
            || line
                .split_once([':', '='])
                .is_some_and(|(key, _)| keys.iter().any(|allowed| allowed == key.trim()))
    })
}

fn mixed_scripts(case: &Case<'_>, out: &mut Out<'_>) {
    let text = case.document.visible();
    if text.is_ascii() {
        return;
    }
    for word in mixed_words(text) {
        out.seen(
            Lint::ChannelMixedScript,
            Span::new(word.start, word.end),
            "a word mixes letters of several scripts",
        );
    }
}
