//! What holds for any input at all: the guarantees as properties over generated reports.
//!
//! What rests on the marks is asked of the whole pipeline, what rests on finding of the rules alone. 1,000 cases of each by default; `PROPTEST_CASES=100000 cargo test --release --test properties` for a night. A seed that
//! failed is told with the failure and makes a test of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod generated;
mod oracle_view;
#[expect(dead_code, reason = "others need both sides")]
mod tree;

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use generated::sentences::SUBSTANCE;
use generated::{Variant, drafts, sample};
use oracle_view::{render, reveals};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tearline::rules::Patterns;
use tearline::{
    Audience, Format, Ingest, LowSide as _, ManifestEntry, Names, Outcome, Pipeline, Policy, Release, Report,
    Status,
};

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::built_in().unwrap());

/// The rules without the statistical reader. How sure the reader is hangs on all words around, those of the source too: what
/// must be the same for every source, or to every audience, can be asked of the rules alone.
static BY_RULES: LazyLock<Pipeline> = LazyLock::new(|| {
    let mut patterns = Patterns::built_in();
    patterns.without_reader();
    let policy = Policy::load(&patterns, None).unwrap();
    Pipeline::new(patterns.build().unwrap(), policy, [0; 32])
});

fn audience(name: &str) -> Audience {
    Audience::parse(name, PIPELINE.policy()).unwrap()
}

/// The same cases each time by default, so that a red run is one's own doing; others when `PROPTEST_CASES` asks for a number.
fn seed() -> RngSeed {
    if std::env::var_os("PROPTEST_CASES").is_some() { RngSeed::Random } else { RngSeed::Fixed(20_261_122) }
}

/// How many cases: more than by default when `PROPTEST_CASES` asks for them.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1000)
}

