//! The driver: inputs through the pipeline, in parallel, onto the two sides.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::output::{HighFolder, LowFolder, OutputError, TEMPORARY};
use super::summary::{ReportLine, Summary};
use super::walk::Input;
use crate::decisions::Decisions;
use crate::detect::BoundNames;
use crate::document::Format;
use crate::ingest::Ingest;
use crate::pipeline::{Names, Outcome, Pipeline, Report};
use crate::policy::Audience;
use crate::review::page::{self, IndexLine};
use crate::review::{self, Status, Unapplied, View};
use crate::verify::ManifestEntry;

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
}

/// Told after each report.
pub trait Progress: Sync {
    /// One report of so many bytes is done.
    fn done(&self, bytes: u64, lines: &[ReportLine]);
}

/// One report's results for all audiences.
struct Done {
    lines: Vec<ReportLine>,
    entries: Vec<Option<ManifestEntry>>,
    /// A line of the index for each audience, when there is to be one.
    index: Vec<IndexLine>,
}

/// Sends every input through the pipeline. What fails or panics inside one report fails that report alone; the output does not
/// depend on the number of threads.
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
    let high = (!options.dry_run).then(|| HighFolder::open(&options.high)).transpose()?;
    let low = match &high {
        Some(high) => audiences
            .iter()
            .map(|audience| open_low(options, high, audience))
            .collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let decisions = settle(pipeline, inputs, options);
    let names = if options.link { bound_names(pipeline, inputs, options) } else { BoundNames::default() };
    let bytes = AtomicU64::new(0);
    let failure: Mutex<Option<OutputError>> = Mutex::new(None);
    let done: Vec<Done> = inputs
        .par_iter()
        .enumerate()
        .filter_map(|(number, input)| {
            if failure.lock().is_ok_and(|failure| failure.is_some()) {
                return None;
            }
            let job = Job { pipeline, audiences, options, names: &names, decisions: &decisions, number };
            let (size, outcomes) = job.process(input);
            bytes.fetch_add(size, Ordering::Relaxed);
            match job.write(input, &outcomes, high.as_ref(), &low) {
                Ok(done) => {
                    progress.done(size, &done.lines);
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
    let mut done = done;
    if options.names == Names::Neutral {
        number(&mut done, &low)?;
    }
    let mut summary = Summary { reports: inputs.len(), bytes: bytes.into_inner(), ..Summary::default() };
    for (at, low) in low.into_iter().enumerate() {
        let entries = done.iter().filter_map(|done| done.entries[at].clone()).collect();
        let name = audiences[at].name();
        summary.superseded.extend(low.finish(entries)?.into_iter().map(|path| format!("{name}/{path}")));
    }
    if let Some(high) = high.as_ref().filter(|_| options.html) {
        for (at, audience) in audiences.iter().enumerate() {
            let lines: Vec<IndexLine> = done.iter().filter_map(|done| done.index.get(at)).cloned().collect();
            let page = page::index(audience.name(), &lines, None);
            high.write(&format!("{}/index.html", audience.name()), page.as_bytes())?;
        }
    }
    summary.lines = done.into_iter().flat_map(|done| done.lines).collect();
    summary.lines.sort_by(|a, b| (&a.path, &a.audience).cmp(&(&b.path, &b.audience)));
    if let Some(high) = &high {
        let lines = summary
            .lines
            .iter()
            .map(|line| serde_json::to_string(line).expect("a line is plain data") + "\n");
        high.write("manifest.jsonl", lines.collect::<String>().as_bytes())?;
    }
    Ok(summary)
}

/// Numbers the releases of each audience in the order of their reports, so that no gap tells of one that was not released.
fn number(done: &mut [Done], low: &[LowFolder]) -> Result<(), OutputError> {
    for (at, low) in low.iter().enumerate() {
        let mut count = 0;
        for done in &mut *done {
            let Some(entry) = done.entries[at].take() else { continue };
            count += 1;
            let name = format!("report-{count:06}.{}", extension(entry.path()));
            low.rename(entry.path(), &name)?;
            done.entries[at] = Some(entry.at(&name));
            done.lines[at].released_as = Some(name);
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
        let Ok(report) = report(input, options).1 else { continue };
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

/// A report's size, and the report or why it cannot be read.
fn report(input: &Input, options: &Options) -> (u64, Result<Report, String>) {
    let bytes = match input.read(options.ingest.most_bytes()) {
        Ok(bytes) => bytes,
        Err(error) => return (0, Err(error.to_string())),
    };
    let size = bytes.len() as u64;
    let text = options.ingest.read(bytes).map_err(|error| error.to_string());
    let format = options.format.unwrap_or_else(|| Format::of_name(&input.path));
    (size, text.map(|text| Report::new(&input.path, text, format, options.names)))
}

struct Job<'a> {
    pipeline: &'a Pipeline,
    audiences: &'a [Audience],
    options: &'a Options,
    decisions: &'a Decisions,
    names: &'a BoundNames,
    number: usize,
}

impl Job<'_> {
    /// The report's size and an outcome for each audience.
    fn process(&self, input: &Input) -> (u64, Vec<Outcome>) {
        let failed = |reason: String| {
            let fail = |audience| Outcome::failed(&input.path, audience, self.pipeline, reason.clone());
            self.audiences.iter().map(fail).collect()
        };
        let (size, report) = match report(input, self.options) {
            (size, Ok(report)) => (size, report),
            (size, Err(reason)) => return (size, failed(reason)),
        };
        let work = || {
            self.pipeline.study_linked(&report, self.names, |study| {
                self.audiences.iter().map(|audience| study.outcome(audience, self.decisions)).collect()
            })
        };
        (size, guarded(work).unwrap_or_else(failed))
    }

    fn write(
        &self,
        input: &Input,
        outcomes: &[Outcome],
        high: Option<&HighFolder>,
        low: &[LowFolder],
    ) -> Result<Done, OutputError> {
        let mut done = Done { lines: Vec::new(), entries: Vec::new(), index: Vec::new() };
        for (at, outcome) in outcomes.iter().enumerate() {
            let audience = self.audiences[at].name();
            let name = match self.options.names {
                Names::Keep => input.path.clone(),
                Names::Neutral => format!("{TEMPORARY}{}.{}", self.number, extension(&input.path)),
            };
            let record = outcome.record();
            if let Some(high) = high {
                high.write(&format!("{audience}/{}.review.json", input.path), &review::json(record))?;
                if self.options.diff && record.status != Status::Failed {
                    let diff = review::diff::unified(&View::of(outcome), &review::diff::Style::plain());
                    high.write(&format!("{audience}/{}.diff", input.path), diff.as_bytes())?;
                }
            }
            if self.options.html {
                if let Some(high) = high {
                    let page = page::file(&View::of(outcome));
                    high.write(&format!("{audience}/{}.html", input.path), page.as_bytes())?;
                }
                done.index.push(IndexLine::of(outcome));
            }
            let mut entry = None;
            if let (Some(release), Some(low)) = (outcome.release(), low.get(at)) {
                low.write(&name, release)?;
                entry = Some(ManifestEntry::new(&name, release));
            }
            done.entries.push(entry);
            done.lines.push(line(outcome, input, audience, &name));
        }
        Ok(done)
    }
}

/// The names that the inputs bind: a pass of its own over all of them. What cannot be read binds nothing here and fails in
/// the next pass.
fn bound_names(pipeline: &Pipeline, inputs: &[Input], options: &Options) -> BoundNames {
    let names = |input| {
        let report = report(input, options).1.ok()?;
        guarded(|| pipeline.bound_names(&report)).ok()
    };
    inputs.par_iter().filter_map(names).reduce(BoundNames::default, BoundNames::union)
}

/// Does the work on one report; a panic in it is the reason why that report fails, without a word of the panic's message.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    std::panic::catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "the program failed inside this report; this is a bug, please report it".to_owned())
}

/// Who decided what when, and why it was not carried out.
fn unapplied(unapplied: &Unapplied) -> String {
    let Unapplied { decision, obstacle } = unapplied;
    let (act, id) = (decision.act.word(), decision.target.id());
    format!("{act} of {id} by {} at {}: {obstacle}", decision.by, decision.at)
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("md", |(_, extension)| extension)
}

fn line(outcome: &Outcome, input: &Input, audience: &str, name: &str) -> ReportLine {
    let path = &input.path;
    let record = outcome.record();
    let mut findings: BTreeMap<_, usize> = BTreeMap::new();
    for category in record.edits.iter().filter_map(|edit| edit.category) {
        *findings.entry(category).or_default() += 1;
    }
    ReportLine {
        path: path.clone(),
        audience: audience.to_owned(),
        from: input.file.as_ref().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone())),
        status: record.status,
        released_as: (record.status == Status::Released && name != path.as_str()).then(|| name.to_owned()),
        reason: (record.status != Status::Released).then(|| outcome.reason().to_owned()),
        unapplied: outcome.unapplied().iter().map(unapplied).collect(),
        waiting: record.held.iter().filter(|held| held.portion.is_some()).count(),
        findings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_of_a_report_is_a_reason_without_its_words() {
        let text = String::from("Ilmar Votik");
        let failed = guarded(|| text[..99].len());
        assert!(failed.is_err_and(|reason| reason.contains("this is a bug") && !reason.contains("Votik")));
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
