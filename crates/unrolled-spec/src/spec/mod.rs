//! Plain-data description of a model and of how it is trained: what crosses the boundary as JSON.
//!
//! Every field has Keras's name (in camelCase in JSON) and Keras's default. A description is only
//! data; the plan of `unrolled-core` validates it, infers shapes and says what is wrong with it.

mod defaults;
pub mod pieces;
mod read;
mod write;

pub use crate::json::ToJson;
pub use read::{FromJson, from_json};

/// A graph of layers: the description of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSpec {
    /// The graph's inputs.
    pub inputs: Vec<InputSpec>,
    /// The layers, each after the layers that it reads.
    pub nodes: Vec<NodeSpec>,
    /// What the model gives back.
    pub outputs: Vec<Port>,
    /// Seed of initialisation, shuffling and dropout; below 2⁵³.
    pub seed: u64,
}

/// One input of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct InputSpec {
    /// Name, unique among inputs and layers.
    pub name: String,
    /// Shape of one example: `[features]`, or `[time, features]` with `null` for any length.
    pub shape: Vec<Option<usize>>,
}

/// One layer of the graph and what it reads.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeSpec {
    /// Name, unique among inputs and layers.
    pub name: String,
    /// The layer.
    pub layer: LayerSpec,
    /// What it reads. A recurrent layer takes its initial state(s) after the sequence.
    pub inputs: Vec<Port>,
}

/// `[name, index]`: output `index` of the input or layer `name`. A recurrent layer with
/// `return_state` has outputs 0 (sequence or vector), 1 (h) and, for an LSTM, 2 (c).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Port(pub String, pub usize);

/// A layer, tagged by `type` in JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerSpec {
    /// Fully connected recurrent layer: `h = activation(x·kernel + h·recurrent_kernel + bias)`.
    SimpleRnn(RecurrentSpec),
    /// Long short-term memory.
    Lstm(RecurrentSpec),
    /// Gated recurrent unit.
    Gru(RecurrentSpec),
    /// `activation(x·kernel + bias)`, on vectors and at every time step.
    Dense(DenseSpec),
    /// Zeroes a share of the inputs while training and scales the rest by `1/(1-rate)`.
    Dropout(DropoutSpec),
    /// `[time, features]` → `[time·features]`.
    Flatten {},
    /// An activation by itself.
    Activation(ActivationSpec),
}

/// Options of the three recurrent layers; those of the gates only of the layers that have them.
#[derive(Clone, Debug, PartialEq)]
pub struct RecurrentSpec {
    /// Number of units.
    pub units: usize,
    /// Activation of the candidate and output.
    pub activation: Activation,
    /// LSTM and GRU: activation of the gates.
    pub recurrent_activation: Activation,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Give the whole sequence instead of the last step.
    pub return_sequences: bool,
    /// Give the last state(s) as further outputs.
    pub return_state: bool,
    /// Read the sequence from its end.
    pub go_backwards: bool,
    /// LSTM: start the bias of the forget gate at one.
    pub unit_forget_bias: bool,
    /// GRU: apply the reset gate after the matrix product (cuDNN's form) instead of before.
    pub reset_after: bool,
    /// Share of the inputs dropped, one mask a sequence; in [0, 1).
    pub dropout: f32,
    /// Share of the state dropped before its matrix product, one mask a sequence; in [0, 1).
    pub recurrent_dropout: f32,
    /// Start of `kernel`.
    pub kernel_initializer: Initializer,
    /// Start of `recurrent_kernel`.
    pub recurrent_initializer: Initializer,
    /// Start of `bias`.
    pub bias_initializer: Initializer,
    /// Penalty on `kernel`.
    pub kernel_regularizer: Regularizer,
    /// Penalty on `recurrent_kernel`.
    pub recurrent_regularizer: Regularizer,
    /// Penalty on `bias`.
    pub bias_regularizer: Regularizer,
    /// Constraint of `kernel`.
    pub kernel_constraint: Constraint,
    /// Constraint of `recurrent_kernel`.
    pub recurrent_constraint: Constraint,
    /// Constraint of `bias`.
    pub bias_constraint: Constraint,
}

