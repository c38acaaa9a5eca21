//! Hyperbolic tangent and logistic sigmoid.

use crate::Simd;

/// `tanh(x)`, a rational approximation of degrees 13/6 on ±7.905, clamped outside
/// (Eigen's `generic_fast_tanh_float`). NaN stays NaN.
#[inline(always)]
pub fn tanh<S: Simd>(s: S, x: S::V) -> S::V {
    const NUMERATOR: [f32; 6] = [
        2.000_187_9e-13,
        -8.604_672e-11,
        5.122_297e-8,
        1.485_722_4e-5,
        6.372_619_3e-4,
        4.893_525_6e-3,
    ];
    const DENOMINATOR: [f32; 3] = [1.185_347_1e-4, 2.268_434_6e-3, 4.893_525_2e-3];
    let x = s.max(s.min(x, s.splat(7.905_311)), s.splat(-7.905_311));
    let x2 = s.mul(x, x);
    let mut p = s.splat(-2.760_768_5e-16);
    for c in NUMERATOR {
        p = s.mul_add(p, x2, s.splat(c));
    }
    let mut q = s.splat(1.198_258_4e-6);
    for c in DENOMINATOR {
        q = s.mul_add(q, x2, s.splat(c));
    }
    s.div(s.mul(p, x), q)
}

/// `1/(1+e⁻ˣ) = ½·tanh(½x) + ½`.
#[inline(always)]
pub fn sigmoid<S: Simd>(s: S, x: S::V) -> S::V {
    let half = s.splat(0.5);
    s.mul_add(tanh(s, s.mul(x, half)), half, half)
}
