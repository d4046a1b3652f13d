//! The two sides of a run on disk: releases below LOW, everything that shows what was removed below HIGH.
//!
//! Writes are atomic: a temporary file beside its target, then a rename. Below LOW only verified bytes are ever
//! written, in temporary files too, since [`LowFolder::write`] takes nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::atomic::Atomic;
use super::durable::Durable;
use crate::verify::{LowSide, ManifestEntry};

/// Temporary files start with this; what a killed run left is known by it.
pub(super) const TEMPORARY: &str = ".tearline-";
/// The manifest of an audience's folder.
const MANIFEST: &str = "manifest.jsonl";

/// Why output cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// A file or folder cannot be made, written or removed.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The release folder holds something that this tool did not write.
    #[error("{path} is not a release of this tool; give an empty folder, or move it away")]
    Foreign {
        /// The first such file.
        path: PathBuf,
    },
    /// A folder of the output is a symbolic link.
    #[error("{path} is a symbolic link; links in an output folder are not followed, move it away")]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// Inputs and outputs lie inside each other.
    #[error("{inner} lies inside {outer}; give folders apart, so that no output is read or released again")]
    Overlap {
        /// The inner folder.
        inner: PathBuf,
        /// The outer folder.
        outer: PathBuf,
    },
}

pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> OutputError + use<> {
    let path = path.to_owned();
    |source| OutputError::Io { path, source }
}

/// Refuses outputs that overlap each other or lie inside an input folder.
///
/// # Errors
/// [`OutputError::Overlap`] with the two folders.
pub fn check_apart(low: &Path, high: &Path, inputs: &[PathBuf]) -> Result<(), OutputError> {
    let (low, high) = (absolute(low), absolute(high));
    let apart = |inner: &Path, outer: &Path| {
        if inner.starts_with(outer) {
            Err(OutputError::Overlap { inner: inner.to_owned(), outer: outer.to_owned() })
        } else {
            Ok(())
        }
    };
    apart(&low, &high)?;
    apart(&high, &low)?;
    for input in inputs.iter().filter(|path| path.is_dir()) {
        let input = absolute(input);
        for output in [&low, &high] {
            apart(output, &input)?;
            apart(&input, output)?;
        }
    }
    Ok(())
}

/// The path without links in the part of it that exists.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest = Vec::new();
    let mut head = path.as_path();
    loop {
        if let Ok(real) = head.canonicalize() {
            return rest.iter().rev().fold(real, |path, part| path.join(part));
        }
        match (head.parent(), head.file_name()) {
            (Some(parent), Some(name)) => {
                rest.push(name.to_owned());
                head = parent;
            }
            _ => return path,
        }
    }
}

/// `HIGH`: records, diffs, pages, the high manifest. Folders are made 0700, files 0600.
#[derive(Debug, Clone)]
pub struct HighFolder {
    root: PathBuf,
    durable: Durable,
}

