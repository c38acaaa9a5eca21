//! Gradients of every layer and option on every instruction set, against central differences of
//! the f64 oracle.

mod common;

use common::{SLOT, Setup, sequential, setup, sgd, with};
use serde_json::{Value, json};
use unrolled_core::Isa;
use unrolled_testing::oracle::{Activation, Masks};
use unrolled_testing::{GradientTolerance, central_differences, check_gradient};

/// Label and JSON of each recurrence.
fn cells() -> Vec<(&'static str, Value)> {
    vec![
        ("simpleRnn", json!({ "type": "simpleRnn", "units": 5 })),
        ("lstm", json!({ "type": "lstm", "units": 5 })),
        ("gru", json!({ "type": "gru", "units": 5 })),
        ("gru reset before", json!({ "type": "gru", "units": 5, "resetAfter": false })),
    ]
}

/// Gradients of the core on every instruction set against those of the oracle.
fn check(label: &str, setup: &Setup, at_most: Option<usize>) {
    let numeric = central_differences(&setup.weights, at_most, setup.oracle_loss(Masks::default()));
    for isa in Isa::available() {
        let mut model = setup.build(isa);
        let label = format!("{label} on {}", isa.name());
        let gradients = model.gradients(SLOT, &setup.all()).expect(&label);
        check_gradient(&label, &gradients, &numeric, GradientTolerance::default());
    }
}

fn ragged(batch: usize, time: usize) -> Option<Vec<u32>> {
    Some((0..batch).map(|i| 1 + ((7 * i + 3) % time) as u32).collect())
}

#[test]
fn every_option_of_every_recurrence() {
    let mut seed = 100;
    for (cell_label, cell) in cells() {
        for options in [
            json!({}),
            json!({ "returnSequences": true }),
            json!({ "goBackwards": true }),
            json!({ "goBackwards": true, "returnSequences": true }),
            json!({ "useBias": false, "returnSequences": true }),
            json!({ "units": 1 }),
            json!({ "units": 13, "returnSequences": true }),
        ] {
            // The second layer makes the gradient of the first one's input matter.
            let layers = [with(&cell, &options), with(&cell, &json!({ "units": 3 }))];
            let count = if options["returnSequences"] == true { 2 } else { 1 };
            for lengths in [None, ragged(4, 6)] {
                seed += 1;
                let label = format!("{cell_label} {options}, lengths {lengths:?}");
                let model = sequential(3, &layers[..count]);
                check(&label, &setup(seed, model, sgd(0.1), (4, 6), lengths), Some(60));
            }
        }
    }
}

#[test]
fn every_activation() {
    for (i, name) in ACTIVATIONS.iter().enumerate() {
        let seed = 200 + 10 * i as u64;
        let kernel = if *name == "exponential" { 3 } else { 6 };
        for (j, layers) in [
            vec![json!({ "type": "simpleRnn", "units": 4, "activation": name, "returnSequences": true })],
            vec![json!({ "type": "lstm", "units": 4, "activation": name })],
            vec![json!({ "type": "gru", "units": 4, "activation": name })],
            vec![json!({ "type": "gru", "units": 4, "activation": name, "resetAfter": false })],
            vec![json!({ "type": "lstm", "units": 4, "recurrentActivation": name })],
            vec![json!({ "type": "gru", "units": 4, "recurrentActivation": name })],
            vec![json!({ "type": "dense", "units": 4, "activation": name }), json!({ "type": "dense", "units": 2 })],
            vec![
                json!({ "type": "dense", "units": 4 }),
                json!({ "type": "activation", "activation": name }),
                json!({ "type": "dense", "units": 2 }),
            ],
        ]
        .into_iter()
        .enumerate()
        {
            // Gates take only what works element by element.
            if *name == "softmax" && (layers[0]["type"] == "lstm" || layers[0]["type"] == "gru") {
                continue;
            }
            // A short sequence and a small batch: e to the power of e to the power … grows.
            let mut setup =
                setup(seed + j as u64, sequential(3, &layers), sgd(0.1), (3, 4), ragged(3, 4));
            setup.weights.iter_mut().for_each(|w| *w *= kernel as f32 / 6.0);
            check(&format!("{name}: {}", layers[0]), &setup, Some(40));
        }
    }
}

