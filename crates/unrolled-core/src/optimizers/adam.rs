//! Adam, and AdamW with its decoupled weight decay (Keras's `Adam` and `AdamW`).

use unrolled_simd::Simd;

use super::{complement, flush, power};
use crate::vectors::{load, store};

/// What a step needs of the hyper-parameters.
#[derive(Clone, Copy)]
pub(super) struct Factors {
    /// `rate·√(1−β₂ᵗ)/(1−β₁ᵗ)`
    alpha: f32,
    rest_1: f32,
    rest_2: f32,
    epsilon: f32,
    weight_decay: f32,
    rate: f32,
}

impl Factors {
    /// Of step `step`, counted from 1.
    pub(super) fn new(
        rate: f32,
        beta_1: f32,
        beta_2: f32,
        epsilon: f32,
        weight_decay: f32,
        step: u64,
    ) -> Self {
        let (power_1, power_2) = (power(beta_1, step), power(beta_2, step));
        Self {
            alpha: rate * (1.0 - power_2).sqrt() / (1.0 - power_1),
            rest_1: complement(beta_1),
            rest_2: complement(beta_2),
            epsilon,
            weight_decay,
            rate,
        }
    }
}

/// `w −= w·decay·rate`; `m += (g−m)(1−β₁)`; `v += (g²−v)(1−β₂)`; `w −= α·m/(√v + ε)`
pub(super) fn update<S: Simd>(
    s: S,
    factors: Factors,
    params: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
    v: &mut [f32],
) {
    s.vectorize(
        #[inline(always)]
        || {
            let (alpha, epsilon) = (s.splat(factors.alpha), s.splat(factors.epsilon));
            let (rest_1, rest_2) = (s.splat(factors.rest_1), s.splat(factors.rest_2));
            let (decay, rate) = (s.splat(factors.weight_decay), s.splat(factors.rate));
            let rows = params
                .chunks_exact_mut(S::LANES)
                .zip(gradients.chunks_exact(S::LANES))
                .zip(m.chunks_exact_mut(S::LANES).zip(v.chunks_exact_mut(S::LANES)));
            for ((w, g), (m, v)) in rows {
                let (g, old_m, old_v) = (load(s, g), load(s, m), load(s, v));
                let next_m = flush(s, s.mul_add(s.sub(g, old_m), rest_1, old_m));
                let next_v = flush(s, s.mul_add(s.sub(s.mul(g, g), old_v), rest_2, old_v));
                let old_w = load(s, w);
                // Without decay this takes 0 off.
                let old_w = s.sub(old_w, s.mul(s.mul(old_w, decay), rate));
                let step = s.div(s.mul(next_m, alpha), s.add(s.sqrt(next_v), epsilon));
                store(s, m, next_m);
                store(s, v, next_v);
                store(s, w, s.sub(old_w, step));
            }
        },
    );
}
