//! The statistical reader beside the rules, over the same reading of the reports in `fixtures/reports` and
//! `fixtures/labelled`. It should cost at most half of what the rules cost.

use std::path::Path;
use std::sync::LazyLock;

use divan::{AllocProfiler, Bencher, counter::BytesCount};
use tearline::rules::{Patterns, RuleSet};
use tearline::stages::Scan;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

static RULES: LazyLock<RuleSet> =
    LazyLock::new(|| Patterns::built_in().build().expect("the built-in patterns are sound"));

static SCANS: LazyLock<Vec<Scan<'static>>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    for author in std::fs::read_dir(Path::new("fixtures/labelled")).expect("the fixtures are there").flatten()
    {
        for file in std::fs::read_dir(author.path()).into_iter().flatten().flatten() {
            texts.push(std::fs::read_to_string(file.path()).expect("the fixtures are text"));
        }
    }
    texts.sort();
    texts.into_iter().map(|text| Scan::new(text, &RULES)).collect()
});

fn main() {
    divan::main();
}

fn bytes() -> BytesCount {
    BytesCount::new(SCANS.iter().map(Scan::len).sum::<usize>())
}

#[divan::bench]
fn rules_alone(bencher: Bencher) {
    bencher.counter(bytes()).bench(|| SCANS.iter().map(Scan::rules).sum::<usize>());
}

#[divan::bench]
fn reader_alone(bencher: Bencher) {
    bencher.counter(bytes()).bench(|| SCANS.iter().map(Scan::reader).sum::<usize>());
}

#[divan::bench]
fn build_rules(bencher: Bencher) {
    bencher.bench(|| Patterns::built_in().build().expect("the built-in patterns are sound"));
}

#[divan::bench]
fn build_rules_without_reader(bencher: Bencher) {
    bencher.bench(|| {
        let mut patterns = Patterns::built_in();
        patterns.without_reader();
        patterns.build().expect("the built-in patterns are sound")
    });
}
