//! Every loss against the f64 oracle and its central differences, on every instruction set.

use ndarray::ArrayView1;
use unrolled_simd::{Isa, dispatch};
use unrolled_spec::json::ToJson;
use unrolled_testing::{
    GradientTolerance, Random, assert_close, central_differences, check_gradient, oracle,
};

use super::*;

/// A multiple of every instruction set's vector.
const LANES: usize = 32;

const LOSSES: [Loss; 10] = [
    Loss::Mse {},
    Loss::Mae {},
    Loss::Huber { delta: 1.0 },
    Loss::Huber { delta: 0.3 },
    Loss::BinaryCrossentropy { from_logits: true },
    Loss::BinaryCrossentropy { from_logits: false },
    Loss::CategoricalCrossentropy { from_logits: true },
    Loss::CategoricalCrossentropy { from_logits: false },
    Loss::SparseCategoricalCrossentropy { from_logits: true },
    Loss::SparseCategoricalCrossentropy { from_logits: false },
];

fn from_probabilities(loss: &Loss) -> bool {
    matches!(
        loss,
        Loss::BinaryCrossentropy { from_logits: false }
            | Loss::CategoricalCrossentropy { from_logits: false }
            | Loss::SparseCategoricalCrossentropy { from_logits: false }
    )
}

struct Case {
    loss: Loss,
    time: usize,
    features: usize,
    prediction: Vec<f32>,
    target: Vec<f32>,
    weight: Vec<f32>,
}

impl Case {
    /// Random predictions in `range`. Lane `l` is valid at its first `l mod (time + 1)` steps; what
    /// stands in the others is NaN or infinite.
    fn new(loss: Loss, time: usize, features: usize, range: (f32, f32), seed: u64) -> Self {
        let mut random = Random::new(seed);
        let n = time * features * LANES;
        let k = target_features(&loss, features);
        let mut case = Case {
            loss,
            time,
            features,
            prediction: random.vec(n, range.0, range.1),
            target: match loss {
                Loss::SparseCategoricalCrossentropy { .. } => {
                    (0..time * LANES).map(|_| random.below(features) as f32).collect()
                }
                Loss::Mse {} | Loss::Mae {} | Loss::Huber { .. } => random.vec(n, -2.0, 2.0),
                // Soft labels: one-hot ones are a special case.
                _ => random.vec(n, 0.0, 1.0),
            },
            weight: vec![1.0; time * LANES],
        };
        for t in 0..time {
            for lane in (0..LANES).filter(|lane| t >= lane % (time + 1)) {
                case.weight[t * LANES + lane] = 0.0;
                for f in 0..features {
                    case.prediction[(t * features + f) * LANES + lane] = f32::NAN;
                }
                for f in 0..k {
                    case.target[(t * k + f) * LANES + lane] = f32::INFINITY;
                }
            }
        }
        case
    }

    fn frame(&self, scale: f32) -> Frame<'_> {
        Frame {
            time: self.time,
            features: self.features,
            lanes: LANES,
            prediction: &self.prediction,
            target: &self.target,
            weight: &self.weight,
            scale,
        }
    }

    /// Loss of one valid step of a lane, counted as the sum counts it.
    fn oracle(&self, t: usize, lane: usize, prediction: &[f64]) -> f64 {
        let loss: oracle::Loss = serde_json::from_str(&self.loss.to_json()).unwrap();
        let target = column(&self.target, t, target_features(&self.loss, self.features), lane);
        let target: Vec<f64> = target.into_iter().map(f64::from).collect();
        loss.of(ArrayView1::from(&target), ArrayView1::from(prediction))
            * elements_per_step(&self.loss, self.features) as f64
    }

    fn check(&self, name: &str) {
        let scale = 0.037;
        let mut want_sum = 0.0;
        let mut numeric = Vec::new();
        for t in 0..self.time {
            for lane in (0..LANES).filter(|lane| self.weight[t * LANES + lane] > 0.0) {
                let at = column(&self.prediction, t, self.features, lane);
                let wide: Vec<f64> = at.iter().map(|&x| f64::from(x)).collect();
                want_sum += self.oracle(t, lane, &wide);
                let slopes = central_differences(&at, None, |p| self.oracle(t, lane, p));
                numeric.extend(slopes.into_iter().map(|(f, slope)| {
                    ((t * self.features + f) * LANES + lane, slope * f64::from(scale))
                }));
            }
        }
        for isa in Isa::available() {
            let name = format!("{name}, {:?} {isa:?}", self.loss);
            let mut d = vec![f32::NAN; self.prediction.len()];
            let (with, without) = dispatch!(isa, s => (
                loss_forward_backward(s, &self.loss, &self.frame(scale), Some(&mut d)),
                loss_forward_backward(s, &self.loss, &self.frame(scale), None),
            ));
            assert_eq!(with, without, "{name}");
            assert_close(&name, &[with], &[want_sum], 2e-6, 1e-6);
            check_gradient(&name, &d, &numeric, GradientTolerance::default());
            for (i, d) in d.iter().enumerate() {
                let (t, lane) = (i / LANES / self.features, i % LANES);
                if self.weight[t * LANES + lane] == 0.0 {
                    assert_eq!(d.to_bits(), 0, "{name}: masked element {i} has {d}");
                }
            }
        }
    }
}

