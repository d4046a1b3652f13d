//! The vector files of the marking specification, through the line protocol of `tearline marking --jsonl`: the
//! repository's own always, the specification's where they lie beside the repository.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};
use tearline::marking::{ConflictCode, ErrorCode, Reason, answer};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/markings");
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/markings");

/// Fields of a vector that belong to the request, by operation.
const PARSE: (&str, &str, &[&str]) = ("parse", "vectors.jsonl", &["id", "kind", "text"]);
const ROLLUP: (&str, &str, &[&str]) = ("rollup", "rollup.jsonl", &["id", "portions", "context"]);
const RELEASE: (&str, &str, &[&str]) = ("release", "release.jsonl", &["id", "mark", "audience", "banner"]);

fn vectors(folder: &str, file: &str) -> Vec<Map<String, Value>> {
    let text = std::fs::read_to_string(Path::new(folder).join(file)).expect("a vector file");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

/// Asks for each vector and compares every field that is not of the request; lists of codes count as sets.
fn check(folder: &str, (op, file, asked): (&str, &str, &[&str])) {
    let mut failures = Vec::new();
    for vector in vectors(folder, file) {
        let (mut request, expected): (Map<_, _>, Map<_, _>) =
            vector.clone().into_iter().partition(|(field, _)| {
                // A roll-up's banner is its answer, a release's banner part of its question.
                asked.contains(&field.as_str()) && !(op == "rollup" && field == "banner")
            });
        request.insert("op".to_owned(), json!(op));
        let line = answer(&Value::Object(request).to_string()).expect("a request");
        let got: Map<String, Value> = serde_json::from_str(&line).expect("a JSON answer");
        let differs =
            |(field, value): (&String, &Value)| as_set(value) != got.get(field).map_or(json!(null), as_set);
        if expected.iter().any(differs) || got.len() != expected.len() + 1 {
            failures.push(format!("{}\n  got {line}", Value::Object(vector)));
        }
    }
    assert!(failures.is_empty(), "{} of {folder}/{file} fail:\n{}", failures.len(), failures.join("\n"));
}

fn as_set(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let set: BTreeSet<_> = items.iter().map(Value::to_string).collect();
            json!(set)
        }
        other => other.clone(),
    }
}

#[test]
fn own_vectors_hold() {
    [PARSE, ROLLUP, RELEASE].into_iter().for_each(|file| check(OWN, file));
}

#[test]
fn vectors_of_the_specification_hold() {
    if Path::new(SHARED).is_dir() {
        [PARSE, ROLLUP, RELEASE].into_iter().for_each(|file| check(SHARED, file));
    }
}

#[test]
fn own_vectors_reach_every_code() {
    let seen = |file: &str, field: &str| -> BTreeSet<String> {
        let values = vectors(OWN, file).into_iter().filter_map(|vector| vector.get(field).cloned());
        let texts = values.flat_map(|value| match value {
            Value::Array(items) => items,
            other => vec![other],
        });
        texts.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let (errors, conflicts, reasons) =
        (seen("vectors.jsonl", "errors"), seen("rollup.jsonl", "conflicts"), seen("release.jsonl", "reason"));
    for code in ErrorCode::ALL {
        assert!(errors.contains(code.code()), "no vector reports {code}");
    }
    for code in ConflictCode::ALL {
        assert!(conflicts.contains(code.code()), "no vector reports {code}");
    }
    // Ceilings are policy, which the line protocol does not carry.
    let ceilings = [Reason::LevelCeiling, Reason::CompartmentCeiling];
    for reason in Reason::ALL.iter().filter(|reason| !ceilings.contains(reason)) {
        assert!(reasons.contains(reason.code()), "no vector answers {reason}");
    }
}
