//! `tearline rules`: what the tool knows, and whether it holds.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use tearline::lint::{Catalog, Lint, LintRule};
use tearline::rules::{Patterns, RuleSet, check};

use crate::args::{Common, RulesArgs, RulesCommand};
use crate::common;
use crate::exit::Exit;
use crate::rules_diff;

pub(crate) fn run(args: &RulesArgs) -> anyhow::Result<Exit> {
    match &args.command {
        RulesCommand::List => list(&common::patterns(&args.common)?),
        RulesCommand::Explain { id } => explain(&common::patterns(&args.common)?, id),
        RulesCommand::Test { dir } => test(&args.common, dir.as_deref()),
        RulesCommand::Schema => {
            writeln!(std::io::stdout().lock(), "{:#}", tearline::rules::schema())?;
            Ok(Exit::Done)
        }
        RulesCommand::Diff(diff) => rules_diff::run(diff, &args.common),
    }
}

fn list(patterns: &Patterns) -> anyhow::Result<Exit> {
    let (rules, catalog) = (patterns.build()?, Catalog::load(patterns)?);
    let mut out = std::io::stdout().lock();
    for rule in rules.rules() {
        writeln!(out, "{:40} {:.2}  {}", rule.id.as_str(), rule.confidence, rule.title)?;
    }
    for &lint in Lint::ALL {
        let rule = catalog.rule(lint);
        writeln!(out, "{:40} {:7}  {}", rule.id, rule.severity.word(), rule.title)?;
    }
    Ok(Exit::Done)
}

fn explain(patterns: &Patterns, id: &str) -> anyhow::Result<Exit> {
    let (rules, catalog) = (patterns.build()?, Catalog::load(patterns)?);
    let mut out = std::io::stdout().lock();
    if let Ok(lint) = id.parse::<Lint>() {
        explain_lint(catalog.rule(lint), &mut out)?;
        return Ok(Exit::Done);
    }
    let rule = rules.find(id).with_context(|| unknown(id, &rules))?;
    writeln!(out, "{}: {}\n", rule.id, rule.title)?;
    if rule.tells_open_names() {
        writeln!(out, "Why it passes: {}", rule.why)?;
    } else {
        writeln!(out, "Why it reveals: {}", rule.why)?;
        writeln!(out, "Category: {} ({})", rule.category, rule.category.covers())?;
        writeln!(out, "Confidence: {:.2}", rule.confidence)?;
    }
    if !rule.source.is_empty() {
        writeln!(out, "Finds: {}", rule.source)?;
    }
    if !rule.refs.is_empty() {
        writeln!(out, "References: {}", rule.refs.join("; "))?;
    }
    for example in &rule.examples {
        let (head, text) =
            example.strip_prefix('!').map_or(("finds ", example.as_str()), |text| ("leaves", text.trim()));
        writeln!(out, "  {head} {text}")?;
    }
    Ok(Exit::Done)
}

fn test(common: &Common, dir: Option<&Path>) -> anyhow::Result<Exit> {
    let mut patterns = common::patterns(common)?;
    if let Some(dir) = dir {
        patterns.add_dir(dir)?;
    }
    let rules = patterns.build()?;
    Catalog::load(&patterns)?;
    let mut out = std::io::stdout().lock();
    let failures = check(&rules);
    for failure in &failures {
        writeln!(out, "{failure}")?;
    }
    let examples: usize = rules.rules().iter().map(|rule| rule.examples.len()).sum();
    writeln!(out, "{} rules, {examples} examples, {} failed", rules.rules().len(), failures.len())?;
    Ok(if failures.is_empty() { Exit::Done } else { Exit::Human })
}

fn explain_lint(rule: &LintRule, out: &mut impl std::io::Write) -> std::io::Result<()> {
    writeln!(out, "{}: {}\n", rule.id, rule.title)?;
    writeln!(out, "Why it matters: {}", rule.why)?;
    writeln!(out, "What to do: {}", rule.fix)?;
    writeln!(out, "Severity: {} (unless tearline.toml says otherwise)", rule.severity)?;
    if !rule.refs.is_empty() {
        writeln!(out, "References: {}", rule.refs.join("; "))?;
    }
    Ok(())
}

/// The complaint about an unknown rule, with the nearest id.
fn unknown(id: &str, rules: &RuleSet) -> String {
    let detection = rules.rules().iter().map(|rule| rule.id.as_str());
    let near = detection.chain(Lint::ALL.iter().map(|lint| lint.id())).max_by(|a, b| {
        let like = |other: &str| similar::TextDiff::from_chars(id, other).ratio();
        like(a).total_cmp(&like(b))
    });
    near.map_or_else(|| format!("no rule `{id}`"), |near| format!("no rule `{id}`; did you mean `{near}`?"))
}
