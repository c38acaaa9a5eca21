//! Categorical cross-entropy with one-hot targets or class numbers: every lane has its own sum
//! over the features, so there is no shuffle.

use unrolled_simd::Simd;
use unrolled_simd::math::{exp, ln};

use super::{Frame, clip_probability};
use crate::vectors::{load, store};

/// The features of one step and one vector of lanes.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a, S: Simd> {
    s: S,
    /// The target is a class number.
    sparse: bool,
    /// From the first feature's lanes on.
    prediction: &'a [f32],
    target: &'a [f32],
    lanes: usize,
}

impl<S: Simd> Column<'_, S> {
    /// Feature `k`.
    #[inline(always)]
    pub(crate) fn prediction(self, k: usize) -> S::V {
        load(self.s, &self.prediction[k * self.lanes..])
    }

    /// The target's share of class `k`.
    #[inline(always)]
    pub(crate) fn target(self, k: usize) -> S::V {
        let s = self.s;
        if self.sparse {
            let hit = s.eq(load(s, self.target), s.splat(k as f32));
            s.select(hit, s.splat(1.0), s.splat(0.0))
        } else {
            load(s, &self.target[k * self.lanes..])
        }
    }
}

/// Calls `f(column, d, factor)` for every step and vector of lanes; it gives the value of each lane
/// and writes into `d` (if there is one) the gradient times `factor`. Masked lanes count nothing
/// and get gradient 0.
#[inline(always)]
pub(crate) fn columns<S: Simd>(
    s: S,
    sparse: bool,
    frame: &Frame<'_>,
    mut d_prediction: Option<&mut [f32]>,
    f: impl Fn(Column<'_, S>, Option<&mut [f32]>, S::V) -> S::V,
) -> f64 {
    let (lanes, features) = (frame.lanes, frame.features);
    let target_features = if sparse { 1 } else { features };
    frame.check::<S>(target_features);
    if let Some(d) = &d_prediction {
        assert_eq!(d.len(), frame.prediction.len(), "d_prediction");
    }
    let zero = s.splat(0.0);
    let mut total = 0.0;
    for t in 0..frame.time {
        let mut sum = zero;
        for lane in (0..lanes).step_by(S::LANES) {
            let start = t * features * lanes + lane;
            let w = load(s, &frame.weight[t * lanes + lane..]);
            let valid = s.lt(zero, w);
            let column = Column {
                s,
                sparse,
                prediction: &frame.prediction[start..],
                target: &frame.target[t * target_features * lanes + lane..],
                lanes,
            };
            let mut d = d_prediction.as_deref_mut().map(|d| &mut d[start..]);
            let value = f(column, d.as_deref_mut(), s.mul(w, s.splat(frame.scale)));
            sum = s.add(sum, s.select(valid, s.mul(w, value), zero));
            if let Some(d) = d {
                for k in 0..features {
                    let d = &mut d[k * lanes..];
                    let kept = s.select(valid, load(s, d), zero);
                    store(s, d, kept);
                }
            }
        }
        total += f64::from(s.sum(sum));
    }
    total
}

/// From logits: `Σₖ tₖ·(ln Σⱼ e^zⱼ − zₖ)`, shifted by the largest logit; gradient
/// `softmax(z)·Σt − t`.
pub(super) fn logits<S: Simd>(s: S, sparse: bool, frame: &Frame<'_>, d: Option<&mut [f32]>) -> f64 {
    let (lanes, features) = (frame.lanes, frame.features);
    s.vectorize(
        #[inline(always)]
        || {
            columns(
                s,
                sparse,
                frame,
                d,
                #[inline(always)]
                |column, mut d, factor| {
                    let mut top = column.prediction(0);
                    for k in 1..features {
                        top = s.max(top, column.prediction(k));
                    }
                    // Σ e^(z−top), Σ t and Σ t·(z−top); e^(z−top) is kept in d.
                    let (mut total, mut mass, mut dot) = (s.splat(0.0), s.splat(0.0), s.splat(0.0));
                    for k in 0..features {
                        let (z, t) = (s.sub(column.prediction(k), top), column.target(k));
                        let e = exp(s, z);
                        total = s.add(total, e);
                        mass = s.add(mass, t);
                        dot = s.add(dot, s.mul(t, z));
                        if let Some(d) = &mut d {
                            store(s, &mut d[k * lanes..], e);
                        }
                    }
                    if let Some(d) = d {
                        let share = s.div(mass, total);
                        for k in 0..features {
                            let d = &mut d[k * lanes..];
                            let slope = s.sub(s.mul(load(s, d), share), column.target(k));
                            store(s, d, s.mul(slope, factor));
                        }
                    }
                    s.sub(s.mul(mass, ln(s, total)), dot)
                },
            )
        },
    )
}

/// From probabilities, as Keras 3: q = p/Σp, c = clip(q, ε, 1−ε), `−Σₖ tₖ·ln cₖ`; gradient
/// `(gₖ − Σⱼ gⱼ·qⱼ)/Σp` with g = −t/c where q was not clipped, 0 where it was.
pub(super) fn probabilities<S: Simd>(
    s: S,
    sparse: bool,
    frame: &Frame<'_>,
    d: Option<&mut [f32]>,
) -> f64 {
    let (lanes, features) = (frame.lanes, frame.features);
    let zero = s.splat(0.0);
    s.vectorize(
        #[inline(always)]
        || {
            columns(
                s,
                sparse,
                frame,
                d,
                #[inline(always)]
                |column, mut d, factor| {
                    let mut mass = zero;
                    for k in 0..features {
                        mass = s.add(mass, column.prediction(k));
                    }
                    let (mut log_likelihood, mut dot) = (zero, zero);
                    for k in 0..features {
                        let (q, t) = (s.div(column.prediction(k), mass), column.target(k));
                        let (c, inside) = clip_probability(s, q);
                        log_likelihood = s.add(log_likelihood, s.mul(t, ln(s, c)));
                        if let Some(d) = &mut d {
                            let g = s.sub(zero, s.mul(inside, s.div(t, c)));
                            dot = s.add(dot, s.mul(g, q));
                            store(s, &mut d[k * lanes..], g);
                        }
                    }
                    if let Some(d) = d {
                        let factor = s.div(factor, mass);
                        for k in 0..features {
                            let d = &mut d[k * lanes..];
                            let slope = s.mul(s.sub(load(s, d), dot), factor);
                            store(s, d, slope);
                        }
                    }
                    s.sub(zero, log_likelihood)
                },
            )
        },
    )
}
