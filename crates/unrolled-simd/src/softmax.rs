//! Softmax over the features of the lane layout.

use crate::{Simd, math};

/// `y = e^(z − max z) / Σ e^(z − max z)` over the features, lane by lane.
/// z, y: `[features][lanes]`.
///
/// # Panics
/// If the lengths differ, or are no multiple of `lanes`, or `lanes` none of [`Simd::LANES`].
#[inline(never)]
pub fn softmax<S: Simd>(s: S, z: &[f32], lanes: usize, y: &mut [f32]) {
    assert_eq!(z.len(), y.len());
    assert!(lanes > 0 && lanes.is_multiple_of(S::LANES) && z.len().is_multiple_of(lanes));
    s.vectorize(
        #[inline(always)]
        || {
            for lane in (0..lanes.min(z.len())).step_by(S::LANES) {
                // SAFETY: every index i below has i % lanes = lane, so i + LANES ≤ z.len() = y.len().
                unsafe {
                    let mut top = s.splat(f32::NEG_INFINITY);
                    for i in (lane..z.len()).step_by(lanes) {
                        top = s.max(top, s.load(z.as_ptr().add(i)));
                    }
                    let mut total = s.splat(0.0);
                    for i in (lane..z.len()).step_by(lanes) {
                        let e = math::exp(s, s.sub(s.load(z.as_ptr().add(i)), top));
                        total = s.add(total, e);
                        s.store(y.as_mut_ptr().add(i), e);
                    }
                    let scale = s.div(s.splat(1.0), total);
                    for i in (lane..z.len()).step_by(lanes) {
                        let p = y.as_mut_ptr().add(i);
                        s.store(p, s.mul(s.load(p), scale));
                    }
                }
            }
        },
    )
}

/// `d_z = y·(d_y − Σ y·d_y)` over the features, lane by lane, `y` being the softmax.
/// y, d_y, d_z: `[features][lanes]`.
///
/// # Panics
/// As [`softmax`].
#[inline(never)]
pub fn softmax_gradient<S: Simd>(s: S, y: &[f32], d_y: &[f32], lanes: usize, d_z: &mut [f32]) {
    let n = d_z.len();
    assert_eq!([y.len(), d_y.len()], [n; 2]);
    assert!(lanes > 0 && lanes.is_multiple_of(S::LANES) && n.is_multiple_of(lanes));
    s.vectorize(
        #[inline(always)]
        || {
            for lane in (0..lanes.min(n)).step_by(S::LANES) {
                // SAFETY: every index i below has i % lanes = lane, so i + LANES ≤ n.
                unsafe {
                    let mut inner = s.splat(0.0);
                    for i in (lane..n).step_by(lanes) {
                        let y = s.load(y.as_ptr().add(i));
                        inner = s.mul_add(y, s.load(d_y.as_ptr().add(i)), inner);
                    }
                    for i in (lane..n).step_by(lanes) {
                        let y = s.load(y.as_ptr().add(i));
                        let centred = s.sub(s.load(d_y.as_ptr().add(i)), inner);
                        s.store(d_z.as_mut_ptr().add(i), s.mul(y, centred));
                    }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use unrolled_testing::{Random, assert_close};

    use super::*;
    use crate::check::{test, *};

    /// `[features][lanes]` in and out, in `f64`.
    fn naive(z: &[f32], lanes: usize) -> Vec<f64> {
        let mut y: Vec<f64> = z.iter().map(|&z| z.into()).collect();
        for lane in 0..lanes {
            let of_lane = || (lane..z.len()).step_by(lanes);
            let top = of_lane().map(|i| y[i]).fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = of_lane().map(|i| (y[i] - top).exp()).sum();
            of_lane().for_each(|i| y[i] = (y[i] - top).exp() / total);
        }
        y
    }

    fn naive_gradient(y: &[f32], d_y: &[f32], lanes: usize) -> Vec<f64> {
        let inner = |lane: usize| -> f64 {
            (lane..y.len()).step_by(lanes).map(|i| f64::from(y[i]) * f64::from(d_y[i])).sum()
        };
        (0..y.len()).map(|i| f64::from(y[i]) * (f64::from(d_y[i]) - inner(i % lanes))).collect()
    }

    /// The parts of the gradient may cancel; so its error is measured by their size.
    fn check(features: usize, blocks: usize, size: f32, seed: u64) {
        for_every_isa!(s => {
            let lanes = blocks * lanes_of(s);
            let label = format!("{features} × {lanes} on {}", name_of(s));
            let mut random = Random::new(seed);
            let z = random.vec(features * lanes, -size, size);
            let mut y = vec![f32::NAN; z.len()];
            softmax(s, &z, lanes, &mut y);
            // exp, division and product; one rounding a feature in the sum; half an ULP of z − max.
            let rel = 3e-7 + 6e-8 * (features as f64 + 2.0 * f64::from(size));
            assert_close(&label, &y, &naive(&z, lanes), rel, 1e-37);

            let d_y = random.vec(z.len(), -1.0, 1.0);
            let mut d_z = vec![f32::NAN; z.len()];
            softmax_gradient(s, &y, &d_y, lanes, &mut d_z);
            let abs = 3e-7 + 6e-8 * features as f64;
            assert_close(&label, &d_z, &naive_gradient(&y, &d_y, lanes), 0.0, abs);
        });
    }

    #[test]
    fn odd_shapes() {
        for features in [0, 1, 2, 3, 7, 10, 31, 47] {
            for blocks in [1, 2, 3] {
                for size in [0.1, 5.0, 80.0, 1e4] {
                    check(features, blocks, size, features as u64);
                }
            }
        }
    }

    #[test]
    fn large_and_infinite_inputs() {
        const ALL: f32 = f32::INFINITY;
        for (z, want) in [
            ([3e38, -3e38, 3e38], [0.5, 0.0, 0.5]),
            ([-3e38, -3e38, -3e38], [1.0 / 3.0; 3]),
            ([0.0, -ALL, 0.0], [0.5, 0.0, 0.5]),
            ([f32::NAN, 0.0, 0.0], [f32::NAN; 3]),
            ([0.0, f32::NAN, 0.0], [f32::NAN; 3]),
        ] {
            for_every_isa!(s => {
                let z: Vec<f32> = z.iter().flat_map(|&z| vec![z; lanes_of(s)]).collect();
                let want: Vec<f32> = want.iter().flat_map(|&w| vec![w; lanes_of(s)]).collect();
                let mut y = vec![0.0; z.len()];
                softmax(s, &z, lanes_of(s), &mut y);
                assert_close(name_of(s), &y, &want, 1e-7, 0.0);
            });
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn any_shape(features in 0usize..70, blocks in 1usize..4, size in 0.0f32..50.0, seed: u64) {
            check(features, blocks, size + 0.01, seed);
        }
    }
}
