//! The baseline's file and the key of its fingerprints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use tearline::config::{Config, FailOn};
use tearline::lint::{Baseline, Checked, Terms};

use super::setup::Setups;
use super::{CheckArgs, Read};
use crate::common;

/// The names beside a configuration that names none.
const FILE: &str = "tearline.baseline.jsonl";
const KEY: &str = ".tearline.key";

/// Where the baseline lies, and its key.
pub(crate) struct Store {
    pub(crate) file: PathBuf,
    pub(crate) key: Option<[u8; 32]>,
}

/// The store that options and configuration name; a key beside the configuration makes fingerprints without a baseline too.
pub(crate) fn store(args: &CheckArgs, config: &Config, folder: &Path) -> anyhow::Result<Option<Store>> {
    let named = args.baseline.clone().or_else(|| config.baseline.file.as_ref().map(|file| folder.join(file)));
    let key_file = match (&config.baseline.key, &args.baseline) {
        (Some(key), _) => folder.join(key),
        (None, Some(baseline)) => baseline.with_file_name(KEY),
        (None, None) => folder.join(KEY),
    };
    let file = match named {
        Some(file) => file,
        None if args.write_baseline || key_file.exists() => folder.join(FILE),
        None => return Ok(None),
    };
    let key = if key_file.exists() {
        Some(read_key(&key_file)?)
    } else if args.write_baseline {
        Some(new_key(&key_file)?)
    } else if file.exists() {
        bail!(
            "{}: the key of the baseline {} is missing; bring it here or write the baseline anew",
            key_file.display(),
            file.display()
        );
    } else {
        None
    };
    Ok(Some(Store { file, key }))
}

fn read_key(file: &Path) -> anyhow::Result<[u8; 32]> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let wrong = || anyhow::anyhow!("{}: not a key of 64 hexadecimal digits; move it away", file.display());
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
    }
    Ok(key)
}

/// Makes a key that only its owner may read.
fn new_key(file: &Path) -> anyhow::Result<[u8; 32]> {
    use std::io::Write as _;
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut out = options.open(file).with_context(|| file.display().to_string())?;
    writeln!(out, "{digits}")?;
    common::say(&format!(
        "made {}: keep it where the drafts are and nowhere else; without it the baseline cannot be read",
        file.display()
    ));
    Ok(key)
}

/// The path of a draft as the baseline has it.
fn relative(baseline: &Path, read: &Read<'_>) -> anyhow::Result<String> {
    let folder = std::path::absolute(baseline)?;
    let draft = std::path::absolute(read.file.place())?;
    let inside = folder.parent().and_then(|folder| draft.strip_prefix(folder).ok());
    Ok(inside.map_or_else(|| read.file.shown.clone(), |path| path.to_string_lossy().replace('\\', "/")))
}

fn load(file: &Path) -> anyhow::Result<Baseline> {
    if !file.exists() {
        return Ok(Baseline::default());
    }
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Baseline::parse(&text).with_context(|| file.display().to_string())
}

/// Today, or the day that SOURCE_DATE_EPOCH names.
fn today() -> anyhow::Result<Date> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => {
            let seconds: i64 = seconds.parse().context("SOURCE_DATE_EPOCH is no number of seconds")?;
            Ok(jiff::Timestamp::from_second(seconds)?.to_zoned(jiff::tz::TimeZone::UTC).date())
        }
        Err(_) => Ok(jiff::Zoned::now().date()),
    }
}

/// The drafts of each baseline.
fn by_baseline(checked: &[Read<'_>]) -> BTreeMap<PathBuf, Vec<usize>> {
    let mut groups: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    for (at, read) in checked.iter().enumerate() {
        if let Some(store) = &read.setup.store {
            groups.entry(store.file.clone()).or_default().push(at);
        }
    }
    groups
}

/// Quiets what the baselines hold; answers what is wrong with the baselines themselves.
pub(crate) fn apply(setups: &Setups, checked: &mut [Read<'_>]) -> anyhow::Result<Vec<(Checked, FailOn)>> {
    let mut own = Vec::new();
    for (file, drafts) in by_baseline(checked) {
        let baseline = load(&file)?;
        let mut reports = Vec::new();
        for (at, read) in checked.iter_mut().enumerate() {
            if drafts.contains(&at) {
                let path = relative(&file, read)?;
                reports.push((path, &mut read.checked));
            }
        }
        let with_it = |setup: &&super::Setup| setup.store.as_ref().is_some_and(|store| store.file == file);
        let Some(setup) = setups.all().find(with_it) else { continue };
        let shown = file.display().to_string();
        let found = baseline.apply(&shown, &mut reports, today()?, setup.linter.settings());
        if !found.diagnostics.is_empty() {
            own.push((found, setup.fail_on));
        }
    }
    Ok(own)
}

/// Writes the baselines anew.
pub(crate) fn write(args: &CheckArgs, setups: &Setups, checked: &mut [Read<'_>]) -> anyhow::Result<()> {
    apply(setups, checked)?;
    let terms = Terms {
        reason: args.reason.clone().unwrap_or_default(),
        author: args.author.clone().unwrap_or_default(),
        expires: args.expires,
    };
    for (file, drafts) in by_baseline(checked) {
        let mut reports = Vec::new();
        for &at in &drafts {
            reports.push((relative(&file, &checked[at])?, &checked[at].checked));
        }
        let text = load(&file)?.renewed(&reports, &terms);
        std::fs::write(&file, &text).with_context(|| file.display().to_string())?;
        common::say(&format!("wrote {}: {} entries", file.display(), text.lines().count()));
    }
    Ok(())
}
