//! Keras's defaults: what a description has where it says nothing. Units have none; those of zero are
//! refused.

use super::*;

impl Default for RecurrentSpec {
    fn default() -> Self {
        Self {
            units: 0,
            activation: Activation::Tanh,
            recurrent_activation: Activation::Sigmoid,
            use_bias: true,
            return_sequences: false,
            return_state: false,
            go_backwards: false,
            unit_forget_bias: true,
            reset_after: true,
            dropout: 0.0,
            recurrent_dropout: 0.0,
            kernel_initializer: Initializer::GlorotUniform {},
            recurrent_initializer: Initializer::Orthogonal { gain: 1.0 },
            bias_initializer: Initializer::Zeros {},
            kernel_regularizer: Regularizer::default(),
            recurrent_regularizer: Regularizer::default(),
            bias_regularizer: Regularizer::default(),
            kernel_constraint: Constraint::default(),
            recurrent_constraint: Constraint::default(),
            bias_constraint: Constraint::default(),
        }
    }
}

impl Default for DenseSpec {
    fn default() -> Self {
        Self {
            units: 0,
            activation: Activation::Linear,
            use_bias: true,
            kernel_initializer: Initializer::GlorotUniform {},
            bias_initializer: Initializer::Zeros {},
            kernel_regularizer: Regularizer::default(),
            bias_regularizer: Regularizer::default(),
            kernel_constraint: Constraint::default(),
            bias_constraint: Constraint::default(),
        }
    }
}

impl Rule {
    /// Plain gradient descent.
    pub const SGD: Self = Self::Sgd { momentum: 0.0, nesterov: false };
    /// RMSprop.
    pub const RMSPROP: Self =
        Self::Rmsprop { rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false };
    /// Adam.
    pub const ADAM: Self = Self::Adam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 };
}

impl From<Rule> for OptimizerSpec {
    /// The rule with Keras's learning rate and no clipping.
    fn from(rule: Rule) -> Self {
        let value = if matches!(rule, Rule::Sgd { .. }) { 0.01 } else { 0.001 };
        Self {
            rule,
            learning_rate: LearningRate::Constant { value },
            clipvalue: None,
            clipnorm: None,
            global_clipnorm: None,
        }
    }
}
