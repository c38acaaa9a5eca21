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
/// Within 1.2e-7 (absolute: small results are not exact to the last digit). 0 below −17.62, 1 above 17.62 and always between; NaN stays NaN.
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
