//! What does not fit into memory is refused with its size, and the model goes on as if it had not
//! been asked. Sizes here are beyond any address space; test/engine/memory.test.ts has those that
//! are too large for WebAssembly alone.

mod common;

use common::{SLOT, sequential, sgd};
use serde_json::{Value, json};
use unrolled_core::spec::{CompileSpec, ModelSpec, from_json};
use unrolled_core::{Error, Model, Result};

fn build(spec: &Value) -> Result<Model> {
    Model::new(from_json::<ModelSpec>("model", &spec.to_string())?)
}

#[track_caller]
fn refused<T>(result: Result<T>, words: &[&str]) {
    let Err(error) = result else { panic!("it fits") };
    let message = error.to_string();
    assert_eq!(error.name(), "MemoryError", "{message}");
    for word in words {
        assert!(message.contains(word), "'{word}' is not in: {message}");
    }
}

#[test]
fn weights_that_fit_nowhere() {
    for kind in ["simpleRnn", "lstm", "gru"] {
        let layer = json!({ "type": kind, "units": 16_000_000 });
        refused(build(&sequential(1, &[layer])), &["the weights", "GB", "fewer units"]);
    }
    let layer = json!({ "type": "dense", "units": 16_777_215 });
    refused(build(&sequential(16_777_215, &[layer])), &["the weights", "1125899"]);
}

#[test]
fn a_sequence_that_fits_nowhere_leaves_the_model_as_it_was() {
    // Each step gives 2²⁰ values in each of 16 lanes or more.
    const STEPS: usize = 1 << 22;
    let layers = [
        json!({ "type": "dense", "units": 1 << 20, "kernelInitializer": { "type": "zeros" } }),
        json!({ "type": "simpleRnn", "units": 1 }),
    ];
    let mut model = build(&sequential(1, &layers)).expect("model");
    model
        .compile(from_json::<CompileSpec>("compile", &sgd(0.1).to_string()).expect("JSON"))
        .expect("compile");
    let give = |model: &mut Model, steps: usize| {
        model.set_input(SLOT, 0, vec![0.5; steps], &[1, steps, 1], None).expect("input");
        model.set_target(SLOT, 0, vec![1.0], &[1, 1]).expect("target");
    };
    give(&mut model, 3);
    model.train_step(SLOT, &[0], 0).expect("train");
    let weights = model.export_weights().expect("weights");
    let metrics = model.metrics(0).expect("metrics");

    give(&mut model, STEPS);
    let words = ["a block of 4194304 time steps", "GB", "shorter sequences"];
    refused(model.train_step(SLOT, &[0], 0), &words);
    refused(model.gradients(SLOT, &[0]), &words);
    // Without gradients time is cut into pieces, of which one is too large here.
    let words = ["a block of 1024 time steps", "GB", "fewer units"];
    refused(model.evaluate_step(SLOT, &[0], 0), &words);
    refused(model.predict_step(SLOT, &[0], 0), &words);
    assert_eq!(model.export_weights().expect("weights"), weights);
    assert_eq!(model.metrics(0).expect("metrics"), metrics);
    assert_eq!((model.iterations(), model.size(SLOT)), (1, Ok(1)));

    let mut other = model.clone();
    give(&mut other, 3);
    other.train_step(SLOT, &[0], 0).expect("train");
    give(&mut model, 3);
    model.train_step(SLOT, &[0], 0).expect("train");
    assert_eq!(model.export_weights(), other.export_weights());
}

#[test]
fn the_error_carries_the_size() {
    let layer = json!({ "type": "simpleRnn", "units": 16_000_000, "useBias": false });
    let Err(Error::Memory { what, bytes, .. }) = build(&sequential(1, &[layer])) else {
        panic!("it fits")
    };
    assert_eq!((what.as_str(), bytes), ("the weights", 4 * (16_000_000 * 16_000_000 + 16_000_000)));
}
