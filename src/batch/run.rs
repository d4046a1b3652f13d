//! The driver: inputs through the pipeline, in parallel, onto the two sides.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use super::durable::Durable;
use super::feed;
use super::job::{Done, Run, Sides, extension, guarded, report, setting};
use super::journal::{Journal, Piece};
use super::output::{HighFolder, LowFolder, OutputError};
use super::picture;
use super::summary::{ReportLine, SlowReport, Summary};
use super::walk::Input;
use crate::decisions::Decisions;
use crate::detect::BoundNames;
use crate::document::Format;
use crate::ingest::Ingest;
use crate::pipeline::{Names, Pipeline};
use crate::policy::Audience;
use crate::review::page::{self, IndexLine};

/// How a run reads and writes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The release folder.
    pub low: PathBuf,
    /// The review folder.
    pub high: PathBuf,
    /// The format of every input, or as its name says.
    pub format: Option<Format>,
    /// How bytes become text.
    pub ingest: Ingest,
    /// Whether releases keep their reports' names.
    pub names: Names,
    /// Whether the diff of each report is written beside its record.
    pub diff: bool,
    /// Whether each report's page is written beside its record, and an index of them.
    pub html: bool,
    /// Whether the names that one report binds are found in all.
    pub link: bool,
    /// How many of the slowest reports the summary names, with their times.
    pub slowest: usize,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Whether files and folders are on the disk, not in the system's memory alone, when the run ends.
    pub durable: bool,
    /// Whether what an earlier run did, and what still stands, is not done again. Not for neutral names, whose numbers depend on
    /// all reports.
    pub resume: bool,
}

/// Watches a run.
pub trait Progress: Sync {
    /// One report of so many bytes is done.
    fn done<'l>(&self, bytes: u64, lines: impl Iterator<Item = &'l ReportLine> + Clone);

    /// Whether the run is to stop: what is in flight is finished, nothing more is begun, and the folders are left as they are, so
    /// that a resumed run goes on there.
    fn stops(&self) -> bool;
}

/// Sends every input through the pipeline. What fails or panics inside one report fails that report alone; the output does not
/// depend on the number of threads, nor on what an earlier run did already.
///
/// # Errors
/// When an output folder cannot be used or written to.
pub fn run(
    pipeline: &Pipeline,
    inputs: &[Input],
    audiences: &[Audience],
    options: &Options,
    progress: &impl Progress,
) -> Result<Summary, OutputError> {
    let sides = if options.dry_run { None } else { Some(open(pipeline, audiences, options)?) };
    let decisions = settle(pipeline, inputs, options);
    let names =
        if options.link { bound_names(pipeline, inputs, options, progress) } else { BoundNames::default() };
    let setting = setting(pipeline, options, &names);
    let run = Run { pipeline, audiences, options, decisions, names, sides, setting };
    let failure: Mutex<Option<OutputError>> = Mutex::new(None);
    let goes = |_: &Input| !progress.stops() && !failure.lock().is_ok_and(|failure| failure.is_some());
    let work = |number: usize, input: &Input, bytes| match run.report(number, input, bytes) {
        Ok(done) => {
            progress.done(done.size, done.pieces.iter().map(|piece| &piece.line));
            Some(done)
        }
        Err(error) => {
            failure.lock().expect("no holder of this lock panics").get_or_insert(error);
            None
        }
    };
    let done = feed::each(inputs, options.ingest.most_bytes(), goes, work);
    let done: Vec<Done> = done.into_iter().flatten().collect();
    if let Some(error) = failure.into_inner().expect("no holder of this lock panics") {
        return Err(error);
    }
    let mut summary = Summary {
        slowest: slowest(&done, options.slowest),
        reports: done.len(),
        bytes: done.iter().map(|done| done.size).sum(),
        kept: done.iter().map(|done| done.kept).sum(),
        undone: inputs.len() - done.len(),
        ..Summary::default()
    };
    let mut pieces: Vec<Vec<Piece>> = done.into_iter().map(|done| done.pieces).collect();
    if let Some(sides) = &run.sides {
        sides.durable.settle()?;
    }
    let whole = run.sides.filter(|_| summary.undone == 0);
    if let (Names::Neutral, Some(sides)) = (options.names, &whole) {
        number(&mut pieces, &sides.low)?;
    }
    let Some(sides) = whole else {
        summary.lines = lines(pieces);
        return Ok(summary);
    };
    let Sides { high, low, journal, durable } = sides;
    for (at, low) in low.into_iter().enumerate() {
        let entries = pieces.iter().filter_map(|pieces| pieces[at].release.clone()).collect();
        let name = audiences[at].name();
        summary.superseded.extend(low.finish(entries)?.into_iter().map(|path| format!("{name}/{path}")));
    }
    if options.html {
        write_indexes(&high, &pieces, audiences)?;
    }
    if let Some(journal) = journal {
        journal.finish(&high, pieces.iter().flatten())?;
    }
    summary.lines = lines(pieces);
    write_summary(&high, &summary, options.html)?;
    durable.settle()?;
    Ok(summary)
}

/// So many of the reports that took longest.
fn slowest(done: &[Done], most: usize) -> Vec<SlowReport> {
    let mut all: Vec<&Done> = done.iter().collect();
    all.sort_by_key(|done| std::cmp::Reverse(done.time));
    let path = |done: &Done| done.pieces.first().map(|piece| piece.line.path.clone()).unwrap_or_default();
    let slow = |done: &Done| SlowReport { path: path(done), bytes: done.size, time: done.time };
    all.into_iter().take(most).map(slow).collect()
}

