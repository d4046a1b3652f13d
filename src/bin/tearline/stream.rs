//! `tearline stream`: a JSON Lines filter that never stops on a bad line.

use std::io::{BufRead as _, Write};

use serde::{Deserialize, Serialize};
use tearline::{AssumedMark, Audience, Format, Names, Pipeline, Report, SourceText, Status};

use crate::args::StreamArgs;
use crate::common;
use crate::exit::Exit;

#[derive(Deserialize)]
struct In {
    id: serde_json::Value,
    text: String,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    marking: Option<String>,
}

#[derive(Serialize)]
struct Out<'a> {
    id: serde_json::Value,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    banner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(crate) fn run(args: &StreamArgs) -> anyhow::Result<Exit> {
    let pipeline = common::pipeline(&args.common, [0; 32])?;
    let audience = Audience::parse(&args.audience, pipeline.policy())?;
    let mut records = match &args.review {
        Some(file) => Some(std::io::BufWriter::new(std::fs::File::create(file)?)),
        None => None,
    };
    let mut exit = Exit::Done;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match one(&line, pipeline, &audience, &mut out, records.as_mut())? {
            Status::Released => {}
            Status::Failed => exit = Exit::Input,
            Status::Held | Status::Withheld if exit == Exit::Done => exit = Exit::Human,
            Status::Held | Status::Withheld => {}
        }
    }
    out.flush()?;
    Ok(exit)
}

fn one(
    line: &[u8],
    pipeline: &Pipeline,
    audience: &Audience,
    out: &mut impl Write,
    records: Option<&mut impl Write>,
) -> anyhow::Result<Status> {
    let given: Result<In, _> = serde_json::from_slice(line);
    let failed = |id: serde_json::Value, error: String| Out {
        id,
        status: "failed",
        text: None,
        banner: None,
        error: Some(error),
    };
    let given = match given {
        Ok(given) => given,
        Err(error) => {
            let error = format!("column {}: not an object with `id` and `text`", error.column());
            write(out, &failed(serde_json::Value::Null, error))?;
            return Ok(Status::Failed);
        }
    };
    let format = match given.format.as_deref() {
        None | Some("markdown") => Format::Markdown,
        Some("text") => Format::Text,
        Some(_) => {
            write(out, &failed(given.id, "unknown format; known are markdown and text".into()))?;
            return Ok(Status::Failed);
        }
    };
    if u32::try_from(given.text.len()).is_err() {
        write(out, &failed(given.id, "the report is larger than 4 GiB".into()))?;
        return Ok(Status::Failed);
    }
    let name = given.id.as_str().map_or_else(|| given.id.to_string(), str::to_owned);
    let assume = match given.marking.as_deref().map(AssumedMark::parse).transpose() {
        Ok(assume) => assume,
        Err(error) => {
            write(out, &failed(given.id, error.to_string()))?;
            return Ok(Status::Failed);
        }
    };
    let report = Report::new(&name, SourceText::new(given.text), format, Names::Neutral).assume(assume);
    let process = std::panic::AssertUnwindSafe(|| pipeline.process(&report, std::slice::from_ref(audience)));
    let Ok(outcomes) = std::panic::catch_unwind(process) else {
        write(
            out,
            &failed(
                given.id,
                "the program failed inside this report; this is a bug, please report it".into(),
            ),
        )?;
        return Ok(Status::Failed);
    };
    let outcome = &outcomes[0];
    let status = outcome.record().status;
    let error = (status != Status::Released).then(|| outcome.reason().to_owned());
    let release = outcome.release();
    let text = release.map(tearline::Release::text);
    let banner = release.and_then(tearline::Release::banner);
    write(out, &Out { id: given.id, status: status.word(), text, banner, error })?;
    if let Some(records) = records {
        serde_json::to_writer(&mut *records, outcome.record())?;
        records.write_all(b"\n")?;
    }
    Ok(status)
}

fn write(out: &mut impl Write, line: &Out<'_>) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
