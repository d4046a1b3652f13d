//! What became of each report, kept out of memory until the run ends.
//!
//! In a file of HIGH without a name, which is gone with the process; in memory when nothing is written.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Mutex;

use super::journal::Piece;
use super::output::{HighFolder, OutputError};

/// Where bytes stand in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The first byte.
    pub(super) start: u64,
    /// How many.
    pub(super) length: usize,
}

impl Slot {
    /// The bytes.
    ///
    /// # Errors
    /// When the file cannot be read, or ends before them.
    pub(super) fn read(self, file: &mut File) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.length];
        file.seek(SeekFrom::Start(self.start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// The pieces of the reports that are done.
pub(super) struct Spool(Mutex<Store>);

enum Store {
    File { high: HighFolder, file: File, end: u64 },
    Memory(Vec<u8>),
}

const HELD: &str = "no holder of this lock panics";

impl Spool {
    /// An empty one, below `high` if there is one.
    ///
    /// # Errors
    /// When no file can be made there.
    pub(super) fn new(high: Option<&HighFolder>) -> Result<Self, OutputError> {
        let store = match high {
            Some(high) => {
                let file = tempfile::tempfile_in(high.file("")).map_err(high.failing(""))?;
                Store::File { high: high.clone(), file, end: 0 }
            }
            None => Store::Memory(Vec::new()),
        };
        Ok(Self(Mutex::new(store)))
    }

    /// Takes the pieces of one report.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn put(&self, pieces: &[Piece]) -> Result<Slot, OutputError> {
        let bytes = serde_json::to_vec(pieces).expect("a piece is plain data");
        let length = bytes.len();
        let start = match &mut *self.0.lock().expect(HELD) {
            Store::File { high, file, end } => {
                file.write_all(&bytes).map_err(high.failing(""))?;
                *end += length as u64;
                *end - length as u64
            }
            Store::Memory(store) => {
                store.extend_from_slice(&bytes);
                (store.len() - length) as u64
            }
        };
        Ok(Slot { start, length })
    }

    /// The pieces of one report; to be asked for once all are taken.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn pieces(&self, slot: Slot) -> Result<Vec<Piece>, OutputError> {
        let bytes = match &mut *self.0.lock().expect(HELD) {
            Store::File { high, file, .. } => slot.read(file).map_err(high.failing(""))?,
            Store::Memory(store) => {
                let start = usize::try_from(slot.start).expect("it was a length");
                store[start..start + slot.length].to_vec()
            }
        };
        Ok(serde_json::from_slice(&bytes).expect("what was written is read"))
    }
}