/// Every name in the JSON of an activation.
const ACTIVATIONS: [&str; Activation::ALL.len()] = [
    "linear",
    "tanh",
    "sigmoid",
    "relu",
    "leakyRelu",
    "elu",
    "selu",
    "gelu",
    "softplus",
    "softsign",
    "silu",
    "hardSigmoid",
    "exponential",
    "softmax",
];

#[test]
fn every_batch_size() {
    for (cell_label, cell) in cells() {
        for batch in [1, 2, 3, 8, 31, 32, 33, 70] {
            let layers = [
                with(&cell, &json!({ "returnSequences": true })),
                cell.clone(),
                json!({ "type": "dense", "units": 2 }),
            ];
            for lengths in [None, ragged(batch, 5)] {
                let label = format!("{cell_label}, batch {batch}, ragged {}", lengths.is_some());
                let setup =
                    setup(batch as u64, sequential(2, &layers), sgd(0.1), (batch, 5), lengths);
                check(&label, &setup, Some(12));
            }
        }
    }
}

#[test]
fn one_step_and_many() {
    for (cell_label, cell) in cells() {
        for (time, at_most) in [(1, None), (2, None), (200, Some(8))] {
            let layers = [with(&cell, &json!({ "returnSequences": true })), cell.clone()];
            let setup = setup(time as u64, sequential(2, &layers), sgd(0.1), (2, time), None);
            check(&format!("{cell_label}, {time} steps"), &setup, at_most);
        }
    }
}

#[test]
fn a_gradient_that_fades_over_a_thousand_steps() {
    // Only the last step has a loss: what reaches the first ones is far below the smallest normal
    // f32. It must become zero, not NaN.
    for (cell_label, cell) in cells() {
        let mut setup = setup(5, sequential(2, &[cell]), sgd(0.1), (3, 1000), None);
        setup.weights.iter_mut().for_each(|w| *w *= 0.3);
        check(&format!("{cell_label}, fading"), &setup, Some(4));
    }
}

#[test]
fn initial_states_and_states_as_outputs() {
    for (cell_label, cell) in cells() {
        let states = if cell["type"] == "lstm" { 2 } else { 1 };
        for (i, options) in
            [json!({}), json!({ "returnSequences": true }), json!({ "goBackwards": true })]
                .into_iter()
                .enumerate()
        {
            for lengths in [None, ragged(4, 6)] {
                let model = encoder_decoder(&cell, states, &options);
                let setup = setup(300 + i as u64, model, sgd(0.1), (4, 6), lengths.clone());
                let label = format!("{cell_label} {options}, lengths {lengths:?}");
                check(&label, &setup, Some(80));
            }
        }
    }
}

/// An encoder from initial states that are inputs, whose states start a decoder on the encoder's
/// own input; the head reads the decoder's last state.
fn encoder_decoder(cell: &Value, states: usize, options: &Value) -> Value {
    let state_inputs: Vec<Value> =
        (0..states).map(|i| json!({ "name": format!("state_{i}"), "shape": [5] })).collect();
    let mut inputs = vec![json!({ "name": "input", "shape": [null, 3] })];
    inputs.extend(state_inputs);
    let mut encoder_reads = vec![json!(["input", 0])];
    encoder_reads.extend((0..states).map(|i| json!([format!("state_{i}"), 0])));
    let mut decoder_reads = vec![json!(["input", 0])];
    decoder_reads.extend((1..=states).map(|i| json!(["encoder", i])));
    let encoder = with(&with(cell, options), &json!({ "returnState": true }));
    let decoder = with(cell, &json!({ "returnState": true, "returnSequences": true }));
    json!({
        "inputs": inputs,
        "nodes": [
            { "name": "encoder", "layer": encoder, "inputs": encoder_reads },
            { "name": "decoder", "layer": decoder, "inputs": decoder_reads },
            { "name": "head", "layer": { "type": "dense", "units": 2 }, "inputs": [["decoder", states]] },
        ],
        "outputs": [["head", 0], ["encoder", 0], ["decoder", 0]],
    })
}

