//! Whole reports, each stage of the way beside its floor: pulldown-cmark iterating the same text with offsets.
//!
//! Ratios count, not times: machines drift. `cargo bench --bench pipeline` prints bytes a second for each row; divide by the
//! floor's.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start has failed")]

#[path = "../tests/generated/mod.rs"]
#[expect(dead_code, reason = "the properties ask more of the reports than the benches")]
mod generated;

use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use tearline::{Audience, Pipeline, Report};

fn main() {
    divan::main();
}

/// All fictional reports that are UTF-8, one after another.
fn reports() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn bytes(reports: &[(String, String)]) -> BytesCount {
    BytesCount::new(reports.iter().map(|(_, text)| text.len()).sum::<usize>())
}

#[divan::bench]
fn floor(bencher: Bencher<'_, '_>) {
    use pulldown_cmark::{Options, Parser};
    let reports = reports();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    bencher.counter(bytes(&reports)).bench(|| {
        reports
            .iter()
            .map(|(_, text)| Parser::new_ext(text, options).into_offset_iter().count())
            .sum::<usize>()
    });
}

#[divan::bench]
fn document(bencher: Bencher<'_, '_>) {
    let reports = reports();
    bencher
        .counter(bytes(&reports))
        .bench(|| reports.iter().map(|(_, text)| tearline::stages::visible_bytes(text)).sum::<usize>());
}

#[divan::bench]
fn scan(bencher: Bencher<'_, '_>) {
    let pipeline = Pipeline::built_in().unwrap();
    let reports = reports();
    let inputs: Vec<Report> = reports.iter().map(|(name, text)| Report::markdown(name, text)).collect();
    bencher
        .counter(bytes(&reports))
        .bench(|| inputs.iter().map(|report| pipeline.scan(report).joined.len()).sum::<usize>());
}

#[divan::bench(args = [1, 2, 6])]
fn release(bencher: Bencher<'_, '_>, audiences: usize) {
    let pipeline = Pipeline::built_in().unwrap();
    let names = ["FVEY", "NATO", "USA,GBR", "ACGU", "US-LE", "PUBLIC"];
    let audiences: Vec<Audience> =
        names[..audiences].iter().map(|name| Audience::parse(name, pipeline.policy()).unwrap()).collect();
    let reports = reports();
    let inputs: Vec<Report> = reports.iter().map(|(name, text)| Report::markdown(name, text)).collect();
    bencher
        .counter(bytes(&reports))
        .bench(|| inputs.iter().map(|report| pipeline.process(report, &audiences).len()).sum::<usize>());
}

/// Reports of every construct, many of them odd, beside the plain ones above.
#[divan::bench]
fn release_generated(bencher: Bencher<'_, '_>) {
    let pipeline = Pipeline::built_in().unwrap();
    let audiences = [Audience::parse("FVEY", pipeline.policy()).unwrap()];
    let texts: Vec<_> = generated::sample(100)
        .iter()
        .enumerate()
        .map(|(number, draft)| (format!("{number}.md"), draft.text(generated::Variant::default())))
        .collect();
    let inputs: Vec<Report> = texts.iter().map(|(name, text)| Report::markdown(name, text)).collect();
    bencher
        .counter(bytes(&texts))
        .bench(|| inputs.iter().map(|report| pipeline.process(report, &audiences).len()).sum::<usize>());
}

#[divan::bench]
fn compile_rules() -> usize {
    Pipeline::built_in().unwrap().rules().rules().len()
}
