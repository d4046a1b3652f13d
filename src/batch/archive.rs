//! Tar and zip archives: the reports in them, in the order in which they lie there.
//!
//! A tar may be plain, gzip or zstd and is read from front to back, a zip by its directory. Nothing is unpacked to disk: a member is read
//! into memory when its turn comes, and its name becomes a path of the output only when it is found to stay inside of a folder.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use super::compressed::decompressed;
use super::output::TEMPORARY;

/// How many times its own size an archive may unpack to.
const TIMES: u64 = 200;
/// Bytes to which any archive may unpack.
const ALWAYS: u64 = 256 << 20;
/// The block of a tar; its end is marked by blocks of zeros.
const BLOCK: u64 = 512;
/// The most bytes of one part of a member's name, so that records beside it can have longer ones.
const NAME: usize = 200;
/// The most bytes of a member's name.
const PATH: usize = 1_000;

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The system does not let it be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is not what its name says, or only a part of it.
    #[error(
        "{what} behind member {after}; make the archive anew, or unpack what is sound and give the folder"
    )]
    Damaged {
        /// What is wrong.
        what: &'static str,
        /// How many members were read before.
        after: usize,
    },
    /// It unpacks to far more than it is.
    #[error(
        "it unpacks to more than {limit} bytes, too many for its size; look what is in it, unpack it, and give the folder"
    )]
    Bomb {
        /// The most bytes.
        limit: u64,
    },
}

/// Whether a file is an archive by its name.
pub(super) fn is_archive(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".zip"].iter().any(|ending| name.ends_with(ending))
}

/// What a member of an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file.
    File,
    /// A folder, or something that only speaks of other members.
    Nothing,
    /// What is not read, and why.
    Other(&'static str),
}

/// One member of an archive.
#[derive(Debug)]
pub(super) struct Member {
    /// Its place among all members, from 0.
    pub(super) place: usize,
    pub(super) name: Vec<u8>,
    pub(super) kind: Kind,
    /// What stands in it, when it was asked for.
    pub(super) bytes: Option<io::Result<Vec<u8>>>,
}

/// An archive that has been opened.
pub(super) enum Archive {
    Tar { tar: tar::Archive<Measured>, seen: Rc<Seen> },
    Zip(Box<zip::ZipArchive<BufReader<File>>>),
}

impl Archive {
    /// Opens an archive.
    ///
    /// # Errors
    /// When it cannot be read, or is a zip whose directory is no directory.
    pub(super) fn open(file: &Path) -> Result<Self, ArchiveError> {
        let limit = std::fs::metadata(file)?.len().saturating_mul(TIMES).max(ALWAYS);
        let opened = File::open(file)?;
        if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
            let damaged = |_| ArchiveError::Damaged { what: "this is no directory of a zip", after: 0 };
            let mut zip = zip::ZipArchive::new(BufReader::new(opened)).map_err(damaged)?;
            if zip.has_duplicate_names() {
                return Err(ArchiveError::Damaged { what: "two members have the same name", after: 0 });
            }
            let mut bytes = 0_u64;
            for place in 0..zip.len() {
                bytes = bytes.saturating_add(zip.by_index_raw(place).map_err(damaged)?.size());
            }
            return if bytes > limit {
                Err(ArchiveError::Bomb { limit })
            } else {
                Ok(Self::Zip(Box::new(zip)))
            };
        }
        let seen =
            Rc::new(Seen { left: Cell::new(limit), limit, zeros: Cell::new(0), burst: Cell::new(false) });
        let tar = Measured { inner: decompressed(opened)?, seen: Rc::clone(&seen) };
        Ok(Self::Tar { tar: tar::Archive::new(tar), seen })
    }

    /// Its members from the first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn members(&mut self) -> Result<Members<'_>, ArchiveError> {
        let from = match self {
            Self::Tar { tar, seen } => From::Tar { entries: tar.entries()?, seen },
            Self::Zip(zip) => From::Zip(zip),
        };
        Ok(Members { place: 0, from })
    }
}

/// The members of an archive, one after the other.
pub(super) struct Members<'a> {
    place: usize,
    from: From<'a>,
}

enum From<'a> {
    Tar { entries: tar::Entries<'a, Measured>, seen: &'a Seen },
    Zip(&'a mut zip::ZipArchive<BufReader<File>>),
}

impl Members<'_> {
    /// The next member, with the first `most` bytes and one more of what stands in it if it is `wanted`; `None` behind the last.
    ///
    /// # Errors
    /// When the archive is damaged here or unpacks to too much; nothing can be read behind it.
    pub(super) fn next(
        &mut self,
        wanted: impl Fn(usize) -> bool,
        most: usize,
    ) -> Result<Option<Member>, ArchiveError> {
        let place = self.place;
        let most = most as u64 + 1;
        let member = match &mut self.from {
            From::Tar { entries, seen } => {
                let Some(entry) = entries.next() else { return seen.ended(place).map(|()| None) };
                let mut entry = entry.map_err(|error| seen.fault(&error, place))?;
                let kind = tar_kind(entry.header().entry_type());
                let name = entry.path_bytes().into_owned();
                let mut bytes = None;
                if kind == Kind::File && wanted(place) {
                    let mut text = Vec::new();
                    let read = entry.by_ref().take(most).read_to_end(&mut text);
                    read.map_err(|error| seen.fault(&error, place))?;
                    bytes = Some(Ok(text));
                }
                Member { place, name, kind, bytes }
            }
            From::Zip(zip) => {
                if place == zip.len() {
                    return Ok(None);
                }
                let damaged = |_| ArchiveError::Damaged { what: "the directory is damaged", after: place };
                let raw = zip.by_index_raw(place).map_err(damaged)?;
                let (name, size) = (raw.name_raw().to_vec(), raw.size());
                let kind = if raw.is_dir() {
                    Kind::Nothing
                } else if raw.is_symlink() {
                    Kind::Other(LINK)
                } else if raw.encrypted() {
                    Kind::Other("encrypted; unpack the archive and give the folder")
                } else {
                    Kind::File
                };
                drop(raw);
                let bytes = (kind == Kind::File && wanted(place)).then(|| zip_bytes(zip, place, size, most));
                Member { place, name, kind, bytes }
            }
        };
        self.place += 1;
        Ok(Some(member))
    }
}

