//! Gated recurrent unit (Cho et al. 2014), Keras's equations:
//!
//! ```text
//! z, r = σ of x·W + h·U + b
//! a = x·W + b + r·(h·U + b')     with reset_after (cuDNN's form)
//! a = x·W + b + (r·h)·U          without
//! h' = z·h + (1-z)·tanh(a)
//! ```

use unrolled_simd::kernels::{
    activate_in_place, activation_gradient, gemm, gru_mix, gru_mix_backward, multiply,
    multiply_add, pack,
};
use unrolled_simd::{Activation, Isa, Start, Steps, Strides, Term};

use super::recurrent::{BackwardViews, Extent, Kind, Recurrent, StatesRead, step_stride};
use super::{Builder, Pass, Shape, Wires, elementwise};
use crate::arena::{Buffer, Carver};
use crate::error::Result;
use crate::params::Params;
use crate::spec::RecurrentSpec;

/// Gates in a row of the kernels: update (z), reset (r), candidate (h).
const GATES: usize = 3;

/// Rows of a step's gradients, in units: candidate's recurrent half, z, r, candidate. So both the
/// recurrent product (the first three) and the input's (the last three) read one run.
const D_ROWS: usize = 4;

/// A GRU layer. bias: `[2, 3·units]` with reset_after (input's, then recurrent), else `[3·units]`.
#[derive(Clone, Debug)]
pub(crate) struct Gru {
    pub(super) shared: Recurrent,
    activation: Activation,
    gate: Activation,
    /// `x·kernel` for z and r, and for the candidate.
    kernel_gates: Buffer,
    kernel_candidate: Buffer,
    recurrent_gates: Buffer,
    recurrent_candidate: Buffer,
    /// `[2·units]`: both biases of z and r.
    bias_gates: Buffer,
    /// `[time][3·units][lanes]`: z, r, candidate.
    gates: Buffer,
    /// `[time][3·units][lanes]`: before the activations, where their gradients need that.
    before: Buffer,
    /// `[time][units][lanes]`: `h·U + b'` with reset_after, else `r·h`.
    inner: Buffer,
    /// `[time][4·units][lanes]`, [`step_stride`] between steps.
    d_gates: Buffer,
    /// `[3·units][lanes]`
    raw: Buffer,
}

