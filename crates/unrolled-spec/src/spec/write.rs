//! Descriptions → JSON, every field spelled out. The counterpart of `read`.

use super::read::ACTIVATIONS;
use super::*;
use crate::json::{ToJson, Writer};

impl LayerSpec {
    /// Its `type` in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            LayerSpec::SimpleRnn(_) => "simpleRnn",
            LayerSpec::Lstm(_) => "lstm",
            LayerSpec::Gru(_) => "gru",
            LayerSpec::Dense(_) => "dense",
            LayerSpec::Dropout(_) => "dropout",
            LayerSpec::Flatten {} => "flatten",
            LayerSpec::Activation(_) => "activation",
        }
    }
}

impl ToJson for ModelSpec {
    fn write(&self, to: &mut Writer) {
        let Self { inputs, nodes, outputs, seed } = self;
        to.object(&[("inputs", inputs), ("nodes", nodes), ("outputs", outputs), ("seed", seed)]);
    }
}

impl ToJson for InputSpec {
    fn write(&self, to: &mut Writer) {
        to.object(&[("name", &self.name), ("shape", &self.shape)]);
    }
}

impl ToJson for NodeSpec {
    fn write(&self, to: &mut Writer) {
        to.object(&[("name", &self.name), ("layer", &self.layer), ("inputs", &self.inputs)]);
    }
}

impl ToJson for Port {
    fn write(&self, to: &mut Writer) {
        to.open('[');
        self.0.write(to);
        self.1.write(to);
        to.close(']');
    }
}

impl ToJson for LayerSpec {
    fn write(&self, to: &mut Writer) {
        let kind = self.kind();
        match self {
            LayerSpec::SimpleRnn(spec) | LayerSpec::Lstm(spec) | LayerSpec::Gru(spec) => {
                recurrent(kind, spec, to);
            }
            LayerSpec::Dense(spec) => dense(kind, spec, to),
            LayerSpec::Dropout(spec) => to.tagged(kind, &[("rate", &spec.rate)]),
            LayerSpec::Flatten {} => to.tagged(kind, &[]),
            LayerSpec::Activation(spec) => to.tagged(kind, &[("activation", &spec.activation)]),
        }
    }
}

fn recurrent(kind: &str, spec: &RecurrentSpec, to: &mut Writer) {
    let (lstm, gru) = (kind == "lstm", kind == "gru");
    to.open('{');
    to.fields(&[("type", &kind), ("units", &spec.units), ("activation", &spec.activation)]);
    if lstm || gru {
        to.fields(&[("recurrentActivation", &spec.recurrent_activation)]);
    }
    to.fields(&[
        ("useBias", &spec.use_bias),
        ("returnSequences", &spec.return_sequences),
        ("returnState", &spec.return_state),
        ("goBackwards", &spec.go_backwards),
    ]);
    if lstm {
        to.fields(&[("unitForgetBias", &spec.unit_forget_bias)]);
    }
    if gru {
        to.fields(&[("resetAfter", &spec.reset_after)]);
    }
    to.fields(&[
        ("dropout", &spec.dropout),
        ("recurrentDropout", &spec.recurrent_dropout),
        ("kernelInitializer", &spec.kernel_initializer),
        ("recurrentInitializer", &spec.recurrent_initializer),
        ("biasInitializer", &spec.bias_initializer),
        ("kernelRegularizer", &spec.kernel_regularizer),
        ("recurrentRegularizer", &spec.recurrent_regularizer),
        ("biasRegularizer", &spec.bias_regularizer),
        ("kernelConstraint", &spec.kernel_constraint),
        ("recurrentConstraint", &spec.recurrent_constraint),
        ("biasConstraint", &spec.bias_constraint),
    ]);
    to.close('}');
}

fn dense(kind: &str, spec: &DenseSpec, to: &mut Writer) {
    to.tagged(
        kind,
        &[
            ("units", &spec.units),
            ("activation", &spec.activation),
            ("useBias", &spec.use_bias),
            ("kernelInitializer", &spec.kernel_initializer),
            ("biasInitializer", &spec.bias_initializer),
            ("kernelRegularizer", &spec.kernel_regularizer),
            ("biasRegularizer", &spec.bias_regularizer),
            ("kernelConstraint", &spec.kernel_constraint),
            ("biasConstraint", &spec.bias_constraint),
        ],
    );
}

impl ToJson for Activation {
    fn write(&self, to: &mut Writer) {
        let name = ACTIVATIONS.iter().find(|(_, activation)| activation == self);
        name.map(|(name, _)| *name).write(to);
    }
}

