//! `tearline marking`: explains marks given as arguments, or answers requests line by line.

use std::io::{self, BufRead, Write};

use tearline::marking::{
    Audience, Context, ErrorCode, Form, Lenient, Marking, answer, parse, parse_lenient, release, roll_up,
};

/// Parse, validate, roll up and decide markings.
#[derive(Debug, clap::Args)]
pub(crate) struct MarkingArgs {
    /// Marks to explain: portion marks in round brackets, banners without. Several portions are also rolled up.
    #[arg(value_name = "MARK", required_unless_present = "jsonl", conflicts_with = "jsonl")]
    marks: Vec<String>,
    /// Read requests from standard input, a JSON object a line, and answer each with one.
    #[arg(long)]
    jsonl: bool,
    /// Also decide release to this audience: codes or group names, comma-separated, US-LE or PUBLIC.
    #[arg(long, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// The banner of the document that the portions stand in.
    #[arg(long, value_name = "BANNER")]
    banner: Option<String>,
}

/// What became of the command, for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every mark is right.
    Sound,
    /// A mark has problems.
    Found,
    /// A request could not be read.
    Unread,
}

/// Runs the command over the given streams.
///
/// # Errors
/// When a stream fails.
pub(crate) fn run(args: &MarkingArgs, input: impl BufRead, out: &mut impl Write) -> io::Result<Outcome> {
    if args.jsonl { answer_lines(input, out) } else { explain_all(args, out) }
}

fn answer_lines(input: impl BufRead, out: &mut impl Write) -> io::Result<Outcome> {
    let mut outcome = Outcome::Sound;
    for line in input.split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match answer(&String::from_utf8_lossy(&line)) {
            Ok(text) => writeln!(out, "{text}")?,
            Err(error) => {
                outcome = Outcome::Unread;
                writeln!(out, "{}", serde_json::json!({ "id": null, "error": error.to_string() }))?;
            }
        }
    }
    out.flush()?;
    Ok(outcome)
}

fn explain_all(args: &MarkingArgs, out: &mut impl Write) -> io::Result<Outcome> {
    let mut outcome = Outcome::Sound;
    for (at, mark) in args.marks.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        if !explain(mark, args, out)? {
            outcome = Outcome::Found;
        }
    }
    let portions: Vec<Marking> = args
        .marks
        .iter()
        .filter(|mark| form(mark) == Form::Portion)
        .map(|mark| parse(mark, Form::Portion).cautious())
        .collect();
    if portions.len() > 1 {
        explain_roll_up(&portions, args, out)?;
    }
    out.flush()?;
    Ok(outcome)
}

fn form(mark: &str) -> Form {
    if mark.trim_start().starts_with(['(', '[', '{']) { Form::Portion } else { Form::Banner }
}

/// Explains one mark; whether it is right.
fn explain(mark: &str, args: &MarkingArgs, out: &mut impl Write) -> io::Result<bool> {
    let form = form(mark);
    let reading = parse(mark, form);
    let kind = if form == Form::Portion { "portion mark" } else { "banner" };
    let verdict = if reading.is_valid() { "valid" } else { "not valid" };
    writeln!(out, "{mark}\n  {kind}, {verdict}")?;

    if reading.level_known {
        writeln!(out, "\nMeaning")?;
        let glosses = reading.marking.explain();
        let width = glosses.iter().map(|gloss| gloss.text.chars().count()).max().unwrap_or(0);
        for gloss in &glosses {
            writeln!(out, "  {:width$}  {} [{}]", gloss.text, gloss.meaning, gloss.section)?;
        }
        let fields = serde_json::to_string(&reading.marking).map_err(io::Error::other)?;
        writeln!(out, "\nParsed\n  {fields}")?;
    }
    if !reading.is_valid() {
        writeln!(out, "\nProblems")?;
        for problem in &reading.problems {
            let part = &mark[problem.at.clone()];
            writeln!(out, "  {} {:?} [{}]: {}", problem.code, part, problem.section, problem.code.what())?;
            if let Some(fix) = &problem.fix {
                writeln!(out, "    write: {fix}")?;
            }
        }
        suggest(&parse_lenient(mark), out)?;
    }
    if reading.level_known && !reading.has(ErrorCode::Unknown) {
        writeln!(out, "\nCanonical")?;
        writeln!(out, "  portion      {}", reading.marking.portion())?;
        writeln!(out, "  banner       {}", reading.marking.banner())?;
        writeln!(out, "  long banner  {}", reading.marking.long_banner())?;
    }
    if !args.audience.is_empty() {
        let banner = args.banner.as_deref().map(|text| parse(text, Form::Banner));
        let audience = Audience::parse(args.audience.iter().map(String::as_str));
        let decision = release(&reading, &audience, banner.as_ref());
        writeln!(out, "\nRelease to {}", args.audience.join(", "))?;
        writeln!(out, "  {} ({})\n  {}", decision.answer.word(), decision.reason, decision.sentence())?;
    }
    Ok(reading.is_valid())
}

fn suggest(lenient: &Lenient, out: &mut impl Write) -> io::Result<()> {
    match &lenient.suggestion {
        Some(suggestion) => {
            writeln!(out, "\nNearest known marking (a person must confirm it)\n  {suggestion}")
        }
        None => Ok(()),
    }
}

fn explain_roll_up(portions: &[Marking], args: &MarkingArgs, out: &mut impl Write) -> io::Result<()> {
    let banner = args.banner.as_deref().map(|text| parse(text, Form::Banner).marking);
    let context = Context { banner: banner.as_ref(), ..Context::default() };
    let Some(rolled) = roll_up(portions, context) else { return Ok(()) };
    writeln!(out, "\nRoll-up of the portions\n  {}", rolled.banner.banner())?;
    for conflict in &rolled.conflicts {
        let places: Vec<_> = conflict.portions.iter().map(|at| (at + 1).to_string()).collect();
        let code = conflict.code;
        writeln!(out, "  {code} (portion {}) [{}]: {}", places.join(", "), code.section(), code.what())?;
        writeln!(out, "    remedy: {}", code.fix())?;
    }
    Ok(())
}
