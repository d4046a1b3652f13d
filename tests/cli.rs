//! The program as a user meets it: arguments, files, exit codes, messages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "others need both sides")]
mod tree;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;
use tree::files;

fn tearline() -> Command {
    Command::cargo_bin("tearline").unwrap()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

const PLAIN: &str = "SECRET//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May.\n\nSECRET//REL TO USA, FVEY\n";

/// Runs `release` over a folder and returns (exit code, standard error).
fn release(work: &TempDir, more: &[&str]) -> (i32, String) {
    let output = tearline()
        .current_dir(work)
        .args(["release", "in", "--out", "low", "--review", "high"])
        .args(more)
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

#[test]
fn no_half_of_an_emphasis_or_a_bracket_stays() {
    let work = TempDir::new().unwrap();
    for (number, text) in [
        "SI**-G** reporting shows that the quay at Dravik closes on 3 May.",
        "The quay closes on 3 May. SI**-G** reporting shows that ships left.",
        "The unit at Dravik uses SI**-G** and radios.",
        "The army is short of fuel. The quay at Dravik closes on 3 May (IIR 4 201 0001 22). Ships left.",
        "The army is short of fuel. The quay at Dravik closes on 3 May (**IIR 4 201 0001 22**).",
        "The army is short of fuel. The quay at Dravik closes on 3 May (IIR 4 201 0001 22",
        "The army is short of fuel. The quay at Dravik closes on 3 May [IIR 4 201 0001 22. Ships left.",
    ]
    .into_iter()
    .enumerate()
    {
        write(
            work.path(),
            &format!("in/{number}.md"),
            PLAIN.replace("The quay at Dravik closes on 3 May.", text),
        );
    }
    for reader in [&[][..], &["--no-reader"]] {
        let (code, errors) = release(&work, &[&["--audience", "FVEY"], reader].concat());
        assert_eq!(code, 0, "{errors}");
        for number in 0..7 {
            let text = fs::read_to_string(work.path().join(format!("low/FVEY/{number}.md"))).unwrap();
            let body = text.lines().nth(2).unwrap().strip_prefix("(S//REL TO USA, FVEY) ").unwrap();
            assert!(!body.contains(['*', '(', '[', ')']), "{body}");
            assert!(body.contains("3 May") || body.contains("radios"), "{body}");
        }
    }
}

/// Two portions around a page mark, and what else is given.
fn paged(banner: &str, mark: &str, more: &str) -> String {
    format!(
        "{banner}\n\n(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May.\n\n{mark}\n\n(S//REL TO USA, FVEY) It opens on 4 May.\n\n{more}{banner}\n"
    )
}

#[test]
fn labels_stay_beside_a_banner_and_page_numbers_only_while_nothing_goes() {
    let fvey = "SECRET//REL TO USA, FVEY";
    let marks = [
        ("CLASSIFICATION: SECRET//NOFORN", "CLASSIFICATION: SECRET//REL TO USA, FVEY"),
        ("Classification: Secret", "Classification: SECRET//REL TO USA, FVEY"),
        ("-SECRET//NOFORN-", "-SECRET//REL TO USA, FVEY-"),
        ("Page 3 of 7   SECRET//NOFORN", fvey),
        ("SECRET//NOFORN 3", fvey),
        ("**SECRET//NOFORN** 3", fvey),
    ];
    let work = TempDir::new().unwrap();
    for (number, (mark, _)) in marks.iter().enumerate() {
        write(
            work.path(),
            &format!("in/{number}.md"),
            paged("SECRET//NOFORN", mark, "(S//NF) He waits.\n\n"),
        );
        let whole = paged(fvey, &mark.replace("SECRET//NOFORN", fvey).replace("Secret", fvey), "");
        write(work.path(), &format!("in/whole-{number}.md"), whole);
    }
    let (code, errors) = release(&work, &["--audience", "FVEY"]);
    assert_eq!(code, 0, "{errors}");
    for (number, (mark, left)) in marks.iter().enumerate() {
        let low = |name: String| fs::read_to_string(work.path().join("low/FVEY").join(name)).unwrap();
        let text = low(format!("{number}.md")).replace("**", "");
        assert_eq!(text, paged(fvey, left, ""), "{mark}");
        let source = fs::read_to_string(work.path().join(format!("in/whole-{number}.md"))).unwrap();
        assert_eq!(low(format!("whole-{number}.md")), source, "{mark}");
    }
}

#[test]
fn a_report_with_nothing_to_cut_comes_out_byte_for_byte() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN);
    let (code, _) = release(&work, &["--audience", "FVEY"]);
    assert_eq!(code, 0);
    assert_eq!(fs::read_to_string(work.path().join("low/FVEY/a.md")).unwrap(), PLAIN);
    assert_eq!(names(&work.path().join("low")), ["FVEY/a.md", "FVEY/manifest.jsonl"]);
    let record = fs::read_to_string(work.path().join("high/FVEY/a.md.review.json")).unwrap();
    assert!(record.contains("\"schema\": \"tearline.review/1\""));
}

