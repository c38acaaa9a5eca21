//! Every rule against Keras's own numbers and, over many steps, against plain f64 loops.

use unrolled_simd::{Isa, dispatch};
use unrolled_testing::{Random, assert_close};

use super::*;

const START: [f32; 3] = [1.0, -2.0, 0.5];

fn constant(value: f32) -> LearningRate {
    LearningRate::Constant { value }
}

fn spec(rule: Rule, learning_rate: LearningRate) -> OptimizerSpec {
    OptimizerSpec { rule, learning_rate, clipvalue: None, clipnorm: None, global_clipnorm: None }
}

fn sgd(momentum: f32, nesterov: bool) -> Rule {
    Rule::Sgd { momentum, nesterov }
}

fn rmsprop(rho: f32, momentum: f32, epsilon: f32, centered: bool) -> Rule {
    Rule::Rmsprop { rho, momentum, epsilon, centered }
}

fn adam(beta_1: f32, beta_2: f32, epsilon: f32) -> Rule {
    Rule::Adam { beta_1, beta_2, epsilon }
}

fn adamw(weight_decay: f32) -> Rule {
    Rule::Adamw { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, weight_decay }
}

const NADAM: Rule = Rule::Nadam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 };

/// Gradient of step `k`, counted from 0.
fn gradient(k: u32) -> [f32; 3] {
    let k = k as f32;
    [0.5 * (k - 1.5), -0.25, 3.0 / (k + 1.0)]
}

/// What Keras 3.15 (JAX) has after five steps from [`START`] with [`gradient`].
#[test]
fn five_steps_give_what_keras_gives() {
    let decaying = LearningRate::Exponential {
        initial: 0.01,
        decay_steps: 2.0,
        decay_rate: 0.5,
        staircase: false,
    };
    let cases = [
        (sgd(0.0, false), constant(0.1), [0.875, -1.875_000_1, -0.185_000_03]),
        (sgd(0.9, false), constant(0.1), [1.057_857_5, -1.671_397_4, -1.717_88]),
        (sgd(0.9, true), constant(0.1), [0.927_071_87, -1.579_257_7, -2.181_092]),
        (rmsprop(0.9, 0.0, 1e-7, false), constant(0.01), [0.984_014_7, -1.893_547_7, 0.429_980_3]),
        (rmsprop(0.95, 0.8, 1e-7, false), constant(0.01), [1.068_387, -1.627_701_6, 0.230_826_26]),
        (rmsprop(0.9, 0.0, 1e-7, true), constant(0.01), [0.985_134_9, -1.877_290_1, 0.423_136_44]),
        (rmsprop(0.9, 0.5, 1e-3, true), constant(0.01), [1.006_370_2, -1.806_923_2, 0.365_045_7]),
        (adam(0.9, 0.999, 1e-7), constant(0.01), [1.017_298_6, -1.950_000_9, 0.455_985_78]),
        (adam(0.8, 0.99, 1e-4), constant(0.01), [1.013_458, -1.950_129_4, 0.457_698_43]),
        (adamw(0.004), constant(0.01), [1.017_095_7, -1.949_604_9, 0.455_889_55]),
        (adamw(0.1), constant(0.01), [1.012_234_8, -1.940_120_7, 0.453_584_3]),
        (NADAM, constant(0.01), [0.996_068_8, -1.960_402_4, 0.472_816_08]),
        (NADAM, decaying, [1.007_476_4, -1.976_088_5, 0.481_444_18]),
    ];
    for (rule, rate, expected) in cases {
        for isa in Isa::available() {
            let mut params = [0.0; ALIGNMENT];
            params[..3].copy_from_slice(&START);
            let mut optimizer = Optimizer::new(&spec(rule, rate.clone()), ALIGNMENT).unwrap();
            for k in 0..5 {
                let mut gradients = [0.0; ALIGNMENT];
                gradients[..3].copy_from_slice(&gradient(k));
                dispatch!(isa, s => optimizer.step(s, &mut params, &gradients));
            }
            let name = format!("{rule:?} {isa:?}");
            assert_close(&name, &params[..3], &expected[..], 1e-6, 0.0);
            assert_eq!(params[3..], [0.0; ALIGNMENT - 3], "{name}: padding");
            assert_eq!(optimizer.iterations, 5);
        }
    }
}