impl HighFolder {
    /// Opens or makes the folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(root: &Path) -> Result<Self, OutputError> {
        private_dir(root)?;
        Ok(Self { root: root.to_owned(), durable: Durable::default() })
    }

    /// The same folder, what is written to it being kept as `durable` says.
    pub(super) fn durably(self, durable: &Durable) -> Self {
        Self { durable: durable.clone(), ..self }
    }

    /// Where a file of the high side lies.
    #[must_use]
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file below the folder.
    ///
    /// # Errors
    /// When it cannot be written, or a folder on the way to it is a link.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let mut file = self.begin(path)?;
        file.write(bytes)?;
        file.finish()
    }

    /// Begins a file below the folder that is written bit by bit.
    ///
    /// # Errors
    /// When it cannot be made, or a folder on the way to it is a link.
    pub(super) fn begin(&self, path: &str) -> Result<Atomic, OutputError> {
        let target = self.root.join(path);
        if let Some(parent) = target.parent() {
            no_link(&self.root, parent)?;
            private_dir(parent)?;
        }
        Atomic::begin(target, false, &self.durable)
    }

    /// Removes the temporary files that a killed run left, in the folder and below those of the audiences.
    pub(super) fn sweep<'a>(&self, audiences: impl Iterator<Item = &'a str>) -> Result<(), OutputError> {
        let mut open: Vec<PathBuf> = audiences.map(|audience| self.root.join(audience)).collect();
        remove_temporary(&self.root)?;
        while let Some(folder) = open.pop() {
            open.extend(remove_temporary(&folder)?);
        }
        Ok(())
    }

    /// Opens a file below the folder, if it is there.
    pub(super) fn read(&self, path: &str) -> Result<Option<fs::File>, OutputError> {
        match fs::File::open(self.root.join(path)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failing(path)(error)),
        }
    }

    /// Opens a file that was written below the folder, to add to its end and to read it.
    pub(super) fn append(&self, path: &str) -> Result<fs::File, OutputError> {
        let mut options = fs::OpenOptions::new();
        options.append(true).read(true).open(self.root.join(path)).map_err(self.failing(path))
    }

    /// The error of a file below the folder.
    pub(super) fn failing(&self, path: &str) -> impl FnOnce(std::io::Error) -> OutputError + use<> {
        io(&self.root.join(path))
    }

    /// Whether a file stands below the folder as it was written.
    pub(super) fn stands(&self, path: &str, sha256: &str) -> bool {
        stands(&self.root, path, sha256)
    }
}

/// Removes the temporary files in a folder, if there is one, and returns the folders in it; links are not followed.
fn remove_temporary(folder: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let mut folders = Vec::new();
    if !fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir()) {
        return Ok(folders);
    }
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let entry = entry.map_err(io(folder))?;
        let kind = entry.file_type().map_err(io(folder))?;
        if kind.is_dir() {
            folders.push(entry.path());
        } else if kind.is_file() && entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_file(entry.path()).map_err(io(&entry.path()))?;
        }
    }
    Ok(folders)
}

/// Whether a file with these bytes stands below `root`, reached through no link.
fn stands(root: &Path, path: &str, digest: &str) -> bool {
    let file = root.join(path);
    let reached = file.parent().is_some_and(|parent| no_link(root, parent).is_ok());
    let regular = fs::symlink_metadata(&file).is_ok_and(|found| found.is_file());
    reached && regular && fs::read(&file).is_ok_and(|bytes| sha256(&bytes) == digest)
}

/// The SHA-256 of bytes, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    crate::text::hex(&Sha256::digest(bytes))
}

/// Refuses a folder below `root` that is reached through a link: what is written there would stand elsewhere.
fn no_link(root: &Path, folder: &Path) -> Result<(), OutputError> {
    let is_link = |path: &&Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    match folder.ancestors().take_while(|path| *path != root).find(is_link) {
        Some(link) => Err(OutputError::Link { path: link.to_owned() }),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn private_dir(path: &Path) -> Result<(), OutputError> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io(path))
}

#[cfg(not(unix))]
fn private_dir(path: &Path) -> Result<(), OutputError> {
    fs::create_dir_all(path).map_err(io(path))
}

/// Writes a file at once.
fn write_atomically(
    target: PathBuf,
    bytes: &[u8],
    shared: bool,
    durable: &Durable,
) -> Result<(), OutputError> {
    let mut file = Atomic::begin(target, shared, durable)?;
    file.write(bytes)?;
    file.finish()
}

/// `LOW/<audience>`: after a run it holds exactly what the run released.
#[derive(Debug)]
pub struct LowFolder {
    root: PathBuf,
    /// What the tool wrote here before and has not written again.
    stale: std::sync::Mutex<BTreeSet<String>>,
    durable: Durable,
}

