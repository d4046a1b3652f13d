//! The chain: from scores of labels at each token to probabilities of labels.
//!
//! Labels are outside, begin and inside. `I` never follows `O` nor opens a sentence. Scores are relative to `O`, whose
//! score is 0. Work is done with probabilities scaled at each token, so that nothing overflows.

/// Labels: outside, begin, inside.
pub(crate) const LABELS: usize = 3;
pub(crate) const OUT: usize = 0;
pub(crate) const BEGIN: usize = 1;
pub(crate) const IN: usize = 2;

/// The largest size of a score: `exp` of it stays far from the limits of `f32`.
const LIMIT: f32 = 25.0;

/// The exponentials of transitions: by label and the next label.
pub(crate) type Factors = [[f32; LABELS]; LABELS];

/// Scores of one label after another. The entry for `I` after `O` is not used.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Transitions(pub(crate) [[f32; LABELS]; LABELS]);

impl Transitions {
    /// Whether `next` may follow `last`; the start of a sentence counts as `O`.
    pub(crate) fn allowed(last: usize, next: usize) -> bool {
        !(last == OUT && next == IN)
    }

    /// What each step multiplies a probability by.
    pub(crate) fn factors(&self) -> Factors {
        let mut factors = [[0.0; LABELS]; LABELS];
        for (last, row) in factors.iter_mut().enumerate() {
            for (next, factor) in row.iter_mut().enumerate() {
                if Self::allowed(last, next) {
                    *factor = self.0[last][next].clamp(-LIMIT, LIMIT).exp();
                }
            }
        }
        factors
    }
}

/// What a score multiplies a probability by.
fn weight(score: f32) -> f32 {
    score.clamp(-LIMIT, LIMIT).exp()
}

/// The weights of whole scores, worked out beforehand: scores are sums of small integers.
#[derive(Debug)]
pub(crate) struct Weights {
    scale: f32,
    bias: [f32; 2],
    /// From the score `-WEIGHED` on.
    known: Vec<[f32; 2]>,
}

/// The largest size of a score whose weight is worked out beforehand; few are larger.
const WEIGHED: i32 = 1 << 10;

impl Weights {
    /// The weights of scores that stand for `score * scale + bias`.
    pub(crate) fn new(scale: f32, bias: [f32; 2]) -> Self {
        let mut weights = Self { scale, bias, known: Vec::new() };
        weights.known =
            (-WEIGHED..=WEIGHED).map(|score| [0, 1].map(|label| weights.work_out(score, label))).collect();
        weights
    }

    #[expect(clippy::cast_precision_loss, reason = "sums of small integers")]
    fn work_out(&self, score: i32, label: usize) -> f32 {
        weight(score as f32 * self.scale + self.bias[label])
    }

    /// The weights of the scores of `B` and `I`.
    pub(crate) fn of(&self, scores: [i32; 2]) -> [f32; 2] {
        [0, 1].map(|label| {
            let place = usize::try_from(scores[label].saturating_add(WEIGHED));
            match place.ok().and_then(|place| self.known.get(place)) {
                Some(weights) => weights[label],
                None => self.work_out(scores[label], label),
            }
        })
    }
}

/// Probabilities that sum to 1, from any that are as one to another.
fn over(labels: [f32; LABELS]) -> [f32; LABELS] {
    let sum: f32 = labels.iter().sum();
    labels.map(|p| p / sum)
}

/// Room for one sentence, kept to save allocations.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    psi: Vec<[f32; LABELS]>,
    alpha: Vec<[f32; LABELS]>,
    beta: Vec<[f32; LABELS]>,
    /// Probability of each label at each token.
    pub(crate) marginals: Vec<[f32; LABELS]>,
}

impl Chain {
    /// Works out the marginals from the scores of `B` and `I` at each token.
    #[cfg(any(test, feature = "train"))]
    pub(crate) fn run(&mut self, scores: &[[f32; 2]], factors: &Factors) {
        self.run_weighed(scores.iter().map(|score| score.map(weight)), factors);
    }

