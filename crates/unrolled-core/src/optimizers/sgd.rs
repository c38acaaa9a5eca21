//! Stochastic gradient descent (Keras's `SGD`).

use unrolled_simd::Simd;

use crate::vectors::{load, store};

/// `w −= rate·g`
pub(super) fn plain<S: Simd>(s: S, rate: f32, params: &mut [f32], gradients: &[f32]) {
    s.vectorize(
        #[inline(always)]
        || {
            let rate = s.splat(rate);
            for (w, g) in params.chunks_exact_mut(S::LANES).zip(gradients.chunks_exact(S::LANES)) {
                let next = s.sub(load(s, w), s.mul(load(s, g), rate));
                store(s, w, next);
            }
        },
    );
}

/// `m = momentum·m − rate·g`, then `w += m`, or with Nesterov `w += momentum·m − rate·g`.
pub(super) fn with_momentum<S: Simd>(
    s: S,
    rate: f32,
    momentum: f32,
    nesterov: bool,
    params: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
) {
    s.vectorize(
        #[inline(always)]
        || {
            let (rate, momentum) = (s.splat(rate), s.splat(momentum));
            let rows = params
                .chunks_exact_mut(S::LANES)
                .zip(gradients.chunks_exact(S::LANES))
                .zip(m.chunks_exact_mut(S::LANES));
            for ((w, g), m) in rows {
                let gradient_step = s.mul(load(s, g), rate);
                let next_m = super::flush(s, s.sub(s.mul(load(s, m), momentum), gradient_step));
                let step =
                    if nesterov { s.sub(s.mul(next_m, momentum), gradient_step) } else { next_m };
                let next_w = s.add(load(s, w), step);
                store(s, m, next_m);
                store(s, w, next_w);
            }
        },
    );
}
