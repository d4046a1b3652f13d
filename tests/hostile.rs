//! Input that is made to hurt: deep nesting, huge lines, pathological delimiters, text against expressions and against the
//! reading of disguises. All of it ends, with an outcome or a clear refusal. Sizes are such that worse than linear time
//! would not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::LazyLock;

use tearline::{Audience, Format, Names, Pipeline, Policy, Report, SourceText, rules::Patterns};

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| {
    let mut patterns = Patterns::built_in();
    let terms = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(terms.path(), "ZEPHYRINE\nAAAA\nPAPER WASP\n").unwrap();
    patterns.add_terms(terms.path()).unwrap();
    let policy = Policy::load(&patterns, None).unwrap();
    Pipeline::new(patterns.build().unwrap(), policy, [0; 32])
});

/// Puts a hostile body beside a portion that must come out.
fn ends(name: &str, body: &str) {
    let audience = Audience::parse("FVEY", PIPELINE.policy()).unwrap();
    let text = format!(
        "SECRET//NOFORN\n\n(S//REL TO USA, FVEY) The quay closes on 3 May.\n\n{body}\n\n(S//NF) He waits.\n"
    );
    for format in [Format::Markdown, Format::Text] {
        let report = Report::new("r.md", SourceText::new(text.clone()), format, Names::Keep);
        let outcome = PIPELINE.process(&report, std::slice::from_ref(&audience)).remove(0);
        match outcome.release() {
            Some(release) => {
                assert!(!release.text().contains("He waits"), "{name}");
                assert!(!release.text().contains("ZEPHYRINE"), "{name}");
            }
            None => assert!(!outcome.reason().is_empty(), "{name} has no reason"),
        }
    }
}

#[test]
fn deep_nesting() {
    for opening in [">", "[", "*", "- "] {
        ends(opening, &opening.repeat(100_000));
    }
    for opening in ["> ", "(", "![", "**a ", "_", "1. ", "<div>\n", "<b>", "`", "~~", "[^1]: "] {
        ends(opening, &opening.repeat(5_000));
        ends(opening, &format!("(U) {}", opening.repeat(5_000)));
    }
    ends(
        "indented items",
        &(0..200).map(|depth| format!("{}- (U) a\n", "  ".repeat(depth))).collect::<String>(),
    );
}

#[test]
fn one_thing_many_times() {
    const MANY: usize = 20_000;
    for piece in [
        "a", " ", "\t", "(", "é", "’", "’ ", "boys’ ", "“", "—", "\u{200B}", "\u{AD}\n", "\u{301}", "&",
        "&amp;", "&#65;", "%41", "%", "\\", "<", "|", "-\n", "a-\n", "A ", "A.", "Ａ", "А", "a*", "1", "1 ",
        "0x", "a@b.", "https://", "\r\n", "\r", "\u{1E}", "(U)", "(U) ", "//", "AAAA ",
    ] {
        ends(piece, &format!("(U) {}", piece.repeat(MANY / piece.len().max(2))));
    }
}

#[test]
fn pathological_pairs() {
    const MANY: usize = 2_000;
    let ticks: String = (1..150).map(|length| format!("{} ", "`".repeat(length))).collect();
    ends("ticks of every length", &format!("(U) {ticks}"));
    ends("emphasis", &format!("(U) {}{}", "*a **b _c ".repeat(MANY), "c_ b** a*".repeat(MANY)));
    ends("brackets", &format!("(U) {}{}", "[a](b".repeat(MANY), ")".repeat(MANY)));
    ends("references", &format!("(U) {}\n\n[a]: b", "[a][a]".repeat(MANY)));
    ends("definitions", &(0..MANY).map(|i| format!("[a{i}]: b\n")).collect::<String>());
    ends("comments", &format!("(U) {}", "<!-- a ".repeat(MANY)));
    ends(
        "wide table",
        &format!("|{}\n|{}\n|{}", " (U) a |".repeat(300), "---|".repeat(300), " b |".repeat(600)),
    );
    ends("long table", &format!("| (U) a |\n|---|\n{}", "| (U) b | c |\n".repeat(MANY / 2)));
    let notes: String = (0..500).map(|i| format!("(U) a[^n{i}]\n\n[^n{i}]: (U) b\n\n")).collect();
    ends("footnotes", &notes);
}

#[test]
fn text_against_expressions_and_rules() {
    const MANY: usize = 1_000;
    ends("numbers", &format!("(U) {}", "1234 5678 9012 ".repeat(MANY)));
    ends("coordinates", &format!("(U) {}", "41.2207N 018.9031W ".repeat(MANY)));
    ends("capitals", &format!("(U) {}", "GREY HERON ".repeat(MANY)));
    ends("aliases", &format!("(U) {}", "Project GREY HERON (hereafter HERON) ".repeat(MANY / 5)));
    let names: String =
        (0..200).map(|i| format!("(U) Project HERON{i} (hereafter WASP{i}) left.\n\n")).collect();
    ends("many aliases", &names);
    ends("attribution", &format!("(U) {}", "a source said that ".repeat(MANY)));
    ends("disguised", &format!("(U) {}", "Z E P H Y R I N E P-\nA %41&#65;А ".repeat(MANY)));
}

#[test]
fn a_report_beyond_the_limit_is_refused_without_being_read() {
    let work = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(work.path().join("in")).unwrap();
    // A line of a gigabyte, none of which is on the disk.
    std::fs::File::create(work.path().join("in/a.md")).unwrap().set_len(1 << 30).unwrap();
    std::fs::write(work.path().join("policy.toml"), "[limits]\nbytes = 1000000\n").unwrap();
    let output = assert_cmd::Command::cargo_bin("tearline")
        .unwrap()
        .current_dir(&work)
        .args(["release", "in", "--audience", "FVEY", "--out", "low", "--review", "high"])
        .args(["--policy", "policy.toml"])
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{errors}");
    assert!(errors.contains("more than the limit of 1000000; split it"), "{errors}");
}
