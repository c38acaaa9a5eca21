//! `h = activation(x·kernel + h·recurrent_kernel + bias)`.

use unrolled_simd::kernels::{activate_in_place, bias_gradient, gemm, kernel_gradient, pack};
use unrolled_simd::{GradientShape, Isa, Start, Steps, Strides, Term};

use super::recurrent::{Kind, Recurrent, carry, step_stride};
use super::{Builder, Pass, Shape, Wires, activation, elementwise};
use crate::arena::{Buffer, Carver};
use crate::error::Result;
use crate::spec::RecurrentSpec;

/// A fully connected recurrent layer. bias: `[units]`.
#[derive(Clone, Debug)]
pub(crate) struct SimpleRnn {
    pub(super) shared: Recurrent,
    kernel_packed: Buffer,
    recurrent_packed: Buffer,
    /// `[time][units][lanes]`: before the activation, where its gradient needs that.
    z: Buffer,
    /// `[time][units][lanes]`, [`step_stride`] between steps.
    d_z: Buffer,
}

impl SimpleRnn {
    pub fn build(
        name: &str,
        spec: &RecurrentSpec,
        inputs: &[Shape],
        builder: &mut Builder,
    ) -> Result<(Self, Vec<Shape>)> {
        let kind = Kind { gates: 1, states: 1, bias_shape: vec![spec.units], bias_ones: 0..0 };
        let (shared, shapes) = Recurrent::build(name, spec, kind, inputs, builder)?;
        let layer =
            Self { shared, kernel_packed: 0..0, recurrent_packed: 0..0, z: 0..0, d_z: 0..0 };
        Ok((layer, shapes))
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let spec = &self.shared.spec;
        let len = wires.inputs[0].steps * spec.units * lanes;
        self.kernel_packed = carver.take(self.shared.inputs * spec.units);
        self.recurrent_packed = carver.take(spec.units * spec.units);
        // At a masked step h is not the activation of anything: its gradient is zero there anyway.
        self.z = carver.take_if(activation::keeps_input(spec.activation), len);
        self.d_z = carver.take(wires.inputs[0].steps * step_stride(spec.units * lanes));
        self.shared.prepare(lanes, wires, carver);
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let (lanes, units, k) = (pass.lanes, shared.spec.units, shared.inputs);
        let (n, time) = (units * lanes, wires.inputs[0].steps);
        let params = pass.params;
        let dropped = shared.drops_state(pass);
        let (mut views, [kernel, recurrent, z]) = shared.start_forward(
            s,
            wires,
            pass,
            [&self.kernel_packed, &self.recurrent_packed, &self.z],
        );
        let strides = Strides { row: 1, step: units };
        pack(s, units, k, params.get(shared.kernel), strides, kernel);
        pack(s, units, units, params.get(shared.recurrent_kernel), strides, recurrent);
        let start = shared.bias.map_or(Start::Zero, |bias| Start::Bias(params.get(bias)));
        let f = shared.spec.activation;
        for p in 0..time {
            let x = Term { weights: kernel, input: &views.x[p * k * lanes..], k };
            let mask = shared.mask_at(views.mask, p, time, lanes);
            let (previous, read, h) = views.states(s, p, n, dropped);
            let target = if z.is_empty() { &mut *h } else { &mut z[p * n..][..n] };
            match read {
                Some(read) => {
                    let state = Term { weights: recurrent, input: read, k: units };
                    gemm(s, units, start, &[x, state], target);
                }
                None => gemm(s, units, start, &[x], target),
            }
            match elementwise(f) {
                Some(kernel) if z.is_empty() => activate_in_place(s, kernel, h),
                _ => activation::forward(s, f, &z[p * n..][..n], h, units, lanes),
            }
            carry(s, mask, previous, h);
        }
        shared.finish_forward(wires, pass, time, &(0..0));
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let (lanes, units, k) = (pass.lanes, shared.spec.units, shared.inputs);
        let (n, time) = (units * lanes, wires.inputs[0].steps);
        let stride = step_stride(n);
        let params = pass.params;
        let (dropped, dropped_input) = (shared.drops_state(pass), shared.dropped_input(pass));
        let own = [&self.kernel_packed, &self.recurrent_packed, &self.z, &self.d_z];
        {
            let (views, [kernel, recurrent, ..]) = shared.start_backward(wires, pass, own);
            let strides = Strides { row: units, step: 1 };
            pack(s, k, units, params.get(shared.kernel), strides, kernel);
            pack(s, units, units, params.get(shared.recurrent_kernel), strides, recurrent);
            shared.outside_gradient(views.d_y, time - 1, time, views.d_h);
        }
        shared.add_output_state_gradient(s, 1, wires, pass.arena, shared.d_h());
        let ranges = params.ranges();
        let f = shared.spec.activation;
        {
            let (mut views, [kernel, recurrent, z, d_z]) = shared.start_backward(wires, pass, own);
            for p in (0..time).rev() {
                if p + 1 < time {
                    let later =
                        Term { weights: recurrent, input: &d_z[(p + 1) * stride..], k: units };
                    shared.outside_gradient(views.d_y, p, time, views.d_h);
                    shared.add_state_gradient(s, &[later], &mut views, dropped, lanes);
                    shared.add_passed(s, &mut views);
                }
                shared.set_masked_aside(s, &mut views, p, time, lanes);
                let h = &views.h[p * n..][..n];
                let z = if z.is_empty() { h } else { &z[p * n..][..n] };
                let d_z = &mut d_z[p * stride..][..n];
                activation::backward(s, f, [z, h, &*views.d_h], d_z, units, lanes);
                let terms = [Term { weights: kernel, input: d_z, k: units }];
                let mode = wires.gradients[0];
                shared.input_gradient(s, &terms, &mut views, mode, p, time, dropped_input, lanes);
            }
            if shared.has_initial() {
                let first = Term { weights: recurrent, input: &d_z[..n], k: units };
                views.d_h.fill(0.0);
                shared.add_state_gradient(s, &[first], &mut views, dropped, lanes);
                shared.add_passed(s, &mut views);
            }
        }
        shared.give_initial_gradient(s, 1, wires, pass.arena, shared.d_h());
        let gradients = core::mem::take(&mut pass.gradients);
        let (views, [_, _, _, d_z]) = shared.start_backward(wires, pass, own);
        let d_steps = Steps { data: d_z, stride };
        kernel_gradient(
            s,
            GradientShape { rows: k, columns: units, stride: units, time },
            Steps { data: views.x, stride: k * lanes },
            d_steps,
            &mut gradients[ranges[shared.kernel].clone()],
        );
        shared.recurrent_gradient(
            s,
            shared.states_read(&views, dropped, n),
            d_steps,
            units,
            units,
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
