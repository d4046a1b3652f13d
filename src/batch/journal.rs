//! What a run has done, report by report, so that the next one need not do it again.
//!
//! `HIGH/journal.jsonl` gets a line for each report and audience once the record and the release stand. The line holds a
//! keyed hash of all that the outcome depends on (its *cause*), the digests of what was written, and what the manifests say of
//! it. A resumed run takes a report as done when its cause is the same and its files still stand with their digests. A
//! changed rule, policy, option or version of the tool changes every cause, so all is done again; a changed decision
//! changes those of the reports that it may speak of. Lines are sealed under the key of the review folder: what another
//! wrote, or only half of, counts for nothing.

use std::collections::HashMap;
use std::fs::File;
use std::hash::BuildHasher as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::Mutex;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use super::atomic::Atomic;
use super::output::{HighFolder, LowFolder, OutputError};
use super::spool::Slot;
use super::summary::ReportLine;
use crate::review::page::IndexLine;
use crate::verify::ManifestEntry;

/// The journal's place below HIGH.
const FILE: &str = "journal.jsonl";

/// What became of one report for one audience, and what of it stands on the two sides.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Piece {
    /// Its line of the manifest of HIGH.
    pub(super) line: ReportLine,
    /// Its line of the manifest of its audience's folder, when it was released.
    pub(super) release: Option<ManifestEntry>,
    /// Its line of the index, when there is to be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<Box<IndexLine>>,
    /// The files below HIGH, each with its SHA-256.
    pub(super) files: Vec<(String, String)>,
    /// All that it depends on, as a keyed hash; `None` when it must be done again in any case.
    pub(super) cause: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Sealed<P> {
    seal: String,
    piece: P,
}

/// The journal of a run that writes.
pub(super) struct Journal {
    key: [u8; 32],
    file: Mutex<File>,
    /// Where the lines of earlier runs stand in it, by a hash of their cause.
    earlier: HashMap<u64, Slot, FixedState>,
}

impl Journal {
    /// Begins a journal: with what earlier runs did when `resume`, or with nothing.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(super) fn open(high: &HighFolder, key: [u8; 32], resume: bool) -> Result<Self, OutputError> {
        let mut earlier = HashMap::default();
        let mut kept = high.begin(FILE)?;
        let mut start = 0;
        let text = if resume { high.read(FILE)? } else { None };
        for line in text.map(BufReader::new).into_iter().flat_map(|text| text.split(b'\n')) {
            let line = line.map_err(high.failing(FILE))?;
            let Some(cause) = unsealed(&key, &line).and_then(|piece| piece.cause) else { continue };
            kept.write(&line)?;
            kept.write(b"\n")?;
            earlier.insert(hash(&cause), Slot { start, length: line.len() });
            start += line.len() as u64 + 1;
        }
        kept.finish()?;
        Ok(Self { key, file: Mutex::new(high.append(FILE)?), earlier })
    }

    /// What an earlier run did for the same cause, if all of it still stands.
    pub(super) fn standing(&self, cause: &str, high: &HighFolder, low: &LowFolder) -> Option<Piece> {
        let slot = self.earlier.get(&hash(cause))?;
        let line =
            slot.read(&mut self.file.lock().expect("no writer panics while it holds the lock")).ok()?;
        let piece = unsealed(&self.key, &line).filter(|piece| piece.cause.as_deref() == Some(cause))?;
        let recorded = piece.files.iter().all(|(path, sha256)| high.stands(path, sha256));
        let released =
            piece.release.as_ref().is_none_or(|release| low.keep(release.path(), release.sha256()));
        (recorded && released).then_some(piece)
    }

    /// Notes what was done; all of it stands already.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub(super) fn note(&self, high: &HighFolder, piece: &Piece) -> Result<(), OutputError> {
        let Some(line) = self.line(piece) else { return Ok(()) };
        let mut file = self.file.lock().expect("no writer panics while it holds the lock");
        file.write_all(&line).map_err(high.failing(FILE))
    }

    /// Begins what stands in place of the journal once the run is over: the lines of what it did, in the order of their paths and
    /// not in that of the threads.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn ordered(high: &HighFolder) -> Result<Atomic, OutputError> {
        high.begin(FILE)
    }

    /// The line of a piece under the seal; none of one that must be done again in any case.
    pub(super) fn line(&self, piece: &Piece) -> Option<Vec<u8>> {
        piece.cause.as_ref()?;
        let sealed = Sealed { seal: seal(&self.key, piece), piece };
        let mut line = serde_json::to_vec(&sealed).expect("a piece is plain data");
        line.push(b'\n');
        Some(line)
    }
}