/// Options of a dense layer.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseSpec {
    /// Number of units.
    pub units: usize,
    /// Activation.
    pub activation: Activation,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Start of `kernel`.
    pub kernel_initializer: Initializer,
    /// Start of `bias`.
    pub bias_initializer: Initializer,
    /// Penalty on `kernel`.
    pub kernel_regularizer: Regularizer,
    /// Penalty on `bias`.
    pub bias_regularizer: Regularizer,
    /// Constraint of `kernel`.
    pub kernel_constraint: Constraint,
    /// Constraint of `bias`.
    pub bias_constraint: Constraint,
}

/// Options of a dropout layer.
#[derive(Clone, Debug, PartialEq)]
pub struct DropoutSpec {
    /// Share of the inputs dropped; in [0, 1).
    pub rate: f32,
}

/// Options of an activation layer.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationSpec {
    /// The activation.
    pub activation: Activation,
}

/// Keras's activations, with its constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `x`
    Linear,
    /// hyperbolic tangent
    Tanh,
    /// `1/(1+e⁻ˣ)`
    Sigmoid,
    /// `max(x, 0)`
    Relu,
    /// `x` above 0, else `0.2·x` (Keras 3's negative slope)
    LeakyRelu,
    /// `x` above 0, else `eˣ−1`
    Elu,
    /// `1.0507·x` above 0, else `1.7581·(eˣ−1)`
    Selu,
    /// `x·Φ(x)`, by the error function
    Gelu,
    /// `ln(1+eˣ)`
    Softplus,
    /// `x/(1+|x|)`
    Softsign,
    /// `x·sigmoid(x)`; also called swish
    Silu,
    /// `clamp(x/6 + 1/2, 0, 1)`
    HardSigmoid,
    /// `eˣ`
    Exponential,
    /// `eˣ/Σeˣ` over the features
    Softmax,
}

/// Keras's initialisers; fans as Keras counts them.
#[derive(Clone, Debug, PartialEq)]
pub enum Initializer {
    /// All zero.
    Zeros {},
    /// All one.
    Ones {},
    /// One value.
    Constant {
        /// The value.
        value: f32,
    },
    /// Uniform in ±√(6/(fan_in+fan_out)).
    GlorotUniform {},
    /// Normal, truncated at two standard deviations, variance 2/(fan_in+fan_out).
    GlorotNormal {},
    /// Uniform in ±√(6/fan_in).
    HeUniform {},
    /// Normal, truncated at two standard deviations, variance 2/fan_in.
    HeNormal {},
    /// Uniform in ±√(3/fan_in).
    LecunUniform {},
    /// Normal, truncated at two standard deviations, variance 1/fan_in.
    LecunNormal {},
    /// Uniform in [minval, maxval).
    RandomUniform {
        /// Lower bound.
        minval: f32,
        /// Upper bound.
        maxval: f32,
    },
    /// Normal.
    RandomNormal {
        /// Mean.
        mean: f32,
        /// Standard deviation.
        stddev: f32,
    },
    /// Normal, redrawn beyond two standard deviations.
    TruncatedNormal {
        /// Mean.
        mean: f32,
        /// Standard deviation.
        stddev: f32,
    },
    /// Rows or columns orthonormal, times `gain`.
    Orthogonal {
        /// Factor.
        gain: f32,
    },
    /// Identity matrix times `gain`.
    Identity {
        /// Factor.
        gain: f32,
    },
}

/// `l1·Σ|w| + l2·Σw²`, added to the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Regularizer {
    /// Factor of the sum of magnitudes.
    pub l1: f32,
    /// Factor of the sum of squares.
    pub l2: f32,
}

/// What a parameter must keep to after each step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Constraint {
    /// Largest Euclidean norm of the weights that enter one unit (Keras's `MaxNorm`, axis 0).
    pub max_norm: Option<f32>,
}

/// How a model is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct CompileSpec {
    /// What is minimised.
    pub loss: Loss,
    /// By what rule.
    pub optimizer: OptimizerSpec,
    /// What is reported besides.
    pub metrics: Vec<Metric>,
}

