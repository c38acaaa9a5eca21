//! What the recurrent layers share: options, buffers, the direction of time, masks, dropout, and
//! states in and out.
//!
//! Inside a layer time runs in the order of reading: step `p` reads the input's step `p`, or
//! `time-1-p` with `go_backwards`. At a masked step the state is carried on unchanged.

mod backward;
mod forward;

pub(super) use backward::{BackwardViews, StatesRead};

use super::{Builder, Pass, Shape, Value, Wires, valid_units};
use crate::arena::{Buffer, Carver};
use crate::error::{Error, Result};
use crate::params::ParamSpec;
use crate::spec::{Activation, RecurrentSpec};
use unrolled_spec::bounds::share;

/// The shared part of a recurrent layer. kernel: `[in, gates·units]`, recurrent_kernel:
/// `[units, gates·units]`.
#[derive(Clone, Debug)]
pub(in crate::layers) struct Recurrent {
    pub spec: RecurrentSpec,
    pub inputs: usize,
    /// Numbers of the parameters.
    pub kernel: usize,
    pub recurrent_kernel: usize,
    pub bias: Option<usize>,
    x_mask_number: usize,
    h_mask_number: usize,
    /// `[time][units][lanes]`: the state after each step.
    h: Buffer,
    /// `[units][lanes]`: the state before the first step.
    initial: Buffer,
    has_initial: bool,
    /// `[time][in][lanes]`: the input in the order of reading, with dropout.
    x_read: Buffer,
    /// `[time][units][lanes]`: the state before each step, with dropout.
    h_read: Buffer,
    x_mask: Buffer,
    h_mask: Buffer,
    scratch: Buffer,
    /// `[units][lanes]`: gradient of the state after the present step.
    d_h: Buffer,
    /// `[units][lanes]`: the part of it that a masked step hands on.
    passed: Buffer,
}

/// What is different between the recurrent layers.
pub(in crate::layers) struct Kind {
    pub gates: usize,
    /// States carried on: h, or h and c.
    pub states: usize,
    pub bias_shape: Vec<usize>,
    /// Elements of the bias that start at one.
    pub bias_ones: core::ops::Range<usize>,
}

/// Sizes of a pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub units: usize,
    pub inputs: usize,
    pub lanes: usize,
    pub time: usize,
    /// Values of a state: units·lanes.
    pub n: usize,
    backwards: bool,
}

impl Extent {
    /// The input's step that is read at `p`.
    #[inline(always)]
    fn step_read(&self, p: usize) -> usize {
        if self.backwards { self.time - 1 - p } else { p }
    }

    /// The mask of the input's step read at `p`: `[lanes]`; `None` if everything is valid.
    #[inline(always)]
    fn mask_at<'a>(&self, mask: &'a [f32], p: usize) -> Option<&'a [f32]> {
        (!mask.is_empty()).then(|| &mask[self.step_read(p) * self.lanes..][..self.lanes])
    }
}

