//! The weights as they are stored: for each atom a row of small integers.
//!
//! A row holds a weight for `B` and for `I` at each *place*: the tokens up to three before and behind the atom's own,
//! the rest of its sentence on either side, and the sentences behind and before its own. The file is magic and a
//! zstd frame; in that, little-endian, the two looks, the network and the categories; each look has scale, transitions, bias, keys and rows.
//! Reading checks sizes; nothing else can fail.

use super::features::Atom;
use super::infer::{LABELS, Transitions};
use super::network::{Layer, MADE, MIXED, Network, STRIDES, WIDTH};

/// Tokens within reach on either side.
pub(crate) const REACH: usize = 3;
/// The place of the token itself.
pub(crate) const HERE: usize = REACH;
/// The place of tokens further behind in the sentence: the atom lies far to their left.
pub(crate) const FAR_LEFT: usize = 2 * REACH + 1;
/// The place of tokens further before.
pub(crate) const FAR_RIGHT: usize = FAR_LEFT + 1;
/// The place of tokens in the sentence behind.
pub(crate) const PREVIOUS: usize = FAR_LEFT + 2;
/// The place of tokens in the sentence before.
pub(crate) const NEXT: usize = FAR_LEFT + 3;
/// Two weights at each of eleven places, and two that pad.
pub(crate) const LANES: usize = 24;

/// The kinds of category row: inside a span, and up to three tokens around it.
pub(crate) const CATEGORIES: usize = 13;
pub(crate) const CATEGORY_LANES: usize = 2 * CATEGORIES;

const MAGIC: &[u8; 4] = b"TLR4";

/// No model is larger, in bytes.
const LARGEST: usize = 1 << 22;

/// How hard a model is pressed: it is written once and read as fast at any level.
#[cfg(any(test, feature = "train"))]
const LEVEL: i32 = 19;

/// A file that is not a model of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the weights are not of the version or size that this program reads")]
pub(crate) struct ModelError;

/// Words of the filter: 32 KB, which stay close to the processor.
const FILTER: usize = 1 << 12;

/// Rows by key: a filter that turns most absent keys away, then a probe of entries that hold key and row together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table<const N: usize> {
    filter: Vec<u64>,
    entries: Vec<Entry<N>>,
}

/// Key 0 is none.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(32))]
struct Entry<const N: usize> {
    key: u32,
    row: [i8; N],
}

impl<const N: usize> Table<N> {
    /// From keys, none of them 0 and each once, and their rows.
    pub(crate) fn new(rows: impl ExactSizeIterator<Item = (u32, [i8; N])>) -> Self {
        // Up to three quarters full: a smaller table stays closer to the processor, and the filter spares most vain probes.
        let capacity = (rows.len() * 4 / 3).next_power_of_two().max(16);
        let mut entries = vec![Entry { key: 0, row: [0; N] }; capacity];
        let mut filter = vec![0; FILTER];
        for (key, row) in rows {
            let mut at = key as usize & (capacity - 1);
            while entries[at].key != 0 {
                at = (at + 1) & (capacity - 1);
            }
            entries[at] = Entry { key, row };
            let (word, bits) = Self::bits(key);
            filter[word] |= bits;
        }
        Self { filter, entries }
    }

    /// The word of a key in the filter and its two bits there.
    fn bits(key: u32) -> (usize, u64) {
        ((key >> 20) as usize % FILTER, 1 << (key >> 14 & 63) | 1 << (key >> 8 & 63))
    }

    /// Whether there may be a row of the atom: rarely without cause.
    pub(crate) fn may_hold(&self, atom: Atom) -> bool {
        let (word, bits) = Self::bits(atom.0);
        self.filter[word] & bits == bits
    }

    /// The row of an atom.
    pub(crate) fn get(&self, atom: Atom) -> Option<&[i8; N]> {
        if self.may_hold(atom) { self.find(atom) } else { None }
    }

    /// The row of an atom that may be there.
    pub(crate) fn find(&self, atom: Atom) -> Option<&[i8; N]> {
        let mask = self.entries.len() - 1;
        let mut at = atom.0 as usize & mask;
        loop {
            let entry = &self.entries[at & mask];
            if entry.key == atom.0 {
                return Some(&entry.row);
            }
            if entry.key == 0 {
                return None;
            }
            at += 1;
        }
    }

