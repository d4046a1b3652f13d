//! `tearline check`, `init` and `man` as a user meets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const GOOD: &str = "SECRET//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May.\n\n\
Classified By: 4410087\nDerived From: Multiple Sources\nDeclassify On: 20510101\n\nSECRET//REL TO USA, FVEY\n";

fn bad() -> String {
    GOOD.replace("The quay", "According to a clandestine source, the quay")
}

fn write(work: &TempDir, name: &str, bytes: impl AsRef<[u8]>) {
    let file = work.path().join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

fn read(work: &TempDir, name: &str) -> String {
    fs::read_to_string(work.path().join(name)).unwrap()
}

/// Runs tearline in a folder: exit code, standard output, standard error.
fn run(work: &TempDir, args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("tearline")
        .unwrap()
        .current_dir(work)
        .env("SOURCE_DATE_EPOCH", "1795305600")
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_good_draft_passes_and_a_bad_one_fails_with_its_place() {
    let work = TempDir::new().unwrap();
    write(&work, "good.md", GOOD);
    write(&work, "bad.md", bad());
    let (code, out, err) = run(&work, &["check", "good.md"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let (code, out, _) = run(&work, &["check", "bad.md"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("bad.md:3:23: error[leak.releasable-portion]: "), "{out}");
    assert!(!out.contains("clandestine"), "no word of the draft where no terminal is: {out}");
    let (_, out, _) = run(&work, &["check", "bad.md", "--show-text"]);
    assert!(out.contains("According to a clandestine source") && out.contains("^^^^"), "{out}");
    let (code, _, _) = run(&work, &["check", "bad.md", "--fail-on", "never"]);
    assert_eq!(code, 0);
    let (code, out, _) = run(&work, &["check", ".", "--format", "json"]);
    assert_eq!(code, 1);
    let log: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(log["summary"]["files"], 2);
}

#[test]
fn what_is_not_read_is_said() {
    let work = TempDir::new().unwrap();
    write(&work, "good.md", GOOD);
    write(&work, "photo.jpg", [0xFF, 0xD8, 0]);
    write(&work, "sub/good.md", GOOD);
    let (code, _, err) = run(&work, &["check"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("skipped 1 file(s) that are no reports by their names"), "{err}");
    let (code, out, err) = run(&work, &["check", "photo.jpg", "good.md", "sub/good.md"]);
    assert_eq!(code, 3, "{out}");
    assert!(err.contains("photo.jpg: "), "{err}");
    let (code, _, _) = run(&work, &["check", "missing.md"]);
    assert_eq!(code, 2);
}

#[test]
fn the_nearest_configuration_holds_and_is_explained() {
    let work = TempDir::new().unwrap();
    write(&work, "tearline.toml", "fail-on = \"warning\"\n[rules]\nleak = \"off\"\n");
    write(&work, "a/bad.md", bad());
    write(&work, "b/tearline.toml", "audiences = [\"USA,AUS\"]\n");
    write(&work, "b/bad.md", bad());
    let (code, out, _) = run(&work, &["check", "a"]);
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = run(&work, &["check", "a", "b"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("b/bad.md:3:23: error[leak") && out.contains("USA,AUS may read it"), "{out}");
    let (code, out, _) = run(&work, &["check", "a/bad.md", "--explain-config", "--audience", "NATO"]);
    assert_eq!(code, 0);
    for line in [
        "audiences = [\"NATO\"]  # command line",
        "analytic-product = false  # default",
        "rules.\"leak.doubtful\" = \"off\"  # ",
    ] {
        assert!(out.contains(line), "{line} in {out}");
    }
    assert!(
        out.lines().any(|l| l.starts_with("fail-on = \"warning\"  # ") && l.ends_with("tearline.toml")),
        "{out}"
    );
    write(&work, "a/tearline.toml", "audiance = [\"FVEY\"]\n");
    let (code, _, err) = run(&work, &["check", "a"]);
    assert_eq!(code, 2);
    assert!(err.contains("unknown key `audiance`; did you mean `audiences`?"), "{err}");
}

#[test]
fn a_baseline_is_written_kept_and_ended() {
    let work = TempDir::new().unwrap();
    write(&work, "tearline.toml", "[baseline]\nfile = \"baseline.jsonl\"\n");
    write(&work, "in/bad.md", bad());
    let (code, _, err) = run(&work, &["check", "in", "--write-baseline"]);
    assert_eq!(code, 2, "a reason and an author are asked for: {err}");
    let terms = ["--reason", "known", "--author", "L. Dorn", "--expires", "2027-01-31"];
    let (code, _, err) = run(&work, &[&["check", "in", "--write-baseline"], &terms[..]].concat());
    assert_eq!(code, 0, "{err}");
    let baseline = read(&work, "baseline.jsonl");
    assert!(baseline.contains("\"path\":\"in/bad.md\"") && !baseline.contains("clandestine"), "{baseline}");
    run(&work, &[&["check", "in", "--write-baseline"], &terms[..]].concat());
    assert_eq!(read(&work, "baseline.jsonl"), baseline, "the same findings give the same bytes");
    write(&work, "in/bad.md", bad().replacen("\n\n", "\n\n(U) A line more.\n\n", 1));
    let (code, out, _) = run(&work, &["check", "in"]);
    assert_eq!(code, 0, "{out}");
    let (code, _, _) = run(&work, &["check", "in", "--no-inline"]);
    assert_eq!(code, 0);
    write(&work, "baseline.jsonl", baseline.replace("2027-01-31", "2026-01-31"));
    let (code, out, _) = run(&work, &["check", "in"]);
    assert_eq!(code, 1);
    assert!(out.contains("warning[baseline.expired]"), "{out}");
    fs::remove_file(work.path().join(".tearline.key")).unwrap();
    let (code, _, err) = run(&work, &["check", "in"]);
    assert_eq!(code, 2);
    assert!(err.contains("the key of the baseline"), "{err}");
}

#[test]
fn fixes_are_shown_and_made() {
    let work = TempDir::new().unwrap();
    let wrong = GOOD.replacen("(S//REL TO USA, FVEY)", "(TS//REL TO USA, NZL, GBR)", 1);
    write(&work, "a.md", &wrong);
    let (code, out, err) = run(&work, &["check", "a.md", "--diff"]);
    assert_eq!((code, out.as_str()), (2, ""), "words of the draft go to no pipe unasked: {err}");
    let (code, out, _) = run(&work, &["check", "a.md", "--diff", "--show-text"]);
    assert_eq!(code, 1);
    assert!(out.contains("+(TS//REL TO USA, GBR, NZL) The quay"), "{out}");
    assert!(out.contains("+TOP SECRET//REL TO USA, GBR, NZL"), "{out}");
    assert_eq!(read(&work, "a.md"), wrong);
    let (code, _, err) = run(&work, &["check", "a.md", "--fix"]);
    assert_eq!(code, 0, "{err}");
    let mended = read(&work, "a.md");
    assert!(mended.starts_with("TOP SECRET//REL TO USA, GBR, NZL\n"), "{mended}");
    let (code, out, _) = run(&work, &["check", "a.md", "--diff", "--show-text"]);
    assert_eq!((code, out.as_str()), (0, ""));
}

#[test]
fn findings_go_to_a_file_and_standard_input_is_read() {
    let work = TempDir::new().unwrap();
    let output = Command::cargo_bin("tearline")
        .unwrap()
        .current_dir(&work)
        .args(["check", "-", "--format", "sarif", "--output", "out.sarif"])
        .write_stdin(bad())
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let log: serde_json::Value = serde_json::from_str(&read(&work, "out.sarif")).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "leak.releasable-portion");
}

#[test]
fn a_suppression_is_recorded_and_lets_nothing_into_a_release() {
    let work = TempDir::new().unwrap();
    let allowed = bad().replacen("\n\n", "\n\n<!-- tearline: allow leak -- agreed with the owner -->\n\n", 1);
    write(&work, "in/a.md", &allowed);
    assert_eq!(run(&work, &["check", "in"]).0, 0);
    assert_eq!(run(&work, &["check", "in", "--no-inline"]).0, 1);
    run(&work, &["release", "in", "--audience", "FVEY", "--out", "low", "--review", "high"]);
    let release = read(&work, "low/FVEY/a.md");
    assert!(release.contains("closes on 3 May."), "{release}");
    assert!(!release.contains("clandestine") && !release.contains("<!--"), "{release}");
    let record: serde_json::Value = serde_json::from_str(&read(&work, "high/FVEY/a.md.review.json")).unwrap();
    let listed = serde_json::json!([{ "line": 3, "rule": "leak", "reason": "agreed with the owner" }]);
    assert_eq!(record["suppressions"], listed);
}

#[test]
fn init_writes_a_file_that_check_takes_and_overwrites_nothing() {
    let work = TempDir::new().unwrap();
    write(&work, "good.md", GOOD);
    assert_eq!(run(&work, &["init"]).0, 0);
    assert_eq!(run(&work, &["check", "good.md"]).0, 0);
    let (code, _, err) = run(&work, &["init"]);
    assert_eq!(code, 2);
    assert!(err.contains("--force"), "{err}");
}

#[test]
fn the_schema_beside_the_integrations_is_current() {
    let work = TempDir::new().unwrap();
    let (code, schema, _) = run(&work, &["init", "--schema"]);
    assert_eq!(code, 0);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/tearline.schema.json");
    assert_eq!(fs::read_to_string(kept).unwrap(), schema, "run `tearline init --schema`");
}

#[test]
fn every_command_has_a_manual_page() {
    let work = TempDir::new().unwrap();
    assert_eq!(run(&work, &["man", "pages"]).0, 0);
    for page in ["tearline.1", "tearline-check.1", "tearline-release.1", "tearline-rules-list.1"] {
        let text = read(&work, &format!("pages/{page}"));
        assert!(text.contains(".SH NAME"), "{page}");
    }
    assert!(run(&work, &["man"]).1.contains("tearline\\-check"));
}

#[test]
fn rules_are_listed_with_their_severity() {
    let work = TempDir::new().unwrap();
    let (_, out, _) = run(&work, &["rules", "list"]);
    let line = out.lines().find(|line| line.starts_with("over-restriction.nothing-found")).unwrap();
    assert!(
        line.contains(" warning ") && line.ends_with("Nothing in the portion justifies its mark"),
        "{line}"
    );
    let (code, out, _) = run(&work, &["rules", "explain", "marking.order"]);
    assert_eq!(code, 0);
    assert!(out.contains("What to do: Put the items in order"), "{out}");
    let (code, _, err) = run(&work, &["rules", "explain", "marking.odrer"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean `marking.order`?"), "{err}");
}
