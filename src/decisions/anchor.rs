//! Fingerprints by which a decision finds its text again: the same while the text and its surroundings stay the same, and
//! telling nothing to who lacks the key.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Bytes of context on each side that a fingerprint depends on.
const CONTEXT: usize = 32;

/// A keyed fingerprint of some texts, 16 hexadecimal digits.
pub(crate) fn fingerprint(key: &[u8; 32], parts: &[&str]) -> String {
    crate::text::hex(&mac(key, parts)[..8])
}

/// A keyed fingerprint of some texts, 64 hexadecimal digits.
pub(crate) fn digest(key: &[u8; 32], parts: &[&str]) -> String {
    crate::text::hex(&mac(key, parts))
}

/// The keyed hash of some texts, each with its length in front.
pub(super) fn mac(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// The text before and behind the bytes `start..end` of `whole` that a fingerprint takes in.
pub(crate) fn surroundings(whole: &str, start: usize, end: usize) -> (&str, &str) {
    let boundary = |at: &usize| whole.is_char_boundary(*at);
    let before = (0..=start.saturating_sub(CONTEXT)).rev().find(boundary).unwrap_or(0);
    let after = (end + CONTEXT..whole.len()).find(boundary).unwrap_or(whole.len());
    (&whole[before..start], &whole[end..after])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_key_and_on_where_parts_end() {
        let id = fingerprint(&[1; 32], &["ab", "c"]);
        assert_eq!(id, fingerprint(&[1; 32], &["ab", "c"]));
        assert_ne!(id, fingerprint(&[2; 32], &["ab", "c"]));
        assert_ne!(id, fingerprint(&[1; 32], &["a", "bc"]));
    }

    #[test]
    fn surroundings_cut_no_character() {
        let whole = "é".repeat(40);
        let (before, after) = surroundings(&whole, 40, 42);
        assert_eq!((before.len(), after.len()), (32, 32));
        let shifted = format!("x{whole}");
        let (before, _) = surroundings(&shifted, 41, 43);
        assert_eq!(before.len(), 32);
    }
}
