//! From what each token gives to what each token gets: the sum over places.

use std::ops::{AddAssign, Range};

use super::model::{FAR_LEFT, FAR_RIGHT, HERE, LANES, NEXT, PREVIOUS, REACH};

/// What the atoms of one token give, place by place.
pub(crate) type Row<T> = [T; LANES];

/// Adds up the scores of `B` and `I` at each token of a zone.
///
/// `rows` holds a row for each token, `sentences` tile them, `whole` holds what each sentence's own atoms give.
pub(crate) fn spread<R, T>(
    rows: &[Row<R>],
    sentences: &[Range<usize>],
    whole: &[[T; 2]],
    scores: &mut Vec<[T; 2]>,
) where
    R: Copy + Into<T>,
    T: Copy + Default + AddAssign,
{
    scores.clear();
    scores.resize(rows.len(), [T::default(); 2]);
    for (at, sentence) in sentences.iter().enumerate() {
        let mut all = whole[at];
        if at > 0 {
            add(&mut all, total(&rows[sentences[at - 1].clone()], PREVIOUS));
        }
        if let Some(next) = sentences.get(at + 1) {
            add(&mut all, total(&rows[next.clone()], NEXT));
        }
        let mut left = [T::default(); 2];
        for token in sentence.clone() {
            if token > sentence.start + REACH {
                add(&mut left, lane(&rows[token - REACH - 1], FAR_LEFT));
            }
            let score = &mut scores[token];
            add(score, all);
            add(score, left);
            for from in token.saturating_sub(REACH).max(sentence.start)..(token + REACH + 1).min(sentence.end)
            {
                add(score, lane(&rows[from], HERE + token - from));
            }
        }
        let mut right = [T::default(); 2];
        for token in sentence.clone().rev() {
            if token + REACH + 1 < sentence.end {
                add(&mut right, lane(&rows[token + REACH + 1], FAR_RIGHT));
            }
            add(&mut scores[token], right);
        }
    }
}

fn lane<R: Copy + Into<T>, T>(row: &Row<R>, place: usize) -> [T; 2] {
    [row[2 * place].into(), row[2 * place + 1].into()]
}

fn add<T: Copy + AddAssign>(sum: &mut [T; 2], more: [T; 2]) {
    sum[0] += more[0];
    sum[1] += more[1];
}

fn total<R: Copy + Into<T>, T: Copy + Default + AddAssign>(rows: &[Row<R>], place: usize) -> [T; 2] {
    let mut sum = [T::default(); 2];
    for row in rows {
        add(&mut sum, lane(row, place));
    }
    sum
}

/// The other way: from the slope of a loss at each token's scores to the slope at each token's row.
#[cfg(any(test, feature = "train"))]
pub(crate) fn gather(
    slopes: &[[f32; 2]],
    sentences: &[Range<usize>],
    rows: &mut Vec<Row<f32>>,
    whole: &mut Vec<[f32; 2]>,
) {
    rows.clear();
    rows.resize(slopes.len(), [0.0; LANES]);
    whole.clear();
    for sentence in sentences {
        let mut sum = [0.0; 2];
        slopes[sentence.clone()].iter().for_each(|&slope| add(&mut sum, slope));
        whole.push(sum);
    }
    let put = |row: &mut Row<f32>, place: usize, slope: [f32; 2]| {
        row[2 * place] += slope[0];
        row[2 * place + 1] += slope[1];
    };
    for (at, sentence) in sentences.iter().enumerate() {
        let mut right = [0.0; 2];
        for from in sentence.clone().rev() {
            if from + REACH + 1 < sentence.end {
                add(&mut right, slopes[from + REACH + 1]);
            }
            put(&mut rows[from], FAR_LEFT, right);
        }
        let mut left = [0.0; 2];
        for from in sentence.clone() {
            if from > sentence.start + REACH {
                add(&mut left, slopes[from - REACH - 1]);
            }
            put(&mut rows[from], FAR_RIGHT, left);
            for token in from.saturating_sub(REACH).max(sentence.start)..(from + REACH + 1).min(sentence.end)
            {
                put(&mut rows[from], HERE + token - from, slopes[token]);
            }
            if let Some(&next) = whole.get(at + 1) {
                put(&mut rows[from], PREVIOUS, next);
            }
            if at > 0 {
                put(&mut rows[from], NEXT, whole[at - 1]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What atom `from` gives to `token`, if anything.
    fn place(from: usize, token: usize, sentences: &[Range<usize>]) -> Option<usize> {
        let of = |at: usize| sentences.iter().position(|s| s.contains(&at)).unwrap();
        match (of(from), of(token)) {
            (a, b) if a == b => Some(match (from, token) {
                _ if from + REACH < token => FAR_LEFT,
                _ if token + REACH < from => FAR_RIGHT,
                _ => HERE + token - from,
            }),
            (a, b) if a + 1 == b => Some(PREVIOUS),
            (a, b) if b + 1 == a => Some(NEXT),
            _ => None,
        }
    }

    proptest! {
        #[test]
        fn each_token_gets_what_each_token_gives_it(
            values in prop::collection::vec(prop::array::uniform24(-100i32..100), 1..30),
            cuts in prop::collection::btree_set(1usize..30, 0..4),
        ) {
            let mut ends: Vec<usize> = cuts.into_iter().filter(|&cut| cut < values.len()).collect();
            ends.push(values.len());
            let mut start = 0;
            let sentences: Vec<Range<usize>> = ends.iter().map(|&end| { let s = start..end; start = end; s }).collect();
            let whole = vec![[5, 7]; sentences.len()];
            let mut scores = Vec::new();
            spread(&values, &sentences, &whole, &mut scores);
            for token in 0..values.len() {
                let mut want = [5, 7];
                for (from, row) in values.iter().enumerate() {
                    if let Some(place) = place(from, token, &sentences) {
                        add(&mut want, lane(row, place));
                    }
                }
                prop_assert_eq!(scores[token], want);
            }
            let slopes: Vec<[f32; 2]> = (0..values.len()).map(|at| [f32::from(u8::try_from(at).unwrap()), 1.0]).collect();
            let (mut rows, mut sums) = (Vec::new(), Vec::new());
            gather(&slopes, &sentences, &mut rows, &mut sums);
            for (from, row) in rows.iter().enumerate() {
                let mut want = [0.0; LANES];
                for (token, slope) in slopes.iter().enumerate() {
                    if let Some(place) = place(from, token, &sentences) {
                        want[2 * place] += slope[0];
                        want[2 * place + 1] += slope[1];
                    }
                }
                prop_assert_eq!(*row, want);
            }
        }
    }
}
