//! Measuring: whole authors left out, spans counted as the evaluation counts them.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::Settings;
use super::corpus::{Sample, by_author};
use super::kinds;
use super::network;
use super::twice::Twice;
use crate::category::Category;
use crate::detect::statistical::infer::OUT;
use crate::detect::statistical::network::{joined, smoothed};
use crate::detect::statistical::{decode, mean};

/// What holds at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// The least probability of a token that is cut.
    pub threshold: f32,
    /// Share of sensitive spans that do not stand.
    pub recall: f64,
    /// Share of cut words of content that are sensitive.
    pub precision: f64,
    /// Share of facts of which four fifths of the words stand.
    pub retention: f64,
    /// Share of reports in which no span stands.
    pub leak_free: f64,
}

/// What cross-validation found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The reader alone.
    pub alone: Vec<Point>,
    /// The reader and those findings of rules that it does not doubt.
    pub joined: Vec<Point>,
    /// The rules alone.
    pub rules: Point,
    /// By author left out, at the threshold of the settings: joined, and the rules alone.
    pub authors: BTreeMap<String, (Point, Point)>,
    /// By category, at the threshold of the settings: spans and leaks, of reader and rules joined.
    pub categories: BTreeMap<&'static str, (u32, u32)>,
    /// Share of spans whose category is told rightly.
    pub kinds: f64,
    /// Confidence at mean probability 0, 0.1 to 1.
    pub calibration: [f32; 11],
    /// For each tenth of confidence: words of content in runs of it, and how many of them are sensitive.
    pub reliability: [(u32, u32); 10],
    /// By rule: words of content that it finds where the reader agrees and how many of them are sensitive, then the same
    /// where the reader doubts.
    pub rules_doubted: BTreeMap<u32, [u32; 4]>,
    /// Each sentence in which a span is missed or a word wrongly cut, for reading: `{gold}`, `[cut]`, `<fact>`.
    pub errors: Vec<String>,
}

const THRESHOLDS: [f32; 15] =
    [0.01, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8];

pub(crate) fn cross_validate(samples: &[Sample], copies: &[Sample], settings: &Settings) -> Outcome {
    let mut authors: Vec<&str> = samples.iter().map(|s| s.author.as_str()).collect();
    authors.dedup();
    let fold_of =
        |author: &str| authors.iter().position(|&a| a == author).unwrap_or_default() % settings.folds;
    let folds: Vec<(Twice, f64, u32, network::Net)> = (0..settings.folds)
        .into_par_iter()
        .map(|fold| {
            let own: Vec<&Sample> =
                by_author(samples, copies).filter(|s| fold_of(&s.author) != fold).collect();
            let out: Vec<&Sample> = samples.iter().filter(|s| fold_of(&s.author) == fold).collect();
            let right = kinds::learn(&own, settings).right(&out);
            let count = out.iter().map(|s| s.spans.len()).sum::<usize>();
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            (Twice::learn(&own, settings), right, count, network::learn(&own, settings))
        })
        .collect();
    let inside: Vec<Vec<f32>> = samples
        .par_iter()
        .map(|sample| {
            let (chain, _, _, network) = &folds[fold_of(&sample.author)];
            let chain = chain.marginals(sample);
            let odds = network.odds(sample, settings);
            let sentences = sample.zones.iter().flatten();
            let odds = sentences.flat_map(|sentence| smoothed(&odds[sentence.clone()]));
            chain
                .iter()
                .zip(odds)
                .map(|(m, odds)| joined(1.0 - m[OUT], odds, settings.network_share))
                .collect()
        })
        .collect();
    let spans: f64 = folds.iter().map(|fold| f64::from(fold.2)).sum();
    let kinds = folds.iter().map(|fold| fold.1 * f64::from(fold.2)).sum::<f64>() / spans;
    let cut = |threshold: f32, with_rules: bool| -> Vec<Vec<bool>> {
        samples
            .iter()
            .zip(&inside)
            .map(|(sample, inside)| cut(sample, inside, threshold, with_rules))
            .collect()
    };
    let all: Vec<usize> = (0..samples.len()).collect();
    let sweep = |with_rules| {
        THRESHOLDS
            .map(|threshold| Point {
                threshold,
                ..score(samples, &cut(threshold, with_rules), &all, |_, _| ())
            })
            .to_vec()
    };
    let chosen = cut(settings.threshold, true);
    let ruled = cut(2.0, true);
    let mut by_author = BTreeMap::new();
    for author in authors {
        let of: Vec<usize> = all.iter().copied().filter(|&at| samples[at].author == author).collect();
        let points = (score(samples, &chosen, &of, |_, _| ()), score(samples, &ruled, &of, |_, _| ()));
        by_author.insert(author.to_owned(), points);
    }
    let mut categories: BTreeMap<&'static str, (u32, u32)> = BTreeMap::new();
    score(samples, &chosen, &all, |category, leaks| {
        let entry = categories.entry(category.id()).or_default();
        entry.0 += 1;
        entry.1 += u32::from(leaks);
    });
    let errors = samples.iter().zip(&chosen).flat_map(|(sample, gone)| errors(sample, gone)).collect();
    let calibration = calibrate(samples, &inside, settings.threshold);
    let mut rules_doubted = BTreeMap::new();
    let threshold = settings.threshold;
    samples
        .iter()
        .zip(&inside)
        .for_each(|(sample, inside)| doubted(sample, inside, threshold, &mut rules_doubted));
    Outcome {
        rules_doubted,
        alone: sweep(false),
        joined: sweep(true),
        rules: score(samples, &ruled, &all, |_, _| ()),
        authors: by_author,
        categories,
        kinds,
        calibration: calibration.0,
        reliability: calibration.1,
        errors,
    }
}

