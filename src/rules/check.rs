//! The examples of rules, run: `tearline rules test` and `cargo test` call the same code.

use super::{Matcher, Rule, RuleId, RuleSet};
use crate::decide::rewrite_text;
use crate::detect;
use crate::detect::reading::Reading;

/// An example that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFailure {
    /// The rule whose example it is.
    pub rule: RuleId,
    /// The example as written.
    pub example: String,
    /// What came instead.
    pub found: String,
}

impl std::fmt::Display for ExampleFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: example `{}` gives `{}`", self.rule, self.example, self.found)
    }
}

/// Runs every example of every rule.
#[must_use]
pub fn check(rules: &RuleSet) -> Vec<ExampleFailure> {
    rules
        .rules()
        .iter()
        .flat_map(|rule| rule.examples.iter().filter_map(|example| run(rule, example, rules)))
        .collect()
}

/// One example: marked spans that must be found by this rule alone, and the rewrite that all rules together give.
fn run(rule: &Rule, example: &str, rules: &RuleSet) -> Option<ExampleFailure> {
    if matches!(rule.matcher, Matcher::Reader) {
        return None;
    }
    let (text, rewrite) = match example.split_once(" => ") {
        Some((text, rewrite)) => (text, Some(rewrite)),
        None => (example, None),
    };
    let (plain, wanted) = match text.strip_prefix('!') {
        Some(text) => (text.trim_start().to_owned(), String::new()),
        None => (text.replace(['⟦', '⟧'], ""), text.to_owned()),
    };
    let reading = Reading::new(&plain, std::iter::once(0..plain.len()), &rules.vocabulary);
    let fail =
        |found: String| Some(ExampleFailure { rule: rule.id.clone(), example: example.to_owned(), found });
    let spans = detect::by_rule(&plain, &reading, rules, &rule.id);
    let marked = mark(&plain, &spans);
    if wanted.is_empty() {
        return (!spans.is_empty()).then(|| fail(marked)).flatten();
    }
    if marked != wanted {
        return fail(marked);
    }
    let rewritten = rewrite.map(|_| rewrite_text(&plain, &reading, rules));
    if rewritten.as_deref() != rewrite { fail(rewritten.unwrap_or_default()) } else { None }
}

fn mark(text: &str, spans: &[std::ops::Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len() + 12);
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.start]);
        out.push('⟦');
        out.push_str(&text[span.clone()]);
        out.push('⟧');
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}
