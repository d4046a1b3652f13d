//! What `benches/compare.sh` measures with: makes its corpora, times the stages in memory beside their floor, runs commands with their
//! time and peak memory, and writes files in a bare loop. Figures go to standard output, tabs between.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a program that prints its figures")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pulldown_cmark::{Options, Parser};
use tearline::lint::{Catalog, Linter, Settings, Severities};
use tearline::rules::Patterns;
use tearline::stages::{self, Scan};
use tearline::{Audience, Format, Pipeline, Policy, Report, SourceText, review};

const USAGE: &str = "measure corpus TEXTS OUT COUNT BYTES | memory FOLDER SECONDS [STAGE] | run TIMES COMMAND... | write FROM TO THREADS";
const BANNER: &str = "TOP SECRET//HCS-P/SI/TK//NOFORN";
const MARK: &str = "(S//REL TO USA, FVEY) ";
const AUDIENCES: [&str; 6] = ["FVEY", "NATO", "USA,GBR", "ACGU", "US-LE", "PUBLIC"];
/// The system counts a thread's time in ticks; so long is many of them.
const LONG_ENOUGH: Duration = Duration::from_millis(300);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["corpus", texts, out, count, bytes] => {
            corpus(Path::new(texts), Path::new(out), count.parse().unwrap(), bytes.parse().unwrap());
        }
        ["memory", folder, seconds] => memory(Path::new(folder), seconds.parse().unwrap(), ""),
        ["memory", folder, seconds, stage] => memory(Path::new(folder), seconds.parse().unwrap(), stage),
        ["run", times, command @ ..] if !command.is_empty() => run(times.parse().unwrap(), command),
        ["write", from, to, threads] => write(Path::new(from), Path::new(to), threads.parse().unwrap()),
        _ => panic!("usage: {USAGE}"),
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Writes reports of the paragraphs of all texts in a folder, in an order of chance that is the same each time. A paragraph keeps its
/// mark or gets one.
fn corpus(texts: &Path, out: &Path, count: usize, bytes: usize) {
    let texts: Vec<String> =
        files(texts).iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    let is_text =
        |block: &&str| block.contains(char::is_lowercase) && !block.starts_with(['|', '<', '-', '`', '[']);
    let paragraphs: Vec<&str> =
        texts.iter().flat_map(|text| text.split("\n\n")).map(str::trim).filter(is_text).collect();
    let mut chance = 1_u64;
    for number in 0..count {
        let mut text = format!("{BANNER}\n\n(U) Report {number}.\n\n");
        while text.len() + BANNER.len() < bytes {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(chance >> 33).unwrap() % paragraphs.len();
            let paragraph = paragraphs[at];
            let marked = paragraph.trim_start_matches(['#', ' ']).starts_with('(');
            text.push_str(if marked { "" } else { MARK });
            text.push_str(paragraph);
            text.push_str("\n\n");
        }
        let folder = out.join(format!("{:03}", number / 1000));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{number:06}.md")), text + BANNER + "\n").unwrap();
    }
}

