//! `tearline audiences`: who a release can be for.

use std::io::Write as _;

use crate::args::AudiencesArgs;
use crate::common;
use crate::exit::Exit;

pub(crate) fn run(args: &AudiencesArgs) -> anyhow::Result<Exit> {
    let policy = common::policy(&args.common, &common::patterns(&args.common)?)?;
    let mut out = std::io::stdout().lock();
    for group in policy.groups() {
        if args.json {
            let line = serde_json::json!({
                "name": group.name, "title": group.title, "codes": group.codes, "ceiling": group.ceiling,
            });
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{:14} up to {:13} {}", group.name, group.ceiling, group.title)?;
        }
    }
    if !args.json {
        writeln!(out, "\nAny list of country or group codes is an audience too: --audience USA,GBR")?;
    }
    Ok(Exit::Done)
}
