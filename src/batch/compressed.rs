//! Plain, gzip or zstd input, told by its first bytes: out comes the plain stream.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// Bytes that are read at once.
const READAHEAD: usize = 256 << 10;

/// Reads a stream that may be compressed; gzip members and zstd frames in a row are one stream.
///
/// # Errors
/// When the first bytes cannot be read. What is damaged further on is an error of the reading there.
pub fn decompressed<'r>(mut input: impl Read + 'r) -> io::Result<Box<dyn BufRead + 'r>> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    let kind: &[u8] = &head.clone();
    let whole = BufReader::with_capacity(READAHEAD, Cursor::new(head).chain(input));
    Ok(match kind {
        [0x1F, 0x8B, ..] => Box::new(BufReader::with_capacity(READAHEAD, MultiGzDecoder::new(whole))),
        // A frame, or one that is to be skipped, with which parallel compressors begin.
        [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
            Box::new(BufReader::with_capacity(READAHEAD, zstd::Decoder::with_buffer(whole)?))
        }
        _ => Box::new(whole),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        decompressed(bytes)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn the_first_bytes_tell_how_a_stream_is_compressed() {
        let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
        let skipped = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 7, 7];
        for stream in [
            b"one\ntwo\n".to_vec(),
            gzip(b"one\ntwo\n"),
            [gzip(b"one\n"), gzip(b"two\n")].concat(),
            zstd(b"one\ntwo\n"),
            [&skipped[..], &zstd(b"one\n"), &zstd(b"two\n")].concat(),
        ] {
            assert_eq!(read(&stream).unwrap(), b"one\ntwo\n");
        }
        assert_eq!(read(b"").unwrap(), b"");
        assert_eq!(read(b"{}").unwrap(), b"{}", "shorter than any magic");
    }

    #[test]
    fn a_damaged_stream_is_an_error_where_it_is_damaged() {
        for stream in [gzip(&[7; 100]), zstd::encode_all(&[7; 100][..], 1).unwrap()] {
            assert!(read(&stream[..stream.len() - 3]).is_err());
        }
    }
}
