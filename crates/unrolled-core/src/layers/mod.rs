//! The layers: one file each, backward directly below forward.
//!
//! A layer owns its options, the numbers of its parameters, and the names of its buffers. Buffers
//! live in the arena; [`Pass`] brings arena, parameters and gradients together for one block of
//! lanes. Gradients are named `d_…` and accumulate.

mod activation;
mod dense;
mod dropout;
mod flatten;
mod gru;
mod lstm;
mod lstm_cell;
mod recurrent;
mod simple_rnn;

use unrolled_simd::Isa;

use crate::arena::{Buffer, Carver};
use crate::error::{Error, Result};
use crate::params::{ParamSpec, Params};
use crate::rng::{Rng, Stream, dropout_mask};
use crate::spec::{Activation, LayerSpec};

/// Shape of one example's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `[features]`
    Vector {
        /// Features.
        features: usize,
    },
    /// `[time, features]`
    Sequence {
        /// Steps, if always the same.
        time: Option<usize>,
        /// Features.
        features: usize,
    },
}

impl Shape {
    /// Features of a vector or step.
    pub fn features(&self) -> usize {
        match *self {
            Shape::Vector { features } | Shape::Sequence { features, .. } => features,
        }
    }

    /// `[batch, …]` for people, `time` and `batch` where they are open.
    pub fn describe(&self) -> String {
        match *self {
            Shape::Vector { features } => format!("[batch, {features}]"),
            Shape::Sequence { time: None, features } => format!("[batch, time, {features}]"),
            Shape::Sequence { time: Some(time), features } => {
                format!("[batch, {time}, {features}]")
            }
        }
    }

    /// Whether it has time steps.
    pub(crate) fn is_sequence(&self) -> bool {
        matches!(self, Shape::Sequence { .. })
    }

    /// The same with other features.
    pub(crate) fn with_features(self, features: usize) -> Self {
        match self {
            Shape::Vector { .. } => Shape::Vector { features },
            Shape::Sequence { time, .. } => Shape::Sequence { time, features },
        }
    }
}

/// A value of the graph in the present block: `[steps][features][lanes]`, a vector having one step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Value {
    pub y: Buffer,
    /// Its gradient; no buffer if nobody asks.
    pub d_y: Buffer,
    pub steps: usize,
    pub features: usize,
    /// `[steps][lanes]`, 1 where valid; no buffer if everything is.
    pub mask: Buffer,
}

/// What a layer does with the gradient of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Gradient {
    /// Nobody asks.
    #[default]
    Unused,
    /// First to write.
    Write,
    /// Fan-out: another reader wrote before.
    Add,
}

/// What a layer is connected to in the present block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wires {
    pub inputs: Vec<Value>,
    pub gradients: Vec<Gradient>,
    pub outputs: Vec<Value>,
    /// Whether a gradient reaches the output.
    pub reached: Vec<bool>,
}

/// Everything a layer works on while one block of lanes passes.
pub(crate) struct Pass<'a> {
    pub arena: &'a mut [f32],
    pub params: &'a Params,
    /// Gradient of the block, in the layout of the parameters.
    pub gradients: &'a mut [f32],
    pub lanes: usize,
    /// While training: where dropout draws from.
    pub dropout: Option<DropoutKey>,
}

/// Which numbers dropout draws: a mask depends on seed, training step, layer and example, not on
/// how the mini-batch is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DropoutKey {
    pub seed: u64,
    pub iteration: u64,
    /// Position of the block's first example in the mini-batch.
    pub first: usize,
}

/// Most masks that one training step draws; each has its own stream.
const MASKS: u64 = 1 << 16;

impl DropoutKey {
    /// Fills `[rows][lanes]` with 0 and `1/(1-rate)` for mask number `mask` of the graph.
    pub fn fill(&self, mask: usize, rate: f32, lanes: usize, out: &mut [f32], scratch: &mut [f32]) {
        let rows = out.len() / lanes;
        let index = self.iteration.wrapping_mul(MASKS).wrapping_add(mask as u64);
        let mut rng = Rng::new(self.seed, Stream::Dropout, index);
        for lane in 0..lanes {
            // An example has 2³² draws of its own, however many steps its block has.
            rng.seek(((self.first + lane) as u64) << 32);
            dropout_mask(&mut rng, rate, &mut scratch[..rows]);
            for (row, x) in scratch[..rows].iter().enumerate() {
                out[row * lanes + lane] = *x;
            }
        }
    }
}

/// What building a layer adds to: parameters, and the count of dropout masks.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    pub params: Vec<ParamSpec>,
    pub masks: usize,
}

impl Builder {
    pub fn param(&mut self, spec: ParamSpec) -> usize {
        self.params.push(spec);
        self.params.len() - 1
    }

    pub fn mask(&mut self) -> usize {
        self.masks += 1;
        self.masks - 1
    }
}

/// A validated layer.
#[derive(Clone, Debug)]
pub(crate) enum Layer {
    SimpleRnn(simple_rnn::SimpleRnn),
    Lstm(lstm::Lstm),
    Gru(gru::Gru),
    Dense(dense::Dense),
    Dropout(dropout::Dropout),
    Flatten(flatten::Flatten),
    Activation(activation::ActivationLayer),
}

