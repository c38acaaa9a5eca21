//! Safe loads and stores of one vector.

use unrolled_simd::Simd;

/// The first [`Simd::LANES`] values of `x`.
#[inline(always)]
pub(crate) fn load<S: Simd>(s: S, x: &[f32]) -> S::V {
    assert!(x.len() >= S::LANES);
    // SAFETY: the assertion.
    unsafe { s.load(x.as_ptr()) }
}

/// Writes the first [`Simd::LANES`] values of `x`.
#[inline(always)]
pub(crate) fn store<S: Simd>(s: S, x: &mut [f32], v: S::V) {
    assert!(x.len() >= S::LANES);
    // SAFETY: the assertion.
    unsafe { s.store(x.as_mut_ptr(), v) }
}
