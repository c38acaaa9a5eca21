//! Exponential.

use crate::Simd;

/// `eˣ`: `2ⁿ·eʳ` with |r| ≤ ½ln 2 (Cephes' `expf`). 0 below −87.3, infinity above 88.7; NaN stays NaN.
#[inline(always)]
pub fn exp<S: Simd>(s: S, x: S::V) -> S::V {
    const P: [f32; 5] =
        [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5.000_000_1e-1];
    // 1.5·2²³ + 127: adding it rounds to an integer and leaves the biased exponent in the low bits.
    let magic = s.splat(12_582_912.0 + 127.0);
    let clamped = s.max(s.min(x, s.splat(88.7)), s.splat(-87.3));
    let biased = s.mul_add(clamped, s.splat(core::f32::consts::LOG2_E), magic);
    let n = s.sub(biased, magic);
    let r = s.mul_add(n, s.splat(-0.693_359_4), clamped);
    let r = s.mul_add(n, s.splat(2.121_944_4e-4), r);
    let mut p = s.splat(1.987_569_1e-4);
    for c in P {
        p = s.mul_add(p, r, s.splat(c));
    }
    let y = s.add(s.mul_add(s.mul(p, r), r, r), s.splat(1.0));
    let y = s.mul(y, s.shl_exponent(biased));
    let y = s.select(s.lt(s.splat(88.7), x), s.splat(f32::INFINITY), y);
    s.select(s.lt(x, s.splat(-87.3)), s.splat(0.0), y)
}
