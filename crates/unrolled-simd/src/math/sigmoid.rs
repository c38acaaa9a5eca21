//! Logistic sigmoid.

use super::{polynomial, tanh};
use crate::Simd;

/// The coefficients of `scale·F(¼x)`, those of `F(x)` given: exact, being powers of two.
const fn of_quarter<const N: usize>(mut coefficients: [f32; N], mut scale: f32) -> [f32; N] {
    let mut i = N;
    while i > 0 {
        i -= 1;
        coefficients[i] *= scale;
        scale *= 0.25;
    }
    coefficients
}

/// `1/(1+e⁻ˣ) = ½ + ½·tanh(½x)`, the halves folded into the constants of [`tanh`](super::tanh()).
///
/// 0 below −17.6, 1 above 17.6 and always between; NaN stays NaN.
#[inline(always)]
pub fn sigmoid<S: Simd>(s: S, x: S::V) -> S::V {
    const LIMIT: f32 = 2.0 * tanh::LIMIT;
    const P: [f32; 3] = of_quarter(tanh::P, 0.5);
    const Q: [f32; 4] = of_quarter(tanh::Q, 1.0);
    let x = s.max(s.min(x, s.splat(LIMIT)), s.splat(-LIMIT));
    let x2 = s.mul(x, x);
    let n = s.mul(polynomial(s, x2, P), x);
    let d = polynomial(s, x2, Q);
    s.add(s.div(s.mul(n, d), s.mul_add(n, n, s.mul(d, d))), s.splat(0.5))
}
