//! The lane-wise end of a GRU step: old state and candidate mixed by the update gate.

use crate::Simd;
use crate::math::tiny::{self, without_tiny};

/// `h = z·previous + (1-z)·candidate` [without what is tiny](without_tiny); all `[units][lanes]`,
/// `previous` `None` where it is zero.
#[inline(never)]
pub fn gru_mix<S: Simd>(
    s: S,
    z: &[f32],
    candidate: &[f32],
    previous: Option<&[f32]>,
    h: &mut [f32],
) {
    let n = h.len();
    assert!(n.is_multiple_of(S::LANES));
    assert_eq!([z.len(), candidate.len()], [n, n]);
    assert!(previous.is_none_or(|previous| previous.len() >= n));
    s.vectorize(
        #[inline(always)]
        || {
            for at in (0..n).step_by(S::LANES) {
                // SAFETY: at + LANES ≤ n, the length of every slice.
                unsafe {
                    let z = s.load(z.as_ptr().add(at));
                    let candidate = s.load(candidate.as_ptr().add(at));
                    let previous = match previous {
                        Some(previous) => s.load(previous.as_ptr().add(at)),
                        None => s.splat(0.0),
                    };
                    let mixed = s.mul_add(z, s.sub(previous, candidate), candidate);
                    let mixed = without_tiny(s, mixed, tiny::STATE);
                    s.store(h.as_mut_ptr().add(at), mixed);
                }
            }
        },
    );
}

/// Backward of [`gru_mix`]: `d_z = d_h·(previous - candidate)`, `d_candidate = d_h·(1-z)`, and `d_h`
/// becomes the previous state's, `d_h·z`; of `d_h` [without what is tiny](without_tiny).
#[inline(never)]
pub fn gru_mix_backward<S: Simd>(
    s: S,
    [z, candidate]: [&[f32]; 2],
    previous: Option<&[f32]>,
    d_h: &mut [f32],
    [d_z, d_candidate]: [&mut [f32]; 2],
) {
    let n = d_h.len();
    assert!(n.is_multiple_of(S::LANES));
    assert_eq!([z.len(), candidate.len(), d_z.len(), d_candidate.len()], [n; 4]);
    assert!(previous.is_none_or(|previous| previous.len() >= n));
    s.vectorize(
        #[inline(always)]
        || {
            let one = s.splat(1.0);
            for at in (0..n).step_by(S::LANES) {
                // SAFETY: at + LANES ≤ n, the length of every slice.
                unsafe {
                    let z = s.load(z.as_ptr().add(at));
                    let candidate = s.load(candidate.as_ptr().add(at));
                    let previous = match previous {
                        Some(previous) => s.load(previous.as_ptr().add(at)),
                        None => s.splat(0.0),
                    };
                    let p = d_h.as_mut_ptr().add(at);
                    let d_h = without_tiny(s, s.load(p), tiny::GRADIENT);
                    s.store(d_z.as_mut_ptr().add(at), s.mul(d_h, s.sub(previous, candidate)));
                    s.store(d_candidate.as_mut_ptr().add(at), s.mul(d_h, s.sub(one, z)));
                    s.store(p, s.mul(d_h, z));
                }
            }
        },
    );
}
