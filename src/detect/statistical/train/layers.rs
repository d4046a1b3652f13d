//! The layers of the network as the learner sees them: forward over many zones at once, and the slopes back.
//!
//! Written out by hand, since there are few kinds of step; `ndarray` multiplies the matrices.

use std::ops::Range;

use ndarray::{Array2, Axis, Slice};

use super::learn::Dice;
use crate::detect::statistical::infer::LABELS;
use crate::detect::statistical::network::{LEAST_VARIANCE, MADE, MIXED, STRIDES, WIDTH, opened};

/// A row a token, or a row a number that is mixed.
pub(super) type Matrix = Array2<f32>;

/// All weights but the rows of atoms; or as much about them.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    pub(super) bias: Matrix,
    /// By layer: weights, and what is added.
    pub(super) layers: Vec<(Matrix, Matrix)>,
    pub(super) out: Matrix,
    pub(super) out_bias: Matrix,
}

impl Dense {
    pub(super) fn zeros() -> Self {
        Self {
            bias: Matrix::zeros((1, WIDTH)),
            layers: STRIDES.map(|_| (Matrix::zeros((MIXED, MADE)), Matrix::zeros((1, MADE)))).into(),
            out: Matrix::zeros((WIDTH, LABELS)),
            out_bias: Matrix::zeros((1, LABELS)),
        }
    }

    /// Weights to start from.
    pub(super) fn at_random(dice: &mut Dice) -> Self {
        let mut dense = Self::zeros();
        let mut scatter = |matrix: &mut Matrix| {
            #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
            let size = 1.0 / (matrix.nrows() as f32).sqrt();
            matrix.mapv_inplace(|_| dice.normal() * size);
        };
        dense.layers.iter_mut().for_each(|(weights, _)| scatter(weights));
        scatter(&mut dense.out);
        dense
    }

    /// All numbers, matrix by matrix.
    pub(super) fn parts(&mut self) -> impl Iterator<Item = &mut [f32]> {
        [&mut self.bias, &mut self.out, &mut self.out_bias]
            .into_iter()
            .chain(self.layers.iter_mut().flat_map(|(weights, bias)| [weights, bias]))
            .map(|matrix| matrix.as_slice_mut().expect("the matrix was made in one piece"))
    }
}

/// What one pass forward leaves for the way back.
#[derive(Debug)]
pub(super) struct Tape {
    first: Normal,
    layers: Vec<Passed>,
    last: Normal,
    /// By token the score of each label.
    pub(super) scores: Matrix,
}

#[derive(Debug)]
struct Passed {
    normal: Normal,
    mixed: Matrix,
    more: Matrix,
    gates: Matrix,
}

/// Vectors with mean 0 and variance 1, by what they were scaled, and which of their numbers were not dropped.
#[derive(Debug)]
struct Normal {
    vectors: Matrix,
    scales: Vec<f32>,
    mask: Option<Matrix>,
}

impl Normal {
    #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
    fn of(mut vectors: Matrix, drop: f32, dice: &mut Dice) -> Self {
        let scale = |mut vector: ndarray::ArrayViewMut1<'_, f32>| {
            let mean = vector.sum() / WIDTH as f32;
            vector -= mean;
            let variance = vector.fold(0.0, |sum, number| sum + number * number) / WIDTH as f32;
            let scale = 1.0 / (variance + LEAST_VARIANCE).sqrt();
            vector *= scale;
            scale
        };
        let scales = vectors.axis_iter_mut(Axis(0)).map(scale).collect();
        let mask = (drop > 0.0).then(|| {
            let kept = 1.0 / (1.0 - drop);
            Matrix::from_shape_fn(vectors.dim(), |_| if dice.coin(drop) { 0.0 } else { kept })
        });
        Self { vectors, scales, mask }
    }

    fn dropped(&self) -> Matrix {
        self.mask.as_ref().map_or_else(|| self.vectors.clone(), |mask| &self.vectors * mask)
    }

    /// The slopes before, of those behind.
    #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
    fn back(&self, mut slopes: Matrix) -> Matrix {
        if let Some(mask) = &self.mask {
            slopes *= mask;
        }
        let rows = slopes.axis_iter_mut(Axis(0)).zip(self.vectors.axis_iter(Axis(0))).zip(&self.scales);
        for ((mut slope, vector), scale) in rows {
            let mean = slope.sum() / WIDTH as f32;
            let along = slope.dot(&vector) / WIDTH as f32;
            slope.zip_mut_with(&vector, |slope, number| *slope = (*slope - mean - number * along) * scale);
        }
        slopes
    }
}

/// Scores tokens, of which each has its rows added up in `vectors`.
pub(super) fn forward(
    dense: &Dense,
    vectors: &Matrix,
    zones: &[Range<usize>],
    drop: f32,
    dice: &mut Dice,
) -> Tape {
    let first = Normal::of(vectors + &dense.bias, drop, dice);
    let mut stream = first.dropped();
    let mut layers = Vec::with_capacity(STRIDES.len());
    for ((weights, bias), stride) in dense.layers.iter().zip(STRIDES) {
        let normal = Normal::of(stream.clone(), drop, dice);
        let mixed = side_by_side(&normal.dropped(), zones, stride);
        let made = mixed.dot(weights) + bias;
        let more = columns(&made, 0..WIDTH);
        let gates = columns(&made, WIDTH..MADE);
        stream += &(&more * &gates.mapv(opened));
        layers.push(Passed { normal, mixed, more, gates });
    }
    let last = Normal::of(stream, drop, dice);
    let scores = last.dropped().dot(&dense.out) + &dense.out_bias;
    Tape { first, layers, last, scores }
}

