//! Long short-term memory (Hochreiter & Schmidhuber 1997, with forget gates), Keras's equations:
//!
//! ```text
//! i, f, g, o = σ, σ, tanh, σ of x·kernel + h·recurrent_kernel + bias
//! c' = f·c + i·g        h' = o·tanh(c')
//! ```

use unrolled_simd::cells::GATES;
use unrolled_simd::kernels::{add_assign, gemm, pack};
use unrolled_simd::{Isa, Start, Steps, Strides, Term};

use super::lstm_cell::{Cell, CellStep};
use super::recurrent::{Extent, Kind, Recurrent, step_stride};
use super::{Builder, Pass, Shape, Wires};
use crate::arena::{Buffer, Carver, split};
use crate::error::Result;
use crate::spec::RecurrentSpec;

/// An LSTM layer. bias: `[4·units]`.
#[derive(Clone, Debug)]
pub(crate) struct Lstm {
    pub(super) shared: Recurrent,
    cell: Cell,
    kernel_packed: Buffer,
    recurrent_packed: Buffer,
    /// `[time][4·units][lanes]`, [`step_stride`] between steps: the gates; in the backward pass their
    /// gradients before the activation take their place.
    gates: Buffer,
    /// `[time][4·units][lanes]`: before the activations, where their gradients need that.
    z: Buffer,
    /// `[time][units][lanes]`
    c: Buffer,
    /// `[time][units][lanes]`: `activation(c)`
    activated_c: Buffer,
    /// `[units][lanes]`
    initial_c: Buffer,
    d_c: Buffer,
    passed_c: Buffer,
    /// `[5·units][lanes]`: for activations that are not fused.
    scratch: Buffer,
}

impl Lstm {
    pub fn build(
        name: &str,
        spec: &RecurrentSpec,
        inputs: &[Shape],
        builder: &mut Builder,
    ) -> Result<(Self, Vec<Shape>)> {
        let units = spec.units;
        let kind = Kind {
            gates: GATES,
            states: 2,
            bias_shape: vec![GATES * units],
            bias_ones: if spec.unit_forget_bias { units..2 * units } else { 0..0 },
        };
        let (shared, shapes) = Recurrent::build(name, spec, kind, inputs, builder)?;
        let layer = Self {
            shared,
            cell: Cell::new(spec),
            kernel_packed: 0..0,
            recurrent_packed: 0..0,
            gates: 0..0,
            z: 0..0,
            c: 0..0,
            activated_c: 0..0,
            initial_c: 0..0,
            d_c: 0..0,
            passed_c: 0..0,
            scratch: 0..0,
        };
        Ok((layer, shapes))
    }