impl Gru {
    pub fn build(
        name: &str,
        spec: &RecurrentSpec,
        inputs: &[Shape],
        builder: &mut Builder,
    ) -> Result<(Self, Vec<Shape>)> {
        let width = GATES * spec.units;
        let bias_shape = if spec.reset_after { vec![2, width] } else { vec![width] };
        let kind = Kind { gates: GATES, states: 1, bias_shape, bias_ones: 0..0 };
        let (shared, shapes) = Recurrent::build(name, spec, kind, inputs, builder)?;
        let layer = Self {
            shared,
            activation: elementwise(spec.activation).expect("checked when built"),
            gate: elementwise(spec.recurrent_activation).expect("checked when built"),
            kernel_gates: 0..0,
            kernel_candidate: 0..0,
            recurrent_gates: 0..0,
            recurrent_candidate: 0..0,
            bias_gates: 0..0,
            gates: 0..0,
            before: 0..0,
            inner: 0..0,
            d_gates: 0..0,
            raw: 0..0,
        };
        Ok((layer, shapes))
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let (units, k, time) = (self.shared.spec.units, self.shared.inputs, wires.inputs[0].steps);
        let n = units * lanes;
        let keeps = self.activation.needs_input() || self.gate.needs_input();
        // The backward pass packs the whole kernel into the gates' buffer.
        self.kernel_gates = carver.take(GATES * units, k);
        self.kernel_candidate = carver.take(units, k);
        self.recurrent_gates = carver.take(2 * units, units);
        self.recurrent_candidate = carver.take(units, units);
        self.bias_gates = carver.take(2, units);
        self.gates = carver.take(time, GATES * n);
        self.before = carver.take_if(keeps, time, GATES * n);
        self.inner = carver.take(time, n);
        self.d_gates = carver.take(time, step_stride(D_ROWS * n));
        self.raw = carver.take(GATES, n);
        self.shared.prepare(lanes, wires, carver);
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let Extent { units, inputs: k, time, n, .. } = shared.extent(wires, pass);
        let (width, after) = (GATES * units, shared.spec.reset_after);
        let params = pass.params;
        let own = [
            &self.kernel_gates,
            &self.kernel_candidate,
            &self.recurrent_gates,
            &self.recurrent_candidate,
            &self.bias_gates,
            &self.gates,
            &self.before,
            &self.inner,
        ];
        let (mut views, own) = shared.start_forward(s, wires, pass, own);
        let [w_gates, w_candidate, u_gates, u_candidate, bias_gates, gates, before, inner] = own;
        let w_gates = &mut w_gates[..2 * units * k];
        let strides = Strides { row: 1, step: width };
        let (w, u) = (params.get(shared.kernel), params.get(shared.recurrent_kernel));
        pack(s, 2 * units, k, w, strides, w_gates);
        pack(s, units, k, &w[2 * units..], strides, w_candidate);
        pack(s, 2 * units, units, u, strides, u_gates);
        pack(s, units, units, &u[2 * units..], strides, u_candidate);
        let mut start_gates = Start::Zero;
        let (mut start_candidate, mut start_inner) = (Start::Zero, Start::Zero);
        if let Some(bias) = shared.bias {
            let bias = params.get(bias);
            bias_gates.copy_from_slice(&bias[..2 * units]);
            start_candidate = Start::Bias(&bias[2 * units..width]);
            if after {
                for (sum, b) in bias_gates.iter_mut().zip(&bias[width..]) {
                    *sum += b;
                }
                start_inner = Start::Bias(&bias[width + 2 * units..]);
            }
            start_gates = Start::Bias(bias_gates);
        }
        for p in 0..time {
            let input = views.input(p);
            let states = views.states(p);
            let read = states.read;
            let step = &mut gates[p * GATES * n..][..GATES * n];
            let (zr, candidate) = step.split_at_mut(2 * n);
            let inner = &mut inner[p * n..][..n];
            let x_gates = Term { weights: w_gates, input, k };
            match read {
                Some(read) => {
                    let h_gates = Term { weights: u_gates, input: read, k: units };
                    gemm(s, 2 * units, start_gates, &[x_gates, h_gates], zr);
                }
                None => gemm(s, 2 * units, start_gates, &[x_gates], zr),
            }
            if !before.is_empty() {
                before[p * GATES * n..][..2 * n].copy_from_slice(zr);
            }
            activate_in_place(s, self.gate, zr);
            let r = &zr[n..];
            let x_candidate = Term { weights: w_candidate, input, k };
            if after {
                let terms = read.map(|read| Term { weights: u_candidate, input: read, k: units });
                gemm(s, units, start_inner, terms.as_slice(), inner);
                gemm(s, units, start_candidate, &[x_candidate], candidate);
                multiply_add(s, r, inner, candidate);
            } else if let Some(read) = read {
                multiply(s, r, &read[..n], inner);
                let h_candidate = Term { weights: u_candidate, input: inner, k: units };
                let terms = [x_candidate, h_candidate];
                gemm(s, units, start_candidate, &terms, candidate);
            } else {
                gemm(s, units, start_candidate, &[x_candidate], candidate);
            }
            if !before.is_empty() {
                before[p * GATES * n + 2 * n..][..n].copy_from_slice(candidate);
            }
            activate_in_place(s, self.activation, candidate);
            gru_mix(s, &zr[..n], candidate, states.previous, states.h);
            states.carry();
        }
        shared.finish_forward(wires, pass, &(0..0));
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let Extent { units, inputs: k, time, n, .. } = shared.extent(wires, pass);
        let (width, after) = (GATES * units, shared.spec.reset_after);
        let stride = step_stride(D_ROWS * n);
        let params = pass.params;
        shared.begin_backward(s, wires, pass);
        let gradients = core::mem::take(&mut pass.gradients);
        let own = [
            &self.kernel_gates,
            &self.recurrent_gates,
            &self.recurrent_candidate,
            &self.gates,
            &self.before,
            &self.inner,
            &self.d_gates,
            &self.raw,
        ];
        let (mut views, own) = shared.start_backward(s, wires, pass, own);
        let [w, u_gates, u_candidate, gates, before, inner, d_gates, raw] = own;
        let strides = Strides { row: width, step: 1 };
        let u = params.get(shared.recurrent_kernel);
        pack(s, k, width, params.get(shared.kernel), strides, w);
        pack(s, units, 2 * units, u, strides, u_gates);
        pack(s, units, units, &u[2 * units..], strides, u_candidate);
        let read = views.states_read();
        for p in (0..time).rev() {
            if p + 1 < time {
                views.add_outside_gradient(p);
            }
            views.set_masked_aside(p);
            let step = &gates[p * GATES * n..][..GATES * n];
            let (zr, candidate) = step.split_at(2 * n);
            let before =
                if before.is_empty() { step } else { &before[p * GATES * n..][..GATES * n] };
            let inner = &inner[p * n..][..n];
            let (raw_zr, raw_candidate) = raw.split_at_mut(2 * n);
            let (raw_z, raw_r) = raw_zr.split_at_mut(n);
            let previous = views.previous(p);
            gru_mix_backward(s, [&zr[..n], candidate], previous, views.d_h, [raw_z, raw_candidate]);
            let d_step = &mut d_gates[p * stride..][..D_ROWS * n];
            let (d_inner, rest) = d_step.split_at_mut(n);
            let (d_zr, d_candidate) = rest.split_at_mut(2 * n);
            let z_candidate = &before[2 * n..];
            activation_gradient(
                s,
                self.activation,
                z_candidate,
                candidate,
                raw_candidate,
                d_candidate,
            );
            let r = &zr[n..];
            if after {
                multiply(s, d_candidate, inner, raw_r);
                multiply(s, d_candidate, r, d_inner);
            } else {
                let term = Term { weights: u_candidate, input: d_candidate, k: units };
                gemm(s, units, Start::Zero, &[term], d_inner);
                let read = match p {
                    0 => read.first,
                    _ => Some(&read.later.data[(p - 1) * read.later.stride..][..n]),
                };
                match read {
                    Some(read) => multiply(s, d_inner, read, raw_r),
                    None => raw_r.fill(0.0),
                }
                views.add_scaled_state_gradient(d_inner, r);
            }
            activation_gradient(s, self.gate, &before[..2 * n], zr, raw_zr, d_zr);
            let terms = [
                Term { weights: u_gates, input: d_zr, k: 2 * units },
                Term { weights: u_candidate, input: d_inner, k: units },
            ];
            let terms = if after { &terms[..] } else { &terms[..1] };
            if p > 0 || shared.has_initial() {
                views.add_state_gradient(terms);
            }
            views.input_gradient(p, &[Term { weights: w, input: rest, k: width }]);
        }
        self.parameter_gradients(&views, d_gates, inner, params, gradients);
        pass.gradients = gradients;
        shared.give_initial_gradient(s, 1, wires, pass.arena);
    }

