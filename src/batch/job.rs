//! One report of a run: read, processed for every audience that was not served yet, written.

use std::collections::BTreeMap;
use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use super::deadline::Deadline;
use super::durable::Durable;
use super::journal::{Journal, Piece};
use super::output::{HighFolder, LowFolder, OutputError, TEMPORARY, sha256};
use super::run::Options;
use super::summary::ReportLine;
use super::walk::Input;
use crate::decisions::{Decisions, anchor, lines};
use crate::detect::BoundNames;
use crate::document::Format;
use crate::failpoint::reach;
use crate::pipeline::{Names, Outcome, Pipeline, Report};
use crate::policy::Audience;
use crate::review::page::{self, IndexLine};
use crate::review::{self, Status, Trace, Unapplied, View};
use crate::text::SourceText;
use crate::verify::ManifestEntry;

/// The two sides of a run that writes.
pub(super) struct Sides {
    pub(super) high: HighFolder,
    /// For each audience.
    pub(super) low: Vec<LowFolder>,
    pub(super) journal: Option<Journal>,
    pub(super) durable: Durable,
}

/// What all reports of a run have in common.
pub(super) struct Run<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) audiences: &'a [Audience],
    pub(super) options: &'a Options,
    pub(super) decisions: Decisions,
    pub(super) names: BoundNames,
    /// `None` when nothing is written.
    pub(super) sides: Option<Sides>,
    /// What decides every report alike, as a keyed hash.
    pub(super) setting: String,
}

/// What became of one report.
pub(super) struct Done {
    /// Its bytes.
    pub(super) size: u64,
    /// From its reading to the writing of its last outcome; of a member of an archive, from its bytes being there.
    pub(super) time: Duration,
    /// For each audience.
    pub(super) pieces: Vec<Piece>,
    /// For how many of them it was done by an earlier run.
    pub(super) kept: usize,
}

/// The keyed hash of what decides every report of a run alike.
pub(super) fn setting(pipeline: &Pipeline, options: &Options, names: &BoundNames) -> String {
    let parts = [
        env!("CARGO_PKG_VERSION"),
        pipeline.rules().digest(),
        pipeline.policy().digest(),
        &pipeline.settings(),
        &format!("{:?}", (options.format, options.ingest, options.diff, options.html)),
        &names.listing(),
    ];
    anchor::digest(pipeline.key(), &parts)
}

