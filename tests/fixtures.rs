//! Every fixture for two audiences: release, diff and record as snapshots, and the standing invariants.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};

use tearline::review::View;
use tearline::review::diff::{Style, words};
use tearline::{Audience, Format, Ingest, Names, Outcome, Pipeline, Report, Status};

const AUDIENCES: [&str; 2] = ["FVEY", "NATO"];

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn process(pipeline: &Pipeline, name: &str, bytes: Vec<u8>, audience: &Audience) -> Outcome {
    let text = Ingest::default().read(bytes).unwrap();
    let report = Report::new(name, text, Format::of_name(name), Names::Keep);
    pipeline.process(&report, std::slice::from_ref(audience)).remove(0)
}

/// The record without what changes with every pattern file.
fn record(outcome: &Outcome) -> serde_json::Value {
    let mut record = serde_json::to_value(outcome.record()).unwrap();
    record["rules"] = "…".into();
    record["policy"] = "…".into();
    record
}

#[test]
fn every_fixture_gives_its_release() {
    let pipeline = Pipeline::built_in().unwrap();
    for file in fixtures() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".md");
        for audience in AUDIENCES {
            let readers = Audience::parse(audience, pipeline.policy()).unwrap();
            let outcome = process(&pipeline, &name, std::fs::read(&file).unwrap(), &readers);
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                if let Some(release) = outcome.release() {
                    insta::assert_snapshot!(format!("{stem}-{audience}-release"), release.text());
                }
                insta::assert_snapshot!(format!("{stem}-{audience}-diff"), words(&View::of(&outcome), &Style::plain()));
                insta::assert_json_snapshot!(format!("{stem}-{audience}-record"), record(&outcome));
            });
            standing_invariants(&pipeline, &name, &outcome, &readers);
        }
    }
}

/// A release of a release is itself, and nothing that was cut as a name or serial is left in it.
fn standing_invariants(pipeline: &Pipeline, name: &str, outcome: &Outcome, audience: &Audience) {
    let Some(release) = outcome.release() else { return };
    let again = process(pipeline, name, release.text().as_bytes().to_vec(), audience);
    let text = again.release().map(tearline::Release::text);
    assert_eq!(text, Some(release.text()), "{name} for {}: the release of the release", audience.name());
    for edit in &outcome.record().edits {
        let leads_back =
            matches!(edit.category, Some(tearline::Category::Codeword | tearline::Category::Identifier));
        if leads_back && edit.before.trim().len() > 4 {
            assert!(!release.text().contains(edit.before.trim()), "{name}: {} survives", edit.id);
        }
    }
}

#[test]
fn at_least_fifteen_fixtures_are_released_to_fvey() {
    let pipeline = Pipeline::built_in().unwrap();
    let readers = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let released = fixtures()
        .into_iter()
        .filter(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let outcome = process(&pipeline, &name, std::fs::read(file).unwrap(), &readers);
            outcome.record().status == Status::Released
        })
        .count();
    assert!(released >= 15, "only {released}");
}
