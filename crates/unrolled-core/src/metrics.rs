//! Metrics: weighted means over everything seen since they were reset.

use unrolled_simd::Simd;

use crate::error::{Error, Result};
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
                Metric::LastStepMse {} => return self.add_last_steps(frame),
                _ => accuracy(loss, frame),
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
        if matches!(metric, Metric::Rmse {}) { libm::sqrt(mean) } else { mean }
    }

    /// The weighted mean so far; NaN before anything valid was seen.
    pub fn mean(&self) -> f64 {
        self.sum / self.weight
    }

    /// Squared error of the last valid step of each lane.
    fn add_last_steps(&mut self, frame: &Frame<'_>) {
        let &Frame { time, features, lanes, .. } = frame;
        for lane in 0..lanes {
            let Some(t) = (0..time).rev().find(|t| frame.weight[t * lanes + lane] > 0.0) else {
                continue;
            };
            let weight = f64::from(frame.weight[t * lanes + lane]);
            for k in 0..features {
                let i = (t * features + k) * lanes + lane;
                let error = f64::from(frame.prediction[i]) - f64::from(frame.target[i]);
                self.sum += weight * error * error;
            }
            self.weight += weight * features as f64;
        }
    }
}

impl Metric {
    /// Key in a history, as in JSON.
    pub fn key(&self) -> &'static str {
        match self {
            Metric::Mse {} => "mse",
            Metric::Mae {} => "mae",
            Metric::Huber { .. } => "huber",
            Metric::Rmse {} => "rmse",
            Metric::Mape {} => "mape",
            Metric::LastStepMse {} => "lastStepMse",
            Metric::Accuracy {} => "accuracy",
            Metric::BinaryCrossentropy { .. } => "binaryCrossentropy",
            Metric::CategoricalCrossentropy { .. } => "categoricalCrossentropy",
            Metric::SparseCategoricalCrossentropy { .. } => "sparseCategoricalCrossentropy",
        }
    }

    /// Whether the metric can be taken on the targets of `loss`.
    pub fn validate(&self, loss: &Loss) -> Result<()> {
        if let Metric::Huber { delta } = *self {
            validate_delta("metrics: huber", delta)?;
        }
        let class_numbers = matches!(loss, Loss::SparseCategoricalCrossentropy { .. });
        let fits = match self {
            Metric::Accuracy {} => true,
            Metric::SparseCategoricalCrossentropy { .. } => class_numbers,
            _ => !class_numbers,
        };
        if fits {
            return Ok(());
        }
        let (targets, wants) =
            if class_numbers { ("class numbers", "values") } else { ("values", "class numbers") };
        let message = format!("needs {wants} as targets, but those of the loss are {targets}");
        Err(Error::spec(format!("metrics: {}", self.key()), message))
    }

    /// The loss that the metric is the mean (or for RMSE the root of the mean) of.
    fn as_loss(&self) -> Option<Loss> {
        Some(match *self {
            Metric::Mse {} | Metric::Rmse {} => Loss::Mse {},
            Metric::Mae {} => Loss::Mae {},
            Metric::Huber { delta } => Loss::Huber { delta },
            Metric::BinaryCrossentropy { from_logits } => Loss::BinaryCrossentropy { from_logits },
            Metric::CategoricalCrossentropy { from_logits } => {
                Loss::CategoricalCrossentropy { from_logits }
            }
            Metric::SparseCategoricalCrossentropy { from_logits } => {
                Loss::SparseCategoricalCrossentropy { from_logits }
            }
            Metric::Mape {} | Metric::LastStepMse {} | Metric::Accuracy {} => return None,
        })
    }
}

impl Loss {
    /// Whether the loss's numbers can be used.
    pub fn validate(&self) -> Result<()> {
        match *self {
            Loss::Huber { delta } => validate_delta("loss: huber", delta),
            _ => Ok(()),
        }
    }
}

fn validate_delta(at: &str, delta: f32) -> Result<()> {
    match delta.is_finite() && delta > 0.0 {
        true => Ok(()),
        false => {
            Err(Error::spec(at, format!("delta must be a finite number above 0, got {delta}")))
        }
    }
}

fn total_weight(frame: &Frame<'_>) -> f64 {
    frame.weight.iter().map(|&w| f64::from(w)).sum()
}

