//! The reports of a run: files, folders and standard input, with the path each keeps in the output.
//!
//! Folders are walked honouring `.gitignore` and `.tearlineignore`; hidden files are read. Links are not followed and
//! special files are not opened; each is told, never passed over in silence.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// One report to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where to read it; `None` for standard input.
    pub file: Option<PathBuf>,
    /// Its path below an output folder, with `/` between the parts.
    pub path: String,
}

impl Input {
    /// The bytes of the report, at most `most` and one more, by which ingestion sees that there are too many.
    ///
    /// # Errors
    /// When it cannot be opened or read.
    pub fn read(&self, most: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let most = most as u64 + 1;
        match &self.file {
            Some(file) => {
                let kind = std::fs::metadata(file)?.file_type();
                if !kind.is_file() {
                    return Err(std::io::Error::other("not a regular file; give a file, a folder or -"));
                }
                std::fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
            }
            None => {
                std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
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
    let mut found: BTreeMap<String, Input> = BTreeMap::new();
    let mut skipped = Vec::new();
    let mut add = |input: Input| match found.insert(input.path.clone(), input.clone()) {
        None => Ok(()),
        Some(other) => Err(WalkError::Collision {
            path: input.path,
            first: other.file.unwrap_or_else(|| PathBuf::from("-")),
            second: input.file.unwrap_or_else(|| PathBuf::from("-")),
        }),
    };
    for path in paths {
        if path.as_os_str() == "-" {
            add(Input { file: None, path: "stdin.md".into() })?;
            continue;
        }
        let kind = std::fs::metadata(path).map_err(|source| WalkError::Missing { path: path.clone(), source })?;
        if kind.is_dir() {
            let front = (paths.len() > 1).then(|| last_component(path)).flatten();
            walk_folder(path, front.as_deref(), &mut add, &mut skipped)?;
        } else {
            let name = last_component(path).unwrap_or_else(|| "report".into());
            add(Input { file: Some(path.clone()), path: name })?;
        }
    }
    skipped.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Walk { inputs: found.into_values().collect(), skipped })
}

fn last_component(path: &Path) -> Option<String> {
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    absolute.file_name().map(|name| name.to_string_lossy().into_owned())
}

fn walk_folder(
    folder: &Path,
    front: Option<&str>,
    add: &mut impl FnMut(Input) -> Result<(), WalkError>,
    skipped: &mut Vec<Skipped>,
) -> Result<(), WalkError> {
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
            skipped.push(Skipped { path: path.to_owned(), reason: "a symbolic link; links are not followed, give its target as an input".into() });
        } else if kind.is_file() {
            let relative = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
            let path_below = front.map_or(relative.clone(), |front| format!("{front}/{relative}"));
            add(Input { file: Some(path.to_owned()), path: path_below })?;
        } else {
            skipped.push(Skipped { path: path.to_owned(), reason: "not a regular file (a pipe, socket or device)".into() });
        }
    }
    Ok(())
}
