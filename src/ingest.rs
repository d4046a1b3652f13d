//! Bytes into source text, or a typed reason why not.
//!
//! UTF-8 and UTF-16 with a byte order mark are told by their bytes. Nothing else is guessed: another encoding is read
//! only when it is named. Text that cannot be read whole is refused, since a replacement character could hide what
//! a rule would have found.
//!
//! Every [`SourceText`] of the pipeline is made here, so that its offsets fit into 32 bits. A UTF-8 byte order mark
//! stays in the text as U+FEFF, where the document keeps it as a segment of its own; UTF-16 comes out as
//! UTF-8 without one.

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::text::SourceText;

/// How bytes are read.
#[derive(Debug, Clone, Copy)]
pub struct Ingest {
    encoding: Option<&'static Encoding>,
    limit: usize,
}

/// The largest report that is read unless the policy says otherwise, in bytes.
pub const DEFAULT_LIMIT: usize = 32 << 20;

/// Why bytes could not be read as a report. It never holds source text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The file is larger than the limit.
    #[error(
        "the report has {size} bytes, more than the limit of {limit}; split it, or raise the limit in the policy"
    )]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// There is nothing in the file but white space.
    #[error("the report is empty; remove it from the input")]
    Empty,
    /// A NUL byte or character: not a text file.
    #[error(
        "NUL at byte {at}: this is no text file; convert it to text, or name its encoding with --encoding (such as \
         utf-16le)"
    )]
    Binary {
        /// The byte's offset in the file.
        at: usize,
    },
    /// The bytes are not text in the encoding.
    #[error("byte {at} is not {encoding}; convert the report to UTF-8, or name its encoding with --encoding")]
    Malformed {
        /// The offset in the file of the first byte that does not fit.
        at: usize,
        /// The encoding that was tried.
        encoding: &'static str,
    },
    /// No encoding goes by that name.
    #[error("unknown encoding; use a name of the WHATWG list, such as utf-16le, windows-1252 or shift_jis")]
    UnknownEncoding,
}

impl Default for Ingest {
    fn default() -> Self {
        Self { encoding: None, limit: DEFAULT_LIMIT }
    }
}

impl Ingest {
    /// Reads bytes without a byte order mark in the encoding that goes by `label` in the WHATWG list.
    ///
    /// # Errors
    /// [`IngestError::UnknownEncoding`] when no encoding does.
    pub fn encoding(self, label: &str) -> Result<Self, IngestError> {
        let encoding = Encoding::for_label(label.as_bytes()).ok_or(IngestError::UnknownEncoding)?;
        Ok(Self { encoding: Some(encoding), ..self })
    }

    /// Refuses reports of more than `bytes` bytes, and always those of more than `u32::MAX / 2`.
    #[must_use]
    pub fn limit(self, bytes: usize) -> Self {
        // Decoding at most doubles the size of UTF-16 and triples that of a single-byte encoding.
        Self { limit: bytes.min(u32::MAX as usize / 3), ..self }
    }

    /// The most bytes that a report may have.
    #[must_use]
    pub fn most_bytes(&self) -> usize {
        self.limit
    }

    /// Reads one report.
    ///
    /// # Errors
    /// When the bytes are too many, none, or no text in their encoding.
    pub fn read(&self, bytes: Vec<u8>) -> Result<SourceText, IngestError> {
        if bytes.len() > self.limit {
            return Err(IngestError::TooLarge { size: bytes.len(), limit: self.limit });
        }
        let (encoding, skip) = match bytes[..] {
            [0xEF, 0xBB, 0xBF, ..] => (UTF_8, 0),
            [0xFF, 0xFE, ..] => (UTF_16LE, 2),
            [0xFE, 0xFF, ..] => (UTF_16BE, 2),
            _ => (self.encoding.unwrap_or(UTF_8), 0),
        };
        let text = if encoding == UTF_8 {
            if let Some(at) = memchr::memchr(0, &bytes) {
                return Err(IngestError::Binary { at });
            }
            String::from_utf8(bytes).map_err(|error| IngestError::Malformed {
                at: error.utf8_error().valid_up_to(),
                encoding: encoding.name(),
            })?
        } else {
            decode(encoding, &bytes, skip)?
        };
        if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').is_empty() {
            return Err(IngestError::Empty);
        }
        Ok(SourceText::new(text))
    }
}

fn decode(encoding: &'static Encoding, bytes: &[u8], skip: usize) -> Result<String, IngestError> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let malformed = |at| IngestError::Malformed { at, encoding: encoding.name() };
    let bytes = &bytes[skip..];
    let capacity =
        decoder.max_utf8_buffer_length_without_replacement(bytes.len()).ok_or_else(|| malformed(skip))?;
    let mut text = String::with_capacity(capacity);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => {}
        DecoderResult::OutputFull => return Err(malformed(skip + read)),
        DecoderResult::Malformed(length, after) => {
            return Err(malformed((skip + read).saturating_sub(usize::from(length) + usize::from(after))));
        }
    }
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let width = if encoding == UTF_16LE || encoding == UTF_16BE { 2 } else { 1 };
            Err(IngestError::Binary { at: skip + text[..at].encode_utf16().count() * width })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<String, IngestError> {
        Ingest::default().read(bytes.to_vec()).map(|text| text.expose(text.span()).to_owned())
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_told_by_their_mark_or_named() {
        assert_eq!(read("é\r\n".as_bytes()).as_deref(), Ok("é\r\n"));
        assert_eq!(read("\u{FEFF}é".as_bytes()).as_deref(), Ok("\u{FEFF}é"), "the mark stays");
        assert_eq!(read(&utf16("é😀", u16::to_le_bytes)).as_deref(), Ok("é😀"));
        assert_eq!(read(&utf16("é😀", u16::to_be_bytes)).as_deref(), Ok("é😀"));
        let latin = Ingest::default().encoding("latin1").unwrap();
        assert_eq!(latin.read(b"caf\xE9".to_vec()), Ok(SourceText::new("café".into())));
        assert_eq!(latin.read("\u{FEFF}é".into()), Ok(SourceText::new("\u{FEFF}é".into())), "a mark wins");
        assert_eq!(Ingest::default().encoding("klingon").err(), Some(IngestError::UnknownEncoding));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        let malformed = |at, encoding| Err(IngestError::Malformed { at, encoding });
        assert_eq!(read(b"ab\0c"), Err(IngestError::Binary { at: 2 }));
        assert_eq!(read(b"caf\xE9 au"), malformed(3, "UTF-8"));
        assert_eq!(read(b"\xFF\xFEa\0\0\0"), Err(IngestError::Binary { at: 4 }));
        assert_eq!(read(b"\xFF\xFEa\0\x00\xD8b\0"), malformed(4, "UTF-16LE"), "a lone surrogate");
        assert_eq!(read(b"\xFF\xFEa\0b"), malformed(4, "UTF-16LE"), "half a unit");
        assert_eq!(read(b" \r\n"), Err(IngestError::Empty));
        assert_eq!(read(b""), Err(IngestError::Empty));
        let small = Ingest::default().limit(3);
        assert_eq!(small.read(b"abcd".to_vec()), Err(IngestError::TooLarge { size: 4, limit: 3 }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, label in prop::sample::select(vec!["utf-8", "utf-16le", "shift_jis"])) {
            if let Ok(text) = Ingest::default().encoding(label).unwrap().read(bytes.clone()) {
                prop_assert!(!text.is_empty());
                prop_assert!(label != "utf-8" || bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF])
                    || text.expose(text.span()).as_bytes() == bytes);
            }
        }
    }
}