/// Weighted number of right answers, and how many answers a valid step has: one a feature where
/// they are binary, else one, that of the largest feature (the first of equals).
fn accuracy(loss: &Loss, frame: &Frame<'_>) -> (f64, usize) {
    let &Frame { time, features, lanes, .. } = frame;
    let threshold = match loss {
        Loss::BinaryCrossentropy { from_logits: true } => Some(0.0),
        Loss::BinaryCrossentropy { from_logits: false } => Some(0.5),
        Loss::CategoricalCrossentropy { .. } | Loss::SparseCategoricalCrossentropy { .. } => None,
        _ if features == 1 => Some(0.5),
        _ => None,
    };
    let sparse = matches!(loss, Loss::SparseCategoricalCrossentropy { .. });
    let largest =
        |x: &[f32], first: usize| {
            (1..features).fold(0, |best, k| {
                if x[first + k * lanes] > x[first + best * lanes] { k } else { best }
            })
        };
    let mut right = 0.0;
    for t in 0..time {
        for lane in 0..lanes {
            let weight = frame.weight[t * lanes + lane];
            if weight <= 0.0 {
                continue;
            }
            let first = t * features * lanes + lane;
            let hits = match threshold {
                Some(threshold) => (0..features)
                    .map(|k| first + k * lanes)
                    .filter(|&i| f32::from(frame.prediction[i] > threshold) == frame.target[i])
                    .count(),
                None if sparse => {
                    let class = frame.target[t * lanes + lane];
                    usize::from(largest(frame.prediction, first) as f32 == class)
                }
                None => {
                    usize::from(largest(frame.prediction, first) == largest(frame.target, first))
                }
            };
            right += f64::from(weight) * hits as f64;
        }
    }
    (right, if threshold.is_some() { features } else { 1 })
}

#[cfg(test)]
mod tests {
    use unrolled_simd::{Isa, dispatch};
    use unrolled_testing::assert_close;

    use super::*;

    const LANES: usize = 16;

