//! Adam with Nesterov momentum (Dozat 2016; Keras's `Nadam`).

use unrolled_simd::Simd;

use super::{moments, power};

/// What a step needs of the hyper-parameters.
#[derive(Clone, Copy)]
pub(super) struct Factors {
    rate: f32,
    epsilon: f32,
    rest_1: f32,
    rest_2: f32,
    /// `uₜ₊₁/(1 − ∏uₜ₊₁)`
    of_m: f32,
    /// `(1 − uₜ)/(1 − ∏uₜ)`
    of_gradient: f32,
    /// `1/(1 − β₂ᵗ)`
    of_v: f32,
}

impl Factors {
    /// Of step `step`, counted from 1; moves the product of the momenta on.
    pub(super) fn new(
        rate: f32,
        beta_1: f32,
        beta_2: f32,
        epsilon: f32,
        step: u64,
        u_product: &mut f32,
    ) -> Self {
        let momentum = |t: u64| beta_1 * (1.0 - 0.5 * power(0.96, t));
        let (u, next_u) = (momentum(step), momentum(step + 1));
        *u_product *= u;
        // Keras takes 1 − β in f32 here, unlike in Adam.
        Self {
            rate,
            epsilon,
            rest_1: 1.0 - beta_1,
            rest_2: 1.0 - beta_2,
            of_m: next_u / (1.0 - *u_product * next_u),
            of_gradient: (1.0 - u) / (1.0 - *u_product),
            of_v: 1.0 / (1.0 - power(beta_2, step)),
        }
    }
}

/// `m += (g−m)(1−β₁)`; `v += (g²−v)(1−β₂)`;
/// `w −= rate·(m·uₜ₊₁/(1−∏uₜ₊₁) + g·(1−uₜ)/(1−∏uₜ))/(√(v/(1−β₂ᵗ)) + ε)`
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
            let (rate, epsilon) = (s.splat(factors.rate), s.splat(factors.epsilon));
            let (of_m, of_v) = (s.splat(factors.of_m), s.splat(factors.of_v));
            let of_gradient = s.splat(factors.of_gradient);
            let rests = [factors.rest_1, factors.rest_2];
            moments::update(
                s,
                rests,
                params,
                gradients,
                [m, v],
                #[inline(always)]
                |w, g, m, v| {
                    let m_hat = s.add(s.mul(of_m, m), s.mul(of_gradient, g));
                    let root = s.sqrt(s.mul(v, of_v));
                    s.sub(w, s.div(s.mul(m_hat, rate), s.add(root, epsilon)))
                },
            );
        },
    );
}
