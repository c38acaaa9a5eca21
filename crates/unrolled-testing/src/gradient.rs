//! Central differences.

/// Step `h` of `(f(p+h) − f(p−h))/2h`, relative to `max(|p|, 1)`: with `f` in `f64` both the
/// rounding error (≈ 1e-16/h) and the truncation error (≈ h²) stay near 1e-10.
const STEP: f64 = 1e-5;

/// How a gradient is compared: `|a − n| ≤ rtol·max(|a|, |n|) + atol·(largest |n|)`.
#[derive(Clone, Copy, Debug)]
pub struct GradientTolerance {
    /// Relative to the element. Default 1e-4.
    pub rtol: f64,
    /// Relative to the largest element: a small element is often a sum of large terms of both
    /// signs, and keeps their rounding errors. Default 2e-6.
    pub atol: f64,
}

impl Default for GradientTolerance {
    fn default() -> Self {
        GradientTolerance { rtol: 1e-4, atol: 2e-6 }
    }
}

/// Central differences of `f` around `params`, of at most `at_most` elements spread evenly (all if
/// `None`), each with its index.
///
/// `f` should compute in `f64` (an oracle): differences of an `f32` loss would need a step so
/// large, and a tolerance so loose, that wrong gradients pass.
pub fn central_differences(
    params: &[f32],
    at_most: Option<usize>,
    mut f: impl FnMut(&[f64]) -> f64,
) -> Vec<(usize, f64)> {
    let mut point: Vec<f64> = params.iter().map(|&p| f64::from(p)).collect();
    let stride = at_most.map_or(1, |n| point.len().div_ceil(n.max(1)).max(1));
    (0..point.len())
        .step_by(stride)
        .map(|i| {
            let at = point[i];
            let h = STEP * at.abs().max(1.0);
            let (up, down) = (at + h, at - h);
            point[i] = up;
            let f_up = f(&point);
            point[i] = down;
            let f_down = f(&point);
            point[i] = at;
            (i, (f_up - f_down) / (up - down))
        })
        .collect()
}

/// Compares an analytic gradient with [`central_differences`].
///
/// # Panics
/// With `name` and the worst element, if any is outside.
#[track_caller]
pub fn check_gradient(
    name: &str,
    analytic: &[f32],
    numeric: &[(usize, f64)],
    tolerance: GradientTolerance,
) {
    let largest = numeric.iter().fold(0.0, |a: f64, (_, n)| a.max(n.abs()));
    let mut worst = (0.0, 0, 0.0);
    for &(i, n) in numeric {
        let a = f64::from(analytic[i]);
        let allowed = tolerance.rtol * a.abs().max(n.abs()) + tolerance.atol * largest;
        // A NaN is worse than anything; 0 for 0 is right.
        let share = if a == n { 0.0 } else { (a - n).abs() / allowed };
        if share.is_nan() || share > worst.0 {
            worst = (if share.is_nan() { f64::INFINITY } else { share }, i, n);
        }
    }
    let (share, i, n) = worst;
    assert!(
        share <= 1.0,
        "{name}: gradient [{i}] is {:e}, central difference {n:e}; {share:.3} × the tolerance \
         (rtol {:e}, atol {:e} of {largest:e})",
        analytic[i],
        tolerance.rtol,
        tolerance.atol,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: [f32; 2] = [0.7, -1.3];

    fn numeric() -> Vec<(usize, f64)> {
        central_differences(&AT, None, |p| p[0].powi(3) + (p[0] * p[1]).sin())
    }

    fn analytic() -> Vec<f32> {
        let [p, q] = AT;
        let cosine = (p * q).cos();
        vec![3.0 * p * p + q * cosine, p * cosine]
    }

    #[test]
    fn accepts_the_right_gradient() {
        check_gradient("right", &analytic(), &numeric(), GradientTolerance::default());
    }

    #[test]
    #[should_panic(expected = "wrong: gradient [1]")]
    fn refuses_an_error_of_one_in_a_thousand() {
        let mut wrong = analytic();
        wrong[1] *= 1.001;
        check_gradient("wrong", &wrong, &numeric(), GradientTolerance::default());
    }

    #[test]
    #[should_panic(expected = "nan: gradient [0]")]
    fn refuses_nan() {
        check_gradient("nan", &[f32::NAN, 0.0], &numeric(), GradientTolerance::default());
    }

    #[test]
    fn looks_at_no_more_than_asked() {
        let at = |n| {
            let found = central_differences(&[0.0; 10], n, |p| p.iter().sum());
            found.into_iter().map(|(i, _)| i).collect::<Vec<_>>()
        };
        assert_eq!(at(Some(4)), [0, 3, 6, 9]);
        assert_eq!(at(Some(100)).len(), 10);
        assert_eq!(at(None).len(), 10);
    }
}
