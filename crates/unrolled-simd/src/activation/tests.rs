use super::*;
use crate::check::{test, *};
use unrolled_testing::oracle::Activation as Oracle;

/// The same function in `f64`: both lists have one order.
fn oracle(activation: Activation, x: f64) -> f64 {
    let index = Activation::ALL.iter().position(|a| *a == activation).expect("one of all");
    Oracle::ALL[index].of(x)
}

/// `f` and `f'` of each z, through the kernels.
fn run<S: Simd>(s: S, activation: Activation, z: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let n = z.len();
    let mut padded = z.to_vec();
    padded.resize(n.next_multiple_of(S::LANES), 0.0);
    let mut y = padded.clone();
    activate(s, activation, &padded, &mut y);
    let mut in_place = padded.clone();
    activate_in_place(s, activation, &mut in_place);
    assert!(y.iter().zip(&in_place).all(|(a, b)| same(*a, *b)), "{activation:?}");
    if !activation.needs_input() {
        padded.fill(f32::NAN);
    }
    let mut d_z = vec![f32::NAN; y.len()];
    activation_gradient(s, activation, &padded, &y, &vec![1.0; y.len()], &mut d_z);
    y.truncate(n);
    d_z.truncate(n);
    (y, d_z)
}

#[test]
fn functions_are_within_bounds() {
    let x = sweep(8191);
    for (activation, bound) in [
        (Activation::Linear, Bound::Ulps(0.0)),
        (Activation::Tanh, Bound::Ulps(3.5)),
        (Activation::Sigmoid, Bound::Absolute(1.2e-7)),
        (Activation::Relu, Bound::Ulps(0.0)),
        (Activation::LeakyRelu, Bound::Ulps(1.0)),
        (Activation::Elu, Bound::Ulps(1.0)),
        (Activation::Selu, Bound::Ulps(2.0)),
        (Activation::Gelu, Bound::OfArgument(1.5e-7)),
        (Activation::Softplus, Bound::Ulps(2.0)),
        (Activation::Softsign, Bound::Ulps(1.5)),
        (Activation::Silu, Bound::Ulps(2.5)),
        (Activation::HardSigmoid, Bound::Absolute(8e-8)),
        (Activation::Exponential, Bound::Ulps(1.0)),
    ] {
        // Results that would be subnormal, or have an infinite divisor, are 0.
        let underflow = match activation {
            Activation::Exponential | Activation::Softplus => -126.0 * std::f64::consts::LN_2,
            Activation::Silu => -128.0 * std::f64::consts::LN_2,
            _ => f64::NEG_INFINITY,
        };
        let want = x.iter().map(|&x| f64::from(x)).map(|x| match x {
            x if x.is_nan() => x,
            f64::NEG_INFINITY => oracle(activation, -1e300),
            f64::INFINITY if activation == Activation::Softsign => 1.0,
            x if x < underflow => 0.0,
            x => oracle(activation, x),
        });
        let want: Vec<f64> = want.collect();
        for_every_isa!(s => {
            let name = format!("{activation:?} on {}", name_of(s));
            check_bound(&name, &x, &run(s, activation, &x).0, &want, bound);
        });
    }
}

