//! Suppressions written in a draft: `<!-- tearline: allow RULE -- reason -->` for the next portion.
//!
//! A document in, its comments that are addressed to this program out, right and wrong ones. They quiet `check` and are
//! listed in the review record; no release heeds them. Whether a rule of that name exists is not known here.

use crate::document::{Document, Hidden, Portion, SegmentKind, directive};
use crate::text::{Source, Span};

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suppression {
    /// Rules of `check`, their families, or detection rules.
    pub(crate) rules: Vec<String>,
    /// Why.
    pub(crate) reason: String,
    /// The comment.
    pub(crate) span: Span<Source>,
    /// What it covers: all from its end to the end of the next portion.
    pub(crate) covers: Span<Source>,
}

/// What is wrong with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// It does not say `allow`.
    #[error("write it as `<!-- tearline: allow RULE -- reason -->`")]
    Form,
    /// It gives no reason.
    #[error("it gives no reason; write one behind `--`")]
    Reason,
}

/// The suppressions of a document in order; of what is wrong, the fault and its place.
pub(crate) fn find(document: &Document) -> Vec<Result<Suppression, (Fault, Span<Source>)>> {
    let comments =
        document.segments().iter().filter(|segment| segment.kind == SegmentKind::Hidden(Hidden::Comment));
    let read = |span: Span<Source>| {
        let parsed = parse(directive(document.source().expose(span))?);
        let covers = Span::new(span.end(), end_of_next(document, span.end()));
        Some(parsed.map_err(|fault| (fault, span)).map(|(rules, reason)| Suppression {
            rules,
            reason: reason.to_owned(),
            span,
            covers,
        }))
    };
    comments.filter_map(|segment| read(segment.source)).collect()
}

/// The rules and the reason of a comment.
fn parse(text: &str) -> Result<(Vec<String>, &str), Fault> {
    let allowed = text.strip_prefix("allow").filter(|rest| rest.starts_with(char::is_whitespace));
    let (names, reason) = allowed.ok_or(Fault::Form)?.split_once("--").ok_or(Fault::Reason)?;
    let names = names.split(',').map(|name| name.trim().to_owned()).collect();
    let reason = reason.trim();
    if reason.is_empty() { Err(Fault::Reason) } else { Ok((names, reason)) }
}

/// Where the first portion that starts behind `at` ends, in the source.
fn end_of_next(document: &Document, at: usize) -> usize {
    let hull = |portion: &Portion| document.segments().source_hull(portion.extent);
    let next = document.portions().iter().filter_map(hull).find(|hull| hull.start() >= at);
    next.map_or(document.source().len(), Span::end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Format;
    use crate::text::SourceText;

    #[test]
    fn a_comment_names_rules_and_gives_a_reason() {
        let ok = |rules: &str, reason: &'static str| {
            Ok((rules.split('+').map(str::to_owned).collect::<Vec<_>>(), reason))
        };
        assert_eq!(parse("allow channel.image -- a map"), ok("channel.image", "a map"));
        assert_eq!(parse("allow marking, leak -- why -- not"), ok("marking+leak", "why -- not"));
        assert_eq!(parse("allow marking.order"), Err(Fault::Reason));
        assert_eq!(parse("allow marking.order -- "), Err(Fault::Reason));
        assert_eq!(parse("deny marking.order -- x"), Err(Fault::Form));
        assert_eq!(parse("allowed -- x"), Err(Fault::Form));
    }

    #[test]
    fn it_covers_the_next_portion_and_opens_no_tearline() {
        let text = "(U) One.\n\n<!-- tearline: allow leak -- told -->\n\n(U) Two.\n\n(U) Three.\n";
        let document = Document::parse(SourceText::new(text.into()), Format::Markdown);
        assert!(document.tearlines().is_empty());
        let found = find(&document);
        let [Ok(suppression)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(text[suppression.covers.range()].trim(), "(U) Two.");
    }
}
