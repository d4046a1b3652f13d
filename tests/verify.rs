//! `tearline verify`: it passes what this tool releases, and finds each planted leak by the check that is for it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use std::sync::LazyLock;

use assert_cmd::Command;
use tearline::batch::walk;
use tearline::inspect::Inspector;
use tearline::{Audience, Ingest, Pipeline};
use tempfile::TempDir;

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::built_in().unwrap());

const SOURCE: &str = "\
SECRET//NOFORN

(U) # Harbour works

(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May for repairs to the northern crane.

(S//REL TO USA, FVEY) Project GREY HERON (hereafter HERON) covers two ships, which left Osk on 4 May with cement.

(S//NF) A clerk in the port office named Ilmar Votik will carry the second ledger to the embassy on 17 June.

(C//REL TO USA, FVEY) The ferry line to Kesh runs twice a week until the winter timetable begins.

SECRET//NOFORN
";

const CLEAN: &str = "\
SECRET//REL TO USA, FVEY

(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May for repairs to the northern crane.

(C//REL TO USA, FVEY) The ferry line to Kesh runs twice a week until the winter timetable begins.

SECRET//REL TO USA, FVEY
";

fn tearline() -> Command {
    Command::cargo_bin("tearline").unwrap()
}

fn write(file: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// Verifies one release of [`SOURCE`]; the exit code, standard output and standard error.
fn verify(name: &str, release: impl AsRef<[u8]>, more: &[&str]) -> (i32, String, String) {
    let work = TempDir::new().unwrap();
    write(&work.path().join("in/a.md"), SOURCE);
    write(&work.path().join("low").join(name), release);
    run(&work, more)
}

fn run(work: &TempDir, more: &[&str]) -> (i32, String, String) {
    let output = tearline()
        .current_dir(work)
        .args(["verify", "low", "--against", "in", "--audience", "FVEY"])
        .args(more)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The checks that standard output names.
fn checks(out: &str) -> Vec<&str> {
    let mut checks: Vec<&str> = out.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    checks.sort_unstable();
    checks.dedup();
    checks
}

/// The checks that find something in one release of [`SOURCE`], without a process for each.
fn found(name: &str, release: impl AsRef<[u8]>) -> Vec<&'static str> {
    let work = TempDir::new().unwrap();
    write(&work.path().join("in/a.md"), SOURCE);
    write(&work.path().join("low").join(name), release);
    inspected(&work)
}

fn inspected(work: &TempDir) -> Vec<&'static str> {
    let audience = Audience::parse("FVEY", PIPELINE.policy()).unwrap();
    let sources = walk(&[work.path().join("in")]).unwrap().inputs;
    let low = work.path().join("low");
    let inspection = Inspector::new(&PIPELINE, &audience).folder(&low, &sources, Ingest::default()).unwrap();
    let mut checks: Vec<&str> = inspection.faults.iter().map(|fault| fault.check).collect();
    checks.sort_unstable();
    checks.dedup();
    checks
}

#[test]
fn a_clean_release_passes() {
    let (code, out, errors) = verify("a.md", CLEAN, &[]);
    assert_eq!((code, out.as_str()), (0, ""), "{errors}");
    assert!(errors.contains("1 releases; 0 file(s) must not stand"), "{errors}");
}

#[test]
fn what_this_tool_releases_passes() {
    let work = TempDir::new().unwrap();
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports");
    for (audience, names) in [("FVEY", "keep"), ("USA,GBR", "neutral")] {
        let low = work.path().join(names);
        tearline()
            .arg("release")
            .arg(&reports)
            .args(["--audience", audience, "--quiet", "--names", names, "--out"])
            .arg(&low)
            .arg("--review")
            .arg(work.path().join(format!("high-{names}")))
            .output()
            .unwrap();
        let output = tearline()
            .arg("verify")
            .arg(&low)
            .arg("--against")
            .arg(&reports)
            .args(["--audience", audience, "--show-text"])
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{audience} {names}: {out}");
        assert!(fs::read_dir(low.join(audience)).unwrap().count() > 15);
    }
}

/// A clean release with `from` changed to `to`.
fn planted(from: &str, to: &str) -> String {
    assert!(CLEAN.contains(from), "{from}");
    CLEAN.replacen(from, to, 1)
}

#[test]
fn each_planted_leak_is_found_by_its_check() {
    let quay = "The quay at Dravik";
    for (check, release) in [
        // A mark beyond the audience's rights, an unmarked text, an unknown control.
        ("marks", planted("(C//REL TO USA, FVEY)", "(C//NF)")),
        ("marks", planted("(C//REL TO USA, FVEY) ", "")),
        ("marks", planted("(C//REL TO USA, FVEY)", "(C//XYZZY//REL TO USA, FVEY)")),
        ("banner", planted("SECRET//REL", "CONFIDENTIAL//REL")),
        ("banner", planted("SECRET//REL TO USA, FVEY", "SECRET//NOFORN")),
        ("unmarked", CLEAN.replace("SECRET//REL TO USA, FVEY\n", "\n")),
        ("findings", planted(quay, "A clerk in the port office told us that the quay at Dravik")),
        ("residue", planted(quay, "Under GREY HERON the quay at Dravik")),
        ("residue", planted(quay, "Under grey-heron the quay at Dravik")),
        ("residue", planted(quay, "Under G R E Y  H E R O N the quay at Dravik")),
        ("residue", planted(quay, "Under ＧＲＥＹ ＨＥＲＯＮ the quay at Dravik")),
        ("residue", planted(quay, "[The quay](u/%47%52EY%20HERON) at Dravik")),
        ("residue", planted(quay, "<!-- &#71;REY HERON -->The quay at Dravik")),
        ("channels", planted(quay, "[The quay](https://example.org) at Dravik")),
        ("channels", planted(quay, "![The quay](q.png) The quay at Dravik")),
        ("channels", planted(quay, "<b>The quay</b> at Dravik")),
        ("channels", planted(quay, "The<br>quay at Dravik")),
        ("channels", planted(quay, "The qu\u{200B}ay at Dravik")),
        ("channels", format!("{CLEAN}\n<!-- seen -->\n")),
        ("channels", format!("---\nauthor: x\n---\n\n{CLEAN}")),
        ("channels", format!("{CLEAN}\n[x]: https://example.org\n")),
        ("characters", planted("Dravik", "Drаvik")),
        ("form", planted("(C//", "TEARLINE\n\n(C//")),
        ("form", planted("(C//", "Derived From: Multiple Sources\n\n(C//")),
        (
            "withheld",
            planted(quay, "He will carry the second ledger to the embassy soon. The quay at Dravik"),
        ),
        (
            "withheld",
            planted(quay, "He will c a r r y the **sec**ond ledger to the embassy. The quay at Dravik"),
        ),
        ("words", planted(quay, "The friend of Mr Votik works. The quay at Dravik")),
        ("structure", planted("(C//", "- \n- (U) Two\n\n(C//")),
        ("structure", planted("(C//", "1. (U) One\n3. (U) Three\n\n(C//")),
        ("structure", planted("(C//", "## (U) Berths\n\n## (U) Ferries\n\n(C//")),
        ("structure", CLEAN.replace("begins.\n", "begins.\n\n## (U) Berths\n")),
        ("structure", planted("northern crane.", "northern crane.[^1]")),
        ("structure", planted("(C//", "[^1]: (U) Two\n\n(C//")),
        ("lowered", planted("(S//REL TO USA, FVEY)", "(C//REL TO USA, FVEY)")),
    ] {
        let found = found("a.md", &release);
        assert!(found.contains(&check), "{check} in {found:?}: {release}");
    }
}

#[test]
fn files_names_and_manifests_are_checked() {
    let entry = |path: &str, more: &str| {
        let digest = "0".repeat(64);
        format!(
            "{{\"path\":\"{path}\",\"sha256\":\"{digest}\",\"bytes\":1,\"banner\":null,\"tool\":\"t\"{more}}}\n"
        )
    };
    for (check, name, text) in [
        (
            "unmatched",
            "z.md",
            "SECRET//REL TO USA, FVEY\n\n(U) Nothing of that kind stands anywhere.\n".to_owned(),
        ),
        ("name", "GREY HERON.md", CLEAN.to_owned()),
        ("name", "grey-heron/a.md", CLEAN.to_owned()),
        ("name", "GREY_HERON.md", CLEAN.to_owned()),
        ("name", "G R E Y HERON.md", CLEAN.to_owned()),
        ("manifest", "manifest.jsonl", entry("gone.md", "")),
        ("manifest", "manifest.jsonl", "no json\n".to_owned()),
        ("manifest", "manifest.jsonl", entry("a.md", ",\"cut\":7")),
    ] {
        let work = TempDir::new().unwrap();
        write(&work.path().join("in/a.md"), SOURCE);
        write(&work.path().join("low/a.md"), CLEAN);
        write(&work.path().join("low").join(name), text);
        let found = inspected(&work);
        assert!(found.contains(&check), "{check} in {found:?}");
    }
    assert_eq!(found("a.md", b"\x00\x01"), ["unreadable"]);
    #[cfg(unix)]
    {
        let work = TempDir::new().unwrap();
        write(&work.path().join("in/a.md"), SOURCE);
        write(&work.path().join("low/a.md"), CLEAN);
        std::os::unix::fs::symlink("../in/a.md", work.path().join("low/b.md")).unwrap();
        assert_eq!(inspected(&work), ["file"]);
    }
}

#[test]
fn a_release_under_another_name_is_compared_with_the_source_of_its_words() {
    assert!(found("report-000001.md", CLEAN).is_empty());
    let leak = planted("The quay at Dravik", "The friend of Mr Votik works. The quay at Dravik");
    let (code, out, _) = verify("report-000001.md", leak, &[]);
    assert_eq!((code, checks(&out)), (4, vec!["words"]));
}

#[test]
fn words_are_shown_when_asked_for_alone() {
    let leak = planted("The quay at Dravik", "The friend of Mr Votik works. The quay at Dravik");
    let (_, quiet, errors) = verify("a.md", &leak, &[]);
    assert!(!quiet.contains("Votik") && !errors.contains("Votik"), "{quiet}");
    let (_, json, _) = verify("a.md", &leak, &["--format", "json"]);
    assert!(!json.contains("Votik"), "{json}");
    let (_, shown, _) = verify("a.md", &leak, &["--format", "json", "--show-text"]);
    let line: serde_json::Value = serde_json::from_str(shown.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["check"], &line["line"], &line["text"]),
        (&"words".into(), &3.into(), &"Votik".into()),
        "{shown}"
    );
}

#[test]
fn a_pair_tells_what_a_reader_of_both_learns() {
    let work = TempDir::new().unwrap();
    write(&work.path().join("in/a.md"), SOURCE);
    write(&work.path().join("low/a.md"), CLEAN);
    write(&work.path().join("other/a.md"), CLEAN.replace(" for repairs to the northern crane", ""));
    let (code, out, _) = run(&work, &["--pair", "other", "--show-text"]);
    assert_eq!(code, 1);
    assert_eq!(
        out,
        "a.md:3:58: pair: 2 word(s) that stand in the first release alone: for repairs\n\
         a.md:3:77: pair: 2 word(s) that stand in the first release alone: northern crane\n"
    );
    let (_, out, _) = run(&work, &["--pair", "other"]);
    assert!(!out.contains("crane"), "{out}");
    write(&work.path().join("other/a.md"), CLEAN);
    assert_eq!(run(&work, &["--pair", "other"]).0, 0);
}

#[test]
fn wrong_arguments_and_unreadable_sources_are_told() {
    let work = TempDir::new().unwrap();
    write(&work.path().join("in/a.md"), SOURCE);
    write(&work.path().join("in/b.md"), b"\x00");
    write(&work.path().join("low/a.md"), CLEAN);
    let (code, _, errors) = run(&work, &[]);
    assert_eq!(code, 3, "{errors}");
    assert!(errors.contains("b.md: NUL"), "{errors}");
    fs::remove_dir_all(work.path().join("low")).unwrap();
    assert_eq!(run(&work, &[]).0, 2);
}