#[test]
fn derivatives_are_central_differences() {
    const KINKS: [f32; 3] = [-3.0, 0.0, 3.0];
    let z: Vec<f32> = (-30_000..30_000)
        .map(|i| i as f32 * 1.03e-3)
        .filter(|z| KINKS.iter().all(|kink| (z - kink).abs() > 1e-3))
        .collect();
    for (activation, bound) in [
        (Activation::Linear, Bound::Absolute(1e-9)),
        (Activation::Tanh, Bound::Absolute(3.5e-7)),
        (Activation::Sigmoid, Bound::Absolute(1.2e-7)),
        (Activation::Relu, Bound::Absolute(1e-9)),
        (Activation::LeakyRelu, Bound::Absolute(1e-8)),
        (Activation::Elu, Bound::Absolute(6e-8)),
        (Activation::Selu, Bound::Absolute(1.3e-7)),
        (Activation::Gelu, Bound::Absolute(1.6e-7)),
        (Activation::Softplus, Bound::Absolute(6e-8)),
        (Activation::Softsign, Bound::Absolute(1e-7)),
        (Activation::Silu, Bound::Absolute(2.1e-7)),
        (Activation::HardSigmoid, Bound::Absolute(1e-8)),
        (Activation::Exponential, Bound::Ulps(1.0)),
    ] {
        let h = 1e-5;
        let want = z
            .iter()
            .map(|&z| f64::from(z))
            .map(|z| (oracle(activation, z + h) - oracle(activation, z - h)) / (2.0 * h));
        let want: Vec<f64> = want.collect();
        for_every_isa!(s => {
            let name = format!("{activation:?}' on {}", name_of(s));
            check_bound(&name, &z, &run(s, activation, &z).1, &want, bound);
        });
    }
}

#[test]
fn derivatives_at_kinks_and_infinities() {
    const MINUS: f32 = f32::NEG_INFINITY;
    const PLUS: f32 = f32::INFINITY;
    for (activation, at, want) in [
        (Activation::Linear, [MINUS, 0.0, PLUS], [1.0, 1.0, 1.0]),
        (Activation::Tanh, [MINUS, 0.0, PLUS], [0.0, 1.0, 0.0]),
        (Activation::Sigmoid, [MINUS, 0.0, PLUS], [0.0, 0.25, 0.0]),
        (Activation::Relu, [MINUS, 0.0, PLUS], [0.0, 0.0, 1.0]),
        (Activation::LeakyRelu, [MINUS, 0.0, PLUS], [0.2, 0.2, 1.0]),
        (Activation::Elu, [MINUS, 0.0, PLUS], [0.0, 1.0, 1.0]),
        (Activation::Selu, [MINUS, 0.0, PLUS], [0.0, SELU_SCALE_ALPHA, SELU_SCALE]),
        (Activation::Gelu, [MINUS, 0.0, PLUS], [0.0, 0.5, 1.0]),
        (Activation::Softplus, [MINUS, 0.0, PLUS], [0.0, 0.5, 1.0]),
        (Activation::Softsign, [MINUS, 0.0, PLUS], [0.0, 1.0, 0.0]),
        (Activation::Silu, [MINUS, 0.0, PLUS], [0.0, 0.5, 1.0]),
        (Activation::HardSigmoid, [MINUS, -3.0, PLUS], [0.0, 0.0, 0.0]),
        (Activation::HardSigmoid, [-3.1, 0.0, 3.0], [0.0, SIXTH, 0.0]),
        (Activation::Exponential, [MINUS, 0.0, PLUS], [0.0, 1.0, PLUS]),
    ] {
        for_every_isa!(s => {
            let got = run(s, activation, &at).1;
            // The least normal number stands for 0 in silu's tail.
            let close = |got: f32, want: f32| got == want || (got - want).abs() < 2e-38;
            let all = got.iter().zip(want).all(|(&got, want)| close(got, want));
            assert!(all, "{activation:?} on {}: {got:?}, not {want:?}", name_of(s));
        });
    }
}

#[test]
fn the_gradient_is_scaled_by_that_of_the_output() {
    let z: Vec<f32> = (0..64).map(|i| (i as f32 - 31.5) * 0.1).collect();
    let d_y: Vec<f32> = (0..64).map(|i| (i as f32 - 20.0) * 0.37).collect();
    for activation in Activation::ALL {
        for_every_isa!(s => {
            let (y, slope) = run(s, activation, &z);
            let mut d_z = vec![0.0; 64];
            activation_gradient(s, activation, &z, &y, &d_y, &mut d_z);
            for i in 0..64 {
                assert_eq!(d_z[i], d_y[i] * slope[i], "{activation:?} on {}", name_of(s));
            }
        });
    }
}
