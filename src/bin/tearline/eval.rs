//! `tearline eval`: the releases of labelled reports, measured.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write};

use tearline::eval::{
    Counts, DocumentReport, Evaluation, FalseCut, Gold, LostFact, Measured, Miss, RuleCounts, context,
    evaluate,
};
use tearline::{Audience, Position, Source, SourceText, Span};

use crate::args::EvalArgs;
use crate::common;
use crate::exit::Exit;

pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<Exit> {
    let gold = Gold::read(&args.gold)?.only(&args.only);
    anyhow::ensure!(!gold.documents.is_empty(), "no labelled report starts with `{}`", args.only);
    let pipeline = common::pipeline(&args.common, [0; 32])?;
    let audience = Audience::parse(&args.audience, pipeline.policy())?;
    let ingest = common::ingest(&args.common, pipeline.policy())?;
    let mut evaluation = Evaluation::default();
    let mut measured = Vec::new();
    let mut failed = false;
    for result in evaluate(pipeline, &gold, &args.sources, &audience, &ingest) {
        match result {
            Ok(document) => {
                evaluation.add(&document.report);
                measured.push(document);
            }
            Err((file, reason)) => {
                failed = true;
                common::say(&format!("{file}: {reason}"));
            }
        }
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.json {
        writeln!(out, "{:#}", json(&evaluation, &measured, args.show_text))?;
    } else {
        let show = args.show_text || std::io::stdout().is_terminal();
        tables(&mut out, &evaluation)?;
        places(&mut out, &measured, show)?;
        writeln!(out, "\n{}", line(&evaluation.counts))?;
    }
    out.flush()?;
    Ok(if failed { Exit::Input } else { Exit::Done })
}

/// A share with three digits, or a hyphen for a share of nothing.
fn figure(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{share:.3}"))
}

fn line(counts: &Counts) -> String {
    format!(
        "released {}/{} ({}/{} of those with something releasable), recall {} ({}/{} leak, {} more partly stand), \
         leak-free documents {}, retention {} of {}, precision {}, withheld-portion leaks {}, authority {}/{}, doubtful {}/{}",
        counts.released,
        counts.documents,
        counts.due_released,
        counts.due,
        figure(counts.recall()),
        counts.leaks,
        counts.spans,
        counts.partial,
        figure(counts.leak_free_share()),
        figure(counts.retention()),
        counts.facts,
        figure(counts.precision()),
        counts.withheld_leaks,
        counts.authority_leaks,
        counts.authority,
        counts.doubtful_leaks,
        counts.doubtful,
    )
}

fn ratio(part: usize, whole: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    figure((whole > 0).then(|| part as f64 / whole as f64))
}

fn tables(out: &mut impl Write, evaluation: &Evaluation) -> anyhow::Result<()> {
    writeln!(
        out,
        "{:14} {:>7} {:>7} {:>7}  {:>9} {:>9}",
        "category", "spans", "leak", "recall", "cut words", "precision"
    )?;
    for (category, counts) in &evaluation.categories {
        writeln!(
            out,
            "{:14} {:>7} {:>7} {:>7}  {:>9} {:>9}",
            category.id(),
            counts.spans,
            counts.leaks,
            ratio(counts.spans - counts.leaks, counts.spans),
            counts.lost_words,
            ratio(counts.right_words, counts.lost_words),
        )?;
    }
    writeln!(
        out,
        "\n{:40} {:>7} {:>9} {:>7} {:>9} {:>9}",
        "rule", "hits", "on a span", "words", "precision", "only it"
    )?;
    for (rule, counts) in &evaluation.rules {
        writeln!(
            out,
            "{rule:40} {:>7} {:>9} {:>7} {:>9} {:>9}",
            counts.hits,
            counts.on_span,
            counts.words,
            figure(counts.precision()),
            counts.only
        )?;
    }
    Ok(())
}

/// What leaks, what was cut wrongly and what was lost, with the words around it if they may be shown.
fn places(out: &mut impl Write, measured: &[Measured], show: bool) -> anyhow::Result<()> {
    let shown = |document: &Measured, span: Span<Source>| {
        if show { format!("\n    {}", context(&document.source, span)) } else { String::new() }
    };
    let at = |report: &DocumentReport, position: Position| {
        format!("{}:{}:{}", report.file, position.line, position.column)
    };
    writeln!(out, "\nmisses")?;
    for document in measured {
        for miss in &document.report.misses {
            let found: Vec<String> =
                miss.found_by.iter().map(|(rule, confidence)| format!("{rule} {confidence:.2}")).collect();
            let found = if found.is_empty() { "no rule".to_owned() } else { found.join(", ") };
            writeln!(
                out,
                "  {}: {} {}, {:.2} stands; found by {found}{}",
                at(&document.report, miss.position),
                place(miss),
                miss.category,
                miss.stands,
                shown(document, miss.span)
            )?;
        }
    }
    writeln!(out, "\nfalse cuts")?;
    for document in measured {
        for cut in &document.report.false_cuts {
            writeln!(
                out,
                "  {}: {} word(s) by {}{}",
                at(&document.report, cut.position),
                cut.words,
                names(&cut.rules),
                shown(document, cut.span)
            )?;
        }
    }
    writeln!(out, "\nlost facts")?;
    for document in measured {
        for fact in &document.report.lost_facts {
            writeln!(
                out,
                "  {}: by {}{}",
                at(&document.report, fact.position),
                names(&fact.rules),
                shown(document, fact.span)
            )?;
        }
    }
    Ok(())
}

fn place(miss: &Miss) -> &'static str {
    use tearline::eval::Where;
    match miss.place {
        Where::Readable => "readable",
        Where::Withheld => "withheld",
        Where::Authority => "authority",
        Where::Doubtful => "doubtful",
    }
}

