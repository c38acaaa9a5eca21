//! The thin library over the core: what is particular to it.

use ndarray::{Array, Array3, ArrayD, Axis, s};
use unrolled::spec::{CompileSpec, DenseSpec, LayerSpec, Loss, Metric, RecurrentSpec, Rule};
use unrolled::{Fit, Model, Sequential};

fn build(return_sequences: bool) -> Model {
    let gru = RecurrentSpec { units: 5, return_sequences, ..Default::default() };
    let mut model = Sequential::new(&[None, Some(2)])
        .seed(3)
        .layer(LayerSpec::Gru(gru))
        .layer(LayerSpec::Dense(DenseSpec { units: 1, ..Default::default() }))
        .build()
        .expect("model");
    let optimizer = Rule::ADAM.into();
    let metrics = vec![Metric::Mae {}];
    model.compile(CompileSpec { loss: Loss::Mse {}, optimizer, metrics }).expect("compile");
    model
}

fn waves(batch: usize) -> (Array3<f32>, Array3<f32>) {
    let x = Array::from_shape_fn((batch, 7, 2), |(i, t, f)| ((i + 2 * t + 3 * f) as f32).sin());
    let y = x.slice(s![.., .., ..1]).mapv(|v| v * v);
    (x, y)
}

#[test]
fn sequences_and_vectors_go_in_and_come_out() {
    let (x, y) = waves(40);
    let mut model = build(true);
    let history = model.fit(x.view(), y.view(), &Fit { epochs: 3, ..Fit::default() }).expect("fit");
    assert_eq!(history.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2]);
    assert!(history[2][0] < history[0][0]);
    assert_eq!(model.predict(x.view()).expect("predict").shape(), [40, 7, 1]);

    let mut model = build(false);
    let last = y.index_axis(Axis(1), 6);
    model.fit(x.view(), last, &Fit::default()).expect("fit");
    assert_eq!(model.predict(x.view()).expect("predict").shape(), [40, 1]);
}

#[test]
fn views_of_any_layout_give_the_same() {
    let (x, y) = waves(33);
    let mut model = build(true);
    let expected = model.predict(x.view()).expect("predict");
    let turned = x.clone().permuted_axes([2, 0, 1]).as_standard_layout().into_owned();
    let view = turned.view().permuted_axes([1, 2, 0]);
    assert_eq!(model.predict(view).expect("predict"), expected);
    assert_eq!(model.evaluate(view, y.view()).expect("evaluate").len(), 2);
}

#[test]
fn evaluation_changes_nothing_of_the_training() {
    let (x, y) = waves(40);
    let run = |look: bool| {
        let mut model = build(true);
        for _ in 0..3 {
            model.fit(x.view(), y.view(), &Fit::default()).expect("fit");
            if look {
                model.evaluate(x.view(), y.view()).expect("evaluate");
                model.predict(x.view()).expect("predict");
            }
        }
        model.weights().expect("weights")
    };
    assert_eq!(run(false), run(true));
}

#[test]
fn what_was_saved_goes_on_as_if_it_had_not_been() {
    let (x, y) = waves(40);
    let mut model = build(true);
    model.fit(x.view(), y.view(), &Fit::default()).expect("fit");
    let mut loaded = Model::from_bytes(&model.to_bytes().expect("bytes")).expect("load");
    assert_eq!(
        loaded.predict(x.view()).expect("predict"),
        model.predict(x.view()).expect("predict")
    );
    let fit = Fit { shuffle: false, ..Fit::default() };
    for model in [&mut model, &mut loaded] {
        model.fit(x.view(), y.view(), &fit).expect("fit");
    }
    assert_eq!(loaded.weights().expect("weights"), model.weights().expect("weights"));
}

#[test]
fn a_refused_call_says_why_and_changes_nothing() {
    let (x, y) = waves(10);
    let mut model = build(true);
    let before = model.weights().expect("weights");
    let infinite = y.mapv(|_| f32::INFINITY);
    let narrow = x.slice(s![.., .., ..1]);
    let none = Fit { batch_size: 0, ..Fit::default() };
    let refused = [
        (model.fit(x.view(), y.slice(s![..9, .., ..]), &Fit::default()).err(), "ShapeError"),
        (model.fit(x.view(), infinite.view(), &Fit::default()).err(), "DataError"),
        (model.fit(narrow, y.view(), &Fit::default()).err(), "ShapeError"),
        (model.fit(x.view(), y.view(), &none).err(), "DataError"),
        (model.predict(narrow).err(), "ShapeError"),
        (model.predict(ArrayD::<f32>::zeros(vec![1, 2, 3, 4]).view()).err(), "ShapeError"),
    ];
    for (error, name) in refused {
        assert_eq!(error.expect("refused").name(), name);
    }
    assert_eq!(model.weights().expect("weights"), before);
    model.fit(x.view(), y.view(), &Fit::default()).expect("and goes on");
}

#[test]
fn a_layer_that_does_not_fit_is_named() {
    let lstm = || LayerSpec::Lstm(RecurrentSpec { units: 2, ..Default::default() });
    let error = Sequential::new(&[None, Some(1)]).layer(lstm()).layer(lstm()).build().err();
    assert!(error.expect("refused").to_string().starts_with("layer_1: expected"));
}
