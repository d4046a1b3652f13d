//! Which drafts are checked, and under what names they are shown.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tearline::batch::{self, Input, Skipped};

use crate::common;

/// Endings of names that reports have. What is named on the command line is read whatever its name.
const REPORTS: [&str; 5] = ["md", "markdown", "mdown", "txt", "text"];

/// One draft.
pub(crate) struct File {
    pub(crate) input: Input,
    /// Its path as the user would write it.
    pub(crate) shown: String,
}

impl File {
    /// Where it lies; the working folder for standard input.
    pub(crate) fn place(&self) -> &Path {
        self.input.on_disk().unwrap_or_else(|| Path::new("."))
    }
}

/// What there is to check.
pub(crate) struct Found {
    pub(crate) files: Vec<File>,
    skipped: Vec<Skipped>,
    /// Files of folders that are no reports by their names.
    others: usize,
}

impl Found {
    /// Says what is passed over.
    pub(crate) fn tell(&self) {
        for skipped in &self.skipped {
            common::say(&format!("skipped {}: {}", skipped.path.display(), skipped.reason));
        }
        if self.others > 0 {
            common::say(&format!(
                "skipped {} file(s) that are no reports by their names (.{}); name them to check them",
                self.others,
                REPORTS.join(", .")
            ));
        }
    }
}

/// Finds the drafts under some paths, each once.
pub(crate) fn find(paths: &[PathBuf]) -> anyhow::Result<Found> {
    let mut found = Found { files: Vec::new(), skipped: Vec::new(), others: 0 };
    let mut seen = BTreeSet::new();
    for path in paths {
        // One by one: two drafts of one name in different folders are no collision here.
        let walk = batch::walk(std::slice::from_ref(path))?;
        found.skipped.extend(walk.skipped);
        let folder = path.is_dir();
        for input in walk.inputs {
            let Some(file) = input.on_disk().map(Path::to_owned) else {
                found.files.push(File { shown: input.path.clone(), input });
                continue;
            };
            if folder && !is_report(&file) {
                found.others += 1;
            } else if seen.insert(std::path::absolute(&file)?) {
                let shown = file.strip_prefix("./").unwrap_or(&file).to_string_lossy().replace('\\', "/");
                found.files.push(File { input, shown });
            }
        }
    }
    Ok(found)
}

fn is_report(file: &Path) -> bool {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| REPORTS.contains(&ending.as_str()))
}
