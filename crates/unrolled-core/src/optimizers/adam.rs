//! Adam, and AdamW with its decoupled weight decay (Keras's `Adam` and `AdamW`).

use unrolled_simd::Simd;

use super::{complement, moments};

/// A factor β that moments decay by, with what every step asks of it.
#[derive(Clone, Debug)]
pub(super) struct Decay {
    /// `1 − β`
    rest: f32,
    /// `β^(2ⁱ)`
    squares: [f64; 64],
}

impl Decay {
    pub(super) fn new(beta: f32) -> Self {
        let mut square = f64::from(beta);
        let squares = core::array::from_fn(|_| {
            let this = square;
            square *= square;
            this
        });
        Self { rest: complement(beta), squares }
    }

    /// `βⁿ`
    fn power(&self, mut n: u64) -> f32 {
        let mut product = 1.0;
        while n > 0 {
            product *= self.squares[n.trailing_zeros() as usize];
            n &= n - 1;
        }
        product as f32
    }
}

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
        [beta_1, beta_2]: &[Decay; 2],
        epsilon: f32,
        weight_decay: f32,
        step: u64,
    ) -> Self {
        Self {
            alpha: rate * (1.0 - beta_2.power(step)).sqrt() / (1.0 - beta_1.power(step)),
            rest_1: beta_1.rest,
            rest_2: beta_2.rest,
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
