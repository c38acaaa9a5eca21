//! Bad input gives an error of ours that says what was expected, what came, and where; and leaves
//! the model as it was.

mod common;

use common::{SLOT, Setup, sequential, setup, sgd};
use serde_json::{Value, json};
use unrolled_core::spec::{CompileSpec, ModelSpec, from_json};
use unrolled_core::{Error, Isa, Model, Result};

fn lstm() -> Value {
    json!({ "type": "lstm", "units": 4, "returnSequences": true })
}

fn dense() -> Value {
    json!({ "type": "dense", "units": 2 })
}

fn example() -> Setup {
    setup(1, sequential(3, &[lstm(), dense()]), sgd(0.1), (5, 6), None)
}

fn build(spec: &Value) -> Result<Model> {
    Model::new(from_json::<ModelSpec>("model", &spec.to_string())?)
}

/// Asserts the error's name and that its message has each of the words.
#[track_caller]
fn refuses<T>(label: &str, result: Result<T>, name: &str, words: &[&str]) {
    let Err(error) = result else { panic!("{label}: expected a {name}, got none") };
    let message = error.to_string();
    assert_eq!(error.name(), name, "{label}: {message}");
    for word in words {
        assert!(message.contains(word), "{label}: '{word}' is not in: {message}");
    }
}

