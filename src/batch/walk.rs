//! The reports of a run: files, folders, archives and standard input, with the path each keeps in the output.
//!
//! Folders are walked honouring `.gitignore` and `.tearlineignore`; hidden files are read. Links are not followed and
//! special files are not opened; each is told, never passed over in silence.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::{self, Archive, ArchiveError, Kind};

/// Where a report is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// A member of an archive.
    Member {
        /// The archive.
        archive: Arc<Path>,
        /// The member's place in it, from 0.
        place: usize,
    },
}

/// One report to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where to read it.
    pub origin: Origin,
    /// Its path below an output folder, with `/` between the parts.
    pub path: String,
}

impl Input {
    /// A report in a file.
    #[must_use]
    pub fn file(file: PathBuf, path: String) -> Self {
        Self { origin: Origin::File(file), path }
    }

    /// The file that it is.
    #[must_use]
    pub fn on_disk(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(file) => Some(file),
            Origin::Stdin | Origin::Member { .. } => None,
        }
    }

    /// Where it is read, as a user would write it.
    fn place(&self) -> PathBuf {
        match &self.origin {
            Origin::Stdin => PathBuf::from("-"),
            Origin::File(file) => file.clone(),
            Origin::Member { archive, .. } => archive.to_path_buf(),
        }
    }

    /// The bytes of the report, at most `most` and one more, by which ingestion sees that there are too many.
    ///
    /// # Errors
    /// When it cannot be opened or read. Members of archives are read in a row by the run alone.
    pub fn read(&self, most: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let most = most as u64 + 1;
        match &self.origin {
            Origin::File(file) => {
                let kind = std::fs::metadata(file)?.file_type();
                if !kind.is_file() {
                    return Err(std::io::Error::other("not a regular file; give a file, a folder or -"));
                }
                std::fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
            }
            Origin::Stdin => {
                std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
            }
            Origin::Member { .. } => {
                return Err(std::io::Error::other("a member of an archive; unpack it and give the file"));
            }
        }
        Ok(bytes)
    }
}

/// Something that was found and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its path, as a user would write it.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// What a walk found: inputs in the order of their paths, and what was passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walk {
    /// The reports, sorted by path.
    pub inputs: Vec<Input>,
    /// What was not read.
    pub skipped: Vec<Skipped>,
}

