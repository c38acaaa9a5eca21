//! A model over pieces of time: the same layers, with their states as further inputs and outputs.

use super::{InputSpec, LayerSpec, ModelSpec, Port, RecurrentSpec};

/// The descriptions of a first piece and of the others. A layer that reads a sequence from its end,
/// flattens it, or starts from another's state or gives its own away, cannot be cut.
pub fn split(spec: &ModelSpec) -> Option<(ModelSpec, ModelSpec)> {
    let mut first = spec.clone();
    for input in &mut first.inputs {
        if input.shape.len() > 1 {
            input.shape[0] = None;
        }
    }
    let mut states = Vec::new();
    for node in &mut first.nodes {
        let count = match &node.layer {
            LayerSpec::Lstm(_) => 2,
            LayerSpec::SimpleRnn(_) | LayerSpec::Gru(_) => 1,
            LayerSpec::Flatten {} => return None,
            LayerSpec::Dense(_) | LayerSpec::Dropout(_) | LayerSpec::Activation(_) => 0,
        };
        if node.inputs.iter().any(|Port(_, output)| *output > 0) {
            return None;
        }
        let Some(recurrent) = recurrent(&mut node.layer) else { continue };
        if recurrent.go_backwards || node.inputs.len() > 1 {
            return None;
        }
        recurrent.return_state = true;
        states.extend((1..=count).map(|i| (Port(node.name.clone(), i), recurrent.units)));
    }
    if spec.outputs.iter().any(|Port(_, output)| *output > 0) {
        return None;
    }
    first.outputs.extend(states.iter().map(|(port, _)| port.clone()));
    let mut next = first.clone();
    for (Port(name, i), units) in states {
        // No layer's name begins with a space.
        let state = format!(" state {i} of {name}");
        let node = next.nodes.iter_mut().find(|node| node.name == name)?;
        node.inputs.push(Port(state.clone(), 0));
        next.inputs.push(InputSpec { name: state, shape: vec![Some(units)] });
    }
    Some((first, next))
}

fn recurrent(layer: &mut LayerSpec) -> Option<&mut RecurrentSpec> {
    match layer {
        LayerSpec::SimpleRnn(spec) | LayerSpec::Lstm(spec) | LayerSpec::Gru(spec) => Some(spec),
        _ => None,
    }
}
