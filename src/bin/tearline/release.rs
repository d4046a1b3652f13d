//! `tearline release`: the main job.

use std::collections::BTreeSet;

use anyhow::bail;
use tearline::batch::{self, Options, ReportLine, Summary};
use tearline::{Audience, Format, Names, Status};

use crate::args::{InputFormat, NamesArg, ReleaseArgs};
use crate::common;
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::Bar;

/// How many slow reports the summary names.
const SLOWEST: usize = 20;

pub(crate) fn run(args: &ReleaseArgs) -> anyhow::Result<Exit> {
    let start = std::time::Instant::now();
    let stop = interrupt::listen()?;
    batch::check_apart(&args.out, &args.review, &args.paths)?;
    if args.link_reports && args.paths.iter().any(|path| path.as_os_str() == "-") {
        bail!(
            "--link-reports reads each report twice, which standard input does not allow; give files or folders"
        );
    }
    if args.resume && args.names == NamesArg::Neutral {
        bail!(
            "--resume keeps releases where they stand, but the numbers of --names neutral depend on all reports; leave one out"
        );
    }
    let walk = batch::walk_archives(&args.paths)?;
    let key = key(args)?;
    let pipeline = common::pipeline(&args.common, key)?;
    let mut names = BTreeSet::new();
    let mut audiences = Vec::new();
    for name in &args.audience {
        if !names.insert(name) {
            bail!("audience {name} is given twice");
        }
        audiences.push(Audience::parse(name, pipeline.policy())?);
    }
    let options = Options {
        low: args.out.clone(),
        high: args.review.clone(),
        format: format(args.format),
        ingest: common::ingest(&args.common, pipeline.policy())?,
        names: match args.names {
            NamesArg::Keep => Names::Keep,
            NamesArg::Neutral => Names::Neutral,
        },
        diff: args.diff,
        html: args.html,
        link: args.link_reports,
        slowest: if args.timings { SLOWEST } else { 0 },
        dry_run: args.dry_run,
        durable: args.durable,
        resume: args.resume,
    };
    if !args.dry_run {
        keep_key(&args.review, key)?;
    }
    let known = |source: &str| walk.inputs.binary_search_by(|input| input.path.as_str().cmp(source)).is_ok();
    let elsewhere = pipeline.decided().sources().filter(|source| !known(source)).count();
    if elsewhere > 0 {
        common::say(&format!("decisions on {elsewhere} report(s) that are not in this run were left aside"));
    }
    for skipped in &walk.skipped {
        common::say(&format!("skipped {}: {}", skipped.path.display(), skipped.reason));
    }
    let bar = Bar::new(args.progress, args.common.quiet, walk.inputs.len(), stop);
    let summary = batch::run(pipeline, &walk.inputs, &audiences, &options, &bar)?;
    bar.finish();
    tell(&summary, args, start.elapsed());
    Ok(exit(&summary, !walk.skipped.is_empty()))
}

pub(crate) fn format(format: InputFormat) -> Option<Format> {
    match format {
        InputFormat::Auto => None,
        InputFormat::Markdown => Some(Format::Markdown),
        InputFormat::Text => Some(Format::Text),
    }
}

/// The key of the review folder; a new one takes over the key under which the decisions were made.
fn key(args: &ReleaseArgs) -> anyhow::Result<[u8; 32]> {
    let made = common::key_of_decisions(&args.common)?;
    if let (false, Some(key)) = (args.review.join(".key").exists(), made) {
        return Ok(key);
    }
    let own = common::key(&args.review, false)?;
    if let (Some(folder), Some(made)) = (args.common.decisions.as_ref().filter(|path| path.is_dir()), made)
        && made != own
    {
        let (folder, high) = (folder.display(), args.review.display());
        bail!("{folder} and {high} have different keys, so no decision would fit; give --review {folder}");
    }
    Ok(own)
}

fn keep_key(high: &std::path::Path, key: [u8; 32]) -> anyhow::Result<()> {
    if !high.join(".key").exists() {
        batch::HighFolder::open(high)?.write(".key", &key)?;
    }
    Ok(())
}

