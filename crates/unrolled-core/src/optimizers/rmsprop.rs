//! RMSprop, plain or centered, with or without momentum (Keras's `RMSprop`).

use unrolled_simd::Simd;

use super::{Slot, complement, flush};
use crate::vectors::{load, store};

#[derive(Clone, Copy)]
pub(super) struct Factors {
    pub rate: f32,
    pub rho: f32,
    pub momentum: f32,
    pub epsilon: f32,
}

/// `v = rho·v + (1−rho)·g²`; centered: `a = rho·a + (1−rho)·g`, else a = 0;
/// `step = rate·g/√(v − a² + ε)`; with momentum: `m = momentum·m + step`, `w −= m`, else `w −= step`.
/// The slots are those of [`super::Optimizer::new`].
pub(super) fn update<S: Simd>(
    s: S,
    factors: Factors,
    params: &mut [f32],
    gradients: &[f32],
    slots: &mut [Slot],
) {
    let [v, others @ ..] = slots else { unreachable!("velocity is always there") };
    let v = v.values.as_mut_slice();
    match others {
        [] => run::<S, false, false>(s, factors, params, gradients, v, &mut [], &mut []),
        [m] if m.name == "momentum" => {
            run::<S, true, false>(s, factors, params, gradients, v, &mut m.values, &mut []);
        }
        [a] => run::<S, false, true>(s, factors, params, gradients, v, &mut [], &mut a.values),
        [m, a, ..] => {
            run::<S, true, true>(s, factors, params, gradients, v, &mut m.values, &mut a.values);
        }
    }
}

fn run<S: Simd, const MOMENTUM: bool, const CENTERED: bool>(
    s: S,
    factors: Factors,
    params: &mut [f32],
    gradients: &[f32],
    velocity: &mut [f32],
    momentum: &mut [f32],
    average: &mut [f32],
) {
    s.vectorize(
        #[inline(always)]
        || {
            let rate = s.splat(factors.rate);
            let (rho, rest) = (s.splat(factors.rho), s.splat(complement(factors.rho)));
            let (keep, epsilon) = (s.splat(factors.momentum), s.splat(factors.epsilon));
            let rows = params
                .chunks_exact_mut(S::LANES)
                .zip(gradients.chunks_exact(S::LANES))
                .zip(velocity.chunks_exact_mut(S::LANES));
            for (i, ((w, g), v)) in rows.enumerate() {
                let g = load(s, g);
                let next_v = s.add(s.mul(rho, load(s, v)), s.mul(rest, s.mul(g, g)));
                let next_v = flush(s, next_v);
                store(s, v, next_v);
                let mut variance = next_v;
                if CENTERED {
                    let a = &mut average[i * S::LANES..];
                    let next_a = flush(s, s.add(s.mul(rho, load(s, a)), s.mul(rest, g)));
                    store(s, a, next_a);
                    // Never below 0 but by rounding, which a large steady gradient would turn into NaN.
                    variance = s.max(s.sub(variance, s.mul(next_a, next_a)), s.splat(0.0));
                }
                let mut step = s.div(s.mul(rate, g), s.sqrt(s.add(variance, epsilon)));
                if MOMENTUM {
                    let m = &mut momentum[i * S::LANES..];
                    step = flush(s, s.add(s.mul(keep, load(s, m)), step));
                    store(s, m, step);
                }
                let next_w = s.sub(load(s, w), step);
                store(s, w, next_w);
            }
        },
    );
}