/// Two causes of one hash cost a report that is done again, no more.
fn hash(cause: &str) -> u64 {
    FixedState::default().hash_one(cause)
}

fn seal(key: &[u8; 32], piece: &Piece) -> String {
    let piece = serde_json::to_string(piece).expect("a piece is plain data");
    crate::decisions::anchor::digest(key, &["journal", &piece])
}

/// The piece of a line under a true seal.
fn unsealed(key: &[u8; 32], line: &[u8]) -> Option<Piece> {
    let Sealed { seal: given, piece } = serde_json::from_slice(line).ok()?;
    (given == seal(key, &piece)).then_some(piece)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::Status;

    fn piece(path: &str) -> Piece {
        let line = ReportLine {
            path: path.to_owned(),
            audience: "FVEY".into(),
            status: Status::Held,
            released_as: None,
            reason: Some("no mark".into()),
            waiting: 0,
            unapplied: Vec::new(),
            findings: [(crate::Category::Humint, 2)].into(),
            from: Some("/in/a.md".into()),
            banner: None,
            bytes: 9,
            kept: 0,
        };
        Piece { line, release: None, index: None, files: Vec::new(), cause: Some(path.to_owned()) }
    }

    #[test]
    fn only_whole_lines_under_ones_own_seal_count() {
        let work = tempfile::tempdir().unwrap();
        let high = HighFolder::open(&work.path().join("high")).unwrap();
        let low = LowFolder::open(&work.path().join("low"), "FVEY", |_| false).unwrap();
        let journal = Journal::open(&high, [1; 32], false).unwrap();
        for path in ["a.md", "b.md", "c.md"] {
            journal.note(&high, &piece(path)).unwrap();
        }
        let written = std::fs::read_to_string(high.file(FILE)).unwrap();
        let torn = written.replace("b.md", "B.md");
        high.write(FILE, &torn.as_bytes()[..torn.len() - 9]).unwrap();
        let standing = |key| {
            let journal = Journal::open(&high, key, true).unwrap();
            let done = ["a.md", "b.md", "B.md", "c.md"].into_iter();
            done.filter(|cause| journal.standing(cause, &high, &low).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(standing([1; 32]), ["a.md"], "b.md was changed, c.md is cut off");
        assert_eq!(standing([1; 32]), ["a.md"], "and what was cut off does not spoil the next line");
        assert_eq!(standing([2; 32]), [""; 0], "another key");
    }

    #[test]
    fn what_does_not_stand_as_it_was_written_is_not_done() {
        let work = tempfile::tempdir().unwrap();
        let high = HighFolder::open(&work.path().join("high")).unwrap();
        let low = LowFolder::open(&work.path().join("low"), "FVEY", |_| false).unwrap();
        let mut done = piece("a.md");
        high.write("FVEY/a", b"record").unwrap();
        done.files = vec![("FVEY/a".into(), super::super::output::sha256(b"record"))];
        Journal::open(&high, [1; 32], false).unwrap().note(&high, &done).unwrap();
        let stands = || Journal::open(&high, [1; 32], true).unwrap().standing("a.md", &high, &low).is_some();
        assert!(stands());
        high.write("FVEY/a", b"Record").unwrap();
        assert!(!stands());
        std::fs::remove_file(high.file("FVEY/a")).unwrap();
        assert!(!stands());
    }
}
