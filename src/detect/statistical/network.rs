//! A second opinion on every token of a zone: a small convolutional network beside the chain.
//!
//! The chain adds up what each atom says by itself and reaches three tokens far. What tells a source is often two things
//! together that say nothing apart, a dozen words from one another ("was present", "the room that", "he recalls"), so
//! each token's rows are added to a vector, and eight gated layers mix it with its neighbours 1, 2, 4 and 8 tokens away and
//! again, within its zone. The layers count in whole numbers: every machine gives the same answer, and the
//! processor multiplies many of them at once ([`super::lanes`]).

use wide::{f32x4, i32x4};

use super::features::{Atom, Group, Sink};
use super::infer::{LABELS, OUT};
use super::lanes::{Block, LANES, Made, Processor, Whole};
use super::model::Table;

/// Numbers in a token's vector.
pub(crate) const WIDTH: usize = 64;
/// How far apart the three tokens are that a layer mixes.
pub(crate) const STRIDES: [usize; 8] = [1, 2, 4, 8, 1, 2, 4, 8];
/// Numbers that a layer mixes for one token: the vectors of three.
pub(crate) const MIXED: usize = 3 * WIDTH;
/// Numbers that a layer makes: what is added, and how far its gate opens.
pub(crate) const MADE: usize = 2 * WIDTH;
/// Keeps the scale of a vector of zeros finite.
pub(crate) const LEAST_VARIANCE: f32 = 1e-5;

/// Steps that 1 has where a layer counts: a vector of mean 0 and variance 1 holds no number beyond 8.
const FINE: f32 = 256.0;

/// A token's vector.
pub(crate) type Vector = [f32; WIDTH];
/// The sum of a token's rows.
pub(super) type Sum = [i16; WIDTH];
/// A vector as the processor takes it: four numbers at once.
type Fours = [f32x4; WIDTH / 4];

/// One layer: for each number that it makes the weights of what it mixes, in steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) weights: Vec<[i8; MIXED]>,
    /// What one step of each is worth.
    pub(crate) steps: [f32; MADE],
    pub(crate) bias: [f32; MADE],
}

/// The weights of the network.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Network {
    pub(crate) table: Table<WIDTH>,
    /// What one step of a row is worth.
    pub(crate) step: f32,
    pub(crate) bias: Vector,
    pub(crate) layers: Vec<Layer>,
    pub(crate) out: [Vector; LABELS],
    pub(crate) out_bias: [f32; LABELS],
    /// How much its word weighs against that of the chain: 0 none, 1 all.
    pub(crate) share: f32,
}

/// The layers made ready for the processor.
#[derive(Debug)]
pub(super) struct Ready {
    processor: Processor,
    layers: Vec<Mixer>,
    bias: Fours,
    out: [Fours; LABELS],
}

/// A layer made ready.
#[derive(Debug)]
struct Mixer {
    blocks: Vec<Block>,
    /// By number made, what a step of its sum is worth.
    steps: [f32x4; MADE / 4],
    bias: [f32x4; MADE / 4],
}

/// Room for one zone, kept to save allocations.
#[derive(Debug, Default)]
pub(super) struct Zone {
    /// By token.
    sums: Vec<Sum>,
    vectors: Vec<Fours>,
    fine: Vec<Whole>,
    made: Vec<Made>,
}

/// Whether the network looks at atoms of this group. It finds by itself what pairs of words say.
#[cfg(any(test, feature = "train"))]
pub(crate) fn looks_at(group: Group) -> bool {
    is_own(group) || is_around(group) || is_whole(group)
}

/// What a token's text and look say.
fn is_own(group: Group) -> bool {
    matches!(
        group,
        Group::Word | Group::Affix | Group::Shape | Group::Slot | Group::Tag | Group::Stem | Group::Alike
    )
}

/// What is said of a token beside that.
fn is_around(group: Group) -> bool {
    matches!(group, Group::Slot | Group::Hit)
}

/// What is said of a sentence.
fn is_whole(group: Group) -> bool {
    matches!(group, Group::Sentence | Group::Mark)
}

fn add(sum: &mut Sum, row: &[i8; WIDTH]) {
    sum.iter_mut().zip(row).for_each(|(sum, &more)| *sum = sum.saturating_add(i16::from(more)));
}

/// Passes what it takes on, and adds up for the network what is said beside the words of one sentence.
pub(super) struct Both<'a, S> {
    pub(super) sink: &'a mut S,
    pub(super) table: &'a Table<WIDTH>,
    /// The sums of the sentence's tokens.
    pub(super) sums: &'a mut [Sum],
    /// What is said of all its tokens.
    pub(super) whole: Sum,
}

impl<S: Sink> Sink for Both<'_, S> {
    fn token(&mut self, at: usize, group: Group, atom: Atom) {
        self.sink.token(at, group, atom);
        if is_around(group)
            && let Some(row) = self.table.get(atom)
        {
            add(&mut self.sums[at], row);
        }
    }

    fn sentence(&mut self, group: Group, atom: Atom) {
        self.sink.sentence(group, atom);
        if is_whole(group)
            && let Some(row) = self.table.get(atom)
        {
            add(&mut self.whole, row);
        }
    }
}