    /// The second state after each step.
    pub fn c(&self) -> &Buffer {
        &self.c
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let (units, time) = (self.shared.spec.units, wires.inputs[0].steps);
        let n = units * lanes;
        let masked = !wires.inputs[0].mask.is_empty();
        self.kernel_packed = carver.take(self.shared.inputs, GATES * units);
        self.recurrent_packed = carver.take(units, GATES * units);
        self.gates = carver.take(time, step_stride(GATES * n));
        self.z = carver.take_if(self.cell.needs_input(), time, GATES * n);
        self.c = carver.take(time, n);
        self.activated_c = carver.take(time, n);
        self.initial_c = carver.take_if(self.shared.has_initial() || masked, 1, n);
        self.d_c = carver.take(1, n);
        self.passed_c = carver.take_if(masked, 1, n);
        self.scratch = carver.take_if(!self.cell.fused(), GATES + 1, n);
        self.shared.prepare(lanes, wires, carver);
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let Extent { units, inputs: k, time, n, .. } = shared.extent(wires, pass);
        let (rows, stride) = (GATES * units, step_stride(GATES * n));
        let params = pass.params;
        if shared.has_initial() {
            let [from, to] = split(pass.arena, [&wires.inputs[2].y, &self.initial_c]);
            to.copy_from_slice(from);
        } else {
            pass.arena[self.initial_c.clone()].fill(0.0);
        }
        let own = [
            &self.kernel_packed,
            &self.recurrent_packed,
            &self.gates,
            &self.z,
            &self.c,
            &self.activated_c,
            &self.initial_c,
        ];
        let (mut views, own) = shared.start_forward(s, wires, pass, own);
        let [kernel, recurrent, gates, z, c, activated_c, initial_c] = own;
        let strides = Strides { row: 1, step: rows };
        pack(s, rows, k, params.get(shared.kernel), strides, kernel);
        pack(s, rows, units, params.get(shared.recurrent_kernel), strides, recurrent);
        let start = shared.bias.map_or(Start::Zero, |bias| Start::Bias(params.get(bias)));
        for p in 0..time {
            let gates = &mut gates[p * stride..][..GATES * n];
            let x = Term { weights: kernel, input: views.input(p), k };
            let states = views.states(p);
            match states.read {
                Some(read) => {
                    let state = Term { weights: recurrent, input: read, k: units };
                    gemm(s, rows, start, &[x, state], gates);
                }
                None => gemm(s, rows, start, &[x], gates),
            }
            if !z.is_empty() {
                z[p * GATES * n..][..GATES * n].copy_from_slice(gates);
            }
            let (before, after) = c.split_at_mut(p * n);
            let c_previous = match p {
                0 => (!initial_c.is_empty()).then_some(&*initial_c),
                _ => Some(&before[(p - 1) * n..]),
            };
            let (c, activated_c) = (&mut after[..n], &mut activated_c[p * n..][..n]);
            self.cell.forward(s, gates, c_previous, c, activated_c, states.h);
            states.carry_other(c_previous, c);
            states.carry();
        }
        shared.finish_forward(wires, pass, &self.c);
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let Extent { units, inputs: k, time, n, .. } = shared.extent(wires, pass);
        let (rows, stride) = (GATES * units, step_stride(GATES * n));
        let params = pass.params;
        shared.begin_backward(s, wires, pass);
        pass.arena[self.d_c.clone()].fill(0.0);
        shared.add_output_state_gradient(s, 2, wires, pass.arena, &self.d_c);
        let gradients = core::mem::take(&mut pass.gradients);
        let own = [
            &self.kernel_packed,
            &self.recurrent_packed,
            &self.gates,
            &self.z,
            &self.c,
            &self.activated_c,
            &self.initial_c,
            &self.d_c,
            &self.passed_c,
            &self.scratch,
        ];
        let (mut views, own) = shared.start_backward(s, wires, pass, own);
        let [kernel, recurrent, gates, z, c, activated_c, initial_c, d_c, passed_c, scratch] = own;
        let strides = Strides { row: rows, step: 1 };
        pack(s, k, rows, params.get(shared.kernel), strides, kernel);
        pack(s, units, rows, params.get(shared.recurrent_kernel), strides, recurrent);
        for p in (0..time).rev() {
            if p + 1 < time {
                let d_later = &gates[(p + 1) * stride..];
                let later = Term { weights: recurrent, input: d_later, k: rows };
                views.take_state_gradient(p, &[later]);
                if !passed_c.is_empty() {
                    add_assign(s, passed_c, d_c);
                }
            }
            views.set_masked_aside(p);
            views.set_other_aside(p, d_c, passed_c);
            let gates = &mut gates[p * stride..][..GATES * n];
            let step = CellStep {
                z: if z.is_empty() { &[] } else { &z[p * GATES * n..][..GATES * n] },
                c: &c[p * n..][..n],
                c_previous: match p {
                    0 => (!initial_c.is_empty()).then_some(&*initial_c),
                    _ => Some(&c[(p - 1) * n..][..n]),
                },
                activated_c: &activated_c[p * n..][..n],
                d_h: views.d_h,
            };
            self.cell.backward(s, step, gates, d_c, scratch);
            views.input_gradient(p, &[Term { weights: kernel, input: gates, k: rows }]);
        }
        if shared.has_initial() {
            views.d_h.fill(0.0);
            views.add_state_gradient(&[Term { weights: recurrent, input: gates, k: rows }]);
            if !passed_c.is_empty() {
                add_assign(s, passed_c, d_c);
            }
        }
        shared.parameter_gradients(&views, Steps { data: gates, stride }, params, gradients);
        pass.gradients = gradients;
        shared.give_initial_gradient(s, 1, wires, pass.arena);
        shared.give_other_initial_gradient(s, 2, wires, pass.arena, &self.d_c);
    }
}
