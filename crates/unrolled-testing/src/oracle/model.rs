//! A whole model from its JSON.

use std::collections::HashMap;

use ndarray::{Array2, Array3, ArrayView1, Axis, s};
use serde::Deserialize;

use super::{Activation, Cell, Loss, Recurrent, Sequence, dense, mean_loss};

/// A `ModelSpec`, as far as a forward pass needs it: other fields of its JSON are ignored.
#[derive(Clone, Debug, Deserialize)]
pub struct Model {
    inputs: Vec<Input>,
    nodes: Vec<Node>,
    outputs: Vec<Port>,
}

#[derive(Clone, Debug, Deserialize)]
struct Input {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Node {
    name: String,
    layer: Layer,
    inputs: Vec<Port>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
struct Port(String, usize);

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Layer {
    SimpleRnn(RecurrentOptions),
    Lstm(RecurrentOptions),
    Gru(RecurrentOptions),
    #[serde(rename_all = "camelCase")]
    Dense {
        units: usize,
        #[serde(default = "linear")]
        activation: Activation,
        #[serde(default = "yes")]
        use_bias: bool,
        #[serde(default)]
        kernel_regularizer: Penalty,
        #[serde(default)]
        bias_regularizer: Penalty,
    },
    Dropout {},
    Flatten {},
    Activation {
        activation: Activation,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecurrentOptions {
    units: usize,
    #[serde(default = "tanh")]
    activation: Activation,
    #[serde(default = "sigmoid")]
    recurrent_activation: Activation,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default)]
    return_sequences: bool,
    #[serde(default)]
    go_backwards: bool,
    #[serde(default = "yes")]
    reset_after: bool,
    #[serde(default)]
    kernel_regularizer: Penalty,
    #[serde(default)]
    recurrent_regularizer: Penalty,
    #[serde(default)]
    bias_regularizer: Penalty,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Penalty {
    #[serde(default)]
    l1: f64,
    #[serde(default)]
    l2: f64,
}

impl Penalty {
    fn of(self, weights: &[f64]) -> f64 {
        weights.iter().map(|w| self.l1 * w.abs() + self.l2 * w * w).sum()
    }
}

fn yes() -> bool {
    true
}
fn linear() -> Activation {
    Activation::Linear
}
fn tanh() -> Activation {
    Activation::Tanh
}
fn sigmoid() -> Activation {
    Activation::Sigmoid
}

/// What flows through an edge: a sequence, or vectors (one step, `sequence` false).
#[derive(Clone, Debug)]
pub struct Value {
    /// `[batch, time, features]`; one step for vectors.
    pub data: Array3<f64>,
    /// Whether there is a time axis.
    pub sequence: bool,
    /// `[batch, time]`: which steps are valid; all if `None`.
    pub valid: Option<Array2<bool>>,
}

impl Value {
    /// From a shape `[batch, features]` or `[batch, time, features]`, and the number of valid steps
    /// of each example (padding comes after).
    pub fn new(data: &[f64], shape: &[usize], lengths: Option<&[u32]>) -> Self {
        let (batch, time, features) = match *shape {
            [batch, features] => (batch, 1, features),
            [batch, time, features] => (batch, time, features),
            _ => panic!("shape {shape:?}"),
        };
        Value {
            data: Array3::from_shape_vec((batch, time, features), data.to_vec())
                .expect("data fits its shape"),
            sequence: shape.len() == 3,
            valid: lengths.map(|lengths| {
                Array2::from_shape_fn((batch, time), |(b, t)| t < lengths[b] as usize)
            }),
        }
    }

    fn vectors(data: Array2<f64>) -> Self {
        let (batch, features) = data.dim();
        let data = data.into_shape_with_order((batch, 1, features)).expect("same size");
        Value { data, sequence: false, valid: None }
    }
}

/// Scaled dropout masks of each layer that drops, by its name.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    /// `[batch, in]` of a recurrent layer.
    pub input: HashMap<String, Array2<f64>>,
    /// `[batch, units]` of a recurrent layer.
    pub recurrent: HashMap<String, Array2<f64>>,
    /// Of a dropout layer, in the shape of its input.
    pub elements: HashMap<String, Array3<f64>>,
}

/// Takes parameters off the front of a flat slice.
struct Weights<'a>(&'a [f64]);

impl<'a> Weights<'a> {
    fn take(&mut self, n: usize) -> &'a [f64] {
        let (head, tail) = self.0.split_at(n);
        self.0 = tail;
        head
    }

    fn matrix(
        &mut self,
        rows: usize,
        columns: usize,
        penalty: Penalty,
        sum: &mut f64,
    ) -> Array2<f64> {
        let data = self.take(rows * columns);
        *sum += penalty.of(data);
        Array2::from_shape_vec((rows, columns), data.to_vec()).expect("same size")
    }
}

impl Model {
    /// From the JSON of a `ModelSpec`.
    pub fn new(spec: &serde_json::Value) -> Self {
        Model::deserialize(spec).unwrap_or_else(|e| panic!("{e} in {spec}"))
    }