#[test]
fn fan_out_adds_gradients() {
    // One sequence read by two layers, and one state by two.
    for (cell_label, cell) in cells() {
        let states = if cell["type"] == "lstm" { 2 } else { 1 };
        let reads = |sequence: &str, state: &str| -> Vec<Value> {
            std::iter::once(json!([sequence, 0]))
                .chain((1..=states).map(|i| json!([state, i])))
                .collect()
        };
        let sequence = with(&cell, &json!({ "returnSequences": true, "returnState": true }));
        let model = json!({
            "inputs": [{ "name": "input", "shape": [null, 3] }],
            "nodes": [
                { "name": "first", "layer": sequence, "inputs": [["input", 0]] },
                { "name": "second", "layer": sequence, "inputs": reads("first", "first") },
                { "name": "third", "layer": with(&cell, &json!({ "returnSequences": true })), "inputs": reads("first", "first") },
                { "name": "fourth", "layer": cell, "inputs": reads("third", "second") },
            ],
            "outputs": [["fourth", 0], ["second", 0]],
        });
        for lengths in [None, ragged(4, 6)] {
            let setup = setup(400, model.clone(), sgd(0.1), (4, 6), lengths);
            check(&format!("{cell_label}, fan-out"), &setup, Some(80));
        }
    }
}

#[test]
fn two_sequences_of_their_own_lengths() {
    // An encoder and a decoder, each with its own input, time and padding.
    for (cell_label, cell) in cells() {
        let states = if cell["type"] == "lstm" { 2 } else { 1 };
        let mut decoder_reads = vec![json!(["target", 0])];
        decoder_reads.extend((1..=states).map(|i| json!(["encoder", i])));
        let decoder = with(&cell, &json!({ "returnSequences": true }));
        let model = json!({
            "inputs": [
                { "name": "source", "shape": [null, 3] },
                { "name": "target", "shape": [4, 2] },
            ],
            "nodes": [
                {
                    "name": "encoder",
                    "layer": with(&cell, &json!({ "returnState": true })),
                    "inputs": [["source", 0]],
                },
                { "name": "decoder", "layer": decoder, "inputs": decoder_reads },
            ],
            "outputs": [["decoder", 0]],
        });
        for (encoder, decoder) in [
            (None, None),
            (ragged(5, 7), None),
            (None, Some(vec![4, 1, 2, 3, 4])),
            (ragged(5, 7), Some(vec![1, 2, 3, 3, 2])),
        ] {
            let label = format!("{cell_label}, lengths {encoder:?} and {decoder:?}");
            let mut setup = setup(450, model.clone(), sgd(0.1), (5, 7), encoder);
            setup.lengths[1] = decoder;
            check(&label, &setup, Some(80));
        }
    }
}

#[test]
fn one_vector_as_both_states() {
    let model = json!({
        "inputs": [{ "name": "input", "shape": [null, 3] }, { "name": "context", "shape": [2] }],
        "nodes": [
            { "name": "start", "layer": { "type": "dense", "units": 5 }, "inputs": [["context", 0]] },
            {
                "name": "lstm",
                "layer": { "type": "lstm", "units": 5 },
                "inputs": [["input", 0], ["start", 0], ["start", 0]],
            },
        ],
        "outputs": [["lstm", 0]],
    });
    for lengths in [None, ragged(4, 6)] {
        check("both states", &setup(470, model.clone(), sgd(0.1), (4, 6), lengths), Some(80));
    }
}

