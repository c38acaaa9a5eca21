//! Scalar and simd128 give the same bits. Both are there in a wasm build only, so this runs there.

use unrolled_testing::Random;

use crate::check::{map, same, sweep, test};
use crate::{
    Activation, GradientShape, Scalar, Simd, Simd128, Start, Steps, Strides, Term, activate,
    activation_gradient, cells, gemm, gemm_units, kernel_gradient, math, pack, reduce, softmax,
    softmax_gradient,
};

/// Asserts that an expression gives the same vector of `f32` with both tokens.
macro_rules! check {
    ($name:expr, $s:ident => $body:expr) => {{
        let $s = Scalar::new().expect("always there");
        let scalar: Vec<f32> = $body;
        let $s = Simd128::new().expect("always there");
        let simd: Vec<f32> = $body;
        let differ = (0..scalar.len()).find(|&i| !same(scalar[i], simd[i]));
        assert_eq!(differ.map(|i| (i, scalar[i], simd[i])), None, "{}", $name);
    }};
}

#[test]
fn of_elementary_functions() {
    let x = sweep(509);
    macro_rules! check_all {
        ($($f:ident)*) => {
            $(check!(stringify!($f), s => map(s, &x, #[inline(always)] |x| math::$f(s, x)));)*
        };
    }
    check_all!(exp expm1 ln ln_1p ln_1p_of_unit tanh sigmoid erf);
}

#[test]
fn of_activations_and_their_gradients() {
    let mut z = sweep(4093);
    z.truncate(z.len() / 4 * 4);
    let d_y = Random::new(3).vec(z.len(), -1.0, 1.0);
    for activation in Activation::ALL {
        check!(format!("{activation:?}"), s => {
            let mut y = z.clone();
            activate(s, activation, &z, &mut y);
            y
        });
        let mut y = z.clone();
        activate(Scalar::new().expect("always there"), activation, &z, &mut y);
        check!(format!("{activation:?}'"), s => {
            let mut d_z = z.clone();
            activation_gradient(s, activation, &z, &y, &d_y, &mut d_z);
            d_z
        });
    }
}

#[test]
fn of_reductions() {
    let mut random = Random::new(4);
    for n in 0..300 {
        let (a, b) = (random.vec(n, -1.0, 1.0), random.vec(n, -1.0, 1.0));
        check!(n, s => vec![
            reduce::sum(s, &a),
            reduce::sum_of_squares(s, &a),
            reduce::dot(s, &a, &b),
            reduce::max(s, &a),
        ]);
    }
}

#[test]
fn of_softmax_and_its_gradient() {
    let mut random = Random::new(5);
    for features in 1..30 {
        let z = random.vec(features * 8, -20.0, 20.0);
        let d_y = random.vec(features * 8, -1.0, 1.0);
        check!(features, s => {
            let mut y = z.clone();
            softmax(s, &z, 8, &mut y);
            let mut d_z = z.clone();
            softmax_gradient(s, &y, &d_y, 8, &mut d_z);
            y.extend(d_z);
            y
        });
    }
}

#[test]
fn of_matrix_products_in_both_orientations() {
    let mut random = Random::new(6);
    let lanes = Simd128::BLOCK;
    for (m, k) in [(1, 1), (7, 5), (20, 40), (33, 9)] {
        let (a, b) = (random.vec(m * k, -1.0, 1.0), random.vec(k * lanes, -1.0, 1.0));
        check!(format!("{m}×{k}"), s => {
            let (mut packed, mut c) = (vec![0.0; m * k], vec![0.0; m * lanes]);
            pack(s, m, k, &a, Strides { row: k, step: 1 }, &mut packed);
            let term = Term { weights: &packed, input: &b, k };
            gemm(s, m, Start::Zero, &[term], &mut c);
            c
        });
        check!(format!("{m}×{k}, units"), s => {
            let mut c = vec![0.0; 2 * m];
            let term = Term { weights: &a, input: &b[..2 * k], k };
            gemm_units(s, 2, m, Start::Zero, &[term], &mut c);
            c
        });
    }
}

#[test]
fn of_gradients_and_cells() {
    let mut random = Random::new(7);
    let lanes = Simd128::BLOCK;
    for (rows, columns, time) in [(1, 1, 1), (5, 7, 40), (20, 80, 50), (67, 33, 20)] {
        let x = random.vec(time * rows * lanes, -1.0, 1.0);
        let d_z = random.vec(time * columns * lanes, -1.0, 1.0);
        check!(format!("{rows}×{columns}"), s => {
            let mut d_w = vec![0.0; rows * columns];
            let shape = GradientShape { rows, columns, stride: columns, time };
            let x = Steps { data: &x, stride: rows * lanes };
            let d_z = Steps { data: &d_z, stride: columns * lanes };
            kernel_gradient(s, shape, x, d_z, &mut d_w);
            d_w
        });
    }
    let n = 40;
    let (gates, c_previous) = (random.vec(4 * n, -3.0, 3.0), random.vec(n, -1.0, 1.0));
    let d_h = random.vec(n, -1.0, 1.0);
    check!("lstm", s => {
        let mut gates = gates.clone();
        let (mut c, mut activated_c, mut h) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let previous = Some(&c_previous[..]);
        cells::lstm_forward(s, &mut gates, previous, &mut c, &mut activated_c, &mut h);
        let mut d_c = d_h.clone();
        let step =
            cells::LstmStep { c_previous: previous, activated_c: &activated_c, d_h: &d_h };
        let outputs = [c.clone(), h].concat();
        cells::lstm_backward(s, step, &mut gates, &mut d_c);
        [outputs, gates, d_c].concat()
    });
}
