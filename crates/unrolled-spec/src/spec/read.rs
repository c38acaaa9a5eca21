//! Descriptions from JSON, with Keras's defaults. An error says where it is and what was expected.

use super::*;
use crate::error::{Error, Result};
use crate::json::{self, Value, brief};

/// A description from JSON text. `what` names it in errors.
pub fn from_json<T: FromJson>(what: &str, text: &str) -> Result<T> {
    let value = json::parse(text).map_err(|error| Error::spec(what, error))?;
    T::read(what, value)
}

/// What can be read from a JSON value; `at` is its place.
pub trait FromJson: Sized {
    /// The value at `at`.
    fn read(at: &str, value: Value) -> Result<Self>;
}

/// The fields of an object, taken one by one; what is left at the end is unknown.
struct Fields<'a> {
    at: &'a str,
    left: Vec<(String, Value)>,
}

impl<'a> Fields<'a> {
    fn new(at: &'a str, value: Value) -> Result<Self> {
        match value {
            Value::Object(left) => Ok(Self { at, left }),
            other => Err(unexpected(at, "an object", &other)),
        }
    }

    /// The field of this name, the last if there are several; `null` is as good as none.
    fn take(&mut self, key: &str) -> Option<Value> {
        let mut found = Value::Null;
        // Once through, however many there are.
        self.left.retain_mut(|(name, value)| {
            let own = name == key;
            if own {
                found = std::mem::replace(value, Value::Null);
            }
            !own
        });
        Some(found).filter(|value| *value != Value::Null)
    }

    /// A field with a default.
    fn or<T: FromJson>(&mut self, key: &str, default: T) -> Result<T> {
        match self.take(key) {
            Some(value) => T::read(&format!("{}.{key}", self.at), value),
            None => Ok(default),
        }
    }

    /// A field that must be there.
    fn required<T: FromJson>(&mut self, key: &str) -> Result<T> {
        match self.take(key) {
            Some(value) => T::read(&format!("{}.{key}", self.at), value),
            None => Err(Error::spec(self.at, format!("'{key}' is missing"))),
        }
    }

    /// A field that only some types have: `own` says whether this one does. Files of earlier versions
    /// have it in all of them, with its default.
    fn of_some<T: FromJson + Clone + PartialEq>(
        &mut self,
        own: bool,
        key: &str,
        default: T,
    ) -> Result<T> {
        let value = self.or(key, default.clone())?;
        if own || value == default {
            return Ok(value);
        }
        Err(Error::spec(self.at, format!("a layer of this type has no option '{key}'")))
    }

    /// The tag of an enum.
    fn tag(&mut self) -> Result<String> {
        self.required("type")
    }

    fn unknown_tag<T>(&self, tag: &str, known: &str) -> Result<T> {
        let tag = brief(tag);
        Err(Error::spec(self.at, format!("unknown type '{tag}'; expected one of {known}")))
    }

    /// Nothing may be left.
    fn end<T>(self, value: T) -> Result<T> {
        match self.left.first() {
            Some((key, _)) => Err(Error::spec(self.at, format!("unknown option '{}'", brief(key)))),
            None => Ok(value),
        }
    }
}

fn unexpected(at: &str, expected: &str, got: &Value) -> Error {
    let got = match got {
        Value::Text(text) => brief(text).to_json(),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_json(),
    };
    Error::spec(at, format!("expected {expected}, got {got}"))
}

impl FromJson for bool {
    fn read(at: &str, value: Value) -> Result<Self> {
        match value {
            Value::Bool(value) => Ok(value),
            other => Err(unexpected(at, "true or false", &other)),
        }
    }
}

impl FromJson for u64 {
    fn read(at: &str, value: Value) -> Result<Self> {
        value.as_whole().ok_or_else(|| unexpected(at, "a whole number, at least 0", &value))
    }
}

impl FromJson for usize {
    fn read(at: &str, value: Value) -> Result<Self> {
        let number = u64::read(at, value)?;
        // Larger sizes could not be addressed, and products of smaller ones cannot overflow.
        match usize::try_from(number) {
            Ok(number) if number < 1 << 24 => Ok(number),
            _ => Err(Error::spec(at, format!("expected a number below 2^24, got {number}"))),
        }
    }
}

impl FromJson for f32 {
    fn read(at: &str, value: Value) -> Result<Self> {
        match value {
            Value::Number(x) => Ok(x as f32),
            other => Err(unexpected(at, "a number", &other)),
        }
    }
}