#[test]
fn one_bad_input_never_stops_the_others() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/good.md", PLAIN);
    write(work.path(), "in/binary.bin", [0, 159, 146, 150, 0]);
    write(work.path(), "in/empty.md", "");
    write(work.path(), "in/latin.md", b"SECRET\n\n(S) caf\xe9\n");
    write(
        work.path(),
        "in/low-banner.md",
        "CONFIDENTIAL\n\n(S//REL TO USA, FVEY) The quay closes.\n\nCONFIDENTIAL\n",
    );
    write(work.path(), "in/bare.md", "No mark at all stands here.\n");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("..", work.path().join("in/loop")).unwrap();
        assert!(
            std::process::Command::new("mkfifo").arg(work.path().join("in/pipe")).status().unwrap().success()
        );
    }
    let (code, errors) = release(&work, &["--audience", "FVEY"]);
    assert_eq!(code, 3, "{errors}");
    for told in [
        "binary.bin for FVEY: failed",
        "empty.md for FVEY: failed",
        "latin.md for FVEY: failed",
        "low-banner.md for FVEY: held",
        "bare.md for FVEY: held",
    ] {
        assert!(errors.contains(told), "{told} in {errors}");
    }
    let summary = fs::read(work.path().join("high/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    assert_eq!(summary["reports"], 6);
    let figures = &summary["audiences"]["FVEY"];
    let counts = ["released", "held", "withheld", "failed"].map(|status| figures[status].as_u64().unwrap());
    assert_eq!(counts, [1, 2, 0, 3], "{summary:#}");
    let reasons = summary["reasons"].as_array().unwrap();
    let binary = reasons.iter().find(|reason| reason["first"] == "binary.bin").unwrap();
    assert!(binary["status"] == "failed" && binary["outcomes"] == 1, "{summary:#}");
    assert!(binary["reason"].as_str().unwrap().contains("this is no text file"), "{summary:#}");
    #[cfg(unix)]
    for told in ["in/loop: a symbolic link", "in/pipe: not a regular file"] {
        assert!(errors.contains(told), "{told} in {errors}");
    }
    assert_eq!(names(&work.path().join("low")), ["FVEY/good.md", "FVEY/manifest.jsonl"]);
}

#[test]
fn what_is_no_longer_released_is_removed_and_said() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN);
    write(work.path(), "in/b/c.md", PLAIN);
    release(&work, &["--audience", "FVEY"]);
    fs::remove_dir_all(work.path().join("in/b")).unwrap();
    let (code, errors) = release(&work, &["--audience", "FVEY"]);
    assert_eq!(code, 0);
    assert!(errors.contains("removed FVEY/b/c.md"), "{errors}");
    assert_eq!(names(&work.path().join("low")), ["FVEY/a.md", "FVEY/manifest.jsonl"]);
}

#[test]
fn foreign_files_in_the_release_folder_are_refused() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN);
    write(work.path(), "low/FVEY/mine.txt", "not a release");
    let (code, errors) = release(&work, &["--audience", "FVEY"]);
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("mine.txt"), "{errors}");
    assert_eq!(names(&work.path().join("low")), ["FVEY/mine.txt"]);
}

#[test]
fn overlapping_folders_and_wrong_arguments_are_refused_before_anything_is_done() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN);
    let run = |args: &[&str]| tearline().current_dir(&work).args(args).output().unwrap();
    for args in [
        &["release", "in", "--audience", "FVEY", "--out", "in/low", "--review", "high"][..],
        &["release", "in", "--audience", "FVEY", "--out", "x", "--review", "x/high"],
        &["release", "in", "--audience", "NOWHERE", "--out", "low", "--review", "high"],
        &["release", "missing", "--audience", "FVEY", "--out", "low", "--review", "high"],
        &["release", "in", "--audience", "FVEY", "--out", "low", "--review", "high", "--assume", "(XYZZY)"],
        &["release", "in", "--out", "low", "--review", "high"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!work.path().join("low").exists() && !work.path().join("high").exists());
}

#[test]
fn the_same_bytes_for_one_and_many_threads() {
    let work = TempDir::new().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports");
    let mut trees = Vec::new();
    for jobs in ["1", "4"] {
        let low = work.path().join(jobs);
        tearline()
            .args(["release".as_ref(), fixtures.as_os_str()])
            .args(["--audience", "FVEY", "--audience", "USA,GBR", "--jobs", jobs, "--quiet", "--out"])
            .arg(&low)
            .arg("--review")
            .arg(work.path().join(format!("high{jobs}")))
            .output()
            .unwrap();
        let files: Vec<(String, Vec<u8>)> =
            names(&low).into_iter().map(|name| (name.clone(), fs::read(low.join(name)).unwrap())).collect();
        assert!(files.len() > 20);
        trees.push(files);
    }
    assert!(trees[0] == trees[1], "the trees differ");
}

#[test]
fn neutral_names_tell_nothing_and_are_numbered_without_gaps() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN);
    write(work.path(), "in/b.md", "No mark.\n");
    write(work.path(), "in/c.md", PLAIN);
    release(&work, &["--audience", "FVEY", "--names", "neutral"]);
    assert_eq!(
        names(&work.path().join("low")),
        ["FVEY/manifest.jsonl", "FVEY/report-000001.md", "FVEY/report-000002.md"]
    );
    let manifest = fs::read_to_string(work.path().join("high/manifest.jsonl")).unwrap();
    assert!(
        manifest.contains(
            r#""path":"c.md","audience":"FVEY","status":"released","released_as":"report-000002.md""#
        ),
        "{manifest}"
    );
}

