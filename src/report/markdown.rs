//! A summary for a page: counts, and a table of the findings that count.

use std::collections::BTreeMap;

use super::Run;
use crate::lint::Lint;

pub(super) fn render(run: &Run<'_>) -> String {
    let mut out = format!("## tearline check\n\n{}.\n", run.counts().sentence());
    let mut by_rule: BTreeMap<Lint, usize> = BTreeMap::new();
    for (_, diagnostic) in run.active() {
        *by_rule.entry(diagnostic.lint).or_default() += 1;
    }
    if !by_rule.is_empty() {
        out.push_str("\n| rule | findings | what it is |\n| --- | ---: | --- |\n");
        for (lint, count) in by_rule {
            out.push_str(&format!("| `{lint}` | {count} | {} |\n", cell(&run.catalog.rule(lint).title)));
        }
        out.push_str("\n| place | severity | rule | finding |\n| --- | --- | --- | --- |\n");
    }
    for (file, diagnostic) in run.active() {
        let start = diagnostic.place.start;
        out.push_str(&format!(
            "| {}:{}:{} | {} | `{}` | {} |\n",
            cell(&file.path),
            start.line,
            start.column,
            diagnostic.severity,
            diagnostic.lint,
            cell(&diagnostic.message)
        ));
    }
    if !run.failed.is_empty() {
        out.push_str("\n| not read | why |\n| --- | --- |\n");
        for (path, reason) in run.failed {
            out.push_str(&format!("| {} | {} |\n", cell(path), cell(reason)));
        }
    }
    out
}

/// Text that neither ends a cell nor means anything in Markdown.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
