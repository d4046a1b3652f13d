//! A comment for a merge request on the high side.

use std::fmt::Write as _;

use super::{NO_BANNER, counts};
use crate::review::view::{self, View};

/// A summary, a table of the edits, and what is withheld, folded.
#[must_use]
pub fn markdown(view: &View<'_>) -> String {
    let record = view.record();
    let banner = record.source.banner.as_deref().unwrap_or(NO_BANNER);
    let mut out = format!("{banner}\n\n");
    let _ = writeln!(
        out,
        "### {} for {}: {}\n",
        escaped(&record.source.path),
        escaped(&record.audience),
        escaped(&view::status(view.outcome()))
    );
    let counts: Vec<String> =
        counts(view).into_iter().map(|(category, count)| format!("{category} {count}")).collect();
    if !counts.is_empty() {
        let _ = writeln!(out, "Edits: {}.\n", counts.join(", "));
    }
    if view.edits().next().is_some() {
        out.push_str(
            "| line | category | goes | comes | rule | decision |\n| ---: | --- | --- | --- | --- | --- |\n",
        );
        for edit in view.edits() {
            let category = edit.category.map_or("form", crate::category::Category::id);
            let flag = if edit.flag { " ⚑" } else { "" };
            let _ = writeln!(
                out,
                "| {} | {category}{flag} | {} | {} | {} | {} |",
                edit.line,
                cell(&edit.before),
                cell(&edit.after),
                escaped(&edit.rule),
                edit.decision
            );
        }
        out.push('\n');
    }
    if !record.held.is_empty() {
        out.push_str("**Waits for a person**\n\n");
        for held in &record.held {
            let line = record.portions.iter().find(|portion| Some(&portion.id) == held.portion.as_ref());
            let place =
                line.map_or_else(|| "the report".to_owned(), |portion| format!("line {}", portion.line));
            let _ = writeln!(out, "- {place} ({}): {}", held.needs, escaped(&held.reason));
        }
        out.push('\n');
    }
    let withheld: Vec<_> = record.portions.iter().filter(|portion| portion.releasable != "yes").collect();
    if !withheld.is_empty() && view.categories().is_empty() {
        let _ = writeln!(out, "<details><summary>{} portions withheld</summary>\n", withheld.len());
        for portion in withheld {
            let mark = portion.mark.as_deref().unwrap_or("no mark");
            let _ = writeln!(out, "- line {}, {}: {}", portion.line, escaped(mark), escaped(&portion.reason));
        }
        out.push_str("\n</details>\n");
    }
    out
}

/// Text of a table cell, quoted; a dash for nothing.
fn cell(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { "–".to_owned() } else { escaped(&text) }
}

/// Text that no Markdown reader takes for markup, a mention or a reference.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\n' | '\r' => out.push(' '),
            c if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | ':' | '/' | '\'' | '"' | '.') => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