#[test]
fn local_terms_and_patterns_are_used() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN.replace("closes", "of Zephyrine closes"));
    write(work.path(), "terms.txt", "zephyrine\tcodeword\n");
    let (code, _) = release(&work, &["--audience", "FVEY", "--terms", "terms.txt"]);
    assert_eq!(code, 0);
    let text = fs::read_to_string(work.path().join("low/FVEY/a.md")).unwrap();
    assert!(!text.contains("Zephyrine") && text.contains("The quay at Dravik closes on 3 May."), "{text}");
}

#[test]
fn rules_alone_find_when_the_reader_is_switched_off() {
    let work = TempDir::new().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports/02-regency.md");
    let record = |more: &[&str]| -> serde_json::Value {
        let review = work.path().join("high");
        tearline()
            .args(["release".as_ref(), fixture.as_os_str(), "--audience".as_ref(), "FVEY".as_ref()])
            .arg("--out")
            .arg(work.path().join("low"))
            .arg("--review")
            .arg(&review)
            .args(more)
            .output()
            .unwrap();
        serde_json::from_slice(&fs::read(review.join("FVEY/02-regency.md.review.json")).unwrap()).unwrap()
    };
    let read = |record: &serde_json::Value| record["edits"].to_string().contains(".statistical");
    let (with, without) = (record(&[]), record(&["--no-reader"]));
    assert!(read(&with) && !read(&without));
    assert_ne!(with["rules"]["sha256"], without["rules"]["sha256"], "the record says what was used");
}

