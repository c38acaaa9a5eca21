//! Dropout: masks as `rng.rs` documents them, gradients against the f64 oracle with those masks.

mod common;

use common::{SLOT, Setup, sequential, setup, sgd, with};
use ndarray::{Array2, Array3};
use serde_json::{Value, json};
use unrolled_core::Isa;
use unrolled_testing::oracle::Masks;
use unrolled_testing::{GradientTolerance, central_differences, check_gradient};

const SEED: u64 = 11;

/// Philox4x32-10 from its paper: ten rounds of two multiplications.
fn philox(mut c: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let a = u64::from(c[0]) * 0xd251_1f53;
        let b = u64::from(c[2]) * 0xcd9e_8d57;
        c = [
            (b >> 32) as u32 ^ c[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ c[3] ^ key[1],
            a as u32,
        ];
        key = [key[0].wrapping_add(0x9e37_79b9), key[1].wrapping_add(0xbb67_ae85)];
    }
    c
}

/// Mask number `number` of training step `iteration`: `batch` examples of `rows` values. Each
/// example has 2³² draws of its own, one a value, of 24 bits; dropout is stream 2.
fn mask(iteration: u64, number: u64, rate: f64, batch: usize, rows: usize) -> Vec<f64> {
    let rate = f64::from(rate as f32);
    let index = iteration * (1 << 16) + number;
    let key = [SEED as u32, (SEED >> 32) as u32];
    let draw = |position: u64| {
        let block = position / 4;
        let counter =
            [block as u32, (2 << 24) | (block >> 32) as u32, index as u32, (index >> 32) as u32];
        f64::from(philox(counter, key)[(position % 4) as usize] >> 8) / f64::from(1 << 24)
    };
    (0..batch * rows)
        .map(|i| draw(((i / rows) as u64) << 32 | (i % rows) as u64))
        .map(|u| if u < rate { 0.0 } else { 1.0 / (1.0 - rate) })
        .collect()
}

/// The masks of a sequential model in a training step on all examples in order.
fn masks(setup: &Setup, iteration: u64) -> Masks {
    let mut masks = Masks::default();
    let [batch, time, mut features] = setup.inputs[0].1[..] else { panic!("a sequence") };
    let mut number = 0;
    for node in setup.model["nodes"].as_array().expect("nodes") {
        let (name, layer) = (node["name"].as_str().expect("name").to_string(), &node["layer"]);
        match layer["type"].as_str().expect("type") {
            "dropout" => {
                let rate = layer["rate"].as_f64().expect("rate");
                let values = mask(iteration, number, rate, batch, time * features);
                let values = Array3::from_shape_vec((batch, time, features), values);
                masks.elements.insert(name, values.expect("size"));
                number += 1;
            }
            "dense" => features = layer["units"].as_u64().expect("units") as usize,
            _ => {
                let units = layer["units"].as_u64().expect("units") as usize;
                for (option, rows, to) in [
                    ("dropout", features, &mut masks.input),
                    ("recurrentDropout", units, &mut masks.recurrent),
                ] {
                    if let Some(rate) = layer[option].as_f64() {
                        let values = mask(iteration, number, rate, batch, rows);
                        let values = Array2::from_shape_vec((batch, rows), values);
                        to.insert(name.clone(), values.expect("size"));
                    }
                    number += 1;
                }
                features = units;
            }
        }
    }
    masks
}

/// Takes the gradient off the weights; so large that their own rounding does not show in it.
const RATE: f32 = 1024.0;

