//! Checks of descriptions that need nothing but the description.

use crate::error::{Error, Result};
use crate::json::number;
use crate::spec::{Initializer, Loss, Metric};

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
    pub fn as_loss(&self) -> Option<Loss> {
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

impl From<Loss> for Metric {
    fn from(loss: Loss) -> Self {
        match loss {
            Loss::Mse {} => Metric::Mse {},
            Loss::Mae {} => Metric::Mae {},
            Loss::Huber { delta } => Metric::Huber { delta },
            Loss::BinaryCrossentropy { from_logits } => Metric::BinaryCrossentropy { from_logits },
            Loss::CategoricalCrossentropy { from_logits } => {
                Metric::CategoricalCrossentropy { from_logits }
            }
            Loss::SparseCategoricalCrossentropy { from_logits } => {
                Metric::SparseCategoricalCrossentropy { from_logits }
            }
        }
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

/// Whether a Huber loss can have this `delta`; `at` names it.
fn validate_delta(at: &str, delta: f32) -> Result<()> {
    match delta.is_finite() && delta > 0.0 {
        true => Ok(()),
        false => Err(Error::spec(
            at,
            format!("delta must be a finite number above 0, got {}", number(delta)),
        )),
    }
}

impl Initializer {
    /// Whether the initialiser can fill a parameter of this shape; `at` names it.
    pub fn validate(&self, at: &str, shape: &[usize]) -> Result<()> {
        let finite = |name: &str, x: f32| match x.is_finite() {
            true => Ok(()),
            false => Err(Error::spec(
                at,
                format!("{name} of the initializer must be finite, got {}", number(x)),
            )),
        };
        match *self {
            Initializer::Constant { value } => finite("value", value),
            Initializer::RandomUniform { minval, maxval } => {
                finite("minval", minval)?;
                finite("maxval", maxval)?;
                if minval > maxval {
                    return Err(Error::spec(
                        at,
                        format!(
                            "minval of the initializer is {}, above maxval {}",
                            number(minval),
                            number(maxval)
                        ),
                    ));
                }
                finite("maxval - minval", maxval - minval)
            }
            Initializer::RandomNormal { mean, stddev }
            | Initializer::TruncatedNormal { mean, stddev } => {
                finite("mean", mean)?;
                finite("stddev", stddev)?;
                if stddev < 0.0 {
                    return Err(Error::spec(
                        at,
                        format!(
                            "stddev of the initializer must be at least 0, got {}",
                            number(stddev)
                        ),
                    ));
                }
                Ok(())
            }
            Initializer::Orthogonal { gain } => {
                finite("gain", gain)?;
                if shape.len() < 2 {
                    return Err(Error::spec(
                        at,
                        format!("orthogonal needs a matrix, but the shape is {shape:?}"),
                    ));
                }
                Ok(())
            }
            Initializer::Identity { gain } => {
                finite("gain", gain)?;
                if shape.len() != 2 {
                    return Err(Error::spec(
                        at,
                        format!("identity needs a matrix, but the shape is {shape:?}"),
                    ));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
