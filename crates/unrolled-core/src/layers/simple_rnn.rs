//! `h = activation(x·kernel + h·recurrent_kernel + bias)`.

use unrolled_simd::kernels::{activate_in_place, gemm, pack};
use unrolled_simd::{Isa, Start, Steps, Strides, Term};

use super::recurrent::{Extent, Kind, Recurrent, step_stride};
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
        let (time, n) = (wires.inputs[0].steps, spec.units * lanes);
        self.kernel_packed = carver.take(self.shared.inputs, spec.units);
        self.recurrent_packed = carver.take(spec.units, spec.units);
        // At a masked step h is not the activation of anything: its gradient is zero there anyway.
        self.z = carver.take_if(activation::keeps_input(spec.activation), time, n);
        self.d_z = carver.take(time, step_stride(n));
        self.shared.prepare(lanes, wires, carver);
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let Extent { units, inputs: k, lanes, time, n, .. } = shared.extent(wires, pass);
        let params = pass.params;
        let own = [&self.kernel_packed, &self.recurrent_packed, &self.z];
        let (mut views, [kernel, recurrent, z]) = shared.start_forward(s, wires, pass, own);
        let strides = Strides { row: 1, step: units };
        pack(s, units, k, params.get(shared.kernel), strides, kernel);
        pack(s, units, units, params.get(shared.recurrent_kernel), strides, recurrent);
        let start = shared.bias.map_or(Start::Zero, |bias| Start::Bias(params.get(bias)));
        let f = shared.spec.activation;
        for p in 0..time {
            let x = Term { weights: kernel, input: views.input(p), k };
            let states = views.states(p);
            let target = if z.is_empty() { &mut *states.h } else { &mut z[p * n..][..n] };
            match states.read {
                Some(read) => {
                    let state = Term { weights: recurrent, input: read, k: units };
                    gemm(s, units, start, &[x, state], target);
                }
                None => gemm(s, units, start, &[x], target),
            }
            match elementwise(f) {
                Some(kernel) if z.is_empty() => activate_in_place(s, kernel, states.h),
                _ => activation::forward(s, f, &z[p * n..][..n], states.h, units, lanes),
            }
            states.carry();
        }
        shared.finish_forward(wires, pass, &(0..0));
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let shared = &self.shared;
        let Extent { units, inputs: k, lanes, time, n, .. } = shared.extent(wires, pass);
        let stride = step_stride(n);
        let params = pass.params;
        shared.begin_backward(s, wires, pass);
        let gradients = core::mem::take(&mut pass.gradients);
        let own = [&self.kernel_packed, &self.recurrent_packed, &self.z, &self.d_z];
        let (mut views, own) = shared.start_backward(s, wires, pass, own);
        let [kernel, recurrent, z, d_z] = own;
        let strides = Strides { row: units, step: 1 };
        pack(s, k, units, params.get(shared.kernel), strides, kernel);
        pack(s, units, units, params.get(shared.recurrent_kernel), strides, recurrent);
        let f = shared.spec.activation;
        for p in (0..time).rev() {
            if p + 1 < time {
                let d_later = &d_z[(p + 1) * stride..];
                let later = Term { weights: recurrent, input: d_later, k: units };
                views.take_state_gradient(p, &[later]);
            }
            views.set_masked_aside(p);
            let h = views.h(p);
            let z = if z.is_empty() { h } else { &z[p * n..][..n] };
            let d_z = &mut d_z[p * stride..][..n];
            activation::backward(s, f, [z, h, views.d_h], d_z, units, lanes);
            views.input_gradient(p, &[Term { weights: kernel, input: d_z, k: units }]);
        }
        if shared.has_initial() {
            views.d_h.fill(0.0);
            views.add_state_gradient(&[Term { weights: recurrent, input: d_z, k: units }]);
        }
        shared.parameter_gradients(&views, Steps { data: d_z, stride }, params, gradients);
        pass.gradients = gradients;
        shared.give_initial_gradient(s, 1, wires, pass.arena);
    }
}