impl FromJson for String {
    fn read(at: &str, value: Value) -> Result<Self> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(unexpected(at, "a text", &other)),
        }
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(at: &str, value: Value) -> Result<Self> {
        if value == Value::Null { Ok(None) } else { T::read(at, value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(at: &str, value: Value) -> Result<Self> {
        let Value::List(list) = value else { return Err(unexpected(at, "a list", &value)) };
        list.into_iter().enumerate().map(|(i, v)| T::read(&format!("{at}[{i}]"), v)).collect()
    }
}

impl FromJson for Port {
    fn read(at: &str, value: Value) -> Result<Self> {
        match value {
            Value::List(mut pair) if pair.len() == 2 => {
                let index = usize::read(at, pair.remove(1))?;
                Ok(Port(String::read(at, pair.remove(0))?, index))
            }
            other => Err(unexpected(at, "[name, output number]", &other)),
        }
    }
}

impl FromJson for ModelSpec {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let spec = Self {
            inputs: f.required("inputs")?,
            nodes: f.required("nodes")?,
            outputs: f.required("outputs")?,
            seed: f.or("seed", 0)?,
        };
        f.end(spec)
    }
}

impl FromJson for InputSpec {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let spec = Self { name: f.required("name")?, shape: f.required("shape")? };
        f.end(spec)
    }
}

impl FromJson for NodeSpec {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let name: String = f.required("name")?;
        let layer = match f.take("layer") {
            Some(layer) => LayerSpec::read(&name, layer)?,
            None => return Err(Error::spec(name, "'layer' is missing")),
        };
        let spec = Self { layer, inputs: f.required("inputs")?, name };
        f.end(spec)
    }
}

impl FromJson for LayerSpec {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let tag = f.tag()?;
        let layer = match tag.as_str() {
            "simpleRnn" => LayerSpec::SimpleRnn(recurrent(&mut f, &tag)?),
            "lstm" => LayerSpec::Lstm(recurrent(&mut f, &tag)?),
            "gru" => LayerSpec::Gru(recurrent(&mut f, &tag)?),
            "dense" => LayerSpec::Dense(dense(&mut f)?),
            "dropout" => LayerSpec::Dropout(DropoutSpec { rate: f.required("rate")? }),
            "flatten" => LayerSpec::Flatten {},
            "activation" => {
                LayerSpec::Activation(ActivationSpec { activation: f.required("activation")? })
            }
            _ => {
                let known = "simpleRnn, lstm, gru, dense, dropout, flatten, activation";
                return f.unknown_tag(&tag, known);
            }
        };
        f.end(layer)
    }
}

fn recurrent(f: &mut Fields<'_>, tag: &str) -> Result<RecurrentSpec> {
    let (lstm, gru) = (tag == "lstm", tag == "gru");
    let d = RecurrentSpec::default();
    Ok(RecurrentSpec {
        units: f.required("units")?,
        activation: f.or("activation", d.activation)?,
        recurrent_activation: f.of_some(
            lstm || gru,
            "recurrentActivation",
            d.recurrent_activation,
        )?,
        use_bias: f.or("useBias", d.use_bias)?,
        return_sequences: f.or("returnSequences", d.return_sequences)?,
        return_state: f.or("returnState", d.return_state)?,
        go_backwards: f.or("goBackwards", d.go_backwards)?,
        unit_forget_bias: f.of_some(lstm, "unitForgetBias", d.unit_forget_bias)?,
        reset_after: f.of_some(gru, "resetAfter", d.reset_after)?,
        dropout: f.or("dropout", d.dropout)?,
        recurrent_dropout: f.or("recurrentDropout", d.recurrent_dropout)?,
        kernel_initializer: f.or("kernelInitializer", d.kernel_initializer)?,
        recurrent_initializer: f.or("recurrentInitializer", d.recurrent_initializer)?,
        bias_initializer: f.or("biasInitializer", d.bias_initializer)?,
        kernel_regularizer: f.or("kernelRegularizer", d.kernel_regularizer)?,
        recurrent_regularizer: f.or("recurrentRegularizer", d.recurrent_regularizer)?,
        bias_regularizer: f.or("biasRegularizer", d.bias_regularizer)?,
        kernel_constraint: f.or("kernelConstraint", d.kernel_constraint)?,
        recurrent_constraint: f.or("recurrentConstraint", d.recurrent_constraint)?,
        bias_constraint: f.or("biasConstraint", d.bias_constraint)?,
    })
}

