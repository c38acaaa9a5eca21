//! What the integration tests share: a model of the core beside the oracle's.

#![allow(dead_code, reason = "each test file uses a part")]

use serde_json::{Value, json};
use unrolled_core::spec::{CompileSpec, ModelSpec, from_json};
use unrolled_core::{Isa, Model};
use unrolled_testing::{Random, oracle};

/// The training slot.
pub const SLOT: usize = 0;

/// A model with data for it.
pub struct Setup {
    /// JSON of the model.
    pub model: Value,
    /// JSON of the compilation.
    pub compile: Value,
    /// Flat weights.
    pub weights: Vec<f32>,
    /// Data and shape of each input.
    pub inputs: Vec<(Vec<f32>, Vec<usize>)>,
    /// Valid steps of each input's examples; all if `None`.
    pub lengths: Vec<Option<Vec<u32>>>,
    /// Data and shape of the target of output 0.
    pub target: (Vec<f32>, Vec<usize>),
}

impl Setup {
    /// A compiled model of the core that holds the weights and the data.
    pub fn build(&self, isa: Isa) -> Model {
        let spec: ModelSpec = from_json("model", &self.model.to_string()).expect("model JSON");
        let compile: CompileSpec =
            from_json("compile", &self.compile.to_string()).expect("compile JSON");
        let mut model = Model::with_isa(spec, isa).expect("model");
        model.compile(compile).expect("compile");
        model.import_weights(&self.weights).expect("weights");
        self.give(&mut model);
        model
    }

    /// Puts the data into a model.
    pub fn give(&self, model: &mut Model) {
        for (i, (data, shape)) in self.inputs.iter().enumerate() {
            model
                .set_input(SLOT, i, data.as_slice(), shape, self.lengths[i].as_deref())
                .expect("input");
        }
        let (data, shape) = &self.target;
        model.set_target(SLOT, 0, data.as_slice(), shape).expect("target");
    }

    /// Number of examples.
    pub fn batch(&self) -> usize {
        self.inputs[0].1[0]
    }

    /// Every example once, in order.
    pub fn all(&self) -> Vec<u32> {
        (0..self.batch() as u32).collect()
    }

    /// The oracle's loss, as a function of the weights.
    pub fn oracle_loss(&self, masks: oracle::Masks) -> impl Fn(&[f64]) -> f64 {
        use serde::Deserialize;
        let model = oracle::Model::new(&self.model);
        let loss = oracle::Loss::deserialize(&self.compile["loss"]).expect("loss");
        let inputs: Vec<oracle::Value> = self.oracle_inputs();
        let target = oracle::Value::new(&wide(&self.target.0), &self.target.1, None).data;
        move |weights| model.loss(loss, weights, &inputs, &target, &masks)
    }

    /// The inputs as the oracle takes them.
    pub fn oracle_inputs(&self) -> Vec<oracle::Value> {
        self.inputs
            .iter()
            .zip(&self.lengths)
            .map(|((data, shape), lengths)| {
                oracle::Value::new(&wide(data), shape, lengths.as_deref())
            })
            .collect()
    }
}

/// `f32` as `f64`.
pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

/// Layers in a row on an input `[time, features]` of any time.
pub fn sequential(features: usize, layers: &[Value]) -> Value {
    let mut last = "input".to_string();
    let mut nodes = Vec::new();
    for (i, layer) in layers.iter().enumerate() {
        let name = format!("layer_{i}");
        nodes.push(json!({ "name": name, "layer": layer, "inputs": [[last, 0]] }));
        last = name;
    }
    json!({
        "inputs": [{ "name": "input", "shape": [null, features] }],
        "nodes": nodes,
        "outputs": [[last, 0]],
    })
}

/// Plain gradient descent on the mean squared error.
pub fn sgd(rate: f32) -> Value {
    json!({
        "loss": { "type": "mse" },
        "optimizer": {
            "rule": { "type": "sgd" },
            "learningRate": { "type": "constant", "value": rate },
        },
    })
}

/// Random weights and data for a model. `lengths` are those of input 0.
pub fn setup(
    seed: u64,
    model: Value,
    compile: Value,
    (batch, time): (usize, usize),
    lengths: Option<Vec<u32>>,
) -> Setup {
    let mut random = Random::new(seed);
    let spec: ModelSpec = from_json("model", &model.to_string()).expect("model JSON");
    let count = Model::new(spec.clone()).expect("model").export_weights().expect("weights").len();
    let weights = random.vec(count, -0.6, 0.6);
    let inputs: Vec<(Vec<f32>, Vec<usize>)> = spec
        .inputs
        .iter()
        .map(|input| {
            let mut shape = vec![batch];
            shape.extend(input.shape.iter().map(|d| d.unwrap_or(time)));
            (random.vec(shape.iter().product(), -1.0, 1.0), shape)
        })
        .collect();
    let mut all_lengths = vec![None; inputs.len()];
    all_lengths[0] = lengths;
    let lengths = all_lengths;
    let mut result =
        Setup { model, compile, weights, inputs, lengths, target: (Vec::new(), Vec::new()) };
    let (outputs, _) = oracle::Model::new(&result.model).forward(
        &wide(&result.weights),
        &result.oracle_inputs(),
        &oracle::Masks::default(),
    );
    let (b, t, k) = outputs[0].data.dim();
    let shape = if outputs[0].sequence { vec![b, t, k] } else { vec![b, k] };
    result.target = (random.vec(b * t * k, -1.0, 1.0), shape);
    result
}

/// A layer's JSON with further options.
pub fn with(layer: &Value, options: &Value) -> Value {
    let mut layer = layer.clone();
    for (key, value) in options.as_object().expect("options") {
        layer[key] = value.clone();
    }
    layer
}