const LINK: &str = "a link; links are not followed";

fn tar_kind(kind: tar::EntryType) -> Kind {
    use tar::EntryType;
    match kind {
        EntryType::Regular | EntryType::Continuous => Kind::File,
        EntryType::Directory | EntryType::XGlobalHeader => Kind::Nothing,
        EntryType::Symlink | EntryType::Link => Kind::Other(LINK),
        EntryType::GNUSparse => Kind::Other("a sparse file; unpack the archive and give the folder"),
        _ => Kind::Other("not a regular file (a pipe or device)"),
    }
}

fn zip_bytes(
    zip: &mut zip::ZipArchive<BufReader<File>>,
    place: usize,
    size: u64,
    most: u64,
) -> io::Result<Vec<u8>> {
    let damaged = |_| {
        io::Error::other(
            "damaged, or compressed in a way other than deflate; unpack the archive and give the folder",
        )
    };
    let mut text = Vec::new();
    let file = zip.by_index(place).map_err(|_| damaged(io::ErrorKind::InvalidData.into()))?;
    file.take(most.min(size.saturating_add(1))).read_to_end(&mut text).map_err(damaged)?;
    if text.len() as u64 != size.min(most) {
        return Err(io::Error::other(
            "its size is not the one that the archive tells; make the archive anew",
        ));
    }
    Ok(text)
}

/// The path of a member below an output folder, or why it has none.
pub(super) fn path(name: &[u8]) -> Result<String, &'static str> {
    let name = std::str::from_utf8(name).map_err(|_| "its name is not UTF-8; rename it")?;
    let mut name = name;
    while let Some(rest) = name.strip_prefix("./") {
        name = rest;
    }
    if name.contains(|c: char| c.is_control() || c == '\\') {
        return Err("its name has a backslash or a control character; rename it");
    }
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err("its name leads out of the archive or is no plain path; rename it");
    }
    if name.len() > PATH || name.split('/').any(|part| part.len() > NAME) {
        return Err("its name is too long; rename it");
    }
    if name == "manifest.jsonl" || name.split('/').any(|part| part.starts_with(TEMPORARY)) {
        return Err("its name is one that this tool uses; rename it");
    }
    Ok(name.to_owned())
}

/// A tar as it is read, measured.
pub(super) struct Measured {
    inner: Box<dyn io::BufRead>,
    seen: Rc<Seen>,
}

/// What was seen of a tar.
pub(super) struct Seen {
    /// Bytes that may still come.
    left: Cell<u64>,
    limit: u64,
    /// How many zeros came last.
    zeros: Cell<u64>,
    /// Whether more came than may.
    burst: Cell<bool>,
}

impl Seen {
    fn fault(&self, error: &io::Error, after: usize) -> ArchiveError {
        if self.burst.get() {
            return ArchiveError::Bomb { limit: self.limit };
        }
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends too early",
            _ => "it is no tar, or is damaged",
        };
        ArchiveError::Damaged { what, after }
    }

    /// Whether what was read ends as a tar does.
    fn ended(&self, after: usize) -> Result<(), ArchiveError> {
        if self.zeros.get() < BLOCK {
            return Err(ArchiveError::Damaged { what: "it ends too early", after });
        }
        Ok(())
    }
}

impl Read for Measured {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let Some(left) = self.seen.left.get().checked_sub(read as u64) else {
            self.seen.burst.set(true);
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        self.seen.left.set(left);
        let zeros = into[..read].iter().rev().take_while(|&&byte| byte == 0).count();
        let before = if zeros == read { self.seen.zeros.get() } else { 0 };
        self.seen.zeros.set(before + zeros as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_become_paths() {
        assert_eq!(path(b"./a/b.md").as_deref(), Ok("a/b.md"));
        assert_eq!(path("käse.md".as_bytes()).as_deref(), Ok("käse.md"));
        let long = [b'a'; NAME + 1];
        for name in [
            &b""[..],
            b"/etc/a.md",
            b"../a.md",
            b"a/../../b.md",
            b"a//b.md",
            b"a/./b.md",
            b"a\\b.md",
            b"a\nb.md",
            b"\xff.md",
            b"manifest.jsonl",
            b"a/.tearline-x",
            &long,
        ] {
            assert!(path(name).is_err(), "{}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    fn archives_are_told_by_their_names() {
        for name in ["a.tar", "a.tar.gz", "A.TGZ", "a.tar.zst", "a.zip"] {
            assert!(is_archive(Path::new(name)), "{name}");
        }
        for name in ["a.md", "zip", "a.gz", "a.tar.md"] {
            assert!(!is_archive(Path::new(name)), "{name}");
        }
    }
}
