//! Checks of descriptions that need nothing but the description.

use crate::bounds::{finite, not_negative, positive, share, within};
use crate::error::{Error, Result};
use crate::json::number;
use crate::spec::{
    CompileSpec, Constraint, Initializer, Loss, Metric, OptimizerSpec, Regularizer, Rule,
};

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
            positive("metrics: huber", "delta", delta)?;
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
            Loss::Huber { delta } => positive("loss: huber", "delta", delta),
            _ => Ok(()),
        }
    }
}

impl Initializer {
    /// Whether the initialiser can fill a parameter of this shape; `at` names it.
    pub fn validate(&self, at: &str, shape: &[usize]) -> Result<()> {
        let finite = |name: &str, x| finite(at, &format!("{name} of the initializer"), x);
        let matrix = |name: &str, fits: bool| match fits {
            true => Ok(()),
            false => {
                Err(Error::spec(at, format!("{name} needs a matrix, but the shape is {shape:?}")))
            }
        };
        match *self {
            Initializer::Constant { value } => finite("value", value),
            Initializer::RandomUniform { minval, maxval } => {
                finite("minval", minval)?;
                finite("maxval", maxval)?;
                if minval > maxval {
                    let (low, high) = (number(minval), number(maxval));
                    let message =
                        format!("minval of the initializer is {low}, above maxval {high}");
                    return Err(Error::spec(at, message));
                }
                finite("maxval - minval", maxval - minval)
            }
            Initializer::RandomNormal { mean, stddev }
            | Initializer::TruncatedNormal { mean, stddev } => {
                finite("mean", mean)?;
                not_negative(at, "stddev of the initializer", stddev)
            }
            Initializer::Orthogonal { gain } => {
                finite("gain", gain)?;
                matrix("orthogonal", shape.len() >= 2)
            }
            Initializer::Identity { gain } => {
                finite("gain", gain)?;
                matrix("identity", shape.len() == 2)
            }
            _ => Ok(()),
        }
    }
}

impl Regularizer {
    /// Whether the factors can be used; `at` names the parameter.
    pub fn validate(&self, at: &str) -> Result<()> {
        not_negative(at, "l1", self.l1)?;
        not_negative(at, "l2", self.l2)
    }
}

impl Constraint {
    /// Whether the norm can be used; `at` names the parameter.
    pub fn validate(&self, at: &str) -> Result<()> {
        self.max_norm.map_or(Ok(()), |norm| positive(at, "maxNorm", norm))
    }
}

impl OptimizerSpec {
    /// Whether rule, learning rate and clipping can be used.
    pub fn validate(&self) -> Result<()> {
        const AT: &str = "optimizer";
        // A heavy ball may roll for ever: Keras allows a momentum of 1.
        let momentum = |x| within(AT, "momentum", [0.0, 1.0], x);
        let moments = |beta_1, beta_2, epsilon| {
            share(AT, "beta1", beta_1)?;
            share(AT, "beta2", beta_2)?;
            positive(AT, "epsilon", epsilon)
        };
        self.learning_rate.validate()?;
        match self.rule {
            Rule::Sgd { momentum: share, nesterov } => {
                momentum(share)?;
                if nesterov && share == 0.0 {
                    return Err(Error::spec(AT, "nesterov needs a momentum above 0"));
                }
            }
            // Without epsilon a weight whose gradient was always zero would become 0/0.
            Rule::Rmsprop { rho, momentum: kept, epsilon, .. } => {
                share(AT, "rho", rho)?;
                momentum(kept)?;
                positive(AT, "epsilon", epsilon)?;
            }
            Rule::Adam { beta_1, beta_2, epsilon } | Rule::Nadam { beta_1, beta_2, epsilon } => {
                moments(beta_1, beta_2, epsilon)?;
            }
            Rule::Adamw { beta_1, beta_2, epsilon, weight_decay } => {
                moments(beta_1, beta_2, epsilon)?;
                not_negative(AT, "weightDecay", weight_decay)?;
            }
        }
        let mut clips = [
            ("clipvalue", self.clipvalue),
            ("clipnorm", self.clipnorm),
            ("globalClipnorm", self.global_clipnorm),
        ]
        .into_iter()
        .filter_map(|(name, limit)| Some((name, limit?)));
        clips.clone().try_for_each(|(name, limit)| positive(AT, name, limit))?;
        match clips.nth(1) {
            Some(_) => {
                let message = "only one of clipvalue, clipnorm and globalClipnorm can be set";
                Err(Error::spec(AT, message))
            }
            None => Ok(()),
        }
    }
}

impl CompileSpec {
    /// Whether a model can be trained so.
    pub fn validate(&self) -> Result<()> {
        self.metrics.iter().try_for_each(|metric| metric.validate(&self.loss))?;
        self.loss.validate()?;
        self.optimizer.validate()
    }
}
