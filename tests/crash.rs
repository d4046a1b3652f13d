//! What stands on the low side when things go wrong: a killed process, a full disk, a folder that cannot be written, a link.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "others clear both sides")]
mod tree;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tree::{files, sides};

/// How often a run is killed, unless `TEARLINE_KILLS` says otherwise.
const KILLS: u64 = 15;

fn tearline() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("tearline"))
}

fn report(number: usize) -> String {
    let line = format!("(S//REL TO USA, FVEY) Quay {number} at Dravik closes on 3 May for repairs.\n\n");
    format!("SECRET//NOFORN\n\n{}(S//NF) Votik waits at quay {number}.\n\n", line.repeat(20))
}

fn batch(work: &Path, reports: usize) {
    for number in 0..reports {
        let file = work.join(format!("in/{}/{number:03}.md", number % 3));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, report(number)).unwrap();
    }
}

fn release(work: &Path) -> Command {
    let mut command = tearline();
    command
        .current_dir(work)
        .args(["release", "in", "--audience", "FVEY", "--out", "low", "--review", "high", "--jobs", "2"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null());
    command
}

#[test]
fn a_killed_run_leaves_verified_bytes_alone_and_the_next_one_completes() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 60);
    assert_eq!(release(work.path()).status().unwrap().code(), Some(0));
    let whole = files(&work.path().join("low"));
    assert_eq!(whole.len(), 61);
    let kills = std::env::var("TEARLINE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut random = 1_u64;
    let mut partial = 0;
    for _ in 0..kills {
        for side in ["low", "high"] {
            fs::remove_dir_all(work.path().join(side)).unwrap();
        }
        let mut child = release(work.path()).spawn().unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wanted = usize::try_from(random >> 33).unwrap() % whole.len();
        let written = || count(&work.path().join("low/FVEY"));
        kill_when(&mut child, || written() > wanted);
        let left = files(&work.path().join("low"));
        partial += usize::from(!left.is_empty() && left.len() < whole.len());
        for (path, bytes) in &left {
            let name = path.rsplit('/').next().unwrap();
            if name.starts_with(".tearline-") {
                let begins = whole.values().any(|release| release.starts_with(bytes));
                assert!(begins, "a temporary file holds something else: {path}");
            } else {
                assert_eq!(Some(bytes), whole.get(path), "{path}");
            }
        }
        for path in files(work.path()).keys() {
            let known = ["in/", "low/", "high/"].iter().any(|side| path.starts_with(side));
            assert!(known, "{path} lies beside the folders");
        }
    }
    assert!(partial > 0, "no run was killed halfway");
    let output = release(work.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(files(&work.path().join("low")) == whole, "the next run does not complete");
}

/// How many files and folders lie below a folder while a run works in it.
fn count(folder: &Path) -> usize {
    walkdir::WalkDir::new(folder).into_iter().filter(Result::is_ok).count()
}

/// Kills a run as soon as it has done so much, or when it has ended before.
fn kill_when(child: &mut std::process::Child, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() && child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_micros(200));
    }
    let _ = child.kill();
    child.wait().unwrap();
}

/// Runs with these further arguments; returns the exit code and how many outcomes stood unchanged.
fn resume(work: &Path, more: &[&str]) -> (Option<i32>, usize) {
    let output = release(work).arg("--resume").args(more).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let told = errors.lines().find(|line| line.ends_with("outcomes stood unchanged"));
    let kept = told.unwrap_or_else(|| panic!("{errors}")).split(' ').next().unwrap();
    (output.status.code(), kept.parse().unwrap())
}

/// Removes both sides but the key, by which records are the same from run to run.
fn clear(work: &Path) {
    for side in ["low", "high"] {
        let _ = fs::remove_dir_all(work.join(side));
    }
    fs::create_dir_all(work.join("high")).unwrap();
    fs::set_permissions(work.join("high"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(work.join("high/.key"), [7; 32]).unwrap();
}

#[test]
fn a_killed_run_is_resumed_to_the_tree_of_a_fresh_one() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 60);
    let more = ["--audience", "NATO", "--html", "--diff"];
    clear(work.path());
    assert_eq!(resume(work.path(), &more), (Some(1), 0), "nothing of it is releasable to NATO");
    let whole = sides(work.path());
    assert!(whole.contains_key("high/journal.jsonl"));
    let mut random = 7_u64;
    let mut partial = 0;
    for _ in 0..5 {
        clear(work.path());
        loop {
            let mut child = release(work.path()).arg("--resume").args(more).spawn().unwrap();
            let journal = work.path().join("high/journal.jsonl");
            let noted = || fs::read_to_string(&journal).map_or(0, |lines| lines.lines().count());
            let before = noted();
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let wanted = usize::try_from(random >> 33).unwrap() % 60;
            kill_when(&mut child, || noted() > before + wanted);
            if random >> 62 != 0 {
                break;
            }
        }
        let (code, kept) = resume(work.path(), &more);
        assert_eq!(code, Some(1));
        partial += usize::from(kept > 0 && kept < 120);
        let resumed = sides(work.path());
        let other = |path: &&String| resumed.get(*path) != whole.get(*path);
        let differs: Vec<&String> = resumed.keys().chain(whole.keys()).filter(other).collect();
        assert!(differs.is_empty(), "after {kept} outcomes were kept: {differs:?}");
    }
    assert!(partial > 0, "no run was killed halfway");
}

