//! Trains the statistical reader on labelled reports, or measures it by leaving authors out.
//!
//! `train_reader cv` measures by cross-validation, `errors` prints the sentences it errs on too, `rules`
//! what each rule finds and the reader doubts, `train [OUT]` writes
//! weights and card (to `patterns/reader`), `retune DIR threshold=...` gives those of a folder another threshold. `alike VECTORS` prints `patterns/reader/alike.txt`, from word vectors as GloVe writes them. `labelled=DIR` names the reports, `name=value` changes a setting.

#![expect(clippy::print_stdout, reason = "a development tool whose output is its report")]

use std::path::Path;
use std::process::ExitCode;

use tearline::rules::Patterns;
use tearline::stages::train::{Outcome, Point, Settings, alike, bench, retune};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut settings = Settings::default();
    let mut labelled = "fixtures/labelled".to_owned();
    let mut words = Vec::new();
    let mut sound = true;
    for argument in &arguments {
        match argument.split_once('=') {
            Some(("labelled", dir)) => dir.clone_into(&mut labelled),
            Some((name, value)) => sound &= settings.set(name, value),
            None => words.push(argument.as_str()),
        }
    }
    if !sound || words.is_empty() {
        println!(
            "train_reader cv|errors|rules|train [OUT]|retune DIR|alike VECTORS [labelled=DIR] [name=value ...]; {settings:?}"
        );
        return ExitCode::from(2);
    }
    match run(&words, &settings, Path::new(&labelled)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("{fault}");
            ExitCode::from(2)
        }
    }
}

fn run(words: &[&str], settings: &Settings, labelled: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut patterns = Patterns::built_in();
    patterns.without_reader();
    let rules = patterns.build()?;
    if let ["retune", dir] = words {
        let (weights, card) = (Path::new(dir).join("weights.bin"), Path::new(dir).join("card.toml"));
        let (tuned, text) =
            retune(&std::fs::read(&weights)?, &std::fs::read_to_string(&card)?, settings.threshold)?;
        std::fs::write(weights, tuned)?;
        std::fs::write(card, text)?;
        return Ok(());
    }
    if let ["alike", vectors] = words {
        print!("{}", alike(labelled, Path::new(vectors), &rules)?);
        return Ok(());
    }
    let bench = bench(labelled, &patterns, &rules, settings)?;
    let outcome = bench.cross_validate(settings);
    table(&outcome);
    if words[0] == "rules" {
        for (&rule, [kept, right, doubted, doubted_right]) in &outcome.rules_doubted {
            let id = &rules.rules()[rule as usize].id;
            println!("{id} agreed {right}/{kept} doubted {doubted_right}/{doubted}");
        }
    }
    match words[0] {
        "errors" => outcome.errors.iter().for_each(|line| println!("{line}")),
        "train" => {
            let trained = bench.train(settings, outcome.calibration);
            let out = Path::new(words.get(1).copied().unwrap_or("patterns/reader"));
            std::fs::create_dir_all(out)?;
            std::fs::write(out.join("weights.bin"), &trained.weights)?;
            let date = jiff::Zoned::now().date();
            std::fs::write(
                out.join("card.toml"),
                bench.card(settings, &outcome, &trained, &date.to_string()),
            )?;
            println!("{} rows, {} bytes", trained.rows, trained.weights.len());
        }
        _ => {}
    }
    Ok(())
}

fn table(outcome: &Outcome) {
    println!("threshold | reader alone: recall precision retention leak-free | with rules");
    for (alone, joined) in outcome.alone.iter().zip(&outcome.joined) {
        println!("{:.2} | {} | {}", alone.threshold, line(alone), line(joined));
    }
    println!("rules | {}", line(&outcome.rules));
    for (author, (joined, rules)) in &outcome.authors {
        println!("{author:8} | {} | rules {}", line(joined), line(rules));
    }
    for (category, (spans, leaks)) in &outcome.categories {
        println!("{category:12} {:4} / {spans}", spans - leaks);
    }
    println!("categories told rightly {:.3}", outcome.kinds);
    println!("calibration {:?}", outcome.calibration);
    for (at, (words, right)) in outcome.reliability.iter().enumerate() {
        println!("confidence 0.{at}: {:.2} of {words}", f64::from(*right) / f64::from((*words).max(1)));
    }
}

fn line(point: &Point) -> String {
    format!("{:.3} {:.3} {:.3} {:.3}", point.recall, point.precision, point.retention, point.leak_free)
}
