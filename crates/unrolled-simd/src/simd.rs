//! The one trait that kernels are written over.

/// Rows × vectors of a register tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Rows: units in a GEMM, rows of the gradient in a gradient tile.
    pub rows: usize,
    /// Vectors in a row (GEMM), columns of the gradient (gradient tile).
    pub columns: usize,
}

/// An instruction set, proven to be there.
///
/// A value can only be had from [`Simd::new`], which looks; so every method may use the
/// instructions. Kernels are generic over this trait and wrap their body in [`Simd::vectorize`].
///
/// # Numbers
/// On [`Scalar`](crate::Scalar) and [`Simd128`](crate::Simd128) nothing fuses, a vector has four
/// lanes, and [`Simd::sum`] adds in one order: both give the same bits.
pub trait Simd: Copy + Send + Sync + core::fmt::Debug + 'static {
    /// A vector of [`Simd::LANES`] `f32`.
    type V: Copy;
    /// A mask with one truth value a lane.
    type M: Copy;

    /// Name for people.
    const NAME: &'static str;
    /// `f32`s in a vector.
    const LANES: usize;
    /// GEMM tile: rows × vectors of accumulators.
    const TILE: Tile;
    /// GEMM tile with units in lanes (batches of one or two): examples × vectors.
    const UNIT_TILE: Tile;
    /// Tile of the gradient of a kernel: rows × columns, one accumulator each.
    const GRADIENT_TILE: Tile;
    /// Lanes of a block, which is what the kernels of the lane layout work on: known when they are
    /// compiled, so that offsets stand in the loads. Fewer examples are padded to it.
    const BLOCK: usize = Self::LANES * Self::TILE.columns;

    /// The token, if this machine has the instructions.
    fn new() -> Option<Self>;

    /// Runs `f` compiled for this instruction set. `f` must be `#[inline(always)]`.
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R;

    /// All lanes `x`.
    fn splat(self, x: f32) -> Self::V;
    /// `p[0..LANES]`.
    ///
    /// # Safety
    /// `p` must be readable for [`Simd::LANES`] values; any alignment.
    unsafe fn load(self, p: *const f32) -> Self::V;
    /// All lanes `*p`.
    ///
    /// # Safety
    /// `p` must be readable for one value.
    unsafe fn load_splat(self, p: *const f32) -> Self::V;
    /// `p[0..LANES] = v`.
    ///
    /// # Safety
    /// `p` must be writable for [`Simd::LANES`] values; any alignment.
    unsafe fn store(self, p: *mut f32, v: Self::V);

    /// Transposes four by four values: `to[i·stride + j] = from[j][i]`.
    ///
    /// # Safety
    /// Each of `from` must be readable for four values, `to` writable for four values at each of
    /// `0`, `stride`, `2·stride` and `3·stride`; they must not overlap.
    #[inline(always)]
    unsafe fn transpose4(self, from: [*const f32; 4], to: *mut f32, stride: usize) {
        for i in 0..4 {
            for (j, from) in from.iter().enumerate() {
                // SAFETY: the caller's.
                unsafe { *to.add(i * stride + j) = *from.add(i) };
            }
        }
    }

    /// `a + b`
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a - b`
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a · b`
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a / b`
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a·b + c`; fused where the instruction set fuses, two roundings elsewhere.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `√a`
    fn sqrt(self, a: Self::V) -> Self::V;
    /// `|a|`
    fn abs(self, a: Self::V) -> Self::V;
    /// `b` where `b < a`, else `a`: a NaN in `a` stays.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// `b` where `a < b`, else `a`: a NaN in `a` stays.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;

    /// `a < b`
    fn lt(self, a: Self::V, b: Self::V) -> Self::M;
    /// `a <= b`
    fn le(self, a: Self::V, b: Self::V) -> Self::M;
    /// `a == b`
    fn eq(self, a: Self::V, b: Self::V) -> Self::M;
    /// `a` where `m`, else `b`.
    fn select(self, m: Self::M, a: Self::V, b: Self::V) -> Self::V;

    /// `a·2ⁿ`, where `n` comes as `1.5·2²³ + n` (so that it stands in the low bits) and both `a`
    /// and the result are normal: `n` is added to the bits of the exponent and nothing is checked.
    fn add_exponent(self, a: Self::V, n: Self::V) -> Self::V;
    /// `(m, e)` with `a = m·2ᵉ` and `m` in [0.5, 1), for positive normal `a`; `e` as `f32`.
    fn split_exponent(self, a: Self::V) -> (Self::V, Self::V);

    /// The sum of the lanes. On four lanes: `(a₀ + a₂) + (a₁ + a₃)`.
    fn sum(self, a: Self::V) -> f32;
    /// [`Simd::sum`] of four vectors at once, the same bits.
    #[inline(always)]
    fn sum4(self, a: [Self::V; 4]) -> [f32; 4] {
        a.map(|a| self.sum(a))
    }
}