fn signal(child: &std::process::Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
}

fn wait_for(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_first_interrupt_finishes_what_is_in_flight() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 60);
    clear(work.path());
    assert_eq!(resume(work.path(), &[]), (Some(0), 0));
    let whole = sides(work.path());
    clear(work.path());
    let child = release(work.path()).spawn().unwrap();
    wait_for(|| fs::metadata(work.path().join("high/journal.jsonl")).is_ok_and(|file| file.len() > 0));
    signal(&child);
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{errors}");
    assert!(errors.contains("with --resume goes on"), "{errors}");
    let left = sides(work.path());
    assert!(left.keys().all(|path| !path.contains(".tearline-")), "{:?}", left.keys());
    let releases = left.keys().filter(|path| path.starts_with("low/")).count();
    let noted = String::from_utf8_lossy(&left["high/journal.jsonl"]).lines().count();
    assert!(releases == noted && (1..60).contains(&noted), "{releases} releases, {noted} noted");
    assert_eq!(resume(work.path(), &[]), (Some(0), noted));
    assert!(sides(work.path()) == whole, "another tree");
}

#[test]
fn the_second_interrupt_stops() {
    let work = TempDir::new().unwrap();
    fs::create_dir_all(work.path().join("in")).unwrap();
    fs::write(work.path().join("in/a.md"), report(7)).unwrap();
    fs::write(work.path().join("in/big.md"), report(7).repeat(3000)).unwrap();
    let mut child = release(work.path()).spawn().unwrap();
    // Once the small report is noted, the big one is in flight.
    wait_for(|| fs::metadata(work.path().join("high/journal.jsonl")).is_ok_and(|file| file.len() > 0));
    std::thread::sleep(Duration::from_millis(50));
    signal(&child);
    std::thread::sleep(Duration::from_millis(50));
    assert!(child.try_wait().unwrap().is_none(), "the first one waits for what is in flight");
    signal(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(files(&work.path().join("low")).into_keys().collect::<Vec<_>>(), ["FVEY/a.md"]);
}

#[test]
fn a_resumed_run_does_again_what_changed_and_nothing_else() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 12);
    clear(work.path());
    let path = |path: &str| work.path().join(path);
    assert_eq!(resume(work.path(), &[]), (Some(0), 0));
    assert_eq!(resume(work.path(), &[]), (Some(0), 12));
    assert_eq!(resume(work.path(), &["--audience", "USA,GBR"]).1, 12, "another audience is served alone");
    resume(work.path(), &[]);

    // A source, a release, a record.
    fs::write(path("in/0/000.md"), report(77)).unwrap();
    fs::write(path("low/FVEY/1/001.md"), "tampered").unwrap();
    fs::remove_file(path("low/FVEY/2/002.md")).unwrap();
    fs::write(path("high/FVEY/0/003.md.review.json"), "{}").unwrap();
    assert_eq!(resume(work.path(), &[]), (Some(0), 8));
    assert!(fs::read_to_string(path("low/FVEY/0/000.md")).unwrap().contains("Quay 77"));
    assert!(fs::read_to_string(path("low/FVEY/1/001.md")).unwrap().contains("Quay 1 "));

    // A report that is gone.
    fs::remove_file(path("in/0/000.md")).unwrap();
    assert_eq!(resume(work.path(), &[]), (Some(0), 11));
    assert!(!path("low/FVEY/0/000.md").exists());

    // A decision speaks of one report alone.
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(path("high/FVEY/1/001.md.review.json")).unwrap()).unwrap();
    let portion = record["portions"][0]["id"].as_str().unwrap();
    let decision = serde_json::json!({ "source": "1/001.md", "audience": "FVEY", "portion": portion,
        "decision": "withhold", "by": "R. Ames", "at": "2026-01-31T09:00:00Z", "reason": "not yet" });
    fs::write(path("decisions.jsonl"), format!("{decision}\n")).unwrap();
    assert_eq!(resume(work.path(), &["--decisions", "decisions.jsonl"]).1, 10);
    assert_eq!(resume(work.path(), &["--decisions", "decisions.jsonl"]).1, 11);

    // What decides all: rules, policy, options, the key.
    resume(work.path(), &[]);
    fs::write(path("terms.txt"), "zephyrine\tcodeword\n").unwrap();
    fs::write(path("policy.toml"), "[thresholds]\nflag = 0.2\n").unwrap();
    for more in
        [&["--terms", "terms.txt"][..], &["--policy", "policy.toml"], &["--html"], &["--format", "text"]]
    {
        assert_eq!(resume(work.path(), more).1, 0, "{more:?}");
        assert_eq!(resume(work.path(), more).1, 11, "{more:?}");
    }
    fs::write(path("high/.key"), [8; 32]).unwrap();
    assert_eq!(resume(work.path(), &["--format", "text"]).1, 0);
    let neutral = release(work.path()).args(["--resume", "--names", "neutral"]).output().unwrap();
    assert_eq!(neutral.status.code(), Some(2));
}

