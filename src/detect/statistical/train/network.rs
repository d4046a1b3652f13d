//! The learner of the network: AdamW over zones in disorder, the same on every run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Settings;
use super::corpus::Sample;
use super::layers::{Dense, Matrix, backward, forward};
use super::learn::Dice;
use crate::detect::statistical::features::{Atom, Group};
use crate::detect::statistical::infer::{LABELS, OUT};
use crate::detect::statistical::model::Table;
use crate::detect::statistical::network::{
    Layer, MADE, MIXED, Network, Vector, WIDTH, looks_at, odds, whole,
};

/// Tokens that each of two threads reads before weights change.
const TOKENS: usize = 2000;
/// How much of what was learned of slopes and their squares stays from step to step.
const KEPT: [f32; 2] = [0.9, 0.999];
/// Keeps the first steps finite.
const DAMP: f32 = 1e-8;
/// The slopes of one step are no larger, taken together.
const LARGEST_STEP: f64 = 1.0;

/// The weights, in full precision.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    index: BTreeMap<Atom, u32>,
    rows: Vec<Row>,
    dense: Dense,
}

#[derive(Debug, Clone)]
struct Row {
    group: Group,
    count: u32,
    /// All of them zero once the row is pruned.
    weights: Vector,
    pruned: bool,
}

/// What a zone says.
struct Zone {
    /// By token the rows of its atoms.
    rows: Vec<Vec<u32>>,
    labels: Vec<u8>,
    /// How much more a mistake costs, by token.
    costs: Vec<f32>,
}

/// Zones side by side.
#[derive(Default)]
struct Batch {
    /// The rows of each token, from `ends[at - 1]` to `ends[at]`.
    rows: Vec<u32>,
    ends: Vec<usize>,
    zones: Vec<Range<usize>>,
    labels: Vec<u8>,
    costs: Vec<f32>,
}

impl Batch {
    fn tokens(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.rows[start..end]).enumerate()
    }
}

impl Net {
    /// Rows for what enough authors use.
    fn of(samples: &[&Sample], settings: &Settings) -> Self {
        let mut seen: BTreeMap<Atom, (Group, u32, BTreeSet<&str>)> = BTreeMap::new();
        for sample in samples {
            let atoms = sample.atoms.iter().chain(sample.whole.iter().flatten());
            for &(group, atom) in atoms.filter(|(group, _)| looks_at(*group)) {
                let entry = seen.entry(atom).or_insert((group, 0, BTreeSet::new()));
                entry.1 += 1;
                entry.2.insert(&sample.author);
            }
        }
        let authors = samples.iter().map(|s| &s.author).collect::<BTreeSet<_>>().len();
        seen.retain(|_, (_, _, by)| by.len() >= settings.network_authors.min(authors));
        let mut dice = Dice(settings.seed);
        let dense = Dense::at_random(&mut dice);
        let row = |&(group, count, _): &(Group, u32, BTreeSet<&str>)| Row {
            group,
            count,
            weights: std::array::from_fn(|_| dice.normal() * 0.05),
            pruned: false,
        };
        let rows = seen.values().map(row).collect();
        Self { index: seen.keys().zip(0..).map(|(&atom, row)| (atom, row)).collect(), rows, dense }
    }

    fn zones(&self, sample: &Sample, settings: &Settings) -> Vec<Zone> {
        let rows = |atoms: &[(Group, Atom)]| -> Vec<u32> {
            let seen = atoms.iter().filter(|(group, _)| looks_at(*group));
            seen.filter_map(|(_, atom)| self.index.get(atom).copied()).collect()
        };
        let cost = |token: usize| {
            if sample.fact[token] {
                settings.network_fact_cost
            } else if usize::from(sample.labels[token]) != OUT && sample.content[token] {
                -settings.network_span_cost
            } else {
                0.0
            }
        };
        let mut whole = sample.whole.iter().map(|atoms| rows(atoms));
        let zone = |sentences: &Vec<Range<usize>>| {
            let mut zone = Zone { rows: Vec::new(), labels: Vec::new(), costs: Vec::new() };
            for sentence in sentences {
                let whole = whole.next().unwrap_or_default();
                for token in sentence.clone() {
                    zone.rows.push([rows(sample.atoms_of(token)), whole.clone()].concat());
                    zone.labels.push(sample.labels[token]);
                    zone.costs.push(cost(token));
                }
            }
            zone
        };
        sample.zones.iter().map(zone).collect()
    }

