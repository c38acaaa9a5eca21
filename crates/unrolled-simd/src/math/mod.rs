//! Elementary functions of a vector, written once over [`Simd`].
//!
//! Constants are minimax fits (Remez, 40 digits) of the function named in each file, rounded to
//! `f32`. Errors are those of the tests, over every instruction set.

mod erf;
mod exp;
mod expm1;
mod ln;
mod ln_1p;
mod sigmoid;
mod tanh;
pub mod tiny;

pub use erf::erf;
pub use exp::exp;
pub use expm1::expm1;
pub use ln::ln;
pub use ln_1p::{ln_1p, ln_1p_of_unit};
pub use sigmoid::sigmoid;
pub use tanh::tanh;

use crate::Simd;

/// 1.5·2²³: adding it rounds to an integer, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;
/// ln 2 to nine bits, so that its product with an exponent is exact, and the rest.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// The polynomial with these coefficients, highest power first, by Horner's rule.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(s: S, x: S::V, coefficients: [f32; N]) -> S::V {
    let mut sum = s.splat(coefficients[0]);
    let mut i = 1;
    while i < N {
        sum = s.mul_add(sum, x, s.splat(coefficients[i]));
        i += 1;
    }
    sum
}

/// `tanh(2h) = 2nd/(n² + d²)` of `n/d = tanh(h)`.
#[inline(always)]
fn double<S: Simd>(s: S, n: S::V, d: S::V) -> S::V {
    s.div(s.mul(s.add(n, n), d), s.mul_add(n, n, s.mul(d, d)))
}
