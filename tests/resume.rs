//! A larger run that is killed and goes on: five random points of some 300 generated reports, each to the tree of a run that nobody
//! disturbed. It takes a minute: `cargo test --release --test resume -- --ignored --nocapture`.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "the properties use all of it")]
mod generated;

mod tree;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use generated::{Variant, sample};
use tempfile::TempDir;
use tree::{clear, sides};

const REPORTS: usize = 300;
const POINTS: usize = 5;
const AUDIENCES: [&str; 2] = ["FVEY", "NATO"];

fn release(work: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("tearline"));
    command.current_dir(work).args(["release", "in", "--out", "low", "--review", "high", "--jobs", "2"]);
    command.args(["--diff", "--html", "--resume"]).stdout(Stdio::null()).stderr(Stdio::piped());
    for audience in AUDIENCES {
        command.args(["--audience", audience]);
    }
    command
}

/// How many outcomes are noted.
fn noted(work: &Path) -> usize {
    let journal = fs::read(work.join("high/journal.jsonl")).unwrap_or_default();
    journal.iter().filter(|&&byte| byte == b'\n').count()
}

/// Runs to the end; returns how many outcomes stood unchanged.
fn complete(work: &Path) -> usize {
    let output = release(work).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{errors}");
    let told = errors.lines().find(|line| line.ends_with("outcomes stood unchanged")).unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "it takes a minute"]
fn a_run_killed_at_five_random_points_is_resumed_to_the_same_tree() {
    let work = TempDir::new().unwrap();
    let work = work.path();
    for (number, draft) in sample(REPORTS).iter().enumerate() {
        let file = work.join(format!("in/{}/{number:03}.md", number % 7));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, draft.text(Variant::default())).unwrap();
    }
    clear(work);
    assert_eq!(complete(work), 0);
    let whole = sides(work);
    let outcomes = REPORTS * AUDIENCES.len();
    let mut random = u64::from(std::process::id()) << 20 | 1;
    for point in 0..POINTS {
        clear(work);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Anywhere from the first outcome to behind the last, where the manifests are written.
        let at = 1 + usize::try_from(random >> 33).unwrap() % outcomes;
        let mut child = release(work).stderr(Stdio::null()).spawn().unwrap();
        while noted(work) < at && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        let left = noted(work);
        let temporary = sides(work).keys().filter(|path| path.contains(".tearline-")).count();
        let kept = complete(work);
        let resumed = sides(work);
        let other = |path: &&String| resumed.get(*path) != whole.get(*path);
        let differs: Vec<&String> = resumed.keys().chain(whole.keys()).filter(other).collect();
        assert!(differs.is_empty(), "killed at {at} outcomes, {kept} kept: {differs:?}");
        println!(
            "point {}: killed when {left} of {outcomes} outcomes were noted, {temporary} temporary files left; {kept} stood, {} files are the same",
            point + 1,
            whole.len()
        );
    }
}
