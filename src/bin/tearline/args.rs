//! What a user types, validated and nothing more.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Turn finished intelligence reports into releasable tearline versions.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the releasable version of reports for one or more audiences
    Release(ReleaseArgs),
    /// Check drafts: leaks, marks, over-restriction, tearlines, hidden channels
    Check(crate::check::CheckArgs),
    /// Show what a release changes; the output is as sensitive as the source
    Diff(DiffArgs),
    /// Inspect a review folder in a browser and decide
    Review(ReviewArgs),
    /// Export, import or verify what reviewers decided
    Decisions(DecisionsArgs),
    /// Filter JSON Lines: one report a line in, one line out, same order
    Stream(StreamArgs),
    /// Check releases, whoever made them, against their sources
    Verify(VerifyArgs),
    /// Parse, validate, roll up and decide markings
    Marking(crate::marking::MarkingArgs),
    /// List, explain and test the rules
    Rules(RulesArgs),
    /// Measure the releases of labelled reports: what leaks, what is lost, by category and rule
    Eval(EvalArgs),
    /// List the audiences by name
    Audiences(AudiencesArgs),
    /// Write a commented tearline.toml
    Init(crate::init::InitArgs),
    /// Print the manual page, or write one for each command
    Man(crate::man::ManArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Options that every command which reads reports takes.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct Common {
    /// A policy file: its keys take the place of the default policy's
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A folder of patterns that adds to or overrides the built-in ones
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) patterns: Option<PathBuf>,
    /// A local term list: a literal a line, optionally a tab and its category
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// Find by rules alone, without the statistical reader
    #[arg(long, global = true)]
    pub(crate) no_reader: bool,
    /// The mark that holds for reports without any marking, such as "(S//NF)"
    #[arg(long, global = true, value_name = "MARKING")]
    pub(crate) assume: Option<String>,
    /// What reviewers decided: JSON Lines, or a review folder with its database
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) decisions: Option<PathBuf>,
    /// Release the fuller portions beside a human-written tearline
    #[arg(long, global = true)]
    pub(crate) fuller: bool,
    /// The encoding of the input when it is neither UTF-8 nor UTF-16 with a byte order mark, such as windows-1252
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// Threads [default: one a core]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Say nothing but errors
    #[arg(long, global = true, short)]
    pub(crate) quiet: bool,
    /// When to colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

/// When something is done that suits a terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    #[default]
    Auto,
    Always,
    Never,
}

/// How progress is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressWhen {
    #[default]
    Auto,
    Always,
    Never,
    Json,
}

/// The format of the input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// As the file's name says
    #[default]
    Auto,
    Markdown,
    Text,
}

