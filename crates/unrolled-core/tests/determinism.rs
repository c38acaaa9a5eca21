//! The same seed gives the same bits, however the examples are cut into batches.

mod common;

use common::{SLOT, Setup, sequential, setup, sgd};
use serde_json::{Value, json};
use unrolled_core::spec::{ModelSpec, from_json};
use unrolled_core::{Isa, Model};

/// Every kind of layer, with dropout.
fn deep() -> Value {
    let mut model = sequential(
        3,
        &[
            json!({ "type": "simpleRnn", "units": 6, "returnSequences": true, "dropout": 0.2 }),
            json!({ "type": "lstm", "units": 5, "returnSequences": true, "recurrentDropout": 0.3 }),
            json!({ "type": "dropout", "rate": 0.25 }),
            json!({ "type": "gru", "units": 4 }),
            json!({ "type": "dense", "units": 2 }),
        ],
    );
    model["seed"] = json!(7);
    model
}

fn ragged(batch: usize, time: usize) -> Vec<u32> {
    (0..batch).map(|i| 1 + (5 * i % time) as u32).collect()
}

fn example(batch: usize) -> Setup {
    setup(1, deep(), sgd(0.1), (batch, 9), Some(ragged(batch, 9)))
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

fn initial(spec: &Value) -> Vec<u32> {
    let spec: ModelSpec = from_json("model", &spec.to_string()).expect("model JSON");
    bits(&Model::new(spec).expect("model").export_weights().expect("weights"))
}

#[test]
fn the_seed_decides_the_initial_weights() {
    let one = deep();
    let mut other = deep();
    other["seed"] = json!(8);
    assert_eq!(initial(&one), initial(&one));
    assert_ne!(initial(&one), initial(&other));
}

#[test]
fn the_seed_decides_the_shuffle() {
    let model = |seed: u64| {
        let mut spec = deep();
        spec["seed"] = json!(seed);
        Model::new(from_json("model", &spec.to_string()).expect("model JSON")).expect("model")
    };
    let (one, other) = (model(7), model(8));
    let order = one.permutation(1000, 3).expect("order");
    assert_eq!(order, model(7).permutation(1000, 3).expect("order"));
    assert_ne!(order, one.permutation(1000, 4).expect("order"), "epochs differ");
    assert_ne!(order, other.permutation(1000, 3).expect("order"), "seeds differ");
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..1000).collect::<Vec<u32>>());
    assert_ne!(order, sorted);
}

#[test]
fn the_same_seed_trains_to_the_same_bits() {
    for isa in Isa::available() {
        let train = |seed: u64| {
            let mut example = example(70);
            example.model["seed"] = json!(seed);
            let mut model = example.build(isa);
            for _ in 0..4 {
                for part in example.all().chunks(32) {
                    model.train_step(SLOT, part, 0).expect("train");
                }
            }
            bits(&model.export_weights().expect("weights"))
        };
        assert_eq!(train(7), train(7), "{}", isa.name());
        assert_ne!(train(7), train(8), "dropout follows the seed on {}", isa.name());
    }
}

#[test]
fn predicting_does_not_change_training() {
    for isa in Isa::available() {
        let train = |look: bool| {
            let example = example(10);
            let mut model = example.build(isa);
            for _ in 0..3 {
                if look {
                    model.predict_step(SLOT, &[0, 3], 0).expect("predict");
                    model.evaluate_step(SLOT, &example.all(), 0).expect("evaluate");
                    model.gradients(SLOT, &[1]).expect("gradients");
                }
                model.train_step(SLOT, &example.all(), 0).expect("train");
            }
            bits(&model.export_weights().expect("weights"))
        };
        assert_eq!(train(false), train(true), "{}", isa.name());
    }
}

#[test]
fn predictions_do_not_depend_on_the_rest_of_the_batch() {
    for isa in Isa::available() {
        let example = example(70);
        let mut model = example.build(isa);
        let all = example.all();
        let together = model.predict_step(SLOT, &all, 0).expect("predict");
        for cut in [3, 8, 31, 32, 33, 64] {
            let parts: Vec<f32> = all
                .chunks(cut)
                .flat_map(|part| model.predict_step(SLOT, part, 0).expect("predict"))
                .collect();
            assert_eq!(bits(&together), bits(&parts), "cut by {cut} on {}", isa.name());
        }
        let mut backwards = all.clone();
        backwards.reverse();
        let got = model.predict_step(SLOT, &backwards, 0).expect("predict");
        let got: Vec<f32> = got.chunks(2).rev().flatten().copied().collect();
        assert_eq!(bits(&together), bits(&got), "order on {}", isa.name());
    }
}

#[test]
fn gradients_are_the_same_after_other_batches() {
    // Buffers that are used again for another batch size and length hold nothing back.
    for isa in Isa::available() {
        let example = example(70);
        let mut model = example.build(isa);
        let all = example.all();
        let first = model.gradients(SLOT, &all).expect("gradients");
        for other in [&all[..1], &all[..2], &all[5..38], &all[..]] {
            model.gradients(SLOT, other).expect("gradients");
            model.predict_step(SLOT, other, 0).expect("predict");
        }
        let again = model.gradients(SLOT, &all).expect("gradients");
        assert_eq!(bits(&first), bits(&again), "{}", isa.name());
    }
}

#[test]
fn a_run_resumed_from_a_checkpoint_gives_the_same_bits() {
    for rule in [
        json!({ "type": "sgd", "momentum": 0.9, "nesterov": true }),
        json!({ "type": "rmsprop", "centered": true, "momentum": 0.5 }),
        json!({ "type": "adam" }),
        json!({ "type": "adamw" }),
        json!({ "type": "nadam" }),
    ] {
        let mut example = example(40);
        example.compile["optimizer"]["rule"] = rule.clone();
        example.compile["optimizer"]["learningRate"] =
            json!({ "type": "exponential", "initial": 0.01, "decaySteps": 3, "decayRate": 0.5 });
        for isa in Isa::available() {
            let batches: Vec<Vec<u32>> =
                (0..6).map(|i| (0..20).map(|j| (7 * i + 3 * j) % 40).collect()).collect();
            let mut straight = example.build(isa);
            for batch in &batches {
                straight.train_step(SLOT, batch, 0).expect("train");
            }
            for cut in [1, 3, 5] {
                let mut first = example.build(isa);
                for batch in &batches[..cut] {
                    first.train_step(SLOT, batch, 0).expect("train");
                }
                let bytes = first.save("{}", true, 0).expect("save");
                drop(first);
                let mut second = Model::load_with_isa(&bytes, isa).expect("load");
                example.give(&mut second);
                for batch in &batches[cut..] {
                    second.train_step(SLOT, batch, 0).expect("train");
                }
                let label = format!("{rule}, cut after {cut} on {}", isa.name());
                assert_eq!(straight.iterations(), second.iterations(), "{label}");
                assert_eq!(straight.metrics(0), second.metrics(0), "{label}");
                assert_eq!(
                    bits(&straight.export_weights().expect("weights")),
                    bits(&second.export_weights().expect("weights")),
                    "{label}"
                );
            }
        }
    }
}
