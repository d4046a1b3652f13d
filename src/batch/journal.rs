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
use std::io::Write as _;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::output::{HighFolder, LowFolder, OutputError};
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
struct Sealed {
    seal: String,
    piece: Piece,
}

/// The journal of a run that writes.
pub(super) struct Journal {
    key: [u8; 32],
    file: Mutex<File>,
    /// The lines of earlier runs by the hash of their cause.
    earlier: HashMap<String, String>,
}

impl Journal {
    /// Begins a journal: with what earlier runs did when `resume`, or with nothing.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(super) fn open(high: &HighFolder, key: [u8; 32], resume: bool) -> Result<Self, OutputError> {
        let text = if resume { high.read(FILE)? } else { String::new() };
        let mut earlier = HashMap::new();
        let mut kept = String::new();
        for line in text.lines() {
            let Some(piece) = unsealed(&key, line) else { continue };
            let Some(cause) = piece.cause else { continue };
            kept.push_str(line);
            kept.push('\n');
            earlier.insert(cause, line.to_owned());
        }
        high.write(FILE, kept.as_bytes())?;
        Ok(Self { key, file: Mutex::new(high.append(FILE)?), earlier })
    }

    /// What an earlier run did for the same cause, if all of it still stands.
    pub(super) fn standing(&self, cause: &str, high: &HighFolder, low: &LowFolder) -> Option<Piece> {
        let piece = unsealed(&self.key, self.earlier.get(cause)?)?;
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
        if piece.cause.is_none() {
            return Ok(());
        }
        let line = self.sealed(piece);
        let mut file = self.file.lock().expect("no writer panics while it holds the lock");
        file.write_all(line.as_bytes()).map_err(high.failing(FILE))
    }

    /// Leaves what this run did, in the order given, in place of what its threads noted as they went.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub(super) fn finish<'p>(
        self,
        high: &HighFolder,
        pieces: impl Iterator<Item = &'p Piece>,
    ) -> Result<(), OutputError> {
        let done = pieces.filter(|piece| piece.cause.is_some());
        high.write(FILE, done.map(|piece| self.sealed(piece)).collect::<String>().as_bytes())
    }

    fn sealed(&self, piece: &Piece) -> String {
        let sealed = Sealed { seal: seal(&self.key, piece), piece: piece.clone() };
        serde_json::to_string(&sealed).expect("a piece is plain data") + "\n"
    }
}

fn seal(key: &[u8; 32], piece: &Piece) -> String {
    let piece = serde_json::to_string(piece).expect("a piece is plain data");
    crate::decisions::anchor::digest(key, &["journal", &piece])
}

/// The piece of a line under a true seal.
fn unsealed(key: &[u8; 32], line: &str) -> Option<Piece> {
    let Sealed { seal: given, piece } = serde_json::from_str(line).ok()?;
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
        let written = high.read(FILE).unwrap();
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
