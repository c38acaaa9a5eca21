//! Sequences in pieces of time: the bits of the whole, in the memory of a piece.

mod common;

use common::{SLOT, Setup, sequential, setup, sgd};
use serde_json::{Value, json};
use unrolled_core::spec::{ModelSpec, from_json};
use unrolled_core::{Isa, Model, PIECE};

const TIME: usize = 23;
const BATCH: usize = 20;

/// Models whose layers can be cut in time, each kind giving a sequence and its last state.
fn models() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for kind in ["simpleRnn", "lstm", "gru"] {
        for last in [false, true] {
            let layers = [
                json!({ "type": kind, "units": 5, "returnSequences": true, "dropout": 0.3 }),
                json!({ "type": "dropout", "rate": 0.5 }),
                json!({ "type": "dense", "units": 4, "activation": "tanh" }),
                json!({ "type": kind, "units": 3, "returnSequences": !last }),
                json!({ "type": "activation", "activation": "sigmoid" }),
                json!({ "type": "dense", "units": 2 }),
            ];
            all.push((format!("{kind}, last {last}"), sequential(2, &layers)));
        }
    }
    all
}

fn example(model: &Value, ragged: bool) -> Setup {
    let lengths = ragged.then(|| (0..BATCH).map(|i| 1 + (7 * i % TIME) as u32).collect());
    setup(3, model.clone(), sgd(0.1), (BATCH, TIME), lengths)
}

fn predict(model: &mut Model, piece: usize) -> Vec<u32> {
    model.set_piece(piece);
    let all: Vec<u32> = (0..BATCH as u32).rev().collect();
    let values = model.predict_step(SLOT, &all, 0).expect("predict");
    values.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn a_prediction_in_pieces_has_the_bits_of_the_whole() {
    for isa in Isa::available() {
        for (name, spec) in models() {
            for ragged in [false, true] {
                let mut model = example(&spec, ragged).build(isa);
                let whole = predict(&mut model, TIME);
                for piece in [1, 2, 7, 22] {
                    let label = format!("{name}, ragged {ragged}, {piece} steps, {}", isa.name());
                    assert_eq!(predict(&mut model, piece), whole, "{label}");
                }
            }
        }
    }
}

/// Loss and metrics of a batch, as bits.
fn evaluate(model: &mut Model, piece: usize) -> Vec<u64> {
    model.set_piece(piece);
    model.reset_meter(0).expect("reset");
    let all: Vec<u32> = (0..BATCH as u32).rev().collect();
    let loss = model.evaluate_step(SLOT, &all, 0).expect("evaluate");
    let metrics = model.metrics(0).expect("metrics");
    metrics.into_iter().chain([loss]).map(f64::to_bits).collect()
}

#[test]
fn an_evaluation_in_pieces_has_the_bits_of_the_whole() {
    let metrics = ["mae", "mape", "lastStepMse"].map(|kind| json!({ "type": kind }));
    for isa in Isa::available() {
        for (name, spec) in models() {
            for ragged in [false, true] {
                let mut example = example(&spec, ragged);
                example.compile["metrics"] = json!(metrics);
                let mut model = example.build(isa);
                let whole = evaluate(&mut model, TIME);
                for piece in [1, 2, 7, 22] {
                    let label = format!("{name}, ragged {ragged}, {piece} steps, {}", isa.name());
                    assert_eq!(evaluate(&mut model, piece), whole, "{label}");
                }
            }
        }
    }
}

#[test]
fn training_is_not_cut() {
    let (_, spec) = &models()[2];
    let example = example(spec, true);
    let train = |piece| {
        let mut model = example.build(Isa::fastest());
        model.set_piece(piece);
        for _ in 0..3 {
            model.train_step(SLOT, &example.all(), 0).expect("train");
            predict(&mut model, piece);
        }
        model.export_weights().expect("weights")
    };
    assert_eq!(train(5), train(TIME));
}

#[test]
fn a_layer_that_needs_the_whole_sequence_gets_it() {
    let backwards = json!({ "type": "gru", "units": 3, "goBackwards": true });
    let dense = json!({ "type": "dense", "units": 2 });
    let mut flat = sequential(2, &[json!({ "type": "flatten" }), dense.clone()]);
    flat["inputs"][0]["shape"] = json!([TIME, 2]);
    for spec in [sequential(2, &[backwards, dense]), flat] {
        let mut model = example(&spec, false).build(Isa::fastest());
        assert_eq!(predict(&mut model, 5), predict(&mut model, TIME));
    }
}

#[test]
fn work_space_is_that_of_a_piece() {
    let layers = [json!({ "type": "lstm", "units": 8 }), json!({ "type": "dense", "units": 1 })];
    let spec: ModelSpec = from_json("model", &sequential(1, &layers).to_string()).expect("JSON");
    let mut memory = [PIECE, 64 * PIECE].map(|time| {
        let mut model = Model::new(spec.clone()).expect("model");
        let x: Vec<f32> = (0..time).map(|i| (i as f32 * 0.01).sin()).collect();
        model.set_input(SLOT, 0, x, &[1, time, 1], None).expect("input");
        model.predict_step(SLOT, &[0], 0).expect("predict");
        model.clear_data(SLOT).expect("clear");
        let described = serde_json::from_str::<Value>(&model.describe()).expect("JSON");
        described["memoryBytes"].as_f64().expect("a number")
    });
    memory.reverse();
    let [long, short] = memory;
    assert!(long < 1.1 * short, "{long} bytes in place of {short}");
}