#[test]
fn a_file_name_that_is_no_unicode_stops_nothing() {
    use std::os::unix::ffi::OsStrExt as _;
    let work = TempDir::new().unwrap();
    batch(work.path(), 3);
    let name = std::ffi::OsStr::from_bytes(b"quay-\xff.md");
    // Some file systems take no such name.
    if fs::write(work.path().join("in").join(name), report(7)).is_err() {
        return;
    }
    clear(work.path());
    assert_eq!(resume(work.path(), &[]), (Some(0), 0));
    assert!(work.path().join("low/FVEY/quay-\u{fffd}.md").exists());
    assert_eq!(resume(work.path(), &[]), (Some(0), 4));
}

#[test]
fn a_full_disk_leaves_no_half_release() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 3);
    fs::write(work.path().join("in/big.md"), report(7).repeat(400)).unwrap();
    // A limit on the size of files fails a write as a full disk does: some bytes, then an error.
    let binary = assert_cmd::cargo::cargo_bin!("tearline");
    let script =
        "trap '' XFSZ; ulimit -f 300; exec \"$0\" release in --audience FVEY --out low --review high";
    let run = |script: &str| {
        Command::new("sh").arg("-c").arg(script).arg(binary).current_dir(&work).output().unwrap()
    };
    let output = run(script);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("big.md") && errors.contains("File too large"), "{errors}");
    let low = files(&work.path().join("low"));
    assert!(!low.contains_key("FVEY/big.md"), "{:?}", low.keys());
    assert!(low.keys().all(|path| !path.contains(".tearline-")), "{:?}", low.keys());
    assert!(!errors.contains("Votik") && !errors.contains("Dravik"), "{errors}");
    let output = release(work.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(files(&work.path().join("low")).contains_key("FVEY/big.md"));
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 2);
    fs::write(work.path().join("file"), "").unwrap();
    for (low, high) in [("file/low", "high"), ("/proc/none/low", "high"), ("low", "file/high")] {
        let output = tearline()
            .current_dir(&work)
            .args(["release", "in", "--audience", "FVEY", "--out", low, "--review", high])
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{low} {high}: {errors}");
        assert!(errors.contains("file") || errors.contains("/proc"), "{errors}");
        assert!(!work.path().join("low/FVEY/0/000.md").exists(), "released without a record");
    }
}

#[test]
fn a_read_only_release_folder_is_told_and_stays_as_it_is() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 2);
    let folder = work.path().join("low/FVEY");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write anyway.
    let may_write =
        fs::write(folder.join("probe"), "").is_ok_and(|()| fs::remove_file(folder.join("probe")).is_ok());
    let output = release(work.path()).output().unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    if may_write {
        assert_eq!(output.status.code(), Some(0));
    } else {
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains("low/FVEY") && errors.contains("denied"), "{errors}");
        assert!(files(&folder).is_empty());
    }
}

#[test]
fn links_in_the_output_are_not_followed() {
    for (link, through) in
        [("low/FVEY", "low/FVEY"), ("low/FVEY/0", "low/FVEY/0"), ("high/FVEY", "high/FVEY")]
    {
        let work = TempDir::new().unwrap();
        batch(work.path(), 2);
        let elsewhere = work.path().join("elsewhere");
        fs::create_dir_all(&elsewhere).unwrap();
        fs::create_dir_all(work.path().join(link).parent().unwrap()).unwrap();
        symlink(&elsewhere, work.path().join(link)).unwrap();
        let output = release(work.path()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{link}: {errors}");
        assert!(errors.contains(through), "{errors}");
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "{link} was followed");
    }
    // A link in the place of a file gives way to the file.
    let work = TempDir::new().unwrap();
    batch(work.path(), 1);
    release(work.path()).output().unwrap();
    let record = work.path().join("high/FVEY/0/000.md.review.json");
    let elsewhere = work.path().join("elsewhere");
    fs::write(&elsewhere, "untouched").unwrap();
    fs::remove_file(&record).unwrap();
    symlink(&elsewhere, &record).unwrap();
    release(work.path()).output().unwrap();
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "untouched");
    assert!(!fs::symlink_metadata(&record).unwrap().is_symlink());
}

#[test]
fn the_review_folder_is_its_owners_alone() {
    let work = TempDir::new().unwrap();
    batch(work.path(), 2);
    release(work.path()).output().unwrap();
    let mut open = vec![work.path().join("high")];
    let mut count = 0;
    while let Some(path) = open.pop() {
        let found = fs::symlink_metadata(&path).unwrap();
        let mode = found.permissions().mode() & 0o777;
        assert_eq!(mode, if found.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        count += 1;
        if found.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert!(count >= 6);
}
