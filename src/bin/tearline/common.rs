//! From common options to a pipeline.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use tearline::decisions::{self, Chain, Decisions};
use tearline::rules::Patterns;
use tearline::{AssumedMark, Ingest, Pipeline, Policy};

use crate::args::{Common, When};

/// A line on standard error.
#[expect(clippy::print_stderr, reason = "the one place where messages leave the program")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// A line of results on standard output.
pub(crate) fn print_line(line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// 32 random hexadecimal digits.
pub(crate) fn token() -> anyhow::Result<String> {
    let mut token = [0; 16];
    getrandom::fill(&mut token).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(token.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The patterns: built in, and what the options add.
pub(crate) fn patterns(common: &Common) -> anyhow::Result<Patterns> {
    let mut patterns = Patterns::built_in();
    if let Some(dir) = &common.patterns {
        patterns.add_dir(dir)?;
    }
    with_options(patterns, common)
}

/// The same patterns with the local terms, and with the reader unless it is switched off.
pub(crate) fn with_options(mut patterns: Patterns, common: &Common) -> anyhow::Result<Patterns> {
    if let Some(file) = &common.terms {
        patterns.add_terms(file)?;
    }
    if common.no_reader {
        patterns.without_reader();
    }
    Ok(patterns)
}

/// The policy: the default one, and what the options override.
pub(crate) fn policy(common: &Common, patterns: &Patterns) -> anyhow::Result<Policy> {
    let text = match &common.policy {
        Some(file) => Some((file.display().to_string(), read(file)?)),
        None => None,
    };
    Ok(Policy::load(patterns, text.as_ref().map(|(name, text)| (name.as_str(), text.as_str())))?)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| file.display().to_string())
}

/// The pipeline that the options describe. It is kept until the program ends: to take its tables apart would be a tenth
/// of the work for one small report.
pub(crate) fn pipeline(common: &Common, key: [u8; 32]) -> anyhow::Result<&'static Pipeline> {
    pipeline_of(&patterns(common)?, common, key)
}

/// The same with other patterns.
pub(crate) fn pipeline_of(
    patterns: &Patterns,
    common: &Common,
    key: [u8; 32],
) -> anyhow::Result<&'static Pipeline> {
    let policy = policy(common, patterns)?;
    jobs(common)?;
    let assume = common.assume.as_deref().map(AssumedMark::parse).transpose()?;
    let decisions = common.decisions.as_deref().map(decisions).transpose()?.unwrap_or_default();
    let pipeline = Pipeline::new(patterns.build()?, policy, key);
    let pipeline = pipeline.assume(assume).fuller(common.fuller).decisions(decisions);
    Ok(Box::leak(Box::new(pipeline)))
}

/// Sets how many threads there are.
pub(crate) fn jobs(common: &Common) -> anyhow::Result<()> {
    if let Some(jobs) = common.jobs {
        if jobs == 0 {
            bail!("--jobs must be at least 1");
        }
        // A pool that is already built keeps its size; this is the first use of it.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
    }
    Ok(())
}

/// The decisions in force of a file of JSON Lines or of a review folder.
fn decisions(path: &Path) -> anyhow::Result<Decisions> {
    if !path.is_dir() {
        let log = decisions::lines::parse(&read(path)?).with_context(|| path.display().to_string())?;
        return Ok(Decisions::in_force(log, false));
    }
    let store = crate::decisions::existing(path)?;
    if let Chain::Broken(at) = store.verify()? {
        bail!("{}: decision {at} is not what was written, or is missing; none is used", path.display());
    }
    Ok(store.decisions()?)
}

/// The key under which the ids of decisions were made, when the folder they come from tells it.
pub(crate) fn key_of_decisions(common: &Common) -> anyhow::Result<Option<[u8; 32]>> {
    let Some(path) = &common.decisions else { return Ok(None) };
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) };
    stored_key(folder)
}

/// Writes a file that its owner alone may read.
pub(crate) fn write_private(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let written = std::io::Write::write_all(&mut create_private(file)?, bytes);
    written.with_context(|| file.display().to_string())
}

/// An empty file that its owner alone may read.
pub(crate) fn create_private(file: &Path) -> anyhow::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).with_context(|| file.display().to_string())
}

/// How bytes become text: the encoding named, the limit of the policy.
pub(crate) fn ingest(common: &Common, policy: &Policy) -> anyhow::Result<Ingest> {
    let limit = usize::try_from(policy.most_bytes).unwrap_or(usize::MAX);
    let ingest = Ingest::default().limit(limit);
    Ok(match &common.encoding {
        Some(name) => ingest.encoding(name)?,
        None => ingest,
    })
}

/// Whether standard output is to be coloured.
pub(crate) fn colored(when: When) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    }
}

/// The key of a review folder, made when new: ids of edits depend on it and tell nothing without it.
pub(crate) fn key(high: &Path, write: bool) -> anyhow::Result<[u8; 32]> {
    if let Some(key) = stored_key(high)? {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    if write {
        tearline::batch::HighFolder::open(high)?.write(".key", &key)?;
    }
    Ok(key)
}

fn stored_key(high: &Path) -> anyhow::Result<Option<[u8; 32]>> {
    let file = high.join(".key");
    let Ok(bytes) = std::fs::read(&file) else { return Ok(None) };
    let key = bytes.try_into();
    key.map(Some).map_err(|_| anyhow::anyhow!("{}: not a key of 32 bytes; move it away", file.display()))
}
