//! Hyperbolic tangent.

use super::{double, polynomial};
use crate::Simd;

/// From here on the result is ±1.
pub(super) const LIMIT: f32 = 8.81;

/// `tanh(½x) = x·P(x²)/Q(x²)`, highest power first. Only its product with 1/cosh(x) has to be
/// accurate. The common factor 29/32 keeps the sums just below powers of two, where rounding is
/// finest; last digits are searched for.
pub(super) const P: [f32; 3] = [1.036_751_7e-4, 2.698_772_6e-2, 0.906_25];
pub(super) const Q: [f32; 4] = [2.234_247_4e-6, 2.188_016_4e-3, 2.050_170_5e-1, 1.812_5];

/// `tanh(x) = 2nd/(n² + d²)`, where `n/d = tanh(½x)` is a quotient of degrees 5/6.
///
/// Doubling the argument damps the errors of n and d where the result is near ±1. Within
/// 3.5 ULP and 2.1e-7. Never beyond ±1, and ±1 from 8.81 on; ±0 and NaN stay.
#[inline(always)]
pub fn tanh<S: Simd>(s: S, x: S::V) -> S::V {
    let (n, d) = quotient(s, x);
    double(s, n, d)
}

/// `(n, d)` of `tanh(½x)`, x cut at the limit.
#[inline(always)]
pub(super) fn quotient<S: Simd>(s: S, x: S::V) -> (S::V, S::V) {
    let x = s.max(s.min(x, s.splat(LIMIT)), s.splat(-LIMIT));
    let x2 = s.mul(x, x);
    (s.mul(polynomial(s, x2, P), x), polynomial(s, x2, Q))
}

#[cfg(test)]
mod tests {
    use crate::check::{test, *};
    use crate::math;

    #[test]
    fn is_within_bounds() {
        check_function!(math::tanh, f64::tanh, Bound::Ulps(3.5));
    }

    #[test]
    fn is_within_an_absolute_bound() {
        check_function!(math::tanh, f64::tanh, Bound::Absolute(2.1e-7));
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            math::tanh,
            [
                (0.0, 0.0),
                (-0.0, -0.0),
                (1e-45, 1e-45),
                (-1e-45, -1e-45),
                (f32::NAN, f32::NAN),
                (f32::INFINITY, 1.0),
                (f32::NEG_INFINITY, -1.0),
                (f32::MAX, 1.0),
                (8.81, 1.0),
            ]
        );
    }

    #[test]
    fn is_odd_and_never_beyond_one() {
        // Every float from 7.5, where the error could carry it over 1, to 9.
        let x: Vec<f32> = (7.5f32.to_bits()..=9f32.to_bits()).map(f32::from_bits).collect();
        let minus: Vec<f32> = x.iter().map(|x| -x).collect();
        for_every_isa!(s => {
            let y = map(s, &x, #[inline(always)] |x| math::tanh(s, x));
            let of_minus = map(s, &minus, #[inline(always)] |x| math::tanh(s, x));
            for i in 0..x.len() {
                assert!(y[i] <= 1.0 && y[i] == -of_minus[i], "{} of {:e}", name_of(s), x[i]);
            }
        });
    }
}
