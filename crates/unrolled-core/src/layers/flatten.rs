//! `[time, features]` → `[time·features]`.

use unrolled_simd::Isa;
use unrolled_simd::kernels::add_assign;

use super::{Gradient, MOST_FEATURES, Pass, Shape, Wires};
use crate::arena::{Carver, split};
use crate::error::{Error, Result};

/// In the lane layout a flattened sequence is the sequence itself, read as one step.
#[derive(Clone, Debug)]
pub(crate) struct Flatten {}

impl Flatten {
    pub fn build(name: &str, input: Shape) -> Result<(Self, Shape)> {
        let features = match input {
            Shape::Vector { features } => features,
            Shape::Sequence { time: Some(time), features } => match time.checked_mul(features) {
                Some(all) if all < MOST_FEATURES => all,
                _ => {
                    let message = format!("{time} steps of {features} features are too many");
                    return Err(Error::spec(name, message));
                }
            },
            Shape::Sequence { time: None, .. } => {
                return Err(Error::spec(
                    name,
                    "flatten needs a fixed number of time steps: give inputShape [time, features] \
                     without null",
                ));
            }
        };
        Ok((Self {}, Shape::Vector { features }))
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        wires.outputs[0].y = carver.take(wires.outputs[0].features, lanes);
        wires.outputs[0].steps = 1;
    }

    pub fn forward(&self, _: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let [x, y] = split(pass.arena, [&wires.inputs[0].y, &wires.outputs[0].y]);
        y.copy_from_slice(x);
    }

    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let [d_x, d_y] = split(pass.arena, [&wires.inputs[0].d_y, &wires.outputs[0].d_y]);
        match wires.gradients[0] {
            Gradient::Unused => {}
            Gradient::Write => d_x.copy_from_slice(d_y),
            Gradient::Add => add_assign(s, d_y, d_x),
        }
    }
}