    /// Lays zones side by side, without what the dice drop.
    fn batch(&self, zones: &[&Zone], settings: &Settings, mut dice: Option<&mut Dice>) -> Batch {
        let mut batch = Batch::default();
        for zone in zones {
            let start = batch.ends.len();
            let mut coin = |chance| dice.as_mut().is_some_and(|dice| dice.coin(chance));
            let (no_hits, no_mark) = (coin(settings.drop_hits), coin(settings.drop_marks));
            for rows in &zone.rows {
                let no_word = coin(settings.drop_words);
                batch.rows.extend(rows.iter().copied().filter(|&row| {
                    let row = &self.rows[row as usize];
                    !row.pruned
                        && match row.group {
                            Group::Word | Group::Stem => !no_word,
                            Group::Hit => !no_hits,
                            Group::Mark => !no_mark,
                            _ => !coin(settings.network_drop_atoms),
                        }
                }));
                batch.ends.push(batch.rows.len());
            }
            batch.labels.extend(&zone.labels);
            batch.costs.extend(&zone.costs);
            batch.zones.push(start..batch.ends.len());
        }
        batch
    }

    /// The sums of each token's rows.
    fn vectors(&self, batch: &Batch) -> Matrix {
        let mut flat = vec![0.0; batch.ends.len() * WIDTH];
        let vectors = flat.as_chunks_mut::<WIDTH>().0;
        for (token, rows) in batch.tokens() {
            for &row in rows {
                add(&mut vectors[token], &self.rows[row as usize].weights);
            }
        }
        Matrix::from_shape_vec((batch.ends.len(), WIDTH), flat).expect("there is a vector a token")
    }

    /// Reads zones and adds the slopes of all weights to `slopes`. Mistakes of `tokens` tokens count as one.
    fn step(&self, zones: &[&Zone], tokens: f32, settings: &Settings, dice: &mut Dice, slopes: &mut Slopes) {
        if zones.is_empty() {
            return;
        }
        let batch = self.batch(zones, settings, Some(dice));
        let tape = forward(&self.dense, &self.vectors(&batch), &batch.zones, settings.network_drop, dice);
        let mut wrong = tape.scores.clone();
        for ((mut scores, &label), &cost) in wrong.outer_iter_mut().zip(&batch.labels).zip(&batch.costs) {
            // A wrong label costs more on a fact than elsewhere: the scores are shifted towards the mistake while learning.
            for label in 0..LABELS {
                scores[label] += if label == OUT { 0.0 } else { cost };
            }
            let most = scores.fold(f32::MIN, |a, &b| a.max(b));
            scores.mapv_inplace(|score| (score - most).exp());
            let sum = scores.sum();
            scores /= sum;
            scores[usize::from(label)] -= 1.0;
            scores /= tokens;
        }
        let back = backward(&self.dense, &tape, &batch.zones, &wrong, &mut slopes.dense);
        let back = back.as_slice().expect("the matrix was made in one piece").as_chunks::<WIDTH>().0;
        for (token, rows) in batch.tokens() {
            rows.iter().for_each(|&row| slopes.add(row, &back[token]));
        }
    }

    /// For each token the logarithm of the odds that it is inside a span.
    pub(crate) fn odds(&self, sample: &Sample, settings: &Settings) -> Vec<f32> {
        let zones = self.zones(sample, settings);
        let batch = self.batch(&zones.iter().collect::<Vec<_>>(), settings, None);
        let tape = forward(&self.dense, &self.vectors(&batch), &batch.zones, 0.0, &mut Dice(0));
        tape.scores.outer_iter().map(|scores| odds(std::array::from_fn(|label| scores[label]))).collect()
    }

