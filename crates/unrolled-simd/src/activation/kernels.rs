//! Activations of slices.

use super::Activation;
use crate::Simd;
use crate::math::tiny::{self, without_tiny};

/// Evaluates an expression with the activation as a constant, so that the loop in it holds one
/// function and no branch.
macro_rules! with_constant {
    ($activation:expr, $constant:ident => $body:expr) => {
        with_constant!(@ $activation, $constant, $body,
            Linear Tanh Sigmoid Relu LeakyRelu Elu Selu Gelu Softplus Softsign Silu HardSigmoid
            Exponential)
    };
    (@ $activation:expr, $constant:ident, $body:expr, $($variant:ident)*) => {
        match $activation {
            $(Activation::$variant => {
                const $constant: Activation = Activation::$variant;
                $body
            })*
        }
    };
}

/// `y = f(z)`, element by element.
///
/// # Panics
/// If the lengths differ or are no multiple of [`Simd::LANES`].
#[inline]
pub fn activate<S: Simd>(s: S, activation: Activation, z: &[f32], y: &mut [f32]) {
    assert_eq!(z.len(), y.len());
    assert_eq!(z.len() % S::LANES, 0);
    // SAFETY: both are slices of y.len() values, a multiple of LANES.
    unsafe { forward_all(s, activation, z.as_ptr(), y.as_mut_ptr(), y.len()) }
}

/// `y = f(y)`, element by element.
///
/// # Panics
/// If the length is no multiple of [`Simd::LANES`].
#[inline]
pub fn activate_in_place<S: Simd>(s: S, activation: Activation, y: &mut [f32]) {
    assert_eq!(y.len() % S::LANES, 0);
    let p = y.as_mut_ptr();
    // SAFETY: one slice of y.len() values, a multiple of LANES, read before it is written.
    unsafe { forward_all(s, activation, p, p, y.len()) }
}

/// # Safety
/// `z` must be readable and `y` writable for `n` values, `n` a multiple of LANES; they are the
/// same or do not overlap.
#[inline(never)]
unsafe fn forward_all<S: Simd>(s: S, f: Activation, z: *const f32, y: *mut f32, n: usize) {
    with_constant!(f, F => s.vectorize(
        #[inline(always)]
        || {
            for i in (0..n).step_by(S::LANES) {
                // SAFETY: i + LANES ≤ n, within both.
                unsafe { s.store(y.add(i), F.forward(s, s.load(z.add(i)))) }
            }
        },
    ))
}

/// `d_z = d_y·f'(z)`, element by element, where `y = f(z)`; of `d_y` [without what is
/// tiny](without_tiny). `z` is read only if
/// [`Activation::needs_input`]; otherwise any slice of the length will do, such as `y` again.
///
/// # Panics
/// If the lengths differ or are no multiple of [`Simd::LANES`].
#[inline(never)]
pub fn activation_gradient<S: Simd>(
    s: S,
    activation: Activation,
    z: &[f32],
    y: &[f32],
    d_y: &[f32],
    d_z: &mut [f32],
) {
    let n = d_z.len();
    assert_eq!([z.len(), y.len(), d_y.len()], [n; 3]);
    assert_eq!(n % S::LANES, 0);
    with_constant!(activation, F => s.vectorize(
        #[inline(always)]
        || {
            for i in (0..n).step_by(S::LANES) {
                // SAFETY: i + LANES ≤ n, the length of all four.
                unsafe {
                    let y = s.load(y.as_ptr().add(i));
                    let z = if F.needs_input() { s.load(z.as_ptr().add(i)) } else { y };
                    let d_y = without_tiny(s, s.load(d_y.as_ptr().add(i)), tiny::GRADIENT);
                    s.store(d_z.as_mut_ptr().add(i), s.mul(d_y, F.derivative(s, z, y)));
                }
            }
        },
    ))
}
