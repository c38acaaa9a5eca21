//! `y = activation(x·kernel + bias)`, on vectors and at every time step.

use unrolled_simd::kernels::{activate_in_place, bias_gradient, gemm, kernel_gradient, pack};
use unrolled_simd::{GradientShape, Isa, Start, Steps, Strides, Term};

use super::{Builder, Gradient, Pass, Shape, Wires, activation, valid_units};
use crate::arena::{Buffer, Carver, split};
use crate::error::Result;
use crate::params::ParamSpec;
use crate::spec::{Activation, DenseSpec};

/// A dense layer. kernel: `[in, units]`, bias: `[units]`.
#[derive(Clone, Debug)]
pub(crate) struct Dense {
    inputs: usize,
    units: usize,
    activation: Activation,
    kernel: usize,
    bias: Option<usize>,
    packed: Buffer,
    /// `[steps][units][lanes]`: `x·kernel + bias`, where the activation's gradient needs it.
    z: Buffer,
    /// `[steps][units][lanes]`
    d_z: Buffer,
}

impl Dense {
    pub fn build(
        name: &str,
        spec: &DenseSpec,
        input: Shape,
        builder: &mut Builder,
    ) -> Result<Self> {
        valid_units(name, spec.units)?;
        let inputs = input.features();
        let kernel = builder.param(ParamSpec {
            regularizer: spec.kernel_regularizer,
            constraint: spec.kernel_constraint,
            ..ParamSpec::new(
                format!("{name}/kernel"),
                &[inputs, spec.units],
                spec.kernel_initializer.clone(),
            )
        });
        let bias = spec.use_bias.then(|| {
            builder.param(ParamSpec {
                regularizer: spec.bias_regularizer,
                constraint: spec.bias_constraint,
                ..ParamSpec::new(
                    format!("{name}/bias"),
                    &[spec.units],
                    spec.bias_initializer.clone(),
                )
            })
        });
        Ok(Self {
            inputs,
            units: spec.units,
            activation: spec.activation,
            kernel,
            bias,
            packed: 0..0,
            z: 0..0,
            d_z: 0..0,
        })
    }

    fn keeps_z(&self) -> bool {
        activation::keeps_input(self.activation)
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let x = &wires.inputs[0];
        let (steps, n) = (x.steps, self.units * lanes);
        self.packed = carver.take(self.inputs, self.units);
        self.z = carver.take_if(self.keeps_z(), steps, n);
        self.d_z = carver.take_if(self.activation != Activation::Linear, steps, n);
        wires.outputs[0].y = carver.take(steps, n);
        wires.outputs[0].steps = x.steps;
        wires.outputs[0].mask = x.mask.clone();
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let (lanes, units, k) = (pass.lanes, self.units, self.inputs);
        let (x, out) = (&wires.inputs[0], &wires.outputs[0]);
        let [x, y, z, packed] = split(pass.arena, [&x.y, &out.y, &self.z, &self.packed]);
        let kernel = pass.params.get(self.kernel);
        pack(s, units, k, kernel, Strides { row: 1, step: units }, packed);
        let start = match self.bias {
            Some(bias) => Start::Bias(pass.params.get(bias)),
            None => Start::Zero,
        };
        let target = if self.keeps_z() { &mut *z } else { &mut *y };
        for (x, z) in x.chunks_exact(k * lanes).zip(target.chunks_exact_mut(units * lanes)) {
            gemm(s, units, start, &[Term { weights: packed, input: x, k }], z);
        }
        if self.keeps_z() {
            activation::forward(s, self.activation, z, y, units, lanes);
        } else if let Some(kernel) = super::elementwise(self.activation)
            && self.activation != Activation::Linear
        {
            activate_in_place(s, kernel, y);
        }
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let (lanes, units, k) = (pass.lanes, self.units, self.inputs);
        let (x, out) = (&wires.inputs[0], &wires.outputs[0]);
        let time = x.steps;
        let [x_data, d_x, y, d_y, z, d_z, packed] =
            split(pass.arena, [&x.y, &x.d_y, &out.y, &out.d_y, &self.z, &self.d_z, &self.packed]);
        let d_z = if self.activation == Activation::Linear {
            &*d_y
        } else {
            let z = if self.keeps_z() { &*z } else { &*y };
            activation::backward(s, self.activation, [z, y, d_y], d_z, units, lanes);
            &*d_z
        };
        let ranges = pass.params.ranges();
        let d_steps = Steps { data: d_z, stride: units * lanes };
        kernel_gradient(
            s,
            GradientShape { rows: k, columns: units, stride: units, time },
            Steps { data: x_data, stride: k * lanes },
            d_steps,
            &mut pass.gradients[ranges[self.kernel].clone()],
        );
        if let Some(bias) = self.bias {
            bias_gradient(s, time, d_steps, &mut pass.gradients[ranges[bias].clone()]);
        }
        let start = match wires.gradients[0] {
            Gradient::Unused => return,
            Gradient::Write => Start::Zero,
            Gradient::Add => Start::Accumulate,
        };
        let kernel = pass.params.get(self.kernel);
        pack(s, k, units, kernel, Strides { row: units, step: 1 }, packed);
        for (d_z, d_x) in d_z.chunks_exact(units * lanes).zip(d_x.chunks_exact_mut(k * lanes)) {
            gemm(s, k, start, &[Term { weights: packed, input: d_z, k: units }], d_x);
        }
    }
}
