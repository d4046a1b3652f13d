//! The learner: a conditional random field by stochastic gradients (AdaGrad), the same on every machine and run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Settings;
use super::corpus::Sample;
use crate::detect::statistical::features::{Atom, Group};
use crate::detect::statistical::infer::{BEGIN, Chain, LABELS, OUT, Transitions};
use crate::detect::statistical::model::{FAR_LEFT, HERE, LANES};
use crate::detect::statistical::spread::{Row, gather, spread};

/// What keeps the first steps from being endless.
const DAMP: f32 = 1e-3;

/// Numbers that look random and are the same in every run (splitmix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    /// Whether a coin of that chance falls on its head.
    pub(crate) fn coin(&mut self, chance: f32) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
        let part = (self.next() >> 40) as f32 / 16_777_216.0;
        part < chance
    }

    /// A number of mean 0 and variance 1, nearly normal: the sum of twelve.
    pub(crate) fn normal(&mut self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
        let mut part = || (self.next() >> 40) as f32 / 16_777_216.0;
        (0..12).map(|_| part()).sum::<f32>() - 6.0
    }

    /// Puts things in disorder.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            #[expect(clippy::cast_possible_truncation, reason = "the remainder is an index")]
            let other = (self.next() % (at as u64 + 1)) as usize;
            things.swap(at, other);
        }
    }
}

/// Weights in full precision.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub(crate) index: BTreeMap<Atom, u32>,
    pub(crate) groups: Vec<Group>,
    pub(crate) counts: Vec<u32>,
    pub(crate) rows: Vec<Row<f32>>,
    pub(crate) bias: [f32; 2],
    pub(crate) transitions: Transitions,
}

/// A report whose atoms are row numbers.
struct Indexed<'s> {
    sample: &'s Sample,
    rows: Vec<u32>,
    ends: Vec<usize>,
    whole: Vec<Vec<u32>>,
}

impl<'s> Indexed<'s> {
    fn new(sample: &'s Sample, weights: &Weights) -> Self {
        let find = |&(_, atom): &(Group, Atom)| weights.index.get(&atom).copied();
        let (mut rows, mut ends) = (Vec::new(), Vec::new());
        for token in 0..sample.len() {
            rows.extend(sample.atoms_of(token).iter().filter_map(find));
            ends.push(rows.len());
        }
        let whole = sample.whole.iter().map(|atoms| atoms.iter().filter_map(find).collect()).collect();
        Self { sample, rows, ends, whole }
    }

    fn rows_of(&self, token: usize) -> &[u32] {
        let from = if token == 0 { 0 } else { self.ends[token - 1] };
        &self.rows[from..self.ends[token]]
    }
}

/// Whether the atoms of a group reach beyond the tokens nearby.
fn reaches_far(group: Group) -> bool {
    matches!(group, Group::Word | Group::Stem | Group::Slot | Group::Alike | Group::Hit)
}

impl Weights {
    /// Rows for the atoms that enough authors use.
    fn of(samples: &[&Sample], settings: &Settings) -> Self {
        let mut seen: BTreeMap<Atom, (Group, u32, BTreeSet<&str>)> = BTreeMap::new();
        for sample in samples {
            for &(group, atom) in sample.atoms.iter().chain(sample.whole.iter().flatten()) {
                let entry = seen.entry(atom).or_insert((group, 0, BTreeSet::new()));
                entry.1 += 1;
                entry.2.insert(&sample.author);
            }
        }
        let authors = samples.iter().map(|s| &s.author).collect::<BTreeSet<_>>().len();
        let least = |group| match group {
            Group::Word => settings.word_authors,
            Group::WordPair
            | Group::TagTriple
            | Group::WordTag
            | Group::SkipPair
            | Group::SlotTag
            | Group::AlikePair => settings.pair_authors,
            _ => 2,
        };
        seen.retain(|_, (group, count, by)| by.len() >= least(*group).min(authors) && *count >= 2);
        Self {
            index: seen.keys().zip(0..).map(|(&atom, row)| (atom, row)).collect(),
            groups: seen.values().map(|v| v.0).collect(),
            counts: seen.values().map(|v| v.1).collect(),
            rows: vec![[0.0; LANES]; seen.len()],
            bias: [0.0; 2],
            transitions: Transitions::default(),
        }
    }

    /// The probability of each label at each token.
    pub(crate) fn marginals(&self, sample: &Sample) -> Vec<[f32; LABELS]> {
        let indexed = Indexed::new(sample, self);
        let factors = self.transitions.factors();
        let mut room = Room::default();
        let mut out = Vec::with_capacity(sample.len());
        let mut first = 0;
        for zone in &sample.zones {
            room.score(self, &indexed, zone, first, |_, _| true);
            for sentence in &room.sentences {
                room.chain.run(&room.scores[sentence.clone()], &factors);
                out.extend_from_slice(&room.chain.marginals);
            }
            first += zone.len();
        }
        out
    }

