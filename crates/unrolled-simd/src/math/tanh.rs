//! Hyperbolic tangent.

use super::polynomial;
use crate::Simd;

/// From here on tanh rounds to ±1, and so does the quotient.
pub(super) const LIMIT: f32 = 9.02;

/// `tanh(x)/x = P(x²)/Q(x²)` on ±9.02: highest power first.
pub(super) const P: [f32; 6] =
    [-1.220_347_5e-11, 3.058_503e-8, 2.800_746e-5, 3.868_327_7e-3, 1.367_991_5e-1, 1.0];
pub(super) const Q: [f32; 5] = [1.287_367e-6, 3.938_631_2e-4, 2.724_583_9e-2, 4.701_324_7e-1, 1.0];

/// `tanh(x)`: a quotient of degrees 11/8, clamped where the result rounds to ±1.
///
/// Never beyond ±1; ±0, subnormals and NaN stay.
#[inline(always)]
pub fn tanh<S: Simd>(s: S, x: S::V) -> S::V {
    let x = s.max(s.min(x, s.splat(LIMIT)), s.splat(-LIMIT));
    let x2 = s.mul(x, x);
    s.div(s.mul(polynomial(s, x2, P), x), polynomial(s, x2, Q))
}
