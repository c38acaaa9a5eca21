//! What a model is, as JSON.

use unrolled_spec::json::{Raw, ToJson, Writer};

use super::Model;
use crate::layers::Shape;

impl Model {
    /// Everything about the model but its numbers, as the JSON of an object:
    ///
    /// - `spec`: the graph; `compile`: how it is trained, or null
    /// - `layers`: of each its `name`, `type`, `outputShape` (of its first output, the batch first;
    ///   null where open) and number of `parameters`
    /// - `weights`: of each its `name` (`layer/kernel` and the like) and Keras's `shape`
    /// - `outputs`: of each its `name` (of its layer, with the output's number unless 0) and `shape`
    /// - `metrics`: names of the running metrics, `loss` first
    /// - `memoryBytes`: held for buffers, parameters and data; `arithmetic`: the instruction set
    /// - `metadata`: what the caller saved with the model
    pub fn describe(&self) -> String {
        let specs = self.params.specs();
        let compile = self.training.as_ref().map(|training| &*training.spec);
        let mut to = Writer::default();
        to.open('{');
        to.fields(&[("spec", &self.spec), ("compile", &compile)]);
        to.key("layers");
        to.open('[');
        for (node, spec) in self.plan.nodes.iter().zip(&self.spec.nodes) {
            let own = &specs[node.params.clone()];
            to.object(&[
                ("name", &node.name),
                ("type", &spec.layer.kind()),
                ("outputShape", &open_shape(&node.shapes[0])),
                ("parameters", &own.iter().map(|spec| spec.len()).sum::<usize>()),
            ]);
        }
        to.close(']');
        to.key("weights");
        to.open('[');
        for spec in specs {
            to.object(&[("name", &spec.name), ("shape", &spec.shape)]);
        }
        to.close(']');
        to.key("outputs");
        to.open('[');
        for (_, name, shape) in &self.plan.outputs {
            to.object(&[("name", name), ("shape", &open_shape(shape))]);
        }
        to.close(']');
        to.key("metrics");
        to.open('[');
        "loss".write(&mut to);
        for metric in compile.iter().flat_map(|spec| &spec.metrics) {
            metric.key().write(&mut to);
        }
        to.close(']');
        to.fields(&[
            ("memoryBytes", &self.memory_bytes()),
            ("arithmetic", &self.isa.name()),
            ("metadata", &Raw(&self.metadata)),
        ]);
        to.close('}');
        to.finish()
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
        let gradients = self.gradients.len() + self.block_gradients.len();
        let own = self.params.values.len() + gradients + best;
        (data + slots + own + self.arena.as_slice().len()) * size_of::<f32>()
    }
}

fn open_shape(shape: &Shape) -> Vec<Option<usize>> {
    match *shape {
        Shape::Vector { features } => vec![None, Some(features)],
        Shape::Sequence { time, features } => vec![None, time, Some(features)],
    }
}
