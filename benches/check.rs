//! `check` on a draft of 10 KB: as a whole, and after a keystroke. Start is not counted.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start has failed")]

use std::path::Path;

use divan::Bencher;
use tearline::lint::{Catalog, Linter, Settings, Severities};
use tearline::rules::Patterns;
use tearline::{Audience, Format, Policy, SourceText};

/// Bytes of the draft.
const SIZE: usize = 10_000;

fn main() {
    divan::main();
}

fn linter() -> Linter {
    let patterns = Patterns::built_in();
    let policy = Policy::load(&patterns, None).unwrap();
    let mut settings = Settings::new(Severities::new(&Catalog::load(&patterns).unwrap()));
    settings.audiences = vec![Audience::parse("FVEY", &policy).unwrap()];
    settings.key = Some([7; 32]);
    Linter::new(&patterns, policy, settings).unwrap()
}

/// Fictional reports, one after another, up to the size.
fn draft() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut text = String::new();
    for file in files {
        if let Ok(report) = std::fs::read_to_string(file)
            && text.len() < SIZE
        {
            text.push_str(&report);
        }
    }
    let end = text[..SIZE].rfind("\n\n").unwrap();
    text.truncate(end);
    text
}

#[divan::bench]
fn whole(bencher: Bencher<'_, '_>) {
    let (linter, text) = (linter(), draft());
    bencher.bench(|| linter.check("a.md", SourceText::new(text.clone()), Format::Markdown));
}

#[divan::bench]
fn keystroke(bencher: Bencher<'_, '_>) {
    let (linter, text) = (linter(), draft());
    let at = text.rfind(". ").unwrap();
    let mut draft = linter.draft("a.md", SourceText::new(text), Format::Markdown);
    let mut grown = false;
    bencher.bench_local(move || {
        let (range, with) = if grown { (at..at + 1, "") } else { (at..at, "s") };
        grown = !grown;
        draft.edit(range, with).unwrap().diagnostics.len()
    });
}