    /// One example: prediction and target, `[time][features]`, both of the valid steps only.
    type Example<'a> = (&'a [&'a [f32]], &'a [&'a [f32]]);

    /// The metric of some examples, one block each, on every instruction set. Lanes and steps
    /// beyond them are masked, and NaN.
    fn values(metric: Metric, loss: Loss, examples: &[Example<'_>]) -> Vec<f64> {
        let time = examples.iter().map(|(p, _)| p.len()).max().unwrap() + 1;
        let (features, k) = (examples[0].0[0].len(), examples[0].1[0].len());
        let place = |steps: &[&[f32]], features: usize, lane: usize| {
            let mut out = vec![f32::NAN; time * features * LANES];
            for (t, step) in steps.iter().enumerate() {
                for (f, &x) in step.iter().enumerate() {
                    out[(t * features + f) * LANES + lane] = x;
                }
            }
            out
        };
        metric.validate(&loss).unwrap();
        let run = |isa| {
            let mut state = MetricState::default();
            for (lane, (prediction, target)) in examples.iter().enumerate() {
                let mut weight = vec![0.0; time * LANES];
                (0..prediction.len()).for_each(|t| weight[t * LANES + lane] = 1.0);
                let frame = Frame {
                    time,
                    features,
                    lanes: LANES,
                    prediction: &place(prediction, features, lane),
                    target: &place(target, k, lane),
                    weight: &weight,
                    scale: f32::NAN,
                };
                dispatch!(isa, s => state.accumulate(s, &metric, &loss, &frame));
            }
            state.value(&metric)
        };
        Isa::available().into_iter().map(run).collect()
    }

    #[test]
    fn metrics_give_known_answers_over_blocks_of_different_lengths() {
        // Errors 1, −2, 3 and then 0, 1: squares 1 4 9 0 1.
        let sequences: [Example<'_>; 2] = [
            (&[&[2.0], &[2.0], &[5.0]], &[&[1.0], &[4.0], &[2.0]]),
            (&[&[7.0], &[-3.0]], &[&[7.0], &[-4.0]]),
        ];
        // Errors (1, 0), (0.5, 2).
        let vectors: [Example<'_>; 2] =
            [(&[&[1.0, 2.0]], &[&[2.0, 2.0]]), (&[&[0.5, 0.0]], &[&[0.0, 2.0]])];
        let mse = Loss::Mse {};
        let cases = [
            (Metric::Mse {}, &sequences, 15.0 / 5.0),
            (Metric::Rmse {}, &sequences, 3f64.sqrt()),
            (Metric::Mae {}, &sequences, 7.0 / 5.0),
            (Metric::Huber { delta: 1.0 }, &sequences, (0.5 + 1.5 + 2.5 + 0.0 + 0.5) / 5.0),
            (Metric::Mape {}, &sequences, 100.0 * (1.0 + 0.5 + 1.5 + 0.0 + 0.25) / 5.0),
            (Metric::LastStepMse {}, &sequences, (9.0 + 1.0) / 2.0),
            (Metric::Mse {}, &vectors, (1.0 + 0.25 + 4.0) / 4.0),
            (Metric::LastStepMse {}, &vectors, (1.0 + 0.25 + 4.0) / 4.0),
            (Metric::Mape {}, &vectors, 100.0 * (0.5 + 0.5 / f64::from(1e-7f32) + 1.0) / 4.0),
        ];
        for (metric, examples, expected) in cases {
            for got in values(metric, mse, examples) {
                assert_close(&format!("{metric:?}"), &[got], &[expected], 1e-6, 0.0);
            }
        }
    }

    #[test]
    fn accuracy_asks_what_the_loss_implies() {
        let (logits, probabilities) = (true, false);
        let binary = |from_logits| Loss::BinaryCrossentropy { from_logits };
        let categorical = Loss::CategoricalCrossentropy { from_logits: logits };
        let sparse = Loss::SparseCategoricalCrossentropy { from_logits: probabilities };
        // Two features: 0.6 and 0.4 against 1 and 1, then 0.2 and 0.5 against 0 and 0.
        let pairs: [Example<'_>; 2] =
            [(&[&[0.6, 0.4]], &[&[1.0, 1.0]]), (&[&[0.2, 0.5]], &[&[0.0, 0.0]])];
        let singles: [Example<'_>; 2] =
            [(&[&[0.6], &[0.4]], &[&[1.0], &[1.0]]), (&[&[0.2]], &[&[0.0]])];
        let one_hot: [Example<'_>; 2] = [
            (&[&[1.0, 3.0, 2.0], &[1.0, 0.0, 0.0]], &[&[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]),
            (&[&[-3.0, -2.0, -1.0]], &[&[0.0, 0.0, 1.0]]),
        ];
        let numbers: [Example<'_>; 2] = [
            (&[&[0.1, 0.7, 0.2], &[0.4, 0.4, 0.2]], &[&[1.0], &[1.0]]),
            (&[&[0.1, 0.2, 0.7]], &[&[2.0]]),
        ];
        let cases: [(Loss, &[Example<'_>], f64); 7] = [
            (binary(probabilities), &pairs, 3.0 / 4.0),
            // On logits the threshold is 0: all four are above it.
            (binary(logits), &pairs, 2.0 / 4.0),
            (binary(probabilities), &singles, 2.0 / 3.0),
            (Loss::Mse {}, &singles, 2.0 / 3.0),
            (categorical, &one_hot, 2.0 / 3.0),
            (Loss::Mse {}, &one_hot, 2.0 / 3.0),
            // Of equal features the first counts.
            (sparse, &numbers, 2.0 / 3.0),
        ];
        for (loss, examples, expected) in cases {
            for got in values(Metric::Accuracy {}, loss, examples) {
                assert_eq!(got, expected, "{loss:?} {examples:?}");
            }
        }
    }

    #[test]
    fn cross_entropies_are_means_over_steps_or_elements() {
        let half: [Example<'_>; 1] = [(&[&[0.5, 0.5], &[0.5, 0.5]], &[&[1.0, 0.0], &[0.0, 1.0]])];
        let classes: [Example<'_>; 1] = [(&[&[0.5, 0.5], &[0.5, 0.5]], &[&[1.0], &[0.0]])];
        let sparse = Loss::SparseCategoricalCrossentropy { from_logits: false };
        let cases: [(Metric, Loss, &[Example<'_>]); 3] = [
            (Metric::BinaryCrossentropy { from_logits: false }, Loss::Mse {}, &half),
            (Metric::CategoricalCrossentropy { from_logits: true }, Loss::Mse {}, &half),
            (Metric::SparseCategoricalCrossentropy { from_logits: false }, sparse, &classes),
        ];
        for (metric, loss, examples) in cases {
            for got in values(metric, loss, examples) {
                assert_close(&format!("{metric:?}"), &[got], &[2f64.ln()], 1e-6, 0.0);
            }
        }
    }

    #[test]
    fn metrics_that_need_other_targets_are_refused() {
        let sparse = Loss::SparseCategoricalCrossentropy { from_logits: true };
        let cases = [
            (
                Metric::Mae {},
                sparse,
                "metrics: mae: needs values as targets, but those of the loss are class numbers",
            ),
            (
                Metric::SparseCategoricalCrossentropy { from_logits: true },
                Loss::Mse {},
                "metrics: sparseCategoricalCrossentropy: needs class numbers as targets, but those \
                 of the loss are values",
            ),
            (
                Metric::Huber { delta: 0.0 },
                Loss::Mse {},
                "metrics: huber: delta must be a finite number above 0, got 0",
            ),
        ];
        for (metric, loss, expected) in cases {
            assert_eq!(metric.validate(&loss).unwrap_err().to_string(), expected);
        }
        assert!(Loss::Huber { delta: f32::NAN }.validate().is_err());
        assert!(Metric::Accuracy {}.validate(&sparse).is_ok());
    }

    /// The key of a history is the name that the metric has in JSON.
    #[test]
    fn keys_are_those_of_json() {
        let metrics = [
            Metric::Mse {},
            Metric::Mae {},
            Metric::Huber { delta: 1.0 },
            Metric::Rmse {},
            Metric::Mape {},
            Metric::LastStepMse {},
            Metric::Accuracy {},
            Metric::BinaryCrossentropy { from_logits: true },
            Metric::CategoricalCrossentropy { from_logits: true },
            Metric::SparseCategoricalCrossentropy { from_logits: true },
        ];
        for metric in metrics {
            assert_eq!(serde_json::to_value(metric).unwrap()["type"], metric.key());
        }
    }

    #[test]
    fn nothing_seen_is_nan() {
        assert!(MetricState::default().value(&Metric::Mse {}).is_nan());
    }
}
