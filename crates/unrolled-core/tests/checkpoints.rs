//! A file from others is compared with what it claims before anything is allocated, and whatever is
//! wrong with it is a CheckpointError that says where.

mod common;

use common::{SLOT, Setup, sequential, setup};
use serde_json::{Map, Value, json};
use unrolled_core::{Isa, Model};

/// A file taken apart.
struct File {
    header: Map<String, Value>,
    data: Vec<u8>,
}

impl File {
    fn new(bytes: &[u8]) -> Self {
        let length = u64::from_le_bytes(bytes[..8].try_into().expect("length")) as usize;
        let header = serde_json::from_slice(&bytes[8..8 + length]).expect("header");
        Self { header, data: bytes[8 + length..].to_vec() }
    }

    fn bytes(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).expect("header");
        [&(header.len() as u64).to_le_bytes(), header.as_slice(), &self.data].concat()
    }

    fn texts(&mut self) -> &mut Map<String, Value> {
        self.header["__metadata__"].as_object_mut().expect("texts")
    }

    /// Changes a text that is itself JSON.
    fn edit(&mut self, key: &str, edit: impl FnOnce(&mut Value)) {
        let text = &mut self.texts()[key];
        let mut value = serde_json::from_str(text.as_str().expect("text")).expect("JSON");
        edit(&mut value);
        *text = value.to_string().into();
    }

    /// Where a tensor's values are.
    fn range(&self, name: &str) -> std::ops::Range<usize> {
        let offsets = &self.header[name]["data_offsets"];
        let at = |i: usize| offsets[i].as_u64().expect("offset") as usize;
        at(0)..at(1)
    }

    fn set_f32(&mut self, name: &str, x: f32) {
        let end = self.range(name).end;
        self.data[end - 4..end].copy_from_slice(&x.to_le_bytes());
    }

    fn set_f64(&mut self, name: &str, i: usize, x: f64) {
        let at = self.range(name).start + 8 * i;
        self.data[at..at + 8].copy_from_slice(&x.to_le_bytes());
    }
}

fn example() -> Setup {
    let layers = [json!({ "type": "lstm", "units": 3 }), json!({ "type": "dense", "units": 1 })];
    let compile = json!({
        "loss": { "type": "mse" },
        "metrics": [{ "type": "mae" }],
        "optimizer": {
            "rule": { "type": "nadam" },
            "learningRate": { "type": "constant", "value": 0.01 },
        },
    });
    let model = sequential(2, &layers).to_string();
    let model = model.replace("layer_0", "lstm").replace("layer_1", "dense");
    setup(1, serde_json::from_str(&model).expect("JSON"), compile, (4, 5), None)
}

/// A model in the middle of its training, with best weights.
fn trained() -> Model {
    let example = example();
    let mut model = example.build(Isa::fastest());
    model.train_step(SLOT, &example.all(), 0).expect("train");
    model.keep_best().expect("best");
    model
}

fn saved() -> File {
    File::new(&trained().save("{}", true, 0).expect("save"))
}

#[test]
fn a_file_taken_apart_and_put_together_loads() {
    let mut file = saved();
    let whole = Model::load(&file.bytes()).expect("load").save("{}", true, 0).expect("save");
    // Any order of the tensors, as other writers have it.
    let mut header = Map::new();
    for (name, value) in file.header.iter().rev() {
        header.insert(name.clone(), value.clone());
    }
    file.header = header;
    let again = Model::load(&file.bytes()).expect("load").save("{}", true, 0).expect("save");
    assert_eq!(again, whole);
}

#[test]
fn metadata_may_be_missing() {
    let mut file = saved();
    file.texts().remove("metadata");
    let model = Model::load(&file.bytes()).expect("load");
    let description: Value = serde_json::from_str(&model.describe()).expect("JSON");
    assert_eq!(description["metadata"], Value::Null);
}

