//! Adam, and AdamW with its decoupled weight decay (Keras's `Adam` and `AdamW`).

use unrolled_simd::Simd;

use super::{complement, moments, power};

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
            let (decay, rate) = (s.splat(factors.weight_decay), s.splat(factors.rate));
            let rests = [factors.rest_1, factors.rest_2];
            moments::update(
                s,
                rests,
                params,
                gradients,
                [m, v],
                #[inline(always)]
                |w, _, m, v| {
                    // Without decay this takes 0 off.
                    let w = s.sub(w, s.mul(s.mul(w, decay), rate));
                    s.sub(w, s.div(s.mul(m, alpha), s.add(s.sqrt(v), epsilon)))
                },
            );
        },
    );
}
