//! The line protocol of `tearline marking --jsonl`: a request a line in, an answer a line out, in the fields of the
//! vector files.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::algebra::Marking;
use super::diagnostics::ErrorCode;
use super::grammar::{Form, Reading, parse};
use super::release::{Audience, release};
use super::rollup::{ConflictCode, Context, roll_up};

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Request {
    Parse {
        id: Value,
        kind: Kind,
        text: String,
    },
    Rollup {
        id: Value,
        portions: Vec<String>,
        #[serde(default)]
        context: RollUpContext,
    },
    Release {
        id: Value,
        mark: String,
        audience: Vec<String>,
        banner: Option<String>,
    },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Banner,
    Portion,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RollUpContext {
    dap: bool,
    pre2010: bool,
    banner: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Valid { id: Value, valid: bool, parsed: Box<Marking>, canonical: String },
    Invalid { id: Value, valid: bool, errors: Vec<&'static str> },
    Banner { id: Value, banner: Option<String>, conflicts: Vec<&'static str> },
    Decision { id: Value, answer: &'static str, reason: &'static str },
}

/// A line was no request. Holds the place, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no request at column {column}: expected an object with op, id and the fields of that op")]
pub struct NotARequest {
    /// Column in the line, from 1, in bytes.
    pub column: usize,
}

/// Answers one request line, without its line end, with one answer line.
///
/// # Errors
/// When the line is not JSON, or not a request.
pub fn answer(line: &str) -> Result<String, NotARequest> {
    let refused = |error: serde_json::Error| NotARequest { column: error.column().max(1) };
    let answer = respond(serde_json::from_str(line).map_err(refused)?);
    serde_json::to_string(&answer).map_err(refused)
}

fn respond(request: Request) -> Answer {
    match request {
        Request::Parse { id, kind, text } => {
            let form = match kind {
                Kind::Banner => Form::Banner,
                Kind::Portion => Form::Portion,
            };
            let reading = parse(&text, form);
            if reading.is_valid() {
                let canonical = reading.marking.canonical(form);
                Answer::Valid { id, valid: true, parsed: Box::new(reading.marking), canonical }
            } else {
                let errors = reading.codes().into_iter().map(ErrorCode::code).collect();
                Answer::Invalid { id, valid: false, errors }
            }
        }
        Request::Rollup { id, portions, context } => {
            let banner = context.banner.map(|text| parse(&text, Form::Banner)).filter(Reading::is_certain);
            let portions: Vec<Marking> =
                portions.iter().map(|text| parse(text, Form::Portion).cautious()).collect();
            let context = Context {
                analytic_product: context.dap,
                before_2010: context.pre2010,
                banner: banner.as_ref().map(|reading| &reading.marking),
            };
            let rolled = roll_up(&portions, context);
            let conflicts = rolled.iter().flat_map(|rolled| rolled.codes()).map(ConflictCode::code).collect();
            Answer::Banner { id, banner: rolled.map(|rolled| rolled.banner.banner()), conflicts }
        }
        Request::Release { id, mark, audience, banner } => {
            let banner = banner.map(|text| parse(&text, Form::Banner));
            let audience = Audience::parse(audience.iter().map(String::as_str));
            let decision = release(&parse(&mark, Form::Portion), &audience, banner.as_ref());
            Answer::Decision { id, answer: decision.answer.word(), reason: decision.reason.code() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_in_the_fields_of_the_vectors() {
        let lines = [
            (
                r#"{"op":"parse","id":"a","kind":"portion","text":"(S//NF)"}"#,
                r#"{"id":"a","valid":true,"parsed":{"system":"US","level":"S","dissem":["NF"]},"canonical":"(S//NF)"}"#,
            ),
            (
                r#"{"op":"parse","id":2,"kind":"banner","text":"SECRET//NF"}"#,
                r#"{"id":2,"valid":false,"errors":["E_FORM"]}"#,
            ),
            (
                r#"{"op":"rollup","id":"c","portions":["(U)","(S//NF)"]}"#,
                r#"{"id":"c","banner":"SECRET//NOFORN","conflicts":[]}"#,
            ),
            (
                r#"{"op":"release","id":"d","mark":"(S//REL)","audience":["GBR"],"banner":"SECRET//REL TO USA, FVEY"}"#,
                r#"{"id":"d","answer":"yes","reason":"REL_TO"}"#,
            ),
        ];
        for (request, expected) in lines {
            assert_eq!(answer(request).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn other_lines_are_refused_without_quoting_them() {
        for line in ["", "{", "{}", r#"{"op":"burn","id":1}"#, r#"{"op":"parse","id":1}"#, "[1]"] {
            let error = answer(line).expect_err("not a request");
            assert!(!error.to_string().contains("burn"));
        }
    }
}
