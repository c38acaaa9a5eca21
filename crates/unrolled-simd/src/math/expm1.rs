//! Exponential minus one.

use super::{LN_2_HIGH, LN_2_LOW, ROUND, polynomial};
use crate::Simd;

/// `eˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1)` with |r| ≤ ½·ln 2, `eʳ − 1 = r + r²·P(r)`; accurate near 0.
///
/// Within 1.5 ULP. −1 below −17.4, infinity from 88.7229 on; ±0, subnormals and NaN stay.
#[inline(always)]
pub fn expm1<S: Simd>(s: S, x: S::V) -> S::V {
    const P: [f32; 6] =
        [1.984_588_3e-4, 1.394_066_8e-3, 8.333_389e-3, 4.166_636e-2, 1.666_666_6e-1, 0.5];
    let half = s.splat(0.5);
    let clamped = s.max(s.min(x, s.splat(89.0)), s.splat(-20.0));
    let shifted = s.mul_add(clamped, s.splat(core::f32::consts::LOG2_E), s.splat(ROUND));
    let n = s.sub(shifted, s.splat(ROUND));
    let r = s.mul_add(n, s.splat(-LN_2_HIGH), clamped);
    let r = s.mul_add(n, s.splat(-LN_2_LOW), r);
    let p = polynomial(s, r, P);
    let e = s.mul_add(s.mul(r, r), p, r);
    // Half of everything, since 2¹²⁸ is not a number.
    let scale = s.add_exponent(half, shifted);
    let y = s.mul_add(scale, e, s.sub(scale, half));
    let y = s.add(y, y);
    // Where eˣ − 1 rounds to x; also keeps the sign of zero.
    s.select(s.lt(s.abs(x), s.splat(5.960_464_5e-8)), x, y)
}

#[cfg(test)]
mod tests {
    use crate::check::{test, *};
    use crate::math;

    #[test]
    fn is_within_bounds() {
        check_function!(math::expm1, f64::exp_m1, Bound::Ulps(1.5));
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            math::expm1,
            [
                (0.0, 0.0),
                (-0.0, -0.0),
                (1e-45, 1e-45),
                (-1e-40, -1e-40),
                (f32::NAN, f32::NAN),
                (f32::INFINITY, f32::INFINITY),
                (f32::NEG_INFINITY, -1.0),
                (f32::MIN, -1.0),
                (-17.4, -1.0),
                (88.722_84, f32::INFINITY),
            ]
        );
    }
}