#[test]
fn damaged_files_are_refused_by_name() {
    type Edit = fn(&mut File);
    let cases: [(&str, Edit, &str); 31] = [
        // Claims that are larger than the file; some could not be allocated anywhere.
        (
            "units beside the tensors",
            |f| f.edit("model", |m| m["nodes"][0]["layer"]["units"] = json!(16_000_000)),
            "'lstm/kernel': expected shape [2, 64000000], got [2, 12]",
        ),
        (
            "features beside the tensors",
            |f| f.edit("model", |m| m["inputs"][0]["shape"] = json!([null, 16_000_000])),
            "'lstm/kernel'",
        ),
        (
            "a flattened sequence that no size can hold",
            |f| {
                f.edit("model", |m| {
                    m["inputs"][0]["shape"] = json!([16_000_000, 16_000_000]);
                    m["nodes"][0]["layer"] = json!({ "type": "flatten" });
                });
            },
            "16000000 steps of 16000000 features",
        ),
        (
            "state of another optimizer",
            |f| f.edit("compile", |c| c["optimizer"]["rule"] = json!({ "type": "rmsprop" })),
            "'optimizer/velocity/lstm/kernel' is missing",
        ),
        (
            "a metric without sums",
            |f| f.edit("compile", |c| c["metrics"] = json!([])),
            "'metrics': expected shape [1, 2], got [2, 2]",
        ),
        ("half of the best", |f| rename(f, "best/dense/bias", "x"), "'best/dense/bias' is missing"),
        ("best of nothing", |f| rename(f, "best/lstm/kernel", "x"), "tensor 'best/"),
        (
            "a tensor that nobody knows",
            |f| {
                let end = f.data.len();
                let shape = json!([0]);
                let entry = json!({ "dtype": "F32", "shape": shape, "data_offsets": [end, end] });
                f.header.insert("mask".into(), entry);
            },
            "tensor 'mask'",
        ),
        (
            "a single value of another shape",
            |f| f.header["optimizer/u_product"]["shape"] = json!([1, 1]),
            "'optimizer/u_product'",
        ),
        ("a weight", |f| f.set_f32("lstm/kernel", f32::NAN), "'lstm/kernel'"),
        ("a weight", |f| f.set_f32("dense/bias", f32::INFINITY), "'dense/bias'"),
        ("best", |f| f.set_f32("best/lstm/bias", f32::NAN), "'best/lstm/bias'"),
        ("state", |f| f.set_f32("optimizer/v/dense/kernel", f32::INFINITY), "'optimizer/v/dense/"),
        ("state", |f| f.set_f32("optimizer/u_product", f32::NAN), "'optimizer/u_product'"),
        ("a mean of squares", |f| f.set_f32("optimizer/v/dense/bias", -1.0), "optimizer/v/"),
        ("a sum", |f| f.set_f64("metrics", 0, f64::NAN), "'metrics'"),
        ("a sum's weight", |f| f.set_f64("metrics", 3, f64::INFINITY), "'metrics'"),
        ("a sum's weight", |f| f.set_f64("metrics", 1, -4.0), "'metrics'"),
        // The description.
        ("no model", |f| drop(f.texts().remove("model")), "'model' is missing"),
        ("no compilation", |f| drop(f.texts().remove("compile")), "'compile' is missing"),
        ("no rate", |f| drop(f.texts().remove("learningRate")), "'learningRate' is missing"),
        (
            "an unusable rate",
            |f| f.edit("learningRate", |rate| rate["value"] = json!(-1)),
            "learningRate",
        ),
        ("iterations", |f| set(f, "iterations", "9007199254740992"), "iterations"),
        ("iterations", |f| set(f, "iterations", "-1"), "iterations"),
        ("metadata", |f| set(f, "metadata", "{"), "metadata"),
        (
            "an option",
            |f| f.edit("model", |m| m["nodes"][0]["layer"]["dropout"] = json!(2)),
            "lstm: dropout must be in [0, 1), got 2",
        ),
        (
            "a recurrence on a vector",
            |f| f.edit("model", |m| m["inputs"][0]["shape"] = json!([2])),
            "lstm: expected shape [batch, time, features], got [batch, 2]",
        ),
        (
            "an optimizer's option",
            |f| f.edit("compile", |c| c["optimizer"]["rule"]["beta1"] = json!(1)),
            "beta1",
        ),
        ("a deep text", |f| set(f, "model", &"[".repeat(1_000_000)), "127 levels"),
        ("a wide text", |f| set(f, "model", &format!("[{}0]", "0,".repeat(1 << 23))), "2^22"),
        (
            "more layers than anybody has",
            |f| {
                f.edit("model", |m| {
                    let node = m["nodes"][0].clone();
                    m["nodes"] = vec![node; 10_001].into();
                });
            },
            "at most 10000 layers, got 10001",
        ),
    ];
    for (label, edit, word) in cases {
        let mut file = saved();
        edit(&mut file);
        let Err(error) = Model::load(&file.bytes()) else { panic!("{label}: it loads") };
        let message = error.to_string();
        assert_eq!(error.name(), "CheckpointError", "{label}: {message}");
        assert!(message.contains(word), "{label}: '{word}' is not in: {message}");
    }
}

fn set(file: &mut File, key: &str, text: &str) {
    file.texts().insert(key.into(), text.into());
}

fn rename(file: &mut File, from: &str, to: &str) {
    let entry = file.header.remove(from).expect("tensor");
    file.header.insert(to.into(), entry);
}

#[test]
fn what_is_written_can_be_read() {
    // The weights overflow when they are updated; a file with them could not be loaded.
    let mut example = example();
    example.compile["optimizer"] = json!({
        "rule": { "type": "sgd" },
        "learningRate": { "type": "constant", "value": 3e38 },
    });
    example.target.0.fill(1e6);
    let mut model = example.build(Isa::fastest());
    model.train_step(SLOT, &example.all(), 0).expect("train");
    let error = model.save("{}", false, 0).expect_err("infinite weights");
    assert_eq!(error.name(), "NonFiniteError");
    assert!(error.to_string().contains("/"), "{error}");

    // A metric that overflows is only that: it is counted from the beginning again.
    let mut example = self::example();
    example.compile["loss"] = json!({ "type": "mae" });
    example.compile["metrics"] = json!([{ "type": "mape" }]);
    example.target.0.fill(0.0);
    let n = example.weights.len();
    example.weights[n - 1] = 3e33;
    let mut model = example.build(Isa::fastest());
    model.evaluate_step(SLOT, &example.all(), 0).expect("evaluate");
    assert!(!model.metrics(0).expect("metrics")[1].is_finite());
    let loaded = Model::load(&model.save("{}", true, 0).expect("save")).expect("load");
    let (before, after) = (model.metrics(0).expect("metrics"), loaded.metrics(0).expect("metrics"));
    assert_eq!(after[0], before[0]);
    assert!(after[1].is_nan());
}
