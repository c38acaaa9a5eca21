//! What the tests of this crate share. They run natively and inside wasm: test modules say
//! `use crate::check::test`.

#[cfg(not(target_arch = "wasm32"))]
pub use core::prelude::v1::test;
#[cfg(target_arch = "wasm32")]
pub use wasm_bindgen_test::wasm_bindgen_test as test;

use unrolled_testing::ulp_error;

use crate::Simd;

/// Runs an expression with the token of every instruction set there is, in plain wasm also scalar.
/// (With relaxed simd LLVM makes vectors of scalar comparisons that may drop a NaN.)
macro_rules! for_every_isa {
    ($s:ident => $body:expr) => {{
        for isa in crate::Isa::available() {
            crate::dispatch!(isa, $s => $body);
        }
        #[cfg(all(target_arch = "wasm32", not(target_feature = "relaxed-simd")))]
        {
            let $s = <crate::Scalar as crate::Simd>::new().expect("always there");
            $body;
        }
    }};
}
pub(crate) use for_every_isa;

/// Asserts that a function of a vector is within bounds of one in `f64`, over [`sweep`], on every
/// instruction set: `check_function!(math::tanh, f64::tanh, Bound::Ulps(4.0))`.
macro_rules! check_function {
    ($f:path, $oracle:expr, $bound:expr) => {
        let x = crate::check::sweep(1021);
        let oracle: fn(f64) -> f64 = $oracle;
        let want: Vec<f64> = x.iter().map(|&x| oracle(x.into())).collect();
        crate::check::for_every_isa!(s => {
            let got = crate::check::map(s, &x, #[inline(always)] |x| $f(s, x));
            let name = format!("{} on {}", stringify!($f), crate::check::name_of(s));
            crate::check::check_bound(&name, &x, &got, &want, $bound);
        });
    };
}
pub(crate) use check_function;

/// Asserts single results, to the bit (any NaN is NaN), on every instruction set:
/// `check_values!(math::tanh, [(0.0, 0.0)])`.
macro_rules! check_values {
    ($f:path, $cases:expr) => {
        for (x, want) in $cases {
            crate::check::for_every_isa!(s => {
                let got = crate::check::map(s, &[x], #[inline(always)] |x| $f(s, x))[0];
                let name = (stringify!($f), crate::check::name_of(s));
                assert!(crate::check::same(got, want), "{name:?} of {x:e}: {got:e}, not {want:e}");
            });
        }
    };
}
pub(crate) use check_values;

/// How far a result may be from the exact one.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// In units in the last place of the exact result.
    Ulps(f64),
    /// Whatever the size of the result.
    Absolute(f64),
    /// As a share of the size of the argument, or of 1 if that is smaller.
    OfArgument(f64),
}

/// Every `step`th bit pattern, an odd number, so that all exponents, signs and last digits come;
/// and special values.
pub fn sweep(step: usize) -> Vec<f32> {
    const SPECIAL: [f32; 10] = [
        0.0,
        1.0,
        f32::MIN_POSITIVE,
        f32::MAX,
        f32::INFINITY,
        f32::NAN,
        f32::EPSILON,
        88.7,
        104.0,
        1e-45,
    ];
    let special = SPECIAL.into_iter().flat_map(|x| [x, -x]);
    (0..=u32::MAX).step_by(step).map(f32::from_bits).chain(special).collect()
}

/// `f` of every element, any number of them.
pub fn map<S: Simd>(s: S, x: &[f32], f: impl Fn(S::V) -> S::V) -> Vec<f32> {
    let mut y = x.to_vec();
    y.resize(x.len().next_multiple_of(S::LANES), 1.0);
    s.vectorize(
        #[inline(always)]
        || {
            for y in y.chunks_exact_mut(S::LANES) {
                // SAFETY: a chunk has LANES values.
                unsafe { s.store(y.as_mut_ptr(), f(s.load(y.as_ptr()))) };
            }
        },
    );
    y.truncate(x.len());
    y
}

/// Asserts that every result is within the bound.
pub fn check_bound(name: &str, x: &[f32], got: &[f32], want: &[f64], bound: Bound) {
    let errors = (0..x.len()).map(|i| (i, bound.error(x[i], got[i], want[i])));
    let (i, error) = errors.max_by(|a, b| a.1.total_cmp(&b.1)).expect("not empty");
    let (Bound::Ulps(limit) | Bound::Absolute(limit) | Bound::OfArgument(limit)) = bound;
    let (x, got, want) = (x[i], got[i], want[i]);
    assert!(error <= limit, "{name}: {error:e} > {bound:?} at {x:e}: {got:e}, not {want:e}");
}

impl Bound {
    /// Infinite for a NaN or an infinity in the wrong place.
    fn error(self, x: f32, got: f32, want: f64) -> f64 {
        let ulps = ulp_error(got, want);
        let apart = (f64::from(got) - want).abs();
        match self {
            Bound::Ulps(_) => ulps,
            _ if ulps == 0.0 || ulps == f64::INFINITY => ulps,
            Bound::Absolute(_) => apart,
            Bound::OfArgument(_) => apart / f64::from(x.abs()).max(1.0),
        }
    }
}

/// The same bits, or both NaN.
pub fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

pub fn name_of<S: Simd>(_: S) -> &'static str {
    S::NAME
}

pub fn lanes_of<S: Simd>(_: S) -> usize {
    S::LANES
}
