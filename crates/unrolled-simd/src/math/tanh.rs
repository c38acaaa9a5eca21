//! Hyperbolic tangent.

use super::polynomial;
use crate::Simd;

/// From here on the result is ±1.
pub(super) const LIMIT: f32 = 8.8;

/// `tanh(½x) = x·P(x²)/Q(x²)`, highest power first. Only its product with 1/cosh(x) has to be
/// accurate. The common factor 29/32 keeps the sums just below powers of two, where rounding is
/// finest; last digits are searched for.
pub(super) const P: [f32; 3] = [1.036_751_7e-4, 2.698_772_6e-2, 0.906_25];
pub(super) const Q: [f32; 4] = [2.234_247_4e-6, 2.188_016_4e-3, 2.050_170_5e-1, 1.812_5];

/// `tanh(x) = 2nd/(n² + d²)`, where `n/d = tanh(½x)` is a quotient of degrees 5/6.
///
/// Doubling the argument damps the errors of n and d where the result is near ±1. Never beyond
/// ±1, and ±1 from 8.8 on; ±0 and NaN stay.
#[inline(always)]
pub fn tanh<S: Simd>(s: S, x: S::V) -> S::V {
    let x = s.max(s.min(x, s.splat(LIMIT)), s.splat(-LIMIT));
    let x2 = s.mul(x, x);
    let n = s.mul(polynomial(s, x2, P), x);
    let d = polynomial(s, x2, Q);
    s.div(s.mul(s.add(n, n), d), s.mul_add(n, n, s.mul(d, d)))
}