    /// The same from the weights of the scores.
    pub(crate) fn run_weighed(&mut self, weights: impl Iterator<Item = [f32; 2]>, factors: &Factors) {
        let Self { psi, alpha, beta, marginals } = self;
        psi.clear();
        psi.extend(weights.map(|[b, i]| [1.0, b, i]));
        let len = psi.len();
        alpha.clear();
        alpha.resize(len, [0.0; LABELS]);
        beta.clear();
        beta.resize(len, [1.0; LABELS]);
        let mut last = [1.0, 0.0, 0.0];
        // The two directions ask nothing of each other: side by side they keep the processor busy.
        for (at, back) in (0..len).zip((0..len).rev()) {
            let mut now = [0.0; LABELS];
            for (next, now) in now.iter_mut().enumerate() {
                *now = psi[at][next] * (0..LABELS).map(|k| last[k] * factors[k][next]).sum::<f32>();
            }
            last = over(now);
            alpha[at] = last;
            if back > 0 {
                let mut now = [0.0; LABELS];
                for (k, now) in now.iter_mut().enumerate() {
                    *now =
                        (0..LABELS).map(|next| factors[k][next] * psi[back][next] * beta[back][next]).sum();
                }
                beta[back - 1] = over(now);
            }
        }
        marginals.clear();
        marginals.extend(
            alpha
                .iter()
                .zip(beta.iter())
                .map(|(alpha, beta)| over([0, 1, 2].map(|label| alpha[label] * beta[label]))),
        );
    }

    /// The probability of each pair of labels at `at - 1` and `at`, summed over the sentence; the start counts as `O`.
    #[cfg(any(test, feature = "train"))]
    pub(crate) fn pairs(&self, factors: &Factors) -> [[f32; LABELS]; LABELS] {
        let mut sums = [[0.0; LABELS]; LABELS];
        let mut last = [1.0, 0.0, 0.0];
        for (at, alpha) in self.alpha.iter().enumerate() {
            let mut both = [[0.0; LABELS]; LABELS];
            let mut total = 0.0;
            for k in 0..LABELS {
                for next in 0..LABELS {
                    both[k][next] = last[k] * factors[k][next] * self.psi[at][next] * self.beta[at][next];
                    total += both[k][next];
                }
            }
            for k in 0..LABELS {
                for next in 0..LABELS {
                    sums[k][next] += both[k][next] / total;
                }
            }
            last = *alpha;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every sequence of labels, weighed one by one.
    fn naive(scores: &[[f32; 2]], transitions: &Transitions) -> (Vec<[f64; 3]>, [[f64; 3]; 3]) {
        let len = scores.len();
        let (mut z, mut marginals, mut pairs) = (0.0, vec![[0.0; 3]; len], [[0.0; 3]; 3]);
        for code in 0..3usize.pow(u32::try_from(len).unwrap()) {
            let labels: Vec<usize> =
                (0..len).map(|at| code / 3usize.pow(u32::try_from(at).unwrap()) % 3).collect();
            let mut last = OUT;
            let mut score = 0.0f64;
            let mut legal = true;
            for (at, &label) in labels.iter().enumerate() {
                legal &= Transitions::allowed(last, label);
                score += f64::from(transitions.0[last][label]);
                score += if label == OUT { 0.0 } else { f64::from(scores[at][label - 1]) };
                last = label;
            }
            if !legal {
                continue;
            }
            let weight = score.exp();
            z += weight;
            let mut last = OUT;
            for (at, &label) in labels.iter().enumerate() {
                marginals[at][label] += weight;
                pairs[last][label] += weight;
                last = label;
            }
        }
        marginals.iter_mut().flatten().for_each(|p| *p /= z);
        pairs.iter_mut().flatten().for_each(|p| *p /= z);
        (marginals, pairs)
    }

    proptest! {
        #[test]
        fn weights_worked_out_beforehand_are_the_same(
            scores in prop::array::uniform2(-3000..3000i32), scale in 0.0..0.1f32, bias in prop::array::uniform2(-3.0..3.0f32),
        ) {
            let plain = [0, 1].map(|label| weight(scores[label] as f32 * scale + bias[label]));
            prop_assert_eq!(Weights::new(scale, bias).of(scores), plain);
        }

        #[test]
        fn the_chain_equals_the_sum_over_all_sequences(
            scores in prop::collection::vec([-4.0f32..4.0, -4.0f32..4.0], 1..7),
            flat in prop::array::uniform9(-2.0f32..2.0),
        ) {
            let transitions = Transitions([[flat[0], flat[1], flat[2]], [flat[3], flat[4], flat[5]], [flat[6], flat[7], flat[8]]]);
            let (marginals, pairs) = naive(&scores, &transitions);
            let mut chain = Chain::default();
            let factors = transitions.factors();
            chain.run(&scores, &factors);
            for (got, want) in chain.marginals.iter().flatten().zip(marginals.iter().flatten()) {
                prop_assert!((f64::from(*got) - want).abs() < 1e-4);
            }
            for (got, want) in chain.pairs(&factors).iter().flatten().zip(pairs.iter().flatten()) {
                prop_assert!((f64::from(*got) - want).abs() < 1e-3);
            }
        }
    }
}
