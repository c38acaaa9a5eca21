//! What a model is, as plain data.

use serde::Serialize;

use super::Model;
use crate::layers::Shape;
use crate::spec::{CompileSpec, LayerSpec, ModelSpec};

/// Everything about a model but its numbers.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description<'a> {
    /// The graph.
    pub spec: &'a ModelSpec,
    /// How it is trained, if compiled.
    pub compile: Option<&'a CompileSpec>,
    /// The layers in order.
    pub layers: Vec<LayerDescription<'a>>,
    /// The weights in order.
    pub weights: Vec<WeightDescription<'a>>,
    /// What it gives back.
    pub outputs: Vec<OutputDescription<'a>>,
    /// Names of the running metrics: `loss` first.
    pub metrics: Vec<&'static str>,
    /// Bytes held for buffers, parameters and data.
    pub memory_bytes: usize,
    /// Instruction set.
    pub arithmetic: &'static str,
    /// What the caller saved with the model (JSON).
    pub metadata: serde_json::Value,
}

/// A layer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerDescription<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its `type` in JSON.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Shape of its first output, the batch first; `null` where open.
    pub output_shape: Vec<Option<usize>>,
    /// Number of weights.
    pub parameters: usize,
}

/// A weight.
#[derive(Clone, Debug, Serialize)]
pub struct WeightDescription<'a> {
    /// `layer/kernel` and the like.
    pub name: &'a str,
    /// Keras's shape.
    pub shape: &'a [usize],
}

/// An output.
#[derive(Clone, Debug, Serialize)]
pub struct OutputDescription<'a> {
    /// Name of its layer, with the output's number unless 0.
    pub name: &'a str,
    /// The batch first; `null` where open.
    pub shape: Vec<Option<usize>>,
}

impl Model {
    /// What the model is.
    pub fn describe(&self) -> Description<'_> {
        let specs = self.params.specs();
        let compile = self.training.as_ref().map(|training| &training.spec);
        let mut metrics = vec!["loss"];
        metrics.extend(compile.into_iter().flat_map(|spec| spec.metrics.iter().map(|m| m.key())));
        Description {
            spec: &self.spec,
            compile,
            layers: self
                .plan
                .nodes
                .iter()
                .zip(&self.spec.nodes)
                .map(|(node, spec)| LayerDescription {
                    name: &node.name,
                    kind: kind(&spec.layer),
                    output_shape: open_shape(&node.shapes[0]),
                    parameters: specs[node.params.clone()].iter().map(|spec| spec.len()).sum(),
                })
                .collect(),
            weights: specs
                .iter()
                .map(|spec| WeightDescription { name: &spec.name, shape: &spec.shape })
                .collect(),
            outputs: self
                .plan
                .outputs
                .iter()
                .map(|(_, name, shape)| OutputDescription { name, shape: open_shape(shape) })
                .collect(),
            metrics,
            memory_bytes: self.memory_bytes(),
            arithmetic: self.isa.name(),
            metadata: serde_json::from_str(&self.metadata).unwrap_or_default(),
        }
    }

    fn memory_bytes(&self) -> usize {
        let data: usize = self
            .slots
            .iter()
            .flat_map(|slot| slot.inputs.iter().chain(&slot.targets).flatten())
            .map(|array| array.data.len())
            .sum();
        let slots = self.training.as_ref().map_or(0, |training| {
            training.optimizer.slots().iter().map(|slot| slot.values.len()).sum()
        });
        let best = self.best.as_ref().map_or(0, Vec::len);
        let own = 2 * self.params.values.len() + self.block_gradients.len() + best;
        (data + slots + own + self.arena.as_slice().len()) * size_of::<f32>()
    }
}

fn open_shape(shape: &Shape) -> Vec<Option<usize>> {
    match *shape {
        Shape::Vector { features } => vec![None, Some(features)],
        Shape::Sequence { time, features } => vec![None, time, Some(features)],
    }
}

fn kind(layer: &LayerSpec) -> &'static str {
    match layer {
        LayerSpec::SimpleRnn(_) => "simpleRnn",
        LayerSpec::Lstm(_) => "lstm",
        LayerSpec::Gru(_) => "gru",
        LayerSpec::Dense(_) => "dense",
        LayerSpec::Dropout(_) => "dropout",
        LayerSpec::Flatten {} => "flatten",
        LayerSpec::Activation(_) => "activation",
    }
}
