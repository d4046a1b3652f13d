//! From options and the nearest `tearline.toml` to a linter, once for each configuration.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tearline::config::{self, Config, FailOn};
use tearline::lint::{Catalog, Linter, Settings, Severities};
use tearline::{AssumedMark, Audience};

use super::CheckArgs;
use super::baseline::{self, Store};
use super::files::File;
use crate::common;

/// What holds for some drafts.
pub(crate) struct Setup {
    /// The configuration file, if there is one.
    pub(crate) file: Option<PathBuf>,
    pub(crate) config: Config,
    pub(crate) linter: Linter,
    pub(crate) fail_on: FailOn,
    pub(crate) store: Option<Store>,
}

/// The setups of a run by their configuration files.
pub(crate) struct Setups {
    by_file: BTreeMap<Option<PathBuf>, Setup>,
    of_draft: BTreeMap<PathBuf, Option<PathBuf>>,
}

impl Setups {
    pub(crate) fn new(args: &CheckArgs, files: &[File]) -> anyhow::Result<Self> {
        let mut setups = Self { by_file: BTreeMap::new(), of_draft: BTreeMap::new() };
        for file in files {
            let folder = file.place().parent().unwrap_or_else(|| Path::new("")).to_owned();
            if setups.of_draft.contains_key(&folder) {
                continue;
            }
            let config = args.config.clone().or_else(|| config::discover(file.place()));
            if !setups.by_file.contains_key(&config) {
                setups.by_file.insert(config.clone(), setup(args, config.as_deref())?);
            }
            setups.of_draft.insert(folder, config);
        }
        if setups.by_file.is_empty() {
            let config = args.config.clone().or_else(|| config::discover(Path::new(".")));
            setups.by_file.insert(config.clone(), setup(args, config.as_deref())?);
        }
        Ok(setups)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Setup> {
        self.by_file.values()
    }

    pub(crate) fn of(&self, file: &File) -> &Setup {
        let folder = file.place().parent().unwrap_or_else(|| Path::new(""));
        &self.by_file[&self.of_draft[folder]]
    }

    /// What the rules say of themselves; those of the first setup, by which every format can be written.
    pub(crate) fn catalog(&self) -> &Catalog {
        let first = self.by_file.values().next().expect("a run has at least one setup");
        first.linter.catalog()
    }
}

fn setup(args: &CheckArgs, file: Option<&Path>) -> anyhow::Result<Setup> {
    let config = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            Config::parse(&file.display().to_string(), &text)?
        }
        None => Config::default(),
    };
    let folder = file.and_then(Path::parent).unwrap_or_else(|| Path::new(""));
    let beside = |path: &PathBuf| folder.join(path);
    let mut common = args.common.clone();
    common.policy = common.policy.or_else(|| config.policy.as_ref().map(beside));
    common.patterns = common.patterns.or_else(|| config.patterns.as_ref().map(beside));
    common.terms = common.terms.or_else(|| config.terms.as_ref().map(beside));
    let patterns = common::patterns(&common)?;
    let policy = common::policy(&common, &patterns)?;
    let mut severities = Severities::new(&Catalog::load(&patterns)?);
    for (name, severity) in config.severities() {
        severities.set(name, severity);
    }
    let names = if args.audience.is_empty() {
        config.audiences.clone().unwrap_or_default()
    } else {
        args.audience.clone()
    };
    let audiences = names.iter().map(|name| Audience::parse(name, &policy)).collect::<Result<_, _>>()?;
    let assume = common.assume.as_deref().or(config.assume.as_deref());
    let store = baseline::store(args, &config, folder)?;
    let settings = Settings {
        severities,
        audiences,
        assume: assume.map(AssumedMark::parse).transpose()?,
        analytic_product: config.analytic_product.unwrap_or(false),
        inline: !args.no_inline,
        key: store.as_ref().and_then(|store| store.key),
    };
    let fail_on = args.fail_on.map(super::FailOnArg::meant).or(config.fail_on).unwrap_or_default();
    let linter = Linter::new(&patterns, policy, settings)?;
    Ok(Setup { file: file.map(Path::to_owned), config, linter, fail_on, store })
}