    /// Leaves the rows that weigh most.
    fn prune(&mut self, count: usize) {
        let worth = |row: &Row| square(&row.weights).sqrt() * f64::from(row.count).sqrt();
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by(|&a, &b| worth(&self.rows[b]).total_cmp(&worth(&self.rows[a])).then(a.cmp(&b)));
        for &row in order.iter().skip(count) {
            self.rows[row].pruned = true;
            self.rows[row].weights = [0.0; WIDTH];
        }
    }

    /// The network as it is stored.
    pub(crate) fn pack(&self, share: f32) -> Network {
        let kept = || {
            self.index.iter().map(|(atom, &row)| (atom.0, &self.rows[row as usize])).filter(|r| !r.1.pruned)
        };
        let step = step_of(kept().flat_map(|(_, row)| row.weights));
        let rows: Vec<(u32, [i8; WIDTH])> =
            kept().map(|(key, row)| (key, row.weights.map(|weight| whole(weight, step)))).collect();
        let layer = |(weights, bias): &(Matrix, Matrix)| {
            let column =
                |made: usize| -> [f32; MIXED] { std::array::from_fn(|mixed| weights[[mixed, made]]) };
            let steps = std::array::from_fn(|made| {
                column(made).iter().fold(1e-9, |most: f32, w| most.max(w.abs())) / 127.0
            });
            Layer {
                weights: (0..MADE).map(|made| column(made).map(|w| whole(w, steps[made]))).collect(),
                steps,
                bias: std::array::from_fn(|made| bias[[0, made]]),
            }
        };
        Network {
            table: Table::new(rows.into_iter()),
            step,
            bias: std::array::from_fn(|at| self.dense.bias[[0, at]]),
            layers: self.dense.layers.iter().map(layer).collect(),
            out: std::array::from_fn(|label| std::array::from_fn(|at| self.dense.out[[at, label]])),
            out_bias: std::array::from_fn(|label| self.dense.out_bias[[0, label]]),
            share,
        }
    }
}

/// The step at which all but the few largest weights fit a byte.
fn step_of(weights: impl Iterator<Item = f32>) -> f32 {
    let mut sizes: Vec<f32> = weights.map(f32::abs).collect();
    sizes.sort_by(f32::total_cmp);
    let rank = sizes.len() - sizes.len() / 10_000;
    sizes.get(rank.saturating_sub(1)).map_or(1.0, |largest| (largest / 127.0).max(1e-9))
}

fn add(sum: &mut Vector, more: &Vector) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

fn square(numbers: &[f32]) -> f64 {
    numbers.iter().map(|&number| f64::from(number * number)).sum()
}

/// The slopes of all weights.
struct Slopes {
    dense: Dense,
    rows: Vec<Vector>,
    /// The rows that have slopes, and for each row whether it is among them.
    touched: Vec<u32>,
    is_touched: Vec<bool>,
}

impl Slopes {
    fn new(rows: usize) -> Self {
        Self {
            dense: Dense::zeros(),
            rows: vec![[0.0; WIDTH]; rows],
            touched: Vec::new(),
            is_touched: vec![false; rows],
        }
    }

    fn add(&mut self, row: u32, slopes: &Vector) {
        if !std::mem::replace(&mut self.is_touched[row as usize], true) {
            self.touched.push(row);
        }
        add(&mut self.rows[row as usize], slopes);
    }

    /// Adds those of another, which has none then.
    fn take(&mut self, other: &mut Self) {
        for (sum, more) in self.dense.parts().zip(other.dense.parts()) {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += std::mem::take(more));
        }
        for row in other.touched.drain(..) {
            other.is_touched[row as usize] = false;
            let slopes = std::mem::replace(&mut other.rows[row as usize], [0.0; WIDTH]);
            self.add(row, &slopes);
        }
    }

    fn square(&mut self) -> f64 {
        let rows: f64 = self.touched.iter().map(|&row| square(&self.rows[row as usize])).sum();
        self.dense.parts().fold(rows, |sum, part| sum + square(part))
    }
}

/// What AdamW remembers of slopes, and of their squares.
struct Pace {
    dense: [Dense; 2],
    rows: [Vec<Vector>; 2],
    steps: i32,
}

