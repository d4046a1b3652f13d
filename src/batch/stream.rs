//! JSON Lines in, JSON Lines out: one report a line, an answer for each in the same order.
//!
//! A line that is no report, or that fails, is answered as `failed` and never stops the stream. Memory is bounded by the bytes
//! in flight; a line that alone is longer is not kept. Answers hold releases and reasons; records go to a sink of their own.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::deadline::Deadline;
use super::in_order::{Sink, Weighed, in_order};
use super::job::guarded;
use crate::document::Format;
use crate::failpoint::reach;
use crate::ingest::Ingest;
use crate::pipeline::{AssumedMark, Names, Outcome, Pipeline, Report};
use crate::policy::Audience;
use crate::review::Status;
use crate::verify::Release;

#[derive(Deserialize)]
struct Given {
    id: serde_json::Value,
    text: String,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    marking: Option<String>,
}

#[derive(Serialize)]
struct Told<'a> {
    id: &'a serde_json::Value,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    banner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// What a stream came to.
#[derive(Debug, Default)]
pub struct Streamed {
    /// Lines that were answered.
    pub lines: u64,
    /// Answers that are `failed`.
    pub failed: u64,
    /// Answers that are `held` or `withheld`.
    pub stopped: u64,
    /// Why the input could not be read to its end; what came before is answered.
    pub cut: Option<io::Error>,
}

/// Answers each line of `input` on `out`, in order, and writes the records of what was processed to `records`. About `in_flight`
/// bytes are held at a time.
///
/// # Errors
/// When an answer or a record cannot be written.
pub fn stream(
    pipeline: &Pipeline,
    audience: &Audience,
    mut input: impl BufRead,
    out: impl Write + Send,
    records: Option<impl Write + Send>,
    in_flight: usize,
) -> io::Result<Streamed> {
    let filter = Filter {
        pipeline,
        audience,
        ingest: Ingest::default().limit(usize::try_from(pipeline.policy().most_bytes).unwrap_or(usize::MAX)),
        in_flight,
        records: records.is_some(),
    };
    let mut streamed = Streamed::default();
    let mut cut = None;
    let next = || match next_line(&mut input, in_flight) {
        Ok(line) => line,
        Err(error) => {
            cut = Some(error);
            None
        }
    };
    let answers = Answers { out, records, streamed: &mut streamed };
    in_order(in_flight, next, |line| filter.answer(line), answers)?;
    streamed.cut = cut;
    Ok(streamed)
}

/// A line without its end.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Whole(Vec<u8>),
    /// It has more bytes than may be in flight, and they are gone.
    TooLong,
}

impl Weighed for Line {
    fn weight(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::TooLong => 0,
        }
    }
}

/// The next line that is not blank; of one with more than `most` bytes nothing is kept.
fn next_line(input: &mut impl BufRead, most: usize) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut long = false;
    loop {
        let ready = match input.fill_buf() {
            Ok(ready) => ready,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let (piece, used, ends) = match memchr::memchr(b'\n', ready) {
            Some(end) => (&ready[..end], end + 1, true),
            None => (ready, ready.len(), ready.is_empty()),
        };
        let at_end = ready.is_empty();
        long |= line.len() + piece.len() > most;
        if long {
            line = Vec::new();
        } else {
            line.extend_from_slice(piece);
        }
        input.consume(used);
        if !ends {
            continue;
        }
        if long {
            return Ok(Some(Line::TooLong));
        }
        if !line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some(Line::Whole(line)));
        }
        if at_end {
            return Ok(None);
        }
        line.clear();
    }
}

struct Answer {
    status: Status,
    line: Vec<u8>,
    record: Option<Vec<u8>>,
}

impl Weighed for Answer {
    fn weight(&self) -> usize {
        self.line.len() + self.record.as_ref().map_or(0, Vec::len)
    }
}

struct Answers<'a, O, R> {
    out: O,
    records: Option<R>,
    streamed: &'a mut Streamed,
}