/// The features of a step and lane.
fn column(x: &[f32], t: usize, features: usize, lane: usize) -> Vec<f32> {
    (0..features).map(|f| x[(t * features + f) * LANES + lane]).collect()
}

#[test]
fn sums_and_gradients_equal_the_oracle_with_masked_steps_of_nan() {
    for loss in LOSSES {
        let range = if from_probabilities(&loss) { (0.03, 0.97) } else { (-3.0, 3.0) };
        // A single class has probability 1, which f32 clips to 1 − 2⁻²³ and the oracle to 1 − 1e-7.
        let categorical = elements_per_step(&loss, 2) == 1;
        let fewest = if categorical { 2 } else { 1 };
        for (time, features) in [(1, fewest), (1, 10), (7, 3), (5, fewest)] {
            let seed = (time * 100 + features) as u64;
            let name = format!("{time} steps, {features} features");
            Case::new(loss, time, features, range, seed).check(&name);
        }
    }
}

#[test]
fn logits_far_from_zero_neither_overflow_nor_lose_their_gradient() {
    for loss in LOSSES {
        if !from_probabilities(&loss) {
            Case::new(loss, 3, 5, (-120.0, 120.0), 7).check("far");
        }
    }
}

/// Runs one loss on a single valid value a feature, on every instruction set.
fn single(loss: Loss, prediction: &[f32], target: &[f32]) -> Vec<(f64, Vec<f32>)> {
    let spread = |x: &[f32]| x.iter().flat_map(|&x| [x; LANES]).collect::<Vec<_>>();
    let (prediction_lanes, target_lanes) = (spread(prediction), spread(target));
    let mut weight = vec![0.0; LANES];
    weight[1] = 1.0;
    let frame = Frame {
        time: 1,
        features: prediction.len(),
        lanes: LANES,
        prediction: &prediction_lanes,
        target: &target_lanes,
        weight: &weight,
        scale: 0.5,
    };
    let run = |isa| {
        let mut d = vec![f32::NAN; prediction_lanes.len()];
        let sum = dispatch!(isa, s => loss_forward_backward(s, &loss, &frame, Some(&mut d)));
        (sum, column(&d, 0, prediction.len(), 1))
    };
    Isa::available().into_iter().map(run).collect()
}

