//! What a panic in the middle of a run leaves behind.

use std::path::Path;
use std::sync::Mutex;

use super::*;
use crate::document::Format;
use crate::ingest::Ingest;
use crate::pipeline::{Names, Pipeline};
use crate::policy::{Audience, Policy};
use crate::review::Status;
use crate::rules::Patterns;

/// A word at which the broken pipeline panics, in a portion that may be released.
const WORD: &str = "Votik";

/// What a run tells in the end.
#[derive(Default)]
struct Told(Mutex<Vec<ReportLine>>);

impl Progress for Told {
    fn done<'l>(&self, _: u64, _: impl Iterator<Item = &'l ReportLine> + Clone) {}

    fn ended(&self, line: &ReportLine) {
        self.0.lock().unwrap().push(line.clone());
    }

    fn stops(&self) -> bool {
        false
    }
}

/// A pipeline of the built-in rules with one listed term, or with a term list that is broken: it knows no category of its
/// term, so that whoever finds the term reads past the end.
fn pipeline(broken: bool) -> Pipeline {
    let mut patterns = Patterns::built_in();
    patterns.without_reader();
    let terms = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(terms.path(), WORD).unwrap();
    patterns.add_terms(terms.path()).unwrap();
    let policy = Policy::load(&patterns, None).unwrap();
    let mut rules = patterns.build().unwrap();
    if broken {
        rules.terms.as_mut().unwrap().categories.clear();
    }
    Pipeline::new(rules, policy, [7; 32])
}

/// Every file below a folder, by path, with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let mut found: Vec<(String, String)> = files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (name, String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_panic_inside_of_a_report_fails_that_report_alone() {
    let work = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(work.path().join("in")).unwrap();
    let text = |who: &str| {
        format!("SECRET//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) The quay at Dravik closes. {who} left.\n")
    };
    let inputs: Vec<Input> = (0..12)
        .map(|number| {
            let path = format!("{number:02}.md");
            let file = work.path().join("in").join(&path);
            std::fs::write(&file, text(if number == 5 { WORD } else { "A ship" })).unwrap();
            Input::file(file, path)
        })
        .collect();
    let options = |resume| Options {
        low: work.path().join("low"),
        high: work.path().join("high"),
        format: Some(Format::Markdown),
        ingest: Ingest::default(),
        names: Names::Keep,
        diff: true,
        html: true,
        link: false,
        slowest: 0,
        dry_run: false,
        durable: false,
        resume,
    };
    let run = |pipeline: &Pipeline, resume| {
        let audiences = [Audience::parse("FVEY", pipeline.policy()).unwrap()];
        let told = Told::default();
        (run(pipeline, &inputs, &audiences, &options(resume), &told).unwrap(), told.0.into_inner().unwrap())
    };

    let (summary, lines) = run(&pipeline(true), false);
    assert_eq!((summary.count(Status::Released), summary.count(Status::Failed)), (11, 1));
    let failed = lines.iter().find(|line| line.status == Status::Failed).unwrap();
    assert_eq!(failed.path, "05.md");
    assert!(failed.reason.as_ref().is_some_and(|reason| reason.contains("this is a bug")));
    let low = files(&work.path().join("low"));
    let names: Vec<&str> = low.iter().map(|(name, _)| name.as_str()).collect();
    let expected: Vec<String> =
        (0..12).filter(|number| *number != 5).map(|number| format!("FVEY/{number:02}.md")).collect();
    assert_eq!(names[..11], expected);
    assert_eq!(names[11..], ["FVEY/manifest.jsonl"]);
    for (name, text) in low.iter().chain(&files(&work.path().join("high"))) {
        assert!(!text.contains(WORD), "{name} holds a word of the report that failed");
        assert!(!text.contains("index out of bounds"), "{name} holds the panic's message");
    }

    // What failed is done again once the fault is mended.
    let (summary, _) = run(&pipeline(false), true);
    assert_eq!(summary.count(Status::Released), 12);
    let low = files(&work.path().join("low"));
    let mended = low.iter().find(|(name, _)| name == "FVEY/05.md").unwrap();
    assert!(mended.1.contains("The quay at Dravik closes.") && !mended.1.contains(WORD), "{}", mended.1);
}
