//! Losses of single elements: squared, absolute, Huber's and percentage error.

use unrolled_simd::Simd;

use super::Frame;
use crate::vectors::{load, store};

/// Sum over the valid elements of `f(prediction, target) = (value, slope)`, slope being
/// ∂value/∂prediction. `f` must be `#[inline(always)]`.
#[inline(always)]
pub(crate) fn elementwise<S: Simd>(
    s: S,
    frame: &Frame<'_>,
    d_prediction: Option<&mut [f32]>,
    f: impl Fn(S::V, S::V) -> (S::V, S::V),
) -> f64 {
    frame.check::<S>(frame.features);
    if let Some(d) = &d_prediction {
        assert_eq!(d.len(), frame.prediction.len(), "d_prediction");
    }
    s.vectorize(
        #[inline(always)]
        || steps(s, frame, d_prediction, f),
    )
}

#[inline(always)]
fn steps<S: Simd>(
    s: S,
    frame: &Frame<'_>,
    mut d_prediction: Option<&mut [f32]>,
    f: impl Fn(S::V, S::V) -> (S::V, S::V),
) -> f64 {
    let lanes = frame.lanes;
    let (zero, scale) = (s.splat(0.0), s.splat(frame.scale));
    let mut total = 0.0;
    for t in 0..frame.time {
        let weights = &frame.weight[t * lanes..][..lanes];
        let mut sum = zero;
        for row in t * frame.features..(t + 1) * frame.features {
            let prediction = &frame.prediction[row * lanes..][..lanes];
            let target = &frame.target[row * lanes..][..lanes];
            for lane in (0..lanes).step_by(S::LANES) {
                let w = load(s, &weights[lane..]);
                let valid = s.lt(zero, w);
                let (value, slope) = f(load(s, &prediction[lane..]), load(s, &target[lane..]));
                sum = s.add(sum, s.select(valid, s.mul(w, value), zero));
                if let Some(d_prediction) = &mut d_prediction {
                    let d = s.select(valid, s.mul(slope, s.mul(w, scale)), zero);
                    store(s, &mut d_prediction[row * lanes + lane..], d);
                }
            }
        }
        total += f64::from(s.sum(sum));
    }
    total
}

/// `(p−t)²`
pub(super) fn mse<S: Simd>(s: S, frame: &Frame<'_>, d: Option<&mut [f32]>) -> f64 {
    elementwise(
        s,
        frame,
        d,
        #[inline(always)]
        |p, t| {
            let e = s.sub(p, t);
            (s.mul(e, e), s.add(e, e))
        },
    )
}

/// `|p−t|`; the gradient where they are equal is 0.
pub(super) fn mae<S: Simd>(s: S, frame: &Frame<'_>, d: Option<&mut [f32]>) -> f64 {
    elementwise(
        s,
        frame,
        d,
        #[inline(always)]
        |p, t| {
            let e = s.sub(p, t);
            (s.abs(e), sign(s, e))
        },
    )
}

/// `½e²` where |e| ≤ delta, else `delta·|e| − ½delta²`; e = p−t.
pub(super) fn huber<S: Simd>(s: S, delta: f32, frame: &Frame<'_>, d: Option<&mut [f32]>) -> f64 {
    let (delta, half) = (s.splat(delta), s.splat(0.5));
    elementwise(
        s,
        frame,
        d,
        #[inline(always)]
        |p, t| {
            let e = s.sub(p, t);
            let size = s.abs(e);
            let near = s.le(size, delta);
            let quadratic = s.mul(half, s.mul(e, e));
            let linear = s.sub(s.mul(delta, size), s.mul(half, s.mul(delta, delta)));
            let slope = s.select(near, e, s.mul(delta, sign(s, e)));
            (s.select(near, quadratic, linear), slope)
        },
    )
}

/// `100·|t−p|/max(|t|, 1e-7)`; no gradient.
pub(crate) fn percentage<S: Simd>(s: S, frame: &Frame<'_>) -> f64 {
    let (floor, hundred) = (s.splat(super::EPSILON), s.splat(100.0));
    elementwise(
        s,
        frame,
        None,
        #[inline(always)]
        |p, t| {
            let share = s.div(s.abs(s.sub(t, p)), s.max(s.abs(t), floor));
            (s.mul(hundred, share), s.splat(0.0))
        },
    )
}

/// −1, 0 or 1; NaN stays NaN.
#[inline(always)]
fn sign<S: Simd>(s: S, x: S::V) -> S::V {
    let zero = s.splat(0.0);
    let up = s.select(s.lt(zero, x), s.splat(1.0), s.mul(x, zero));
    s.select(s.lt(x, zero), s.splat(-1.0), up)
}
