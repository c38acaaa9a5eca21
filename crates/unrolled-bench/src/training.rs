//! The workloads of bench/workloads.json, trained by the native engine.

use serde::Deserialize;
use serde_json::{Value, json};
use unrolled_core::spec::from_json;
use unrolled_core::{Isa, Model, Result};

/// A model and the shape of its data.
#[derive(Clone, Debug, Deserialize)]
pub struct Workload {
    /// Short name.
    pub name: String,
    /// Steps of a sequence.
    pub time: usize,
    /// Features of a step.
    pub features: usize,
    /// Shape of an example's target.
    pub target: Vec<usize>,
    /// Mini-batches of an epoch.
    pub steps: usize,
    /// The layers' descriptions, one after the other.
    pub layers: Vec<Value>,
}

/// All workloads, as the bench has them.
#[derive(Clone, Debug, Deserialize)]
pub struct Workloads {
    /// Examples of a mini-batch.
    pub batch: usize,
    /// The models.
    pub workloads: Vec<Workload>,
}

impl Workloads {
    /// Those of bench/workloads.json.
    pub fn load() -> Workloads {
        serde_json::from_str(include_str!("../../../bench/workloads.json"))
            .expect("workloads.json is well-formed")
    }
}

/// A compiled model with its data, and where it stands in the epoch.
pub struct Training {
    model: Model,
    batch: usize,
    order: Vec<u32>,
    at: usize,
    epoch: u64,
}

impl Training {
    /// A model with Keras's defaults, mean squared error and Adam, and `workload.steps` mini-batches
    /// of `batch` examples.
    pub fn new(workload: &Workload, batch: usize, isa: Isa) -> Result<Training> {
        let mut model =
            Model::with_isa(from_json("model", &model_spec(workload).to_string())?, isa)?;
        model.compile(from_json("compile", &compile_spec().to_string())?)?;
        let n = workload.steps * batch;
        let wave =
            |i: usize, length: usize| ((i % length) as f32 * 0.1 + (i / length) as f32).sin();
        let x_shape = [n, workload.time, workload.features];
        let length = workload.time * workload.features;
        let x: Vec<f32> = (0..n * length).map(|i| wave(i, length)).collect();
        model.set_input(0, 0, x, &x_shape, None)?;
        let y_shape: Vec<usize> = [n].iter().chain(&workload.target).copied().collect();
        let y: Vec<f32> =
            (0..y_shape.iter().product()).map(|i| ((i * 7919) % 1000) as f32 / 1000.0).collect();
        model.set_target(0, 0, y, &y_shape)?;
        let order = model.permutation(n as u32, 0).expect("order");
        Ok(Training { model, batch, order, at: 0, epoch: 0 })
    }

    /// The next mini-batch, of an order that is new in each epoch.
    fn next(&mut self) -> std::ops::Range<usize> {
        if self.at == self.order.len() {
            self.epoch += 1;
            self.at = 0;
            self.order =
                self.model.permutation(self.order.len() as u32, self.epoch).expect("order");
        }
        self.at += self.batch;
        self.at - self.batch..self.at
    }

    /// `n` training steps.
    pub fn train(&mut self, n: usize) -> Result<()> {
        for _ in 0..n {
            let range = self.next();
            self.model.train_step(0, &self.order[range], 0)?;
        }
        Ok(())
    }

    /// Forward and loss of `n` mini-batches.
    pub fn evaluate(&mut self, n: usize) -> Result<()> {
        for _ in 0..n {
            let range = self.next();
            self.model.evaluate_step(0, &self.order[range], 0)?;
        }
        Ok(())
    }

    /// Forward, loss and backward of `n` mini-batches.
    pub fn gradients(&mut self, n: usize) -> Result<()> {
        for _ in 0..n {
            let range = self.next();
            self.model.gradients(0, &self.order[range])?;
        }
        Ok(())
    }
}

fn model_spec(workload: &Workload) -> Value {
    let name = |i: usize| format!("layer_{i}");
    let node = |(i, layer): (usize, &Value)| {
        let before = if i == 0 { "input".to_owned() } else { name(i - 1) };
        json!({ "name": name(i), "layer": layer, "inputs": [[before, 0]] })
    };
    json!({
        "inputs": [{ "name": "input", "shape": [workload.time, workload.features] }],
        "nodes": workload.layers.iter().enumerate().map(node).collect::<Vec<_>>(),
        "outputs": [[name(workload.layers.len() - 1), 0]],
        "seed": 42,
    })
}

fn compile_spec() -> Value {
    json!({
        "loss": { "type": "mse" },
        "optimizer": {
            "rule": { "type": "adam" },
            "learningRate": { "type": "constant", "value": 0.001 },
        },
    })
}
