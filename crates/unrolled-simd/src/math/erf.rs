//! Error function.

use super::{double, polynomial};
use crate::Simd;

/// `erf(x) = 2/√π·∫₀ˣ e^(−t²) dt = 2nd/(n² + d²)`, where `n/d = tanh(½·artanh(erf(x)))`, that is
/// erf(x)/(1 + √(1 − erf²(x))), is a quotient of degrees 7/8.
///
/// As in [`tanh`](super::tanh()), the doubling damps the errors of n and d near ±1. Within
/// 4 ULP and 2.4e-7. Never beyond ±1, and ±1 from 3.792 on; ±0 and NaN stay.
#[inline(always)]
pub fn erf<S: Simd>(s: S, x: S::V) -> S::V {
    const LIMIT: f32 = 3.792;
    const P: [f32; 4] = [2.216_951e-3, 2.816_724_6e-2, 2.594_935_6e-1, 9.845_769_4e-1];
    const Q: [f32; 5] = [1.726_348_7e-4, 1.055_567_8e-2, 8.456_002e-2, 4.861_598e-1, 1.745_117_2];
    let x = s.max(s.min(x, s.splat(LIMIT)), s.splat(-LIMIT));
    let x2 = s.mul(x, x);
    double(s, s.mul(polynomial(s, x2, P), x), polynomial(s, x2, Q))
}

#[cfg(test)]
mod tests {
    use crate::check::{test, *};
    use crate::math;

    #[test]
    fn is_within_bounds() {
        check_function!(math::erf, libm::erf, Bound::Ulps(4.0));
    }

    #[test]
    fn is_within_an_absolute_bound() {
        check_function!(math::erf, libm::erf, Bound::Absolute(2.4e-7));
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            math::erf,
            [
                (0.0, 0.0),
                (-0.0, -0.0),
                (f32::NAN, f32::NAN),
                (f32::INFINITY, 1.0),
                (f32::NEG_INFINITY, -1.0),
                (f32::MAX, 1.0),
                (3.792, 1.0),
            ]
        );
    }

    #[test]
    fn is_never_beyond_one() {
        let x: Vec<f32> = (3f32.to_bits()..=4f32.to_bits()).map(f32::from_bits).collect();
        for_every_isa!(s => {
            let y = map(s, &x, #[inline(always)] |x| math::erf(s, x));
            let beyond = y.iter().position(|y| *y > 1.0);
            assert_eq!(beyond.map(|i| (x[i], y[i])), None, "{}", name_of(s));
        });
    }
}
