//! A file that is there whole or not at all: written under another name beside its place, then renamed.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::durable::Durable;
use super::output::{OutputError, TEMPORARY, io};

/// A file on its way; when it is let go before it is finished, nothing of it stays.
pub(super) struct Atomic {
    file: BufWriter<NamedTempFile>,
    target: PathBuf,
    durable: Durable,
}

impl Atomic {
    /// Begins the file that is to stand at `target`; it is readable by its owner alone unless `shared`.
    ///
    /// # Errors
    /// When no file can be made beside it.
    pub(super) fn begin(target: PathBuf, shared: bool, durable: &Durable) -> Result<Self, OutputError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(if shared { 0o644 } else { 0o600 }));
        }
        let file = builder.tempfile_in(folder(&target)).map_err(io(&target))?;
        Ok(Self { file: BufWriter::new(file), target, durable: durable.clone() })
    }

    /// Adds bytes to its end.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        self.file.write_all(bytes).map_err(io(&self.target))
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// When it cannot be written or renamed.
    pub(super) fn finish(self) -> Result<(), OutputError> {
        let Self { file, target, durable } = self;
        let file = file.into_inner().map_err(|error| io(&target)(error.into_error()))?;
        durable.written(file.as_file()).map_err(io(&target))?;
        file.persist(&target).map_err(|error| io(&target)(error.error))?;
        durable.changed(folder(&target));
        Ok(())
    }
}

fn folder(target: &Path) -> &Path {
    target.parent().unwrap_or_else(|| Path::new("."))
}
