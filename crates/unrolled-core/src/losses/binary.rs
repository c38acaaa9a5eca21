//! Binary cross-entropy, element by element.

use unrolled_simd::Simd;
use unrolled_simd::math::{exp, ln, ln_1p};

use super::{Frame, clip_probability, elementwise};

/// From logits, in the form that neither overflows nor cancels:
/// `max(z, 0) − z·t + ln(1 + e^−|z|)`; slope `sigmoid(z) − t`.
pub(super) fn logits<S: Simd>(s: S, frame: &Frame<'_>, d: Option<&mut [f32]>) -> f64 {
    let (zero, one) = (s.splat(0.0), s.splat(1.0));
    elementwise(
        s,
        frame,
        d,
        #[inline(always)]
        |z, t| {
            let tail = exp(s, s.sub(zero, s.abs(z)));
            let value = s.add(s.sub(s.max(z, zero), s.mul(z, t)), ln_1p(s, tail));
            let sigmoid = s.div(s.select(s.lt(z, zero), tail, one), s.add(one, tail));
            (value, s.sub(sigmoid, t))
        },
    )
}

/// From probabilities clipped to [ε, 1−ε]: `−t·ln p − (1−t)·ln(1−p)`; slope
/// `(p−t)/(p(1−p))`, 0 where it was clipped.
pub(super) fn probabilities<S: Simd>(s: S, frame: &Frame<'_>, d: Option<&mut [f32]>) -> f64 {
    let (zero, one) = (s.splat(0.0), s.splat(1.0));
    elementwise(
        s,
        frame,
        d,
        #[inline(always)]
        |p, t| {
            let (p, inside) = clip_probability(s, p);
            let q = s.sub(one, p);
            let log_likelihood = s.add(s.mul(t, ln(s, p)), s.mul(s.sub(one, t), ln(s, q)));
            let slope = s.mul(inside, s.div(s.sub(p, t), s.mul(p, q)));
            (s.sub(zero, log_likelihood), slope)
        },
    )
}
