//! Comparison of arrays of floats.

/// Asserts that every `|got − want| ≤ abs + rel·|want|`, and that lengths and non-finite values
/// agree.
///
/// # Panics
/// With `label` and the index of the worst value, if any is outside.
#[track_caller]
pub fn assert_close<G, W>(label: &str, got: &[G], want: &[W], rel: f64, abs: f64)
where
    G: Copy + Into<f64>,
    W: Copy + Into<f64>,
{
    assert_eq!(got.len(), want.len(), "{label}: got {} values, want {}", got.len(), want.len());
    let Some((index, ratio)) = worst(got, want, rel, abs) else { return };
    if ratio <= 1.0 {
        return;
    }
    let (g, w): (f64, f64) = (got[index].into(), want[index].into());
    let outside = got
        .iter()
        .zip(want)
        .filter(|&(&g, &w)| share_of_tolerance(g.into(), w.into(), rel, abs) > 1.0)
        .count();
    panic!(
        "{label}: {outside} of {} values outside rel {rel:e}, abs {abs:e}; the worst is [{index}]: \
         got {g:e}, want {w:e}, difference {:e}, {ratio:.3} × the tolerance",
        got.len(),
        (g - w).abs(),
    );
}

/// The index with the largest share of the tolerance `abs + rel·|want|` used up, and that share;
/// `None` for empty slices.
pub fn worst<G, W>(got: &[G], want: &[W], rel: f64, abs: f64) -> Option<(usize, f64)>
where
    G: Copy + Into<f64>,
    W: Copy + Into<f64>,
{
    got.iter()
        .zip(want)
        .map(|(&g, &w)| share_of_tolerance(g.into(), w.into(), rel, abs))
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

fn share_of_tolerance(got: f64, want: f64, rel: f64, abs: f64) -> f64 {
    if got == want || got.is_nan() && want.is_nan() {
        return 0.0;
    }
    if !got.is_finite() || !want.is_finite() {
        return f64::INFINITY;
    }
    (got - want).abs() / (abs + rel * want.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_values_inside() {
        assert_close("x", &[1.0f32, -2.0, 0.0], &[1.0, -2.00001, 1e-7], 1e-5, 1e-6);
        assert_close("not finite", &[f32::NAN, f32::INFINITY], &[f64::NAN, f64::INFINITY], 0., 0.);
        assert_close::<f32, f32>("empty", &[], &[], 0.0, 0.0);
    }

    #[test]
    #[should_panic(expected = "y: 2 of 3 values outside rel 1e-5, abs 0e0; the worst is [2]")]
    fn names_the_worst_index() {
        assert_close("y", &[1.0f32, 1.001, 1.5], &[1.0, 1.0, 1.0], 1e-5, 0.0);
    }

    #[test]
    #[should_panic(expected = "got NaN, want 1e0")]
    fn refuses_nan_for_a_number() {
        assert_close("z", &[f32::NAN], &[1.0], 1.0, 1.0);
    }

    #[test]
    #[should_panic(expected = "got 1 values, want 2")]
    fn refuses_other_lengths() {
        assert_close("n", &[1.0f32], &[1.0f32, 2.0], 1.0, 1.0);
    }
}