impl<O: Write + Send, R: Write + Send> Sink<Answer> for Answers<'_, O, R> {
    fn put(&mut self, answer: Answer) -> io::Result<()> {
        // The record comes first: no release goes out without one.
        if let (Some(records), Some(record)) = (&mut self.records, &answer.record) {
            records.write_all(record)?;
        }
        self.out.write_all(&answer.line)?;
        self.streamed.lines += 1;
        match answer.status {
            Status::Released => {}
            Status::Failed => self.streamed.failed += 1,
            Status::Held | Status::Withheld => self.streamed.stopped += 1,
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(records) = &mut self.records {
            records.flush()?;
        }
        self.out.flush()
    }
}

struct Filter<'a> {
    pipeline: &'a Pipeline,
    audience: &'a Audience,
    ingest: Ingest,
    in_flight: usize,
    /// Whether records are wanted.
    records: bool,
}

impl Filter<'_> {
    fn answer(&self, line: Line) -> Answer {
        let given = match line {
            Line::TooLong => Err(format!(
                "the line has more than {} bytes; raise --max-in-flight, or split the report",
                self.in_flight
            )),
            Line::Whole(line) => serde_json::from_slice::<Given>(&line)
                .map_err(|error| format!("column {}: not an object with `id` and `text`", error.column())),
        };
        let given = match given {
            Ok(given) => given,
            Err(reason) => return failed(&reason),
        };
        let id = given.id.clone();
        let name = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let fail = |reason| self.told(&id, &Outcome::failed(&name, self.audience, self.pipeline, reason));
        guarded(|| self.outcome(given, &name).map(|outcome| self.told(&id, &outcome)))
            .and_then(|answer| answer)
            .unwrap_or_else(fail)
    }

    /// The answer that an outcome is, and its record.
    fn told(&self, id: &serde_json::Value, outcome: &Outcome) -> Answer {
        let release = outcome.release();
        let status = outcome.record().status;
        let told = Told {
            id,
            status: status.word(),
            text: release.map(Release::text),
            banner: release.and_then(Release::banner),
            error: (status != Status::Released).then(|| outcome.reason()),
        };
        let record = self.records.then(|| json_line(outcome.record()));
        reach("answer", record.as_deref().unwrap_or_default());
        Answer { status, line: json_line(&told), record }
    }

    fn outcome(&self, given: Given, name: &str) -> Result<Outcome, String> {
        let deadline = Deadline::begin(self.pipeline.policy().most_time);
        let format = match given.format.as_deref() {
            None | Some("markdown") => Format::Markdown,
            Some("text") => Format::Text,
            Some(_) => return Err("unknown format; known are markdown and text".to_owned()),
        };
        let assume = given.marking.as_deref().map(AssumedMark::parse).transpose();
        let assume = assume.map_err(|error| error.to_string())?;
        let text = self.ingest.read(given.text.into_bytes()).map_err(|error| error.to_string())?;
        let report = Report::new(name, text, format, Names::Neutral).assume(assume);
        self.pipeline.study(&report, |study| {
            deadline.check()?;
            Ok(study.outcome(self.audience, self.pipeline.decided()))
        })
    }
}

/// The answer to a line that names no report.
fn failed(reason: &str) -> Answer {
    let status = Status::Failed;
    let told = Told {
        id: &serde_json::Value::Null,
        status: status.word(),
        text: None,
        banner: None,
        error: Some(reason),
    };
    Answer { status, line: json_line(&told), record: None }
}

fn json_line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("an answer is plain data");
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_and_long_ones_let_go() {
        let mut input = io::BufReader::with_capacity(3, &b"\n \nabc\n\n123456789\nlast"[..]);
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut input, 8).unwrap() {
            lines.push(line);
        }
        assert_eq!(lines, [Line::Whole(b"abc".into()), Line::TooLong, Line::Whole(b"last".into())]);
    }
}
