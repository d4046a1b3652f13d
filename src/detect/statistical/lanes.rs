//! The network's multiplications, sixteen small numbers at once.
//!
//! All that the network costs is spent here. A processor with AVX2 does the work in less than half the time; what it
//! counts is whole numbers, so it comes to the same to the bit.

use super::network::{MADE, MIXED, WIDTH};

/// Numbers that a block makes at once.
pub(super) const LANES: usize = 8;
/// Numbers that are multiplied at once: each lane takes two that stand side by side.
const TAKEN: usize = 2 * LANES;
/// Tokens for which a block's weights are fetched once.
const TOKENS: usize = 8;

/// A vector in whole numbers.
pub(super) type Whole = [i16; WIDTH];
/// What a layer makes of one token, before it is scaled.
pub(super) type Made = [i32; MADE];
/// By pair of numbers taken, the two weights of each lane.
pub(super) type Block = [[i16; TAKEN]; MIXED / 2];

/// What the processor can do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Processor {
    /// What every processor can.
    Plain,
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    Wide(pulp::x86::V3),
}

impl Processor {
    /// This machine's.
    pub(super) fn this() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(wide) = pulp::x86::V3::try_new() {
            return Self::Wide(wide);
        }
        Self::Plain
    }

    /// Makes each token's numbers from its vector and those `stride` away, none of which grows beyond
    /// [`MIXED`] times 2,048 times 127.
    pub(super) fn mix(self, blocks: &[Block], vectors: &[Whole], stride: usize, made: &mut [Made]) {
        match self {
            Self::Plain => mix(Plain, blocks, vectors, stride, made),
            #[cfg(target_arch = "x86_64")]
            Self::Wide(wide) => wide.vectorize(Mix { lanes: wide, blocks, vectors, stride, made }),
        }
    }
}

/// Eight sums of products.
trait Lanes: Copy {
    type Numbers: Copy;
    type Sums: Copy;

    fn zero(self) -> Self::Sums;
    /// The same two numbers for each lane.
    fn pairs(self, pair: [i16; 2]) -> Self::Numbers;
    fn numbers(self, numbers: &[i16; TAKEN]) -> Self::Numbers;
    /// Adds to each lane the products of its two numbers.
    fn add(self, sums: Self::Sums, a: Self::Numbers, b: Self::Numbers) -> Self::Sums;
    fn sums(self, sums: Self::Sums) -> [i32; LANES];
}

#[derive(Clone, Copy)]
struct Plain;

impl Lanes for Plain {
    type Numbers = wide::i16x16;
    type Sums = wide::i32x8;

    #[inline(always)]
    fn zero(self) -> Self::Sums {
        wide::i32x8::ZERO
    }

    #[inline(always)]
    fn pairs(self, pair: [i16; 2]) -> Self::Numbers {
        wide::i16x16::new(std::array::from_fn(|at| pair[at % 2]))
    }

    #[inline(always)]
    fn numbers(self, numbers: &[i16; TAKEN]) -> Self::Numbers {
        wide::i16x16::new(*numbers)
    }

    #[inline(always)]
    fn add(self, sums: Self::Sums, a: Self::Numbers, b: Self::Numbers) -> Self::Sums {
        sums + a.dot(b)
    }

    #[inline(always)]
    fn sums(self, sums: Self::Sums) -> [i32; LANES] {
        sums.to_array()
    }
}

#[cfg(target_arch = "x86_64")]
impl Lanes for pulp::x86::V3 {
    type Numbers = std::arch::x86_64::__m256i;
    type Sums = std::arch::x86_64::__m256i;

    #[inline(always)]
    fn zero(self) -> Self::Sums {
        self.avx._mm256_setzero_si256()
    }

    #[inline(always)]
    fn pairs(self, pair: [i16; 2]) -> Self::Numbers {
        self.avx._mm256_set1_epi32(pulp::bytemuck::cast(pair))
    }

