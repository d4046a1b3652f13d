//! `tearline decisions`: what reviewers decided, out of a review folder and into it.

use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use tearline::batch::HighFolder;
use tearline::decisions::{Chain, Store, lines};

use crate::args::{DecisionsArgs, DecisionsCommand};
use crate::common;
use crate::exit::Exit;

pub(crate) fn run(args: &DecisionsArgs) -> anyhow::Result<Exit> {
    match &args.command {
        DecisionsCommand::Export { high, output } => export(high, output.as_deref()),
        DecisionsCommand::Import { high, file } => import(high, file),
        DecisionsCommand::Verify { high } => verify(high),
    }
}

fn export(high: &Path, output: Option<&Path>) -> anyhow::Result<Exit> {
    let text = lines::write(&existing(high)?.log()?);
    match output {
        Some(file) => common::write_private(file, text.as_bytes())?,
        None => std::io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(Exit::Done)
}

fn import(high: &Path, file: &Path) -> anyhow::Result<Exit> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_string(&mut text).context("standard input")?;
    } else {
        text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    }
    let decisions = lines::parse(&text).with_context(|| file.display().to_string())?;
    HighFolder::open(high)?;
    let added = Store::open(high, common::key(high, true)?)?.add(&decisions)?;
    common::say(&format!("{added} added, {} already there", decisions.len() - added));
    Ok(Exit::Done)
}

fn verify(high: &Path) -> anyhow::Result<Exit> {
    match existing(high)?.verify()? {
        Chain::Whole(count) => {
            common::say(&format!("{count} decisions, none changed, dropped or cut off"));
            Ok(Exit::Done)
        }
        Chain::Broken(at) => {
            common::say(&format!("decision {at} is not what was written, or is missing"));
            Ok(Exit::Human)
        }
    }
}

/// The store of a review folder that has one.
pub(crate) fn existing(high: &Path) -> anyhow::Result<Store> {
    let file = high.join(Store::FILE);
    if !file.is_file() {
        bail!("{}: no decisions were made in this review folder", file.display());
    }
    Ok(Store::open(high, common::key(high, false)?)?)
}
