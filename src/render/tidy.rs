//! What a removal leaves behind in a sentence: doubled spaces, a space before a comma, an empty pair of brackets.
//!
//! Works on visible text alone, block by block, and only where an edit touches: a removal is widened until its
//! two sides meet well. Replacements are left as they are.

use crate::text::{Span, Visible};

/// A change of the visible text: the bytes that go and what stands in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) span: Span<Visible>,
    pub(super) text: String,
    /// Whether emphasis around the whole of the span stays, as it does around a mark.
    pub(super) in_place: bool,
}

impl Change {
    pub(super) fn remove(span: Span<Visible>) -> Self {
        Self { span, text: String::new(), in_place: false }
    }

    pub(super) fn replace(span: Span<Visible>, text: &str) -> Self {
        Self { span, text: text.to_owned(), in_place: false }
    }
}

/// Widens the removals among `changes`, which lie in the block `block` and are sorted by their start; joins those that
/// meet. Behind each of `marks`, sorted ends of portion marks, text begins anew. With `code`, the blanks at the edges of a
/// line stay.
pub(super) fn tidy(
    visible: &str,
    block: Span<Visible>,
    changes: Vec<Change>,
    marks: &[usize],
    code: bool,
) -> Vec<Change> {
    let mut done: Vec<Change> = Vec::with_capacity(changes.len());
    let mut changes = changes.into_iter().peekable();
    // Up to where the text is settled, and the last character that stands there.
    let mut settled = block.start();
    let mut last: Option<char> = None;
    while let Some(change) = changes.next() {
        let mut start = change.span.start().max(settled);
        let mut end = change.span.end().max(start);
        if !change.text.is_empty() {
            settled = end;
            last = change.text.chars().next_back();
            done.push(Change { span: Span::new(start, end), ..change });
            continue;
        }
        loop {
            while let Some(next) = changes.next_if(|next| next.text.is_empty() && next.span.start() <= end) {
                end = end.max(next.span.end());
            }
            let mark = marks[..marks.partition_point(|&mark| mark <= start)].last();
            let begins =
                mark.is_some_and(|&mark| mark < start && visible[mark..start].bytes().all(|b| b == b' '));
            let left = visible[settled..start].chars().next_back().or(last).filter(|_| !begins);
            let right = match changes.peek() {
                Some(next) if next.span.start() <= end => next.text.chars().next(),
                _ => visible[end..block.end()].chars().next(),
            };
            let after = visible[end..block.end()].chars().nth(1);
            let room = (
                start > settled,
                end < block.end() && changes.peek().is_none_or(|next| next.span.start() > end),
            );
            let (mut back, mut forth) = widen(left, right, after, code);
            if let Some((opened, closed)) = half_a_pair(&visible[start..end]) {
                back |= closed && matches!(left, Some('(' | '['));
                forth |= opened && matches!(right, Some(')' | ']'));
            }
            if (!back && !forth) || (back && !room.0) || (forth && !room.1) {
                break;
            }
            start -= if back { left.map_or(0, char::len_utf8) } else { 0 };
            end += if forth { right.map_or(0, char::len_utf8) } else { 0 };
        }
        if start < end {
            if let Some(c) = visible[settled..start].chars().next_back() {
                last = Some(c);
            }
            settled = end;
            done.push(Change::remove(Span::new(start, end)));
        }
    }
    done
}

