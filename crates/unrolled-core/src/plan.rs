//! A validated model: nodes in topological order with their shapes, and the passes over them.

use unrolled_simd::Isa;

use crate::arena::{Buffer, Carver};
use crate::error::{Error, Result};
use crate::layers::{Builder, Gradient, Layer, Pass, Shape, Value, Wires};
use crate::params::{Layout, Params};
use crate::spec::{ModelSpec, Port};
use unrolled_spec::json::ToJson;

/// Most nodes of a graph; each may draw two dropout masks.
const MAX_NODES: usize = 10_000;

/// Most inputs of a layer: a sequence and the two states of an LSTM.
const MAX_PORTS: usize = 3;

/// One layer in its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub name: String,
    pub layer: Layer,
    /// Numbers of the values it reads.
    inputs: Vec<usize>,
    /// Number of its first output's value.
    pub first_output: usize,
    pub shapes: Vec<Shape>,
    /// Its parameters.
    pub params: core::ops::Range<usize>,
    wires: Wires,
}

impl Node {
    /// The input's time step that a recurrent layer reads at `p`.
    fn step_read(&self, p: usize) -> usize {
        let time = self.wires.inputs[0].steps;
        if self.layer.goes_backwards() { time - 1 - p } else { p }
    }
}

/// What the buffers are carved for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dimensions {
    pub lanes: usize,
    /// Steps of each graph input; 1 for a vector.
    pub time: Vec<usize>,
    /// Whether each graph input has examples shorter than that.
    pub masked: Vec<bool>,
    /// Whether a gradient will start from each graph output.
    pub trained: Vec<bool>,
}

/// A graph that was checked, with the buffers of the present block.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub inputs: Vec<(String, Shape)>,
    pub nodes: Vec<Node>,
    /// Numbers of the output values, with their names and shapes.
    pub outputs: Vec<(usize, String, Shape)>,
    /// The graph's inputs, then every node's outputs in order.
    pub values: Vec<Value>,
    /// For each value, the graph input whose steps and lengths it has; `None` for vectors.
    sources: Vec<Option<usize>>,
    prepared: Option<Dimensions>,
    /// Values that the buffers need.
    pub arena_len: u64,
}

impl Plan {
    /// Checks a description, infers shapes, and lists the parameters. Takes no memory of their size.
    pub fn build(spec: &ModelSpec) -> Result<(Self, Layout)> {
        if spec.inputs.is_empty() || spec.nodes.is_empty() || spec.outputs.is_empty() {
            return Err(Error::spec(
                "model",
                "expected at least one input, one layer and one output",
            ));
        }
        for (what, count) in [("inputs", spec.inputs.len()), ("layers", spec.nodes.len())] {
            if count > MAX_NODES {
                let message = format!("expected at most {MAX_NODES} {what}, got {count}");
                return Err(Error::spec("model", message));
            }
        }
        if spec.seed >= 1 << 53 {
            let message = format!("seed must be below 2^53, got {}", spec.seed);
            return Err(Error::spec("model", message));
        }
        // (name, number of the first value, shapes of its values)
        let mut known: Vec<(&str, usize, Vec<Shape>)> = Vec::new();
        let mut inputs = Vec::new();
        for input in &spec.inputs {
            unique(&known, &input.name)?;
            let shape = input_shape(&input.name, &input.shape)?;
            known.push((&input.name, inputs.len(), vec![shape]));
            inputs.push((input.name.clone(), shape));
        }
        let mut builder = Builder::default();
        let mut nodes: Vec<Node> = Vec::new();
        let mut count = inputs.len();
        let mut sources: Vec<Option<usize>> = inputs
            .iter()
            .enumerate()
            .map(|(i, (_, shape))| matches!(shape, Shape::Sequence { .. }).then_some(i))
            .collect();
        for node in &spec.nodes {
            unique(&known, &node.name)?;
            if node.inputs.len() > MAX_PORTS {
                let got = node.inputs.len();
                let message = format!("expected at most {MAX_PORTS} inputs, got {got}");
                return Err(Error::spec(&node.name, message));
            }
            let mut numbers = Vec::new();
            let mut shapes = Vec::new();
            for port in &node.inputs {
                let (number, shape) = resolve(&known, &node.name, port)?;
                numbers.push(number);
                shapes.push(shape);
            }
            let first_param = builder.params.len();
            let (layer, shapes) = Layer::build(&node.name, &node.layer, &shapes, &mut builder)?;
            known.push((&node.name, count, shapes.clone()));
            nodes.push(Node {
                name: node.name.clone(),
                layer,
                inputs: numbers,
                first_output: count,
                params: first_param..builder.params.len(),
                wires: Wires::default(),
                shapes: shapes.clone(),
            });
            let source = nodes.last().and_then(|node| sources[node.inputs[0]]);
            sources.extend(
                shapes.iter().map(|s| source.filter(|_| matches!(s, Shape::Sequence { .. }))),
            );
            count += shapes.len();
        }
        let mut outputs: Vec<(usize, String, Shape)> = Vec::new();
        for port in &spec.outputs {
            let (number, shape) = resolve(&known, "outputs", port)?;
            if number < inputs.len() {
                return Err(Error::spec("outputs", format!("'{}' is an input", port.0)));
            }
            if outputs.iter().any(|(other, ..)| *other == number) {
                return Err(Error::spec("outputs", format!("'{}' is there twice", port.0)));
            }
            let name = if port.1 == 0 { port.0.clone() } else { format!("{}:{}", port.0, port.1) };
            outputs.push((number, name, shape));
        }
        let layout = Layout::new(builder.params)?;
        let plan = Self {
            inputs,
            nodes,
            outputs,
            values: vec![Value::default(); count],
            sources,
            prepared: None,
            arena_len: 0,
        };
        Ok((plan, layout))
    }