#[test]
fn dense_flatten_and_activation() {
    let dense = |units: usize| json!({ "type": "dense", "units": units, "activation": "tanh" });
    let cases = [
        ("dense on sequences", vec![dense(4), dense(1)], Some(vec![2, 6, 1, 4])),
        ("dense without bias", vec![with(&dense(4), &json!({ "useBias": false })), dense(2)], None),
        ("wide dense", vec![dense(37), dense(3)], None),
    ];
    for (label, layers, lengths) in cases {
        check(label, &setup(500, sequential(3, &layers), sgd(0.1), (4, 6), lengths), Some(80));
    }
    let mut flatten = sequential(
        3,
        &[
            json!({ "type": "simpleRnn", "units": 4, "returnSequences": true }),
            json!({ "type": "flatten" }),
            dense(2),
        ],
    );
    flatten["inputs"][0]["shape"] = json!([6, 3]);
    check("flatten", &setup(501, flatten, sgd(0.1), (4, 6), None), Some(80));
    let mut vectors = sequential(3, &[dense(4), dense(2)]);
    vectors["inputs"][0]["shape"] = json!([3]);
    check("dense on vectors", &setup(502, vectors, sgd(0.1), (4, 6), None), None);
}

#[test]
fn every_loss_and_penalty() {
    let penalty = json!({ "l1": 0.02, "l2": 0.03 });
    let layer = json!({
        "type": "lstm", "units": 4, "returnSequences": true, "kernelRegularizer": penalty,
        "recurrentRegularizer": penalty, "biasRegularizer": penalty,
    });
    for loss in [
        json!({ "type": "mse" }),
        json!({ "type": "mae" }),
        json!({ "type": "huber", "delta": 0.4 }),
        json!({ "type": "binaryCrossentropy" }),
        json!({ "type": "binaryCrossentropy", "fromLogits": true }),
        json!({ "type": "categoricalCrossentropy" }),
        json!({ "type": "categoricalCrossentropy", "fromLogits": true }),
        json!({ "type": "sparseCategoricalCrossentropy" }),
        json!({ "type": "sparseCategoricalCrossentropy", "fromLogits": true }),
    ] {
        let kind = loss["type"].as_str().expect("type");
        let probabilities = kind.ends_with("rossentropy") && loss["fromLogits"] != true;
        let activation = match probabilities {
            true if kind == "binaryCrossentropy" => "sigmoid",
            true => "softmax",
            false => "linear",
        };
        let head = json!({ "type": "dense", "units": 3, "activation": activation, "biasRegularizer": penalty });
        let mut compile = sgd(0.1);
        compile["loss"] = loss.clone();
        for lengths in [None, ragged(4, 6)] {
            let model = sequential(3, &[layer.clone(), head.clone()]);
            let mut setup = setup(600, model, compile.clone(), (4, 6), lengths);
            if kind.ends_with("rossentropy") {
                classes(&mut setup, kind);
            }
            check(&format!("{loss}"), &setup, Some(60));
        }
    }
}

/// Turns random targets in [−1, 1) into those of a cross-entropy.
fn classes(setup: &mut Setup, kind: &str) {
    let (data, shape) = &mut setup.target;
    let classes = *shape.last().expect("features");
    match kind {
        "binaryCrossentropy" => data.iter_mut().for_each(|v| *v = f32::from(*v > 0.0)),
        "categoricalCrossentropy" => data.chunks_mut(classes).for_each(|row| {
            let class = class_of(row[0], classes);
            row.fill(0.0);
            row[class] = 1.0;
        }),
        _ => {
            *data = data.chunks(classes).map(|row| class_of(row[0], classes) as f32).collect();
            *shape.last_mut().expect("features") = 1;
        }
    }
}

fn class_of(v: f32, classes: usize) -> usize {
    ((v + 1.0) / 2.0 * classes as f32) as usize
}