impl Recurrent {
    pub fn build(
        name: &str,
        spec: &RecurrentSpec,
        kind: Kind,
        inputs: &[Shape],
        builder: &mut Builder,
    ) -> Result<(Self, Vec<Shape>)> {
        valid_units(name, spec.units)?;
        share(name, "dropout", spec.dropout)?;
        share(name, "recurrentDropout", spec.recurrent_dropout)?;
        for (option, activation) in
            [("activation", spec.activation), ("recurrentActivation", spec.recurrent_activation)]
        {
            if activation == Activation::Softmax && kind.gates > 1 {
                return Err(Error::spec(
                    name,
                    format!("{option} of a gated layer works element by element; got softmax"),
                ));
            }
        }
        let units = spec.units;
        let Some((&Shape::Sequence { time, features }, states)) = inputs.split_first() else {
            let got = inputs.first().map_or("nothing".to_owned(), Shape::describe);
            return Err(Error::shape(name, "[batch, time, features]", got));
        };
        if !states.is_empty() && states.len() != kind.states {
            return Err(Error::spec(
                name,
                format!("expected {} initial states, got {}", kind.states, states.len()),
            ));
        }
        for state in states {
            if *state != (Shape::Vector { features: units }) {
                return Err(Error::shape(
                    format!("{name}, initial state"),
                    format!("[batch, {units}]"),
                    state.describe(),
                ));
            }
        }
        let kernel = builder.param(ParamSpec {
            regularizer: spec.kernel_regularizer,
            constraint: spec.kernel_constraint,
            ..ParamSpec::new(
                format!("{name}/kernel"),
                &[features, kind.gates * units],
                spec.kernel_initializer.clone(),
            )
        });
        let recurrent_kernel = builder.param(ParamSpec {
            regularizer: spec.recurrent_regularizer,
            constraint: spec.recurrent_constraint,
            ..ParamSpec::new(
                format!("{name}/recurrent_kernel"),
                &[units, kind.gates * units],
                spec.recurrent_initializer.clone(),
            )
        });
        let bias = spec.use_bias.then(|| {
            builder.param(ParamSpec {
                regularizer: spec.bias_regularizer,
                constraint: spec.bias_constraint,
                ones: kind.bias_ones,
                ..ParamSpec::new(
                    format!("{name}/bias"),
                    &kind.bias_shape,
                    spec.bias_initializer.clone(),
                )
            })
        });
        let y = if spec.return_sequences {
            Shape::Sequence { time, features: units }
        } else {
            Shape::Vector { features: units }
        };
        let mut shapes = vec![y];
        if spec.return_state {
            shapes.extend(vec![Shape::Vector { features: units }; kind.states]);
        }
        let layer = Self {
            spec: spec.clone(),
            inputs: features,
            kernel,
            recurrent_kernel,
            bias,
            x_mask_number: builder.mask(),
            h_mask_number: builder.mask(),
            h: 0..0,
            initial: 0..0,
            has_initial: !states.is_empty(),
            x_read: 0..0,
            h_read: 0..0,
            x_mask: 0..0,
            h_mask: 0..0,
            scratch: 0..0,
            d_h: 0..0,
            passed: 0..0,
        };
        Ok((layer, shapes))
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let x = wires.inputs[0].clone();
        let (time, n, k) = (x.steps, self.spec.units * lanes, self.inputs * lanes);
        let masked = !x.mask.is_empty();
        let (drops, drops_state) = (self.spec.dropout > 0.0, self.spec.recurrent_dropout > 0.0);
        self.h = carver.take(time, n);
        self.initial = carver.take_if(self.has_initial || masked, 1, n);
        self.x_read = carver.take_if(drops || self.spec.go_backwards, time, k);
        self.h_read = carver.take_if(drops_state, time, n);
        self.x_mask = carver.take_if(drops, 1, k);
        self.h_mask = carver.take_if(drops_state, 1, n);
        self.scratch = carver.take(1, n.max(k));
        self.d_h = carver.take(1, n);
        self.passed = carver.take_if(masked, 1, n);
        let sequences = self.spec.return_sequences;
        for (i, output) in wires.outputs.iter_mut().enumerate() {
            let is_sequence = i == 0 && sequences;
            output.steps = if is_sequence { time } else { 1 };
            output.y = if is_sequence { self.h.clone() } else { carver.take(1, n) };
        }
        if sequences && masked {
            wires.outputs[0].mask =
                if self.spec.go_backwards { carver.take(time, lanes) } else { x.mask };
        }
    }

    fn drops(&self, pass: &Pass<'_>) -> bool {
        self.spec.dropout > 0.0 && pass.dropout.is_some()
    }

    fn drops_state(&self, pass: &Pass<'_>) -> bool {
        self.spec.recurrent_dropout > 0.0 && pass.dropout.is_some()
    }

    /// The input in the order of reading: its own buffer, or the one that is a changed copy.
    fn x<'a>(&'a self, x: &'a Value, pass: &Pass<'_>) -> &'a Buffer {
        if self.spec.go_backwards || self.drops(pass) { &self.x_read } else { &x.y }
    }

    /// Sizes of a pass.
    pub fn extent(&self, wires: &Wires, pass: &Pass<'_>) -> Extent {
        let (units, lanes) = (self.spec.units, pass.lanes);
        Extent {
            units,
            inputs: self.inputs,
            lanes,
            time: wires.inputs[0].steps,
            n: units * lanes,
            backwards: self.spec.go_backwards,
        }
    }

    /// Whether the output sequence runs against the input's time.
    pub fn reverses(&self) -> bool {
        self.spec.go_backwards && self.spec.return_sequences
    }

    /// The state after each step.
    pub fn h(&self) -> &Buffer {
        &self.h
    }

    /// Whether initial states come from the graph.
    pub fn has_initial(&self) -> bool {
        self.has_initial
    }
}

/// Between the steps of a buffer that the gradients of the kernels read over time, for steps of
/// `len` values: a cache line more than that where steps would else share the same few sets of the
/// first-level cache, which are found by the low twelve bits of an address.
pub(super) fn step_stride(len: usize) -> usize {
    const LINE: usize = 16;
    const FEW_SETS: usize = 512;
    if len.is_multiple_of(FEW_SETS) { len + LINE } else { len }
}
