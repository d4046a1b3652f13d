//! The vector files of the marking specification, through the public API.
use serde_json::{Value, json};
use tearline::marking::{Form, parse};

fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/../shared/data/markings/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn parse_vectors() {
    let mut bad = 0;
    for v in vectors("vectors.jsonl") {
        let form = if v["kind"] == "banner" { Form::Banner } else { Form::Portion };
        let reading = parse(v["text"].as_str().unwrap(), form);
        let got = if reading.is_valid() {
            json!({"valid": true, "parsed": reading.marking, "canonical": reading.marking.canonical(form)})
        } else {
            let errors: Vec<_> = reading.codes().iter().map(|c| c.code()).collect();
            json!({"valid": false, "errors": errors})
        };
        for (key, value) in got.as_object().unwrap() {
            if &v[key] != value {
                bad += 1;
                println!("{} {} {key}: want {} got {value}", v["id"], v["text"], v[key]);
            }
        }
    }
    assert_eq!(bad, 0);
}
