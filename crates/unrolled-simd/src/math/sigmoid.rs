//! Logistic sigmoid.

use super::{polynomial, tanh};
use crate::Simd;

/// The coefficients of `scale·F(x²/4)`, those of `F(x²)` given: exact, all powers of two.
const fn of_half<const N: usize>(mut coefficients: [f32; N], mut scale: f32) -> [f32; N] {
    let mut i = N;
    while i > 0 {
        i -= 1;
        coefficients[i] *= scale;
        scale *= 0.25;
    }
    coefficients
}

/// `1/(1+e⁻ˣ) = ½ + ½·tanh(½x)`, the halves folded into the constants of tanh.
///
/// Between 0 and 1, both included; NaN stays NaN.
#[inline(always)]
pub fn sigmoid<S: Simd>(s: S, x: S::V) -> S::V {
    const LIMIT: f32 = 2.0 * tanh::LIMIT;
    const P: [f32; 6] = of_half(tanh::P, 0.25);
    const Q: [f32; 5] = of_half(tanh::Q, 1.0);
    let x = s.max(s.min(x, s.splat(LIMIT)), s.splat(-LIMIT));
    let x2 = s.mul(x, x);
    let tail = s.div(s.mul(polynomial(s, x2, P), x), polynomial(s, x2, Q));
    s.add(tail, s.splat(0.5))
}