impl<S> Both<'_, S> {
    /// Adds what is said of the sentence to all its tokens.
    pub(super) fn settle(self) {
        for sum in self.sums {
            sum.iter_mut().zip(self.whole).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        }
    }
}

impl Zone {
    /// Empties the room.
    pub(super) fn clear(&mut self) {
        self.sums.clear();
    }

    /// Adds a token, with the sum of what its text and look say.
    pub(super) fn push(&mut self, sum: Sum) {
        self.sums.push(sum);
    }

    /// The sums of the last tokens, so many.
    pub(super) fn last(&mut self, count: usize) -> &mut [Sum] {
        let from = self.sums.len() - count;
        &mut self.sums[from..]
    }
}

impl Network {
    /// Adds the row of an atom of a token's own to a sum.
    pub(super) fn add(&self, sum: &mut Sum, group: Group, atom: Atom) {
        if is_own(group)
            && let Some(row) = self.table.get(atom)
        {
            add(sum, row);
        }
    }

    /// Makes the layers ready.
    pub(super) fn ready(&self) -> Ready {
        Ready {
            processor: Processor::this(),
            layers: self.layers.iter().map(Mixer::of).collect(),
            bias: fours(&self.bias),
            out: self.out.map(|row| fours(&row)),
        }
    }

    /// Reads a zone: for each token the logarithm of the odds that it is inside a span.
    pub(super) fn read(&self, ready: &Ready, zone: &mut Zone, mut tell: impl FnMut(f32)) {
        let Zone { sums, vectors, fine, made } = zone;
        vectors.clear();
        vectors.extend(sums.iter().map(|sum| {
            let mut vector = fours(&sum.map(|number| f32::from(number) * self.step));
            vector.iter_mut().zip(&ready.bias).for_each(|(number, bias)| *number += *bias);
            normal(&vector)
        }));
        made.clear();
        made.resize(vectors.len(), [0; MADE]);
        for (layer, stride) in ready.layers.iter().zip(STRIDES) {
            fine.clear();
            fine.extend(vectors.iter().map(|vector| rounded(&normal(vector))));
            ready.processor.mix(&layer.blocks, fine, stride, made);
            for (vector, made) in vectors.iter_mut().zip(&*made) {
                for (at, number) in vector.iter_mut().enumerate() {
                    *number += layer.made(made, at) * opened_fours(layer.made(made, at + WIDTH / 4));
                }
            }
        }
        for vector in vectors {
            let vector = normal(vector);
            let scores = std::array::from_fn(|label| dot(&vector, &ready.out[label]) + self.out_bias[label]);
            tell(odds(scores));
        }
    }
}

/// The odds of a sentence's tokens, each half made of its neighbours': spans are runs, and the network answers word by word.
pub(crate) fn smoothed(odds: &[f32]) -> impl Iterator<Item = f32> {
    const NEIGHBOUR: f32 = 0.25;
    (0..odds.len()).map(|at| {
        let (before, after) = (odds[at.saturating_sub(1)], odds[(at + 1).min(odds.len() - 1)]);
        odds[at] * (1.0 - 2.0 * NEIGHBOUR) + (before + after) * NEIGHBOUR
    })
}

/// The probability of being inside a span, of what the chain and the network say; the network's word weighs `share`.
pub(crate) fn joined(chain: f32, odds: f32, share: f32) -> f32 {
    const LEAST: f32 = 1e-6;
    let chain = chain.clamp(LEAST, 1.0 - LEAST);
    let chain = (chain / (1.0 - chain)).ln();
    let odds = odds.clamp(-14.0, 14.0);
    1.0 / (1.0 + (-(share * odds + (1.0 - share) * chain)).exp())
}

impl Mixer {
    fn of(layer: &Layer) -> Self {
        let weight = |made: usize, taken: usize| i16::from(layer.weights[made][taken]);
        let block = |first: usize| -> Block {
            std::array::from_fn(|pair| std::array::from_fn(|at| weight(first + at / 2, 2 * pair + at % 2)))
        };
        let four =
            |numbers: &[f32; MADE], at: usize| f32x4::new(std::array::from_fn(|lane| numbers[4 * at + lane]));
        let steps = layer.steps.map(|step| step / FINE);
        Self {
            blocks: (0..MADE).step_by(LANES).map(block).collect(),
            steps: std::array::from_fn(|at| four(&steps, at)),
            bias: std::array::from_fn(|at| four(&layer.bias, at)),
        }
    }

    /// Four of the numbers that are made, from their sums.
    fn made(&self, sums: &Made, at: usize) -> f32x4 {
        let sums = i32x4::new(std::array::from_fn(|lane| sums[4 * at + lane]));
        sums.round_float() * self.steps[at] + self.bias[at]
    }
}

fn fours(vector: &Vector) -> Fours {
    std::array::from_fn(|at| f32x4::new(std::array::from_fn(|lane| vector[4 * at + lane])))
}

fn dot(a: &Fours, b: &Fours) -> f32 {
    a.iter().zip(b).fold(f32x4::ZERO, |sum, (a, b)| sum + *a * *b).to_array().iter().sum()
}