impl LowFolder {
    /// Opens or makes the folder of an audience. `known` are paths that records of the high side call released: what a
    /// run that was killed before its manifest left behind.
    ///
    /// # Errors
    /// When it cannot be made or read, or holds a file that this tool did not write.
    pub fn open(low: &Path, audience: &str, known: impl Fn(&str) -> bool) -> Result<Self, OutputError> {
        let root = low.join(audience);
        no_link(low, &root)?;
        fs::create_dir_all(&root).map_err(io(&root))?;
        let listed = listed(&root)?;
        let mut stale = BTreeSet::new();
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).map_err(io(&folder))? {
                let entry = entry.map_err(io(&folder))?;
                let path = entry.path();
                let kind = entry.file_type().map_err(io(&path))?;
                if kind.is_dir() {
                    open.push(path);
                    continue;
                }
                let below = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
                if below == MANIFEST {
                    continue;
                }
                if !(temporary || listed.contains(&below) || known(&below)) || !kind.is_file() {
                    return Err(OutputError::Foreign { path });
                }
                stale.insert(below);
            }
        }
        Ok(Self { root, stale: std::sync::Mutex::new(stale), durable: Durable::default() })
    }

    /// The same folder, what is written to it being kept as `durable` says.
    pub(super) fn durably(self, durable: &Durable) -> Self {
        Self { durable: durable.clone(), ..self }
    }

    /// Writes a release. The path comes from the walk of the inputs.
    ///
    /// # Errors
    /// When it cannot be written, or the path would leave the folder.
    pub fn write(&self, path: &str, release: &impl LowSide) -> Result<(), OutputError> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain {
            return Err(OutputError::Foreign { path: PathBuf::from(path) });
        }
        let target = self.root.join(path);
        if let Some(parent) = target.parent() {
            no_link(&self.root, parent)?;
            fs::create_dir_all(parent).map_err(io(parent))?;
        }
        write_atomically(target, &release.bytes(), true, &self.durable)?;
        self.stale.lock().expect("no writer panics while it holds the lock").remove(path);
        Ok(())
    }

    /// Takes a release of an earlier run as one of this run, if it stands as that run wrote it.
    pub(super) fn keep(&self, path: &str, sha256: &str) -> bool {
        let stands = stands(&self.root, path, sha256);
        if stands {
            self.stale.lock().expect("no writer panics while it holds the lock").remove(path);
        }
        stands
    }

    /// Gives a release of this run another name.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), OutputError> {
        let target = self.root.join(to);
        fs::rename(self.root.join(from), &target).map_err(io(&target))?;
        self.durable.changed(&self.root);
        self.stale.lock().expect("no writer panics while it holds the lock").remove(to);
        Ok(())
    }

    /// Begins the manifest.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn manifest(&self) -> Result<Listing, OutputError> {
        Ok(Listing(Atomic::begin(self.root.join(MANIFEST), true, &self.durable)?))
    }

    /// Puts the manifest in its place and removes what earlier runs released and this one did not; returns the removed paths.
    ///
    /// # Errors
    /// When the manifest cannot be written or a file cannot be removed.
    pub fn finish(self, manifest: Listing) -> Result<Vec<String>, OutputError> {
        let stale = self.stale.into_inner().expect("no writer panics while it holds the lock");
        for path in &stale {
            let file = self.root.join(path);
            fs::remove_file(&file).map_err(io(&file))?;
            let mut folder = file.parent();
            while let Some(empty) =
                folder.filter(|folder| *folder != self.root && fs::remove_dir(folder).is_ok())
            {
                folder = empty.parent();
            }
            self.durable.changed(folder.unwrap_or(&self.root));
        }
        manifest.0.finish()?;
        Ok(stale
            .into_iter()
            .filter(|path| !path.rsplit('/').next().is_some_and(|name| name.starts_with(TEMPORARY)))
            .collect())
    }
}

/// The manifest of an audience's folder while it is written.
pub struct Listing(Atomic);

impl Listing {
    /// Adds the next release by its path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, entry: &ManifestEntry) -> Result<(), OutputError> {
        self.0.write(&entry.bytes())
    }
}

/// The paths that the folder's manifest lists; none when there is no manifest.
fn listed(root: &Path) -> Result<BTreeSet<String>, OutputError> {
    let file = root.join(MANIFEST);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(io(&file)(error)),
    };
    text.lines()
        .map(|line| serde_json::from_str::<ManifestEntry>(line).map(|entry| entry.path().to_owned()))
        .collect::<Result<_, _>>()
        .map_err(|_| OutputError::Foreign { path: file })
}
