//! The core against Keras and PyTorch, on every instruction set: outputs, loss, gradients, ten
//! training steps, and metrics.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{SLOT, Setup};
use unrolled_core::{Isa, Model};
use unrolled_testing::{Fixture, assert_close, fixtures};

/// What stands in padding, so that any use of it shows.
const PADDING: f32 = f32::NAN;

/// Outputs: 1e-5 relative. The floor is for values that cancel: an output is a sum of numbers of
/// magnitude 1, each right to half of f32's 1.2e-7, and keeps their absolute error however small
/// it is itself.
const OUTPUT: (f64, f64) = (1e-5, 5e-7);

/// Gradients: 1e-4 relative; the floor is this share of the largest element, for sums over time
/// and examples that cancel.
const GRADIENT: (f64, f64) = (1e-4, 1e-6);

fn setup(fixture: &Fixture) -> Setup {
    let mut inputs = vec![(fixture.x.f32(), fixture.x.shape.clone())];
    inputs.extend(fixture.states.iter().map(|s| (s.f32(), s.shape.clone())));
    let mut target = (fixture.y.f32(), fixture.y.shape.clone());
    if let Some(lengths) = &fixture.lengths {
        pad(&mut inputs[0], lengths);
        if target.1.len() == 3 {
            pad(&mut target, lengths);
        }
    }
    let mut lengths = vec![None; inputs.len()];
    lengths[0].clone_from(&fixture.lengths);
    Setup {
        model: fixture.model.clone(),
        compile: fixture.compile.clone(),
        weights: fixture.weights.clone(),
        inputs,
        lengths,
        target,
    }
}

/// Overwrites the steps after each example's length.
fn pad((data, shape): &mut (Vec<f32>, Vec<usize>), lengths: &[u32]) {
    let (time, features) = (shape[1], shape[2]);
    for (example, &length) in data.chunks_mut(time * features).zip(lengths) {
        example[length as usize * features..].fill(PADDING);
    }
}

/// Runs `check` on every fixture and instruction set, and names all that fail.
fn check_all(check: impl Fn(&str, &Fixture, &mut Model)) {
    let mut failed = Vec::new();
    let fixtures = fixtures();
    for isa in Isa::available() {
        for fixture in &fixtures {
            let label = format!("{} on {}", fixture.name, isa.name());
            let run = || check(&label, fixture, &mut setup(fixture).build(isa));
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                failed.push(label);
            }
        }
    }
    assert!(failed.is_empty(), "{} fail:\n{}", failed.len(), failed.join("\n"));
}

fn all(fixture: &Fixture) -> Vec<u32> {
    (0..fixture.x.shape[0] as u32).collect()
}

#[test]
fn outputs_agree() {
    check_all(|label, fixture, model| {
        let mut output = |i| model.predict_step(SLOT, &all(fixture), i).expect("predict");
        let (got, want) = fixture.comparable(&output(0));
        assert_close(label, &got, &want, OUTPUT.0, OUTPUT.1);
        for (i, want) in fixture.more_outputs.iter().enumerate() {
            let label = format!("{label}: output {}", i + 1);
            assert_close(&label, &output(i + 1), &want.data, OUTPUT.0, OUTPUT.1);
        }
    });
}

#[test]
fn gradients_agree() {
    check_all(|label, fixture, model| {
        let got = model.gradients(SLOT, &all(fixture)).expect("gradients");
        let largest = fixture.gradients.iter().fold(0.0f64, |a, g| a.max(g.abs()));
        assert_close(label, &got, &fixture.gradients, GRADIENT.0, GRADIENT.1 * largest);
    });
}

#[test]
fn ten_training_steps_agree() {
    check_all(|label, fixture, model| {
        let losses: Vec<f64> = fixture
            .losses
            .iter()
            .map(|_| model.train_step(SLOT, &all(fixture), 0).expect("train"))
            .collect();
        assert_close(&format!("{label}: losses"), &losses, &fixture.losses, 1e-5, 1e-6);
        let weights = model.export_weights().expect("weights");
        assert_close(
            &format!("{label}: weights"),
            &weights,
            &fixture.final_weights,
            1e-5,
            weight_floor(fixture),
        );
    });
}

/// Weights are of magnitude 1 and take ten steps, each rounded: 1e-6. A rule that divides by the
/// root of the second moment turns the relative error of a small gradient into one of the step, up
/// to 1e-4 (see [`GRADIENT`]) of ten steps of 0.01.
fn weight_floor(fixture: &Fixture) -> f64 {
    match fixture.compile["optimizer"]["rule"]["type"].as_str() {
        Some("sgd") => 1e-6,
        _ => 1e-5,
    }
}

#[test]
fn metrics_agree() {
    check_all(|label, fixture, model| {
        let Some(evaluation) = &fixture.evaluation else { return };
        let weights: Vec<f32> = fixture.final_weights.iter().map(|&w| w as f32).collect();
        model.import_weights(&weights).expect("weights");
        model.reset_meter(0).expect("reset");
        for part in all(fixture).chunks(evaluation.batch_size) {
            model.evaluate_step(SLOT, part, 0).expect("evaluate");
        }
        assert_close(label, &model.metrics(0).expect("metrics"), &evaluation.values, 1e-5, 1e-6);
    });
}
