//! The kernels by an [`Isa`] value instead of a token: for code that is not generic.
//!
//! Every body is compiled here, in the crate that is optimised for speed; callers can be compiled
//! for size. Natively a call costs one branch, in wasm none: a module has one instruction set.

use crate::cells::LstmStep;
use crate::{Activation, GradientShape, Isa, Start, Steps, Strides, Term, dispatch};

/// See [`crate::gather`].
#[inline(never)]
pub fn gather(
    isa: Isa,
    data: &[f32],
    stride: usize,
    rows: usize,
    indices: &[u32],
    out: &mut [f32],
) {
    dispatch!(isa, s => crate::gather(s, data, stride, rows, indices, out))
}

/// See [`crate::gemm`].
#[inline(never)]
pub fn gemm(isa: Isa, m: usize, start: Start<'_>, terms: &[Term<'_>], c: &mut [f32]) {
    dispatch!(isa, s => crate::gemm(s, m, start, terms, c))
}

/// See [`crate::pack`].
#[inline(never)]
pub fn pack(isa: Isa, m: usize, k: usize, source: &[f32], strides: Strides, packed: &mut [f32]) {
    dispatch!(isa, s => crate::pack(s, m, k, source, strides, packed))
}

/// See [`crate::kernel_gradient`].
#[inline(never)]
pub fn kernel_gradient(
    isa: Isa,
    shape: GradientShape,
    x: Steps<'_>,
    d_z: Steps<'_>,
    d_w: &mut [f32],
) {
    dispatch!(isa, s => crate::kernel_gradient(s, shape, x, d_z, d_w))
}

/// See [`crate::bias_gradient`].
#[inline(never)]
pub fn bias_gradient(isa: Isa, time: usize, d_z: Steps<'_>, d_bias: &mut [f32]) {
    dispatch!(isa, s => crate::bias_gradient(s, time, d_z, d_bias))
}

/// See [`crate::activate`].
#[inline(never)]
pub fn activate(isa: Isa, activation: Activation, z: &[f32], y: &mut [f32]) {
    dispatch!(isa, s => crate::activate(s, activation, z, y))
}

/// See [`crate::activate_in_place`].
#[inline(never)]
pub fn activate_in_place(isa: Isa, activation: Activation, y: &mut [f32]) {
    dispatch!(isa, s => crate::activate_in_place(s, activation, y))
}

/// See [`crate::activation_gradient`].
#[inline(never)]
pub fn activation_gradient(
    isa: Isa,
    activation: Activation,
    z: &[f32],
    y: &[f32],
    d_y: &[f32],
    d_z: &mut [f32],
) {
    dispatch!(isa, s => crate::activation_gradient(s, activation, z, y, d_y, d_z))
}

/// See [`crate::softmax`].
#[inline(never)]
pub fn softmax(isa: Isa, z: &[f32], lanes: usize, y: &mut [f32]) {
    dispatch!(isa, s => crate::softmax(s, z, lanes, y))
}

/// See [`crate::softmax_gradient`].
#[inline(never)]
pub fn softmax_gradient(isa: Isa, y: &[f32], d_y: &[f32], lanes: usize, d_z: &mut [f32]) {
    dispatch!(isa, s => crate::softmax_gradient(s, y, d_y, lanes, d_z))
}

/// See [`crate::lanewise::add_assign`].
#[inline(never)]
pub fn add_assign(isa: Isa, a: &[f32], out: &mut [f32]) {
    dispatch!(isa, s => crate::lanewise::add_assign(s, a, out))
}

/// See [`crate::lanewise::multiply`].
#[inline(never)]
pub fn multiply(isa: Isa, a: &[f32], b: &[f32], out: &mut [f32]) {
    dispatch!(isa, s => crate::lanewise::multiply(s, a, b, out))
}

/// See [`crate::lanewise::multiply_add`].
#[inline(never)]
pub fn multiply_add(isa: Isa, a: &[f32], b: &[f32], out: &mut [f32]) {
    dispatch!(isa, s => crate::lanewise::multiply_add(s, a, b, out))
}

/// See [`crate::lanewise::drop_tiny`].
#[inline(never)]
pub fn drop_tiny(isa: Isa, scale: f32, x: &mut [f32]) {
    dispatch!(isa, s => crate::lanewise::drop_tiny(s, scale, x))
}

/// See [`crate::lanewise::keep_valid`].
#[inline(never)]
pub fn keep_valid(isa: Isa, mask: &[f32], others: &[f32], rows: &mut [f32]) {
    dispatch!(isa, s => crate::lanewise::keep_valid(s, mask, others, rows))
}

/// See [`crate::lanewise::set_invalid_aside`].
#[inline(never)]
pub fn set_invalid_aside(isa: Isa, mask: &[f32], rows: &mut [f32], passed: &mut [f32]) {
    dispatch!(isa, s => crate::lanewise::set_invalid_aside(s, mask, rows, passed))
}

/// See [`crate::cells::lstm_forward`].
#[inline(never)]
pub fn lstm_forward(
    isa: Isa,
    gates: &mut [f32],
    c_previous: Option<&[f32]>,
    c: &mut [f32],
    activated_c: &mut [f32],
    h: &mut [f32],
) {
    dispatch!(isa, s => crate::cells::lstm_forward(s, gates, c_previous, c, activated_c, h))
}

/// See [`crate::cells::lstm_backward`].
#[inline(never)]
pub fn lstm_backward(isa: Isa, step: LstmStep<'_>, gates: &mut [f32], d_c: &mut [f32]) {
    dispatch!(isa, s => crate::cells::lstm_backward(s, step, gates, d_c))
}

/// See [`crate::cells::gru_mix`].
#[inline(never)]
pub fn gru_mix(isa: Isa, z: &[f32], candidate: &[f32], previous: Option<&[f32]>, h: &mut [f32]) {
    dispatch!(isa, s => crate::cells::gru_mix(s, z, candidate, previous, h))
}

/// See [`crate::cells::gru_mix_backward`].
#[inline(never)]
pub fn gru_mix_backward(
    isa: Isa,
    gates: [&[f32]; 2],
    previous: Option<&[f32]>,
    d_h: &mut [f32],
    d_gates: [&mut [f32]; 2],
) {
    dispatch!(isa, s => crate::cells::gru_mix_backward(s, gates, previous, d_h, d_gates))
}

/// See [`crate::reduce::all_finite`].
#[inline(never)]
pub fn all_finite(isa: Isa, x: &[f32]) -> bool {
    dispatch!(isa, s => crate::reduce::all_finite(s, x))
}
