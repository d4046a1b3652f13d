//! Reading, printing, joining and deciding marks. A right mark should cost well under a microsecond and allocate
//! nothing.

use divan::{AllocProfiler, Bencher, black_box};
use tearline::marking::{Audience, Context, Form, banner_line, leading_mark, parse, release, roll_up};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const PORTIONS: [&str; 6] = [
    "(U)",
    "(S//NF)",
    "(S//REL TO USA, FVEY)",
    "(TS//SI-G ABCD/TK//OC/NF)",
    "(S//REL TO USA, AUS, CAN, GBR, NZL)",
    "(//GBR S//REL TO USA, GBR)",
];

fn main() {
    // The registers are read once a process; that is not what is measured.
    let _ = parse(PORTIONS[3], Form::Portion);
    divan::main();
}

#[divan::bench(args = PORTIONS)]
fn parse_portion(mark: &str) -> bool {
    parse(black_box(mark), Form::Portion).is_valid()
}

#[divan::bench]
fn parse_banner() -> bool {
    parse(black_box("TOP SECRET//SI-G ABCD/TK//FGI GBR//ORCON/REL TO USA, FVEY"), Form::Banner).is_valid()
}

#[divan::bench(args = ["(S//REL TO USA, FVEY) The text of a paragraph.", "The text of a paragraph (of a report)."])]
fn find_leading_mark(text: &str) -> bool {
    leading_mark(black_box(text)).is_some()
}

#[divan::bench(args = ["SECRET//NOFORN", "The text of a paragraph of a report."])]
fn find_banner(line: &str) -> bool {
    banner_line(black_box(line)).is_some()
}

#[divan::bench]
fn join(bencher: Bencher<'_, '_>) {
    let marks = PORTIONS.map(|mark| parse(mark, Form::Portion).marking);
    bencher.bench_local(|| black_box(&marks[3]).join(black_box(&marks[4])));
}

#[divan::bench]
fn roll_up_of_a_report(bencher: Bencher<'_, '_>) {
    let marks: Vec<_> =
        PORTIONS.iter().cycle().take(60).map(|mark| parse(mark, Form::Portion).marking).collect();
    bencher.bench_local(|| roll_up(black_box(&marks), Context::default()));
}

#[divan::bench]
fn decide(bencher: Bencher<'_, '_>) {
    let reading = parse("(S//REL TO USA, FVEY)", Form::Portion);
    let audience = Audience::parse(["GBR", "AUS"]);
    bencher.bench_local(|| release(black_box(&reading), &audience, None).answer);
}
