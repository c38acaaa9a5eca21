//! The oracles against Keras and PyTorch: all compute in `f64`, so they agree to the `f32` that
//! fixtures are rounded to.

use std::panic::catch_unwind;

use serde::Deserialize;
use unrolled_testing::oracle::{Loss, Masks, Model, Value};
use unrolled_testing::{Fixture, assert_close, central_differences, fixtures};

/// A unit in the last place of `f32`: half for the rounding to it, half for the shortest decimal
/// that gives it.
const ROUNDING: f64 = 1.2e-7;

fn wide(values: Vec<f32>) -> Vec<f64> {
    values.into_iter().map(f64::from).collect()
}

fn inputs(fixture: &Fixture) -> Vec<Value> {
    std::iter::once(&fixture.x)
        .chain(&fixture.states)
        .enumerate()
        .map(|(i, tensor)| {
            let lengths = if i == 0 { fixture.lengths.as_deref() } else { None };
            Value::new(&wide(tensor.f32()), &tensor.shape, lengths)
        })
        .collect()
}

fn check_outputs(fixture: &Fixture) {
    let weights = wide(fixture.weights.clone());
    let (outputs, _) =
        Model::new(&fixture.model).forward(&weights, &inputs(fixture), &Masks::default());
    let flat = |i: usize| outputs[i].data.iter().copied().collect::<Vec<f64>>();
    assert_eq!(outputs.len(), 1 + fixture.more_outputs.len());
    let (got, want) = fixture.comparable(&flat(0));
    assert_close(&fixture.name, &got, &want, ROUNDING, 1e-12);
    for (i, want) in fixture.more_outputs.iter().enumerate() {
        assert_close(&fixture.name, &flat(i + 1), &want.data, ROUNDING, 1e-12);
    }
}

fn check_loss(fixture: &Fixture) {
    let model = Model::new(&fixture.model);
    let loss = Loss::deserialize(&fixture.compile["loss"]).expect("loss");
    let target = Value::new(&wide(fixture.y.f32()), &fixture.y.shape, None).data;
    let inputs = inputs(fixture);
    let f = |weights: &[f64]| model.loss(loss, weights, &inputs, &target, &Masks::default());
    let got = f(&wide(fixture.weights.clone()));
    assert_close(&fixture.name, &[got], &[fixture.loss], ROUNDING, 0.0);
    for (i, got) in central_differences(&fixture.weights, Some(40), f) {
        let label = format!("{}: gradient {i}", fixture.name);
        assert_close(&label, &[got], &fixture.gradients[i..=i], 1e-6, 1e-8);
    }
}

fn check_all(check: fn(&Fixture)) {
    let fixtures = fixtures();
    let failed: Vec<&str> = fixtures
        .iter()
        .filter(|fixture| catch_unwind(|| check(fixture)).is_err())
        .map(|fixture| fixture.name.as_str())
        .collect();
    assert!(failed.is_empty(), "{} fail:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn the_oracle_gives_the_same_outputs() {
    check_all(check_outputs);
}

#[test]
fn the_oracle_gives_the_same_loss_and_gradients() {
    check_all(check_loss);
}