fn names(rules: &BTreeSet<String>) -> String {
    if rules.is_empty() {
        return "no edit".to_owned();
    }
    rules.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Everything as one object. Words of the reports stand in it only when they are asked for.
fn json(evaluation: &Evaluation, measured: &[Measured], show: bool) -> serde_json::Value {
    let counts = evaluation.counts;
    let mut all = serde_json::to_value(counts).expect("counts are plain data");
    all["recall"] = counts.recall().into();
    all["precision"] = counts.precision().into();
    all["retention"] = counts.retention().into();
    all["leakfree"] = counts.leak_free_share().into();
    all["share"] = counts.released_share().into();
    all["categories"] = serde_json::to_value(&evaluation.categories).expect("counts are plain data");
    all["rules"] = evaluation.rules.iter().map(|(rule, counts)| (rule.clone(), rule_json(counts))).collect();
    let listed = |entries: &dyn Fn(&Measured) -> Vec<serde_json::Value>| {
        measured.iter().flat_map(entries).collect::<Vec<_>>()
    };
    let text = |source: &SourceText, span| show.then(|| context(source, span));
    let place = |document: &Measured, span: Span<Source>, position: Position| {
        let mut entry = serde_json::json!({
            "file": document.report.file, "line": position.line, "column": position.column,
            "start": span.start(), "end": span.end(),
        });
        if let Some(text) = text(&document.source, span) {
            entry["text"] = text.into();
        }
        entry
    };
    all["misses"] = listed(&|document| {
        let miss = |miss: &Miss| {
            let mut entry = place(document, miss.span, miss.position);
            entry["category"] = miss.category.id().into();
            entry["place"] = self::place(miss).into();
            entry["stands"] = miss.stands.into();
            entry["found_by"] =
                serde_json::to_value(&miss.found_by).expect("names and numbers are plain data");
            entry
        };
        document.report.misses.iter().map(miss).collect()
    })
    .into();
    all["false_cuts"] = listed(&|document| {
        let cut = |cut: &FalseCut| {
            let mut entry = place(document, cut.span, cut.position);
            entry["words"] = cut.words.into();
            entry["rules"] = cut.rules.iter().cloned().collect();
            entry
        };
        document.report.false_cuts.iter().map(cut).collect()
    })
    .into();
    all["lost_facts"] = listed(&|document| {
        let fact = |fact: &LostFact| {
            let mut entry = place(document, fact.span, fact.position);
            entry["rules"] = fact.rules.iter().cloned().collect();
            entry
        };
        document.report.lost_facts.iter().map(fact).collect()
    })
    .into();
    all
}

fn rule_json(counts: &RuleCounts) -> serde_json::Value {
    let mut entry = serde_json::to_value(counts).expect("counts are plain data");
    entry["precision"] = counts.precision().into();
    entry
}
