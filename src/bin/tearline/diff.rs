//! `tearline diff`: what a release changes.

use anyhow::Context as _;
use tearline::review::View;
use tearline::review::diff::{Style, markdown, side_by_side, unified, words};
use tearline::{Audience, Format, Names, Report, Status, review};

use crate::args::{DiffArgs, DiffFormat};
use crate::common;
use crate::exit::Exit;
use crate::pager;

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
    for unapplied in outcome.unapplied() {
        let (decision, obstacle) = (&unapplied.decision, unapplied.obstacle);
        let (act, id) = (decision.act.word(), decision.target.id());
        common::say(&format!("not carried out: {act} of {id} by {}: {obstacle}", decision.by));
    }
    let view = match &args.release {
        None => View::of(outcome),
        Some(file) => {
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            let release = ingest.read(bytes).with_context(|| file.display().to_string())?;
            View::against(outcome, &release)
        }
    };
    let view = view.only(&args.only);
    let style = if common::colored(args.common.color) { Style::colored() } else { Style::plain() };
    let out = match args.format {
        DiffFormat::Unified => unified(&view, &style).into_bytes(),
        DiffFormat::Words => words(&view, &style).into_bytes(),
        DiffFormat::SideBySide => {
            side_by_side(&view, &style, args.width.unwrap_or_else(columns)).into_bytes()
        }
        DiffFormat::Html => review::page::file(&view).into_bytes(),
        DiffFormat::Markdown => markdown(&view).into_bytes(),
        DiffFormat::Json => {
            let mut record = outcome.record().clone();
            record.edits.retain(|edit| view.shows(edit));
            review::json(&record)
        }
    };
    let page = !args.no_pager
        && matches!(args.format, DiffFormat::Unified | DiffFormat::Words | DiffFormat::SideBySide);
    pager::show(&out, page)?;
    Ok(if outcome.record().status == Status::Released { Exit::Done } else { Exit::Human })
}

/// The width of the terminal; 160 columns when there is none.
fn columns() -> usize {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    given.or_else(|| terminal_size::terminal_size().map(|(width, _)| width.0.into())).unwrap_or(160)
}
