//! Dropout between layers.

use unrolled_simd::Isa;
use unrolled_simd::kernels::{add_assign, multiply, multiply_add};

use super::{Builder, Gradient, Pass, Wires};
use crate::arena::{Buffer, Carver, split};
use crate::error::Result;
use crate::spec::DropoutSpec;
use unrolled_spec::bounds::share;

/// `y = x·mask` while training, `y = x` otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Dropout {
    rate: f32,
    number: usize,
    /// `[steps][features][lanes]`
    mask: Buffer,
    scratch: Buffer,
}

impl Dropout {
    pub fn build(name: &str, spec: &DropoutSpec, builder: &mut Builder) -> Result<Self> {
        share(name, "rate", spec.rate)?;
        Ok(Self { rate: spec.rate, number: builder.mask(), mask: 0..0, scratch: 0..0 })
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let x = &wires.inputs[0];
        let (steps, n) = (x.steps, x.features * lanes);
        self.mask = carver.take_if(self.rate > 0.0, steps, n);
        self.scratch = carver.take_if(self.rate > 0.0, steps, x.features);
        wires.outputs[0].y = carver.take(steps, n);
        wires.outputs[0].steps = x.steps;
        wires.outputs[0].mask = x.mask.clone();
    }

    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let [x, y, mask, scratch] =
            split(pass.arena, [&wires.inputs[0].y, &wires.outputs[0].y, &self.mask, &self.scratch]);
        match pass.dropout {
            Some(key) if self.rate > 0.0 => {
                key.fill(self.number, self.rate, pass.lanes, mask, scratch);
                multiply(s, x, mask, y);
            }
            _ => y.copy_from_slice(x),
        }
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let [d_x, d_y, mask] =
            split(pass.arena, [&wires.inputs[0].d_y, &wires.outputs[0].d_y, &self.mask]);
        let dropped = pass.dropout.is_some() && self.rate > 0.0;
        match (wires.gradients[0], dropped) {
            (Gradient::Unused, _) => {}
            (Gradient::Write, true) => multiply(s, d_y, mask, d_x),
            (Gradient::Write, false) => d_x.copy_from_slice(d_y),
            (Gradient::Add, true) => multiply_add(s, d_y, mask, d_x),
            (Gradient::Add, false) => add_assign(s, d_y, d_x),
        }
    }
}
