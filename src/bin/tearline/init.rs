//! `tearline init`: a commented `tearline.toml`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use tearline::config::{Config, NAME, TEMPLATE};

use crate::common;
use crate::exit::Exit;

#[derive(Debug, ClapArgs)]
pub(crate) struct InitArgs {
    /// The folder of the drafts
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Take the place of a file that is there
    #[arg(long)]
    force: bool,
    /// Print the JSON Schema of the file instead
    #[arg(long)]
    schema: bool,
}

pub(crate) fn run(args: &InitArgs) -> anyhow::Result<Exit> {
    if args.schema {
        let schema = serde_json::to_string_pretty(&Config::schema())?;
        writeln!(std::io::stdout().lock(), "{schema}")?;
        return Ok(Exit::Done);
    }
    let file = args.dir.join(NAME);
    if file.exists() && !args.force {
        bail!("{} is there already; give --force to write it anew", file.display());
    }
    write(&file)?;
    common::say(&format!("wrote {}; `tearline check` finds it from there on", file.display()));
    Ok(Exit::Done)
}

fn write(file: &Path) -> anyhow::Result<()> {
    std::fs::write(file, TEMPLATE).with_context(|| file.display().to_string())
}
