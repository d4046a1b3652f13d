//! Groups words that are used alike (`patterns/reader/alike.txt`), by vectors that others learned from public text.
//!
//! Vectors of everyday words, without what all of them share, are grouped by k-means; the centres of the groups are grouped
//! once more. The same vectors and words give the same groups.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::BufRead;

use super::learn::Dice;

/// Words of the vectors, which begin with the most frequent, that are looked at.
const LOOKED_AT: usize = 80_000;
/// Words so frequent that they are taken though no labelled report uses them.
const FREQUENT: usize = 12_000;
/// The fewest letters of a word.
const SHORTEST: usize = 3;
/// Directions that all words share, which tell how frequent a word is rather than how it is used.
const SHARED: usize = 3;
/// The near classes and the wide ones around them.
const NEAR: usize = 600;
const WIDE: usize = 100;
/// Rounds of k-means, and of the power iteration.
const ROUNDS: usize = 40;

/// The text of `alike.txt`: of vectors a line ("word 0.1 -0.2 ..."), those of words that are `used` or frequent and not `idle`.
///
/// # Errors
/// When the vectors cannot be read.
pub(super) fn alike(
    vectors: impl BufRead,
    used: &BTreeSet<String>,
    idle: impl Fn(&str) -> bool,
) -> std::io::Result<String> {
    let (mut words, mut points): (Vec<String>, Vec<Vec<f32>>) = (Vec::new(), Vec::new());
    for line in vectors.lines().take(LOOKED_AT) {
        let line = line?;
        let mut fields = line.split(' ');
        let word = fields.next().unwrap_or_default();
        let plain = word.len() >= SHORTEST && word.bytes().all(|byte| byte.is_ascii_lowercase());
        if plain && !idle(word) && (words.len() < FREQUENT || used.contains(word)) {
            words.push(word.to_owned());
            points.push(fields.filter_map(|field| field.parse().ok()).collect());
        }
    }
    without_shared(&mut points);
    points.iter_mut().for_each(|point| normalise(point));
    let (near, mut centres) = group(&points, NEAR);
    centres.iter_mut().for_each(|centre| normalise(centre));
    let (wide, _) = group(&centres, WIDE);
    let mut blocks: BTreeMap<usize, BTreeMap<usize, BTreeSet<&str>>> = BTreeMap::new();
    for (word, &class) in words.iter().zip(&near) {
        blocks.entry(wide[class]).or_default().entry(class).or_default().insert(word);
    }
    let mut lines: Vec<Vec<String>> = blocks
        .into_values()
        .map(|block| {
            let mut block: Vec<String> =
                block.into_values().map(|class| class.into_iter().collect::<Vec<_>>().join(" ")).collect();
            block.sort();
            block
        })
        .collect();
    lines.sort();
    let mut out = String::from(
        "# Words that are used alike: a line is a class, a block of lines a wider one. Grouped by `train_reader alike` over the GloVe\n\
         # vectors of Pennington, Socher and Manning (2014; Wikipedia and Gigaword), which are in the public domain (PDDL 1.0).\n",
    );
    for block in lines {
        let _ = write!(out, "\n{}\n", block.join("\n"));
    }
    Ok(out)
}

/// Takes the mean of all points and the directions in which they differ most out of each.
fn without_shared(points: &mut [Vec<f32>]) {
    let Some(width) = points.first().map(Vec::len) else { return };
    let mean = mean_of(points.iter(), width);
    points.iter_mut().for_each(|point| point.iter_mut().zip(&mean).for_each(|(x, m)| *x -= m));
    let mut dice = Dice(1);
    for _ in 0..SHARED {
        let mut direction: Vec<f32> = (0..width).map(|_| if dice.coin(0.5) { 1.0 } else { -1.0 }).collect();
        for _ in 0..ROUNDS {
            normalise(&mut direction);
            let mut next = vec![0.0; width];
            for point in points.iter() {
                let along = dot(point, &direction);
                next.iter_mut().zip(point).for_each(|(sum, x)| *sum += along * x);
            }
            direction = next;
        }
        normalise(&mut direction);
        for point in points.iter_mut() {
            let along = dot(point, &direction);
            point.iter_mut().zip(&direction).for_each(|(x, d)| *x -= along * d);
        }
    }
}