/// Sentences with something to learn from, written out.
fn errors(sample: &Sample, gone: &[bool]) -> Vec<String> {
    let mut gold = vec![false; sample.len()];
    sample.spans.iter().for_each(|(span, _)| gold[span.clone()].fill(true));
    let wrong = |at: usize| sample.content[at] && sample.seen[at] && gold[at] != gone[at];
    let mut out = Vec::new();
    for sentence in sample.zones.iter().flatten().filter(|sentence| (*sentence).clone().any(wrong)) {
        let mut line = format!("{}/{}:", sample.author, sample.name);
        let mut last = [false; 3];
        for at in sentence.clone().chain([usize::MAX]) {
            let now = if at == usize::MAX { [false; 3] } else { [gold[at], gone[at], sample.fact[at]] };
            for (sign, kind) in [("}", 0), ("]", 1), (">", 2)] {
                if last[kind] && !now[kind] {
                    line.push_str(sign);
                }
            }
            line.push(' ');
            for (sign, kind) in [("{", 0), ("[", 1), ("<", 2)] {
                if !last[kind] && now[kind] {
                    line.push_str(sign);
                }
            }
            line.push_str(sample.words.get(at).map_or("", String::as_str));
            last = now;
        }
        out.push(line);
    }
    out
}

/// The words that go: those of the reader and of rules, without the findings that the reader doubts. At a threshold above
/// 1, those of rules alone.
fn cut(sample: &Sample, inside: &[f32], threshold: f32, with_rules: bool) -> Vec<bool> {
    let mut gone = vec![false; sample.len()];
    let mut at = 0;
    while with_rules && at < sample.len() {
        let count = sample.hits[at..].iter().take_while(|&&hit| hit == sample.hits[at]).count();
        let hit = at..at + count;
        let stands = threshold > 1.0
            || sample.certain[hit.clone()].contains(&true)
            || inside[hit.clone()].iter().any(|&p| p >= threshold);
        gone[hit].fill(sample.hits[at] > 0 && stands);
        at += count;
    }
    for (sentence, run) in runs(sample, inside, threshold) {
        gone[sentence + run.start..sentence + run.end].fill(true);
    }
    gone
}

/// Counts what each rule finds, by whether the reader doubts it.
fn doubted(sample: &Sample, inside: &[f32], threshold: f32, rules: &mut BTreeMap<u32, [u32; 4]>) {
    let mut sensitive = vec![false; sample.len()];
    sample.spans.iter().for_each(|(span, _)| sensitive[span.clone()].fill(true));
    let mut at = 0;
    while at < sample.len() {
        let rule = sample.hits[at];
        let count = sample.hits[at..].iter().take_while(|&&hit| hit == rule).count();
        let hit = at..at + count;
        if rule > 0 {
            let entry = rules.entry(rule - 1).or_default();
            let doubt = if inside[hit.clone()].iter().any(|&p| p >= threshold) { 0 } else { 2 };
            for at in hit.filter(|&at| sample.content[at]) {
                entry[doubt] += 1;
                entry[doubt + 1] += u32::from(sensitive[at]);
            }
        }
        at += count;
    }
}

fn runs(sample: &Sample, inside: &[f32], threshold: f32) -> Vec<(usize, Range<usize>)> {
    let mut out = Vec::new();
    let mut runs = Vec::new();
    for sentence in sample.zones.iter().flatten() {
        decode(&inside[sentence.clone()], &sample.content[sentence.clone()], threshold, &mut runs);
        out.extend(runs.iter().map(|run| (sentence.start, run.clone())));
    }
    out
}