    /// Carves the buffers for blocks of these dimensions, unless they are carved so already.
    pub fn prepare(&mut self, dimensions: &Dimensions) {
        if self.prepared.as_ref() == Some(dimensions) {
            return;
        }
        let lanes = dimensions.lanes;
        let mut carver = Carver::default();
        self.values.fill(Value::default());
        for (i, (_, shape)) in self.inputs.iter().enumerate() {
            let (steps, features) = (dimensions.time[i], shape.features());
            self.values[i] = Value {
                y: carver.take(steps, features * lanes),
                d_y: 0..0,
                steps,
                features,
                mask: carver.take_if(dimensions.masked[i], steps, lanes),
            };
        }
        let (gradients, reached) = self.flow(&dimensions.trained);
        for (number, node) in self.nodes.iter_mut().enumerate() {
            let outputs = node.first_output..node.first_output + node.shapes.len();
            let mut wires = Wires {
                inputs: node.inputs.iter().map(|&i| self.values[i].clone()).collect(),
                gradients: gradients[number].clone(),
                reached: reached[outputs.clone()].to_vec(),
                outputs: node
                    .shapes
                    .iter()
                    .map(|shape| Value { features: shape.features(), ..Value::default() })
                    .collect(),
            };
            node.layer.prepare(lanes, &mut wires, &mut carver);
            for (output, reached) in wires.outputs.iter_mut().zip(&wires.reached) {
                output.d_y = carver.take_if(*reached, output.steps, output.features * lanes);
            }
            self.values[outputs].clone_from_slice(&wires.outputs);
            node.wires = wires;
        }
        self.arena_len = carver.len();
        self.prepared = Some(dimensions.clone());
    }

    /// Who writes which gradient: for each node's inputs whether it is the first to write (nodes go
    /// backwards, a node's inputs forwards), and for each value whether a gradient reaches it.
    fn flow(&self, trained: &[bool]) -> (Vec<Vec<Gradient>>, Vec<bool>) {
        let mut wanted = vec![false; self.values.len()];
        for node in &self.nodes {
            let upstream = node.inputs.iter().any(|&i| wanted[i]);
            let wants = upstream || !node.params.is_empty();
            wanted[node.first_output..][..node.shapes.len()].fill(wants);
        }
        let mut reached = vec![false; self.values.len()];
        for ((number, ..), trained) in self.outputs.iter().zip(trained) {
            reached[*number] |= trained & wanted[*number];
        }
        let mut gradients: Vec<Vec<Gradient>> = Vec::new();
        for node in self.nodes.iter().rev() {
            let passes = reached[node.first_output..][..node.shapes.len()].contains(&true);
            let modes = node
                .inputs
                .iter()
                .map(|&i| match (passes && wanted[i], reached[i]) {
                    (false, _) => Gradient::Unused,
                    (true, false) => {
                        reached[i] = true;
                        Gradient::Write
                    }
                    (true, true) => Gradient::Add,
                })
                .collect();
            gradients.push(modes);
        }
        gradients.reverse();
        (gradients, reached)
    }

