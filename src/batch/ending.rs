//! What speaks of a whole run, written report by report in the order of their paths: the manifests of both sides, the journal, the
//! indexes and the run in figures. Each is there whole or not at all.

use super::atomic::Atomic;
use super::job::{Sides, extension};
use super::journal::{Journal, Piece};
use super::output::{Listing, LowFolder, OutputError};
use super::picture::{self, Picture};
use super::summary::Summary;
use crate::pipeline::Names;
use crate::policy::Audience;
use crate::review::page::{self, IndexLine};

/// The end of a run, in progress.
pub(super) struct Ending<'s> {
    sides: &'s Sides,
    /// For each audience, how many releases got a number.
    numbered: Vec<usize>,
    written: Written,
}

/// What an ending has written and not yet put in its place.
pub(super) struct Written {
    /// For each audience.
    low: Vec<Listing>,
    /// For each audience, when there is to be an index.
    indexes: Option<Vec<Vec<IndexLine>>>,
    journal: Option<Atomic>,
    high: Atomic,
    picture: Picture,
}

impl<'s> Ending<'s> {
    /// Begins all files.
    ///
    /// # Errors
    /// When one cannot be made.
    pub(super) fn begin(
        sides: &'s Sides,
        audiences: &[Audience],
        indexed: bool,
    ) -> Result<Self, OutputError> {
        let written = Written {
            low: sides.low.iter().map(LowFolder::manifest).collect::<Result<_, _>>()?,
            indexes: indexed.then(|| audiences.iter().map(|_| Vec::new()).collect()),
            journal: sides.journal.as_ref().map(|_| Journal::ordered(&sides.high)).transpose()?,
            high: sides.high.begin("manifest.jsonl")?,
            picture: Picture::default(),
        };
        Ok(Self { sides, numbered: vec![0; audiences.len()], written })
    }

    /// Numbers the releases of the next report, each audience's by themselves, so that no gap tells of one that was not released.
    ///
    /// # Errors
    /// When a release cannot be renamed.
    pub(super) fn number(&mut self, pieces: &mut [Piece], names: Names) -> Result<(), OutputError> {
        if names == Names::Keep {
            return Ok(());
        }
        for ((piece, low), count) in pieces.iter_mut().zip(&self.sides.low).zip(&mut self.numbered) {
            let Some(entry) = piece.release.take() else { continue };
            *count += 1;
            let name = format!("report-{count:06}.{}", extension(entry.path()));
            low.rename(entry.path(), &name)?;
            piece.release = Some(entry.at(&name));
            piece.line.released_as = Some(name);
        }
        Ok(())
    }

    /// Writes what became of the next report for the audience at a place among them.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn add(&mut self, audience: usize, piece: &mut Piece) -> Result<(), OutputError> {
        let written = &mut self.written;
        if let Some(entry) = &piece.release {
            written.low[audience].add(entry)?;
        }
        if let (Some(file), Some(journal)) = (&mut written.journal, &self.sides.journal)
            && let Some(line) = journal.line(piece)
        {
            file.write(&line)?;
        }
        if let (Some(indexes), Some(line)) = (&mut written.indexes, piece.index.take()) {
            indexes[audience].push(*line);
        }
        let mut line = serde_json::to_vec(&piece.line).expect("a line is plain data");
        line.push(b'\n');
        written.high.write(&line)?;
        written.picture.add(&piece.line);
        Ok(())
    }

    /// What was written.
    pub(super) fn written(self) -> Written {
        self.written
    }
}

impl Written {
    /// Puts everything in its place; `summary` is told what was removed from the low side.
    ///
    /// # Errors
    /// When a file cannot be written or removed.
    pub(super) fn finish(
        self,
        sides: Sides,
        audiences: &[Audience],
        summary: &mut Summary,
    ) -> Result<(), OutputError> {
        let Sides { high, low, durable, .. } = sides;
        for ((low, manifest), audience) in low.into_iter().zip(self.low).zip(audiences) {
            let removed = low.finish(manifest)?;
            summary.superseded.extend(removed.into_iter().map(|path| format!("{}/{path}", audience.name())));
        }
        let indexed = self.indexes.is_some();
        for (lines, audience) in self.indexes.into_iter().flatten().zip(audiences) {
            let page = page::index(audience.name(), &lines, None);
            high.write(&format!("{}/index.html", audience.name()), page.as_bytes())?;
        }
        if let Some(journal) = self.journal {
            journal.finish()?;
        }
        self.high.finish()?;
        let batch = self.picture.batch(summary);
        high.write("summary.json", picture::json(&batch).as_bytes())?;
        high.write("summary.html", page::summary(&batch, indexed).as_bytes())?;
        durable.settle()
    }
}