impl ToJson for Initializer {
    fn write(&self, to: &mut Writer) {
        match self {
            Initializer::Zeros {} => to.tagged("zeros", &[]),
            Initializer::Ones {} => to.tagged("ones", &[]),
            Initializer::Constant { value } => to.tagged("constant", &[("value", value)]),
            Initializer::GlorotUniform {} => to.tagged("glorotUniform", &[]),
            Initializer::GlorotNormal {} => to.tagged("glorotNormal", &[]),
            Initializer::HeUniform {} => to.tagged("heUniform", &[]),
            Initializer::HeNormal {} => to.tagged("heNormal", &[]),
            Initializer::LecunUniform {} => to.tagged("lecunUniform", &[]),
            Initializer::LecunNormal {} => to.tagged("lecunNormal", &[]),
            Initializer::RandomUniform { minval, maxval } => {
                to.tagged("randomUniform", &[("minval", minval), ("maxval", maxval)]);
            }
            Initializer::RandomNormal { mean, stddev } => {
                to.tagged("randomNormal", &[("mean", mean), ("stddev", stddev)]);
            }
            Initializer::TruncatedNormal { mean, stddev } => {
                to.tagged("truncatedNormal", &[("mean", mean), ("stddev", stddev)]);
            }
            Initializer::Orthogonal { gain } => to.tagged("orthogonal", &[("gain", gain)]),
            Initializer::Identity { gain } => to.tagged("identity", &[("gain", gain)]),
        }
    }
}

impl ToJson for Regularizer {
    fn write(&self, to: &mut Writer) {
        to.object(&[("l1", &self.l1), ("l2", &self.l2)]);
    }
}

impl ToJson for Constraint {
    fn write(&self, to: &mut Writer) {
        to.object(&[("maxNorm", &self.max_norm)]);
    }
}

impl ToJson for CompileSpec {
    fn write(&self, to: &mut Writer) {
        let Self { loss, optimizer, metrics } = self;
        to.object(&[("loss", loss), ("optimizer", optimizer), ("metrics", metrics)]);
    }
}

impl ToJson for Loss {
    fn write(&self, to: &mut Writer) {
        Metric::from(*self).write(to);
    }
}

impl ToJson for Metric {
    fn write(&self, to: &mut Writer) {
        match self {
            Metric::Huber { delta } => to.tagged(self.key(), &[("delta", delta)]),
            Metric::BinaryCrossentropy { from_logits }
            | Metric::CategoricalCrossentropy { from_logits }
            | Metric::SparseCategoricalCrossentropy { from_logits } => {
                to.tagged(self.key(), &[("fromLogits", from_logits)]);
            }
            _ => to.tagged(self.key(), &[]),
        }
    }
}

impl ToJson for OptimizerSpec {
    fn write(&self, to: &mut Writer) {
        to.object(&[
            ("rule", &self.rule),
            ("learningRate", &self.learning_rate),
            ("clipvalue", &self.clipvalue),
            ("clipnorm", &self.clipnorm),
            ("globalClipnorm", &self.global_clipnorm),
        ]);
    }
}

impl ToJson for Rule {
    fn write(&self, to: &mut Writer) {
        match self {
            Rule::Sgd { momentum, nesterov } => {
                to.tagged("sgd", &[("momentum", momentum), ("nesterov", nesterov)]);
            }
            Rule::Rmsprop { rho, momentum, epsilon, centered } => to.tagged(
                "rmsprop",
                &[
                    ("rho", rho),
                    ("momentum", momentum),
                    ("epsilon", epsilon),
                    ("centered", centered),
                ],
            ),
            Rule::Adam { beta_1, beta_2, epsilon } => {
                to.tagged("adam", &[("beta1", beta_1), ("beta2", beta_2), ("epsilon", epsilon)]);
            }
            Rule::Adamw { beta_1, beta_2, epsilon, weight_decay } => to.tagged(
                "adamw",
                &[
                    ("beta1", beta_1),
                    ("beta2", beta_2),
                    ("epsilon", epsilon),
                    ("weightDecay", weight_decay),
                ],
            ),
            Rule::Nadam { beta_1, beta_2, epsilon } => {
                to.tagged("nadam", &[("beta1", beta_1), ("beta2", beta_2), ("epsilon", epsilon)]);
            }
        }
    }
}

impl ToJson for LearningRate {
    fn write(&self, to: &mut Writer) {
        match self {
            LearningRate::Constant { value } => to.tagged("constant", &[("value", value)]),
            LearningRate::Exponential { initial, decay_steps, decay_rate, staircase } => to.tagged(
                "exponential",
                &[
                    ("initial", initial),
                    ("decaySteps", decay_steps),
                    ("decayRate", decay_rate),
                    ("staircase", staircase),
                ],
            ),
            LearningRate::Cosine { initial, decay_steps, alpha, warmup_target, warmup_steps } => {
                to.tagged(
                    "cosine",
                    &[
                        ("initial", initial),
                        ("decaySteps", decay_steps),
                        ("alpha", alpha),
                        ("warmupTarget", warmup_target),
                        ("warmupSteps", warmup_steps),
                    ],
                );
            }
            LearningRate::Piecewise { boundaries, values } => {
                to.tagged("piecewise", &[("boundaries", boundaries), ("values", values)]);
            }
            LearningRate::OneCycle { max, total_steps } => {
                to.tagged("oneCycle", &[("max", max), ("totalSteps", total_steps)]);
            }
        }
    }
}
