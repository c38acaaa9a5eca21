//! Metrics: weighted means over everything seen since they were reset.

mod accuracy;

use unrolled_simd::Simd;

use crate::losses::{Frame, elements_per_step, loss_forward_backward, percentage};
use crate::spec::{Loss, Metric};

/// A running weighted mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MetricState {
    /// Weighted sum of the values.
    pub sum: f64,
    /// Sum of the weights: valid elements seen.
    pub weight: f64,
}

impl MetricState {
    /// Adds one block of lanes. `loss` says what the targets are.
    pub fn accumulate<S: Simd>(&mut self, s: S, metric: &Metric, loss: &Loss, frame: &Frame<'_>) {
        let (sum, elements) = match metric.as_loss() {
            Some(own) => (
                loss_forward_backward(s, &own, frame, None),
                elements_per_step(&own, frame.features),
            ),
            None => match metric {
                Metric::Mape {} => (percentage(s, frame), frame.features),
                Metric::LastStepMse {} => {
                    let (sum, weight) = last_steps(frame);
                    return self.add(sum, weight);
                }
                _ => accuracy::accuracy(s, loss, frame),
            },
        };
        self.sum += sum;
        self.weight += total_weight(frame) * elements as f64;
    }

    /// Adds a sum and its weight, such as those of the loss.
    pub fn add(&mut self, sum: f64, weight: f64) {
        self.sum += sum;
        self.weight += weight;
    }

    /// The metric so far; NaN before anything valid was seen.
    pub fn value(&self, metric: &Metric) -> f64 {
        let mean = self.mean();
        if matches!(metric, Metric::Rmse {}) { mean.sqrt() } else { mean }
    }

    /// The weighted mean so far; NaN before anything valid was seen.
    pub fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// Squared error of the last valid step of each lane, and its weight.
fn last_steps(frame: &Frame<'_>) -> (f64, f64) {
    let &Frame { time, features, lanes, .. } = frame;
    let (mut sum, mut total) = (0.0, 0.0);
    for lane in 0..lanes {
        let Some(t) = (0..time).rev().find(|t| frame.weight[t * lanes + lane] > 0.0) else {
            continue;
        };
        let weight = f64::from(frame.weight[t * lanes + lane]);
        for k in 0..features {
            let i = (t * features + k) * lanes + lane;
            let error = f64::from(frame.prediction[i]) - f64::from(frame.target[i]);
            sum += weight * error * error;
        }
        total += weight * features as f64;
    }
    (sum, total)
}

fn total_weight(frame: &Frame<'_>) -> f64 {
    frame.weight.iter().map(|&w| f64::from(w)).sum()
}

#[cfg(test)]
mod tests;