    /// Forgets the rows that matter least, down to `count`.
    fn prune(&mut self, count: usize) {
        let mut worth: Vec<(f32, u32)> = self
            .rows
            .iter()
            .zip(&self.counts)
            .zip(0..)
            .map(|((row, &n), at)| {
                #[expect(clippy::cast_precision_loss, reason = "a rank needs no precision")]
                let often = (n as f32).sqrt();
                (row.iter().map(|w| w * w).sum::<f32>().sqrt() * often, at)
            })
            .collect();
        worth.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        worth.truncate(count);
        let keep: BTreeSet<u32> = worth.into_iter().filter(|w| w.0 > 0.0).map(|w| w.1).collect();
        let old = self.clone();
        self.index.retain(|_, row| keep.contains(row));
        self.groups.clear();
        self.counts.clear();
        self.rows.clear();
        for row in self.index.values_mut() {
            let at = *row as usize;
            *row = u32::try_from(self.rows.len()).expect("rows are numbered by u32");
            self.groups.push(old.groups[at]);
            self.counts.push(old.counts[at]);
            self.rows.push(old.rows[at]);
        }
    }
}

/// Room for one zone.
#[derive(Default)]
struct Room {
    active: Vec<u32>,
    ends: Vec<usize>,
    rows: Vec<Row<f32>>,
    sentences: Vec<Range<usize>>,
    active_whole: Vec<Vec<u32>>,
    whole: Vec<[f32; 2]>,
    scores: Vec<[f32; 2]>,
    chain: Chain,
    slopes: Vec<[f32; 2]>,
    row_slopes: Vec<Row<f32>>,
    whole_slopes: Vec<[f32; 2]>,
}

impl Room {
    /// Scores a zone whose first sentence has the number `first`. `keep` says whether an atom is looked at.
    fn score(
        &mut self,
        weights: &Weights,
        indexed: &Indexed<'_>,
        zone: &[Range<usize>],
        first: usize,
        mut keep: impl FnMut(usize, u32) -> bool,
    ) {
        let start = zone[0].start;
        self.sentences.clear();
        self.sentences.extend(zone.iter().map(|s| s.start - start..s.end - start));
        self.active.clear();
        self.ends.clear();
        self.rows.clear();
        for token in start..zone[zone.len() - 1].end {
            let mut sum = [0.0; LANES];
            for &row in indexed.rows_of(token) {
                if keep(token, row) {
                    self.active.push(row);
                    sum.iter_mut().zip(&weights.rows[row as usize]).for_each(|(s, w)| *s += w);
                }
            }
            self.ends.push(self.active.len());
            self.rows.push(sum);
        }
        self.active_whole.clear();
        self.whole.clear();
        for at in 0..zone.len() {
            let rows: Vec<u32> =
                indexed.whole[first + at].iter().copied().filter(|&row| keep(usize::MAX, row)).collect();
            let mut sum = weights.bias;
            for &row in &rows {
                sum[0] += weights.rows[row as usize][2 * HERE];
                sum[1] += weights.rows[row as usize][2 * HERE + 1];
            }
            self.active_whole.push(rows);
            self.whole.push(sum);
        }
        spread(&self.rows, &self.sentences, &self.whole, &mut self.scores);
    }
}

/// Slopes seen so far, squared.
struct Pace {
    rows: Vec<Row<f32>>,
    bias: [f32; 2],
    transitions: [[f32; LABELS]; LABELS],
    rate: f32,
    decay: f32,
}

impl Pace {
    fn step(&self, weight: &mut f32, sum: &mut f32, slope: f32) {
        let slope = slope + self.decay * *weight;
        *sum += slope * slope;
        *weight -= self.rate * slope / (sum.sqrt() + DAMP);
    }
}

/// Learns from samples.
pub(crate) fn learn(samples: &[&Sample], settings: &Settings) -> Weights {
    let mut weights = Weights::of(samples, settings);
    passes(&mut weights, samples, settings, settings.epochs, 0);
    weights.prune(settings.rows);
    if settings.polish > 0 {
        passes(&mut weights, samples, settings, settings.polish, 1 << 32);
    }
    weights
}

fn passes(weights: &mut Weights, samples: &[&Sample], settings: &Settings, epochs: usize, salt: u64) {
    let indexed: Vec<Indexed<'_>> = samples.iter().map(|sample| Indexed::new(sample, weights)).collect();
    let mut pace = Pace {
        rows: vec![[0.0; LANES]; weights.rows.len()],
        bias: [0.0; 2],
        transitions: [[0.0; LABELS]; LABELS],
        rate: settings.rate,
        decay: settings.decay,
    };
    let mut order: Vec<usize> = (0..indexed.len()).collect();
    let mut dice = Dice(settings.seed ^ salt);
    let mut room = Room::default();
    let full = settings.rate;
    for epoch in 0..epochs {
        #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
        let left = 1.0 - epoch as f32 / epochs as f32;
        pace.rate = full * left.max(0.1);
        dice.shuffle(&mut order);
        for &at in &order {
            report(weights, &indexed[at], settings, &mut dice, &mut pace, &mut room);
        }
    }
}

