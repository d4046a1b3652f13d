//! What the program says and writes when a stage panics inside of one report: nothing of that report. For builds with the feature
//! `failpoints` alone: `cargo test --features failpoints --test panics`.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "others need both sides")]
mod tree;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use tree::files;

/// A word of the report that fails, by which the failpoint knows it. It is cut, so it stands in the record and the pages too.
const WORD: &str = "intercepted";
/// Every word of the report that fails and of no other.
const WORDS: [&str; 6] = [WORD, "Hasquet", "lighthouse", "Ilmar Votik", "pilots", "ZEPHYRINE"];

fn report(number: usize) -> String {
    format!(
        "SECRET//NOFORN\n\n# (S//REL TO USA, FVEY) Quay {number}\n\n(S//REL TO USA, FVEY) Quay {number} at Dravik closes on 3 May.\n\n(S//NF) It reopens.\n"
    )
}

/// The report that fails: words that are released, that are cut and that are withheld.
fn failing() -> String {
    format!(
        "SECRET//NOFORN\n\n(S//REL TO USA, FVEY) The lighthouse at Hasquet closes on 4 May. According to an {WORD} call, two pilots left.\n\n(S//NF) Ilmar Votik, cover name ZEPHYRINE, counts them.\n"
    )
}

fn tearline(work: &Path, point: &str, args: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("tearline"));
    command
        .current_dir(work)
        .env("TEARLINE_FAILPOINT", format!("{point}:{WORD}"))
        .env("RUST_BACKTRACE", "full")
        .env("TEARLINE_LOG", "trace")
        .args(args);
    command
}

/// What left the program: its exit code and both streams.
fn output(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

fn holds_no_word(place: &str, text: &str) {
    for word in WORDS {
        assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{place} holds {word}: {text}");
    }
}

fn batch(work: &Path) {
    fs::create_dir(work.join("in")).unwrap();
    for number in 0..8 {
        let text = if number == 3 { failing() } else { report(number) };
        fs::write(work.join(format!("in/{number}.md")), text).unwrap();
    }
}

const RELEASE: [&str; 14] = [
    "release",
    "in",
    "--audience",
    "FVEY",
    "--audience",
    "USA,GBR",
    "--out",
    "low",
    "--review",
    "high",
    "--jobs",
    "2",
    "--diff",
    "--html",
];

#[test]
fn a_stage_that_panics_tells_no_word_and_the_others_are_released() {
    for point in ["document", "detect", "decide", "render", "verify", "review", "review.json", "diff", "html"]
    {
        let work = TempDir::new().unwrap();
        batch(work.path());
        let (code, said) = output(&mut tearline(work.path(), point, &RELEASE));
        assert_eq!(code, Some(3), "{point}: {said}");
        assert!(said.contains("internal error at src/failpoint.rs:"), "{point} was not reached: {said}");
        assert!(said.contains("3.md for FVEY: failed: the program failed inside this report"), "{said}");
        holds_no_word(point, &said);
        for side in ["low", "high"] {
            for (path, bytes) in files(&work.path().join(side)) {
                let text = String::from_utf8_lossy(&bytes);
                holds_no_word(&format!("{point}: {path}"), &format!("{path}{text}"));
                assert!(!path.contains(".tearline-"), "{point} leaves {path}");
            }
        }
        for audience in ["FVEY", "USA,GBR"] {
            for number in 0..8 {
                let stands = work.path().join(format!("low/{audience}/{number}.md")).exists();
                assert_eq!(stands, number != 3, "{point}: {number} for {audience}");
            }
        }

        // Without the fault the same words go out, so the test looks for what could have been there.
        let (_, said) = output(&mut tearline(work.path(), "none", &[&RELEASE[..], &["--resume"]].concat()));
        assert!(said.contains("14 of 16 outcomes stood unchanged"), "{said}");
        let released = fs::read_to_string(work.path().join("low/FVEY/3.md")).unwrap();
        assert!(released.contains("The lighthouse at Hasquet closes on 4 May."), "{released}");
        let record = fs::read_to_string(work.path().join("high/FVEY/3.md.review.json")).unwrap();
        assert!(record.contains(WORD), "{record}");
    }
}

#[test]
fn a_panic_where_names_are_gathered_binds_none_of_them() {
    let work = TempDir::new().unwrap();
    batch(work.path());
    let args = [&RELEASE[..], &["--link-reports"]].concat();
    let (code, said) = output(&mut tearline(work.path(), "bind", &args));
    assert!(said.contains("internal error at src/failpoint.rs:"), "{said}");
    assert!(code.is_some_and(|code| code < 2), "{said}");
    holds_no_word("the streams", &said);
}

#[test]
fn a_stream_goes_on_behind_a_line_that_panics() {
    for point in ["document", "detect", "decide", "render", "verify", "review", "answer"] {
        let work = TempDir::new().unwrap();
        let line = |id: usize, text: String| serde_json::json!({ "id": id, "text": text }).to_string() + "\n";
        let lines = [line(0, report(0)), line(1, failing()), line(2, report(2))].concat();
        let mut child =
            tearline(work.path(), point, &["stream", "--audience", "FVEY", "--review", "records.jsonl"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let (answers, errors) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert!(errors.contains("internal error at src/failpoint.rs:"), "{point} was not reached: {errors}");
        assert_eq!(status.code(), Some(3), "{point}: {errors}");
        let records = fs::read_to_string(work.path().join("records.jsonl")).unwrap();
        for text in [&answers, &errors, &records] {
            holds_no_word(point, text);
        }
        let status = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["status"].clone();
        assert_eq!(
            answers.lines().map(status).collect::<Vec<_>>(),
            ["released", "failed", "released"],
            "{answers}"
        );
    }
}

#[test]
fn a_draft_that_panics_is_failed_and_the_others_are_checked() {
    let work = TempDir::new().unwrap();
    batch(work.path());
    for format in ["text", "json", "sarif", "github", "junit", "markdown"] {
        let args = ["check", "in", "--format", format, "--fail-on", "never"];
        let (code, said) = output(&mut tearline(work.path(), "check", &args));
        assert!(said.contains("internal error at src/failpoint.rs:"), "{said}");
        assert_eq!(code, Some(3), "{format}: {said}");
        holds_no_word(format, &said);
    }
}

#[test]
fn a_diff_that_panics_tells_its_place_alone() {
    let work = TempDir::new().unwrap();
    batch(work.path());
    for point in ["document", "detect", "decide", "render", "verify", "review"] {
        let (code, said) =
            output(&mut tearline(work.path(), point, &["diff", "in/3.md", "--audience", "FVEY"]));
        assert!(code != Some(0) && said.contains("internal error at src/failpoint.rs:"), "{point}: {said}");
        holds_no_word(point, &said);
    }
}
