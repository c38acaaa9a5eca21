//! A training step in blocks: computed anywhere, in any order, by any engine, folded in order.

mod common;

use common::{SLOT, Setup, sequential, setup};
use serde_json::{Value, json};
use unrolled_core::{Isa, Model, Partial, partials_to_bytes};

const BATCH: usize = 75;
const TIME: usize = 6;

/// Adam with clipping over all gradients, and metrics of every kind of sum.
fn compile() -> Value {
    json!({
        "loss": { "type": "mse" },
        "optimizer": {
            "rule": { "type": "adam" },
            "learningRate": { "type": "constant", "value": 0.05 },
            "globalClipnorm": 0.5,
        },
        "metrics": [{ "type": "mae" }, { "type": "rmse" }, { "type": "mape" }, { "type": "lastStepMse" }],
    })
}

/// Models of every kind of layer, with dropout, penalties and constraints.
fn models() -> Vec<(&'static str, Value)> {
    let recurrent = |kind: &str| {
        json!({
            "type": kind, "units": 5, "returnSequences": true, "dropout": 0.2,
            "recurrentDropout": 0.3, "kernelRegularizer": { "l1": 0.01, "l2": 0.02 },
            "recurrentConstraint": { "maxNorm": 1.5 },
        })
    };
    let stack = |kind: &str| {
        let dropout = json!({ "type": "dropout", "rate": 0.25 });
        let activation = json!({ "type": "activation", "activation": "tanh" });
        let dense = json!({ "type": "dense", "units": 2 });
        let mut last = recurrent(kind);
        last["returnSequences"] = json!(false);
        let mut model = sequential(3, &[recurrent(kind), dropout, activation, last, dense]);
        model["seed"] = json!(7);
        model
    };
    let sequences = sequential(3, &[recurrent("gru"), json!({ "type": "dense", "units": 2 })]);
    let mut all: Vec<_> = ["simpleRnn", "lstm", "gru"].map(|kind| (kind, stack(kind))).into();
    all.push(("sequences", sequences));
    all
}

fn example(model: &Value) -> Setup {
    let ragged = (0..BATCH).map(|i| 1 + (5 * i % TIME) as u32).collect();
    setup(1, model.clone(), compile(), (BATCH, TIME), Some(ragged))
}

fn bits(model: &mut Model) -> Vec<u32> {
    model.export_weights().expect("weights").iter().map(|w| w.to_bits()).collect()
}

/// The blocks of a mini-batch, shared between two engines and computed in an order of chance.
fn share(engines: &mut [Model; 2], indices: &[u32], round: usize) -> Vec<Partial> {
    let blocks = engines[0].blocks(indices.len());
    assert!(blocks > 2, "several blocks");
    let mut order: Vec<usize> = (0..blocks).collect();
    order.rotate_left(1 + round % blocks);
    order.reverse();
    let mut parts: Vec<(usize, Partial)> = order
        .into_iter()
        .map(|block| {
            let engine = &mut engines[(block + round) % 2];
            let part = engine.accumulate(SLOT, indices, block, block + 1).expect("accumulate");
            (block, part.into_iter().next().expect("one block"))
        })
        .collect();
    parts.sort_by_key(|(block, _)| *block);
    parts.into_iter().map(|(_, part)| part).collect()
}

#[test]
fn blocks_of_two_engines_in_any_order_give_the_bits_of_one_step() {
    for isa in Isa::available() {
        for (name, model) in models() {
            let example = example(&model);
            let mut alone = example.build(isa);
            let mut engines = [example.build(isa), example.build(isa)];
            let mut indices = example.all();
            for round in 0..4 {
                indices.rotate_left(11);
                let expected = alone.train_step(SLOT, &indices, 0).expect("train");
                let parts = share(&mut engines, &indices, round);
                // Over a boundary, as bytes.
                let bytes = partials_to_bytes(&parts);
                for engine in &mut engines {
                    let parts = engine.read_partials(&bytes).expect("read");
                    let loss = engine.apply(&parts, 0).expect("apply");
                    assert_eq!(loss.to_bits(), expected.to_bits(), "{name} on {}", isa.name());
                    assert_eq!(engine.metrics(0), alone.metrics(0), "{name} on {}", isa.name());
                    assert_eq!(bits(engine), bits(&mut alone), "{name} on {}", isa.name());
                }
            }
        }
    }
}

#[test]
fn several_blocks_at_once_are_the_same_as_one_by_one() {
    let (_, model) = &models()[1];
    let example = example(model);
    let mut model = example.build(Isa::fastest());
    let blocks = model.blocks(BATCH);
    let all = model.accumulate(SLOT, &example.all(), 0, blocks).expect("accumulate");
    for (block, part) in all.iter().enumerate() {
        let one = model.accumulate(SLOT, &example.all(), block, block + 1).expect("accumulate");
        assert_eq!(&one[..], std::slice::from_ref(part));
    }
}

#[test]
fn what_is_not_a_whole_mini_batch_in_order_is_refused_and_changes_nothing() {
    let (_, model) = &models()[2];
    let example = example(model);
    let mut model = example.build(Isa::fastest());
    let blocks = model.blocks(BATCH);
    let parts = model.accumulate(SLOT, &example.all(), 0, blocks).expect("accumulate");
    let before = bits(&mut model);
    let mut turned = parts.clone();
    turned.reverse();
    let bytes = partials_to_bytes(&parts);
    for error in [
        model.apply(&[], 0).expect_err("none"),
        model.apply(&turned, 0).expect_err("another order"),
        model.apply(&parts[1..], 0).expect_err("the first is missing"),
        model.apply(&parts, 9).expect_err("no such meter"),
        model.read_partials(&bytes[1..]).expect_err("a byte is missing"),
        model.accumulate(SLOT, &example.all(), 1, 1).expect_err("no blocks"),
        model.accumulate(SLOT, &example.all(), 0, blocks + 1).expect_err("too many blocks"),
    ] {
        assert!(["DataError", "StateError"].contains(&error.name()), "{error}");
    }
    assert_eq!(bits(&mut model), before);
    model.apply(&parts, 0).expect("and those that are whole go on");
    assert_ne!(bits(&mut model), before);
}