#[test]
fn known_answers() {
    let ln = |x: f64| x.ln();
    let (logits, probabilities) = (true, false);
    // (loss, prediction, target, sum, gradient of the sum)
    type Row = (Loss, &'static [f32], &'static [f32], f64, Vec<f64>);
    let cases: Vec<Row> = vec![
        (Loss::Mse {}, &[1.0, 3.0], &[2.0, 0.0], 10.0, vec![-2.0, 6.0]),
        (Loss::Mae {}, &[1.0, 3.0, 5.0], &[2.0, 0.0, 5.0], 4.0, vec![-1.0, 1.0, 0.0]),
        (
            Loss::Huber { delta: 1.0 },
            &[0.5, 3.0, 1.0],
            &[0.0, 0.0, 0.0],
            3.125,
            vec![0.5, 1.0, 1.0],
        ),
        (Loss::Huber { delta: 2.0 }, &[-5.0], &[0.0], 8.0, vec![-2.0]),
        (
            Loss::BinaryCrossentropy { from_logits: logits },
            &[0.0, 0.0],
            &[1.0, 0.0],
            2.0 * ln(2.0),
            vec![-0.5, 0.5],
        ),
        (
            Loss::BinaryCrossentropy { from_logits: probabilities },
            &[0.25, 0.25],
            &[1.0, 0.0],
            -ln(0.25) - ln(0.75),
            vec![-4.0, 4.0 / 3.0],
        ),
        // Clipped to [1e-7, 1 − 2⁻²³] (1 − 1e-7 in f32): large but finite, and no gradient.
        (
            Loss::BinaryCrossentropy { from_logits: probabilities },
            &[0.0, 1.0, 1.5, -0.5],
            &[1.0, 0.0, 0.0, 1.0],
            -2.0 * ln(f64::from(1e-7f32)) - 2.0 * ln(2f64.powi(-23)),
            vec![0.0; 4],
        ),
        (
            Loss::CategoricalCrossentropy { from_logits: logits },
            &[1.0, 1.0, 1.0, 1.0],
            &[0.0, 1.0, 0.0, 0.0],
            ln(4.0),
            vec![0.25, -0.75, 0.25, 0.25],
        ),
        (
            Loss::SparseCategoricalCrossentropy { from_logits: logits },
            &[1000.0, 1000.0],
            &[1.0],
            ln(2.0),
            vec![0.5, -0.5],
        ),
        // Not normalised: q = (1/4, 3/4).
        (
            Loss::SparseCategoricalCrossentropy { from_logits: probabilities },
            &[0.5, 1.5],
            &[0.0],
            ln(4.0),
            vec![-1.5, 0.5],
        ),
        (
            Loss::CategoricalCrossentropy { from_logits: probabilities },
            &[0.0, 1.0],
            &[1.0, 0.0],
            -ln(f64::from(1e-7f32)),
            vec![0.0, 0.0],
        ),
    ];
    for (loss, prediction, target, sum, gradient) in cases {
        for (got, d) in single(loss, prediction, target) {
            let name = format!("{loss:?} of {prediction:?}");
            assert_close(&name, &[got], &[sum], 1e-6, 1e-7);
            let want: Vec<f64> = gradient.iter().map(|g| g * 0.5).collect();
            assert_close(&name, &d, &want, 1e-6, 1e-7);
        }
    }
}

#[test]
fn nan_in_a_valid_element_shows_in_the_sum() {
    for loss in LOSSES {
        let target: &[f32] = if target_features(&loss, 2) == 1 { &[1.0] } else { &[1.0, 0.0] };
        for (sum, _) in single(loss, &[0.5, f32::NAN], target) {
            assert!(sum.is_nan(), "{loss:?}: {sum}");
        }
    }
}

#[test]
fn a_block_without_a_valid_step_is_zero() {
    for loss in LOSSES {
        let mut case = Case::new(loss, 2, 3, (0.1, 0.9), 1);
        case.weight.fill(0.0);
        case.check("nothing valid");
    }
}

/// A weight between 0 and 1 counts its share, in sum and gradient.
#[test]
fn weights_scale_sum_and_gradient() {
    for loss in LOSSES {
        let mut case = Case::new(loss, 1, 2, (0.1, 0.9), 3);
        case.weight.fill(0.0);
        for isa in Isa::available() {
            let mut run = |w: f32| {
                case.weight[1] = w;
                let mut d = vec![0.0; case.prediction.len()];
                let frame = case.frame(1.0);
                let sum =
                    dispatch!(isa, s => loss_forward_backward(s, &loss, &frame, Some(&mut d)));
                (sum, d)
            };
            let ((whole, whole_d), (half, half_d)) = (run(1.0), run(0.5));
            assert_close(&format!("{loss:?}"), &[half], &[whole * 0.5], 1e-6, 0.0);
            let want: Vec<f32> = whole_d.iter().map(|d| d * 0.5).collect();
            assert_close(&format!("{loss:?}"), &half_d, &want, 1e-6, 0.0);
        }
    }
}