/// One step for each zone of a report.
fn report(
    weights: &mut Weights,
    indexed: &Indexed<'_>,
    settings: &Settings,
    dice: &mut Dice,
    pace: &mut Pace,
    room: &mut Room,
) {
    let (no_hits, no_mark) = (dice.coin(settings.drop_hits), dice.coin(settings.drop_marks));
    let mut first = 0;
    for zone in &indexed.sample.zones {
        let mut last = usize::MAX;
        let mut no_word = false;
        let groups = std::mem::take(&mut weights.groups);
        room.score(weights, indexed, zone, first, |token, row| {
            if token != last {
                last = token;
                no_word = dice.coin(settings.drop_words);
            }
            match groups[row as usize] {
                Group::Word | Group::WordPair | Group::WordTag | Group::SkipPair | Group::Stem => !no_word,
                Group::Slot | Group::Alike => !dice.coin(settings.drop_slots),
                Group::Hit => !no_hits,
                Group::Mark => !no_mark,
                _ => true,
            }
        });
        weights.groups = groups;
        step(weights, indexed.sample, zone, settings, pace, room);
        first += zone.len();
    }
}

fn step(
    weights: &mut Weights,
    sample: &Sample,
    zone: &[Range<usize>],
    settings: &Settings,
    pace: &mut Pace,
    room: &mut Room,
) {
    let start = zone[0].start;
    // A wrong label costs more on a fact than elsewhere: the scores are shifted towards the mistake while learning.
    for (at, score) in room.scores.iter_mut().enumerate() {
        let (label, fact) = (usize::from(sample.labels[start + at]), sample.fact[start + at]);
        if fact {
            score.iter_mut().for_each(|s| *s += settings.fact_cost);
        } else if label != OUT && sample.content[start + at] {
            score.iter_mut().for_each(|s| *s -= settings.span_cost);
        }
    }
    let factors = weights.transitions.factors();
    let mut pairs = [[0.0f32; LABELS]; LABELS];
    room.slopes.clear();
    for sentence in &room.sentences {
        room.chain.run(&room.scores[sentence.clone()], &factors);
        let expected = room.chain.pairs(&factors);
        for (sum, more) in pairs.iter_mut().flatten().zip(expected.iter().flatten()) {
            *sum += more;
        }
        let mut last = OUT;
        for (at, marginal) in sentence.clone().zip(&room.chain.marginals) {
            let label = usize::from(sample.labels[start + at]);
            pairs[last][label] -= 1.0;
            let mut slope = [marginal[1], marginal[2]];
            if label != OUT {
                slope[label - BEGIN] -= 1.0;
            }
            room.slopes.push(slope);
            last = label;
        }
    }
    gather(&room.slopes, &room.sentences, &mut room.row_slopes, &mut room.whole_slopes);
    let mut from = 0;
    for (token, slopes) in room.row_slopes.iter().enumerate() {
        for &row in &room.active[from..room.ends[token]] {
            let row = row as usize;
            let lanes = if reaches_far(weights.groups[row]) { LANES } else { 2 * FAR_LEFT };
            let (weight, sums) = (&mut weights.rows[row], &mut pace.rows[row]);
            let (rate, decay) = (pace.rate, pace.decay);
            for lane in 0..lanes {
                let slope = slopes[lane] + decay * weight[lane];
                sums[lane] += slope * slope;
                weight[lane] -= rate * slope / (sums[lane].sqrt() + DAMP);
            }
        }
        from = room.ends[token];
    }
    for (rows, slope) in room.active_whole.iter().zip(&room.whole_slopes) {
        for &row in rows {
            let row = row as usize;
            for label in 0..2 {
                let lane = 2 * HERE + label;
                let mut sum = pace.rows[row][lane];
                pace.step(&mut weights.rows[row][lane], &mut sum, slope[label]);
                pace.rows[row][lane] = sum;
            }
        }
        for label in 0..2 {
            let mut sum = pace.bias[label];
            pace.step(&mut weights.bias[label], &mut sum, slope[label]);
            pace.bias[label] = sum;
        }
    }
    for last in 0..LABELS {
        for next in 0..LABELS {
            if Transitions::allowed(last, next) {
                let mut sum = pace.transitions[last][next];
                pace.step(&mut weights.transitions.0[last][next], &mut sum, pairs[last][next]);
                pace.transitions[last][next] = sum;
            }
        }
    }
}