#[test]
fn model_descriptions() {
    let edit = |edit: &dyn Fn(&mut Value)| {
        let mut spec = sequential(3, &[lstm(), dense()]);
        edit(&mut spec);
        build(&spec)
    };
    type Edit<'a> = &'a dyn Fn(&mut Value);
    let cases: [(&str, Edit<'_>, &str, &[&str]); 17] = [
        ("no layers", &|s| s["nodes"] = json!([]), "SpecError", &["layer"]),
        ("no outputs", &|s| s["outputs"] = json!([]), "SpecError", &["output"]),
        (
            "no units",
            &|s| s["nodes"][0]["layer"]["units"] = json!(0),
            "SpecError",
            &["layer_0", "units"],
        ),
        (
            "units missing",
            &|s| s["nodes"][0]["layer"] = json!({ "type": "lstm" }),
            "SpecError",
            &["units"],
        ),
        (
            "unknown layer",
            &|s| s["nodes"][0]["layer"]["type"] = json!("lsmt"),
            "SpecError",
            &["lsmt"],
        ),
        ("unknown option", &|s| s["nodes"][0]["layer"]["unit"] = json!(3), "SpecError", &["unit"]),
        (
            "unknown activation",
            &|s| s["nodes"][1]["layer"]["activation"] = json!("tan"),
            "SpecError",
            &["tan"],
        ),
        (
            "softmax in a recurrence",
            &|s| s["nodes"][0]["layer"]["activation"] = json!("softmax"),
            "SpecError",
            &["layer_0", "softmax"],
        ),
        (
            "dropout of 1",
            &|s| s["nodes"][0]["layer"]["dropout"] = json!(1.0),
            "SpecError",
            &["layer_0", "dropout", "[0, 1)", "1"],
        ),
        (
            "a negative recurrent dropout",
            &|s| s["nodes"][0]["layer"]["recurrentDropout"] = json!(-0.1),
            "SpecError",
            &["recurrentDropout", "-0.1"],
        ),
        ("a name twice", &|s| s["nodes"][1]["name"] = json!("layer_0"), "SpecError", &["layer_0"]),
        (
            "an unknown source",
            &|s| s["nodes"][1]["inputs"] = json!([["nothing", 0]]),
            "SpecError",
            &["layer_1", "nothing"],
        ),
        (
            "a later source",
            &|s| s["nodes"][0]["inputs"] = json!([["layer_1", 0]]),
            "SpecError",
            &["layer_0", "layer_1"],
        ),
        (
            "an output that is not there",
            &|s| s["nodes"][1]["inputs"] = json!([["layer_0", 1]]),
            "SpecError",
            &["layer_1", "layer_0"],
        ),
        (
            "two inputs of a dense",
            &|s| s["nodes"][1]["inputs"] = json!([["layer_0", 0], ["input", 0]]),
            "SpecError",
            &["layer_1", "2"],
        ),
        (
            "a recurrence on a vector",
            &|s| s["inputs"][0]["shape"] = json!([3]),
            "ShapeError",
            &["layer_0", "[batch, time, features]", "[batch, 3]"],
        ),
        (
            "one state of two",
            &|s| s["nodes"][0]["inputs"] = json!([["input", 0], ["input", 0]]),
            "SpecError",
            &["layer_0", "2", "1"],
        ),
    ];
    for (label, change, name, words) in cases {
        refuses(label, edit(change), name, words);
    }
}

#[test]
fn compile_descriptions() {
    for (label, path, value, words) in [
        ("unknown loss", "/loss/type", json!("rms"), &["rms"][..]),
        ("negative delta", "/loss", json!({ "type": "huber", "delta": -1 }), &["delta", "-1"]),
        ("unknown rule", "/optimizer/rule/type", json!("adma"), &["adma"]),
        (
            "rho of 1.5",
            "/optimizer/rule",
            json!({ "type": "rmsprop", "rho": 1.5 }),
            &["rho", "1.5"],
        ),
        (
            "a negative rate",
            "/optimizer/learningRate/value",
            json!(-0.1),
            &["learningRate", "-0.1"],
        ),
        ("clipping by −1", "/optimizer/clipvalue", json!(-1), &["clipvalue", "-1"]),
        ("unknown metric", "/metrics", json!([{ "type": "mea" }]), &["mea"]),
        (
            "class numbers in an mse",
            "/metrics",
            json!([{ "type": "sparseCategoricalCrossentropy" }]),
            &["sparseCategoricalCrossentropy"],
        ),
    ] {
        let mut spec = sgd(0.1);
        spec["optimizer"]["clipvalue"] = Value::Null;
        spec["metrics"] = json!([]);
        *spec.pointer_mut(path).expect("path") = value;
        let result = from_json::<CompileSpec>("compile", &spec.to_string())
            .and_then(|spec| build(&sequential(3, &[dense()]))?.compile(spec));
        refuses(label, result, "SpecError", words);
    }
}

#[test]
fn data() {
    let fresh = || example().build(Isa::fastest());
    let x = vec![0.5; 5 * 6 * 3];
    let mut with_nan = x.clone();
    with_nan[3 * 18 + 2 * 3 + 1] = f32::NAN;
    let y = vec![0.5; 5 * 6 * 2];
    for (label, shape, data, lengths, name, words) in [
        (
            "features",
            vec![5, 6, 4],
            &x,
            None,
            "ShapeError",
            &["input", "[batch, time, 3]", "[5, 6, 4]"][..],
        ),
        ("a vector", vec![5, 18], &x, None, "ShapeError", &["[batch, time, 3]", "[5, 18]"]),
        ("too few values", vec![6, 6, 3], &x, None, "ShapeError", &["[6, 6, 3]", "90"]),
        (
            "NaN",
            vec![5, 6, 3],
            &with_nan,
            None,
            "DataError",
            &["example 3", "step 2", "feature 1", "NaN"],
        ),
        (
            "too many lengths",
            vec![5, 6, 3],
            &x,
            Some(vec![1; 6]),
            "ShapeError",
            &["5 lengths", "6"],
        ),
        (
            "a length of 0",
            vec![5, 6, 3],
            &x,
            Some(vec![1, 0, 1, 1, 1]),
            "DataError",
            &["example 1", "1 to 6", "0"],
        ),
        (
            "a length of 7",
            vec![5, 6, 3],
            &x,
            Some(vec![1, 1, 7, 1, 1]),
            "DataError",
            &["example 2", "1 to 6", "7"],
        ),
    ] {
        let result = fresh().set_input(SLOT, 0, data.as_slice(), &shape, lengths.as_deref());
        refuses(label, result, name, words);
    }
    for (label, shape, name, words) in [
        (
            "a target of other features",
            vec![5, 4, 3],
            "ShapeError",
            &["[5, 6, 2]", "[5, 4, 3]"][..],
        ),
        ("a target of other examples", vec![6, 5, 2], "ShapeError", &["[5, 6, 2]", "[6, 5, 2]"]),
        ("a vector as target", vec![30, 2], "ShapeError", &["[5, 6, 2]", "[30, 2]"]),
        ("one number as target", vec![60], "ShapeError", &["[60]"]),
    ] {
        let mut model = fresh();
        let result = model
            .set_target(SLOT, 0, y.as_slice(), &shape)
            .and_then(|()| model.train_step(SLOT, &[0], 0));
        refuses(label, result, name, words);
    }
    refuses(
        "no such slot",
        fresh().set_input(3, 0, x.as_slice(), &[5, 6, 3], None),
        "DataError",
        &["3"],
    );
    refuses(
        "no such input",
        fresh().set_input(0, 1, x.as_slice(), &[5, 6, 3], None),
        "SpecError",
        &["1"],
    );
    refuses("no examples", fresh().train_step(SLOT, &[], 0), "DataError", &["indices"]);
    refuses("no such example", fresh().train_step(SLOT, &[1, 5], 0), "DataError", &["5"]);
    refuses("no such output", fresh().predict_step(SLOT, &[0], 1), "DataError", &["1"]);
    refuses("weights missing", fresh().import_weights(&[0.0; 3]), "ShapeError", &["3"]);
    let mut weights = example().weights;
    weights[7] = f32::INFINITY;
    refuses("an infinite weight", fresh().import_weights(&weights), "DataError", &["7"]);
}

#[test]
fn calls_in_the_wrong_order() {
    let mut model = build(&example().model).expect("model");
    refuses("not compiled", model.train_step(SLOT, &[0], 0), "StateError", &["compile"]);
    refuses("no rate yet", model.learning_rate(), "StateError", &["compile"]);
    refuses("no data", model.predict_step(SLOT, &[0], 0), "StateError", &["input"]);
    let mut model = example().build(Isa::fastest());
    model.clear_data(SLOT).expect("clear");
    refuses("data cleared", model.train_step(SLOT, &[0], 0), "StateError", &["input"]);
}

#[test]
fn numbers_that_overflow_name_their_layer_and_leave_the_weights() {
    for isa in Isa::available() {
        let mut example = example();
        // The dense layer's kernel: outputs near 1e38, the square of which is infinite.
        let n = example.weights.len();
        example.weights[n - 10..n - 2].fill(3e38);
        let mut model = example.build(isa);
        let error = model.train_step(SLOT, &example.all(), 0).expect_err("overflow");
        let Error::NonFinite { layer, iteration, .. } = &error else { panic!("{error}") };
        assert!(["layer_1", "loss"].contains(&layer.as_str()), "{error}");
        assert_eq!(*iteration, 0);
        assert_eq!(model.export_weights().expect("weights"), example.weights, "{}", isa.name());
        assert_eq!(model.iterations(), 0);
        // It goes on with better weights.
        model.import_weights(&self::example().weights).expect("weights");
        assert!(model.train_step(SLOT, &example.all(), 0).expect("train").is_finite());
    }
}

#[test]
fn an_overflow_in_a_recurrence_names_the_step() {
    // exponential of exponential of …: infinite at the fourth step.
    let layer = json!({
        "type": "simpleRnn", "units": 1, "activation": "exponential", "useBias": false,
        "returnSequences": true,
    });
    for isa in Isa::available() {
        let mut example =
            setup(1, sequential(1, std::slice::from_ref(&layer)), sgd(0.1), (3, 6), None);
        example.weights = vec![1.0, 1.0];
        example.inputs[0].0.fill(1.0);
        let mut model = example.build(isa);
        let error = model.train_step(SLOT, &example.all(), 0).expect_err("overflow");
        let Error::NonFinite { layer, what, step, .. } = &error else { panic!("{error}") };
        // e¹ = 2.7, e^3.7 = 41, e^42 = 1.9e18, e^1.9e18 = ∞.
        assert_eq!((layer.as_str(), *what, *step), ("layer_0", "output", Some(3)));
    }
}

#[test]
fn an_overflow_names_the_step_also_where_the_layer_gives_its_last_state_alone() {
    // One example of seven steps; at one of them the input is so large that the state is infinite.
    const STEPS: usize = 7;
    for (label, options, step) in [
        ("simpleRnn", json!({ "type": "simpleRnn", "activation": "relu" }), 4),
        ("gru", json!({ "type": "gru", "activation": "relu" }), 4),
        (
            "gru without resetAfter",
            json!({ "type": "gru", "activation": "elu", "resetAfter": false }),
            2,
        ),
        ("lstm", json!({ "type": "lstm", "activation": "relu" }), 4),
        ("lstm at step 0", json!({ "type": "lstm", "activation": "linear" }), 0),
        ("backwards", json!({ "type": "lstm", "activation": "relu", "goBackwards": true }), 5),
        ("with states", json!({ "type": "gru", "activation": "relu", "returnState": true }), 3),
    ] {
        let mut layer = json!({
            "units": 2,
            "kernelInitializer": { "type": "constant", "value": 1e30 },
            "recurrentInitializer": { "type": "zeros" },
        });
        for (key, value) in options.as_object().expect("object") {
            layer[key] = value.clone();
        }
        for isa in Isa::available() {
            let model = sequential(1, &[layer.clone(), dense()]);
            let mut example = setup(1, model, sgd(0.1), (3, STEPS), None);
            example.inputs[0].0.fill(0.0);
            example.inputs[0].0[STEPS + step] = 1e30;
            let spec: ModelSpec = from_json("model", &example.model.to_string()).expect("JSON");
            let mut model = Model::with_isa(spec, isa).expect("model");
            let compile = from_json::<CompileSpec>("compile", &example.compile.to_string());
            model.compile(compile.expect("JSON")).expect("compile");
            example.give(&mut model);
            let error = model.train_step(SLOT, &example.all(), 0).expect_err("overflow");
            let Error::NonFinite { layer, what, step: got, .. } = &error else { panic!("{error}") };
            let got = (layer.as_str(), *what, *got);
            assert_eq!(got, ("layer_0", "output", Some(step)), "{label}, {}", isa.name());
        }
    }
}

#[test]
fn damaged_checkpoints() {
    let mut model = example().build(Isa::fastest());
    let bytes = model.save("{}", true, 0).expect("save");
    assert!(Model::load(&bytes).is_ok());
    for cut in [0, 1, 7, 8, 9, bytes.len() / 2, bytes.len() - 1] {
        refuses(&format!("{cut} bytes"), Model::load(&bytes[..cut]), "CheckpointError", &[]);
    }
    let mut longer = bytes.clone();
    longer.push(0);
    refuses("a byte more", Model::load(&longer), "CheckpointError", &[]);
    refuses("text", Model::load(b"not a checkpoint at all"), "CheckpointError", &[]);
    refuses("metadata that is not JSON", model.save("{", true, 0), "DataError", &["metadata"]);
}