/// Whether releases keep names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum NamesArg {
    #[default]
    Keep,
    Neutral,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReleaseArgs {
    /// Reports, folders of reports, archives of them (tar, tar.gz, tar.zst, zip), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Who will read: a name (`tearline audiences`) or codes such as USA,GBR; may be given again
    #[arg(long, short, required = true, value_name = "AUDIENCE")]
    pub(crate) audience: Vec<String>,
    /// The release folder: releases and nothing else
    #[arg(long, short, value_name = "LOW")]
    pub(crate) out: PathBuf,
    /// The review folder: records and all that shows what was removed
    #[arg(long, short, value_name = "HIGH")]
    pub(crate) review: PathBuf,
    /// The format of the input
    #[arg(long, default_value = "auto")]
    pub(crate) format: InputFormat,
    /// Whether releases keep their reports' names or are numbered
    #[arg(long, default_value = "keep")]
    pub(crate) names: NamesArg,
    /// Write each report's diff beside its record
    #[arg(long)]
    pub(crate) diff: bool,
    /// Write each report's page beside its record, and an index of them
    #[arg(long)]
    pub(crate) html: bool,
    /// Find the names, aliases and code words that one report binds in all reports of this run
    #[arg(long)]
    pub(crate) link_reports: bool,
    /// Do not do again what an earlier run into the same folders did and nothing has changed since
    #[arg(long)]
    pub(crate) resume: bool,
    /// Make sure that files and folders outlast a power failure; slower
    #[arg(long)]
    pub(crate) durable: bool,
    /// Name the slowest reports in the summary, with their times
    #[arg(long)]
    pub(crate) timings: bool,
    /// Do everything but write
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How progress is told on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) progress: ProgressWhen,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// The form of a diff.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// Lines, as diff -u prints them
    #[default]
    Unified,
    /// What goes and comes, in place
    Words,
    /// Two columns
    SideBySide,
    /// The page that a reviewer reads in a browser
    Html,
    /// The review record
    Json,
    /// A comment for a merge request
    Markdown,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DiffArgs {
    /// The report
    pub(crate) source: PathBuf,
    /// A release to compare it with [default: the one that would be made]
    pub(crate) release: Option<PathBuf>,
    /// Who will read
    #[arg(long, short, value_name = "AUDIENCE")]
    pub(crate) audience: String,
    /// The form
    #[arg(long, default_value = "unified")]
    pub(crate) format: DiffFormat,
    /// Show changes of this category alone; may be given again
    #[arg(long, value_name = "CATEGORY")]
    pub(crate) only: Vec<tearline::Category>,
    /// Columns of the side-by-side form [default: the terminal's, or 160]
    #[arg(long, value_name = "N")]
    pub(crate) width: Option<usize>,
    /// Do not use a pager
    #[arg(long)]
    pub(crate) no_pager: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReviewArgs {
    /// The review folder of a release
    #[arg(value_name = "HIGH")]
    pub(crate) high: PathBuf,
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: std::net::SocketAddr,
    /// Where the sources lie, when they are not where the release found them
    #[arg(long, value_name = "DIR")]
    pub(crate) sources: Option<PathBuf>,
    /// A further audience to show; may be given again
    #[arg(long, short, value_name = "AUDIENCE")]
    pub(crate) audience: Vec<String>,
    /// Ask for two people before anything lets text through, in this folder from now on
    #[arg(long)]
    pub(crate) two_person: bool,
    /// Listen where other machines can reach it
    #[arg(long)]
    pub(crate) i_understand: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DecisionsArgs {
    #[command(subcommand)]
    pub(crate) command: DecisionsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DecisionsCommand {
    /// Print all that was decided as JSON Lines, in order
    Export {
        /// The review folder
        #[arg(value_name = "HIGH")]
        high: PathBuf,
        /// Where to write instead of standard output
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Add decisions from JSON Lines; those already there are not added again
    Import {
        /// The review folder
        #[arg(value_name = "HIGH")]
        high: PathBuf,
        /// The decisions, or - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Check that no decision was changed, dropped or cut off
    Verify {
        /// The review folder
        #[arg(value_name = "HIGH")]
        high: PathBuf,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct StreamArgs {
    /// Who will read
    #[arg(long, short, value_name = "AUDIENCE")]
    pub(crate) audience: String,
    /// Where the review records go, a line each
    #[arg(long, value_name = "FILE")]
    pub(crate) review: Option<PathBuf>,
    /// The most bytes that are read and not yet answered, with K, M or G; nothing more is read before there is room
    #[arg(long, value_name = "BYTES", default_value = "64M", value_parser = bytes)]
    pub(crate) max_in_flight: usize,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// The form of a list of faults.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyFormat {
    #[default]
    Text,
    /// A JSON object a line
    Json,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// The release folder, or the folder of the audience in it
    #[arg(value_name = "LOW")]
    pub(crate) low: PathBuf,
    /// The reports that the releases were made of: files or folders
    #[arg(long, value_name = "SOURCES", required = true, num_args = 1..)]
    pub(crate) against: Vec<PathBuf>,
    /// Who will read
    #[arg(long, short, value_name = "AUDIENCE")]
    pub(crate) audience: String,
    /// Another folder of releases of the same reports: also tell what a reader of both learns
    #[arg(long, value_name = "LOW_B")]
    pub(crate) pair: Option<PathBuf>,
    /// The form
    #[arg(long, default_value = "text")]
    pub(crate) format: VerifyFormat,
    /// Show the words that must not stand, when standard output is no terminal too
    #[arg(long)]
    pub(crate) show_text: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List all rules
    List,
    /// Explain one rule: what it finds, why it reveals, its examples
    Explain {
        /// The rule's id
        id: String,
    },
    /// Run the examples of all rules, or of a folder of patterns
    Test {
        /// A folder laid out like `patterns/`
        dir: Option<PathBuf>,
    },
    /// Print the JSON Schema of a file of rules
    Schema,
    /// Show which findings two folders of patterns do not share
    Diff(RulesDiffArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RulesDiffArgs {
    /// A folder laid out like `patterns/`, or `built-in`; one without policy.toml adds to the built-in patterns
    pub(crate) old: PathBuf,
    /// The same, to compare with
    pub(crate) new: PathBuf,
    /// A folder of reports
    pub(crate) corpus: PathBuf,
    /// Show words of the reports though standard output is no terminal
    #[arg(long)]
    pub(crate) show_text: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct EvalArgs {
    /// The labels: a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) gold: PathBuf,
    /// The folder below which the labelled reports lie
    #[arg(long, value_name = "DIR")]
    pub(crate) sources: PathBuf,
    /// Who will read
    #[arg(long, short, value_name = "AUDIENCE", default_value = "FVEY")]
    pub(crate) audience: String,
    /// Only the reports whose path starts so
    #[arg(long, value_name = "PREFIX", default_value = "")]
    pub(crate) only: String,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Show words of the reports though standard output is no terminal
    #[arg(long)]
    pub(crate) show_text: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AudiencesArgs {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// A number of bytes, with a unit or not: 64M are 64 times 1,024 times 1,024.
fn bytes(text: &str) -> Result<usize, String> {
    let config = parse_size::Config::new().with_binary();
    let bytes = config.parse_size(text).ok().and_then(|bytes| usize::try_from(bytes).ok());
    let bytes = bytes.filter(|&bytes| bytes > 0);
    bytes.ok_or_else(|| "not a number of bytes above zero, such as 500K, 64M or 2G".to_owned())
}
