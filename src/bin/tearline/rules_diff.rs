//! `tearline rules diff`: what a change of the patterns changes in a folder of reports.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write};
use std::path::Path;

use anyhow::bail;
use rayon::prelude::*;
use tearline::batch::Input;
use tearline::eval::{Change, ChangeKind, compare, context};
use tearline::rules::Patterns;
use tearline::{Format, Hit, Ingest, Names, Pipeline, Report, SourceText};

use crate::args::{Common, RulesDiffArgs};
use crate::common;
use crate::exit::Exit;

/// The name of the patterns in the program.
const BUILT_IN: &str = "built-in";

/// A report in which the two sides differ.
struct Differing {
    source: SourceText,
    changes: Vec<Change>,
}

pub(crate) fn run(args: &RulesDiffArgs, common: &Common) -> anyhow::Result<Exit> {
    if common.patterns.is_some() {
        bail!("--patterns has no place here: OLD and NEW name the patterns");
    }
    let old = side(&args.old, common)?;
    let new = side(&args.new, common)?;
    let ingest = common::ingest(common, new.policy())?;
    let walk = tearline::batch::walk(std::slice::from_ref(&args.corpus))?;
    for skipped in &walk.skipped {
        common::say(&format!("skipped {}: {}", skipped.path.display(), skipped.reason));
    }
    let reports: Vec<_> = walk.inputs.par_iter().map(|input| differ(input, &ingest, old, new)).collect();
    let show = args.show_text || std::io::stdout().is_terminal();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut failed, mut totals) = (!walk.skipped.is_empty(), Totals::default());
    for (input, report) in walk.inputs.iter().zip(reports) {
        match report {
            Ok(report) => {
                for change in &report.changes {
                    print(&mut out, &input.path, change, show.then_some(&report.source))?;
                    totals.add(change);
                }
            }
            Err(reason) => {
                failed = true;
                common::say(&format!("{}: {reason}", input.path));
            }
        }
    }
    totals.print(&mut out, walk.inputs.len())?;
    out.flush()?;
    Ok(match (failed, totals.all.is_empty()) {
        (true, _) => Exit::Input,
        (false, false) => Exit::Human,
        (false, true) => Exit::Done,
    })
}

/// The patterns of one side: those of the program, a whole folder, or a folder that adds to those of the program.
fn side(folder: &Path, common: &Common) -> anyhow::Result<&'static Pipeline> {
    let mut patterns = Patterns::built_in();
    if folder.as_os_str() != BUILT_IN {
        if folder.join("policy.toml").is_file() {
            patterns = Patterns::only(folder)?;
        } else {
            patterns.add_dir(folder)?;
        }
    }
    common::pipeline_of(&common::with_options(patterns, common)?, common, [0; 32])
}

fn differ(input: &Input, ingest: &Ingest, old: &Pipeline, new: &Pipeline) -> Result<Differing, String> {
    let bytes = input.read(ingest.most_bytes()).map_err(|error| error.to_string())?;
    let source = ingest.read(bytes).map_err(|error| error.to_string())?;
    let report = Report::new(&input.path, source.clone(), Format::of_name(&input.path), Names::Keep);
    let work = std::panic::AssertUnwindSafe(|| [old, new].map(|side| side.scan(&report).joined));
    let [before, after] = std::panic::catch_unwind(work)
        .map_err(|_| "the program failed inside this report; this is a bug, please report it".to_owned())?;
    Ok(Differing { source, changes: compare(&before, &after) })
}

/// A line for the change, and with the source one for each side.
fn print(
    out: &mut impl Write,
    path: &str,
    change: &Change,
    source: Option<&SourceText>,
) -> anyhow::Result<()> {
    let hit = change.hit();
    write!(out, "{path}:{}:{}: {:10} ", hit.position.line, hit.position.column, change.kind.word())?;
    let bytes = |hit: &Hit| format!("bytes {}-{}", hit.span.start(), hit.span.end());
    match (change.kind, &change.old, &change.new) {
        (ChangeKind::Extent, Some(old), Some(new)) => {
            writeln!(out, "{} {}, {} -> {}", new.rule, new.category, bytes(old), bytes(new))?;
        }
        (ChangeKind::Rule, Some(old), Some(new)) => {
            writeln!(out, "{} {} -> {} {}, {}", old.rule, old.category, new.rule, new.category, bytes(new))?;
        }
        (ChangeKind::Confidence, Some(old), Some(new)) => writeln!(
            out,
            "{} {}, {:.2} -> {:.2}, {}",
            new.rule,
            new.category,
            old.confidence,
            new.confidence,
            bytes(new)
        )?,
        _ => writeln!(out, "{} {}, {:.2}, {}", hit.rule, hit.category, hit.confidence, bytes(hit))?,
    }
    let Some(source) = source else { return Ok(()) };
    match (change.kind, &change.old) {
        (ChangeKind::Extent, Some(old)) => {
            writeln!(out, "    old: {}", context(source, old.span))?;
            writeln!(out, "    new: {}", context(source, hit.span))?;
        }
        _ => writeln!(out, "    {}", context(source, hit.span))?,
    }
    Ok(())
}

/// How many changes of each kind.
type Kinds = BTreeMap<ChangeKind, usize>;

#[derive(Default)]
struct Totals {
    all: Kinds,
    categories: BTreeMap<String, Kinds>,
    rules: BTreeMap<String, Kinds>,
}

impl Totals {
    fn add(&mut self, change: &Change) {
        let hit = change.hit();
        for kinds in [
            &mut self.all,
            self.categories.entry(hit.category.to_string()).or_default(),
            self.rules.entry(hit.rule.to_string()).or_default(),
        ] {
            *kinds.entry(change.kind).or_default() += 1;
        }
    }

    fn print(&self, out: &mut impl Write, reports: usize) -> anyhow::Result<()> {
        if self.all.is_empty() {
            writeln!(out, "{reports} reports: no difference")?;
            return Ok(());
        }
        let head: Vec<String> = ChangeKind::ALL.iter().map(|kind| format!("{:>10}", kind.word())).collect();
        writeln!(out, "\n{:40} {}", "", head.join(" "))?;
        let row = |name: &str, kinds: &Kinds| {
            let cells: Vec<String> = ChangeKind::ALL
                .iter()
                .map(|kind| format!("{:>10}", kinds.get(kind).copied().unwrap_or_default()))
                .collect();
            format!("{name:40} {}", cells.join(" "))
        };
        for (name, kinds) in self.categories.iter().chain(&self.rules) {
            writeln!(out, "{}", row(name, kinds))?;
        }
        writeln!(out, "{}", row(&format!("all of {reports} reports"), &self.all))?;
        Ok(())
    }
}
