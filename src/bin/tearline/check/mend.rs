//! `--fix` and `--diff`.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use tearline::SourceText;
use tearline::lint::fixed;

use super::Read;
use crate::common;

/// A fix can make room for another: the banner's, once a mark is in order.
const ROUNDS: usize = 3;

/// Makes the safe fixes, in the files or, with `preview`, on paper. Answers whether anything changes.
pub(crate) fn mend(checked: &mut [Read<'_>], preview: bool) -> anyhow::Result<bool> {
    let mut changed = false;
    for read in checked {
        let old = read.checked.source.clone();
        let mut count = 0;
        for _ in 0..ROUNDS {
            let Some(fixed) = fixed(&read.checked) else { break };
            count += fixed.count;
            read.checked = read.setup.linter.check(&read.file.shown, fixed.text, read.format);
        }
        if count == 0 {
            continue;
        }
        let new = read.checked.source.clone();
        if preview {
            show(&read.file.shown, &old, &new)?;
        } else {
            let Some(file) = read.file.input.on_disk().filter(|_| read.plain) else {
                let why = "only files in UTF-8 are written back; the fixes were not made";
                common::say(&format!("{}: {why}", read.file.shown));
                read.checked = read.setup.linter.check(&read.file.shown, old, read.format);
                continue;
            };
            write(file, &new)?;
            common::say(&format!("{}: {count} fix(es) made", read.file.shown));
        }
        changed = true;
    }
    Ok(changed)
}

fn show(path: &str, old: &SourceText, new: &SourceText) -> anyhow::Result<()> {
    let (old, new) = (old.expose(old.span()), new.expose(new.span()));
    let diff = similar::TextDiff::from_lines(old, new);
    let text = diff.unified_diff().header(path, path).to_string();
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Puts the text in the place of the file at once, with the file's permissions.
fn write(file: &Path, text: &SourceText) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut new = tempfile::Builder::new()
        .prefix(".tearline-")
        .tempfile_in(folder.unwrap_or_else(|| Path::new(".")))
        .with_context(|| file.display().to_string())?;
    new.write_all(text.expose(text.span()).as_bytes())?;
    new.as_file().set_permissions(std::fs::metadata(file)?.permissions())?;
    new.persist(file).with_context(|| file.display().to_string())?;
    Ok(())
}