fn score(
    samples: &[Sample],
    gone: &[Vec<bool>],
    which: &[usize],
    mut each: impl FnMut(Category, bool),
) -> Point {
    let (mut spans, mut leaks, mut clean, mut facts, mut kept, mut removed, mut right, mut reports) =
        (0u32, 0u32, 0u32, 0u32, 0u32, 0u32, 0u32, 0u32);
    for &at in which {
        let (sample, gone) = (&samples[at], &gone[at]);
        let mut sensitive = vec![false; sample.len()];
        let mut leaked = false;
        for (span, category) in &sample.spans {
            sensitive[span.clone()].fill(true);
            if span.is_empty() || !sample.seen[span.start] {
                continue;
            }
            let words: Vec<usize> = span.clone().filter(|&at| sample.content[at]).collect();
            let words = if words.is_empty() { span.clone().collect() } else { words };
            let stands = words.iter().filter(|&&at| !gone[at]).count();
            let strict = matches!(category, Category::Codeword | Category::Identifier | Category::Personnel);
            let leaks_here = if strict { stands * 100 > words.len() * 34 } else { stands * 2 >= words.len() };
            spans += 1;
            leaks += u32::from(leaks_here);
            leaked |= leaks_here;
            each(*category, leaks_here);
        }
        if sample.seen.contains(&true) {
            clean += u32::from(!leaked);
            reports += 1;
        }
        for fact in sample.facts.iter().filter(|fact| !fact.is_empty() && sample.seen[fact.start]) {
            facts += 1;
            let stands = fact.clone().filter(|&at| !gone[at]).count();
            kept += u32::from(stands * 5 >= fact.len() * 4);
        }
        for at in (0..sample.len()).filter(|&at| gone[at] && sample.seen[at] && sample.content[at]) {
            removed += 1;
            right += u32::from(sensitive[at]);
        }
    }
    let part = |a: u32, b: u32| f64::from(a) / f64::from(b.max(1));
    Point {
        threshold: 0.0,
        recall: 1.0 - part(leaks, spans),
        precision: part(right, removed),
        retention: part(kept, facts),
        leak_free: part(clean, reports),
    }
}

/// Precision by mean probability, made to rise (pool adjacent violators), and how it then fits.
fn calibrate(samples: &[Sample], inside: &[Vec<f32>], threshold: f32) -> ([f32; 11], [(u32, u32); 10]) {
    let mut all: Vec<(f32, u32, u32)> = Vec::new();
    for (sample, inside) in samples.iter().zip(inside) {
        let mut sensitive = vec![false; sample.len()];
        sample.spans.iter().for_each(|(span, _)| sensitive[span.clone()].fill(true));
        for least in [threshold * super::super::LISTED, threshold] {
            for (start, run) in runs(sample, inside, least) {
                let run = start + run.start..start + run.end;
                if least < threshold && inside[run.clone()].iter().any(|&p| p >= threshold) {
                    continue;
                }
                let words = run.clone().filter(|&at| sample.content[at]);
                let (count, right) = words.fold((0, 0), |(n, r), at| (n + 1, r + u32::from(sensitive[at])));
                all.push((mean(inside, &sample.content, &run), count, right));
            }
        }
    }
    let mut bins = [(1.0f64, 0.0f64); 11];
    for &(mean, count, right) in &all {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10")]
        let bin = (mean * 10.0).round() as usize;
        bins[bin].0 += f64::from(count);
        bins[bin].1 += f64::from(right);
    }
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (count, right) in bins {
        pools.push((count, right, 1));
        while let [.., a, b] = pools[..]
            && a.1 / a.0 > b.1 / b.0
        {
            pools.truncate(pools.len() - 2);
            pools.push((a.0 + b.0, a.1 + b.1, a.2 + b.2));
        }
    }
    let mut points = [0.0f32; 11];
    let mut at = 0;
    for (count, right, wide) in pools {
        #[expect(clippy::cast_possible_truncation, reason = "a share")]
        points[at..at + wide].fill((right / count) as f32);
        at += wide;
    }
    let calibration = crate::detect::statistical::model::Calibration { threshold, points };
    let mut reliability = [(0, 0); 10];
    for (mean, count, right) in all {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
        let bin = ((calibration.confidence(mean) * 10.0) as usize).min(9);
        reliability[bin].0 += count;
        reliability[bin].1 += right;
    }
    (points, reliability)
}