    #[cfg(any(test, feature = "train"))]
    fn write(&self, out: &mut Vec<u8>) {
        let mut entries: Vec<&Entry<N>> = self.entries.iter().filter(|entry| entry.key != 0).collect();
        entries.sort_unstable_by_key(|entry| entry.key);
        out.extend(u32::try_from(entries.len()).expect("a model has fewer rows than keys").to_le_bytes());
        // Steps from key to key pack better than keys, and their high bytes better side by side.
        let keys = entries.iter().map(|entry| entry.key);
        let steps: Vec<[u8; 4]> = std::iter::once(0)
            .chain(keys.clone())
            .zip(keys)
            .map(|(last, key)| (key - last).to_le_bytes())
            .collect();
        out.extend((0..4).flat_map(|place| steps.iter().map(move |step| step[place])));
        out.extend(entries.iter().flat_map(|entry| entry.row.map(i8::cast_unsigned)));
    }

    #[cfg(any(test, feature = "train"))]
    pub(crate) fn len(&self) -> usize {
        self.entries.iter().filter(|entry| entry.key != 0).count()
    }
}

/// The weights of one look at a report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Look {
    /// What one step of a row is worth.
    pub(crate) scale: f32,
    pub(crate) transitions: Transitions,
    pub(crate) bias: [f32; 2],
    pub(crate) table: Table<LANES>,
}

/// A trained reader.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    /// The look at words, then the look at what that one says of the rest of the report.
    pub(crate) looks: [Look; 2],
    pub(crate) network: Network,
    pub(crate) category_scale: f32,
    pub(crate) category_bias: [f32; CATEGORIES],
    pub(crate) calibration: Calibration,
    pub(crate) categories: Table<CATEGORY_LANES>,
}

/// From the mean probability of a span's tokens to the share of such spans' words that are sensitive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// The least probability of a token that a finding takes in.
    pub(crate) threshold: f32,
    /// Confidence at mean probability 0, 0.1 to 1; between them it is interpolated.
    pub(crate) points: [f32; 11],
}

impl Calibration {
    /// The confidence of a span.
    pub(crate) fn confidence(&self, mean: f32) -> f32 {
        let place = mean.clamp(0.0, 1.0) * 10.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
        let low = (place as usize).min(9);
        #[expect(clippy::cast_precision_loss, reason = "0 to 9")]
        let part = place - low as f32;
        self.points[low] + (self.points[low + 1] - self.points[low]) * part
    }
}

struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], ModelError> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(ModelError)?;
        self.0 = tail;
        Ok(head)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        self.take(4)?.try_into().map(u32::from_le_bytes).map_err(|_| ModelError)
    }

    fn f32(&mut self) -> Result<f32, ModelError> {
        self.u32().map(f32::from_bits)
    }

    fn floats<const N: usize>(&mut self) -> Result<[f32; N], ModelError> {
        let mut out = [0.0; N];
        for float in &mut out {
            *float = self.f32()?;
        }
        Ok(out)
    }

    fn look(&mut self) -> Result<Look, ModelError> {
        let scale = self.f32()?;
        let mut transitions = Transitions::default();
        for row in &mut transitions.0 {
            *row = self.floats::<LABELS>()?;
        }
        Ok(Look { scale, transitions, bias: self.floats()?, table: self.table()? })
    }

    fn network(&mut self) -> Result<Network, ModelError> {
        let (table, step, bias) = (self.table()?, self.f32()?, self.floats()?);
        let layers = STRIDES.iter().map(|_| self.layer()).collect::<Result<_, _>>()?;
        let mut out = [[0.0; WIDTH]; LABELS];
        for row in &mut out {
            *row = self.floats()?;
        }
        Ok(Network { table, step, bias, layers, out, out_bias: self.floats()?, share: self.f32()? })
    }

    fn layer(&mut self) -> Result<Layer, ModelError> {
        let weights = self.take(MADE * MIXED)?;
        let row = |row: &[u8; MIXED]| row.map(u8::cast_signed);
        let weights = weights.as_chunks().0.iter().map(row).collect();
        Ok(Layer { weights, steps: self.floats()?, bias: self.floats()? })
    }

    fn table<const N: usize>(&mut self) -> Result<Table<N>, ModelError> {
        let count = self.u32()? as usize;
        let planes = self.take(count.checked_mul(4).ok_or(ModelError)?)?;
        let rows = self.take(count.checked_mul(N).ok_or(ModelError)?)?;
        let mut keys = Vec::with_capacity(count);
        let mut last = 0u32;
        for at in 0..count {
            let step = u32::from_le_bytes([0, 1, 2, 3].map(|place| planes[place * count + at]));
            // Each key is larger than the one before.
            last = last.checked_add(step).filter(|_| step > 0).ok_or(ModelError)?;
            keys.push(last);
        }
        let signed = |row: &[u8; N]| {
            let mut out = [0; N];
            out.iter_mut().zip(row).for_each(|(out, byte)| *out = byte.cast_signed());
            out
        };
        Ok(Table::new(keys.into_iter().zip(rows.as_chunks().0.iter().map(signed))))
    }
}

