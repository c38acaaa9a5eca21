//! Reductions over slices of any length.
//!
//! The order is fixed: four vectors of partial sums over blocks of 4·LANES, added as
//! `(a₀ + a₁) + (a₂ + a₃)`, then the vectors that are left, then the lanes ([`Simd::sum`]), then
//! the rest one by one.

use crate::Simd;

/// The sum; 0 if empty.
#[inline(never)]
pub fn sum<S: Simd>(s: S, x: &[f32]) -> f32 {
    let total = |a: f32, x: f32| a + x;
    s.vectorize(
        #[inline(always)]
        || {
            fold(
                s,
                x,
                #[inline(always)]
                |a, x| s.add(a, x),
                total,
            )
        },
    )
}

/// `Σ x²`; 0 if empty.
#[inline(never)]
pub fn sum_of_squares<S: Simd>(s: S, x: &[f32]) -> f32 {
    let total = |a: f32, x: f32| a + x * x;
    s.vectorize(
        #[inline(always)]
        || {
            fold(
                s,
                x,
                #[inline(always)]
                |a, x| s.mul_add(x, x, a),
                total,
            )
        },
    )
}

/// Whether no element is NaN or infinite.
#[inline(never)]
pub fn all_finite<S: Simd>(s: S, x: &[f32]) -> bool {
    // x − x is 0 or NaN.
    let total = |a: f32, x: f32| if x.is_finite() { a } else { f32::NAN };
    let zero = s.vectorize(
        #[inline(always)]
        || {
            fold(
                s,
                x,
                #[inline(always)]
                |a, x| s.add(a, s.sub(x, x)),
                total,
            )
        },
    );
    zero == 0.0
}

/// `Σ a·b`; 0 if empty.
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn dot<S: Simd>(s: S, a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let n = a.len();
    s.vectorize(
        #[inline(always)]
        || {
            let mut acc = [s.splat(0.0); 4];
            let mut i = 0;
            while i + 4 * S::LANES <= n {
                for (k, acc) in acc.iter_mut().enumerate() {
                    let j = i + k * S::LANES;
                    // SAFETY: j + LANES ≤ n, the length of both.
                    let (a, b) = unsafe { (s.load(a.as_ptr().add(j)), s.load(b.as_ptr().add(j))) };
                    *acc = s.mul_add(a, b, *acc);
                }
                i += 4 * S::LANES;
            }
            let mut acc = s.add(s.add(acc[0], acc[1]), s.add(acc[2], acc[3]));
            while i + S::LANES <= n {
                // SAFETY: i + LANES ≤ n, the length of both.
                let (a, b) = unsafe { (s.load(a.as_ptr().add(i)), s.load(b.as_ptr().add(i))) };
                acc = s.mul_add(a, b, acc);
                i += S::LANES;
            }
            let mut total = s.sum(acc);
            while i < n {
                total += a[i] * b[i];
                i += 1;
            }
            total
        },
    )
}

/// The largest element; −∞ if empty. NaN is passed over.
#[inline(never)]
pub fn max<S: Simd>(s: S, x: &[f32]) -> f32 {
    s.vectorize(
        #[inline(always)]
        || {
            let (vectors, rest) = x.split_at(x.len() - x.len() % S::LANES);
            let mut best = s.splat(f32::NEG_INFINITY);
            for chunk in vectors.chunks_exact(S::LANES) {
                // SAFETY: the chunk has LANES values.
                best = s.max(best, unsafe { s.load(chunk.as_ptr()) });
            }
            let mut lanes = [f32::NEG_INFINITY; 16];
            assert!(S::LANES <= lanes.len());
            // SAFETY: there is room for LANES values.
            unsafe { s.store(lanes.as_mut_ptr(), best) };
            lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |a, &b| if a < b { b } else { a })
        },
    )
}

/// Adds up what `step` makes of each vector, `rest` of each of the last elements.
#[inline(always)]
fn fold<S: Simd>(
    s: S,
    x: &[f32],
    step: impl Fn(S::V, S::V) -> S::V,
    rest: impl Fn(f32, f32) -> f32,
) -> f32 {
    let mut acc = [s.splat(0.0); 4];
    let mut blocks = x.chunks_exact(4 * S::LANES);
    for block in &mut blocks {
        for (k, acc) in acc.iter_mut().enumerate() {
            // SAFETY: the block has 4·LANES values.
            *acc = step(*acc, unsafe { s.load(block.as_ptr().add(k * S::LANES)) });
        }
    }
    let mut acc = s.add(s.add(acc[0], acc[1]), s.add(acc[2], acc[3]));
    let mut vectors = blocks.remainder().chunks_exact(S::LANES);
    for vector in &mut vectors {
        // SAFETY: the chunk has LANES values.
        acc = step(acc, unsafe { s.load(vector.as_ptr()) });
    }
    vectors.remainder().iter().fold(s.sum(acc), |a, &x| rest(a, x))
}

#[cfg(test)]
mod tests {
    use unrolled_testing::Random;

    use super::*;
    use crate::check::{test, *};

    /// Compares all sums over `a` and `b` with `f64`, on every instruction set.
    fn check(a: &[f32], b: &[f32]) {
        let exact = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            a.iter().zip(b).map(|(&a, &b)| f(a.into(), b.into())).sum()
        };
        // Sixteen roundings of chains, n/16 of additions, each half an ULP of the sum of sizes.
        let share = (16.0 + a.len() as f64 / 16.0) * f64::from(f32::EPSILON) / 2.0;
        let close = |name: &str, got: f32, f: &dyn Fn(f64, f64) -> f64| {
            let size = exact(&|a, b| f(a, b).abs());
            let error = (f64::from(got) - exact(f)).abs();
            assert!(error <= share * size, "{name} of {}: off by {error:e}", a.len());
        };
        let top = a.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for_every_isa!(s => {
            close("sum", sum(s, a), &|a, _| a);
            close("sum of squares", sum_of_squares(s, a), &|a, _| a * a);
            close("dot", dot(s, a, b), &|a, b| a * b);
            assert_eq!(max(s, a), top, "max of {}", a.len());
            assert!(all_finite(s, a), "{} are finite", a.len());
        });
    }

    #[test]
    fn short_lengths() {
        let mut random = Random::new(1);
        for n in 0..200 {
            check(&random.vec(n, -1.0, 1.0), &random.vec(n, -1.0, 1.0));
        }
    }

    #[test]
    fn all_finite_finds_every_culprit() {
        for n in 1..150 {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                for_every_isa!(s => {
                    for i in 0..n {
                        let mut x = vec![f32::MAX; n];
                        x[i] = bad;
                        assert!(!all_finite(s, &x), "{bad} at {i} of {n} on {}", name_of(s));
                    }
                });
            }
        }
    }

    #[test]
    fn max_passes_nan_over() {
        for n in 2..70 {
            for_every_isa!(s => {
                for i in 0..n {
                    let mut x = vec![-3.0; n];
                    x[i] = -2.0;
                    x[(i + 1) % n] = f32::NAN;
                    assert_eq!(max(s, &x), -2.0, "{i} of {n} on {}", name_of(s));
                }
            });
        }
    }

    #[test]
    fn long_sums_keep_their_digits() {
        // One running sum would stop at 2²⁴.
        let x = vec![1.0; 1 << 25];
        for_every_isa!(s => assert_eq!(sum(s, &x), (1 << 25) as f32, "{}", name_of(s)));
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn any_length_and_size(
            pairs in proptest::collection::vec((-1e6f32..1e6, -1e3f32..1e3), 0..1500),
        ) {
            let (a, b): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
            check(&a, &b);
        }
    }
}