/// What was removed, what stood, and the counts.
fn tell(summary: &Summary, args: &ReleaseArgs, time: std::time::Duration) {
    if args.common.quiet {
        return;
    }
    for path in &summary.superseded {
        common::say(&format!("removed {path}: an earlier run released it, this one does not"));
    }
    if args.resume {
        common::say(&format!(
            "{} of {} outcomes stood unchanged",
            summary.kept,
            summary.outcomes.values().sum::<usize>()
        ));
    }
    if summary.undone > 0 {
        common::say(&format!(
            "interrupted: {} report(s) were not begun, and {} holds no new manifest; the same command with --resume goes on",
            summary.undone,
            args.out.display()
        ));
    }
    let counts: Vec<String> = [Status::Released, Status::Held, Status::Withheld, Status::Failed]
        .into_iter()
        .map(|status| format!("{} {}", summary.count(status), status.word()))
        .collect();
    let findings: Vec<String> =
        summary.findings.iter().map(|(category, count)| format!("{category} {count}")).collect();
    common::say(&format!(
        "{} reports, {} bytes, {} audience(s): {}; edits: {}; {:.2} s{}",
        summary.reports,
        summary.bytes,
        args.audience.len(),
        counts.join(", "),
        if findings.is_empty() { "none".to_owned() } else { findings.join(", ") },
        time.as_secs_f64(),
        if args.dry_run { " (dry run: nothing was written)" } else { "" },
    ));
}

/// A line for a report that was not released, or that waits in part, and one for each decision that was not carried out.
pub(crate) fn tell_outcome(line: &ReportLine) {
    if let Some(text) = told(line) {
        common::say(&text);
    }
    for unapplied in &line.unapplied {
        common::say(&format!("{} for {}: not carried out: {unapplied}", line.path, line.audience));
    }
}

fn told(line: &ReportLine) -> Option<String> {
    let reason = line.reason.as_deref().filter(|reason| !reason.is_empty());
    match line.status {
        Status::Released if line.waiting == 0 => None,
        Status::Released => Some(format!(
            "{} for {}: released; {} portion(s) wait for a decision",
            line.path, line.audience, line.waiting
        )),
        status => Some(format!(
            "{} for {}: {}: {}",
            line.path,
            line.audience,
            status.word(),
            reason.unwrap_or("no reason given")
        )),
    }
}

fn exit(summary: &Summary, skipped: bool) -> Exit {
    if summary.undone > 0 {
        Exit::Interrupted
    } else if summary.count(Status::Failed) > 0 || skipped {
        Exit::Input
    } else if summary.needs_human {
        Exit::Human
    } else {
        Exit::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: Status, reason: Option<&str>) -> ReportLine {
        let line = serde_json::json!({
            "path": "a.md", "audience": "FVEY", "status": status, "reason": reason, "waiting": 0, "findings": {},
        });
        serde_json::from_value(line).expect("a line is written so")
    }

    #[test]
    fn a_report_that_failed_goes_before_one_that_waits() {
        let summary = |lines: Vec<ReportLine>| {
            let mut summary = Summary::default();
            lines.iter().for_each(|line| summary.add(line));
            summary
        };
        let released = || line(Status::Released, None);
        assert_eq!(exit(&summary(vec![released()]), false), Exit::Done);
        assert_eq!(exit(&summary(vec![released(), line(Status::Held, Some("x"))]), false), Exit::Human);
        let failed = || line(Status::Failed, Some("the program failed inside this report"));
        let all = summary(vec![released(), line(Status::Held, Some("x")), failed()]);
        assert_eq!(exit(&all, false), Exit::Input);
        assert_eq!(exit(&summary(vec![released()]), true), Exit::Input, "a skipped file");
        let told = told(&failed());
        assert_eq!(told.as_deref(), Some("a.md for FVEY: failed: the program failed inside this report"));
    }
}