    fn parameter_gradients(
        &self,
        views: &BackwardViews<'_>,
        d_gates: &[f32],
        inner: &[f32],
        params: &Params,
        gradients: &mut [f32],
    ) {
        let (shared, ranges) = (&self.shared, params.ranges());
        let Extent { units, n, .. } = views.extent();
        let width = GATES * units;
        let stride = step_stride(D_ROWS * n);
        let d_inner = Steps { data: d_gates, stride };
        let d_zr = Steps { data: &d_gates[n..], stride };
        let d_candidate = Steps { data: &d_gates[3 * n..], stride };
        views.input_kernel_gradient(d_zr, width, &mut gradients[ranges[shared.kernel].clone()]);
        let read = views.states_read();
        let d_kernel = &mut gradients[ranges[shared.recurrent_kernel].clone()];
        views.recurrent_kernel_gradient(read, d_zr, 2 * units, width, d_kernel);
        let d_kernel = &mut d_kernel[2 * units..];
        if shared.spec.reset_after {
            views.recurrent_kernel_gradient(read, d_inner, units, width, d_kernel);
        } else {
            let later = Steps { data: &inner[n..], stride: n };
            let reset = StatesRead { first: read.first.map(|_| &inner[..n]), later };
            views.recurrent_kernel_gradient(reset, d_candidate, units, width, d_kernel);
        }
        if let Some(bias) = shared.bias {
            let d_bias = &mut gradients[ranges[bias].clone()];
            views.bias_gradient(d_zr, &mut d_bias[..width]);
            if shared.spec.reset_after {
                views.bias_gradient(d_zr, &mut d_bias[width..width + 2 * units]);
                views.bias_gradient(d_inner, &mut d_bias[width + 2 * units..]);
            }
        }
    }
}