/// The lines of all pieces, sorted by path and audience.
fn lines(pieces: Vec<Vec<Piece>>) -> Vec<ReportLine> {
    let mut lines: Vec<ReportLine> = pieces.into_iter().flatten().map(|piece| piece.line).collect();
    lines.sort_by(|a, b| (&a.path, &a.audience).cmp(&(&b.path, &b.audience)));
    lines
}

fn open(pipeline: &Pipeline, audiences: &[Audience], options: &Options) -> Result<Sides, OutputError> {
    let durable = Durable::new(options.durable);
    let high = HighFolder::open(&options.high)?.durably(&durable);
    let low = audiences
        .iter()
        .map(|audience| Ok(open_low(options, &high, audience)?.durably(&durable)))
        .collect::<Result<Vec<_>, _>>()?;
    high.sweep(audiences.iter().map(Audience::name))?;
    let journal = match options.names {
        Names::Keep => Some(Journal::open(&high, *pipeline.key(), options.resume)?),
        Names::Neutral => None,
    };
    Ok(Sides { high, low, journal, durable })
}

/// Writes the index of each audience.
fn write_indexes(
    high: &HighFolder,
    pieces: &[Vec<Piece>],
    audiences: &[Audience],
) -> Result<(), OutputError> {
    for (at, audience) in audiences.iter().enumerate() {
        let lines: Vec<IndexLine> =
            pieces.iter().filter_map(|pieces| pieces[at].index.as_deref().cloned()).collect();
        let page = page::index(audience.name(), &lines, None);
        high.write(&format!("{}/index.html", audience.name()), page.as_bytes())?;
    }
    Ok(())
}

/// Writes the manifest of HIGH and the run in figures.
fn write_summary(high: &HighFolder, summary: &Summary, indexed: bool) -> Result<(), OutputError> {
    let mut manifest = Vec::new();
    for line in &summary.lines {
        serde_json::to_writer(&mut manifest, line).expect("a line is plain data");
        manifest.push(b'\n');
    }
    high.write("manifest.jsonl", &manifest)?;
    let picture = picture::of(summary);
    high.write("summary.json", picture::json(&picture).as_bytes())?;
    high.write("summary.html", page::summary(&picture, indexed).as_bytes())
}

/// Numbers the releases of each audience in the order of their reports, so that no gap tells of one that was not released.
fn number(pieces: &mut [Vec<Piece>], low: &[LowFolder]) -> Result<(), OutputError> {
    for (at, low) in low.iter().enumerate() {
        let mut count = 0;
        for pieces in &mut *pieces {
            let Some(entry) = pieces[at].release.take() else { continue };
            count += 1;
            let name = format!("report-{count:06}.{}", extension(entry.path()));
            low.rename(entry.path(), &name)?;
            pieces[at].release = Some(entry.at(&name));
            pieces[at].line.released_as = Some(name);
        }
    }
    Ok(())
}

fn open_low(options: &Options, high: &HighFolder, audience: &Audience) -> Result<LowFolder, OutputError> {
    LowFolder::open(&options.low, audience.name(), |path| {
        high.file(&format!("{}/{path}.review.json", audience.name())).is_file()
    })
}

/// The pipeline's decisions, those on equal spans knowing what these share: their own reports are read for it first.
fn settle(pipeline: &Pipeline, inputs: &[Input], options: &Options) -> Decisions {
    let decisions = pipeline.decided();
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for decision in decisions.unsettled() {
        wanted.entry(&decision.source).or_default().push(decision.target.id());
    }
    if wanted.is_empty() {
        return decisions.clone();
    }
    let goes = |input: &Input| wanted.contains_key(input.path.as_str());
    let shared = |_, input: &Input, bytes| {
        let ids = &wanted[input.path.as_str()];
        let report = report(input, bytes, options).ok()?;
        let found = guarded(|| {
            pipeline.study(&report, |study| ids.iter().map(|id| study.shared(id)).collect::<Vec<_>>())
        });
        let ids = ids.iter().map(|&id| (input.path.clone(), id.to_owned()));
        Some(ids.zip(found.ok()?).collect::<Vec<_>>())
    };
    let found = feed::each(inputs, options.ingest.most_bytes(), goes, shared);
    let known: BTreeMap<_, _> = found.into_iter().flatten().flatten().collect();
    decisions.settled(|source, id| known.get(&(source.to_owned(), id.to_owned())).cloned().flatten())
}

/// The names that the inputs bind: a pass of its own over all of them. What cannot be read binds nothing here and fails in
/// the next pass.
fn bound_names(
    pipeline: &Pipeline,
    inputs: &[Input],
    options: &Options,
    progress: &impl Progress,
) -> BoundNames {
    let names = |_, input: &Input, bytes| {
        let report = report(input, bytes, options).ok()?;
        guarded(|| pipeline.bound_names(&report)).ok()
    };
    let goes = |_: &Input| !progress.stops();
    let names = feed::each(inputs, options.ingest.most_bytes(), goes, names);
    names.into_iter().flatten().fold(BoundNames::default(), BoundNames::union)
}
