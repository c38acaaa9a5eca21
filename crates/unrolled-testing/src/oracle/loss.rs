//! Keras's losses.

use ndarray::{Array1, ArrayView1, ArrayView2, ArrayView3, s};
use serde::Deserialize;

/// A loss, by its JSON in a `CompileSpec`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(missing_docs)]
pub enum Loss {
    Mse {},
    Mae {},
    Huber {
        #[serde(default = "one")]
        delta: f64,
    },
    BinaryCrossentropy {
        #[serde(default)]
        from_logits: bool,
    },
    CategoricalCrossentropy {
        #[serde(default)]
        from_logits: bool,
    },
    SparseCategoricalCrossentropy {
        #[serde(default)]
        from_logits: bool,
    },
}

fn one() -> f64 {
    1.0
}

/// Keras's fuzz factor: probabilities are kept this far from 0 and 1.
const EPSILON: f64 = 1e-7;

impl Loss {
    /// Loss of one example at one step: `y` and `p` hold its features.
    pub fn of(self, y: ArrayView1<f64>, p: ArrayView1<f64>) -> f64 {
        let mean = |f: &dyn Fn(f64, f64) -> f64| {
            y.iter().zip(p).map(|(&y, &p)| f(y, p)).sum::<f64>() / p.len() as f64
        };
        match self {
            Loss::Mse {} => mean(&|y, p| (y - p).powi(2)),
            Loss::Mae {} => mean(&|y, p| (y - p).abs()),
            Loss::Huber { delta } => mean(&|y, p| {
                let e = (y - p).abs();
                if e <= delta { 0.5 * e * e } else { delta * e - 0.5 * delta * delta }
            }),
            Loss::BinaryCrossentropy { from_logits: true } => {
                mean(&|y, p| p.max(0.0) - p * y + (-p.abs()).exp().ln_1p())
            }
            Loss::BinaryCrossentropy { from_logits: false } => mean(&|y, p| {
                let p = p.clamp(EPSILON, 1.0 - EPSILON);
                -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
            }),
            Loss::CategoricalCrossentropy { from_logits } => {
                -log_probabilities(p, from_logits).dot(&y)
            }
            Loss::SparseCategoricalCrossentropy { from_logits } => {
                -log_probabilities(p, from_logits)[y[0] as usize]
            }
        }
    }
}

/// Logarithms of a row's probabilities, from logits or from anything positive (normalised, then
/// clipped, as Keras does).
fn log_probabilities(p: ArrayView1<f64>, from_logits: bool) -> Array1<f64> {
    if from_logits {
        let largest = p.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let sum: f64 = p.iter().map(|x| (x - largest).exp()).sum();
        p.mapv(|x| x - largest - sum.ln())
    } else {
        let sum = p.sum();
        p.mapv(|x| (x / sum).clamp(EPSILON, 1.0 - EPSILON).ln())
    }
}

/// The mean over valid steps (all if `None`). `y, p: [batch, time, features]`, a vector output
/// having one step; `valid: [batch, time]`.
pub fn mean_loss(
    loss: Loss,
    y: ArrayView3<f64>,
    p: ArrayView3<f64>,
    valid: Option<ArrayView2<bool>>,
) -> f64 {
    let (batch, time, _) = p.dim();
    let (mut sum, mut count) = (0.0, 0.0);
    for b in 0..batch {
        for t in 0..time {
            if valid.is_none_or(|valid| valid[[b, t]]) {
                sum += loss.of(y.slice(s![b, t, ..]), p.slice(s![b, t, ..]));
                count += 1.0;
            }
        }
    }
    sum / count
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn agrees_with_hand_worked_values() {
        let (y, p) = (array![1.0, 0.0], array![0.8, 0.3]);
        let bce = -(0.8f64.ln() + 0.7f64.ln()) / 2.0;
        let cce = -(0.8f64 / 1.1).ln();
        let class = array![0.0];
        for (loss, y, want) in [
            (Loss::Mse {}, &y, (0.04 + 0.09) / 2.0),
            (Loss::Mae {}, &y, 0.25),
            (Loss::Huber { delta: 0.25 }, &y, (0.02 + 0.075 - 0.03125) / 2.0),
            (Loss::BinaryCrossentropy { from_logits: false }, &y, bce),
            (Loss::CategoricalCrossentropy { from_logits: false }, &y, cce),
            (Loss::SparseCategoricalCrossentropy { from_logits: false }, &class, cce),
        ] {
            let got = loss.of(y.view(), p.view());
            assert!((got - want).abs() < 1e-12, "{loss:?}: {got} {want}");
        }
    }

    #[test]
    fn logits_give_what_their_probabilities_give() {
        let z = array![0.4, -1.1];
        let q = z.mapv(|x| 1.0 / (1.0 + f64::exp(-x)));
        let y = array![1.0, 0.0];
        let a = Loss::BinaryCrossentropy { from_logits: true }.of(y.view(), z.view());
        let b = Loss::BinaryCrossentropy { from_logits: false }.of(y.view(), q.view());
        assert!((a - b).abs() < 1e-12);
        let q = z.mapv(f64::exp);
        let a = Loss::CategoricalCrossentropy { from_logits: true }.of(y.view(), z.view());
        let b = Loss::CategoricalCrossentropy { from_logits: false }.of(y.view(), q.view());
        assert!((a - b).abs() < 1e-12);
    }
}