/// The time that this thread has been on a processor, or else the time that has passed.
fn now(begun: Instant) -> Duration {
    let on = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = on.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

/// Something that is done to a text.
type Stage<'a> = &'a dyn Fn(&str) -> usize;

/// Times each stage whose name holds `of` over all reports of a folder, one after the other and again, and prints the best second
/// of each.
fn memory(folder: &Path, seconds: f64, of: &str) {
    let texts: Vec<String> =
        files(folder).iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let patterns = Patterns::built_in();
    let policy = || Policy::load(&patterns, None).unwrap();
    let pipeline = Pipeline::built_in().unwrap();
    let audiences: Vec<Audience> =
        AUDIENCES.iter().map(|name| Audience::parse(name, pipeline.policy()).unwrap()).collect();
    let mut settings = Settings::new(Severities::new(&Catalog::load(&patterns).unwrap()));
    settings.audiences = audiences[..1].to_vec();
    settings.key = Some([7; 32]);
    let linter = Linter::new(&patterns, policy(), settings).unwrap();
    let release = |text: &str, readers: usize| {
        let outcomes = pipeline.process(&Report::markdown("r.md", text), &audiences[..readers]);
        outcomes.iter().map(|outcome| review::json(outcome.record()).len()).sum()
    };
    let stages: [(&str, Stage<'_>); 7] = [
        ("floor", &|text| Parser::new_ext(text, options).into_offset_iter().count()),
        ("document", &|text| stages::visible_bytes(text)),
        ("read and scan", &|text| {
            let scan = Scan::new(text.to_owned(), pipeline.rules());
            scan.rules() + scan.reader()
        }),
        ("check", &|text| {
            linter.check("r.md", SourceText::new(text.to_owned()), Format::Markdown).diagnostics.len()
        }),
        ("release 1", &|text| release(text, 1)),
        ("release 2", &|text| release(text, 2)),
        ("release 6", &|text| release(text, 6)),
    ];
    let stages: Vec<_> = stages.iter().filter(|(name, _)| name.contains(of)).collect();
    let begun = Instant::now();
    let mut best = vec![Duration::MAX; stages.len()];
    let mut rounds = 0;
    while rounds < 2 || begun.elapsed().as_secs_f64() < seconds {
        for ((_, stage), best) in stages.iter().zip(&mut best) {
            let (start, mut passes) = (now(begun), 0);
            while passes == 0 || now(begun) - start < LONG_ENOUGH {
                std::hint::black_box(texts.iter().map(|text| stage(text)).sum::<usize>());
                passes += 1;
            }
            *best = (*best).min((now(begun) - start) / passes);
        }
        rounds += 1;
    }
    println!("bytes\t{}", texts.iter().map(String::len).sum::<usize>());
    for ((name, _), best) in stages.iter().zip(best) {
        println!("{name}\t{:.6}", best.as_secs_f64());
    }
}

/// Runs a command, silent, so many times; prints the seconds of the fastest run, the most kilobytes that any held, and the least
/// seconds that one was on processors.
fn run(times: usize, command: &[&str]) {
    let mut fastest = f64::MAX;
    let mut peak = 0;
    let mut least = f64::MAX;
    for _ in 0..times {
        let begun = Instant::now();
        let mut child = Command::new(command[0])
            .args(&command[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let watched = child.id();
        let watch = std::thread::spawn(move || {
            let (mut peak, mut used) = (0, 0.0);
            while let Some(now) = resident(watched) {
                peak = peak.max(now);
                used = processor(watched).unwrap_or(used);
                std::thread::sleep(Duration::from_millis(5));
            }
            (peak, used)
        });
        let code = child.wait().unwrap().code();
        fastest = fastest.min(begun.elapsed().as_secs_f64());
        assert!(matches!(code, Some(0 | 1)), "{command:?} ended with {code:?}");
        let (held, used) = watch.join().unwrap();
        peak = peak.max(held);
        least = least.min(used);
    }
    println!("{fastest:.6}\t{peak}\t{least:.2}");
}

/// The seconds that a process has been on processors so far, counted in hundredths.
fn processor(process: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let numbers = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11).take(2);
    Some(numbers.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

/// The most kilobytes that a process has held so far.
fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Writes what lies below a folder to another, each file to a temporary one that is renamed; prints the seconds of the writing.
fn write(from: &Path, to: &Path, threads: usize) {
    let contents: Vec<(PathBuf, Vec<u8>)> = files(from)
        .into_iter()
        .map(|file| {
            let bytes = std::fs::read(&file).unwrap();
            (to.join(file.strip_prefix(from).unwrap()), bytes)
        })
        .collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for share in contents.chunks(contents.len().div_ceil(threads).max(1)) {
            scope.spawn(move || {
                for (file, bytes) in share {
                    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                    let temporary = file.with_extension("temporary");
                    std::fs::write(&temporary, bytes).unwrap();
                    std::fs::rename(&temporary, file).unwrap();
                }
            });
        }
    });
    println!("{:.6}", begun.elapsed().as_secs_f64());
}
