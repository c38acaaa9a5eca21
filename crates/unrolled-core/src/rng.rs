//! The one random generator: initialisation, shuffling and dropout all draw from it.
//!
//! Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC
//! 2011) is a function from a key and a counter to four 32-bit words; there is no state to hand
//! on. The key is the model's seed. The counter is
//!
//! | word | holds |
//! |---|---|
//! | 0 | low half of the block number: draw `p` is word `p mod 4` of block `p / 4` |
//! | 1 | [`Stream`] in the top eight bits, high bits of the block number below |
//! | 2, 3 | index: which parameter, epoch or mask; low half first |
//!
//! So a draw depends on nothing but (seed, stream, index, position): not on how many workers there
//! are nor on who draws first. Only integers, correctly rounded arithmetic and functions with the
//! bits of the `libm` crate are used: the numbers are the same on every platform.

use core::f32::consts::TAU;

use unrolled_spec::memory::{Shortage, room};
use unrolled_spec::trig::sin_cos;

/// What the numbers are for. Streams of one seed are independent of each other.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Initial values; index = number of the parameter.
    Init = 0,
    /// Order of the examples; index = epoch.
    Shuffle = 1,
    /// Dropout masks; index = chosen by the caller, one a mask.
    Dropout = 2,
}

/// Blocks drawn side by side: so many that compilers make vectors of them.
const BLOCKS: usize = 32;
const WORDS: usize = 4 * BLOCKS;

/// A position in the numbers of one (seed, stream, index).
#[derive(Clone, Debug)]
pub struct Rng {
    key: [u32; 2],
    stream: Stream,
    index: u64,
    /// The next that is drawn.
    block: u64,
    words: [u32; WORDS],
    /// Words of `words` that were given out.
    used: usize,
    spare_normal: Option<f32>,
}

impl Rng {
    /// The numbers of (seed, stream, index), from position 0.
    pub fn new(seed: u64, stream: Stream, index: u64) -> Self {
        Self {
            key: [seed as u32, (seed >> 32) as u32],
            stream,
            index,
            block: 0,
            words: [0; WORDS],
            used: WORDS,
            spare_normal: None,
        }
    }

    /// Goes to a position: the next draw is word `position`, below 2⁵⁶.
    pub fn seek(&mut self, position: u64) {
        self.block = position / 4;
        self.used = WORDS;
        self.spare_normal = None;
        let skip = (position % 4) as usize;
        if skip > 0 {
            self.refill();
            self.used = skip;
        }
    }

    #[inline(never)]
    fn refill(&mut self) {
        let blocks: [u64; BLOCKS] = core::array::from_fn(|i| self.block + i as u64);
        let stream = (self.stream as u32) << 24;
        let counters = [
            blocks.map(|block| block as u32),
            blocks.map(|block| (block >> 32) as u32 | stream),
            [self.index as u32; BLOCKS],
            [(self.index >> 32) as u32; BLOCKS],
        ];
        let drawn = philox4x32(counters, self.key);
        for (i, block) in self.words.chunks_exact_mut(4).enumerate() {
            for (word, drawn) in block.iter_mut().zip(&drawn) {
                *word = drawn[i];
            }
        }
        self.block += BLOCKS as u64;
        self.used = 0;
    }

    /// Words that are drawn and not given out; not empty.
    #[inline]
    fn drawn(&mut self) -> &[u32] {
        if self.used == WORDS {
            self.refill();
        }
        &self.words[self.used..]
    }

    /// 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        let word = self.drawn()[0];
        self.used += 1;
        word
    }

    /// Uniform in [0, 1): a multiple of 2⁻²⁴.
    #[inline]
    pub fn uniform(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
    }

    /// Normal with mean 0 and variance 1 (Box–Muller; within ±5.8).
    pub fn normal(&mut self) -> f32 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        let radius = (-2.0 * libm::logf(1.0 - self.uniform())).sqrt();
        let (sin, cos) = sin_cos(TAU * self.uniform());
        self.spare_normal = Some(radius * sin);
        radius * cos
    }

    /// Uniform among 0, …, n − 1 without bias (Lemire 2019); 0 if `n` is 0.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        let mut product = u64::from(self.next_u32()) * u64::from(n);
        if (product as u32) < n {
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.next_u32()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }
}

/// A shuffle of 0, …, n − 1 (Fisher–Yates from the end): the order of epoch `epoch`.
pub fn permutation(seed: u64, n: u32, epoch: u64) -> Result<Vec<u32>, Shortage> {
    let mut rng = Rng::new(seed, Stream::Shuffle, epoch);
    let mut order = room(n.into())?;
    order.extend(0..n);
    for i in (1..n).rev() {
        order.swap(i as usize, rng.below(i + 1) as usize);
    }
    Ok(order)
}

/// Fills `out` with 0 (a share of `rate`) and `1/(1-rate)`; `rate` in [0, 1). One draw an element.
pub fn dropout_mask(rng: &mut Rng, rate: f32, mut out: &mut [f32]) {
    let keep = 1.0 / (1.0 - rate);
    // uniform() < rate, as integers.
    let threshold = (rate * 16_777_216.0).ceil() as u32;
    let value = |word: u32| if (word >> 8) < threshold { 0.0 } else { keep };
    while !out.is_empty() {
        let words = rng.drawn();
        let count = words.len().min(out.len());
        let (now, later) = out.split_at_mut(count);
        for (x, &word) in now.iter_mut().zip(words) {
            *x = value(word);
        }
        rng.used += count;
        out = later;
    }
}

/// Ten rounds of Philox on four words of each of `N` counters, `[word][counter]`.
#[inline]
fn philox4x32<const N: usize>(mut x: [[u32; N]; 4], mut key: [u32; 2]) -> [[u32; N]; 4] {
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        let [a, b, c, d] = &mut x;
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            let p0 = u64::from(*a) * 0xD251_1F53;
            let p1 = u64::from(*c) * 0xCD9E_8D57;
            *a = (p1 >> 32) as u32 ^ *b ^ key[0];
            *b = p1 as u32;
            *c = (p0 >> 32) as u32 ^ *d ^ key[1];
            *d = p0 as u32;
        }
    }
    x
}

#[cfg(test)]
mod tests;