#[test]
fn stream_answers_each_line_in_order_and_never_stops() {
    let line = |id: &str, text: &str| serde_json::json!({ "id": id, "text": text }).to_string();
    let input = [line("1", PLAIN), "not json".into(), line("3", "No mark."), line("4", PLAIN)].join("\n");
    let output = tearline().args(["stream", "--audience", "FVEY"]).write_stdin(input).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let answers: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let statuses: Vec<&str> = answers.iter().map(|answer| answer["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["released", "failed", "held", "released"]);
    assert_eq!(answers[0]["text"], PLAIN);
    assert_eq!(answers[2].get("text"), None);
}

/// Lines of a stream: reports that are released, held and broken, of many lengths.
fn stream_lines() -> Vec<String> {
    let line = |number: usize| {
        let body = format!("(S//REL TO USA, FVEY) Quay {number} at Dravik closes on 3 May.\n\n");
        let text = match number % 7 {
            3 => "No mark.".to_owned(),
            _ => format!("SECRET//REL TO USA, FVEY\n\n{}", body.repeat(1 + number * 37 % 50)),
        };
        match number % 7 {
            5 => format!("broken {number}"),
            6 => serde_json::json!({ "id": number, "text": "a\u{0}b" }).to_string(),
            _ => serde_json::json!({ "id": number, "text": text }).to_string(),
        }
    };
    (0..60).map(line).collect()
}

#[test]
fn stream_gives_the_same_bytes_for_any_threads_limit_and_compression() {
    use std::io::Write as _;
    let work = TempDir::new().unwrap();
    let plain = stream_lines().join("\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(plain.as_bytes(), 1).unwrap();
    let run = |input: &[u8], jobs: &str, most: &str| {
        let output = tearline()
            .current_dir(&work)
            .args(["stream", "--audience", "FVEY", "--review", "records.jsonl"])
            .args(["--jobs", jobs, "--max-in-flight", most])
            .write_stdin(input)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        (String::from_utf8(output.stdout).unwrap(), fs::read(work.path().join("records.jsonl")).unwrap())
    };
    let first = run(plain.as_bytes(), "1", "64M");
    for (input, jobs, most) in [(plain.as_bytes(), "4", "6K"), (&gzip, "3", "64M"), (&zstd, "2", "16K")] {
        assert!(run(input, jobs, most) == first, "{jobs} {most}");
    }
    let answers: Vec<serde_json::Value> =
        first.0.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 60);
    for (number, answer) in answers.iter().enumerate() {
        let status = ["released", "released", "released", "held", "released", "failed", "failed"][number % 7];
        assert_eq!(answer["status"], status, "{answer}");
        assert_eq!(answer["id"], if number % 7 == 5 { serde_json::Value::Null } else { number.into() });
    }
    assert!(!first.0.contains("\"edits\""), "records went out with the answers");
    assert_eq!(
        first.1.iter().filter(|byte| **byte == b'\n').count(),
        60 - 8,
        "a line that is no report has no record"
    );
}

#[test]
fn stream_tells_what_is_too_long_or_cut_off_and_answers_the_rest() {
    let line = |text: &str| serde_json::json!({ "id": 1, "text": text }).to_string() + "\n";
    let run = |input: Vec<u8>| {
        let args = ["stream", "--audience", "FVEY", "--max-in-flight", "2K"];
        let output = tearline().args(args).write_stdin(input).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (out, _) = run([line(PLAIN), line(&PLAIN.repeat(30)), line(PLAIN)].concat().into_bytes());
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines.len() == 3 && lines[0] == lines[2] && lines[0].contains("released"), "{out}");
    assert!(lines[1].contains("more than 2048 bytes; raise --max-in-flight"), "{out}");
    let mut cut = zstd::encode_all(line(PLAIN).repeat(3).as_bytes(), 1).unwrap();
    cut.truncate(cut.len() - 2);
    let (_, errors) = run(cut);
    assert!(errors.starts_with("standard input after "), "{errors}");
    for wrong in ["0", "many", "-1"] {
        let args = ["stream", "--audience", "FVEY", "--max-in-flight", wrong];
        assert_eq!(tearline().args(args).output().unwrap().status.code(), Some(2), "{wrong}");
    }
}

#[cfg(unix)]
#[test]
fn the_records_of_a_stream_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let work = TempDir::new().unwrap();
    let args = ["stream", "--audience", "FVEY", "--review", "records.jsonl"];
    tearline().current_dir(&work).args(args).write_stdin("").assert().code(0);
    let found = fs::metadata(work.path().join("records.jsonl")).unwrap();
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_diff_begins_with_the_banner_of_the_source() {
    let work = TempDir::new().unwrap();
    write(
        work.path(),
        "a.md",
        PLAIN.replace("SECRET//REL TO USA, FVEY\n\n(", "SECRET//NOFORN\n\n(S//NF) He waits.\n\n("),
    );
    for format in ["unified", "words", "side-by-side", "markdown"] {
        let output = tearline()
            .current_dir(&work)
            .args(["diff", "a.md", "--audience", "FVEY", "--format", format])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("SECRET//NOFORN\n"), "{text}");
        assert!(text.contains("waits.") || format == "markdown", "{text}");
    }
}

/// A report with something in every channel that a reader does not see.
const CHANNELS: &str = "---
title: The quay
author: Ilmar Votik
keys: [a, b]
---

SECRET//REL TO USA, FVEY

(S//REL TO USA, FVEY) The [quay](https://example.org \"x\") at ![map](m.png) Dravik<!-- c --> closes <b class=\"k\">on</b><br>3 May\u{200B}.[^note] ~~Or not.~~

## (U) Berths {#berths .c}

```sql secret
(U) select
```

```text
(U) plain
```

| (U) Berth |
|---|
| (U) Two | surplus |

<script>
s()
</script>

[used]: https://example.org
[used]: https://example.org/again

[^note]: (U) So they say.

SECRET//REL TO USA, FVEY
";

#[test]
fn each_hidden_channel_that_is_dropped_is_in_the_record() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", CHANNELS);
    let (code, errors) = release(&work, &["--audience", "FVEY"]);
    assert!(code <= 1, "{errors}");
    let text = fs::read_to_string(work.path().join("low/FVEY/a.md")).unwrap();
    for gone in
        ["title", "http", "m.png", "<", "secret", "surplus", "#berths", "note", "Or not", "s()", "\u{200B}"]
    {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    let record = fs::read_to_string(work.path().join("high/FVEY/a.md.review.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    let dropped: Vec<(&str, &str)> = record["edits"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|edit| edit["action"] == "drop")
        .map(|edit| (edit["rule"].as_str().unwrap(), edit["before"].as_str().unwrap()))
        .collect();
    for (rule, words) in [
        ("channel.front-matter", "Ilmar Votik"),
        ("channel.link-target", "https://example.org \"x\""),
        ("channel.image", "![map](m.png)"),
        ("channel.comment", "<!-- c -->"),
        ("channel.html-tag", "<b class=\"k\">"),
        ("channel.html-tag", "<br>"),
        ("channel.invisible-character", "\u{200B}"),
        ("channel.footnote-label", "note"),
        ("channel.struck-text", "~~Or not.~~"),
        ("channel.heading-attributes", "{#berths .c}"),
        ("channel.info-string", "sql secret"),
        ("channel.info-string", "text"),
        ("channel.surplus-cell", "surplus"),
        ("channel.script", "s()"),
        ("channel.reference-definition", "https://example.org/again"),
    ] {
        let found = dropped.iter().any(|(by, before)| *by == rule && before.contains(words));
        assert!(found, "{rule} {words} in {dropped:#?}");
    }
}

#[test]
fn the_policy_lets_channels_stand_unless_a_rule_finds_something_in_them() {
    let work = TempDir::new().unwrap();
    let policy = "[channels]\nfront_matter = [\"title\", \"keys\", \"origin\"]\ninfo_strings = [\"text\"]\n";
    write(work.path(), "policy.toml", policy);
    let source = CHANNELS.replace("keys:", "origin: A clerk in the port office told us that\nkeys:");
    write(work.path(), "in/a.md", &source);
    let (code, errors) = release(&work, &["--audience", "FVEY", "--policy", "policy.toml"]);
    assert!(code <= 1, "{errors}");
    let text = fs::read_to_string(work.path().join("low/FVEY/a.md")).unwrap();
    assert!(text.starts_with("---\ntitle: The quay\n---\n\nSECRET//REL TO USA, FVEY\n"), "{text}");
    assert!(text.contains("```text\n(U) plain") && text.contains("```\n(U) select"), "{text}");
    let record = fs::read_to_string(work.path().join("high/FVEY/a.md.review.json")).unwrap();
    assert!(record.contains("\"after\": \"---\\ntitle: The quay\\n---"), "{record}");
    let verified = tearline()
        .current_dir(&work)
        .args(["verify", "low", "--against", "in", "--audience", "FVEY"])
        .output()
        .unwrap();
    assert_eq!(verified.status.code(), Some(4), "without that policy the channels must not stand");
    let verified = tearline()
        .current_dir(&work)
        .args(["verify", "low", "--against", "in", "--audience", "FVEY", "--policy", "policy.toml"])
        .output()
        .unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn a_diff_shows_one_category_when_asked() {
    let work = TempDir::new().unwrap();
    let call =
        "(S//REL TO USA, FVEY) The bridge at Osk was rebuilt in April, according to an intercepted call.";
    write(work.path(), "a.md", SOURCED.replacen("\n\n(", &format!("\n\n{call}\n\n("), 1));
    for format in ["unified", "words", "side-by-side", "json", "markdown"] {
        let diff = |more: &[&str]| {
            let args = ["diff", "a.md", "--audience", "FVEY", "--format", format, "--width", "400"];
            let output = tearline().current_dir(&work).args(args).args(more).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let (all, one) = (diff(&[]), diff(&["--only", "sigint"]));
        assert!(all.contains("clerk") && all.contains("intercepted"), "{format}: {all}");
        assert!(!one.contains("a clerk") && one.contains("intercepted"), "{format}: {one}");
    }
    tearline().args(["diff", "a.md", "--audience", "FVEY", "--only", "rumour"]).assert().code(2);
}

#[test]
fn a_diff_compares_with_a_release_made_elsewhere() {
    let work = TempDir::new().unwrap();
    write(work.path(), "a.md", SOURCED);
    write(work.path(), "theirs.md", SOURCED.replace("clerk in the port office", "person"));
    let args = ["diff", "a.md", "theirs.md", "--audience", "FVEY", "--format", "words"];
    let output = tearline().current_dir(&work).args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("{+person+}"), "{text}");
    assert!(text.contains("on 3 May"), "{text}");
}

const SOURCED: &str = "SECRET//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) The quay at Dravik will close on 3 May. So says a clerk in the port office whom our officer pays.\n\nSECRET//REL TO USA, FVEY\n";

/// The id of the edit in a record that takes out these words.
fn edit_id(work: &TempDir, path: &str, words: &str) -> String {
    let record = fs::read(work.path().join("high/FVEY").join(format!("{path}.review.json"))).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let edits = record["edits"].as_array().unwrap().iter();
    let edit = edits.into_iter().find(|edit| edit["before"].as_str().unwrap().contains(words)).unwrap();
    edit["id"].as_str().unwrap().to_owned()
}

#[test]
fn decisions_change_the_next_release_and_nothing_else() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", SOURCED);
    write(work.path(), "in/b.md", SOURCED);
    write(work.path(), "in/c.md", PLAIN);
    release(&work, &["--audience", "FVEY"]);
    let read = |path: &str| fs::read_to_string(work.path().join(path)).unwrap();
    let (b, c) = (read("low/FVEY/b.md"), read("low/FVEY/c.md"));
    let decision = |scope: &str| {
        format!(
            r#"{{"source":"a.md","audience":"*","scope":"{scope}","edit":"{}","decision":"reject","by":"R. Ames","at":"2026-01-31T09:00:00Z","reason":"printed"}}"#,
            edit_id(&work, "a.md", "clerk")
        )
    };
    write(work.path(), "one.jsonl", decision("one"));
    let (code, stderr) = release(&work, &["--audience", "FVEY", "--decisions", "one.jsonl"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(read("low/FVEY/a.md"), SOURCED);
    assert_eq!((read("low/FVEY/b.md"), read("low/FVEY/c.md")), (b, c.clone()));
    write(work.path(), "equal.jsonl", decision("equal"));
    let (code, stderr) = release(&work, &["--audience", "FVEY", "--decisions", "equal.jsonl"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(read("low/FVEY/b.md"), SOURCED, "the equal span of another report");
    assert_eq!(read("low/FVEY/c.md"), c);
}

#[test]
fn decisions_go_into_a_review_folder_and_come_out_of_it() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", SOURCED);
    release(&work, &["--audience", "FVEY"]);
    let line = format!(
        r#"{{"source":"a.md","audience":"FVEY","scope":"one","edit":"{}","decision":"reject","by":"R. Ames","at":"2026-01-31T09:00:00Z","reason":"printed"}}"#,
        edit_id(&work, "a.md", "clerk")
    );
    write(work.path(), "d.jsonl", format!("{line}\n"));
    let decisions = |args: &[&str]| {
        let output = tearline().current_dir(&work).arg("decisions").args(args).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(decisions(&["export", "high"]).0, 2, "there are none yet");
    assert_eq!(decisions(&["import", "high", "d.jsonl"]).0, 0);
    assert_eq!(decisions(&["import", "high", "d.jsonl"]).0, 0);
    assert_eq!(decisions(&["export", "high"]), (0, format!("{line}\n")));
    assert_eq!(decisions(&["verify", "high"]).0, 0);
    let (code, stderr) = release(&work, &["--audience", "FVEY", "--decisions", "high"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(fs::read_to_string(work.path().join("low/FVEY/a.md")).unwrap(), SOURCED);
    write(work.path(), "in/a.md", SOURCED.replace("a clerk", "a guard"));
    let (code, stderr) = release(&work, &["--audience", "FVEY", "--decisions", "high"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("not carried out: reject of") && stderr.contains("R. Ames"), "{stderr}");
    assert!(!stderr.contains("guard") && !stderr.contains("clerk"), "{stderr}");
    assert!(!fs::read_to_string(work.path().join("low/FVEY/a.md")).unwrap().contains("guard"));
}

#[test]
fn pages_are_written_beside_the_records() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/sub/a.md", SOURCED);
    release(&work, &["--audience", "FVEY", "--html"]);
    let read = |path: &str| fs::read_to_string(work.path().join(path)).unwrap();
    assert!(read("high/FVEY/sub/a.md.html").contains("clerk"));
    assert!(read("high/FVEY/index.html").contains("href=\"sub/a.md.html\""));
    assert_eq!(names(&work.path().join("low")), ["FVEY/manifest.jsonl", "FVEY/sub/a.md"]);
}

fn fixture(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs the program and returns (exit code, standard output, standard error).
fn run(args: &[&str]) -> (i32, String, String) {
    let output = tearline().args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn eval_measures_labelled_reports_and_shows_their_words_only_when_asked() {
    let (gold, sources) = (fixture("fixtures/eval/gold.jsonl"), fixture("fixtures/eval"));
    let eval = |more: &[&str]| {
        let args = ["eval", "--gold", gold.to_str().unwrap(), "--sources", sources.to_str().unwrap()];
        run(&[&args[..], more].concat())
    };
    let (code, text, _) = eval(&[]);
    assert_eq!(code, 0);
    assert!(text.contains("released 4/4") && !text.contains("[["), "{text}");
    let (_, shown, _) = eval(&["--show-text"]);
    assert!(shown.contains("[["), "{shown}");
    let (_, json, _) = eval(&["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["docs"], 4);
    assert!(json["spans"].as_u64().unwrap() > 20);
    let misses = json["misses"].as_array().unwrap();
    let readable = misses.iter().filter(|miss| miss["place"] == "readable").count();
    assert_eq!(json["leaks"].as_u64().unwrap(), readable as u64);
    assert!(misses.iter().all(|miss| miss.get("text").is_none() && miss["line"].as_u64().unwrap() > 0));
    let words: u64 =
        json["false_cuts"].as_array().unwrap().iter().map(|cut| cut["words"].as_u64().unwrap()).sum();
    assert_eq!(words, json["removed"].as_u64().unwrap() - json["right"].as_u64().unwrap());
    let (_, one, _) = eval(&["--json", "--only", "reports/1"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&one).unwrap()["docs"], 1);
}

#[test]
fn eval_tells_what_it_cannot_use() {
    let work = TempDir::new().unwrap();
    let gold = fixture("fixtures/eval/gold.jsonl");
    let folder = work.path().to_str().unwrap();
    let eval = |gold: &str| run(&["eval", "--gold", gold, "--sources", folder]);
    let (code, _, errors) = eval(gold.to_str().unwrap());
    assert_eq!(code, 3, "the sources are missing");
    assert!(errors.contains("reports/1.md: "), "{errors}");
    write(work.path(), "reports/1.md", "SECRET\n\n(S) Another text.\n");
    let (_, _, errors) = eval(gold.to_str().unwrap());
    assert!(errors.contains("reports/1.md: the label at byte"), "{errors}");
    write(work.path(), "gold.jsonl", "{\"file\":\"a.md\",\"spans\":[]}\n\n{\"secret words\"}\n");
    let (code, _, errors) = eval(work.path().join("gold.jsonl").to_str().unwrap());
    assert_eq!(code, 2);
    assert!(errors.contains("line 3") && !errors.contains("secret words"), "{errors}");
}

#[test]
fn the_schema_of_rules_is_printed() {
    let (code, text, _) = run(&["rules", "schema"]);
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &schema["$schema"]), (0, &"https://json-schema.org/draft/2020-12/schema".into()));
}

#[test]
fn a_diff_of_rules_tells_what_differs_and_where() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN.replace("closes", "of zephyrine closes"));
    let rule = |confidence: &str, shape: &str| {
        format!(
            "[[rule]]\nid = \"codeword.stone\"\ncategory = \"codeword\"\ntitle = \"A stone\"\nwhy = \"A cover term.\"\n\
             shape = \"{shape}\"\nconfidence = {confidence}\ntest = [\"⟦zephyrine⟧ it is.\", \"! It is a stone.\"]\n"
        )
    };
    write(work.path(), "one/codeword/stone.toml", rule("0.9", "zephyrine"));
    write(work.path(), "two/codeword/stone.toml", rule("0.5", "zephyrine"));
    write(work.path(), "three/codeword/stone.toml", rule("0.9", "of? zephyrine"));
    let diff = |old: &str, new: &str, more: &[&str]| {
        let output = tearline()
            .current_dir(&work)
            .args(["rules", "diff", old, new, "in"])
            .args(more)
            .output()
            .unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let whole = fixture("patterns");
    let (code, text) = diff("built-in", whole.to_str().unwrap(), &[]);
    assert_eq!((code, text.as_str()), (0, "1 reports: no difference\n"));
    for (old, new, kind) in [
        ("built-in", "one", "appears"),
        ("one", "built-in", "vanishes"),
        ("one", "two", "confidence"),
        ("one", "three", "extent"),
    ] {
        let (code, text) = diff(old, new, &[]);
        assert_eq!(code, 1, "{text}");
        let line = text.lines().next().unwrap();
        assert!(
            line.starts_with("a.md:3:") && line.contains(kind) && line.contains("codeword.stone"),
            "{text}"
        );
        assert!(!text.contains("zephyrine"), "{text}");
    }
    let (_, text) = diff("built-in", "one", &["--show-text"]);
    assert!(text.contains("of [[zephyrine]] closes"), "{text}");
}

/// Three reports: one binds a cover name and a pseudonym where the audience may not read, the others use them and words like them.
fn linked_reports(work: &TempDir) {
    let mark = "(S//REL TO USA, FVEY)";
    let report = |text: &str| format!("SECRET//NOFORN\n\n{text}\n\nSECRET//NOFORN\n");
    let binding = "(S//NF) The implant, known as GLASSWING, is lost. Walter K. ARMBRUSTER will see him.";
    write(
        work.path(),
        "in/a.md",
        report(&format!("{binding}\n\n{mark} The quay at Dravik closes on 3 May.")),
    );
    let using = "The GLASSWING crew left Dravik on 4 May. The mayor and ARMBRUSTER met at the quay.";
    write(work.path(), "in/b.md", report(&format!("{mark} {using}")));
    let alike = "A glasswing is a butterfly of the Dravik hills. An armbruster makes crossbows.";
    write(work.path(), "in/c.md", report(&format!("{mark} {alike}")));
}

#[test]
fn linked_reports_share_the_names_that_one_of_them_binds() {
    let work = TempDir::new().unwrap();
    linked_reports(&work);
    let read = |path: &str| fs::read_to_string(work.path().join(path)).unwrap();
    let (code, errors) = release(&work, &["--audience", "FVEY", "--no-reader"]);
    assert_eq!(code, 0, "{errors}");
    let (alone, binding) = (read("low/FVEY/b.md"), read("low/FVEY/a.md"));
    assert!(alone.contains("GLASSWING") && alone.contains("ARMBRUSTER"), "no rule finds them there: {alone}");
    let (code, errors) = release(&work, &["--audience", "FVEY", "--no-reader", "--link-reports"]);
    assert_eq!(code, 0, "{errors}");
    let linked = read("low/FVEY/b.md");
    assert!(!linked.contains("GLASSWING") && !linked.contains("ARMBRUSTER"), "{linked}");
    assert!(linked.contains("4 May") && linked.contains("quay"), "{linked}");
    assert_eq!(read("low/FVEY/a.md"), binding, "a report's own names are no links");
    let alike = read("low/FVEY/c.md");
    assert!(alike.contains("A glasswing is a butterfly") && alike.contains("An armbruster makes"), "{alike}");
    let record: serde_json::Value = serde_json::from_str(&read("high/FVEY/b.md.review.json")).unwrap();
    let told: Vec<&str> = record["edits"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|edit| edit["reason"].as_str().unwrap().contains("bound in a.md"))
        .map(|edit| edit["category"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["codeword", "personnel"], "{record:#}");
}

#[test]
fn linked_reports_give_the_same_bytes_for_any_number_of_threads() {
    let work = TempDir::new().unwrap();
    linked_reports(&work);
    // Two more reports bind the same name: the first by its path is named, whoever is read first.
    for name in ["in/0.md", "in/z.md"] {
        write(work.path(), name, fs::read(work.path().join("in/a.md")).unwrap());
    }
    write(work.path(), "in/bad.md", [0xFF, 0x00]);
    let key = [7; 32];
    let mut trees = Vec::new();
    for jobs in ["1", "3", "4"] {
        write(work.path(), &format!("high{jobs}/.key"), key);
        let output = tearline()
            .current_dir(&work)
            .args(["release", "in", "--audience", "FVEY", "--link-reports", "--quiet", "--jobs", jobs])
            .args(["--out", &format!("low{jobs}"), "--review", &format!("high{jobs}")])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "one input cannot be read");
        let tree = |side: &str| -> Vec<(String, Vec<u8>)> {
            let folder = work.path().join(format!("{side}{jobs}"));
            files(&folder).into_iter().collect()
        };
        trees.push((tree("low"), tree("high")));
    }
    assert!(trees[0] == trees[1] && trees[0] == trees[2], "the trees differ");
    let record = trees[0].1.iter().find(|(name, _)| name == "FVEY/b.md.review.json").unwrap();
    assert!(String::from_utf8_lossy(&record.1).contains("bound in 0.md"));
}

#[test]
fn linked_reports_cannot_come_from_standard_input() {
    let work = TempDir::new().unwrap();
    let output = tearline()
        .current_dir(&work)
        .args(["release", "-", "--audience", "FVEY", "--link-reports", "--out", "low", "--review", "high"])
        .write_stdin(PLAIN)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!work.path().join("low").exists());
}

#[test]
fn a_report_over_the_time_limit_fails_with_the_reason() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN);
    write(work.path(), "short.toml", "[limits]\nseconds = 1e-9\n");
    write(work.path(), "long.toml", "[limits]\nseconds = 3600\n");
    write(work.path(), "none.toml", "[limits]\nseconds = 0\n");
    let (code, errors) = release(&work, &["--audience", "FVEY", "--policy", "short.toml"]);
    assert_eq!(code, 3);
    assert!(
        errors.contains("a.md for FVEY: failed: it took more than 0.000000001 seconds; split"),
        "{errors}"
    );
    let (code, _) = release(&work, &["--audience", "FVEY", "--policy", "long.toml", "--resume"]);
    assert_eq!(code, 0);
    let (code, errors) = release(&work, &["--audience", "FVEY", "--policy", "none.toml"]);
    assert!(code == 2 && errors.contains("seconds must be a number above 0"), "{errors}");
    let line = serde_json::json!({ "id": 1, "text": PLAIN }).to_string();
    let output = tearline()
        .current_dir(work.path())
        .args(["stream", "--audience", "FVEY", "--policy", "short.toml"])
        .write_stdin(line)
        .output()
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["status"] == "failed" && answer["error"].as_str().unwrap().contains("it took more than"));
}

#[test]
fn the_summary_counts_a_reason_once_and_categories_for_each_audience() {
    let work = TempDir::new().unwrap();
    let told = PLAIN.replace("The quay", "A clerk told us that the quay");
    write(work.path(), "in/told.md", told);
    for number in 0..3 {
        let low = format!("CONFIDENTIAL//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) Quay {number} closes.\n");
        write(work.path(), &format!("in/low-{number}.md"), low);
    }
    let (code, errors) = release(&work, &["--audience", "FVEY", "--audience", "USA,GBR", "--html"]);
    assert_eq!(code, 1);
    assert_eq!(errors.matches("sign portion report-").count(), 6, "each is named where it is told: {errors}");
    let read = |name: &str| fs::read_to_string(work.path().join("high").join(name)).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    let reasons = summary["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 1, "{summary}");
    assert_eq!((&reasons[0]["reports"], &reasons[0]["outcomes"]), (&3.into(), &6.into()));
    assert_eq!((&reasons[0]["first"], &reasons[0]["audience"]), (&"low-0.md".into(), &"FVEY".into()));
    for audience in ["FVEY", "USA,GBR"] {
        assert_eq!(summary["audiences"][audience]["findings"]["humint"], 1, "{summary}");
    }
    let page = read("summary.html");
    assert!(page.contains("href=\"FVEY/low-0.md.html\"") && read("FVEY/low-0.md.html").contains("<html"));
    assert!(
        page.contains("<td class=\"num\">1</td><td class=\"num\">1</td><td class=\"num\">2</td>"),
        "{page}"
    );
}

#[test]
fn the_summary_of_a_run_is_a_page_and_tells_times_only_when_asked() {
    let work = TempDir::new().unwrap();
    write(work.path(), "in/a.md", PLAIN);
    write(work.path(), "in/<b>&.md", PLAIN.replace("REL TO USA, FVEY", "NOFORN"));
    write(work.path(), "in/c.md", "No mark at all.\n");
    let (code, _) = release(&work, &["--audience", "FVEY", "--audience", "NATO", "--html"]);
    assert_eq!(code, 1);
    let read = |name: &str| fs::read_to_string(work.path().join("high").join(name)).unwrap();
    let page = read("summary.html");
    for told in [
        "3 reports",
        "href=\"FVEY/index.html\"",
        "1 of 3 released",
        "NO BANNER IN THE SOURCE",
        "carries no marking",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert!(page.contains("&#60;b&#62;&#38;.md") && !page.contains("<b>&.md"), "names are escaped");
    let summary: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    let figures = &summary["audiences"]["FVEY"];
    assert_eq!(figures["kept"], PLAIN.len());
    assert!(figures["bytes"].as_u64() > figures["kept"].as_u64());
    let part = PLAIN.len() as f64 / figures["bytes"].as_f64().unwrap();
    assert!((figures["retention"].as_f64().unwrap() - part).abs() < 0.0001, "{figures}");
    assert!(summary.get("slowest").is_none() && !page.contains("Slowest"));
    release(&work, &["--audience", "FVEY", "--timings"]);
    let summary: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    assert_eq!(summary["slowest"].as_array().unwrap().len(), 3);
    assert!(read("summary.html").contains("Slowest reports"));
}
