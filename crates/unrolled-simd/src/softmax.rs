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
    assert!(lanes > 0 && lanes % S::LANES == 0 && z.len() % lanes == 0);
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
    assert!(lanes > 0 && lanes % S::LANES == 0 && n % lanes == 0);
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
