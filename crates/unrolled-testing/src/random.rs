//! A small generator for test data.

/// SplitMix64: the same numbers for the same seed, everywhere. Not the library's generator.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator at the start of its sequence.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [low, high), on a grid of 2⁻²⁴ of the width.
    pub fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.bits() >> 40) as f32 / (1u32 << 24) as f32)
    }

    /// `n` values uniform in [low, high).
    pub fn vec(&mut self, n: usize, low: f32, high: f32) -> Vec<f32> {
        (0..n).map(|_| self.uniform(low, high)).collect()
    }

    /// Uniform in 0..n.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_in_range_and_repeats() {
        let (mut a, mut b) = (Random::new(1), Random::new(1));
        let values = a.vec(1000, -2.0, 3.0);
        assert_eq!(values, b.vec(1000, -2.0, 3.0));
        assert!(values.iter().all(|v| (-2.0..3.0).contains(v)));
        assert!(values.iter().any(|v| *v < -1.9) && values.iter().any(|v| *v > 2.9));
        assert!((0..1000).all(|_| a.below(7) < 7));
    }

    #[test]
    fn gives_the_published_sequence() {
        // First value of SplitMix64 with seed 1234567, from its reference implementation.
        assert_eq!(Random::new(1_234_567).bits(), 6_457_827_717_110_365_317);
    }
}
