//! The running moments that Adam and Nadam keep.

use unrolled_simd::Simd;

use super::flush;
use crate::vectors::{load, store};

/// `m += (g−m)(1−β₁)`; `v += (g²−v)(1−β₂)`; `w = next(w, g, m, v)`, vector by vector. `rests`:
/// 1−β₁, 1−β₂. `next` must be `#[inline(always)]`.
#[inline(always)]
pub(super) fn update<S: Simd>(
    s: S,
    rests: [f32; 2],
    params: &mut [f32],
    gradients: &[f32],
    [m, v]: [&mut [f32]; 2],
    next: impl Fn(S::V, S::V, S::V, S::V) -> S::V,
) {
    let [rest_1, rest_2] = rests.map(|rest| s.splat(rest));
    let rows = params
        .chunks_exact_mut(S::LANES)
        .zip(gradients.chunks_exact(S::LANES))
        .zip(m.chunks_exact_mut(S::LANES).zip(v.chunks_exact_mut(S::LANES)));
    for ((w, g), (m, v)) in rows {
        let (g, old_m, old_v) = (load(s, g), load(s, m), load(s, v));
        let next_m = flush(s, s.mul_add(s.sub(g, old_m), rest_1, old_m));
        let next_v = flush(s, s.mul_add(s.sub(s.mul(g, g), old_v), rest_2, old_v));
        let next_w = next(load(s, w), g, next_m, next_v);
        store(s, m, next_m);
        store(s, v, next_v);
        store(s, w, next_w);
    }
}