/// One element by one rule in f64, written down as in the rule's paper or Keras's documentation.
fn oracle(rule: Rule, rate: f64, start: f64, gradients: impl Iterator<Item = f64>) -> f64 {
    // The decimal that was meant by an f32.
    let decimal = |x: f32| x.to_string().parse::<f64>().unwrap();
    let (mut w, mut m, mut v, mut a, mut product) = (start, 0.0f64, 0.0f64, 0.0f64, 1.0f64);
    for (k, g) in gradients.enumerate() {
        let t = k as f64 + 1.0;
        match rule {
            Rule::Sgd { momentum, nesterov } => {
                let momentum = decimal(momentum);
                m = momentum * m - rate * g;
                w += if nesterov { momentum * m - rate * g } else { m };
            }
            Rule::Rmsprop { rho, momentum, epsilon, centered } => {
                let (rho, momentum) = (decimal(rho), decimal(momentum));
                v = rho * v + (1.0 - rho) * g * g;
                a = rho * a + (1.0 - rho) * g;
                let variance = if centered { v - a * a } else { v };
                m = momentum * m + rate * g / (variance + decimal(epsilon)).sqrt();
                w -= m;
            }
            Rule::Adam { beta_1, beta_2, epsilon }
            | Rule::Adamw { beta_1, beta_2, epsilon, .. }
            | Rule::Nadam { beta_1, beta_2, epsilon } => {
                let (beta_1, beta_2) = (decimal(beta_1), decimal(beta_2));
                m = beta_1 * m + (1.0 - beta_1) * g;
                v = beta_2 * v + (1.0 - beta_2) * g * g;
                let root = (v / (1.0 - beta_2.powf(t))).sqrt() + decimal(epsilon);
                let m_hat = if let Rule::Nadam { .. } = rule {
                    let u = |t: f64| beta_1 * (1.0 - 0.5 * 0.96f64.powf(t));
                    product *= u(t);
                    let next = product * u(t + 1.0);
                    u(t + 1.0) * m / (1.0 - next) + (1.0 - u(t)) * g / (1.0 - product)
                } else {
                    m / (1.0 - beta_1.powf(t))
                };
                if let Rule::Adamw { weight_decay, .. } = rule {
                    w -= w * decimal(weight_decay) * rate;
                }
                w -= rate * m_hat / root;
            }
        }
    }
    w
}

#[test]
fn many_steps_follow_the_f64_oracle() {
    const LEN: usize = 5 * ALIGNMENT;
    const STEPS: usize = 300;
    let rules = [
        sgd(0.0, false),
        sgd(0.95, true),
        rmsprop(0.9, 0.0, 1e-7, false),
        rmsprop(0.9, 0.9, 1e-7, true),
        adam(0.9, 0.999, 1e-7),
        adamw(0.01),
        NADAM,
    ];
    let mut random = Random::new(17);
    let start = random.vec(LEN, -1.0, 1.0);
    let gradients: Vec<Vec<f32>> = (0..STEPS).map(|_| random.vec(LEN, -0.5, 1.0)).collect();
    for rule in rules {
        let want: Vec<f64> = (0..LEN)
            .map(|i| {
                let gradients = gradients.iter().map(|g| f64::from(g[i]));
                oracle(rule, 0.01, f64::from(start[i]), gradients)
            })
            .collect();
        for isa in Isa::available() {
            let mut params = start.clone();
            let mut optimizer = Optimizer::new(&spec(rule, constant(0.01)), LEN).unwrap();
            for g in &gradients {
                dispatch!(isa, s => optimizer.step(s, &mut params, g));
            }
            // Three hundred roundings of a weight near 1, and those of its steps.
            assert_close(&format!("{rule:?} {isa:?}"), &params, &want, 2e-5, 2e-5);
        }
    }
}

/// A checkpoint holds slots and iterations: with them put back, the next step has the same bits.
#[test]
fn slots_and_iterations_are_the_whole_state() {
    let rules = [
        sgd(0.0, false),
        sgd(0.9, true),
        rmsprop(0.9, 0.5, 1e-7, true),
        adam(0.9, 0.999, 1e-7),
        NADAM,
    ];
    let mut random = Random::new(5);
    for rule in rules {
        for isa in Isa::available() {
            let new = || Optimizer::new(&spec(rule, constant(0.01)), ALIGNMENT).unwrap();
            let mut params = random.vec(ALIGNMENT, -1.0, 1.0);
            let mut first = new();
            for _ in 0..3 {
                let g = random.vec(ALIGNMENT, -1.0, 1.0);
                dispatch!(isa, s => first.step(s, &mut params, &g));
            }
            let mut second = new();
            second.iterations = first.iterations;
            for (to, from) in second.slots_mut().iter_mut().zip(first.slots()) {
                assert_eq!(to.name, from.name);
                to.values.copy_from_slice(&from.values);
            }
            let (mut again, g) = (params.clone(), random.vec(ALIGNMENT, -1.0, 1.0));
            dispatch!(isa, s => first.step(s, &mut params, &g));
            dispatch!(isa, s => second.step(s, &mut again, &g));
            assert_eq!(params, again, "{rule:?}");
        }
    }
}

