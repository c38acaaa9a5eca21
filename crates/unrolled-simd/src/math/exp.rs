//! Exponential.

use super::{LN_2_HIGH, LN_2_LOW, ROUND, polynomial};
use crate::Simd;

/// 128·ln 2: from here on the result is infinite.
const OVERFLOW: f32 = 88.722_84;
/// −126·ln 2: below it the result would be subnormal.
const UNDERFLOW: f32 = -87.336_54;

/// `eˣ = 2ⁿ·eʳ` with |r| ≤ ½·ln 2, `eʳ = 1 + r + r²·P(r)`.
///
/// Within 1 ULP wherever the result is a normal number. Results that would be subnormal are 0
/// (x < −87.34); infinity from x = 88.7229 on; NaN stays NaN.
#[inline(always)]
pub fn exp<S: Simd>(s: S, x: S::V) -> S::V {
    const P: [f32; 5] =
        [1.381_453_6e-3, 8.368_745e-3, 4.166_839_1e-2, 1.666_652e-1, 4.999_999_3e-1];
    let shifted = s.mul_add(x, s.splat(core::f32::consts::LOG2_E), s.splat(ROUND));
    let n = s.sub(shifted, s.splat(ROUND));
    let r = s.mul_add(n, s.splat(-LN_2_HIGH), x);
    let r = s.mul_add(n, s.splat(-LN_2_LOW), r);
    let p = polynomial(s, r, P);
    let y = s.add(s.mul_add(s.mul(r, r), p, r), s.splat(1.0));
    let y = s.add_exponent(y, shifted);
    // Out of range y means nothing; x + ∞ is ∞ or NaN as x is.
    let y = s.select(s.lt(x, s.splat(OVERFLOW)), y, s.add(x, s.splat(f32::INFINITY)));
    s.select(s.lt(x, s.splat(UNDERFLOW)), s.splat(0.0), y)
}

#[cfg(test)]
mod tests {
    use crate::check::{test, *};
    use crate::math;

    #[test]
    fn is_within_bounds() {
        // Subnormal results are 0.
        let oracle = |x: f64| if x < -126.0 * std::f64::consts::LN_2 { 0.0 } else { x.exp() };
        check_function!(math::exp, oracle, Bound::Ulps(1.0));
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            math::exp,
            [
                (0.0, 1.0),
                (-0.0, 1.0),
                (f32::NAN, f32::NAN),
                (f32::INFINITY, f32::INFINITY),
                (f32::NEG_INFINITY, 0.0),
                (88.722_84, f32::INFINITY),
                (-87.336_55, 0.0),
                (-104.0, 0.0),
                (f32::MIN_POSITIVE, 1.0),
            ]
        );
    }

    #[test]
    fn reaches_the_largest_and_the_smallest_normal_number() {
        for (x, low, high) in [(88.722_83, 3.402e38, f32::MAX), (-87.336_54, 0.0, 1.1755e-38)] {
            for_every_isa!(s => {
                let y = map(s, &[x], |x| math::exp(s, x))[0];
                assert!(low < y && y <= high, "{} of {x}: {y:e}", name_of(s));
            });
        }
    }
}
