//! Layers that follow one another.

use unrolled_core::spec::{InputSpec, LayerSpec, ModelSpec, NodeSpec, Port};
use unrolled_core::{Isa, Result};

use crate::Model;

/// The graph's input.
const INPUT: &str = "input";

/// A model whose layers follow one another; plain data until it is built.
#[derive(Clone, Debug)]
pub struct Sequential {
    shape: Vec<Option<usize>>,
    layers: Vec<LayerSpec>,
    seed: u64,
    isa: Isa,
}

impl Sequential {
    /// shape: of one example, `[features]` or `[time, features]`; `None` for any number of steps.
    pub fn new(shape: &[Option<usize>]) -> Self {
        Self { shape: shape.to_vec(), layers: Vec::new(), seed: 0, isa: Isa::fastest() }
    }

    /// Seed of initialisation, shuffling and dropout; below 2⁵³. 0 by default.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The instruction set; the fastest of this machine by default. `Isa::scalar` gives the bits of
    /// WebAssembly.
    #[must_use]
    pub fn isa(mut self, isa: Isa) -> Self {
        self.isa = isa;
        self
    }

    /// Adds a layer.
    #[must_use]
    pub fn layer(mut self, layer: impl Into<LayerSpec>) -> Self {
        self.layers.push(layer.into());
        self
    }

    /// Checks the description and infers shapes. An error names the layer.
    pub fn build(self) -> Result<Model> {
        let Self { shape, layers, seed, isa } = self;
        let mut before = Port(INPUT.to_owned(), 0);
        let nodes = layers
            .into_iter()
            .enumerate()
            .map(|(i, layer)| {
                let name = format!("layer_{i}");
                let reads = std::mem::replace(&mut before, Port(name.clone(), 0));
                NodeSpec { name, layer, inputs: vec![reads] }
            })
            .collect();
        let inputs = vec![InputSpec { name: INPUT.to_owned(), shape }];
        let spec = ModelSpec { inputs, nodes, outputs: vec![before], seed };
        Ok(Model::new(unrolled_core::Model::with_isa(spec, isa)?))
    }
}
