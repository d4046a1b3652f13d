//! Weights made small: whole numbers from -63 to 63 on one scale.

use super::Settings;
use super::kinds::Kinds;
use super::learn::Weights;
use super::network::Net;
use super::twice::Twice;
use crate::detect::statistical::model::{Calibration, Look, Model, Table};

/// The largest number that stands for a weight: one twice as large makes the file a fifth larger and the reader no better.
const LARGEST: f32 = 63.0;
/// The share of weights that the scale leaves room for; larger ones are cut to the largest.
const ROOM: f64 = 0.9995;

/// Rounds weights to a model.
pub(crate) fn pack(
    weights: &Twice,
    net: &Net,
    kinds: &Kinds,
    settings: &Settings,
    points: [f32; 11],
) -> Model {
    let kind_keys: Vec<u32> = kinds.index.keys().map(|atom| atom.0).collect();
    let flat: Vec<f32> = kinds.index.values().flat_map(|&row| kinds.rows[row as usize]).collect();
    let (category_scale, kind_rows) = round(&flat);
    Model {
        looks: [look(&weights.first), look(&weights.second)],
        network: net.pack(settings.network_share),
        category_scale,
        category_bias: kinds.bias,
        calibration: Calibration { threshold: settings.threshold, points },
        categories: table(&kind_keys, &kind_rows),
    }
}

fn look(weights: &Weights) -> Look {
    let keys: Vec<u32> = weights.index.keys().map(|atom| atom.0).collect();
    let flat: Vec<f32> = weights.index.values().flat_map(|&row| weights.rows[row as usize]).collect();
    let (scale, rows) = round(&flat);
    Look { scale, transitions: weights.transitions, bias: weights.bias, table: table(&keys, &rows) }
}

fn table<const N: usize>(keys: &[u32], rows: &[i8]) -> Table<N> {
    Table::new(keys.iter().copied().zip(rows.as_chunks().0.iter().copied()))
}

fn round(weights: &[f32]) -> (f32, Vec<i8>) {
    let mut sizes: Vec<f32> = weights.iter().map(|w| w.abs()).filter(|&w| w > 0.0).collect();
    sizes.sort_by(f32::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank"
    )]
    let rank = (sizes.len() as f64 * ROOM) as usize;
    let scale = sizes.get(rank.min(sizes.len().saturating_sub(1))).map_or(1.0, |largest| largest / LARGEST);
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range")]
    let rounded = weights.iter().map(|w| (w / scale).round().clamp(-LARGEST, LARGEST) as i8).collect();
    (scale, rounded)
}
