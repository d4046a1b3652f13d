//! Points at which a build for tests fails on demand, to show what a panic inside of a report leaves behind.
//!
//! Only the feature `failpoints` gives them life; without it, as in every binary that is shipped, reaching one does nothing.
//! `TEARLINE_FAILPOINT=POINT:WORD` makes a point panic in each report that holds the word, with the whole text in the panic's
//! message: no real panic can quote more.

/// Reaches a point with the text at hand there.
pub(crate) fn reach(point: &str, text: impl AsRef<[u8]>) {
    #[cfg(feature = "failpoints")]
    if let Ok(set) = std::env::var("TEARLINE_FAILPOINT")
        && let Some((at, word)) = set.split_once(':')
        && at == point
    {
        let text = String::from_utf8_lossy(text.as_ref());
        assert!(!text.contains(word), "{text}");
    }
    #[cfg(not(feature = "failpoints"))]
    let _ = (point, text);
}