fn dense(f: &mut Fields<'_>) -> Result<DenseSpec> {
    let d = DenseSpec::default();
    Ok(DenseSpec {
        units: f.required("units")?,
        activation: f.or("activation", d.activation)?,
        use_bias: f.or("useBias", d.use_bias)?,
        kernel_initializer: f.or("kernelInitializer", d.kernel_initializer)?,
        bias_initializer: f.or("biasInitializer", d.bias_initializer)?,
        kernel_regularizer: f.or("kernelRegularizer", d.kernel_regularizer)?,
        bias_regularizer: f.or("biasRegularizer", d.bias_regularizer)?,
        kernel_constraint: f.or("kernelConstraint", d.kernel_constraint)?,
        bias_constraint: f.or("biasConstraint", d.bias_constraint)?,
    })
}

/// The first name of an activation is the one that is written.
pub(super) const ACTIVATIONS: [(&str, Activation); 15] = [
    ("linear", Activation::Linear),
    ("tanh", Activation::Tanh),
    ("sigmoid", Activation::Sigmoid),
    ("relu", Activation::Relu),
    ("leakyRelu", Activation::LeakyRelu),
    ("elu", Activation::Elu),
    ("selu", Activation::Selu),
    ("gelu", Activation::Gelu),
    ("softplus", Activation::Softplus),
    ("softsign", Activation::Softsign),
    ("silu", Activation::Silu),
    ("swish", Activation::Silu),
    ("hardSigmoid", Activation::HardSigmoid),
    ("exponential", Activation::Exponential),
    ("softmax", Activation::Softmax),
];

impl FromJson for Activation {
    fn read(at: &str, value: Value) -> Result<Self> {
        let found = ACTIVATIONS.iter().find(|(name, _)| Some(*name) == value.as_text());
        found.map(|(_, activation)| *activation).ok_or_else(|| {
            let mut expected = String::from("one of ");
            for (i, (name, _)) in ACTIVATIONS.iter().enumerate() {
                expected += if i > 0 { ", " } else { "" };
                expected += name;
            }
            unexpected(at, &expected, &value)
        })
    }
}

impl FromJson for Initializer {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let tag = f.tag()?;
        let initializer = match tag.as_str() {
            "zeros" => Initializer::Zeros {},
            "ones" => Initializer::Ones {},
            "constant" => Initializer::Constant { value: f.required("value")? },
            "glorotUniform" => Initializer::GlorotUniform {},
            "glorotNormal" => Initializer::GlorotNormal {},
            "heUniform" => Initializer::HeUniform {},
            "heNormal" => Initializer::HeNormal {},
            "lecunUniform" => Initializer::LecunUniform {},
            "lecunNormal" => Initializer::LecunNormal {},
            "randomUniform" => Initializer::RandomUniform {
                minval: f.required("minval")?,
                maxval: f.required("maxval")?,
            },
            "randomNormal" => {
                let (mean, stddev) = (f.required("mean")?, f.required("stddev")?);
                Initializer::RandomNormal { mean, stddev }
            }
            "truncatedNormal" => {
                let (mean, stddev) = (f.required("mean")?, f.required("stddev")?);
                Initializer::TruncatedNormal { mean, stddev }
            }
            "orthogonal" => Initializer::Orthogonal { gain: f.or("gain", 1.0)? },
            "identity" => Initializer::Identity { gain: f.or("gain", 1.0)? },
            _ => {
                let known = "zeros, ones, constant, glorotUniform, glorotNormal, heUniform, \
                             heNormal, lecunUniform, lecunNormal, randomUniform, randomNormal, \
                             truncatedNormal, orthogonal, identity";
                return f.unknown_tag(&tag, known);
            }
        };
        f.end(initializer)
    }
}

impl FromJson for Regularizer {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let regularizer = Self { l1: f.or("l1", 0.0)?, l2: f.or("l2", 0.0)? };
        f.end(regularizer)
    }
}

impl FromJson for Constraint {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let constraint = Self { max_norm: f.or("maxNorm", None)? };
        f.end(constraint)
    }
}

impl FromJson for CompileSpec {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let spec = Self {
            loss: f.required("loss")?,
            optimizer: f.required("optimizer")?,
            metrics: f.or("metrics", Vec::new())?,
        };
        f.end(spec)
    }
}

