//! Style and scripts, inlined into every page and named by hash in its policy.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

/// The style of every page.
pub(super) const STYLE: &str = include_str!("templates/review.css");
/// Moving, filtering, the preview, themes.
pub(super) const REVIEW: &str = include_str!("templates/review.js");
/// Deciding; on the server's pages alone.
pub(super) const DECIDE: &str = include_str!("templates/decide.js");

/// The policy of a page: nothing but its own style and scripts. `connect` are the addresses that it may call.
pub(super) fn policy(connect: &str) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {} {}; connect-src {connect}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(REVIEW),
        hash(DECIDE)
    )
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_asset_calls_out_or_can_close_its_element() {
        for asset in [STYLE, REVIEW, DECIDE] {
            assert!(!asset.contains("http://") && !asset.contains("https://") && !asset.contains("@import"));
            assert!(!asset.contains("</s") && !asset.contains("<!--"));
        }
        for script in [REVIEW, DECIDE] {
            assert!(!script.contains("innerHTML") && !script.contains("eval("));
        }
    }
}
