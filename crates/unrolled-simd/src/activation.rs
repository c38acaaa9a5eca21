//! Activation functions with their derivatives.

mod kernels;
#[cfg(test)]
mod tests;

pub use kernels::{activate, activate_in_place, activation_gradient};

use crate::{Simd, math};

/// Keras's activation functions, with Keras 3's constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `z`
    Linear,
    /// `tanh(z)`
    Tanh,
    /// `1/(1+e⁻ᶻ)`
    Sigmoid,
    /// `max(z, 0)`
    Relu,
    /// `z` above 0, `0.2·z` below
    LeakyRelu,
    /// `z` above 0, `eᶻ − 1` below
    Elu,
    /// [`Activation::Elu`] with α = 1.67326324, times 1.05070098
    Selu,
    /// `z·Φ(z) = ½z·(1 + erf(z/√2))`: exact, not the tanh approximation
    Gelu,
    /// `ln(1 + eᶻ)`
    Softplus,
    /// `z/(1 + |z|)`
    Softsign,
    /// `z/(1 + e⁻ᶻ)`, also called swish
    Silu,
    /// `min(max(z + 3, 0), 6)/6`
    HardSigmoid,
    /// `eᶻ`
    Exponential,
}

const LEAKY_SLOPE: f32 = 0.2;
const SELU_SCALE: f32 = 1.050_701;
const SELU_SCALE_ALPHA: f32 = 1.758_099_3;
const SIXTH: f32 = 1.0 / 6.0;

impl Activation {
    /// Every activation.
    pub const ALL: [Activation; 13] = [
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
    ];

    /// Whether the derivative takes `z`; if not, `y` alone is enough and `z` need not be kept.
    pub const fn needs_input(self) -> bool {
        matches!(self, Activation::Gelu | Activation::Silu)
    }

    /// `y = f(z)`; at ±∞ the limit. NaN stays NaN.
    #[inline(always)]
    pub fn forward<S: Simd>(self, s: S, z: S::V) -> S::V {
        let zero = s.splat(0.0);
        let one = s.splat(1.0);
        match self {
            Activation::Linear => z,
            Activation::Tanh => math::tanh(s, z),
            Activation::Sigmoid => math::sigmoid(s, z),
            Activation::Relu => s.max(z, zero),
            Activation::LeakyRelu => s.select(s.lt(zero, z), z, s.mul(z, s.splat(LEAKY_SLOPE))),
            Activation::Elu => s.select(s.lt(zero, z), z, math::expm1(s, s.min(z, zero))),
            Activation::Selu => {
                let low = s.mul(math::expm1(s, s.min(z, zero)), s.splat(SELU_SCALE_ALPHA));
                s.select(s.lt(zero, z), s.mul(z, s.splat(SELU_SCALE)), low)
            }
            Activation::Gelu => s.mul(s.max(z, s.splat(f32::MIN)), normal_cdf(s, z)),
            Activation::Softplus => {
                let tail = math::ln_1p_of_unit(s, math::exp(s, s.sub(zero, s.abs(z))));
                s.add(s.max(z, zero), tail)
            }
            Activation::Softsign => {
                let z = finite(s, z);
                s.div(z, s.add(one, s.abs(z)))
            }
            Activation::Silu => {
                let z = s.max(z, s.splat(f32::MIN));
                s.div(z, s.add(one, math::exp(s, s.sub(zero, z))))
            }
            Activation::HardSigmoid => {
                let shifted = s.add(z, s.splat(3.0));
                s.mul(s.min(s.max(shifted, zero), s.splat(6.0)), s.splat(SIXTH))
            }
            Activation::Exponential => math::exp(s, z),
        }
    }

    /// `f'(z)`, where `y = f(z)`. At a kink (0; ±3 of hard sigmoid) that of the lower side, except
    /// that hard sigmoid is flat there.
    #[inline(always)]
    pub fn derivative<S: Simd>(self, s: S, z: S::V, y: S::V) -> S::V {
        let zero = s.splat(0.0);
        let one = s.splat(1.0);
        match self {
            Activation::Linear => one,
            Activation::Tanh => s.sub(one, s.mul(y, y)),
            Activation::Sigmoid => s.mul(y, s.sub(one, y)),
            Activation::Relu => s.select(s.lt(zero, y), one, zero),
            Activation::LeakyRelu => s.select(s.lt(zero, y), one, s.splat(LEAKY_SLOPE)),
            Activation::Elu => s.select(s.lt(zero, y), one, s.add(y, one)),
            Activation::Selu => {
                let low = s.add(y, s.splat(SELU_SCALE_ALPHA));
                s.select(s.lt(zero, y), s.splat(SELU_SCALE), low)
            }
            Activation::Gelu => {
                const INVERSE_SQRT_TAU: f32 = 0.398_942_3;
                let z = finite(s, z);
                let density = math::exp(s, s.mul(s.mul(z, z), s.splat(-0.5)));
                let density = s.mul(density, s.splat(INVERSE_SQRT_TAU));
                s.mul_add(z, density, normal_cdf(s, z))
            }
            Activation::Softplus => s.sub(zero, math::expm1(s, s.sub(zero, y))),
            Activation::Softsign => {
                let rest = s.sub(one, s.abs(y));
                s.mul(rest, rest)
            }
            // σ + y·(1 − σ), where 1 − σ = e⁻ᶻ·σ, which keeps its digits for large z.
            Activation::Silu => {
                let e = math::exp(s, s.sub(zero, s.max(z, s.splat(-87.0))));
                let sigmoid = s.div(one, s.add(one, e));
                s.mul(sigmoid, s.mul_add(finite(s, y), e, one))
            }
            Activation::HardSigmoid => {
                let rising = s.select(s.lt(y, one), s.splat(SIXTH), zero);
                s.select(s.lt(zero, y), rising, zero)
            }
            Activation::Exponential => y,
        }
    }
}

/// ±∞ to ±`f32::MAX`, so that it has a product with 0; NaN stays.
#[inline(always)]
fn finite<S: Simd>(s: S, z: S::V) -> S::V {
    s.max(s.min(z, s.splat(f32::MAX)), s.splat(f32::MIN))
}

/// `½(1 + erf(z/√2))`
#[inline(always)]
fn normal_cdf<S: Simd>(s: S, z: S::V) -> S::V {
    let half = s.splat(0.5);
    let e = math::erf(s, s.mul(z, s.splat(core::f32::consts::FRAC_1_SQRT_2)));
    s.mul_add(e, half, half)
}