impl FromJson for Loss {
    fn read(at: &str, value: Value) -> Result<Self> {
        let metric = Metric::read(at, value)?;
        metric.as_loss().ok_or_else(|| {
            let known = "mse, mae, huber, binaryCrossentropy, categoricalCrossentropy, \
                         sparseCategoricalCrossentropy";
            Error::spec(at, format!("'{}' is a metric; expected one of {known}", metric.key()))
        })
    }
}

impl FromJson for Metric {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let tag = f.tag()?;
        let metric = match tag.as_str() {
            "mse" => Metric::Mse {},
            "mae" => Metric::Mae {},
            "huber" => Metric::Huber { delta: f.or("delta", 1.0)? },
            "rmse" => Metric::Rmse {},
            "mape" => Metric::Mape {},
            "lastStepMse" => Metric::LastStepMse {},
            "accuracy" => Metric::Accuracy {},
            "binaryCrossentropy" => {
                Metric::BinaryCrossentropy { from_logits: f.or("fromLogits", false)? }
            }
            "categoricalCrossentropy" => {
                Metric::CategoricalCrossentropy { from_logits: f.or("fromLogits", false)? }
            }
            "sparseCategoricalCrossentropy" => {
                Metric::SparseCategoricalCrossentropy { from_logits: f.or("fromLogits", false)? }
            }
            _ => {
                let known = "mse, mae, huber, rmse, mape, lastStepMse, accuracy, \
                             binaryCrossentropy, categoricalCrossentropy, \
                             sparseCategoricalCrossentropy";
                return f.unknown_tag(&tag, known);
            }
        };
        f.end(metric)
    }
}

impl FromJson for OptimizerSpec {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let spec = Self {
            rule: f.required("rule")?,
            learning_rate: f.required("learningRate")?,
            clipvalue: f.or("clipvalue", None)?,
            clipnorm: f.or("clipnorm", None)?,
            global_clipnorm: f.or("globalClipnorm", None)?,
        };
        f.end(spec)
    }
}

impl FromJson for Rule {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let tag = f.tag()?;
        let rule = match tag.as_str() {
            "sgd" => {
                Rule::Sgd { momentum: f.or("momentum", 0.0)?, nesterov: f.or("nesterov", false)? }
            }
            "rmsprop" => Rule::Rmsprop {
                rho: f.or("rho", 0.9)?,
                momentum: f.or("momentum", 0.0)?,
                epsilon: f.or("epsilon", 1e-7)?,
                centered: f.or("centered", false)?,
            },
            "adam" | "adamw" | "nadam" => {
                let beta_1 = f.or("beta1", 0.9)?;
                let beta_2 = f.or("beta2", 0.999)?;
                let epsilon = f.or("epsilon", 1e-7)?;
                match tag.as_str() {
                    "adam" => Rule::Adam { beta_1, beta_2, epsilon },
                    "nadam" => Rule::Nadam { beta_1, beta_2, epsilon },
                    _ => {
                        let weight_decay = f.or("weightDecay", 0.004)?;
                        Rule::Adamw { beta_1, beta_2, epsilon, weight_decay }
                    }
                }
            }
            _ => return f.unknown_tag(&tag, "sgd, rmsprop, adam, adamw, nadam"),
        };
        f.end(rule)
    }
}

impl FromJson for LearningRate {
    fn read(at: &str, value: Value) -> Result<Self> {
        let mut f = Fields::new(at, value)?;
        let tag = f.tag()?;
        let rate = match tag.as_str() {
            "constant" => LearningRate::Constant { value: f.required("value")? },
            "exponential" => LearningRate::Exponential {
                initial: f.required("initial")?,
                decay_steps: f.required("decaySteps")?,
                decay_rate: f.required("decayRate")?,
                staircase: f.or("staircase", false)?,
            },
            "cosine" => LearningRate::Cosine {
                initial: f.required("initial")?,
                decay_steps: f.required("decaySteps")?,
                alpha: f.or("alpha", 0.0)?,
                warmup_target: f.or("warmupTarget", None)?,
                warmup_steps: f.or("warmupSteps", 0.0)?,
            },
            "piecewise" => LearningRate::Piecewise {
                boundaries: f.required("boundaries")?,
                values: f.required("values")?,
            },
            "oneCycle" => LearningRate::OneCycle {
                max: f.required("max")?,
                total_steps: f.required("totalSteps")?,
            },
            _ => {
                let known = "constant, exponential, cosine, piecewise, oneCycle";
                return f.unknown_tag(&tag, known);
            }
        };
        f.end(rate)
    }
}

#[cfg(test)]
mod tests;