/// Runs one method on whichever layer it is.
macro_rules! each {
    ($self:expr, $layer:ident => $body:expr) => {
        match $self {
            Layer::SimpleRnn($layer) => $body,
            Layer::Lstm($layer) => $body,
            Layer::Gru($layer) => $body,
            Layer::Dense($layer) => $body,
            Layer::Dropout($layer) => $body,
            Layer::Flatten($layer) => $body,
            Layer::Activation($layer) => $body,
        }
    };
}

impl Layer {
    /// The layer and the shapes of its outputs.
    pub fn build(
        name: &str,
        spec: &LayerSpec,
        inputs: &[Shape],
        builder: &mut Builder,
    ) -> Result<(Self, Vec<Shape>)> {
        Ok(match spec {
            LayerSpec::SimpleRnn(spec) => {
                let (layer, shapes) = simple_rnn::SimpleRnn::build(name, spec, inputs, builder)?;
                (Layer::SimpleRnn(layer), shapes)
            }
            LayerSpec::Lstm(spec) => {
                let (layer, shapes) = lstm::Lstm::build(name, spec, inputs, builder)?;
                (Layer::Lstm(layer), shapes)
            }
            LayerSpec::Gru(spec) => {
                let (layer, shapes) = gru::Gru::build(name, spec, inputs, builder)?;
                (Layer::Gru(layer), shapes)
            }
            LayerSpec::Dense(spec) => {
                let shape = single(name, inputs)?;
                (
                    Layer::Dense(dense::Dense::build(name, spec, shape, builder)?),
                    vec![shape.with_features(spec.units)],
                )
            }
            LayerSpec::Dropout(spec) => {
                let shape = single(name, inputs)?;
                (Layer::Dropout(dropout::Dropout::build(name, spec, builder)?), vec![shape])
            }
            LayerSpec::Flatten {} => {
                let (layer, shape) = flatten::Flatten::build(name, single(name, inputs)?)?;
                (Layer::Flatten(layer), vec![shape])
            }
            LayerSpec::Activation(spec) => {
                let shape = single(name, inputs)?;
                (Layer::Activation(activation::ActivationLayer::build(spec)), vec![shape])
            }
        })
    }

    /// Carves the buffers for a block; fills in `wires.outputs`.
    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        each!(self, layer => layer.prepare(lanes, wires, carver))
    }

    fn recurrent(&self) -> Option<&recurrent::Recurrent> {
        match self {
            Layer::SimpleRnn(layer) => Some(&layer.shared),
            Layer::Lstm(layer) => Some(&layer.shared),
            Layer::Gru(layer) => Some(&layer.shared),
            _ => None,
        }
    }

    /// Whether its output sequence runs against the time of its input.
    pub fn reverses(&self) -> bool {
        self.recurrent().is_some_and(recurrent::Recurrent::reverses)
    }

    /// Whether it reads its input from the end.
    pub fn goes_backwards(&self) -> bool {
        self.recurrent().is_some_and(|layer| layer.spec.go_backwards)
    }

    /// Of a recurrent layer, what output `i` gives the last of: `[time][units][lanes]`, in the order
    /// of reading.
    pub fn state(&self, i: usize) -> Option<&Buffer> {
        match (self, i) {
            (Layer::Lstm(layer), 2) => Some(layer.c()),
            _ => self.recurrent().map(recurrent::Recurrent::h),
        }
    }

    /// Outputs from inputs.
    pub fn forward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        each!(self, layer => layer.forward(s, wires, pass))
    }

    /// Gradients of inputs and parameters from those of the outputs.
    pub fn backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        each!(self, layer => layer.backward(s, wires, pass))
    }
}

fn single(name: &str, inputs: &[Shape]) -> Result<Shape> {
    match inputs {
        [shape] => Ok(*shape),
        _ => Err(Error::spec(name, format!("expected one input, got {}", inputs.len()))),
    }
}

/// Features and units are fewer than this, so that products of a few of them and of the lanes cannot
/// wrap where sizes have 32 bits.
pub(crate) const MOST_FEATURES: usize = 1 << 24;

fn valid_units(name: &str, units: usize) -> Result<()> {
    if (1..MOST_FEATURES).contains(&units) {
        return Ok(());
    }
    let message = format!("units must be from 1 to {}, got {units}", MOST_FEATURES - 1);
    Err(Error::spec(name, message))
}

/// The kernel of an activation that works element by element; `None` for softmax.
fn elementwise(activation: Activation) -> Option<unrolled_simd::Activation> {
    use unrolled_simd::Activation as Kernel;
    Some(match activation {
        Activation::Linear => Kernel::Linear,
        Activation::Tanh => Kernel::Tanh,
        Activation::Sigmoid => Kernel::Sigmoid,
        Activation::Relu => Kernel::Relu,
        Activation::LeakyRelu => Kernel::LeakyRelu,
        Activation::Elu => Kernel::Elu,
        Activation::Selu => Kernel::Selu,
        Activation::Gelu => Kernel::Gelu,
        Activation::Softplus => Kernel::Softplus,
        Activation::Softsign => Kernel::Softsign,
        Activation::Silu => Kernel::Silu,
        Activation::HardSigmoid => Kernel::HardSigmoid,
        Activation::Exponential => Kernel::Exponential,
        Activation::Softmax => return None,
    })
}