    #[inline(always)]
    fn numbers(self, numbers: &[i16; TAKEN]) -> Self::Numbers {
        pulp::bytemuck::cast(*numbers)
    }

    #[inline(always)]
    fn add(self, sums: Self::Sums, a: Self::Numbers, b: Self::Numbers) -> Self::Sums {
        self.avx2._mm256_add_epi32(sums, self.avx2._mm256_madd_epi16(a, b))
    }

    #[inline(always)]
    fn sums(self, sums: Self::Sums) -> [i32; LANES] {
        pulp::bytemuck::cast(sums)
    }
}

/// [`mix`] as a value, which the processor's own instructions are compiled into.
struct Mix<'a, L> {
    lanes: L,
    blocks: &'a [Block],
    vectors: &'a [Whole],
    stride: usize,
    made: &'a mut [Made],
}

impl<L: Lanes> pulp::NullaryFnOnce for Mix<'_, L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        mix(self.lanes, self.blocks, self.vectors, self.stride, self.made);
    }
}

#[inline(always)]
fn mix<L: Lanes>(lanes: L, blocks: &[Block], vectors: &[Whole], stride: usize, made: &mut [Made]) {
    const NONE: Whole = [0; WIDTH];
    let vector = |at: Option<usize>| at.and_then(|at| vectors.get(at)).unwrap_or(&NONE);
    for (made, first) in made.chunks_mut(TOKENS).zip((0..).step_by(TOKENS)) {
        let taken: [[&Whole; 3]; TOKENS] = std::array::from_fn(|token| {
            let at = first + token;
            [vector(at.checked_sub(stride)), vector(Some(at)), vector(Some(at + stride))]
        });
        for (block, to) in blocks.iter().zip((0..).step_by(LANES)) {
            let mut sums = [lanes.zero(); TOKENS];
            for (place, block) in block.chunks_exact(WIDTH / 2).enumerate() {
                for (pair, weights) in block.iter().enumerate() {
                    let weights = lanes.numbers(weights);
                    for (sums, taken) in sums.iter_mut().zip(&taken) {
                        let numbers = lanes.pairs([taken[place][2 * pair], taken[place][2 * pair + 1]]);
                        *sums = lanes.add(*sums, numbers, weights);
                    }
                }
            }
            for (made, sums) in made.iter_mut().zip(sums) {
                made[to..to + LANES].copy_from_slice(&lanes.sums(sums));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_processor_counts_as_by_hand() {
        let mut state = 1u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i16::from((state >> 24).to_le_bytes()[0].cast_signed())
        };
        let vectors: Vec<Whole> = (0..21).map(|_| std::array::from_fn(|_| next() * 16)).collect();
        let blocks: Vec<Block> =
            (0..MADE / LANES).map(|_| std::array::from_fn(|_| std::array::from_fn(|_| next()))).collect();
        for (stride, count) in [(1, 21), (8, 21), (2, 8), (4, 3), (1, 1), (1, 0)] {
            let vectors = &vectors[..count];
            let weight =
                |made: usize, taken: usize| blocks[made / LANES][taken / 2][made % LANES * 2 + taken % 2];
            let taken = |token: usize, taken: usize| {
                let at = (token + taken / WIDTH * stride).checked_sub(stride)?;
                vectors.get(at).map(|vector| vector[taken % WIDTH])
            };
            let product =
                |token, made, at| i32::from(taken(token, at).unwrap_or(0)) * i32::from(weight(made, at));
            let wanted: Vec<Made> = (0..count)
                .map(|token| std::array::from_fn(|made| (0..MIXED).map(|at| product(token, made, at)).sum()))
                .collect();
            for processor in [Processor::Plain, Processor::this()] {
                let mut made = vec![[7; MADE]; count];
                processor.mix(&blocks, vectors, stride, &mut made);
                assert!(made == wanted, "{processor:?}, stride {stride}, {count} tokens");
            }
        }
    }
}