/// Adds the slopes of all weights to `sums`, of those of the scores. Answers the slopes of the tokens' vectors.
pub(super) fn backward(
    dense: &Dense,
    tape: &Tape,
    zones: &[Range<usize>],
    slopes: &Matrix,
    sums: &mut Dense,
) -> Matrix {
    let total = |slopes: &Matrix| slopes.sum_axis(Axis(0)).insert_axis(Axis(0));
    sums.out += &tape.last.dropped().t().dot(slopes);
    sums.out_bias += &total(slopes);
    let mut stream = tape.last.back(slopes.dot(&dense.out.t()));
    let layers = dense.layers.iter().zip(&mut sums.layers).zip(&tape.layers).zip(STRIDES).rev();
    for ((((weights, _), (weight_sums, bias_sums)), passed), stride) in layers {
        let mut made = Matrix::zeros((stream.nrows(), MADE));
        let slope = |gate: f32| 0.5 / ((1.0 + gate.abs()) * (1.0 + gate.abs()));
        made.slice_axis_mut(Axis(1), Slice::from(0..WIDTH)).assign(&(&stream * &passed.gates.mapv(opened)));
        made.slice_axis_mut(Axis(1), Slice::from(WIDTH..MADE))
            .assign(&(&stream * &passed.more * passed.gates.mapv(slope)));
        *weight_sums += &passed.mixed.t().dot(&made);
        *bias_sums += &total(&made);
        let mixed = made.dot(&weights.t());
        stream += &passed.normal.back(apart(&mixed, zones, stride));
    }
    let first = tape.first.back(stream);
    sums.bias += &total(&first);
    first
}

/// By token its vector between those of its neighbours in the zone; zeros where there is none.
fn side_by_side(vectors: &Matrix, zones: &[Range<usize>], stride: usize) -> Matrix {
    let mut out = Matrix::zeros((vectors.nrows(), MIXED));
    for (token, place, from) in neighbours(zones, stride) {
        part(&mut out, token, place * WIDTH).copy_from_slice(whole(vectors, from));
    }
    out
}

/// The way back of [`side_by_side`].
fn apart(slopes: &Matrix, zones: &[Range<usize>], stride: usize) -> Matrix {
    let mut out = Matrix::zeros((slopes.nrows(), WIDTH));
    for (token, place, from) in neighbours(zones, stride) {
        let more = &whole(slopes, token)[place * WIDTH..][..WIDTH];
        part(&mut out, from, 0).iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
    out
}

/// Each token with the place, from 0 to 2, and the number of itself and of its neighbours in its zone.
fn neighbours(zones: &[Range<usize>], stride: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    zones.iter().flat_map(move |zone| {
        zone.clone().flat_map(move |token| {
            let before = token.checked_sub(stride).filter(|from| zone.contains(from));
            let after = Some(token + stride).filter(|from| zone.contains(from));
            [before, Some(token), after]
                .into_iter()
                .enumerate()
                .filter_map(move |(place, from)| Some((token, place, from?)))
        })
    })
}

fn whole(matrix: &Matrix, row: usize) -> &[f32] {
    let width = matrix.ncols();
    &matrix.as_slice().expect("the matrix was made in one piece")[row * width..][..width]
}

fn part(matrix: &mut Matrix, row: usize, from: usize) -> &mut [f32] {
    let width = matrix.ncols();
    &mut matrix.as_slice_mut().expect("the matrix was made in one piece")[row * width + from..][..WIDTH]
}

fn columns(matrix: &Matrix, columns: Range<usize>) -> Matrix {
    matrix.slice_axis(Axis(1), Slice::from(columns)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sum that hangs on every score, with its slopes.
    fn loss(scores: &Matrix) -> (f64, Matrix) {
        let slopes = Matrix::from_shape_fn(scores.dim(), |(a, b)| [0.3, -0.7, 0.2][(a + b) % 3]);
        ((scores * &slopes).iter().map(|&x| f64::from(x)).sum(), slopes)
    }

    #[test]
    fn slopes_are_those_of_small_steps() {
        let mut dice = Dice(1);
        let mut dense = Dense::at_random(&mut dice);
        let vectors = Matrix::from_shape_fn((7, WIDTH), |_| dice.normal());
        let zones = [0..4, 4..7];
        let run = |dense: &Dense, vectors: &Matrix| {
            let tape = forward(dense, vectors, &zones, 0.0, &mut Dice(2));
            let (loss, slopes) = loss(&tape.scores);
            (loss, slopes, tape)
        };
        let (_, slopes, tape) = run(&dense, &vectors);
        let mut sums = Dense::zeros();
        let first = backward(&dense, &tape, &zones, &slopes, &mut sums);
        let near = |got: f32, ahead: f64, behind: f64| {
            let want = (ahead - behind) / 0.02;
            assert!((f64::from(got) - want).abs() < 0.02 + 0.02 * want.abs(), "{got} {want}");
        };
        for (at, number) in [(0, 3), (3, 9), (4, 60), (6, 0)] {
            let at_step = |step: f32| {
                let mut vectors = vectors.clone();
                vectors[[at, number]] += step;
                run(&dense, &vectors).0
            };
            near(first[[at, number]], at_step(0.01), at_step(-0.01));
        }
        let parts: Vec<Vec<f32>> = sums.parts().map(|part| part.to_vec()).collect();
        for (place, part) in parts.iter().enumerate() {
            for at in [0, part.len() / 2, part.len() - 1] {
                let mut at_step = |step: f32| {
                    dense.parts().nth(place).unwrap()[at] += step;
                    let loss = run(&dense, &vectors).0;
                    dense.parts().nth(place).unwrap()[at] -= step;
                    loss
                };
                near(part[at], at_step(0.01), at_step(-0.01));
            }
        }
    }
}
