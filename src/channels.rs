//! What of the hidden channels stands: what the policy's allow-list names, once the rules have read it like text.
//!
//! Everything else that a reader does not see is dropped. The renderer asks what to keep, the gate whether what it meets
//! may stand.

use crate::detect::detect;
use crate::detect::reading::Reading;
use crate::document::{Document, Hidden, SegmentKind};
use crate::policy::Policy;
use crate::rules::RuleSet;
use crate::text::{Source, Span};

/// The hidden bytes of one report that stand.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Lines of the front matter with their line ends, its fences first and last; none when no key stands.
    pub(crate) front_matter: Vec<Span<Source>>,
    /// Info strings, in order.
    pub(crate) info_strings: Vec<Span<Source>>,
}

impl Kept {
    /// What `policy` lets stand of `document`.
    pub(crate) fn of(document: &Document, rules: &RuleSet, policy: &Policy) -> Self {
        let mut kept = Self::default();
        if policy.front_matter.is_empty() && policy.info_strings.is_empty() {
            return kept;
        }
        for segment in document.segments().iter() {
            let text = document.source().expose(segment.source);
            match segment.kind {
                SegmentKind::Hidden(Hidden::InfoString) if info_string(text, rules, policy) => {
                    kept.info_strings.push(segment.source);
                }
                SegmentKind::Hidden(Hidden::FrontMatter) => {
                    let start = segment.source.start();
                    let lines = front_matter(text, rules, policy).into_iter();
                    kept.front_matter =
                        lines.map(|line| Span::new(start + line.start, start + line.end)).collect();
                }
                _ => {}
            }
        }
        kept
    }

    /// Whether an info string stands.
    pub(crate) fn holds(&self, span: Span<Source>) -> bool {
        self.info_strings.binary_search(&span).is_ok()
    }
}

/// Whether the text of a hidden channel may stand as it is.
pub(crate) fn may_stand(kind: Hidden, text: &str, rules: &RuleSet, policy: &Policy) -> bool {
    match kind {
        Hidden::InfoString => info_string(text, rules, policy),
        Hidden::FrontMatter => {
            let lines = front_matter(text, rules, policy);
            !lines.is_empty() && lines.into_iter().map(|line| line.len()).sum::<usize>() == text.len()
        }
        _ => false,
    }
}

fn info_string(text: &str, rules: &RuleSet, policy: &Policy) -> bool {
    policy.info_strings.iter().any(|known| known == text) && !tells(text, rules, policy)
}

/// The lines of a front matter that may stand, its fences included; none when nothing but the fences is left.
fn front_matter(text: &str, rules: &RuleSet, policy: &Policy) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        lines.push((start..start + line.len(), line));
        start += line.len();
    }
    let last = lines.len().saturating_sub(1);
    let kept: Vec<_> = lines
        .iter()
        .enumerate()
        .filter(|&(index, (_, line))| {
            let goes_on = lines.get(index + 1).is_some_and(|(_, next)| next.starts_with([' ', '\t', '-']));
            let fenced = index + 1 == last;
            index == 0
                || index == last
                || field(line).is_some_and(|(key, value)| {
                    policy.front_matter.iter().any(|known| known == key)
                        && (fenced || !goes_on)
                        && !tells(value, rules, policy)
                })
        })
        .map(|(_, (range, _))| range.clone())
        .collect();
    if kept.len() > 2 { kept } else { Vec::new() }
}

/// The key and the value of a line such as `title: The quay` or `title = "The quay"`, when it holds all of the value.
fn field(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once([':', '='])?;
    let (key, value) = (key.trim_end(), value.trim());
    let opens = value.is_empty() || value.starts_with(['|', '>', '[', '{', '&', '*', '!']);
    let plain = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    (plain && !opens && !value.contains("\"\"\"") && !value.contains(" #")).then_some((key, value))
}

/// Whether the rules find something in a text that no sentence holds.
fn tells(text: &str, rules: &RuleSet, policy: &Policy) -> bool {
    let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
    detect(text, &reading, rules).iter().any(|finding| finding.confidence >= policy.flag)
}
