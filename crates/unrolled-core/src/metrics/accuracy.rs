//! Share of right answers.

use unrolled_simd::Simd;

use crate::losses::{Frame, columns, elementwise};
use crate::spec::Loss;

/// Weighted number of right answers, and how many answers a valid step has.
///
/// Under binary cross-entropy, and with a single feature under a loss of values, every feature is
/// an answer: above the threshold (0 for logits, else ½) or not. Otherwise a step has one answer,
/// its largest feature, the first of equals.
pub(super) fn accuracy<S: Simd>(s: S, loss: &Loss, frame: &Frame<'_>) -> (f64, usize) {
    let features = frame.features;
    match loss {
        Loss::BinaryCrossentropy { from_logits: true } => (binary(s, 0.0, frame), features),
        Loss::BinaryCrossentropy { from_logits: false } => (binary(s, 0.5, frame), features),
        Loss::SparseCategoricalCrossentropy { .. } => (largest(s, true, frame), 1),
        Loss::Mse {} | Loss::Mae {} | Loss::Huber { .. } if features == 1 => {
            (binary(s, 0.5, frame), 1)
        }
        _ => (largest(s, false, frame), 1),
    }
}

fn binary<S: Simd>(s: S, threshold: f32, frame: &Frame<'_>) -> f64 {
    let (threshold, zero, one) = (s.splat(threshold), s.splat(0.0), s.splat(1.0));
    elementwise(
        s,
        frame,
        None,
        #[inline(always)]
        |p, t| {
            let answer = s.select(s.lt(threshold, p), one, zero);
            (s.select(s.eq(answer, t), one, zero), zero)
        },
    )
}

fn largest<S: Simd>(s: S, sparse: bool, frame: &Frame<'_>) -> f64 {
    let features = frame.features;
    let (zero, one) = (s.splat(0.0), s.splat(1.0));
    s.vectorize(
        #[inline(always)]
        || {
            columns(
                s,
                sparse,
                frame,
                None,
                #[inline(always)]
                |column, _, _| {
                    let (mut p, mut t) = (column.prediction(0), column.target(0));
                    let (mut answer, mut class) = (zero, zero);
                    for k in 1..features {
                        let (p_k, t_k, number) =
                            (column.prediction(k), column.target(k), s.splat(k as f32));
                        answer = s.select(s.lt(p, p_k), number, answer);
                        class = s.select(s.lt(t, t_k), number, class);
                        (p, t) = (s.max(p, p_k), s.max(t, t_k));
                    }
                    s.select(s.eq(answer, class), one, zero)
                },
            )
        },
    )
}
