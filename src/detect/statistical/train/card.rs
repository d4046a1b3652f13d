//! The card of the weights: data, figures, date. Its digest of the weights enters the digest of the rule set.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::corpus::Sample;
use super::evaluate::{Outcome, Point};
use super::{Settings, Trained};

pub(crate) fn card(
    samples: &[Sample],
    settings: &Settings,
    outcome: &Outcome,
    trained: &Trained,
    date: &str,
) -> String {
    let authors: BTreeSet<&str> = samples.iter().map(|sample| sample.author.as_str()).collect();
    let authors = Vec::from_iter(authors);
    let count = |of: fn(&Sample) -> usize| samples.iter().map(of).sum::<usize>();
    let mut card = String::from(
        "# What the statistical reader was learned from and what it is worth. Written by train_reader.\n",
    );
    let mut put = |line: std::fmt::Arguments<'_>| {
        let _ = writeln!(card, "{line}");
    };
    put(format_args!("date = \"{date}\""));
    put(format_args!("sha256 = \"{}\"", crate::text::hex(&Sha256::digest(&trained.weights))));
    put(format_args!("bytes = {}", trained.weights.len()));
    put(format_args!("rows = {}", trained.rows));
    put(format_args!("\n[data]\nkind = \"fictional reports with inline annotation, fixtures/labelled\""));
    put(format_args!("authors = {authors:?}"));
    put(format_args!("reports = {}", samples.len()));
    put(format_args!("words = {}", count(|s| s.content.iter().filter(|&&c| c).count())));
    put(format_args!("spans = {}", count(|s| s.spans.len())));
    put(format_args!("facts = {}", count(|s| s.facts.len())));
    put(format_args!("\n[settings]"));
    settings.each(|name, value| put(format_args!("{name} = {value}")));
    put(format_args!(
        "\n# Whole authors left out, {} folds. Spans in portions that the trial audience may see.",
        settings.folds
    ));
    put(format_args!("[figures]"));
    put(format_args!("categories = {:.3}", outcome.kinds));
    put(format_args!("rules = {}", point(&outcome.rules)));
    let parts = |(words, right): &(u32, u32)| {
        format!("[{words}, {:.2}]", f64::from(*right) / f64::from((*words).max(1)))
    };
    let reliability: Vec<String> = outcome.reliability.iter().map(parts).collect();
    put(format_args!("# For each tenth of confidence: words, and the share of them that is sensitive."));
    put(format_args!("reliability = [{}]", reliability.join(", ")));
    put(format_args!("# By the least probability of a word that is cut."));
    for (name, points) in [("reader", &outcome.alone), ("reader_and_rules", &outcome.joined)] {
        let lines: Vec<String> = points.iter().map(|p| format!("  {}", point(p))).collect();
        put(format_args!("{name} = [\n{},\n]", lines.join(",\n")));
    }
    put(format_args!("\n# Each author left out, reader and rules together, then the rules alone."));
    put(format_args!("[authors]"));
    for (author, (joined, rules)) in &outcome.authors {
        put(format_args!("{author} = [{}, {}]", point(joined), point(rules)));
    }
    card
}

/// The card of the same weights with another threshold.
pub(super) fn with_threshold(card: &str, weights: &[u8], threshold: f32) -> String {
    let line = |line: &str| match line.split_once(" = ") {
        Some(("sha256", _)) => format!("sha256 = \"{}\"", crate::text::hex(&Sha256::digest(weights))),
        Some(("bytes", _)) => format!("bytes = {}", weights.len()),
        Some(("threshold", _)) => format!("threshold = {threshold}"),
        _ => line.to_owned(),
    };
    card.lines().map(|text| line(text) + "\n").collect()
}

fn point(point: &Point) -> String {
    let Point { threshold, recall, precision, retention, leak_free } = point;
    format!(
        "{{ threshold = {threshold:.2}, recall = {recall:.3}, precision = {precision:.3}, retention = {retention:.3}, leak_free = {leak_free:.3} }}"
    )
}
