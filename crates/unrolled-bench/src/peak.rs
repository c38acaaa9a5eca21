//! Arithmetic without memory: what the machine's multipliers and adders can do.

use std::hint::black_box;

use unrolled_simd::Simd;

/// Loops that [`run`] knows; the peak is the best of them. `n chains`: `n` independent
/// `x ← x·m + a`; few wait for their own results, many run out of registers. `m × n`: the sums
/// of a GEMM tile with its loads replaced by one addition for each vector, so that only the
/// additions form chains.
pub const VARIANTS: [&str; 6] =
    ["8 chains", "10 chains", "12 chains", "13 chains", "4 × 2 sums", "2 × 4 sums"];

/// Floating-point operations (a multiplication and an addition each count one) done by `steps`
/// steps of [`VARIANTS`]`[which]`.
///
/// # Panics
/// If `which` is no index of [`VARIANTS`].
pub fn run<S: Simd>(s: S, which: usize, steps: usize) -> f64 {
    let operations = match which {
        0 => chains::<S, 8>(s, steps),
        1 => chains::<S, 10>(s, steps),
        2 => chains::<S, 12>(s, steps),
        3 => chains::<S, 13>(s, steps),
        4 => sums::<S, 4, 2>(s, steps),
        5 => sums::<S, 2, 4>(s, steps),
        _ => panic!("variant {which} of {}", VARIANTS.len()),
    };
    (operations * S::LANES * steps) as f64
}

/// The fixed point is one: no overflow, no subnormals.
#[inline(never)]
fn chains<S: Simd, const N: usize>(s: S, steps: usize) -> usize {
    let (m, a) = black_box((0.999_f32, 0.001_f32));
    s.vectorize(
        #[inline(always)]
        || {
            let (m, a) = (s.splat(m), s.splat(a));
            let mut x: [S::V; N] = std::array::from_fn(|i| s.splat(i as f32));
            for _ in 0..steps {
                for x in &mut x {
                    *x = s.mul_add(*x, m, a);
                }
            }
            black_box(x.iter().map(|&x| s.sum(x)).sum::<f32>());
        },
    );
    2 * N
}

/// Sums grow to at most `steps`² / 10⁶.
#[inline(never)]
fn sums<S: Simd, const M: usize, const N: usize>(s: S, steps: usize) -> usize {
    let (w, d) = black_box(([0.1_f32; M], 1e-5_f32));
    s.vectorize(
        #[inline(always)]
        || {
            let (w, d) = (w.map(|w| s.splat(w)), s.splat(d));
            let mut x: [S::V; N] = std::array::from_fn(|j| s.splat(j as f32));
            let mut acc = [[s.splat(0.0); N]; M];
            for _ in 0..steps {
                for (row, &w) in acc.iter_mut().zip(&w) {
                    for (sum, &x) in row.iter_mut().zip(&x) {
                        *sum = s.mul_add(w, x, *sum);
                    }
                }
                for x in &mut x {
                    *x = s.add(*x, d);
                }
            }
            black_box(acc.iter().flatten().map(|&sum| s.sum(sum)).sum::<f32>());
        },
    );
    2 * M * N + N
}