    /// All outputs from the inputs' values.
    pub fn forward(&self, s: Isa, pass: &mut Pass<'_>) {
        for node in &self.nodes {
            node.layer.forward(s, &node.wires, pass);
        }
    }

    /// All gradients from those of the outputs, which the caller has written.
    pub fn backward(&self, s: Isa, pass: &mut Pass<'_>) {
        for node in self.nodes.iter().rev() {
            if node.wires.reached.contains(&true) {
                node.layer.backward(s, &node.wires, pass);
            }
        }
    }

    /// The first value, in the order of the graph, that is not finite: its layer and time step. Of a
    /// layer that gives its last state alone, the step at which that state was lost.
    pub fn first_non_finite(&self, arena: &[f32], lanes: usize) -> Option<(String, Option<usize>)> {
        let step_of = |buffer: &Buffer, features: usize| {
            let step = (features * lanes).max(1);
            arena[buffer.clone()].chunks_exact(step).position(|x| !x.iter().all(|x| x.is_finite()))
        };
        for (value, (name, shape)) in self.values.iter().zip(&self.inputs) {
            if let Some(step) = step_of(&value.y, value.features) {
                return Some((name.clone(), shape.is_sequence().then_some(step)));
            }
        }
        for node in &self.nodes {
            for (i, shape) in node.shapes.iter().enumerate() {
                let value = &self.values[node.first_output + i];
                let Some(step) = step_of(&value.y, value.features) else { continue };
                let step = match node.layer.state(i) {
                    _ if shape.is_sequence() => Some(step),
                    Some(state) => step_of(state, value.features).map(|p| node.step_read(p)),
                    None => None,
                };
                return Some((node.name.clone(), step));
            }
        }
        None
    }

    /// The node nearest to the outputs whose parameters' gradient is not finite.
    pub fn last_non_finite_gradient(&self, gradients: &[f32], params: &Params) -> Option<String> {
        self.nodes
            .iter()
            .rev()
            .find(|node| {
                params.ranges()[node.params.clone()]
                    .iter()
                    .any(|range| gradients[range.clone()].iter().any(|g| !g.is_finite()))
            })
            .map(|node| node.name.clone())
    }

    /// Buffer of output `i`'s value.
    pub fn output(&self, i: usize) -> &Value {
        &self.values[self.outputs[i].0]
    }

    /// The graph input whose steps and lengths output `i` has; `None` for vectors.
    pub fn mask_source(&self, i: usize) -> Option<usize> {
        self.sources[self.outputs[i].0]
    }

    /// Whether steps after the longest example of a block can be left out: not if the input's
    /// number of steps is fixed, nor where a layer gives a sequence in reverse.
    pub fn can_cut(&self, input: usize) -> bool {
        let open = matches!(self.inputs[input].1, Shape::Sequence { time: None, .. });
        open && !self.nodes.iter().any(|node| node.layer.reverses())
    }
}

fn unique(known: &[(&str, usize, Vec<Shape>)], name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::spec("model", "every input and layer needs a name"));
    }
    if name.contains('/') {
        // It stands between a layer's name and its weight's.
        return Err(Error::spec(name, "expected a name without '/'"));
    }
    if known.iter().any(|(other, ..)| *other == name) {
        return Err(Error::spec(name, "two inputs or layers have this name"));
    }
    Ok(())
}

fn resolve(
    known: &[(&str, usize, Vec<Shape>)],
    at: &str,
    Port(name, index): &Port,
) -> Result<(usize, Shape)> {
    let Some((_, first, shapes)) = known.iter().find(|(other, ..)| other == name) else {
        let message = format!("reads '{name}', which is no input and no earlier layer");
        return Err(Error::spec(at, message));
    };
    let Some(shape) = shapes.get(*index) else {
        let message = format!("reads output {index} of '{name}', which has {}", shapes.len());
        return Err(Error::spec(at, message));
    };
    Ok((first + index, *shape))
}

fn input_shape(name: &str, shape: &[Option<usize>]) -> Result<Shape> {
    let bad = || Error::shape(name, "[features] or [time or null, features]", shape.to_json());
    match *shape {
        [Some(features)] if features > 0 => Ok(Shape::Vector { features }),
        [time, Some(features)] if features > 0 && time != Some(0) => {
            Ok(Shape::Sequence { time, features })
        }
        _ => Err(bad()),
    }
}
