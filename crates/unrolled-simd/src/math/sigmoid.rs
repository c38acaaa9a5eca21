//! Logistic sigmoid.

use super::tanh;
use crate::Simd;

/// `1/(1+e⁻ˣ) = ½ + ½·tanh(½x)`, with the constants of [`tanh`](super::tanh()), so that a loop over
/// both keeps one set of them in registers.
///
/// Within 1.2e-7 (absolute: small results are not exact to the last digit). 0 below −17.62, 1 above
/// 17.62 and always between; NaN stays NaN.
#[inline(always)]
pub fn sigmoid<S: Simd>(s: S, x: S::V) -> S::V {
    let half = s.splat(0.5);
    let (n, d) = tanh::quotient(s, s.mul(x, half));
    s.add(s.div(s.mul(n, d), s.mul_add(n, n, s.mul(d, d))), half)
}

#[cfg(test)]
mod tests {
    use crate::check::{test, *};
    use crate::math;

    fn oracle(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    #[test]
    fn is_within_an_absolute_bound() {
        check_function!(math::sigmoid, oracle, Bound::Absolute(1.2e-7));
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            math::sigmoid,
            [
                (0.0, 0.5),
                (-0.0, 0.5),
                (f32::NAN, f32::NAN),
                (f32::INFINITY, 1.0),
                (f32::NEG_INFINITY, 0.0),
                (f32::MAX, 1.0),
                (f32::MIN, 0.0),
                (17.62, 1.0),
                (-17.62, 0.0),
            ]
        );
    }

    #[test]
    fn is_a_probability() {
        // Every float from 14, where the error could carry it over 1, to 18, and its opposite.
        let x = (14f32.to_bits()..=18f32.to_bits()).map(f32::from_bits);
        let x: Vec<f32> = x.flat_map(|x| [x, -x]).collect();
        for_every_isa!(s => {
            let y = map(s, &x, #[inline(always)] |x| math::sigmoid(s, x));
            let outside = y.iter().position(|y| !(0.0..=1.0).contains(y));
            assert_eq!(outside.map(|i| (x[i], y[i])), None, "{}", name_of(s));
        });
    }
}