/// Losses: means over the valid examples, time steps and features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// Mean squared error.
    Mse {},
    /// Mean absolute error.
    Mae {},
    /// Huber: quadratic up to `delta`, then linear.
    Huber {
        /// Where the two parts meet.
        delta: f32,
    },
    /// Binary cross-entropy.
    BinaryCrossentropy {
        /// Predictions are logits instead of probabilities.
        from_logits: bool,
    },
    /// Cross-entropy with one-hot targets.
    CategoricalCrossentropy {
        /// Predictions are logits instead of probabilities.
        from_logits: bool,
    },
    /// Cross-entropy with class numbers as targets.
    SparseCategoricalCrossentropy {
        /// Predictions are logits instead of probabilities.
        from_logits: bool,
    },
}

/// Metrics: a loss by its name, or one of the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metric {
    /// Mean squared error.
    Mse {},
    /// Mean absolute error.
    Mae {},
    /// Huber loss.
    Huber {
        /// Where the two parts meet.
        delta: f32,
    },
    /// Square root of the mean squared error over all that was seen.
    Rmse {},
    /// Mean absolute percentage error, `100·|y−ŷ|/max(|y|, 1e-7)`.
    Mape {},
    /// Mean squared error of the last valid step of each sequence.
    LastStepMse {},
    /// Share of right answers: binary, one-hot or class numbers, as the loss implies.
    Accuracy {},
    /// Binary cross-entropy.
    BinaryCrossentropy {
        /// Predictions are logits instead of probabilities.
        from_logits: bool,
    },
    /// Cross-entropy with one-hot targets.
    CategoricalCrossentropy {
        /// Predictions are logits instead of probabilities.
        from_logits: bool,
    },
    /// Cross-entropy with class numbers as targets.
    SparseCategoricalCrossentropy {
        /// Predictions are logits instead of probabilities.
        from_logits: bool,
    },
}

/// An update rule with its clipping.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerSpec {
    /// The rule.
    pub rule: Rule,
    /// Step size, constant or by a schedule.
    pub learning_rate: LearningRate,
    /// Clip every gradient element to ± this.
    pub clipvalue: Option<f32>,
    /// Scale each parameter's gradient down to this norm.
    pub clipnorm: Option<f32>,
    /// Scale all gradients together down to this norm.
    pub global_clipnorm: Option<f32>,
}

/// Update rules, with Keras's defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Stochastic gradient descent.
    Sgd {
        /// Share of the last step kept.
        momentum: f32,
        /// Nesterov's form of momentum.
        nesterov: bool,
    },
    /// RMSprop.
    Rmsprop {
        /// Decay of the running mean of squares.
        rho: f32,
        /// Share of the last step kept.
        momentum: f32,
        /// Added to the denominator.
        epsilon: f32,
        /// Subtract the squared running mean.
        centered: bool,
    },
    /// Adam.
    Adam {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the denominator.
        epsilon: f32,
    },
    /// Adam with decoupled weight decay.
    Adamw {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the denominator.
        epsilon: f32,
        /// Share of each weight taken off a step, times the learning rate.
        weight_decay: f32,
    },
    /// Adam with Nesterov momentum.
    Nadam {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the denominator.
        epsilon: f32,
    },
}

/// A learning rate as a function of the optimizer's step, counted from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum LearningRate {
    /// Always the same.
    Constant {
        /// The rate.
        value: f32,
    },
    /// `initial·decay_rate^(step/decay_steps)`.
    Exponential {
        /// At step 0.
        initial: f32,
        /// Steps until one factor of `decay_rate`.
        decay_steps: f32,
        /// The factor.
        decay_rate: f32,
        /// Decay in whole jumps.
        staircase: bool,
    },
    /// Half a cosine from `initial` to `alpha·initial`, after an optional linear warm-up.
    Cosine {
        /// At step 0.
        initial: f32,
        /// Steps of the decay.
        decay_steps: f32,
        /// Share of the peak that is left.
        alpha: f32,
        /// Peak after the warm-up; none without.
        warmup_target: Option<f32>,
        /// Steps of the warm-up.
        warmup_steps: f32,
    },
    /// `values[i]` up to and including step `boundaries[i]`, then the next.
    Piecewise {
        /// Steps, ascending.
        boundaries: Vec<f32>,
        /// One more than boundaries.
        values: Vec<f32>,
    },
    /// Smith's 1-cycle: up from `max/10` to `max`, down again, then to `max/10000`
    /// (as in Géron's notebook of chapter 11).
    OneCycle {
        /// The peak.
        max: f32,
        /// Steps of the whole cycle.
        total_steps: f32,
    },
}