/// Whether a removal between `left` and `right` must also take the one or the other; `after` follows `right`. Nothing
/// on a side means the end of the block.
fn widen(left: Option<char>, right: Option<char>, after: Option<char>, code: bool) -> (bool, bool) {
    let blank = |c: Option<char>| matches!(c, Some(' ' | '\t'));
    let edge = |c: Option<char>| matches!(c, None | Some('\n'));
    let nothing = (false, false);
    match (left, right) {
        // A line that is gone takes its line end along.
        (_, Some('\n')) if edge(left) => (false, true),
        (Some('\n'), None) => (true, false),
        // Indentation and what stands behind code is the code's.
        _ if code && (edge(left) || edge(right)) => nothing,
        _ if blank(right) && (edge(left) || blank(left)) => (false, true),
        _ if blank(left) && edge(right) => (true, false),
        (Some(' ' | '\t'), Some(',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '”')) => (true, false),
        (Some(' ' | '\t'), Some('.')) if !after.is_some_and(|c| c.is_alphanumeric() || c == '.') => {
            (true, false)
        }
        (Some('(' | '[' | '{' | '“'), Some(' ' | '\t')) => (false, true),
        // What was in brackets and is gone up to the end of the sentence.
        (Some('(' | '['), None) => (true, false),
        (Some('(' | '['), Some('.' | '!' | '?')) if !after.is_some_and(char::is_alphanumeric) => {
            (true, false)
        }
        (Some('(' | '['), Some(',' | ';' | ':')) => (false, true),
        (Some('('), Some(')')) | (Some('['), Some(']')) | (Some('{'), Some('}')) => (true, true),
        (Some('“'), Some('”')) | (Some('‘'), Some('’')) | (Some('"'), Some('"')) => (true, true),
        (Some(',' | ';' | ':'), Some(',' | ';' | ':' | '.' | '!' | '?' | ')' | ']')) => (true, false),
        (Some('.' | '!' | '?'), Some('.')) if after != Some('.') => (false, true),
        (None | Some('\n'), Some(',' | ';')) => (false, true),
        _ => nothing,
    }
}

/// Whether a text opens a bracket that it does not close, and whether it closes one that it does not open.
fn half_a_pair(text: &str) -> Option<(bool, bool)> {
    let (mut open, mut closed) = (0_usize, false);
    for c in text.chars().filter(|c| matches!(c, '(' | '[' | ')' | ']')) {
        match c {
            '(' | '[' => open += 1,
            _ if open > 0 => open -= 1,
            _ => closed = true,
        }
    }
    (open > 0 || closed).then_some((open > 0, closed))
}

/// The visible text of a block after its changes.
#[cfg(test)]
pub(super) fn applied(visible: &str, block: Span<Visible>, changes: &[Change]) -> String {
    let mut out = String::new();
    let mut at = block.start();
    for change in changes {
        out.push_str(&visible[at..change.span.start()]);
        out.push_str(&change.text);
        at = change.span.end();
    }
    out.push_str(&visible[at..block.end()]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{x}` is removed, `{x=y}` replaced.
    fn tidied(marked: &str) -> String {
        tidied_as(marked, false)
    }

    fn tidied_as(marked: &str, code: bool) -> String {
        let (mut text, mut changes) = (String::new(), Vec::new());
        let mut rest = marked;
        while let Some((before, tail)) = rest.split_once('{') {
            text.push_str(before);
            let (inner, tail) = tail.split_once('}').expect("closed");
            let (old, new) = inner.split_once('=').unwrap_or((inner, ""));
            changes.push(Change::replace(Span::new(text.len(), text.len() + old.len()), new));
            text.push_str(old);
            rest = tail;
        }
        text.push_str(rest);
        let block = Span::new(0, text.len());
        let marks: Vec<usize> = text.match_indices("(U)").map(|(at, mark)| at + mark.len()).collect();
        applied(&text, block, &tidy(&text, block, changes, &marks, code))
    }

    #[test]
    fn code_keeps_the_blanks_at_the_edges_of_its_lines() {
        for (marked, expected) in [
            ("  {a} b", "  b"),
            ("a {b}\n  c", "a \n  c"),
            ("  a\n{  b}\n  c", "  a\n  c"),
            ("  a, {b}.", "  a."),
            ("a {b} c", "a c"),
        ] {
            assert_eq!(tidied_as(marked, true), expected, "{marked}");
        }
    }

    #[test]
    fn what_a_removal_leaves_is_tidied() {
        for (marked, expected) in [
            ("a {b} c", "a c"),
            ("a {b}, c", "a, c"),
            ("a {b}.", "a."),
            ("a ({b}) c", "a c"),
            ("a “{b}” c", "a c"),
            ("a, {b}, c", "a, c"),
            ("a, {b}. C", "a. C"),
            ("End. {Gone.} Next", "End. Next"),
            ("a {b} {c} d", "a d"),
            ("a {b} {c=x} d", "a x d"),
            ("{a} b", "b"),
            ("a {b}", "a"),
            ("a\n{b}\nc", "a\nc"),
            ("a\n{b}", "a"),
            ("{a}\nb", "b"),
            ("a {b}\nc", "a\nc"),
            ("a  b {c=d} e", "a  b d e"),
            ("a {b}.45 c", "a .45 c"),
            ("{}a {} b", "a b"),
            ("a{b=}c", "ac"),
            ("a ({b). C} d", "a d"),
            ("a ({b)}. C", "a. C"),
            ("a {(b}). C", "a. C"),
            ("a ({b}. C", "a. C"),
            ("a ({b}", "a"),
            ("a ({b}, c) d", "a (c) d"),
            ("a ({b}; c) d", "a (c) d"),
            ("a (c, {b}) d", "a (c) d"),
            ("a.[{1}] B", "a. B"),
            ("a [{1}, 2, {3}] b", "a [2] b"),
            ("a ({b}\nc) d", "a (\nc) d"),
            ("a ({b}.45) c", "a (.45) c"),
            ("(U) {a}, b", "(U) b"),
            ("(U){ a} b", "(U) b"),
        ] {
            assert_eq!(tidied(marked), expected, "{marked}");
        }
    }
}
