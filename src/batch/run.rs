//! The driver: inputs through the pipeline, in parallel, onto the two sides.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use rayon::prelude::*;

use super::job::{Done, Run, Sides, extension, guarded, report, setting};
use super::journal::{Journal, Piece};
use super::output::{HighFolder, LowFolder, OutputError};
use super::picture;
use super::summary::{ReportLine, Summary};
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
    /// Whether nothing is written.
    pub dry_run: bool,
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
    let done: Vec<Done> = inputs
        .par_iter()
        .enumerate()
        .filter_map(|(number, input)| {
            if progress.stops() || failure.lock().is_ok_and(|failure| failure.is_some()) {
                return None;
            }
            match run.report(number, input) {
                Ok(done) => {
                    progress.done(done.size, done.pieces.iter().map(|piece| &piece.line));
                    Some(done)
                }
                Err(error) => {
                    failure.lock().expect("no holder of this lock panics").get_or_insert(error);
                    None
                }
            }
        })
        .collect();
    if let Some(error) = failure.into_inner().expect("no holder of this lock panics") {
        return Err(error);
    }
    let mut summary = Summary {
        reports: done.len(),
        bytes: done.iter().map(|done| done.size).sum(),
        kept: done.iter().map(|done| done.kept).sum(),
        undone: inputs.len() - done.len(),
        ..Summary::default()
    };
    let mut pieces: Vec<Vec<Piece>> = done.into_iter().map(|done| done.pieces).collect();
    let whole = run.sides.filter(|_| summary.undone == 0);
    if let (Names::Neutral, Some(sides)) = (options.names, &whole) {
        number(&mut pieces, &sides.low)?;
    }
    summary.lines = lines(&pieces);
    if let Some(sides) = whole {
        summary.superseded = finish(sides, &pieces, &summary, audiences, options)?;
    }
    Ok(summary)
}

/// The lines of all pieces, sorted by path and audience.
fn lines(pieces: &[Vec<Piece>]) -> Vec<ReportLine> {
    let mut lines: Vec<ReportLine> = pieces.iter().flatten().map(|piece| piece.line.clone()).collect();
    lines.sort_by(|a, b| (&a.path, &a.audience).cmp(&(&b.path, &b.audience)));
    lines
}

fn open(pipeline: &Pipeline, audiences: &[Audience], options: &Options) -> Result<Sides, OutputError> {
    let high = HighFolder::open(&options.high)?;
    let low =
        audiences.iter().map(|audience| open_low(options, &high, audience)).collect::<Result<Vec<_>, _>>()?;
    high.sweep(audiences.iter().map(Audience::name))?;
    let journal = match options.names {
        Names::Keep => Some(Journal::open(&high, *pipeline.key(), options.resume)?),
        Names::Neutral => None,
    };
    Ok(Sides { high, low, journal })
}

/// Writes what speaks of the whole run; returns what was removed from LOW.
fn finish(
    sides: Sides,
    pieces: &[Vec<Piece>],
    summary: &Summary,
    audiences: &[Audience],
    options: &Options,
) -> Result<Vec<String>, OutputError> {
    let Sides { high, low, journal } = sides;
    let mut superseded = Vec::new();
    for (at, low) in low.into_iter().enumerate() {
        let entries = pieces.iter().filter_map(|pieces| pieces[at].release.clone()).collect();
        let name = audiences[at].name();
        superseded.extend(low.finish(entries)?.into_iter().map(|path| format!("{name}/{path}")));
    }
    if options.html {
        for (at, audience) in audiences.iter().enumerate() {
            let lines: Vec<IndexLine> = pieces.iter().filter_map(|pieces| pieces[at].index.clone()).collect();
            let page = page::index(audience.name(), &lines, None);
            high.write(&format!("{}/index.html", audience.name()), page.as_bytes())?;
        }
    }
    let lines = summary.lines.iter();
    let manifest: String =
        lines.map(|line| serde_json::to_string(line).expect("a line is plain data") + "\n").collect();
    high.write("manifest.jsonl", manifest.as_bytes())?;
    high.write("summary.json", picture::json(summary).as_bytes())?;
    if let Some(journal) = journal {
        journal.finish(&high, pieces.iter().flatten())?;
    }
    Ok(superseded)
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
    let mut known = BTreeMap::new();
    for input in inputs {
        let Some(ids) = wanted.remove(input.path.as_str()) else { continue };
        let Ok(report) = report(input, input.read(options.ingest.most_bytes()), options) else { continue };
        let found = guarded(|| {
            pipeline.study(&report, |study| ids.iter().map(|id| study.shared(id)).collect::<Vec<_>>())
        });
        let found = found.unwrap_or_default();
        known.extend(
            ids.into_iter().zip(found).map(|(id, shared)| ((input.path.clone(), id.to_owned()), shared)),
        );
    }
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
    let names = |input: &Input| {
        if progress.stops() {
            return None;
        }
        let report = report(input, input.read(options.ingest.most_bytes()), options).ok()?;
        guarded(|| pipeline.bound_names(&report)).ok()
    };
    inputs.par_iter().filter_map(names).reduce(BoundNames::default, BoundNames::union)
}
