//! `--explain-config`: each setting, its value, and where it comes from.

use std::path::PathBuf;

use tearline::lint::{Lint, Severities};

use super::CheckArgs;
use super::setup::Setup;

const DEFAULT: &str = "default";
const OPTION: &str = "command line";

pub(crate) fn explain(args: &CheckArgs, setup: &Setup) -> String {
    let config = &setup.config;
    let file = setup.file.as_ref().map(|file| file.display().to_string());
    let mut out = match &file {
        Some(file) => format!("# {file}\n"),
        None => "# no tearline.toml was found\n".to_owned(),
    };
    let mut line = |key: &str, value: String, option: bool, written: bool| {
        let origin = match (option, written, &file) {
            (true, _, _) => OPTION,
            (false, true, Some(file)) => file.as_str(),
            (false, _, _) => DEFAULT,
        };
        out.push_str(&format!("{key} = {value}  # {origin}\n"));
    };
    let audiences = if args.audience.is_empty() { config.audiences.as_ref() } else { Some(&args.audience) };
    let listed = audiences.map_or_else(|| "whoever a mark names".to_owned(), |names| format!("{names:?}"));
    line("audiences", listed, !args.audience.is_empty(), config.audiences.is_some());
    let fail_on = format!("{:?}", setup.fail_on.word());
    line("fail-on", fail_on, args.fail_on.is_some(), config.fail_on.is_some());
    let product = setup.linter.settings().analytic_product.to_string();
    line("analytic-product", product, false, config.analytic_product.is_some());
    let assume = args.common.assume.as_ref().or(config.assume.as_ref());
    line("assume", quoted(assume), args.common.assume.is_some(), config.assume.is_some());
    let mut path = |key: &str, option: Option<&PathBuf>, written: Option<&PathBuf>| {
        let value = option.or(written).map(|path| path.display().to_string());
        line(key, quoted(value.as_ref()), option.is_some(), written.is_some());
    };
    path("policy", args.common.policy.as_ref(), config.policy.as_ref());
    path("patterns", args.common.patterns.as_ref(), config.patterns.as_ref());
    path("terms", args.common.terms.as_ref(), config.terms.as_ref());
    path("baseline.file", args.baseline.as_ref(), config.baseline.file.as_ref());
    path("baseline.key", None, config.baseline.key.as_ref());
    let default = Severities::new(setup.linter.catalog());
    for &lint in Lint::ALL {
        let severity = setup.linter.settings().severities.of(lint);
        let written = config.rules.contains_key(lint.id()) || config.rules.contains_key(lint.family());
        if written || severity != default.of(lint) {
            line(&format!("rules.\"{lint}\""), format!("{:?}", severity.word()), false, written);
        }
    }
    out
}

fn quoted(value: Option<&String>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("{value:?}"))
}