/// The group of each point, and the centres of the groups (k-means, seeded by k-means++).
fn group(points: &[Vec<f32>], count: usize) -> (Vec<usize>, Vec<Vec<f32>>) {
    let mut dice = Dice(7);
    let mut centres = vec![points[0].clone()];
    let mut distance = vec![f32::INFINITY; points.len()];
    while centres.len() < count.min(points.len()) {
        let last = &centres[centres.len() - 1];
        distance.iter_mut().zip(points).for_each(|(d, point)| *d = d.min(apart(point, last)));
        let total: f64 = distance.iter().map(|&d| f64::from(d)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a part of one")]
        let mut left = total * ((dice.next() >> 11) as f64 / (1u64 << 53) as f64);
        let next = distance.iter().position(|&d| {
            left -= f64::from(d);
            left <= 0.0
        });
        centres.push(points[next.unwrap_or(points.len() - 1)].clone());
    }
    let nearest = |point: &Vec<f32>, centres: &[Vec<f32>]| {
        let closer = |a: &usize, b: &usize| apart(point, &centres[*a]).total_cmp(&apart(point, &centres[*b]));
        (0..centres.len()).min_by(closer).unwrap_or(0)
    };
    let mut groups = Vec::new();
    for _ in 0..ROUNDS {
        groups = points.iter().map(|point| nearest(point, &centres)).collect();
        let mut members: Vec<Vec<&Vec<f32>>> = vec![Vec::new(); centres.len()];
        for (point, &group) in points.iter().zip(&groups) {
            members[group].push(point);
        }
        for (centre, members) in centres.iter_mut().zip(members) {
            if !members.is_empty() {
                *centre = mean_of(members.into_iter(), centre.len());
            }
        }
    }
    (groups, centres)
}

fn mean_of<'p>(points: impl ExactSizeIterator<Item = &'p Vec<f32>>, width: usize) -> Vec<f32> {
    #[expect(clippy::cast_precision_loss, reason = "some thousands of words")]
    let count = points.len() as f32;
    let mut sum = vec![0.0; width];
    points.for_each(|point| sum.iter_mut().zip(point).for_each(|(sum, x)| *sum += x / count));
    sum
}

fn normalise(point: &mut [f32]) {
    let length = dot(point, point).sqrt().max(f32::MIN_POSITIVE);
    point.iter_mut().for_each(|x| *x /= length);
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn apart(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_lie_together_are_one_group() {
        let points: Vec<Vec<f32>> =
            [[0.0, 1.0], [5.0, 5.0], [0.1, 1.1], [5.1, 5.0], [9.0, 0.0]].iter().map(|p| p.to_vec()).collect();
        let (groups, centres) = group(&points, 3);
        assert_eq!(centres.len(), 3);
        assert_eq!((groups[0], groups[1]), (groups[2], groups[3]));
        assert_ne!(groups[0], groups[1]);
        assert_ne!(groups[4], groups[1]);
    }

    #[test]
    fn a_direction_that_all_share_is_taken_out() {
        let mut points: Vec<Vec<f32>> =
            [-20.0, -10.0, 10.0, 20.0f32].iter().map(|&x| vec![x, x.signum(), 0.0, 0.0, 0.0]).collect();
        without_shared(&mut points);
        assert!(points.iter().flatten().all(|x| x.abs() < 1.0), "{points:?}");
    }

    #[test]
    fn classes_are_written_a_line_each() {
        let vectors = "the 0 0\nclerk 1 0\nlorry 0 1\nx1 1 1\nbosun 1 0.1\n";
        let text = alike(vectors.as_bytes(), &BTreeSet::new(), |word| word == "the").unwrap();
        let words: BTreeSet<&str> =
            text.lines().filter(|line| !line.starts_with('#')).flat_map(|l| l.split(' ')).collect();
        assert_eq!(words, BTreeSet::from(["", "bosun", "clerk", "lorry"]));
    }
}
