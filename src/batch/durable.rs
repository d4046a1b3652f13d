//! What outlasts a power failure: bytes that the disk has before their file gets its name, and folders whose changes the disk has before
//! the run ends.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::output::OutputError;
use super::output::io as failing;

/// Sees to it that what is written lasts, or does nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Durable(Option<Arc<Mutex<BTreeSet<PathBuf>>>>);

impl Durable {
    pub(super) fn new(wanted: bool) -> Self {
        Self(wanted.then(Arc::default))
    }

    /// Waits until the disk has the bytes of a file.
    ///
    /// # Errors
    /// When the system cannot promise it.
    pub(super) fn written(&self, file: &File) -> io::Result<()> {
        if self.0.is_some() { file.sync_all() } else { Ok(()) }
    }

    /// Notes that a folder has another content.
    pub(super) fn changed(&self, folder: &Path) {
        if let Some(changed) = &self.0 {
            let mut changed = changed.lock().expect("no holder of this lock panics");
            if !changed.contains(folder) {
                changed.insert(folder.to_owned());
            }
        }
    }

    /// Waits until the disk has every folder that was noted, and those on the way to it, which may be new.
    ///
    /// # Errors
    /// When the system cannot promise it.
    pub(super) fn settle(&self) -> Result<(), OutputError> {
        let Some(changed) = &self.0 else { return Ok(()) };
        let changed = std::mem::take(&mut *changed.lock().expect("no holder of this lock panics"));
        let mut done: BTreeSet<PathBuf> = BTreeSet::new();
        for folder in &changed {
            let folder = std::path::absolute(folder).map_err(failing(folder))?;
            for folder in folder.ancestors().take_while(|folder| !done.contains(*folder)).collect::<Vec<_>>()
            {
                match sync(folder) {
                    // A folder above the outputs that may be passed but not listed; one that was emptied and removed again.
                    Err(error)
                        if matches!(
                            error.kind(),
                            io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound
                        ) => {}
                    other => other.map_err(failing(folder))?,
                }
                done.insert(folder.to_owned());
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // File systems that cannot do this to folders say so.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// Other systems open no folders.
#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