    /// Outputs and the regularizers' penalty, for weights flat in the order of the layers.
    pub fn forward(&self, weights: &[f64], inputs: &[Value], masks: &Masks) -> (Vec<Value>, f64) {
        let mut weights = Weights(weights);
        let mut penalty = 0.0;
        let mut values: HashMap<Port, Value> = HashMap::new();
        for (input, value) in self.inputs.iter().zip(inputs) {
            values.insert(Port(input.name.clone(), 0), value.clone());
        }
        for node in &self.nodes {
            let reads: Vec<&Value> = node.inputs.iter().map(|port| &values[port]).collect();
            let outputs = node.forward(&reads, &mut weights, &mut penalty, masks);
            for (i, value) in outputs.into_iter().enumerate() {
                values.insert(Port(node.name.clone(), i), value);
            }
        }
        assert!(weights.0.is_empty(), "{} weights too many", weights.0.len());
        (self.outputs.iter().map(|port| values[port].clone()).collect(), penalty)
    }

    /// Loss on output 0 with the penalty. `y: [batch, time, features]`.
    pub fn loss(
        &self,
        loss: Loss,
        weights: &[f64],
        inputs: &[Value],
        y: &Array3<f64>,
        masks: &Masks,
    ) -> f64 {
        let (outputs, penalty) = self.forward(weights, inputs, masks);
        let out = &outputs[0];
        mean_loss(loss, y.view(), out.data.view(), out.valid.as_ref().map(|v| v.view())) + penalty
    }
}

impl Node {
    fn forward(
        &self,
        reads: &[&Value],
        weights: &mut Weights,
        penalty: &mut f64,
        masks: &Masks,
    ) -> Vec<Value> {
        let x = reads[0];
        let (batch, time, features) = x.data.dim();
        let cell = match &self.layer {
            Layer::SimpleRnn(_) => Cell::SimpleRnn,
            Layer::Lstm(_) => Cell::Lstm,
            Layer::Gru(o) => Cell::Gru { reset_after: o.reset_after },
            Layer::Dense { units, activation, use_bias, kernel_regularizer, bias_regularizer } => {
                let kernel = weights.matrix(features, *units, *kernel_regularizer, penalty);
                let bias = use_bias.then(|| weights.matrix(1, *units, *bias_regularizer, penalty));
                let bias: Option<ArrayView1<f64>> = bias.as_ref().map(|b| b.row(0));
                return vec![Value {
                    data: dense(x.data.view(), kernel.view(), bias, *activation),
                    ..x.clone()
                }];
            }
            Layer::Dropout {} => {
                let mut out = x.clone();
                if let Some(mask) = masks.elements.get(&self.name) {
                    out.data *= mask;
                }
                return vec![out];
            }
            Layer::Flatten {} => {
                let flat = x.data.to_shape((batch, time * features)).expect("same size");
                return vec![Value::vectors(flat.to_owned())];
            }
            Layer::Activation { activation } => {
                let mut out = x.clone();
                out.data.rows_mut().into_iter().for_each(|row| activation.apply(row));
                return vec![out];
            }
        };
        let (Layer::SimpleRnn(o) | Layer::Lstm(o) | Layer::Gru(o)) = &self.layer else {
            unreachable!("the other layers have returned")
        };
        let columns = cell.gates() * o.units;
        let layer = Recurrent {
            cell,
            activation: o.activation,
            recurrent_activation: o.recurrent_activation,
            go_backwards: o.go_backwards,
            kernel: weights.matrix(features, columns, o.kernel_regularizer, penalty),
            recurrent_kernel: weights.matrix(o.units, columns, o.recurrent_regularizer, penalty),
            bias: o
                .use_bias
                .then(|| weights.matrix(cell.bias_rows(), columns, o.bias_regularizer, penalty)),
        };
        let initial: Vec<Array2<f64>> =
            reads[1..].iter().map(|v| v.data.slice(s![.., 0, ..]).to_owned()).collect();
        let out = layer.forward(&Sequence {
            x: x.data.view(),
            valid: x.valid.as_ref().map(|v| v.view()),
            initial: &initial,
            input_mask: masks.input.get(&self.name).map(|m| m.view()),
            recurrent_mask: masks.recurrent.get(&self.name).map(|m| m.view()),
        });
        let first = if o.return_sequences {
            // Read backwards, the padding comes first in the output too. (Keras leaves the mask
            // as it was, and so takes the wrong steps for padding.)
            let mut valid = x.valid.clone();
            if let (Some(valid), true) = (&mut valid, o.go_backwards) {
                valid.invert_axis(Axis(1));
            }
            Value { data: out.sequence, sequence: true, valid }
        } else {
            Value::vectors(out.states[0].clone())
        };
        std::iter::once(first).chain(out.states.into_iter().map(Value::vectors)).collect()
    }
}
