//! Logarithm of one plus a number.

use super::ROUND;
use super::ln::{centre, ln_of_one_plus};
use crate::Simd;

/// `ln(1 + x)`, accurate near 0: the exponent k is that of 1 + x, but the rest is taken from x
/// itself, `f = x·2⁻ᵏ + (2⁻ᵏ − 1)`.
///
/// Within 1.5 ULP. −∞ at −1, NaN below, ∞ at ∞; ±0, subnormals and NaN stay.
#[inline(always)]
pub fn ln_1p<S: Simd>(s: S, x: S::V) -> S::V {
    let one = s.splat(1.0);
    let (m, e) = s.split_exponent(s.add(x, one));
    let (direct, k) = centre(s, m, e);
    // From 2²⁴ on, 1 + x is x.
    let large = s.le(s.splat(16_777_216.0), x);
    let shift = s.sub(s.splat(ROUND), s.select(large, s.splat(0.0), k));
    let scale = s.add_exponent(one, shift);
    let f = s.select(large, direct, s.mul_add(x, scale, s.sub(scale, one)));
    let y = ln_of_one_plus(s, f, k);
    let y = s.select(s.lt(x, s.splat(f32::INFINITY)), y, x);
    // Where ln(1 + x) rounds to x; also keeps the sign of zero.
    let y = s.select(s.lt(s.abs(x), s.splat(5.960_464_5e-8)), x, y);
    let pole = s.select(s.eq(x, s.splat(-1.0)), s.splat(f32::NEG_INFINITY), s.splat(f32::NAN));
    s.select(s.le(x, s.splat(-1.0)), pole, y)
}

/// `ln(1 + x)` for 0 ≤ x ≤ 1 at a third of the cost, for `ln(1 + e^(−|z|))`: 1 + x is in one of two
/// binades.
///
/// Within 1.5 ULP. NaN stays NaN; beyond 0 and 1 the result means nothing.
#[inline(always)]
pub fn ln_1p_of_unit<S: Simd>(s: S, x: S::V) -> S::V {
    let half = s.splat(0.5);
    let low = s.lt(x, s.splat(core::f32::consts::SQRT_2 - 1.0));
    let f = s.select(low, x, s.sub(s.mul(x, half), half));
    ln_of_one_plus(s, f, s.select(low, s.splat(0.0), s.splat(1.0)))
}

#[cfg(test)]
mod tests {
    use crate::check::{test, *};
    use crate::math;

    #[test]
    fn is_within_bounds() {
        check_function!(math::ln_1p, f64::ln_1p, Bound::Ulps(1.5));
    }

    #[test]
    fn of_unit_is_within_bounds() {
        let one = 1f32.to_bits();
        let x: Vec<f32> = (0..=one).step_by(509).chain([one]).map(f32::from_bits).collect();
        let want: Vec<f64> = x.iter().map(|&x| f64::from(x).ln_1p()).collect();
        for_every_isa!(s => {
            let got = map(s, &x, #[inline(always)] |x| math::ln_1p_of_unit(s, x));
            check_bound(name_of(s), &x, &got, &want, Bound::Ulps(1.5));
        });
        check_values!(math::ln_1p_of_unit, [(0.0, 0.0), (f32::NAN, f32::NAN)]);
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            math::ln_1p,
            [
                (0.0, 0.0),
                (-0.0, -0.0),
                (1e-45, 1e-45),
                (-1e-40, -1e-40),
                (-1.0, f32::NEG_INFINITY),
                (-1.000_000_1, f32::NAN),
                (f32::NEG_INFINITY, f32::NAN),
                (f32::NAN, f32::NAN),
                (f32::INFINITY, f32::INFINITY),
            ]
        );
    }
}
