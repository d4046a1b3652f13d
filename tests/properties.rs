//! What holds for any input at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::LazyLock;

use proptest::prelude::*;
use tearline::{Audience, Format, Ingest, Names, Outcome, Pipeline, Release, Report, Status};

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::built_in().unwrap());

fn audience(name: &str) -> Audience {
    Audience::parse(name, PIPELINE.policy()).unwrap()
}

/// How many cases: few by default, more when `PROPTEST_CASES` asks for them.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400)
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
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes are read or refused, and whatever is read has an outcome.
    #[test]
    fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(text) = Ingest::default().read(bytes) {
            let report = Report::new("r.md", text, Format::Markdown, Names::Keep);
            prop_assert_eq!(PIPELINE.process(&report, &[audience("FVEY")]).len(), 1);
        }
    }

    /// What stands in a withheld portion does not reach the release, and other plain words there change nothing.
    #[test]
    fn withheld_text_makes_no_difference(before in reports(), after in reports(), a in "[a-z]{3,9} [a-z]{3,9}", b in "[a-z]{3,9} [a-z]{3,9}") {
        let with = |secret: &str| {
            let text = format!("SECRET//NOFORN\n\n{before}\n\n(S//NF) Zq {secret} zq.\n\n{after}\n\nSECRET//NOFORN\n");
            PIPELINE.process(&Report::markdown("r.md", &text), &[audience("FVEY")]).remove(0)
        };
        let (one, other) = (with(&a), with(&b));
        prop_assert_eq!(one.release().map(Release::text), other.release().map(Release::text));
        if let Some(release) = one.release() {
            prop_assert!(!release.text().contains("Zq"));
        }
    }

    /// What a wider audience may read, a narrower one inside it may read too: each portion is releasable to it, and
    /// what stands in the one release stands in the other.
    #[test]
    fn a_narrower_audience_is_never_refused_what_a_wider_one_gets(text in reports()) {
        let outcomes = PIPELINE.process(&Report::markdown("r.md", &text), &[audience("FVEY"), audience("USA,GBR")]);
        let (wide, narrow) = (&outcomes[0], &outcomes[1]);
        for (wide, narrow) in wide.record().portions.iter().zip(&narrow.record().portions) {
            prop_assert!(wide.releasable != "yes" || narrow.releasable == "yes", "{}", narrow.reason);
        }
        if narrow.record().status != Status::Held {
            let count = |outcome: &Outcome, sentence: &str| {
                outcome.release().map_or(0, |release| release.text().matches(sentence).count())
            };
            for sentence in ["quay closes on 3 May", "two ships left"] {
                prop_assert!(count(wide, sentence) <= count(narrow, sentence), "{}", narrow.reason());
            }
        }
    }
}
