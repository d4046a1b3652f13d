//! `tearline verify`: the gate alone, over releases that anything made.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tearline::batch::Input;
use tearline::inspect::{Fault, Inspection, Inspector, Learned, Side, pair};
use tearline::{Audience, Format, Ingest, Position, SourceText};

use crate::args::{VerifyArgs, VerifyFormat};
use crate::common;
use crate::exit::Exit;

pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let pipeline = common::pipeline(&args.common, [0; 32])?;
    let audience = Audience::parse(&args.audience, pipeline.policy())?;
    let ingest = common::ingest(&args.common, pipeline.policy())?;
    let low = of_audience(&args.low, &args.audience)?;
    let walk = tearline::batch::walk(&args.against)?;
    for skipped in &walk.skipped {
        common::say(&format!("skipped {}: {}", skipped.path.display(), skipped.reason));
    }
    let inspection = Inspector::new(pipeline, &audience)
        .folder(&low, &walk.inputs, ingest)
        .with_context(|| low.display().to_string())?;
    let show = Show {
        text: args.show_text || std::io::stdout().is_terminal(),
        json: args.format == VerifyFormat::Json,
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for fault in &inspection.faults {
        show.fault(&mut out, fault)?;
    }
    let learned = match &args.pair {
        Some(other) => {
            show.pair(&mut out, &low, &of_audience(other, &args.audience)?, &inspection, ingest)?
        }
        None => 0,
    };
    out.flush()?;
    for (path, reason) in &inspection.unread {
        common::say(&format!("{path}: {reason}"));
    }
    if !args.common.quiet {
        tell(&inspection);
    }
    Ok(if !inspection.faults.is_empty() {
        Exit::Refused
    } else if !inspection.unread.is_empty() || !walk.skipped.is_empty() {
        Exit::Input
    } else if learned > 0 {
        Exit::Human
    } else {
        Exit::Done
    })
}

/// The audience's folder in a release folder, or the folder itself.
fn of_audience(low: &Path, audience: &str) -> anyhow::Result<PathBuf> {
    let below = low.join(audience);
    let folder = if below.is_dir() { below } else { low.to_owned() };
    anyhow::ensure!(folder.is_dir(), "{}: no such folder", folder.display());
    Ok(folder)
}

fn tell(inspection: &Inspection) {
    let refused: BTreeSet<&str> = inspection.faults.iter().map(|fault| fault.path.as_str()).collect();
    let mut checks: BTreeMap<&str, usize> = BTreeMap::new();
    for fault in &inspection.faults {
        *checks.entry(fault.check).or_default() += 1;
    }
    let checks: Vec<String> = checks.into_iter().map(|(check, count)| format!("{check} {count}")).collect();
    common::say(&format!(
        "{} releases; {} file(s) must not stand; faults: {}",
        inspection.releases.len(),
        refused.len(),
        if checks.is_empty() { "none".to_owned() } else { checks.join(", ") },
    ));
}

/// How findings are written.
struct Show {
    text: bool,
    json: bool,
}

impl Show {
    fn fault(&self, out: &mut impl Write, fault: &Fault) -> anyhow::Result<()> {
        self.line(out, &fault.path, fault.position, fault.check, &fault.what, fault.words.as_ref())
    }

    fn line(
        &self,
        out: &mut impl Write,
        path: &str,
        position: Option<Position>,
        check: &str,
        what: &str,
        words: Option<&SourceText>,
    ) -> anyhow::Result<()> {
        let words = words.filter(|_| self.text).map(|words| words.expose(words.span()));
        if self.json {
            let mut line = serde_json::json!({ "path": path, "check": check, "detail": what });
            if let Some(at) = position {
                line["line"] = at.line.into();
                line["column"] = at.column.into();
                line["byte"] = at.byte.into();
            }
            if let Some(words) = words {
                line["text"] = words.into();
            }
            return Ok(writeln!(out, "{line}")?);
        }
        let place = position.map_or_else(String::new, |at| format!("{}:{}:", at.line, at.column));
        // Controls in a hostile release must not reach the terminal.
        let words = words.map_or_else(String::new, |words| format!(": {}", words.escape_debug()));
        Ok(writeln!(out, "{path}:{place} {check}: {what}{words}")?)
    }

    /// What a reader of both folders learns; answers how much.
    fn pair(
        &self,
        out: &mut impl Write,
        first: &Path,
        second: &Path,
        inspection: &Inspection,
        ingest: Ingest,
    ) -> anyhow::Result<usize> {
        let read = |folder: &Path, path: &str| {
            let input = Input::file(folder.join(path), path.to_owned());
            input.read(ingest.most_bytes()).ok().and_then(|bytes| ingest.read(bytes).ok())
        };
        let mut count = 0;
        for path in &inspection.releases {
            let (Some(one), Some(other)) = (read(first, path), read(second, path)) else {
                common::say(&format!("{path}: stands in one folder alone, or cannot be read"));
                continue;
            };
            for Learned { side, position, count: words, words: text } in
                pair(&one, &other, Format::of_name(path))
            {
                let only = match side {
                    Side::First => "the first",
                    Side::Second => "the second",
                };
                let what = format!("{words} word(s) that stand in {only} release alone");
                self.line(out, path, Some(position), "pair", &what, Some(&text))?;
                count += 1;
            }
        }
        Ok(count)
    }
}