impl Run<'_> {
    /// Does one report of these bytes; `number` is its place among the inputs.
    ///
    /// # Errors
    /// When something cannot be written.
    pub(super) fn report(
        &self,
        number: usize,
        input: &Input,
        bytes: io::Result<Vec<u8>>,
    ) -> Result<Done, OutputError> {
        let deadline = Deadline::begin(self.pipeline.policy().most_time);
        let size = bytes.as_ref().map_or(0, Vec::len) as u64;
        let causes = self.causes(input, bytes.as_deref().ok());
        let mut kept: Vec<Option<Piece>> =
            causes.iter().enumerate().map(|(at, cause)| self.standing(at, cause.as_deref()?)).collect();
        let missing: Vec<usize> = (0..kept.len()).filter(|&at| kept[at].is_none()).collect();
        let outcomes =
            if missing.is_empty() { Vec::new() } else { self.process(input, bytes, &missing, &deadline) };
        for (&at, outcome) in missing.iter().zip(&outcomes) {
            let piece = self.write(number, input, at, outcome, causes[at].clone())?;
            kept[at] = Some(piece);
        }
        let mut pieces: Vec<Piece> = kept.into_iter().flatten().collect();
        for piece in &mut pieces {
            piece.line.from = from(input);
        }
        Ok(Done { size, time: deadline.elapsed(), kept: pieces.len() - missing.len(), pieces })
    }

    /// For each audience the hash of all that its outcome depends on; `None` where nothing is kept of it.
    fn causes(&self, input: &Input, bytes: Option<&[u8]>) -> Vec<Option<String>> {
        let journal = self.sides.as_ref().and_then(|sides| sides.journal.as_ref());
        let (Some(bytes), Some(_)) = (bytes, journal) else { return vec![None; self.audiences.len()] };
        let source = sha256(bytes);
        let cause = |audience: &Audience| {
            let decisions = lines::write(self.decisions.of(&input.path, audience.name()));
            let parts = [&self.setting, &input.path, audience.name(), &decisions, &source];
            anchor::digest(self.pipeline.key(), &parts)
        };
        self.audiences.iter().map(|audience| Some(cause(audience))).collect()
    }

    fn standing(&self, at: usize, cause: &str) -> Option<Piece> {
        let Sides { high, low, journal, .. } = self.sides.as_ref()?;
        journal.as_ref()?.standing(cause, high, &low[at])
    }

    /// An outcome for each of the `missing` audiences.
    fn process(
        &self,
        input: &Input,
        bytes: io::Result<Vec<u8>>,
        missing: &[usize],
        deadline: &Deadline,
    ) -> Vec<Outcome> {
        let audiences = || missing.iter().map(|&at| &self.audiences[at]);
        let fail = |audience, reason| Outcome::failed(&input.path, audience, self.pipeline, reason);
        let work = || {
            let report = report(input, bytes, self.options)?;
            Ok(self.pipeline.study_linked(&report, &self.names, |study| {
                let outcome = |audience| match deadline.check() {
                    Ok(()) => study.outcome(audience, &self.decisions),
                    Err(reason) => fail(audience, reason),
                };
                audiences().map(outcome).collect()
            }))
        };
        let failed = |reason: String| audiences().map(|audience| fail(audience, reason.clone())).collect();
        guarded(work).and_then(|read| read).unwrap_or_else(failed)
    }

    fn write(
        &self,
        number: usize,
        input: &Input,
        at: usize,
        outcome: &Outcome,
        cause: Option<String>,
    ) -> Result<Piece, OutputError> {
        let audience = &self.audiences[at];
        let name = match self.options.names {
            Names::Keep => input.path.clone(),
            Names::Neutral => format!("{TEMPORARY}{number}.{}", extension(&input.path)),
        };
        let told = |outcome: &Outcome| self.told(outcome, input, audience.name(), &name);
        let (Told { line, index, files }, release) = match guarded(|| told(outcome)) {
            Ok(all) => (all, outcome.release()),
            Err(reason) => (told(&Outcome::failed(&input.path, audience, self.pipeline, reason)), None),
        };
        // What failed may have failed by chance.
        let cause = cause.filter(|_| line.status != Status::Failed);
        let mut piece = Piece { line, release: None, index, files: Vec::new(), cause };
        let Some(Sides { high, low, journal, .. }) = &self.sides else { return Ok(piece) };
        for (kind, bytes) in files {
            let path = format!("{}/{}.{kind}", audience.name(), input.path);
            high.write(&path, &bytes)?;
            piece.files.push((path, sha256(&bytes)));
        }
        if let Some(release) = release {
            low[at].write(&name, release)?;
            piece.release = Some(ManifestEntry::new(&name, release));
        }
        if let Some(journal) = journal {
            journal.note(high, &piece)?;
        }
        Ok(piece)
    }

    /// What the high side is told of an outcome.
    fn told(&self, outcome: &Outcome, input: &Input, audience: &str, name: &str) -> Told {
        let mut files = Vec::new();
        if self.sides.is_some() {
            files.push(("review.json", review::json(outcome.record())));
            if self.options.diff && outcome.record().status != Status::Failed {
                let diff = review::diff::unified(&View::of(outcome), &review::diff::Style::plain());
                files.push(("diff", diff.into_bytes()));
            }
            if self.options.html {
                files.push(("html", page::file(&View::of(outcome)).into_bytes()));
            }
        }
        for (kind, bytes) in &files {
            reach(kind, bytes);
        }
        let indexed = self.options.html && self.sides.is_some();
        let index = indexed.then(|| Box::new(IndexLine::of(outcome)));
        Told { line: line(outcome, input, audience, name), index, files }
    }
}

/// What the high side is told of an outcome.
struct Told {
    line: ReportLine,
    index: Option<Box<IndexLine>>,
    /// What is written beside each other, by the end of its name.
    files: Vec<(&'static str, Vec<u8>)>,
}

/// A report of these bytes, or why they cannot be read as one.
pub(super) fn report(input: &Input, bytes: io::Result<Vec<u8>>, options: &Options) -> Result<Report, String> {
    let bytes = bytes.map_err(|error| error.to_string())?;
    let text = options.ingest.read(bytes).map_err(|error| error.to_string())?;
    let format = options.format.unwrap_or_else(|| Format::of_name(&input.path));
    Ok(Report::new(&input.path, text, format, options.names))
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

pub(super) fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("md", |(_, extension)| extension)
}

/// Where an input lies; `None` when that is no file, or cannot be written down because its name is no Unicode.
fn from(input: &Input) -> Option<std::path::PathBuf> {
    let file = input.on_disk().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.to_owned()));
    file.filter(|file| file.to_str().is_some())
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
        from: from(input),
        status: record.status,
        released_as: (record.status == Status::Released && name != path.as_str()).then(|| name.to_owned()),
        reason: (record.status != Status::Released).then(|| outcome.reason().to_owned()),
        unapplied: outcome.unapplied().iter().map(unapplied).collect(),
        waiting: record.held.iter().filter(|held| held.portion.is_some()).count(),
        findings,
        banner: record.source.banner.clone(),
        bytes: outcome.source().map_or(0, SourceText::len),
        kept: if outcome.release().is_some() { outcome.trace().map_or(0, Trace::kept) } else { 0 },
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
