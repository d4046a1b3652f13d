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

#[test]
fn rollup_vectors() {
    use tearline::marking::{Context, roll_up};
    let mut bad = 0;
    for v in vectors("rollup.jsonl") {
        let portions: Vec<_> = v["portions"].as_array().unwrap().iter().map(|p| parse(p.as_str().unwrap(), Form::Portion).marking).collect();
        let context = Context { analytic_product: v["context"]["dap"] == true, before_2010: v["context"]["pre2010"] == true, banner: None };
        let rolled = roll_up(&portions, context).unwrap();
        let got = json!({"banner": rolled.banner.banner(), "conflicts": rolled.codes().iter().map(|c| c.code()).collect::<Vec<_>>()});
        for (key, value) in got.as_object().unwrap() {
            if &v[key] != value {
                bad += 1;
                println!("{} {} {key}: want {} got {value}", v["id"], v["portions"], v[key]);
            }
        }
    }
    assert_eq!(bad, 0);
}

#[test]
fn release_vectors() {
    use tearline::marking::{Audience, release};
    let mut bad = 0;
    for v in vectors("release.jsonl") {
        let mark = parse(v["mark"].as_str().unwrap(), Form::Portion);
        let banner = v["banner"].as_str().map(|b| parse(b, Form::Banner));
        let audience = Audience::parse(v["audience"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()));
        let d = release(&mark, &audience, banner.as_ref());
        let got = json!({"answer": d.answer.word(), "reason": d.reason.code()});
        for (key, value) in got.as_object().unwrap() {
            if &v[key] != value {
                bad += 1;
                println!("{} {} {key}: want {} got {value} {:?}", v["id"], v["mark"], v[key], mark.codes());
            }
        }
    }
    assert_eq!(bad, 0);
}
