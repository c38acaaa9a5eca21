//! Memory that the kernels run on.

/// One cache line, so that no vector straddles two.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([f32; 16]);

/// Small numbers in whole cache lines: sums of products neither overflow nor become subnormal.
pub struct Aligned(Vec<Line>);

impl Aligned {
    fn new(size: usize, scale: f32) -> Aligned {
        let value = |i: usize| scale * ((i % 17) as f32 - 8.0);
        let line = |l: usize| Line(std::array::from_fn(|i| value(16 * l + i)));
        Aligned((0..size.div_ceil(16)).map(line).collect())
    }
}

impl std::ops::Deref for Aligned {
    type Target = [f32];
    fn deref(&self) -> &[f32] {
        // SAFETY: a Line is 16 f32 without padding (64 bytes, alignment 64).
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), 16 * self.0.len()) }
    }
}

impl std::ops::DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: a Line is 16 f32 without padding (64 bytes, alignment 64).
        unsafe { std::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), 16 * self.0.len()) }
    }
}

/// The arrays that a kernel reads and writes.
pub struct Buffers {
    /// Weights, or the first sequence.
    pub a: Aligned,
    /// Inputs, or the second sequence.
    pub b: Aligned,
    /// Results.
    pub c: Aligned,
}

impl Default for Buffers {
    /// Room for every shape that is measured.
    fn default() -> Buffers {
        let size = 1 << 19;
        Buffers {
            a: Aligned::new(size, 0.01),
            b: Aligned::new(size, 0.02),
            c: Aligned::new(size, 0.0),
        }
    }
}