/// The vector with mean 0 and variance 1.
#[expect(clippy::cast_precision_loss, reason = "a small whole number")]
fn normal(vector: &Fours) -> Fours {
    let sum = vector.iter().fold(f32x4::ZERO, |sum, numbers| sum + *numbers);
    let mean = f32x4::splat(sum.to_array().iter().sum::<f32>() / WIDTH as f32);
    let from_mean = vector.map(|numbers| numbers - mean);
    let variance = dot(&from_mean, &from_mean) / WIDTH as f32;
    let scale = f32x4::splat(1.0 / (variance + LEAST_VARIANCE).sqrt());
    from_mean.map(|numbers| numbers * scale)
}

fn rounded(vector: &Fours) -> Whole {
    let mut whole = [0; WIDTH];
    for (whole, numbers) in whole.as_chunks_mut::<4>().0.iter_mut().zip(vector) {
        #[expect(clippy::cast_possible_truncation, reason = "a normal vector holds no number beyond 8")]
        let narrow = |number| number as i16;
        *whole = (*numbers * FINE).fast_round_int().to_array().map(narrow);
    }
    whole
}

/// How far a gate opens, from 0 to 1: as the learner works it out.
#[cfg(any(test, feature = "train"))]
pub(crate) fn opened(gate: f32) -> f32 {
    0.5 + 0.5 * gate / (1.0 + gate.abs())
}

fn opened_fours(gates: f32x4) -> f32x4 {
    f32x4::splat(0.5) + f32x4::splat(0.5) * gates / (f32x4::ONE + gates.abs())
}

/// The logarithm of the odds against [`OUT`].
pub(crate) fn odds(scores: [f32; LABELS]) -> f32 {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let [out, begin, inside] = scores.map(|score| (score - most).exp());
    const { assert!(OUT == 0, "the other two labels are inside") };
    ((begin + inside) / out.max(f32::MIN_POSITIVE)).max(f32::MIN_POSITIVE).ln()
}

/// Divides by the step of the scale and rounds.
#[cfg(any(test, feature = "train"))]
pub(crate) fn whole(weight: f32, step: f32) -> i8 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range")]
    let whole = (weight / step).round().clamp(-127.0, 127.0) as i8;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights that differ from one another.
    fn network() -> Network {
        let mut state = 1u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24).to_le_bytes()[0].cast_signed()
        };
        let layer = |_| Layer {
            weights: (0..MADE).map(|_| std::array::from_fn(|_| next().max(-127))).collect(),
            steps: [0.002; MADE],
            bias: [0.1; MADE],
        };
        let layers = STRIDES.map(layer).into();
        let out = std::array::from_fn(|_| std::array::from_fn(|_| f32::from(next()) / 1000.0));
        Network {
            table: Table::new([].into_iter()),
            step: 0.01,
            bias: std::array::from_fn(|_| f32::from(next()) / 100.0),
            layers,
            out,
            out_bias: [0.0; LABELS],
            share: 0.5,
        }
    }

    fn read(network: &Network, sums: Vec<Sum>) -> Vec<f32> {
        let mut odds = Vec::new();
        network.read(&network.ready(), &mut Zone { sums, ..Zone::default() }, |one| odds.push(one));
        odds
    }

    #[test]
    fn a_token_hears_those_within_the_sum_of_the_strides() {
        let network = network();
        let sums: Vec<Sum> = (0i16..40)
            .map(|at| std::array::from_fn(|place| at * 7 % 31 + i16::from(place % 5 == 0)))
            .collect();
        let before = read(&network, sums.clone());
        let mut changed = sums.clone();
        changed[20] = std::array::from_fn(|place| if place % 2 == 0 { 90 } else { -40 });
        let after = read(&network, changed);
        let reach = STRIDES.iter().sum::<usize>();
        for at in 0..sums.len() {
            let differs = before[at].to_bits() != after[at].to_bits();
            assert_eq!(differs, at.abs_diff(20) <= reach, "{at}");
        }
        assert!(read(&network, Vec::new()).is_empty());
        assert!(read(&network, vec![[i16::MAX; WIDTH]; 3]).iter().all(|odds| odds.is_finite()));
    }

    #[test]
    fn a_word_alone_counts_less_than_a_run() {
        let smooth: Vec<f32> = smoothed(&[-4.0, 4.0, -4.0, 4.0, 4.0, 4.0]).collect();
        assert!(smooth[1].abs() < 1e-6 && smooth[4] > 3.9 && smooth[0] > -4.0);
        assert_eq!(smoothed(&[]).count(), 0);
    }

    #[test]
    fn the_share_says_whose_word_counts() {
        assert!((joined(0.25, 5.0, 0.0) - 0.25).abs() < 1e-5);
        assert!((joined(0.25, 0.0, 1.0) - 0.5).abs() < 1e-5);
        assert!(joined(0.25, 2.0, 0.5) > 0.25);
        for certain in [joined(0.0, -1e9, 0.5), joined(1.0, 1e9, 0.5)] {
            assert!((0.0..=1.0).contains(&certain));
        }
    }
}
