//! Running sums belong to who opened them; best weights to a run.

mod common;

use common::{SLOT, Setup, sequential, setup, sgd};
use serde_json::json;
use unrolled_core::{Isa, Model};

fn example(batch: usize) -> Setup {
    let layers = [json!({ "type": "lstm", "units": 4 }), json!({ "type": "dense", "units": 2 })];
    setup(1, sequential(3, &layers), sgd(0.1), (batch, 5), None)
}

fn open() -> (Setup, Model) {
    let example = example(10);
    let model = example.build(Isa::fastest());
    (example, model)
}

#[test]
fn a_meter_sees_what_was_added_to_it_and_nothing_else() {
    let (example, mut model) = open();
    let (a, b) = (model.open_meter(), model.open_meter());
    model.evaluate_step(SLOT, &[0, 1], a).expect("evaluate");
    let alone = model.metrics(a).expect("metrics");
    model.evaluate_step(SLOT, &example.all(), b).expect("evaluate");
    assert_eq!(model.metrics(a).expect("metrics"), alone);
    assert_ne!(model.metrics(b).expect("metrics"), alone);
    model.reset_meter(b).expect("reset");
    model.evaluate_step(SLOT, &[0, 1], b).expect("evaluate");
    assert_eq!(model.metrics(b).expect("metrics"), alone);
}

#[test]
fn a_closed_meter_is_refused_and_its_number_serves_again() {
    let (_, mut model) = open();
    let a = model.open_meter();
    model.close_meter(a).expect("close");
    for result in [
        model.evaluate_step(SLOT, &[0], a).map(|_| ()),
        model.train_step(SLOT, &[0], a).map(|_| ()),
        model.metrics(a).map(|_| ()),
        model.reset_meter(a),
        model.close_meter(a),
        model.close_meter(99),
    ] {
        assert_eq!(result.expect_err("closed").name(), "StateError");
    }
    assert_eq!(model.open_meter(), a);
    model.close_meter(0).expect("it stays");
    model.evaluate_step(SLOT, &[0], 0).expect("number 0 is always there");
}

#[test]
fn compiling_closes_meters_and_forgets_the_best_weights() {
    let (example, mut model) = open();
    let a = model.open_meter();
    model.keep_best().expect("best");
    let compile = unrolled_core::spec::from_json("compile", &example.compile.to_string());
    model.compile(compile.expect("JSON")).expect("compile");
    assert_eq!(model.metrics(a).expect_err("closed").name(), "StateError");
    assert!(!model.restore_best());
}

#[test]
fn the_meter_that_is_saved_is_number_0_of_the_model_that_is_loaded() {
    let (_, mut model) = open();
    let a = model.open_meter();
    model.evaluate_step(SLOT, &[0, 1, 2], a).expect("evaluate");
    model.keep_best().expect("best");
    let bytes = model.save("null", true, a).expect("save");
    let mut loaded = Model::load(&bytes).expect("load");
    assert_eq!(loaded.metrics(0).expect("metrics"), model.metrics(a).expect("metrics"));
    assert!(loaded.restore_best());
    loaded.drop_best();
    assert!(!loaded.restore_best());
}
