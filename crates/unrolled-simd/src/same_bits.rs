//! Scalar and simd128 give the same bits. Both are there in a wasm build only, so this runs there.

use unrolled_testing::Random;

use crate::check::{map, same, sweep, test};
use crate::{
    Activation, Scalar, Simd, Simd128, activate, activation_gradient, math, reduce, softmax,
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
