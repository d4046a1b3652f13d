//! What holds for any input at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::LazyLock;

use proptest::prelude::*;
use tearline::{Audience, Format, Ingest, Names, Pipeline, Report};

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::built_in().unwrap());

fn audience(name: &str) -> Audience {
    Audience::parse(name, PIPELINE.policy()).unwrap()
}

/// Reports put together from pieces that matter: marks, banners, Markdown, plain sentences.
fn reports() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "SECRET//NOFORN\n\n",
        "(S//NF) ",
        "(S//REL TO USA, FVEY) ",
        "(U) ",
        "(C//REL TO USA, GBR) ",
        "# ",
        "- ",
        "1. ",
        "> ",
        "The quay closes on 3 May. ",
        "A clerk told us that ",
        "two ships left",
        ".",
        "\n",
        "\n\n",
        "| a | b |\n|---|---|\n",
        "**",
        "`",
        "<!-- x -->",
        "[t](u \"v\")",
        "[^1]",
        "[^1]: ",
        "&amp;",
        "\u{200b}",
        "\t",
        "TEARLINE\n\n",
        "(hereafter HERON)",
        "é",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes are read or refused, and whatever is read has an outcome.
    #[test]
    fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(text) = Ingest::default().read(bytes) {
            let report = Report::new("r.md", text, Format::Markdown, Names::Keep);
            prop_assert_eq!(PIPELINE.process(&report, &[audience("FVEY")]).len(), 1);
        }
    }

    /// What stands in a withheld portion does not reach the release.
    #[test]
    fn withheld_text_stays_withheld(before in reports(), secret in "[a-z]{3,9} [a-z]{3,9}") {
        let text = format!("SECRET//NOFORN\n\n{before}\n\n(S//NF) Zq {secret} zq.\n\nSECRET//NOFORN\n");
        let outcome = PIPELINE.process(&Report::markdown("r.md", &text), &[audience("FVEY")]).remove(0);
        prop_assert!(outcome.release().is_none_or(|release| !release.text().contains("Zq")));
    }
}