/// Without gradient the moments decay; subnormal numbers would slow every further step.
#[test]
fn state_never_stays_subnormal() {
    let rules = [sgd(0.9, false), rmsprop(0.5, 0.5, 1e-7, true), adam(0.5, 0.5, 1e-7), NADAM];
    for rule in rules {
        for isa in Isa::available() {
            let mut params = [1.0; ALIGNMENT];
            let mut optimizer = Optimizer::new(&spec(rule, constant(1e-3)), ALIGNMENT).unwrap();
            dispatch!(isa, s => optimizer.step(s, &mut params, &[1e-3; ALIGNMENT]));
            for _ in 0..1000 {
                dispatch!(isa, s => optimizer.step(s, &mut params, &[0.0; ALIGNMENT]));
                for slot in optimizer.slots().iter().filter(|slot| slot.values.len() > 1) {
                    assert!(!slot.values.iter().any(|x| x.is_subnormal()), "{rule:?} {slot:?}");
                }
            }
        }
    }
}

/// `v − a²` of a steady gradient is 0 but for rounding, which may make it negative.
#[test]
fn centered_rmsprop_of_a_large_steady_gradient_stays_finite() {
    for isa in Isa::available() {
        let rule = rmsprop(0.9, 0.0, 1e-7, true);
        let mut optimizer = Optimizer::new(&spec(rule, constant(1e-9)), ALIGNMENT).unwrap();
        let mut params = [1.0; ALIGNMENT];
        for _ in 0..500 {
            dispatch!(isa, s => optimizer.step(s, &mut params, &[1234.567; ALIGNMENT]));
        }
        assert!(params.iter().all(|p| p.is_finite()), "{isa:?} {params:?}");
    }
}

#[test]
fn a_set_learning_rate_replaces_the_schedule() {
    let decaying = LearningRate::Exponential {
        initial: 0.5,
        decay_steps: 1.0,
        decay_rate: 0.5,
        staircase: false,
    };
    let mut optimizer = Optimizer::new(&spec(sgd(0.0, false), decaying), ALIGNMENT).unwrap();
    assert_eq!(optimizer.learning_rate(), 0.5);
    optimizer.iterations = 2;
    assert_eq!(optimizer.learning_rate(), 0.125);
    optimizer.set_learning_rate(0.25).unwrap();
    assert_eq!(optimizer.learning_rate(), 0.25);
    assert!(optimizer.set_learning_rate(f32::NAN).is_err());
    assert_eq!(optimizer.learning_rate(), 0.25);
}

#[test]
fn unusable_hyper_parameters_are_refused_by_name() {
    let nan = f32::NAN;
    let cases = [
        (sgd(1.5, false), "momentum must be in [0, 1], got 1.5"),
        (sgd(nan, false), "momentum"),
        (sgd(0.0, true), "nesterov needs a momentum"),
        (rmsprop(1.0, 0.0, 1e-7, false), "rho must be in [0, 1), got 1"),
        (rmsprop(0.9, -0.1, 1e-7, false), "momentum"),
        (rmsprop(0.9, 0.0, 0.0, false), "epsilon must be a finite number above 0, got 0"),
        (adam(1.0, 0.999, 1e-7), "beta1"),
        (adam(0.9, nan, 1e-7), "beta2"),
        (adam(0.9, 0.999, f32::INFINITY), "epsilon"),
        (adamw(-0.1), "weightDecay"),
    ];
    for (rule, word) in cases {
        let error = Optimizer::new(&spec(rule, constant(0.1)), 16).unwrap_err().to_string();
        assert!(error.starts_with("optimizer: ") && error.contains(word), "{error}");
    }
    let error = Optimizer::new(&spec(sgd(0.0, false), constant(-1.0)), 16).unwrap_err();
    assert!(error.to_string().starts_with("learningRate: "), "{error}");
}
