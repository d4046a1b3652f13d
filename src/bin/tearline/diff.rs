//! `tearline diff`: what a release changes.

use std::io::Write as _;

use tearline::review::diff::{Style, unified, words};
use tearline::{Audience, Format, Names, Report, Status, review};

use crate::args::{DiffArgs, DiffFormat};
use crate::common;
use crate::exit::Exit;

pub(crate) fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let pipeline =
        common::pipeline(&args.common, common::key_of_decisions(&args.common)?.unwrap_or_default())?;
    let audience = Audience::parse(&args.audience, pipeline.policy())?;
    let ingest = common::ingest(&args.common, pipeline.policy())?;
    let walk = tearline::batch::walk(std::slice::from_ref(&args.source))?;
    let [input] = &walk.inputs[..] else { anyhow::bail!("{}: give one report", args.source.display()) };
    let read = input.read(ingest.most_bytes()).map_err(anyhow::Error::from);
    let text = match read.and_then(|bytes| Ok(ingest.read(bytes)?)) {
        Ok(text) => text,
        Err(error) => {
            common::say(&format!("{}: {error}", args.source.display()));
            return Ok(Exit::Input);
        }
    };
    let report = Report::new(&input.path, text, Format::of_name(&input.path), Names::Keep);
    let outcomes = pipeline.process(&report, &[audience]);
    let outcome = &outcomes[0];
    let style = if common::colored(args.common.color) { Style::colored() } else { Style::plain() };
    let out = match args.format {
        DiffFormat::Unified => unified(outcome, &style).into_bytes(),
        DiffFormat::Words => words(outcome, &style).into_bytes(),
        DiffFormat::Json => review::json(outcome.record()),
    };
    std::io::stdout().lock().write_all(&out)?;
    Ok(if outcome.record().status == Status::Released { Exit::Done } else { Exit::Human })
}
