//! Metrics by hand-worked answers, on every instruction set.

use unrolled_simd::{Isa, dispatch};
use unrolled_spec::json::ToJson;
use unrolled_testing::assert_close;

use super::*;

const LANES: usize = 16;

/// One example: prediction and target, `[time][features]`, both of the valid steps only.
type Example<'a> = (&'a [&'a [f32]], &'a [&'a [f32]]);

/// The metric of some examples, one block each, on every instruction set. Lanes and steps
/// beyond them are masked, and NaN.
fn values(metric: Metric, loss: Loss, examples: &[Example<'_>]) -> Vec<f64> {
    let time = examples.iter().map(|(p, _)| p.len()).max().unwrap() + 1;
    let (features, k) = (examples[0].0[0].len(), examples[0].1[0].len());
    let place = |steps: &[&[f32]], features: usize, lane: usize| {
        let mut out = vec![f32::NAN; time * features * LANES];
        for (t, step) in steps.iter().enumerate() {
            for (f, &x) in step.iter().enumerate() {
                out[(t * features + f) * LANES + lane] = x;
            }
        }
        out
    };
    metric.validate(&loss).unwrap();
    let run = |isa| {
        let mut state = MetricState::default();
        for (lane, (prediction, target)) in examples.iter().enumerate() {
            let mut weight = vec![0.0; time * LANES];
            (0..prediction.len()).for_each(|t| weight[t * LANES + lane] = 1.0);
            let frame = Frame {
                time,
                features,
                lanes: LANES,
                prediction: &place(prediction, features, lane),
                target: &place(target, k, lane),
                weight: &weight,
                scale: f32::NAN,
            };
            dispatch!(isa, s => state.accumulate(s, &metric, &loss, &frame));
        }
        state.value(&metric)
    };
    Isa::available().into_iter().map(run).collect()
}

#[test]
fn metrics_give_known_answers_over_blocks_of_different_lengths() {
    // Errors 1, −2, 3 and then 0, 1: squares 1 4 9 0 1.
    let sequences: [Example<'_>; 2] = [
        (&[&[2.0], &[2.0], &[5.0]], &[&[1.0], &[4.0], &[2.0]]),
        (&[&[7.0], &[-3.0]], &[&[7.0], &[-4.0]]),
    ];
    // Errors (1, 0), (0.5, 2).
    let vectors: [Example<'_>; 2] =
        [(&[&[1.0, 2.0]], &[&[2.0, 2.0]]), (&[&[0.5, 0.0]], &[&[0.0, 2.0]])];
    let mse = Loss::Mse {};
    let cases = [
        (Metric::Mse {}, &sequences, 15.0 / 5.0),
        (Metric::Rmse {}, &sequences, 3f64.sqrt()),
        (Metric::Mae {}, &sequences, 7.0 / 5.0),
        (Metric::Huber { delta: 1.0 }, &sequences, (0.5 + 1.5 + 2.5 + 0.0 + 0.5) / 5.0),
        (Metric::Mape {}, &sequences, 100.0 * (1.0 + 0.5 + 1.5 + 0.0 + 0.25) / 5.0),
        (Metric::LastStepMse {}, &sequences, (9.0 + 1.0) / 2.0),
        (Metric::Mse {}, &vectors, (1.0 + 0.25 + 4.0) / 4.0),
        (Metric::LastStepMse {}, &vectors, (1.0 + 0.25 + 4.0) / 4.0),
        (Metric::Mape {}, &vectors, 100.0 * (0.5 + 0.5 / f64::from(1e-7f32) + 1.0) / 4.0),
    ];
    for (metric, examples, expected) in cases {
        for got in values(metric, mse, examples) {
            assert_close(&format!("{metric:?}"), &[got], &[expected], 1e-6, 0.0);
        }
    }
}

#[test]
fn accuracy_asks_what_the_loss_implies() {
    let (logits, probabilities) = (true, false);
    let binary = |from_logits| Loss::BinaryCrossentropy { from_logits };
    let categorical = Loss::CategoricalCrossentropy { from_logits: logits };
    let sparse = Loss::SparseCategoricalCrossentropy { from_logits: probabilities };
    // Two features: 0.6 and 0.4 against 1 and 1, then 0.2 and 0.5 against 0 and 0.
    let pairs: [Example<'_>; 2] =
        [(&[&[0.6, 0.4]], &[&[1.0, 1.0]]), (&[&[0.2, 0.5]], &[&[0.0, 0.0]])];
    let singles: [Example<'_>; 2] =
        [(&[&[0.6], &[0.4]], &[&[1.0], &[1.0]]), (&[&[0.2]], &[&[0.0]])];
    let one_hot: [Example<'_>; 2] = [
        (&[&[1.0, 3.0, 2.0], &[1.0, 0.0, 0.0]], &[&[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]),
        (&[&[-3.0, -2.0, -1.0]], &[&[0.0, 0.0, 1.0]]),
    ];
    let numbers: [Example<'_>; 2] = [
        (&[&[0.1, 0.7, 0.2], &[0.4, 0.4, 0.2]], &[&[1.0], &[1.0]]),
        (&[&[0.1, 0.2, 0.7]], &[&[2.0]]),
    ];
    let cases: [(Loss, &[Example<'_>], f64); 7] = [
        (binary(probabilities), &pairs, 3.0 / 4.0),
        // On logits the threshold is 0: all four are above it.
        (binary(logits), &pairs, 2.0 / 4.0),
        (binary(probabilities), &singles, 2.0 / 3.0),
        (Loss::Mse {}, &singles, 2.0 / 3.0),
        (categorical, &one_hot, 2.0 / 3.0),
        (Loss::Mse {}, &one_hot, 2.0 / 3.0),
        // Of equal features the first counts.
        (sparse, &numbers, 2.0 / 3.0),
    ];
    for (loss, examples, expected) in cases {
        for got in values(Metric::Accuracy {}, loss, examples) {
            assert_eq!(got, expected, "{loss:?} {examples:?}");
        }
    }
}

#[test]
fn cross_entropies_are_means_over_steps_or_elements() {
    let half: [Example<'_>; 1] = [(&[&[0.5, 0.5], &[0.5, 0.5]], &[&[1.0, 0.0], &[0.0, 1.0]])];
    let classes: [Example<'_>; 1] = [(&[&[0.5, 0.5], &[0.5, 0.5]], &[&[1.0], &[0.0]])];
    let sparse = Loss::SparseCategoricalCrossentropy { from_logits: false };
    let cases: [(Metric, Loss, &[Example<'_>]); 3] = [
        (Metric::BinaryCrossentropy { from_logits: false }, Loss::Mse {}, &half),
        (Metric::CategoricalCrossentropy { from_logits: true }, Loss::Mse {}, &half),
        (Metric::SparseCategoricalCrossentropy { from_logits: false }, sparse, &classes),
    ];
    for (metric, loss, examples) in cases {
        for got in values(metric, loss, examples) {
            assert_close(&format!("{metric:?}"), &[got], &[2f64.ln()], 1e-6, 0.0);
        }
    }
}

#[test]
fn metrics_that_need_other_targets_are_refused() {
    let sparse = Loss::SparseCategoricalCrossentropy { from_logits: true };
    let cases = [
        (
            Metric::Mae {},
            sparse,
            "metrics: mae: needs values as targets, but those of the loss are class numbers",
        ),
        (
            Metric::SparseCategoricalCrossentropy { from_logits: true },
            Loss::Mse {},
            "metrics: sparseCategoricalCrossentropy: needs class numbers as targets, but those \
             of the loss are values",
        ),
        (
            Metric::Huber { delta: 0.0 },
            Loss::Mse {},
            "metrics: huber: delta must be a finite number above 0, got 0",
        ),
    ];
    for (metric, loss, expected) in cases {
        assert_eq!(metric.validate(&loss).unwrap_err().to_string(), expected);
    }
    assert!(Loss::Huber { delta: f32::NAN }.validate().is_err());
    assert!(Metric::Accuracy {}.validate(&sparse).is_ok());
}

/// The key of a history is the name that the metric has in JSON.
#[test]
fn keys_are_those_of_json() {
    let metrics = [
        Metric::Mse {},
        Metric::Mae {},
        Metric::Huber { delta: 1.0 },
        Metric::Rmse {},
        Metric::Mape {},
        Metric::LastStepMse {},
        Metric::Accuracy {},
        Metric::BinaryCrossentropy { from_logits: true },
        Metric::CategoricalCrossentropy { from_logits: true },
        Metric::SparseCategoricalCrossentropy { from_logits: true },
    ];
    for metric in metrics {
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&metric.to_json()).unwrap()["type"],
            metric.key()
        );
    }
}

#[test]
fn nothing_seen_is_nan() {
    assert!(MetricState::default().value(&Metric::Mse {}).is_nan());
}
