//! The shape of the code: who may know whom, which crate is named where, and who reads source text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The modules in the order of the data. A module may use those before it and, in a group, those beside it.
const ORDER: [&[&str]; 22] = [
    &["failpoint"],
    &["text"],
    &["category"],
    &["decisions"],
    &["ingest"],
    &["marking"],
    &["document"],
    &["suppression"],
    &["rules", "detect"],
    &["policy"],
    &["channels"],
    &["decide"],
    &["render"],
    &["verify"],
    &["review"],
    &["pipeline"],
    &["eval"],
    &["batch"],
    &["inspect"],
    &["lint"],
    &["config"],
    &["report"],
];

/// Uses against the order, each with its reason.
const EXCEPTIONS: [(&str, &str, &str); 5] = [
    ("rules", "decide", "examples of rules hold the rewrite too"),
    ("policy", "rules", "the policy is one of the pattern files"),
    ("verify", "review", "the gate's checks are written as the record has them"),
    ("review", "pipeline", "the recorder is told the rules and policy of the run"),
    ("detect", "document", "zones are portions"),
];

/// Crates that one place alone may name.
const CRATES: [(&str, &[&str]); 16] = [
    ("pulldown_cmark", &["document/markdown.rs", "review/page/preview.rs"]),
    ("flate2", &["batch/compressed.rs"]),
    ("zstd", &["batch/compressed.rs", "detect/statistical/model.rs"]),
    ("tar", &["batch/archive.rs"]),
    ("zip", &["batch/archive.rs"]),
    (
        "rayon",
        &[
            "batch/feed.rs",
            "batch/in_order.rs",
            "eval/run.rs",
            "inspect/folder.rs",
            "detect/statistical/train/evaluate.rs",
            "detect/statistical/train/network.rs",
        ],
    ),
    ("ndarray", &["detect/statistical/train/layers.rs"]),
    ("wide", &["detect/statistical/network.rs", "detect/statistical/lanes.rs"]),
    ("pulp", &["detect/statistical/lanes.rs"]),
    ("encoding_rs", &["ingest.rs"]),
    ("rusqlite", &["decisions/store.rs"]),
    ("similar", &["review/align.rs", "review/diff/unified.rs"]),
    ("annotate_snippets", &["report/text.rs"]),
    ("quick_xml", &["report/junit.rs"]),
    ("strsim", &["config/mod.rs"]),
    ("unicode_security", &["detect/reading.rs", "text/fold/glyph.rs", "text/scripts.rs"]),
];

/// How often each module reads source text.
const EXPOSES: [(&str, usize); 12] = [
    ("bin", 4),
    ("channels", 1),
    ("decide", 1),
    ("document", 2),
    ("eval", 2),
    ("inspect", 3),
    ("lint", 6),
    ("render", 16),
    ("report", 4),
    ("review", 5),
    ("suppression", 1),
    ("verify", 4),
];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn module(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

/// The code of a file without its tests and comments.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]").next().unwrap();
    body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|group| group.contains(&module))
}

#[test]
fn imports_follow_the_flow_of_data() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let user = module(&file);
        let Some(user_rank) = rank(user) else { continue };
        for rest in code(&text).split("crate::").skip(1) {
            let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(used_rank) = rank(&used) else { continue };
            let excused = EXCEPTIONS.iter().any(|(a, b, _)| *a == user && *b == used);
            if used_rank > user_rank && !excused {
                wrong.push(format!("{file} uses {used}"));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_are_named_where_they_belong() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        if file.starts_with("bin/") {
            continue;
        }
        for (name, places) in CRATES {
            let named = code(&text).contains(&format!("{name}::"));
            if named && !places.contains(&file.as_str()) {
                wrong.push(format!("{file} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn source_text_is_read_where_it_is_known() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (file, text) in sources() {
        let count = code(&text).matches(".expose(").count();
        if count > 0 {
            *counts.entry(module(&file).to_owned()).or_default() += count;
        }
    }
    let known: BTreeMap<String, usize> =
        EXPOSES.iter().map(|&(module, count)| (module.to_owned(), count)).collect();
    assert_eq!(
        counts, known,
        "a new reader of source text: see that it stays on the high side, then count it here"
    );
}

#[test]
fn a_new_release_is_made_in_verify_alone() {
    for (file, text) in sources() {
        let makes = code(&text).contains("Release::new(");
        assert!(!makes || file.starts_with("verify/"), "{file} makes a release");
    }
}