impl Model {
    /// Reads a model.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let packed = bytes.strip_prefix(MAGIC).ok_or(ModelError)?;
        let bytes = zstd::bulk::decompress(packed, LARGEST).map_err(|_| ModelError)?;
        let mut bytes = Bytes(&bytes);
        let looks = [bytes.look()?, bytes.look()?];
        let network = bytes.network()?;
        let category_scale = bytes.f32()?;
        let category_bias = bytes.floats()?;
        let calibration = Calibration { threshold: bytes.f32()?, points: bytes.floats()? };
        let categories = bytes.table()?;
        if !bytes.0.is_empty() {
            return Err(ModelError);
        }
        Ok(Self { looks, network, category_scale, category_bias, calibration, categories })
    }

    /// Writes a model; reading it gives the same.
    #[cfg(any(test, feature = "train"))]
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let put = |out: &mut Vec<u8>, floats: &[f32]| {
            out.extend(floats.iter().flat_map(|float| float.to_le_bytes()));
        };
        for look in &self.looks {
            put(&mut out, &[look.scale]);
            look.transitions.0.iter().for_each(|row| put(&mut out, row));
            put(&mut out, &look.bias);
            look.table.write(&mut out);
        }
        let Network { table, step, bias, layers, out: rows, out_bias, share } = &self.network;
        table.write(&mut out);
        put(&mut out, &[*step]);
        put(&mut out, bias);
        for Layer { weights, steps, bias } in layers {
            out.extend(weights.iter().flatten().map(|weight| weight.cast_unsigned()));
            put(&mut out, steps);
            put(&mut out, bias);
        }
        rows.iter().for_each(|row| put(&mut out, row));
        put(&mut out, out_bias);
        put(&mut out, &[*share]);
        put(&mut out, &[self.category_scale]);
        put(&mut out, &self.category_bias);
        put(&mut out, &[self.calibration.threshold]);
        put(&mut out, &self.calibration.points);
        self.categories.write(&mut out);
        let packed = zstd::bulk::compress(&out, LEVEL).expect("a model is far below the largest input");
        [MAGIC, &packed[..]].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let keys = [3, 19, 35, u32::MAX];
        let look = Look {
            scale: 0.03,
            transitions: Transitions([[0.0, -1.0, 0.0], [0.5, 0.0, 1.0], [0.25, 0.0, 2.0]]),
            bias: [-1.0, 0.5],
            table: Table::new(keys.iter().zip(0i8..4).map(|(&key, row)| (key, [row; LANES]))),
        };
        Model {
            looks: [look.clone(), look],
            network: Network {
                table: Table::new([(7, [-3; WIDTH])].into_iter()),
                step: 0.5,
                bias: [0.25; WIDTH],
                layers: STRIDES
                    .map(|stride| Layer {
                        weights: vec![[-i8::try_from(stride).unwrap(); MIXED]; MADE],
                        steps: [0.1; MADE],
                        bias: [1.0; MADE],
                    })
                    .into(),
                out: [[1.0; WIDTH]; LABELS],
                out_bias: [0.0; LABELS],
                share: 0.5,
            },
            category_scale: 0.1,
            category_bias: [0.0; CATEGORIES],
            calibration: Calibration {
                threshold: 0.3,
                points: [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
            },
            categories: Table::new(keys[..1].iter().map(|&key| (key, [1; CATEGORY_LANES]))),
        }
    }

    #[test]
    fn a_written_model_reads_the_same() {
        let bytes = model().write();
        assert_eq!(Model::read(&bytes), Ok(model()));
        for cut in 0..bytes.len() {
            assert_eq!(Model::read(&bytes[..cut]), Err(ModelError));
        }
    }

    #[test]
    fn keys_that_share_a_home_are_told_apart() {
        let [Look { table, .. }, _] = model().looks;
        assert_eq!(table.get(Atom(35)).map(|row| row[0]), Some(2));
        assert_eq!(table.get(Atom(u32::MAX)).map(|row| row[0]), Some(3));
        assert_eq!(table.get(Atom(51)), None);
    }

    #[test]
    fn confidence_is_interpolated() {
        let calibration = model().calibration;
        assert!((calibration.confidence(0.25) - 0.25).abs() < 1e-6);
        assert!((calibration.confidence(1.0) - 0.95).abs() < 1e-6);
    }
}
