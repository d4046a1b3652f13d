//! What must hold for any bytes: the bodies of the fuzz targets, replayed on their corpus by `tests/fuzz_corpus.rs` too.

use std::sync::LazyLock;

use tearline::inspect::Inspector;
use tearline::marking::{self, Form};
use tearline::{Audience, Format, Ingest, Names, Pipeline, Report, SourceText, stages};

static PIPELINE: LazyLock<Pipeline> =
    LazyLock::new(|| Pipeline::built_in().expect("the built-in rules are checked by the tests"));
static FVEY: LazyLock<Audience> =
    LazyLock::new(|| Audience::parse("FVEY", PIPELINE.policy()).expect("a named audience"));

/// Parts a source from a release in one input.
const CUT: &[u8] = b"\n=====\n";
/// Stands in withheld text alone.
const WITHHELD: &str = "Zq";

fn text(data: &[u8]) -> Option<SourceText> {
    Ingest::default().limit(1 << 16).read(data.to_vec()).ok()
}

/// Any text is taken apart; what is seen of plain text is no longer than the text.
pub fn parse(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let text = text.expose(text.span());
    let _ = stages::visible_bytes(text);
    assert!(stages::visible_bytes_of(text, Format::Text) <= 2 * text.len());
}

/// Any mark is read or refused, and what a sound one is written as reads as itself.
pub fn marking(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for form in [Form::Portion, Form::Banner] {
        let reading = marking::parse(text, form);
        let _ = marking::parse_lenient(text);
        if reading.is_certain() {
            let written = match form {
                Form::Portion => reading.marking.portion(),
                Form::Banner => reading.marking.banner(),
            };
            let again = marking::parse(&written, form);
            assert_eq!(again.marking, reading.marking, "written as {written}");
        }
    }
    let _ = marking::leading_mark(text);
    let _ = marking::trailing_mark(text);
    let _ = marking::banner_block(text);
    let _ = marking::authority_line(text);
    let _ = marking::answer(text);
}

/// A release says nothing of a withheld portion, and its own release is itself.
pub fn release(data: &[u8]) {
    let Some(given) = text(data) else { return };
    let given = given.expose(given.span());
    if given.contains(WITHHELD) {
        return;
    }
    let source = format!("SECRET//NOFORN\n\n{given}\n\n(S//NF) {WITHHELD} waits.\n\n(U) The quay closes.\n");
    let Some(release) = released(&source) else { return };
    assert!(!release.contains(WITHHELD), "withheld text stands in the release");
    let again = released(&release);
    assert!(again.is_none_or(|again| !again.contains(WITHHELD)));
}

fn released(source: &str) -> Option<String> {
    let text = SourceText::new(source.to_owned());
    let report = Report::new("r.md", text, Format::Markdown, Names::Neutral);
    let outcomes = PIPELINE.process(&report, std::slice::from_ref(&*FVEY));
    outcomes[0].release().map(|release| release.text().to_owned())
}

/// Any release is checked against any source, and what this tool releases passes.
pub fn verify(data: &[u8]) {
    let cut = data.windows(CUT.len()).position(|window| window == CUT);
    let (source, release) = match cut {
        Some(at) => (&data[..at], &data[at + CUT.len()..]),
        None => (data, data),
    };
    let (Some(source), Some(release)) = (text(source), text(release)) else { return };
    let inspector = Inspector::new(&PIPELINE, &FVEY);
    let _ = inspector.text("r.md", &release, &source, Format::Markdown);
    if let Some(release) = released(source.expose(source.span())) {
        let faults = inspector.text("r.md", &SourceText::new(release), &source, Format::Markdown);
        let told: Vec<_> = faults.iter().map(|fault| (fault.check, fault.position, &fault.what)).collect();
        assert!(told.is_empty(), "a release of this tool does not pass: {told:?}");
    }
}
