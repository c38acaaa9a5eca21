//! Penalties on parameters with their gradients, and constraints kept after each step.

use crate::params::Params;

/// Keras's epsilon, in the denominator of the max-norm constraint.
const EPSILON: f64 = 1e-7;

/// `Σ l1·|w| + l2·w²` over all parameters: added to the loss.
pub fn penalty(params: &Params) -> f64 {
    let mut total = 0.0;
    for (i, spec) in params.specs().iter().enumerate() {
        let (l1, l2) = (f64::from(spec.regularizer.l1), f64::from(spec.regularizer.l2));
        if l1 != 0.0 || l2 != 0.0 {
            let sum =
                |f: fn(f64) -> f64| params.get(i).iter().map(|&w| f(f64::from(w))).sum::<f64>();
            total += l1 * sum(f64::abs) + l2 * sum(|w| w * w);
        }
    }
    total
}

/// Adds `l1·sign(w) + 2·l2·w` to `gradients`, which has the layout of `params.values`.
pub fn add_penalty_gradient(params: &Params, gradients: &mut [f32]) {
    for (spec, range) in params.specs().iter().zip(params.ranges()) {
        let (l1, l2) = (spec.regularizer.l1, spec.regularizer.l2);
        if l1 == 0.0 && l2 == 0.0 {
            continue;
        }
        for (d, &w) in gradients[range.clone()].iter_mut().zip(&params.values[range.clone()]) {
            let sign = f32::from(i8::from(w > 0.0) - i8::from(w < 0.0));
            *d += l1 * sign + 2.0 * l2 * w;
        }
    }
}

/// Brings every parameter back into its constraint: call after each step of the optimizer.
pub fn constrain(params: &mut Params) {
    for i in 0..params.specs().len() {
        let spec = &params.specs()[i];
        if let Some(limit) = spec.constraint.max_norm {
            let columns = spec.shape.iter().skip(1).product();
            max_norm(params.get_mut(i), columns, f64::from(limit));
        }
    }
}

/// Keras's `MaxNorm` with axis 0: `w·clip(‖column‖, 0, limit)/(ε + ‖column‖)`; `w`: [rows][columns].
fn max_norm(w: &mut [f32], columns: usize, limit: f64) {
    const STRIP: usize = 16;
    for first in (0..columns).step_by(STRIP) {
        let strip = first..(first + STRIP).min(columns);
        let mut factors = [0.0f64; STRIP];
        for row in w.chunks_exact(columns) {
            for (sum, &w) in factors.iter_mut().zip(&row[strip.clone()]) {
                *sum += f64::from(w) * f64::from(w);
            }
        }
        for factor in &mut factors {
            let norm = factor.sqrt();
            *factor = norm.min(limit) / (EPSILON + norm);
        }
        for row in w.chunks_exact_mut(columns) {
            for (w, factor) in row[strip.clone()].iter_mut().zip(factors) {
                *w *= factor as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{Layout, ParamSpec};
    use crate::spec::{Constraint, Initializer, Regularizer};

    fn params(shape: &[usize], values: &[f32], l1: f32, l2: f32, max_norm: Option<f32>) -> Params {
        let plain = ParamSpec::new("plain", &[2], Initializer::Ones {});
        let mut spec = ParamSpec::new("w", shape, Initializer::Zeros {});
        spec.regularizer = Regularizer { l1, l2 };
        spec.constraint = Constraint { max_norm };
        let mut params = Params::new(Layout::new(vec![plain, spec]).unwrap()).unwrap();
        params.initialize(0).unwrap();
        params.get_mut(1).copy_from_slice(values);
        params
    }

    #[test]
    fn penalties_and_gradients_give_known_answers() {
        // w = (1, −2, 0, 3); (l1, l2, penalty, gradient)
        let cases = [
            (0.0, 0.0, 0.0, [0.0, 0.0, 0.0, 0.0]),
            (0.5, 0.0, 3.0, [0.5, -0.5, 0.0, 0.5]),
            (0.0, 0.25, 3.5, [0.5, -1.0, 0.0, 1.5]),
            (0.5, 0.25, 6.5, [1.0, -1.5, 0.0, 2.0]),
        ];
        for (l1, l2, expected, gradient) in cases {
            let params = params(&[2, 2], &[1.0, -2.0, 0.0, 3.0], l1, l2, None);
            assert_eq!(penalty(&params), expected);
            let mut d = vec![0.125; params.values.len()];
            add_penalty_gradient(&params, &mut d);
            let own = &params.ranges()[1];
            for (d, g) in d[own.clone()].iter().zip(gradient) {
                assert_eq!(*d, g + 0.125, "l1 {l1}, l2 {l2}");
            }
            assert!(d[..own.start].iter().chain(&d[own.end..]).all(|&d| d == 0.125));
        }
    }

    #[test]
    fn max_norm_limits_what_enters_a_unit() {
        // Columns of norms 5, 1 and 0.
        let mut matrix = params(&[2, 3], &[3.0, 0.6, 0.0, -4.0, 0.8, 0.0], 0.0, 0.0, Some(2.0));
        constrain(&mut matrix);
        for (got, expected) in matrix.get(1).iter().zip([1.2, 0.6, 0.0, -1.6, 0.8, 0.0]) {
            assert!((got - expected).abs() < 1e-6, "{:?}", matrix.get(1));
        }
        assert_eq!(matrix.get(0), [1.0, 1.0]);
        // Axis 0 of a vector is the whole of it.
        let mut bias = params(&[2], &[3.0, -4.0], 0.0, 0.0, Some(1.0));
        constrain(&mut bias);
        for (got, expected) in bias.get(1).iter().zip([0.6, -0.8]) {
            assert!((got - expected).abs() < 1e-6, "{:?}", bias.get(1));
        }
    }

    #[test]
    fn max_norm_holds_for_more_columns_than_a_strip() {
        let values: Vec<f32> = (0..3 * 37).map(|i| (i % 11) as f32 - 5.0).collect();
        let mut wide = params(&[3, 37], &values, 0.0, 0.0, Some(1.5));
        constrain(&mut wide);
        for c in 0..37 {
            let norm = |w: &[f32]| (0..3).map(|r| w[r * 37 + c].powi(2)).sum::<f32>().sqrt();
            let expected = norm(&values).min(1.5);
            assert!((norm(wide.get(1)) - expected).abs() < 1e-5, "column {c}");
        }
    }
}
