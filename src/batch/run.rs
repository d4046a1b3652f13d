//! The driver: inputs through the pipeline, in parallel, onto the two sides.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use super::durable::Durable;
use super::ending::Ending;
use super::feed;
use super::job::{Done, Run, Sides, guarded, report, setting};
use super::journal::Journal;
use super::output::{HighFolder, LowFolder, OutputError};
use super::spool::{Slot, Spool};
use super::summary::{ReportLine, SlowReport, Summary};
use super::walk::Input;
use crate::decisions::Decisions;
use crate::detect::BoundNames;
use crate::document::Format;
use crate::ingest::Ingest;
use crate::pipeline::{Names, Pipeline};
use crate::policy::Audience;

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

    /// Once all are done: what became of each report for each audience, in the order of their paths and the audiences' names.
    fn ended(&self, line: &ReportLine);

    /// Whether the run is to stop: what is in flight is finished, nothing more is begun, and the folders are left as they are, so
    /// that a resumed run goes on there.
    fn stops(&self) -> bool;
}

/// A report that is done, while the others are not.
struct Stub {
    number: usize,
    size: u64,
    time: Duration,
    kept: usize,
    slot: Slot,
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
    let spool = Spool::new(sides.as_ref().map(|sides| &sides.high))?;
    let decisions = settle(pipeline, inputs, options);
    let names =
        if options.link { bound_names(pipeline, inputs, options, progress) } else { BoundNames::default() };
    let setting = setting(pipeline, options, &names);
    let run = Run { pipeline, audiences, options, decisions, names, sides, setting };
    let failure: Mutex<Option<OutputError>> = Mutex::new(None);
    let goes = |_: &Input| !progress.stops() && !failure.lock().is_ok_and(|failure| failure.is_some());
    let one = |number: usize, input: &Input, bytes| {
        let Done { size, time, pieces, kept } = run.report(number, input, bytes)?;
        let slot = spool.put(&pieces)?;
        progress.done(size, pieces.iter().map(|piece| &piece.line));
        Ok(Stub { number, size, time, kept, slot })
    };
    let work = |number: usize, input: &Input, bytes| match one(number, input, bytes) {
        Ok(stub) => Some(stub),
        Err(error) => {
            failure.lock().expect("no holder of this lock panics").get_or_insert(error);
            None
        }
    };
    let done = feed::each(inputs, options.ingest.most_bytes(), goes, work);
    let mut done: Vec<Stub> = done.into_iter().flatten().collect();
    if let Some(error) = failure.into_inner().expect("no holder of this lock panics") {
        return Err(error);
    }
    done.sort_by_key(|stub| &inputs[stub.number].path);
    let mut summary = Summary {
        slowest: slowest(&done, inputs, options.slowest),
        reports: done.len(),
        bytes: done.iter().map(|stub| stub.size).sum(),
        kept: done.iter().map(|stub| stub.kept).sum(),
        undone: inputs.len() - done.len(),
        ..Summary::default()
    };
    if let Some(sides) = &run.sides {
        sides.durable.settle()?;
    }
    let mut ending = match &run.sides {
        Some(sides) if summary.undone == 0 => Some(Ending::begin(sides, audiences, options.html)?),
        _ => None,
    };
    let mut by_name: Vec<usize> = (0..audiences.len()).collect();
    by_name.sort_by_key(|&at| audiences[at].name());
    for stub in &done {
        let mut pieces = spool.pieces(stub.slot)?;
        if let Some(ending) = &mut ending {
            ending.number(&mut pieces, options.names)?;
        }
        for &at in &by_name {
            summary.add(&pieces[at].line);
            progress.ended(&pieces[at].line);
            if let Some(ending) = &mut ending {
                ending.add(at, &mut pieces[at])?;
            }
        }
    }
    let written = ending.map(Ending::written);
    if let (Some(written), Some(sides)) = (written, run.sides) {
        written.finish(sides, audiences, &mut summary)?;
    }
    Ok(summary)
}

/// So many of the reports that took longest.
fn slowest(done: &[Stub], inputs: &[Input], most: usize) -> Vec<SlowReport> {
    let mut all: Vec<&Stub> = if most == 0 { Vec::new() } else { done.iter().collect() };
    all.sort_by_key(|stub| std::cmp::Reverse(stub.time));
    let slow = |stub: &Stub| SlowReport {
        path: inputs[stub.number].path.clone(),
        bytes: stub.size,
        time: stub.time,
    };
    all.into_iter().take(most).map(slow).collect()
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