/// Loss and gradient of training steps 0 and 1, both at the setup's weights.
fn check(label: &str, mut setup: Setup) {
    setup.model["seed"] = json!(SEED);
    for isa in Isa::available() {
        let mut model = setup.build(isa);
        for iteration in 0..2 {
            let label = format!("{label}, step {iteration} on {}", isa.name());
            let loss = setup.oracle_loss(masks(&setup, iteration));
            let numeric = central_differences(&setup.weights, Some(40), &loss);
            model.import_weights(&setup.weights).expect("weights");
            let got = model.train_step(SLOT, &setup.all(), 0).expect("train");
            let want = loss(&common::wide(&setup.weights));
            assert!((got - want).abs() <= 1e-5 * want, "{label}: loss {got}, want {want}");
            let after = model.export_weights().expect("weights");
            let gradients: Vec<f32> =
                setup.weights.iter().zip(after).map(|(w, after)| (w - after) / RATE).collect();
            check_gradient(&label, &gradients, &numeric, GradientTolerance::default());
        }
    }
}

fn cells() -> Vec<Value> {
    vec![
        json!({ "type": "simpleRnn", "units": 5 }),
        json!({ "type": "lstm", "units": 5 }),
        json!({ "type": "gru", "units": 5 }),
        json!({ "type": "gru", "units": 5, "resetAfter": false }),
    ]
}

#[test]
fn recurrent_layers() {
    for cell in cells() {
        for options in [
            json!({ "dropout": 0.4 }),
            json!({ "recurrentDropout": 0.4 }),
            json!({ "dropout": 0.3, "recurrentDropout": 0.2, "returnSequences": true }),
            json!({ "dropout": 0.3, "recurrentDropout": 0.2, "goBackwards": true }),
        ] {
            for (batch, lengths) in [(4, None), (4, Some(vec![3, 6, 1, 5])), (35, None)] {
                let label = format!("{cell} {options}, batch {batch}, lengths {lengths:?}");
                let model = sequential(3, &[with(&cell, &options)]);
                check(&label, setup(1, model, sgd(RATE), (batch, 6), lengths));
            }
        }
    }
}

#[test]
fn stacked_layers_with_a_mask_each() {
    for cell in cells() {
        let layer = with(
            &cell,
            &json!({ "dropout": 0.3, "recurrentDropout": 0.3, "returnSequences": true }),
        );
        let dropout = json!({ "type": "dropout", "rate": 0.5 });
        let dense = json!({ "type": "dense", "units": 2 });
        let model = sequential(3, &[dropout.clone(), layer.clone(), dropout, layer, dense]);
        // Blocks whose longest example is shorter than the data draw the same masks.
        let two_blocks: Vec<u32> = (0..35).map(|i| if i < 32 { 1 + i % 5 } else { 2 }).collect();
        for (batch, lengths) in [
            (4, None),
            (4, Some(vec![3, 6, 1, 5])),
            (4, Some(vec![3, 5, 1, 4])),
            (35, Some(two_blocks)),
        ] {
            let label = format!("stacked {cell}, batch {batch}, lengths {lengths:?}");
            check(&label, setup(2, model.clone(), sgd(RATE), (batch, 6), lengths));
        }
    }
}

#[test]
fn nothing_is_dropped_outside_training() {
    for cell in cells() {
        let dropped = with(&cell, &json!({ "dropout": 0.5, "recurrentDropout": 0.5 }));
        let dense = json!({ "type": "dense", "units": 2 });
        let half = json!({ "type": "dropout", "rate": 0.5 });
        let with_dropout =
            setup(3, sequential(3, &[dropped, half, dense.clone()]), sgd(RATE), (4, 6), None);
        let without = setup(3, sequential(3, &[cell, dense]), sgd(RATE), (4, 6), None);
        for isa in Isa::available() {
            let (mut a, mut b) = (with_dropout.build(isa), without.build(isa));
            let all = without.all();
            let outputs = [&mut a, &mut b].map(|m| m.predict_step(SLOT, &all, 0).expect("predict"));
            assert_eq!(outputs[0], outputs[1]);
            let gradients = [&mut a, &mut b].map(|m| m.gradients(SLOT, &all).expect("gradients"));
            assert_eq!(gradients[0], gradients[1]);
            let losses =
                [&mut a, &mut b].map(|m| m.evaluate_step(SLOT, &all, 0).expect("evaluate"));
            assert_eq!(losses[0], losses[1]);
        }
    }
}
