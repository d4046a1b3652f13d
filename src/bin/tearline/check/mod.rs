//! `tearline check`: drafts in, findings out.

mod baseline;
mod explain;
mod files;
mod mend;
mod setup;

use std::io::{IsTerminal as _, Write as _};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args as ClapArgs, ValueEnum};
use rayon::prelude::*;
use tearline::config::FailOn;
use tearline::lint::Checked;
use tearline::report::{self, Run, Style};
use tearline::{Format, Ingest, SourceText};

use crate::args::Common;
use crate::common;
use crate::exit::Exit;
use files::File;
use setup::{Setup, Setups};

/// The form of the findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    #[default]
    Text,
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    Junit,
    Markdown,
}

/// From what severity on a finding fails the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOnArg {
    Error,
    Warning,
    Never,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Drafts, folders of drafts, or - for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The form of the findings
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
    /// Write the findings to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Who the releasable portions are for; may be given again [default: whoever a mark names]
    #[arg(long, short, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// The configuration [default: the nearest tearline.toml up from each draft]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show what configuration holds, and where it comes from
    #[arg(long)]
    explain_config: bool,
    /// Findings that were there before: they do not count
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Take all findings into the baseline; needs --reason and --author
    #[arg(long, requires_all = ["reason", "author"])]
    write_baseline: bool,
    /// Why the new entries of the baseline stand
    #[arg(long, value_name = "TEXT", requires = "write_baseline")]
    reason: Option<String>,
    /// Who takes them in
    #[arg(long, value_name = "NAME", requires = "write_baseline")]
    author: Option<String>,
    /// The last day on which they count, as 2027-01-31
    #[arg(long, value_name = "DATE", requires = "write_baseline")]
    expires: Option<jiff::civil::Date>,
    /// From what severity on a finding fails the run [default: error]
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOnArg>,
    /// Make the safe fixes: order of marks, banners that claim too little
    #[arg(long)]
    fix: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long)]
    diff: bool,
    /// Let suppressions in the drafts not count
    #[arg(long)]
    no_inline: bool,
    /// Show words of the drafts even where no terminal is
    #[arg(long)]
    show_text: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let found = files::find(&args.paths)?;
    if !args.common.quiet {
        found.tell();
    }
    let setups = Setups::new(args, &found.files)?;
    if args.explain_config {
        let mut out = std::io::stdout().lock();
        for setup in setups.all() {
            out.write_all(explain::explain(args, setup).as_bytes())?;
        }
        return Ok(Exit::Done);
    }
    common::jobs(&args.common)?;
    let show_text = args.show_text || (args.output.is_none() && std::io::stdout().is_terminal());
    if args.diff && !show_text {
        bail!("--diff shows words of the drafts; give --show-text to write them to a file or a pipe");
    }
    let read: Vec<Result<Read<'_>, (String, String)>> =
        found.files.par_iter().map(|file| read(args, file, setups.of(file))).collect();
    let (mut checked, mut failed) = (Vec::new(), Vec::new());
    for result in read {
        match result {
            Ok(read) => checked.push(read),
            Err(failure) => failed.push(failure),
        }
    }
    if args.diff || args.fix {
        let changed = mend::mend(&mut checked, args.diff)?;
        if args.diff {
            return Ok(match (failed.is_empty(), changed) {
                (false, _) => Exit::Input,
                (true, true) => Exit::Human,
                (true, false) => Exit::Done,
            });
        }
    }
    if args.write_baseline {
        baseline::write(args, &setups, &mut checked)?;
        return Ok(if failed.is_empty() { Exit::Done } else { Exit::Input });
    }
    let own = baseline::apply(&setups, &mut checked)?;
    let fails = checked.iter().any(|read| {
        let fail_on = read.setup.fail_on;
        read.checked.active().any(|diagnostic| fail_on.fails(diagnostic.severity))
    });
    let fails = fails
        || own.iter().any(|(checked, fail_on)| checked.active().any(|found| fail_on.fails(found.severity)));
    let mut files: Vec<Checked> = checked.into_iter().map(|read| read.checked).collect();
    files.extend(own.into_iter().map(|(checked, _)| checked));
    let run = Run { files: &files, failed: &failed, catalog: setups.catalog() };
    let style = Style {
        color: args.output.is_none() && common::colored(args.common.color),
        show_text,
        width: args
            .output
            .is_none()
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| width.0.into()),
    };
    let text = report::render(&run, format(args.format), style);
    match &args.output {
        Some(file) => std::fs::write(file, text).with_context(|| file.display().to_string())?,
        None => std::io::stdout().lock().write_all(text.as_bytes())?,
    }
    for (path, reason) in &failed {
        common::say(&format!("{path}: {reason}"));
    }
    Ok(match (failed.is_empty(), fails) {
        (false, _) => Exit::Input,
        (true, true) => Exit::Human,
        (true, false) => Exit::Done,
    })
}

fn format(format: CheckFormat) -> report::Format {
    match format {
        CheckFormat::Text => report::Format::Text,
        CheckFormat::Json => report::Format::Json,
        CheckFormat::Sarif => report::Format::Sarif,
        CheckFormat::Github => report::Format::Github,
        CheckFormat::Junit => report::Format::Junit,
        CheckFormat::Markdown => report::Format::Markdown,
    }
}

impl FailOnArg {
    fn meant(self) -> FailOn {
        match self {
            Self::Error => FailOn::Error,
            Self::Warning => FailOn::Warning,
            Self::Never => FailOn::Never,
        }
    }
}

/// A draft that was read and checked.
struct Read<'s> {
    file: &'s File,
    setup: &'s Setup,
    format: Format,
    /// Whether the file holds the text byte for byte, so that it can be written back.
    plain: bool,
    checked: Checked,
}

fn read<'s>(args: &CheckArgs, file: &'s File, setup: &'s Setup) -> Result<Read<'s>, (String, String)> {
    let failed = |reason: String| (file.shown.clone(), reason);
    let linter = &setup.linter;
    let ingest: Ingest =
        common::ingest(&args.common, linter.policy()).map_err(|error| failed(error.to_string()))?;
    let bytes = file.input.read(ingest.most_bytes()).map_err(|error| failed(error.to_string()))?;
    let size = bytes.len();
    let plain = std::str::from_utf8(&bytes).is_ok();
    let text: SourceText = ingest.read(bytes).map_err(|error| failed(error.to_string()))?;
    let plain = plain && text.len() == size;
    let format = Format::of_name(&file.shown);
    let work = AssertUnwindSafe(|| linter.check(&file.shown, text, format));
    let checked = std::panic::catch_unwind(work).map_err(|_| {
        failed("the program failed inside this draft; this is a bug, please report it".into())
    })?;
    Ok(Read { file, setup, format, plain, checked })
}
