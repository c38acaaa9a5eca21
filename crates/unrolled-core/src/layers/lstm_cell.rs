//! The lane-wise half of an LSTM step: from gates before their activation to the states.

use unrolled_simd::kernels::{
    activate, activate_in_place, activation_gradient, add_assign, drop_tiny, lstm_backward,
    lstm_forward, multiply, multiply_add,
};
use unrolled_simd::{
    Activation, Isa,
    cells::{GATES, LstmStep},
    math::tiny,
};

use super::elementwise;
use crate::spec::RecurrentSpec;

/// The activations of an LSTM.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Of candidate and cell state.
    activation: Activation,
    /// Of the gates.
    gate: Activation,
}

/// What the backward step reads.
pub(super) struct CellStep<'a> {
    /// `[4·units][lanes]`, or nothing if no activation needs it.
    pub z: &'a [f32],
    pub c: &'a [f32],
    /// `None` where it is zero.
    pub c_previous: Option<&'a [f32]>,
    pub activated_c: &'a [f32],
    pub d_h: &'a [f32],
}

impl Cell {
    pub fn new(spec: &RecurrentSpec) -> Self {
        Self {
            activation: elementwise(spec.activation).expect("checked when built"),
            gate: elementwise(spec.recurrent_activation).expect("checked when built"),
        }
    }

    /// Whether a gradient needs the gates before their activation.
    pub fn needs_input(&self) -> bool {
        self.activation.needs_input() || self.gate.needs_input()
    }

    /// Whether the usual activations allow one fused pass.
    pub fn fused(&self) -> bool {
        self.activation == Activation::Tanh && self.gate == Activation::Sigmoid
    }

    /// gates: `[4·units][lanes]`, activated in place; `c = f·c_previous + i·g`, `h = o·f(c)`.
    pub fn forward(
        &self,
        s: Isa,
        gates: &mut [f32],
        c_previous: Option<&[f32]>,
        c: &mut [f32],
        activated_c: &mut [f32],
        h: &mut [f32],
    ) {
        if self.fused() {
            return lstm_forward(s, gates, c_previous, c, activated_c, h);
        }
        let n = c.len();
        activate_in_place(s, self.gate, &mut gates[..2 * n]);
        activate_in_place(s, self.activation, &mut gates[2 * n..3 * n]);
        activate_in_place(s, self.gate, &mut gates[3 * n..]);
        multiply(s, &gates[..n], &gates[2 * n..3 * n], c);
        if let Some(c_previous) = c_previous {
            multiply_add(s, &gates[n..2 * n], &c_previous[..n], c);
        }
        drop_tiny(s, tiny::STATE, c);
        activate(s, self.activation, c, activated_c);
        multiply(s, &gates[3 * n..], activated_c, h);
    }

    /// gates: `[4·units][lanes]`; their gradients before the activation take their place.
    /// d_c: on entry that of the state after the step, at the end of the state before.
    /// scratch: `[5·units][lanes]` unless fused.
    pub fn backward(
        &self,
        s: Isa,
        step: CellStep<'_>,
        gates: &mut [f32],
        d_c: &mut [f32],
        scratch: &mut [f32],
    ) {
        if self.fused() {
            let CellStep { c_previous, activated_c, d_h, .. } = step;
            return lstm_backward(s, LstmStep { c_previous, activated_c, d_h }, gates, d_c);
        }
        let n = d_c.len();
        let (d_gates, spare) = scratch.split_at_mut(GATES * n);
        let spare = &mut spare[..n];
        let [i, f, g, o] = core::array::from_fn(|gate| &gates[gate * n..][..n]);
        let [d_i, d_f, d_g, d_o] = quarters(d_gates, n);
        multiply(s, step.d_h, step.activated_c, d_o);
        multiply(s, step.d_h, o, d_i);
        activation_gradient(s, self.activation, step.c, step.activated_c, d_i, spare);
        add_assign(s, spare, d_c);
        drop_tiny(s, tiny::GRADIENT, d_c);
        multiply(s, d_c, g, d_i);
        multiply(s, d_c, i, d_g);
        match step.c_previous {
            Some(c_previous) => multiply(s, d_c, &c_previous[..n], d_f),
            None => d_f.fill(0.0),
        }
        multiply(s, d_c, f, spare);
        d_c.copy_from_slice(spare);
        let activations = [self.gate, self.gate, self.activation, self.gate];
        for (gate, (activation, d_gate)) in
            activations.into_iter().zip(d_gates.chunks_exact(n)).enumerate()
        {
            let at = gate * n..(gate + 1) * n;
            let y = &mut gates[at.clone()];
            spare.copy_from_slice(y);
            let z = if step.z.is_empty() { &*spare } else { &step.z[at] };
            activation_gradient(s, activation, z, spare, d_gate, y);
        }
    }
}

fn quarters(all: &mut [f32], n: usize) -> [&mut [f32]; 4] {
    let (a, rest) = all.split_at_mut(n);
    let (b, rest) = rest.split_at_mut(n);
    let (c, d) = rest.split_at_mut(n);
    [a, b, c, d]
}
