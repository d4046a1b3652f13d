//! From common options to a pipeline.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use tearline::rules::Patterns;
use tearline::{AssumedMark, Ingest, Pipeline, Policy};

use crate::args::{Common, When};

/// A line on standard error.
#[expect(clippy::print_stderr, reason = "the one place where messages leave the program")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
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
    let pipeline = Pipeline::new(patterns.build()?, policy, key).assume(assume).fuller(common.fuller);
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
    let file = high.join(".key");
    if let Ok(bytes) = std::fs::read(&file) {
        return bytes
            .try_into()
            .map_err(|_| anyhow::anyhow!("{}: not a key of 32 bytes; move it away", file.display()));
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    if write {
        tearline::batch::HighFolder::open(high)?.write(".key", &key)?;
    }
    Ok(key)
}
