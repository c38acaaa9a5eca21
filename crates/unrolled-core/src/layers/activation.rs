//! An activation by itself, and the shared forward and backward of activations with softmax.

use unrolled_simd::Isa;
use unrolled_simd::kernels::{
    activate, activation_gradient, add_assign, softmax, softmax_gradient,
};

use super::{Gradient, Pass, Wires, elementwise};
use crate::arena::{Buffer, Carver, split};
use crate::spec::{Activation, ActivationSpec};

/// Whether the input is kept beside the output: for the gradient, or because softmax does not work
/// in place.
pub(super) fn keeps_input(activation: Activation) -> bool {
    elementwise(activation).is_none_or(|kernel| kernel.needs_input())
}

/// `y = f(z)`; z, y: `[steps][features][lanes]`.
pub(super) fn forward(
    s: Isa,
    activation: Activation,
    z: &[f32],
    y: &mut [f32],
    features: usize,
    lanes: usize,
) {
    match elementwise(activation) {
        Some(kernel) => activate(s, kernel, z, y),
        None => {
            let step = features * lanes;
            for (z, y) in z.chunks_exact(step).zip(y.chunks_exact_mut(step)) {
                softmax(s, z, lanes, y);
            }
        }
    }
}

/// `d_z = d_y·f'(z)`; all `[steps][features][lanes]`.
pub(super) fn backward(
    s: Isa,
    activation: Activation,
    [z, y, d_y]: [&[f32]; 3],
    d_z: &mut [f32],
    features: usize,
    lanes: usize,
) {
    match elementwise(activation) {
        Some(kernel) => activation_gradient(s, kernel, z, y, d_y, d_z),
        None => {
            let step = features * lanes;
            for ((y, d_y), d_z) in
                y.chunks_exact(step).zip(d_y.chunks_exact(step)).zip(d_z.chunks_exact_mut(step))
            {
                softmax_gradient(s, y, d_y, lanes, d_z);
            }
        }
    }
}

/// An activation layer.
#[derive(Clone, Debug)]
pub(crate) struct ActivationLayer {
    activation: Activation,
    /// Gradient before it is added to another reader's.
    d_x: Buffer,
}

impl ActivationLayer {
    pub fn build(spec: &ActivationSpec) -> Self {
        Self { activation: spec.activation, d_x: 0..0 }
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let x = &wires.inputs[0];
        let (steps, n) = (x.steps, x.features * lanes);
        self.d_x = carver.take_if(wires.gradients[0] == Gradient::Add, steps, n);
        wires.outputs[0].y = carver.take(steps, n);
        wires.outputs[0].steps = x.steps;
        wires.outputs[0].mask = x.mask.clone();
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let (x, out) = (&wires.inputs[0], &wires.outputs[0]);
        let [x_data, y] = split(pass.arena, [&x.y, &out.y]);
        forward(s, self.activation, x_data, y, x.features, pass.lanes);
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let (x, out) = (&wires.inputs[0], &wires.outputs[0]);
        let [z, y, d_y, d_x, scratch] =
            split(pass.arena, [&x.y, &out.y, &out.d_y, &x.d_y, &self.d_x]);
        let operands = [&*z, &*y, &*d_y];
        match wires.gradients[0] {
            Gradient::Unused => {}
            Gradient::Write => backward(s, self.activation, operands, d_x, x.features, pass.lanes),
            Gradient::Add => {
                backward(s, self.activation, operands, scratch, x.features, pass.lanes);
                add_assign(s, scratch, d_x);
            }
        }
    }
}