/// Why the paths given cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// A path does not exist or cannot be looked at.
    #[error("{path}: {source}")]
    Missing {
        /// The path given.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// An archive cannot be read.
    #[error("{path}: {source}")]
    Archive {
        /// The archive.
        path: PathBuf,
        /// Why.
        source: ArchiveError,
    },
    /// Two inputs would be written to one place.
    #[error("{first} and {second} would both be written to {path}; give the folders apart or rename one")]
    Collision {
        /// The place below the output folder.
        path: String,
        /// An input.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

/// Finds the reports under `paths`. The contents of one folder keep their relative paths; of several paths, each keeps
/// its last component in front.
///
/// # Errors
/// When a path does not exist, or two inputs would be written to one place.
pub fn walk(paths: &[PathBuf]) -> Result<Walk, WalkError> {
    find(paths, false)
}

/// The same, except that a path that names an archive stands for the reports in it, as if it were a folder.
///
/// # Errors
/// When a path does not exist, an archive cannot be read to its end, or two inputs would be written to one place.
pub fn walk_archives(paths: &[PathBuf]) -> Result<Walk, WalkError> {
    find(paths, true)
}

fn find(paths: &[PathBuf], archives: bool) -> Result<Walk, WalkError> {
    let mut found: Vec<Input> = Vec::new();
    let mut skipped = Vec::new();
    let mut add = |input: Input| found.push(input);
    for path in paths {
        if path.as_os_str() == "-" {
            add(Input { origin: Origin::Stdin, path: "stdin.md".into() });
            continue;
        }
        let kind =
            std::fs::metadata(path).map_err(|source| WalkError::Missing { path: path.clone(), source })?;
        let front = (paths.len() > 1).then(|| last_component(path)).flatten();
        if kind.is_dir() {
            walk_folder(path, front.as_deref(), &mut add, &mut skipped);
        } else if archives && kind.is_file() && archive::is_archive(path) {
            walk_archive(path, front.as_deref(), &mut add, &mut skipped)?;
        } else {
            let name = last_component(path).unwrap_or_else(|| "report".into());
            add(Input::file(path.clone(), name));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some([first, second]) = found.windows(2).find(|pair| pair[0].path == pair[1].path) {
        let path = first.path.clone();
        return Err(WalkError::Collision { first: first.place(), second: second.place(), path });
    }
    if archives {
        let shadowed: BTreeSet<String> =
            found.iter().map(|input| &input.path).filter(|path| is_shadowed(path, &found)).cloned().collect();
        found.retain(|input| {
            let stands = !shadowed.contains(&input.path);
            if !stands {
                let reason = "another report is written where its folder would be; rename one".to_owned();
                skipped.push(Skipped { path: input.place().join(&input.path), reason });
            }
            stands
        });
    }
    skipped.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Walk { inputs: found, skipped })
}

fn last_component(path: &Path) -> Option<String> {
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    absolute.file_name().map(|name| name.to_string_lossy().into_owned())
}

fn walk_folder(folder: &Path, front: Option<&str>, add: &mut impl FnMut(Input), skipped: &mut Vec<Skipped>) {
    let walker = ignore::WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .follow_links(false)
        .add_custom_ignore_filename(".tearlineignore")
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                skipped.push(Skipped { path: folder.to_owned(), reason: error.to_string() });
                continue;
            }
        };
        let Some(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_dir() {
            continue;
        }
        let name = entry.file_name();
        if name == ".gitignore" || name == ".tearlineignore" || name == ".ignore" {
            continue;
        }
        if kind.is_symlink() {
            skipped.push(Skipped {
                path: path.to_owned(),
                reason: "a symbolic link; links are not followed, give its target as an input".into(),
            });
        } else if kind.is_file() {
            let relative = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
            let path_below = front.map_or(relative.clone(), |front| format!("{front}/{relative}"));
            add(Input::file(path.to_owned(), path_below));
        } else {
            skipped.push(Skipped {
                path: path.to_owned(),
                reason: "not a regular file (a pipe, socket or device)".into(),
            });
        }
    }
}

/// Finds the reports in an archive: all of it is read once, so that what is wrong with it is known before anything is written.
fn walk_archive(
    file: &Path,
    front: Option<&str>,
    add: &mut impl FnMut(Input),
    skipped: &mut Vec<Skipped>,
) -> Result<(), WalkError> {
    let failing = |source| WalkError::Archive { path: file.to_owned(), source };
    let shared: Arc<Path> = file.into();
    let mut archive = Archive::open(file).map_err(failing)?;
    let mut members = archive.members().map_err(failing)?;
    while let Some(member) = members.next(|_| false, 0).map_err(failing)? {
        let path = match (member.kind, archive::path(&member.name)) {
            (Kind::Nothing, _) => continue,
            (Kind::Other(reason), _) | (Kind::File, Err(reason)) => Err(reason),
            (Kind::File, Ok(path)) => match path.rsplit('/').next() {
                Some(".gitignore" | ".ignore" | ".tearlineignore") => {
                    Err("not honoured in an archive; unpack the archive and give the folder if it matters")
                }
                _ => Ok(path),
            },
        };
        match path {
            Ok(path) => {
                let path = front.map_or(path.clone(), |front| format!("{front}/{path}"));
                let origin = Origin::Member { archive: Arc::clone(&shared), place: member.place };
                add(Input { origin, path });
            }
            Err(reason) => {
                let name = String::from_utf8_lossy(&member.name).escape_debug().to_string();
                skipped.push(Skipped {
                    path: file.join(name.trim_start_matches('/')),
                    reason: reason.to_owned(),
                });
            }
        }
    }
    Ok(())
}

/// Whether a report, or the record of one, is written where a folder of this path would be; archives can hold both.
fn is_shadowed(path: &str, found: &[Input]) -> bool {
    let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    let beside = |folder: &str| {
        let reports = [".review.json", ".diff", ".html"].iter().filter_map(|kind| folder.strip_suffix(kind));
        reports
            .chain([folder])
            .any(|report| found.binary_search_by(|input| input.path.as_str().cmp(report)).is_ok())
    };
    folders.any(beside)
}
