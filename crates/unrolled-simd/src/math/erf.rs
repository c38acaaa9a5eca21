//! Error function.

use super::polynomial;
use crate::Simd;

/// `erf(x) = 2/√π·∫₀ˣ e^(−t²) dt`: `x·P(x²)/Q(x²)` of degrees 11/10, clamped where the result
/// rounds to ±1.
///
/// ±0 and NaN stay.
#[inline(always)]
pub fn erf<S: Simd>(s: S, x: S::V) -> S::V {
    const LIMIT: f32 = 3.93;
    const P: [f32; 6] = [
        2.041_969_9e-6,
        2.848_088_4e-4,
        3.779_617_5e-3,
        5.279_031_1e-2,
        1.907_840_1e-1,
        1.128_379_2,
    ];
    const Q: [f32; 6] =
        [3.800_408e-5, 1.165_214_8e-3, 1.499_745_4e-2, 1.142_575_9e-1, 5.024_106_5e-1, 1.0];
    let x = s.max(s.min(x, s.splat(LIMIT)), s.splat(-LIMIT));
    let x2 = s.mul(x, x);
    s.div(s.mul(polynomial(s, x2, P), x), polynomial(s, x2, Q))
}