impl Pace {
    fn new(rows: usize) -> Self {
        Self {
            dense: [Dense::zeros(), Dense::zeros()],
            rows: [vec![[0.0; WIDTH]; rows], vec![[0.0; WIDTH]; rows]],
            steps: 0,
        }
    }

    /// Changes the weights that have slopes, which are then gone.
    fn step(&mut self, net: &mut Net, slopes: &mut Slopes, rate: f32, decay: f32) {
        self.steps += 1;
        #[expect(clippy::cast_possible_truncation, reason = "at most 1")]
        let clip = (LARGEST_STEP / slopes.square().sqrt()).min(1.0) as f32;
        let short = KEPT.map(|kept| 1.0 - kept.powi(self.steps));
        let change = |weight: &mut f32, slope: &mut f32, mean: &mut f32, square: &mut f32| {
            let slope = std::mem::take(slope) * clip;
            *mean = KEPT[0] * *mean + (1.0 - KEPT[0]) * slope;
            *square = KEPT[1] * *square + (1.0 - KEPT[1]) * slope * slope;
            *weight -= rate * (*mean / short[0] / ((*square / short[1]).sqrt() + DAMP) + decay * *weight);
        };
        let [means, squares] = &mut self.dense;
        let parts = net.dense.parts().zip(slopes.dense.parts()).zip(means.parts()).zip(squares.parts());
        for (((weights, slopes), means), squares) in parts {
            for (((w, s), m), q) in weights.iter_mut().zip(slopes).zip(means).zip(squares) {
                change(w, s, m, q);
            }
        }
        let [means, squares] = &mut self.rows;
        for row in slopes.touched.drain(..).map(|row| row as usize) {
            slopes.is_touched[row] = false;
            let weights = net.rows[row].weights.iter_mut().zip(&mut slopes.rows[row]);
            for (((w, s), m), q) in weights.zip(&mut means[row]).zip(&mut squares[row]) {
                change(w, s, m, q);
            }
        }
    }
}

/// Learns from samples.
pub(crate) fn learn(samples: &[&Sample], settings: &Settings) -> Net {
    let mut net = Net::of(samples, settings);
    let zones: Vec<Zone> = samples.iter().flat_map(|sample| net.zones(sample, settings)).collect();
    let tokens = zones.iter().map(|zone| zone.rows.len()).sum::<usize>() * settings.network_epochs;
    let mut slopes = [Slopes::new(net.rows.len()), Slopes::new(net.rows.len())];
    let mut pace = Pace::new(net.rows.len());
    let mut dice = Dice(settings.seed ^ 1 << 48);
    let mut order: Vec<&Zone> = zones.iter().collect();
    let mut read = 0;
    for epoch in 0..settings.network_epochs {
        if epoch + settings.network_polish == settings.network_epochs {
            net.prune(settings.network_rows);
        }
        dice.shuffle(&mut order);
        let mut rest = &order[..];
        while !rest.is_empty() {
            let halves = [(); 2].map(|()| {
                let mut count = 0;
                let end = rest.iter().take_while(|zone| {
                    let takes = count < TOKENS;
                    count += zone.rows.len();
                    takes
                });
                let (half, others) = rest.split_at(end.count());
                rest = others;
                half
            });
            let count = halves.iter().copied().flatten().map(|zone| zone.rows.len()).sum::<usize>();
            #[expect(clippy::cast_precision_loss, reason = "a few thousand, and a share")]
            let (size, part) = (count as f32, read as f32 / tokens as f32);
            read += count;
            let mut thrown = [(); 2].map(|()| Dice(dice.next()));
            let ([own, other], [first, second]) = (&mut slopes, &mut thrown);
            rayon::join(
                || net.step(halves[0], size, settings, first, own),
                || net.step(halves[1], size, settings, second, other),
            );
            own.take(other);
            let rate = settings.network_rate * 0.5 * (1.0 + (std::f32::consts::PI * part).cos());
            pace.step(&mut net, own, rate, settings.network_decay);
        }
    }
    net
}
