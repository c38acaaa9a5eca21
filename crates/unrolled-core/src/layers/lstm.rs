//! Long short-term memory (Hochreiter & Schmidhuber 1997, with forget gates), Keras's equations:
//!
//! ```text
//! i, f, g, o = σ, σ, tanh, σ of x·kernel + h·recurrent_kernel + bias
//! c' = f·c + i·g        h' = o·tanh(c')
//! ```

use unrolled_simd::cells::GATES;
use unrolled_simd::kernels::{
    add_assign, bias_gradient, gemm, kernel_gradient, pack, set_invalid_aside,
};
use unrolled_simd::{GradientShape, Isa, Start, Steps, Strides, Term};

use super::lstm_cell::{Cell, CellStep};
use super::recurrent::{Kind, Recurrent, carry, step_stride};
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

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let (units, time) = (self.shared.spec.units, wires.inputs[0].steps);
        let n = units * lanes;
        let masked = !wires.inputs[0].mask.is_empty();
        self.kernel_packed = carver.take(self.shared.inputs * GATES * units);
        self.recurrent_packed = carver.take(units * GATES * units);
        self.gates = carver.take(time * step_stride(GATES * n));
        self.z = carver.take_if(self.cell.needs_input(), time * GATES * n);
        self.c = carver.take(time * n);
        self.activated_c = carver.take(time * n);
        self.initial_c = carver.take_if(self.shared.has_initial() || masked, n);
        self.d_c = carver.take(n);
        self.passed_c = carver.take_if(masked, n);
        self.scratch = carver.take_if(!self.cell.fused(), (GATES + 1) * n);
        self.shared.prepare(lanes, wires, carver);
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let (lanes, units, k) = (pass.lanes, shared.spec.units, shared.inputs);
        let (n, time, rows) = (units * lanes, wires.inputs[0].steps, GATES * units);
        let stride = step_stride(GATES * n);
        let params = pass.params;
        let dropped = shared.drops_state(pass);
        if shared.has_initial() {
            let [from, to] = split(pass.arena, [&wires.inputs[2].y, &self.initial_c]);
            to.copy_from_slice(from);
        } else {
            pass.arena[self.initial_c.clone()].fill(0.0);
        }
        let (mut views, [kernel, recurrent, gates, z, c, activated_c, initial_c]) = shared
            .start_forward(
                s,
                wires,
                pass,
                [
                    &self.kernel_packed,
                    &self.recurrent_packed,
                    &self.gates,
                    &self.z,
                    &self.c,
                    &self.activated_c,
                    &self.initial_c,
                ],
            );
        let strides = Strides { row: 1, step: rows };
        pack(s, rows, k, params.get(shared.kernel), strides, kernel);
        pack(s, rows, units, params.get(shared.recurrent_kernel), strides, recurrent);
        let start = shared.bias.map_or(Start::Zero, |bias| Start::Bias(params.get(bias)));
        for p in 0..time {
            let x = Term { weights: kernel, input: &views.x[p * k * lanes..], k };
            let mask = shared.mask_at(views.mask, p, time, lanes);
            let (previous, read, h) = views.states(s, p, n, dropped);
            let gates = &mut gates[p * stride..][..GATES * n];
            match read {
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
            let c = &mut after[..n];
            self.cell.forward(s, gates, c_previous, c, &mut activated_c[p * n..][..n], h);
            carry(s, mask, previous, h);
            carry(s, mask, c_previous, c);
        }
        shared.finish_forward(wires, pass, time, &self.c);
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let (lanes, units, k) = (pass.lanes, shared.spec.units, shared.inputs);
        let (n, time, rows) = (units * lanes, wires.inputs[0].steps, GATES * units);
        let stride = step_stride(GATES * n);
        let params = pass.params;
        let (dropped, dropped_input) = (shared.drops_state(pass), shared.dropped_input(pass));
        {
            let (views, [kernel, recurrent, d_c]) = shared.start_backward(
                wires,
                pass,
                [&self.kernel_packed, &self.recurrent_packed, &self.d_c],
            );
            let strides = Strides { row: rows, step: 1 };
            pack(s, k, rows, params.get(shared.kernel), strides, kernel);
            pack(s, units, rows, params.get(shared.recurrent_kernel), strides, recurrent);
            shared.outside_gradient(views.d_y, time - 1, time, views.d_h);
            d_c.fill(0.0);
        }
        shared.add_output_state_gradient(s, 1, wires, pass.arena, shared.d_h());
        shared.add_output_state_gradient(s, 2, wires, pass.arena, &self.d_c);
        let (mut views, own) = shared.start_backward(
            wires,
            pass,
            [
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
            ],
        );
        let [kernel, recurrent, gates, z, c, activated_c, initial_c, d_c, passed_c, scratch] = own;
        for p in (0..time).rev() {
            if p + 1 < time {
                let d_later = &gates[(p + 1) * stride..];
                let later = Term { weights: recurrent, input: d_later, k: rows };
                shared.outside_gradient(views.d_y, p, time, views.d_h);
                shared.add_state_gradient(s, &[later], &mut views, dropped, lanes);
                shared.add_passed(s, &mut views);
                if !passed_c.is_empty() {
                    add_assign(s, passed_c, d_c);
                }
            }
            shared.set_masked_aside(s, &mut views, p, time, lanes);
            if let Some(mask) = shared.mask_at(views.mask, p, time, lanes) {
                set_invalid_aside(s, mask, d_c, passed_c);
            }
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
            let terms = [Term { weights: kernel, input: gates, k: rows }];
            let mode = wires.gradients[0];
            shared.input_gradient(s, &terms, &mut views, mode, p, time, dropped_input, lanes);
        }
        if shared.has_initial() {
            let first = Term { weights: recurrent, input: &gates[..GATES * n], k: rows };
            views.d_h.fill(0.0);
            shared.add_state_gradient(s, &[first], &mut views, dropped, lanes);
            shared.add_passed(s, &mut views);
            if !passed_c.is_empty() {
                add_assign(s, passed_c, d_c);
            }
        }
        shared.give_initial_gradient(s, 1, wires, pass.arena, shared.d_h());
        shared.give_initial_gradient(s, 2, wires, pass.arena, &self.d_c);
        let ranges = params.ranges();
        let gradients = core::mem::take(&mut pass.gradients);
        let (views, [d_gates]) = shared.start_backward(wires, pass, [&self.gates]);
        let d_steps = Steps { data: d_gates, stride };
        kernel_gradient(
            s,
            GradientShape { rows: k, columns: rows, stride: rows, time },
            Steps { data: views.x, stride: k * lanes },
            d_steps,
            &mut gradients[ranges[shared.kernel].clone()],
        );
        shared.recurrent_gradient(
            s,
            shared.states_read(&views, dropped, n),
            d_steps,
            rows,
            rows,
            time,
            lanes,
            &mut gradients[ranges[shared.recurrent_kernel].clone()],
        );
        if let Some(bias) = shared.bias {
            bias_gradient(s, time, d_steps, &mut gradients[ranges[bias].clone()]);
        }
        pass.gradients = gradients;
    }
}