/// The SHA-256 of a text, in hexadecimal.
fn digest(text: &str) -> String {
    <sha2::Sha256 as sha2::Digest>::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What becomes of a report for one audience.
fn outcome(pipeline: &Pipeline, text: &str, name: &str) -> Outcome {
    pipeline.process(&Report::markdown("r.md", text), &[audience(name)]).remove(0)
}

/// All that the low side holds of an outcome: the release and its line in the manifest.
fn low_side(outcome: &Outcome) -> Option<(String, String)> {
    let release = outcome.release()?;
    let entry = ManifestEntry::new("r.md", release);
    Some((release.text().to_owned(), String::from_utf8(entry.bytes().into_owned()).unwrap()))
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
    #![proptest_config(ProptestConfig { cases: cases(), rng_seed: seed(), failure_persistence: None, ..ProptestConfig::default() })]

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

    /// Whatever the withheld portions and the hidden channels of a report say, how much, and how many they are: the low side
    /// is the same.
    #[test]
    fn what_is_withheld_makes_no_difference(draft in drafts(), withheld in 1..40usize, more in 0..3usize) {
        let before = outcome(&PIPELINE, &draft.text(Variant::default()), "FVEY");
        let after = outcome(&PIPELINE, &draft.text(Variant { withheld, more, ..Variant::default() }), "FVEY");
        prop_assert_eq!(before.record().status, after.record().status);
        prop_assert_eq!(low_side(&before), low_side(&after));
    }

    /// Another source or method of another number, gender, place, time or discipline gives the same low side.
    #[test]
    fn another_source_gives_the_same_release(draft in drafts(), other in 1..60usize) {
        let one = outcome(&BY_RULES, &draft.text(Variant::default()), "FVEY");
        let another = outcome(&BY_RULES, &draft.text(Variant { sources: other, ..Variant::default() }), "FVEY");
        prop_assert_eq!(one.record().status, another.record().status);
        prop_assert_eq!(low_side(&one), low_side(&another));
    }

    /// No source or method that the rules recognise can be read out of a release.
    #[test]
    fn what_is_named_stands_in_no_release(draft in drafts(), sources in 0..60usize) {
        let variant = Variant { sources, ..Variant::default() };
        let outcome = outcome(&BY_RULES, &draft.text(variant), "FVEY");
        let release = outcome.release().map_or("", Release::text);
        let page = render(release);
        for name in draft.named(variant) {
            let letters: String =
                name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect();
            for shown in [release, &page] {
                // What has few letters is told by its digits.
                let stands = if letters.len() < 6 { shown.contains(name) } else { reveals(shown, &letters) };
                prop_assert!(!stands, "{} in {:?}", name, shown);
            }
        }
    }

    /// The manifest tells of a release what anybody can see who has it, and nothing else.
    #[test]
    fn the_manifest_tells_nothing_but_the_release(draft in drafts()) {
        let outcome = outcome(&PIPELINE, &draft.text(Variant::default()), "FVEY");
        if let Some((text, manifest)) = low_side(&outcome) {
            let entry: serde_json::Value = serde_json::from_str(&manifest).unwrap();
            let banner = entry["banner"].as_str();
            let told = serde_json::json!({
                "path": "r.md", "sha256": digest(&text), "bytes": text.len(), "banner": banner,
                "tool": concat!("tearline ", env!("CARGO_PKG_VERSION")),
            });
            prop_assert_eq!(entry, told);
        }
    }

    /// What a wider audience may read, a narrower one inside it may read too, in whatever report.
    #[test]
    fn a_narrower_audience_gets_what_a_wider_one_gets(draft in drafts()) {
        let text = draft.text(Variant::default());
        let outcomes = BY_RULES.process(&Report::markdown("r.md", &text), &[audience("FVEY"), audience("USA,GBR")]);
        let (wide, narrow) = (&outcomes[0], &outcomes[1]);
        for (wide, narrow) in wide.record().portions.iter().zip(&narrow.record().portions) {
            prop_assert!(wide.releasable != "yes" || narrow.releasable == "yes", "{}", narrow.reason);
        }
        if narrow.record().status != Status::Held {
            for sentence in SUBSTANCE {
                let count = |outcome: &Outcome| {
                    outcome.release().map_or(0, |release| release.text().matches(sentence).count())
                };
                prop_assert!(count(wide) <= count(narrow), "{}: {}", sentence, narrow.reason());
            }
        }
    }

    /// The same in whatever is put together.
    #[test]
    fn a_narrower_audience_is_never_refused_what_a_wider_one_gets(text in reports()) {
        let outcomes = PIPELINE.process(&Report::markdown("r.md", &text), &[audience("FVEY"), audience("USA,GBR")]);
        for (wide, narrow) in outcomes[0].record().portions.iter().zip(&outcomes[1].record().portions) {
            prop_assert!(wide.releasable != "yes" || narrow.releasable == "yes", "{}", narrow.reason);
        }
    }
}

/// Two folders of reports that differ in all that is withheld, in length, number and age, leave the same low side: names,
/// manifest and bytes. No digest of a source stands in it.
#[test]
fn a_release_folder_holds_nothing_of_what_is_withheld() {
    let drafts = sample(60);
    let low = |variant: Variant, age: u64| {
        let work = tempfile::TempDir::new().unwrap();
        std::fs::create_dir(work.path().join("in")).unwrap();
        let mut digests = Vec::new();
        for (number, draft) in drafts.iter().enumerate() {
            let text = draft.text(variant);
            let path = work.path().join(format!("in/{number}.md"));
            std::fs::write(&path, &text).unwrap();
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
            digests.push(digest(&text));
        }
        let output = assert_cmd::Command::cargo_bin("tearline")
            .unwrap()
            .current_dir(&work)
            .args(["release", "in", "--out", "low", "--review", "high", "--audience", "FVEY"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        (tree::files(&work.path().join("low")), digests)
    };
    let (one, digests) = low(Variant::default(), 10);
    let (other, _) = low(Variant { withheld: 17, more: 2, ..Variant::default() }, 1_000_000);
    assert!(one.len() > 20, "only {} releases", one.len());
    assert_eq!(one, other);
    let manifest = String::from_utf8(one["FVEY/manifest.jsonl"].clone()).unwrap();
    // A report of which all is released is told by its own digest.
    let whole: Vec<String> = one.values().map(|bytes| digest(&String::from_utf8_lossy(bytes))).collect();
    for told in digests.iter().filter(|told| !whole.contains(told)) {
        assert!(!manifest.contains(told.as_str()), "the digest of a source stands in the manifest");
    }
}
