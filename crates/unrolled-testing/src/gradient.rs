//! Central differences.

/// How a gradient check compares, `|a − n| ≤ atol + rtol·max(|a|, |n|)`, and where it looks.
#[derive(Clone, Copy, Debug)]
pub struct GradientCheck {
    /// Relative tolerance.
    pub rtol: f64,
    /// Absolute tolerance.
    pub atol: f64,
    /// Step `h` of `(f(p+h) − f(p−h))/2h`, relative to `max(|p|, 1)`. Default 1e-5: with `f` in
    /// `f64` both the rounding error (≈ 1e-16/h) and the truncation error (≈ h²) stay near 1e-10.
    pub step: f64,
    /// Check only this many parameters, spread evenly; all if `None`.
    pub at_most: Option<usize>,
}

impl Default for GradientCheck {
    fn default() -> Self {
        GradientCheck { rtol: 1e-4, atol: 1e-7, step: 1e-5, at_most: None }
    }
}

/// Compares `analytic` with central differences of `f` around `params`.
///
/// `f` should compute in `f64` (an oracle): differences of an `f32` loss would need a step so
/// large, and a tolerance so loose, that wrong gradients pass.
///
/// # Panics
/// With `name` and the worst parameter, if any is outside, or if lengths differ.
#[track_caller]
pub fn check_gradient(
    name: &str,
    params: &[f32],
    analytic: &[f32],
    check: GradientCheck,
    mut f: impl FnMut(&[f64]) -> f64,
) {
    assert_eq!(params.len(), analytic.len(), "{name}: one gradient a parameter");
    let mut point: Vec<f64> = params.iter().map(|&p| f64::from(p)).collect();
    let stride = check.at_most.map_or(1, |n| point.len().div_ceil(n.max(1)).max(1));
    let mut worst = (0.0, 0, 0.0);
    for i in (0..point.len()).step_by(stride) {
        let at = point[i];
        let h = check.step * at.abs().max(1.0);
        let (up, down) = (at + h, at - h);
        point[i] = up;
        let f_up = f(&point);
        point[i] = down;
        let f_down = f(&point);
        point[i] = at;
        let numeric = (f_up - f_down) / (up - down);
        let a = f64::from(analytic[i]);
        let share = (a - numeric).abs() / (check.atol + check.rtol * a.abs().max(numeric.abs()));
        // A NaN is worse than anything.
        if share.is_nan() || share > worst.0 {
            worst = (if share.is_nan() { f64::INFINITY } else { share }, i, numeric);
        }
    }
    let (share, i, numeric) = worst;
    assert!(
        share <= 1.0,
        "{name}: gradient [{i}] is {:e}, central difference {numeric:e}; \
         {share:.3} × the tolerance (rtol {:e}, atol {:e})",
        analytic[i],
        check.rtol,
        check.atol,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(p: &[f64]) -> f64 {
        p[0].powi(3) + (p[0] * p[1]).sin()
    }

    fn gradient(p: &[f32]) -> Vec<f32> {
        let cosine = (p[0] * p[1]).cos();
        vec![3.0 * p[0] * p[0] + p[1] * cosine, p[0] * cosine]
    }

    #[test]
    fn accepts_the_right_gradient() {
        let at = [0.7, -1.3];
        check_gradient("right", &at, &gradient(&at), GradientCheck::default(), loss);
    }

    #[test]
    #[should_panic(expected = "wrong: gradient [1]")]
    fn refuses_an_error_of_one_in_a_thousand() {
        let at = [0.7, -1.3];
        let mut wrong = gradient(&at);
        wrong[1] *= 1.001;
        check_gradient("wrong", &at, &wrong, GradientCheck::default(), loss);
    }

    #[test]
    #[should_panic(expected = "nan: gradient [0]")]
    fn refuses_nan() {
        check_gradient("nan", &[1.0], &[f32::NAN], GradientCheck::default(), |p| p[0]);
    }
}
