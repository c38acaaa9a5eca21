//! Defaults, errors, and the way back from JSON.

use serde_json::json;

use super::*;

#[test]
fn a_layer_has_kerass_defaults() {
    let layer = from_json("x", r#"{"type": "gru", "units": 3}"#).unwrap();
    let LayerSpec::Gru(spec) = layer else { panic!("{layer:?}") };
    assert_eq!((spec.units, spec.reset_after, spec.use_bias), (3, true, true));
    assert_eq!(spec.recurrent_initializer, Initializer::Orthogonal { gain: 1.0 });
    assert_eq!(spec.activation, Activation::Tanh);
}

#[test]
fn what_is_written_is_read_again() {
    let text = json!({
        "inputs": [{"name": "x", "shape": [null, 2]}],
        "nodes": [
            {"name": "a", "layer": {"type": "lstm", "units": 2, "returnSequences": true,
                "kernelRegularizer": {"l1": 0.5}, "biasConstraint": {"maxNorm": 2.0}},
             "inputs": [["x", 0]]},
            {"name": "b", "layer": {"type": "dense", "units": 1, "activation": "swish",
                "kernelInitializer": {"type": "randomNormal", "mean": 0.0, "stddev": 0.1}},
             "inputs": [["a", 0]]},
        ],
        "outputs": [["b", 0]], "seed": 7,
    });
    let spec = from_json::<ModelSpec>("model", &text.to_string()).unwrap();
    let again = from_json::<ModelSpec>("model", &spec.to_json()).unwrap();
    assert_eq!(again, spec);
    let compile = json!({
        "loss": {"type": "huber", "delta": 2.0},
        "optimizer": {"rule": {"type": "adamw", "beta1": 0.8}, "globalClipnorm": 1.0,
            "learningRate": {"type": "cosine", "initial": 0.1, "decaySteps": 9.0}},
        "metrics": [{"type": "lastStepMse"}, {"type": "binaryCrossentropy", "fromLogits": true}],
    });
    let spec = from_json::<CompileSpec>("compile", &compile.to_string()).unwrap();
    let again = from_json::<CompileSpec>("compile", &spec.to_json()).unwrap();
    assert_eq!(again, spec);
}

#[test]
fn an_error_says_where_and_what_was_expected() {
    let layer = |layer| {
        let model = json!({"inputs": [], "outputs": [],
            "nodes": [{"name": "first", "layer": layer, "inputs": []}]});
        from_json::<ModelSpec>("model", &model.to_string()).unwrap_err().to_string()
    };
    for (json, expected) in [
        (json!({"type": "gru"}), "first: 'units' is missing"),
        (
            json!({"type": "gru", "units": -1}),
            "first.units: expected a whole number, at least 0, got -1",
        ),
        (json!({"type": "gru", "units": 1, "unit": 1}), "first: unknown option 'unit'"),
        (
            json!({"type": "dense", "units": 1, "useBias": 1}),
            "first.useBias: expected true or false, got 1",
        ),
        (json!({"type": "flatten", "x": 1}), "first: unknown option 'x'"),
        (json!(3), "first: expected an object, got 3"),
    ] {
        assert_eq!(layer(json), expected);
    }
    assert!(
        layer(json!({"type": "gruu"}))
            .starts_with("first: unknown type 'gruu'; expected one of simpleRnn")
    );
}

#[test]
fn options_of_gates_belong_to_the_layers_that_have_them() {
    let read = |kind: &str, key: &str, value: serde_json::Value| {
        let mut layer = json!({ "type": kind, "units": 1 });
        layer[key] = value;
        from_json::<LayerSpec>("l", &layer.to_string())
    };
    // (option, default, another value, who has it)
    for (key, default, other, owners) in [
        ("recurrentActivation", json!("sigmoid"), json!("tanh"), &["lstm", "gru"][..]),
        ("unitForgetBias", json!(true), json!(false), &["lstm"]),
        ("resetAfter", json!(true), json!(false), &["gru"]),
    ] {
        for kind in ["simpleRnn", "lstm", "gru"] {
            let layer = read(kind, key, default.clone()).unwrap();
            let has = owners.contains(&kind);
            assert_eq!(layer.to_json().contains(key), has, "{kind} {key}");
            match read(kind, key, other.clone()) {
                Ok(layer) => assert!(has && layer.to_json().contains(&other.to_string())),
                Err(error) => {
                    assert!(!has, "{kind} {key}");
                    let expected = format!("l: a layer of this type has no option '{key}'");
                    assert_eq!(error.to_string(), expected);
                }
            }
        }
    }
}
