//! Natural logarithm.

use super::{LN_2_HIGH, LN_2_LOW, polynomial};
use crate::Simd;

/// `ln(x) = ln(1 + f) + e·ln 2` with `x = (1 + f)·2ᵉ`, √½ ≤ 1 + f < √2.
///
/// Within 1 ULP. −∞ at ±0, NaN below, ∞ at ∞; NaN stays NaN. Subnormals count.
#[inline(always)]
pub fn ln<S: Simd>(s: S, x: S::V) -> S::V {
    let subnormal = s.lt(x, s.splat(f32::MIN_POSITIVE));
    let normal = s.select(subnormal, s.mul(x, s.splat(8_388_608.0)), x);
    let (m, e) = s.split_exponent(normal);
    let e = s.select(subnormal, s.sub(e, s.splat(23.0)), e);
    let (f, e) = centre(s, m, e);
    let y = ln_of_one_plus(s, f, e);
    let y = s.select(s.lt(x, s.splat(f32::INFINITY)), y, x);
    let pole = s.select(s.eq(x, s.splat(0.0)), s.splat(f32::NEG_INFINITY), s.splat(f32::NAN));
    s.select(s.le(x, s.splat(0.0)), pole, y)
}

/// From `m·2ᵉ`, ½ ≤ m < 1, to `(f, e)` with `m·2ᵉ = (1 + f)·2ᵉ` and √½ ≤ 1 + f < √2.
#[inline(always)]
pub(super) fn centre<S: Simd>(s: S, m: S::V, e: S::V) -> (S::V, S::V) {
    let one = s.splat(1.0);
    let low = s.lt(m, s.splat(core::f32::consts::FRAC_1_SQRT_2));
    (s.sub(s.select(low, s.add(m, m), m), one), s.select(low, s.sub(e, one), e))
}

/// `ln(1 + f) + e·ln 2`, `ln(1 + f) = f − ½f² + f³·P(f)`.
#[inline(always)]
pub(super) fn ln_of_one_plus<S: Simd>(s: S, f: S::V, e: S::V) -> S::V {
    const P: [f32; 8] = [
        -7.634_627e-2,
        1.276_165_3e-1,
        -1.316_016_3e-1,
        1.420_174_5e-1,
        -1.662_335_9e-1,
        2.000_122_8e-1,
        -2.500_082e-1,
        3.333_333e-1,
    ];
    let f2 = s.mul(f, f);
    let y = s.mul(s.mul(f2, f), polynomial(s, f, P));
    let y = s.mul_add(e, s.splat(LN_2_LOW), y);
    let y = s.mul_add(f2, s.splat(-0.5), y);
    s.mul_add(e, s.splat(LN_2_HIGH), s.add(f, y))
}

#[cfg(test)]
mod tests {
    use crate::check::{test, *};
    use crate::math;

    #[test]
    fn is_within_bounds() {
        check_function!(math::ln, f64::ln, Bound::Ulps(1.0));
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            math::ln,
            [
                (1.0, 0.0),
                (0.0, f32::NEG_INFINITY),
                (-0.0, f32::NEG_INFINITY),
                (-1e-45, f32::NAN),
                (f32::NEG_INFINITY, f32::NAN),
                (f32::NAN, f32::NAN),
                (f32::INFINITY, f32::INFINITY),
                (1e-45, -103.278_93),
            ]
        );
    }
}
