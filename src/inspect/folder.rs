//! A folder of releases: every file in it, its manifest, and the source of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::matching::{grams, words};
use super::source::Known;
use super::{Fault, Inspector};
use crate::batch::Input;
use crate::document::Format;
use crate::ingest::Ingest;
use crate::text::{SourceText, hex};

/// The name of a release folder's manifest.
const MANIFEST: &str = "manifest.jsonl";
/// What a line of the manifest says, and nothing else.
const FIELDS: [&str; 5] = ["path", "sha256", "bytes", "banner", "tool"];
/// The share of a release's runs of words that a source must have to be taken for its source.
const LIKENESS: f64 = 0.2;

/// What was found in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// The releases, sorted.
    pub releases: Vec<String>,
    /// What must not stand, by path and place.
    pub faults: Vec<Fault>,
    /// Sources that could not be read, with the reason.
    pub unread: Vec<(String, String)>,
}

impl Inspector<'_> {
    /// Checks every file below `low` against `sources`. A release is compared with the source of its path, or else with
    /// the one that it has most in common with.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn folder(&self, low: &Path, sources: &[Input], ingest: Ingest) -> std::io::Result<Inspection> {
        let (files, mut faults) = listed(low)?;
        let read: Vec<_> = sources.par_iter().map(|input| read(input, ingest)).collect();
        let mut texts: BTreeMap<&str, SourceText> = BTreeMap::new();
        let mut unread = Vec::new();
        for (input, result) in sources.iter().zip(read) {
            match result {
                Ok(text) => {
                    texts.insert(&input.path, text);
                }
                Err(reason) => unread.push((input.path.clone(), reason)),
            }
        }
        let releases: Vec<&str> = files.keys().map(String::as_str).filter(|path| *path != MANIFEST).collect();
        let checked: Vec<Vec<Fault>> =
            releases.par_iter().map(|path| self.file(path, &files[*path], &texts, ingest)).collect();
        faults.extend(checked.into_iter().flatten());
        if let Some(file) = files.get(MANIFEST) {
            faults.extend(self.manifest(file, low, &releases, ingest));
        }
        let place = |fault: &Fault| fault.position.map_or(0, |at| at.byte);
        faults.sort_by(|a, b| (&a.path, place(a), a.check).cmp(&(&b.path, place(b), b.check)));
        let releases = releases.into_iter().map(str::to_owned).collect();
        Ok(Inspection { releases, faults, unread })
    }

    fn file(
        &self,
        path: &str,
        file: &Path,
        sources: &BTreeMap<&str, SourceText>,
        ingest: Ingest,
    ) -> Vec<Fault> {
        let input = Input::file(file.to_owned(), path.to_owned());
        let text = match read(&input, ingest) {
            Ok(text) => text,
            Err(reason) => return vec![whole(path, "unreadable", &reason)],
        };
        let mut faults = Vec::new();
        let named = sources.get_key_value(path).or_else(|| likest(&text, sources));
        let known = match named {
            Some((path, source)) => {
                Known::new(source.clone(), Format::of_name(path), self.pipeline, self.audience)
            }
            None => {
                faults.push(whole(path, "unmatched", "no source has this path, and none has its words"));
                Known::new(text.clone(), Format::of_name(path), self.pipeline, self.audience)
            }
        };
        if !is_neutral(path) && self.pipeline.name_tells(path, &known.removed) {
            faults.push(whole(path, "name", "the file name tells something"));
        }
        faults.extend(self.release(path, &text, Format::of_name(path), &known));
        faults
    }

    /// What is wrong with a manifest: a line that says more or other than the files show.
    fn manifest(&self, file: &Path, low: &Path, releases: &[&str], ingest: Ingest) -> Vec<Fault> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => return vec![whole(MANIFEST, "manifest", &error.to_string())],
        };
        let mut faults = Vec::new();
        let mut named = BTreeSet::new();
        for (line, entry) in (1..).zip(text.lines()) {
            let mut fault =
                |what: &str| faults.push(whole(MANIFEST, "manifest", &format!("line {line}: {what}")));
            let Ok(serde_json::Value::Object(entry)) = serde_json::from_str(entry) else {
                fault("no object of JSON");
                continue;
            };
            if entry.keys().any(|key| !FIELDS.contains(&key.as_str())) {
                fault("a field that a reader of the release could not tell himself");
            }
            let says = |key: &str| entry.get(key).and_then(serde_json::Value::as_str);
            let Some(path) = says("path").filter(|path| releases.contains(path)) else {
                fault("it names no release that stands here");
                continue;
            };
            named.insert(path.to_owned());
            let Ok(bytes) = std::fs::read(low.join(path)) else { continue };
            let digest = hex(&<sha2::Sha256 as sha2::Digest>::digest(&bytes));
            if says("sha256") != Some(&digest) || entry.get("bytes") != Some(&bytes.len().into()) {
                fault("its length or digest is not the release's");
            }
            let shown = ingest.read(bytes).ok().and_then(|text| self.banner(text, Format::of_name(path)));
            if says("banner").is_some_and(|banner| shown.as_deref() != Some(banner)) {
                fault("its banner is not the release's");
            }
        }
        for path in releases.iter().filter(|path| !named.contains(**path)) {
            faults.push(whole(path, "manifest", "the manifest does not name it"));
        }
        faults
    }
}

/// Whether a path is a mere number, as neutral names are.
fn is_neutral(path: &str) -> bool {
    let number = path.strip_prefix("report-").and_then(|rest| rest.split_once('.'));
    number.is_some_and(|(number, extension)| {
        number.bytes().all(|b| b.is_ascii_digit()) && matches!(extension, "md" | "txt" | "text")
    })
}

/// A fault of a whole file.
fn whole(path: &str, check: &'static str, what: &str) -> Fault {
    Fault { path: path.to_owned(), check, position: None, what: what.to_owned(), words: None }
}

fn read(input: &Input, ingest: Ingest) -> Result<SourceText, String> {
    let bytes = input.read(ingest.most_bytes()).map_err(|error| error.to_string())?;
    ingest.read(bytes).map_err(|error| error.to_string())
}

/// The source that has most runs of words in common with a release.
fn likest<'s>(
    release: &SourceText,
    sources: &'s BTreeMap<&'s str, SourceText>,
) -> Option<(&'s &'s str, &'s SourceText)> {
    let runs = |text: &SourceText| -> BTreeSet<u64> {
        grams(&words(text.expose(text.span()))).map(|gram| gram.hash).collect()
    };
    let own = runs(release);
    let shared = |source: &SourceText| own.intersection(&runs(source)).count();
    let best = sources.iter().map(|source| (shared(source.1), source)).max_by_key(|(shared, _)| *shared)?;
    #[expect(clippy::cast_precision_loss, reason = "a share of counts that memory bounds")]
    let share = best.0 as f64 / own.len().max(1) as f64;
    (share >= LIKENESS).then_some(best.1)
}

/// The files below a folder by their path in it, and what is no file.
fn listed(low: &Path) -> std::io::Result<(BTreeMap<String, PathBuf>, Vec<Fault>)> {
    let (mut files, mut faults) = (BTreeMap::new(), Vec::new());
    let mut open = vec![low.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let below = path.strip_prefix(low).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                files.insert(below, path);
            } else {
                faults.push(whole(&below, "file", "no regular file: a link, pipe or device"));
            }
        }
    }
    Ok((files, faults))
}
