//! Keras's activations.

use ndarray::ArrayViewMut1;
use serde::Deserialize;

/// An activation, by its camelCase name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Activation {
    Linear,
    Tanh,
    Sigmoid,
    Relu,
    LeakyRelu,
    Elu,
    Selu,
    Gelu,
    Softplus,
    Softsign,
    #[serde(alias = "swish")]
    Silu,
    HardSigmoid,
    Exponential,
    Softmax,
}

impl Activation {
    /// Every activation.
    pub const ALL: [Activation; 14] = [
        Activation::Linear,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Elu,
        Activation::Selu,
        Activation::Gelu,
        Activation::Softplus,
        Activation::Softsign,
        Activation::Silu,
        Activation::HardSigmoid,
        Activation::Exponential,
        Activation::Softmax,
    ];

    /// Applies the activation to one example's features at one step.
    pub fn apply(self, mut row: ArrayViewMut1<f64>) {
        if self == Activation::Softmax {
            let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            row.mapv_inplace(|x| (x - largest).exp());
            let sum = row.sum();
            row.mapv_inplace(|x| x / sum);
        } else {
            row.mapv_inplace(|x| self.of(x));
        }
    }

    /// The activation of one value.
    ///
    /// # Panics
    /// For softmax, which needs a row.
    pub fn of(self, x: f64) -> f64 {
        match self {
            Activation::Linear => x,
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Activation::Relu => x.max(0.0),
            Activation::LeakyRelu => {
                if x > 0.0 {
                    x
                } else {
                    0.2 * x
                }
            }
            Activation::Elu => {
                if x > 0.0 {
                    x
                } else {
                    x.exp_m1()
                }
            }
            Activation::Selu => {
                // Klambauer et al. 2017, to f64.
                const SCALE: f64 = 1.050_700_987_355_480_5;
                const ALPHA: f64 = 1.673_263_242_354_377_3;
                SCALE * if x > 0.0 { x } else { ALPHA * x.exp_m1() }
            }
            Activation::Gelu => 0.5 * x * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2)),
            Activation::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            Activation::Softsign => x / (1.0 + x.abs()),
            Activation::Silu => x / (1.0 + (-x).exp()),
            Activation::HardSigmoid => (x / 6.0 + 0.5).clamp(0.0, 1.0),
            Activation::Exponential => x.exp(),
            Activation::Softmax => panic!("softmax needs a row"),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn agrees_with_keras() {
        // keras.activations of 0.5 and −1.5.
        for (activation, want) in [
            (Activation::Linear, [0.5, -1.5]),
            (Activation::Tanh, [0.46211715726, -0.90514825364]),
            (Activation::Sigmoid, [0.62245933120, 0.18242552381]),
            (Activation::Relu, [0.5, 0.0]),
            (Activation::LeakyRelu, [0.5, -0.3]),
            (Activation::Elu, [0.5, -0.77686983985]),
            (Activation::Selu, [0.52535049368, -1.36581435337]),
            (Activation::Gelu, [0.34573123064, -0.10021080200]),
            (Activation::Softplus, [0.97407698418, 0.20141327798]),
            (Activation::Softsign, [0.33333333333, -0.6]),
            (Activation::Silu, [0.31122966560, -0.27363828571]),
            (Activation::HardSigmoid, [0.58333333333, 0.25]),
            (Activation::Exponential, [1.6487212707, 0.22313016015]),
            (Activation::Softmax, [0.88079707798, 0.11920292202]),
        ] {
            let mut row = array![0.5, -1.5];
            activation.apply(row.view_mut());
            for (got, want) in row.iter().zip(want) {
                assert!((got - want).abs() < 1e-7, "{activation:?}: {got} {want}");
            }
        }
    }
}
