//! Losses in the lane layout, each with its gradient.
//!
//! A loss is a mean over the valid elements of a mini-batch: (example, step, feature) for the
//! regression losses and binary cross-entropy, (example, step) for the categorical ones. Functions
//! here give sums over one block of lanes and gradients of the mean; the caller knows how many
//! valid elements the whole mini-batch has.

mod binary;
mod categorical;
mod regression;
mod target;

use unrolled_simd::Simd;

pub(crate) use categorical::columns;
pub(crate) use regression::{elementwise, percentage};
pub use target::validate_target;

use crate::spec::Loss;

/// Predictions and targets of one block of lanes. Vectors have `time` = 1.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Time steps.
    pub time: usize,
    /// Features of the prediction.
    pub features: usize,
    /// Lanes: a multiple of the instruction set's vector.
    pub lanes: usize,
    /// `[time][features][lanes]`
    pub prediction: &'a [f32],
    /// `[time][features][lanes]`; class numbers `[time][1][lanes]` where the loss is sparse.
    pub target: &'a [f32],
    /// `[time][lanes]`: 1 where valid, 0 at a masked step or in a padding lane. Whatever stands in
    /// prediction and target there, NaN included, has no effect.
    pub weight: &'a [f32],
    /// Factor of the gradient: 1 / number of valid elements of the whole mini-batch, counted as
    /// [`elements_per_step`] says.
    pub scale: f32,
}

impl Frame<'_> {
    fn check<S: Simd>(&self, target_features: usize) {
        let rows = self.time * self.lanes;
        assert_eq!(self.lanes % S::LANES, 0, "lanes");
        assert_eq!(self.prediction.len(), rows * self.features, "prediction");
        assert_eq!(self.target.len(), rows * target_features, "target");
        assert_eq!(self.weight.len(), rows, "weight");
    }
}

/// Features of the target of a loss: one class number where it is sparse.
pub fn target_features(loss: &Loss, features: usize) -> usize {
    match loss {
        Loss::SparseCategoricalCrossentropy { .. } => 1,
        _ => features,
    }
}

/// Elements that one valid (example, step) adds to the mean.
pub fn elements_per_step(loss: &Loss, features: usize) -> usize {
    match loss {
        Loss::CategoricalCrossentropy { .. } | Loss::SparseCategoricalCrossentropy { .. } => 1,
        _ => features,
    }
}

/// The sum of the loss over the valid elements, not scaled. Writes, if asked,
/// `d_prediction` = `scale` · ∂sum/∂prediction, `[time][features][lanes]`, exactly 0 where the
/// weight is 0. Sums in one order: lanes of a vector side by side in f32, steps in f64.
pub fn loss_forward_backward<S: Simd>(
    s: S,
    loss: &Loss,
    frame: &Frame<'_>,
    d_prediction: Option<&mut [f32]>,
) -> f64 {
    match *loss {
        Loss::Mse {} => regression::mse(s, frame, d_prediction),
        Loss::Mae {} => regression::mae(s, frame, d_prediction),
        Loss::Huber { delta } => regression::huber(s, delta, frame, d_prediction),
        Loss::BinaryCrossentropy { from_logits: true } => binary::logits(s, frame, d_prediction),
        Loss::BinaryCrossentropy { from_logits: false } => {
            binary::probabilities(s, frame, d_prediction)
        }
        Loss::CategoricalCrossentropy { from_logits }
        | Loss::SparseCategoricalCrossentropy { from_logits } => {
            let sparse = matches!(loss, Loss::SparseCategoricalCrossentropy { .. });
            match from_logits {
                true => categorical::logits(s, sparse, frame, d_prediction),
                false => categorical::probabilities(s, sparse, frame, d_prediction),
            }
        }
    }
}

/// Keras's epsilon: probabilities are clipped to [ε, 1 − ε].
const EPSILON: f32 = 1e-7;

/// `x` clipped to [ε, 1 − ε], and where it was inside.
#[inline(always)]
fn clip_probability<S: Simd>(s: S, x: S::V) -> (S::V, S::V) {
    let (low, high) = (s.splat(EPSILON), s.splat(1.0 - EPSILON));
    let zero = s.splat(0.0);
    let inside = s.select(s.le(low, x), s.select(s.le(x, high), s.splat(1.0), zero), zero);
    (s.max(s.min(x, high), low), inside)
}

#[cfg(test)]
mod tests;
