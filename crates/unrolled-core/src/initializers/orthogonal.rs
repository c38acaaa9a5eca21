//! Random orthogonal matrices: Q of the QR decomposition of a normal matrix (Saxe et al. 2014).
//!
//! The tall matrix A [long][short] is held transposed, so that each of its columns is contiguous,
//! and is decomposed by Householder reflections H = I − β·v·vᵀ. Reflections are applied in panels:
//! a column stays in the cache while it meets a panel, and the order of the arithmetic is that of
//! the plain algorithm. The dot product has a fixed order and no instruction set of its own, so
//! the weights are the same everywhere.

use crate::rng::Rng;
use unrolled_spec::memory::{Shortage, filled};

/// Reflections that meet a column while it is in the cache.
const PANEL: usize = 16;

/// Fills `out` [rows][columns] with `gain` times a matrix whose columns are orthonormal or, where
/// there are more columns than rows, whose rows are: Q·sign(diag R), uniform among such matrices.
pub(super) fn fill(
    rng: &mut Rng,
    columns: usize,
    gain: f32,
    out: &mut [f32],
) -> Result<(), Shortage> {
    if out.is_empty() {
        return Ok(());
    }
    let rows = out.len() / columns;
    let (long, short) = (rows.max(columns), rows.min(columns));
    // Both before anything is computed.
    let mut a = filled(out.len() as u64, 0.0)?;
    let mut q = filled(out.len() as u64, 0.0)?;
    a.fill_with(|| rng.normal());
    let reflections = decompose(&mut a, long);

    // Column i of Q is H₀·H₁·…·Hᵢ·eᵢ: later reflections leave eᵢ as it is.
    q.chunks_exact_mut(long).enumerate().for_each(|(i, column)| {
        column[i] = if reflections[i].negative { -gain } else { gain };
    });
    for (panel, columns) in q.chunks_mut(PANEL * long).enumerate() {
        let first = panel * PANEL;
        let last = (first + PANEL).min(short);
        for j in (0..last).rev() {
            let v = &a[j * long + j..(j + 1) * long];
            for (i, column) in columns.chunks_exact_mut(long).enumerate() {
                if first + i >= j {
                    reflect(v, reflections[j].beta, &mut column[j..]);
                }
            }
        }
    }

    if rows < columns {
        out.copy_from_slice(&q);
    } else {
        for (r, row) in out.chunks_exact_mut(columns).enumerate() {
            row.iter_mut().enumerate().for_each(|(c, x)| *x = q[c * long + r]);
        }
    }
    Ok(())
}

struct Reflection {
    beta: f32,
    /// Sign of the diagonal element of R.
    negative: bool,
}

/// `a`: [short][long], a column of A a row. Leaves `v` of reflection j in `a[j][j..]`.
fn decompose(a: &mut [f32], long: usize) -> Vec<Reflection> {
    let short = a.len() / long;
    let mut reflections = Vec::with_capacity(short);
    for first in (0..short).step_by(PANEL) {
        let last = (first + PANEL).min(short);
        for j in first..last {
            let (done, rest) = a.split_at_mut(j * long);
            let column = &mut rest[..long];
            for (k, v) in done.chunks_exact(long).enumerate().skip(first) {
                let reflection: &Reflection = &reflections[k];
                reflect(&v[k..], reflection.beta, &mut column[k..]);
            }
            reflections.push(reflection(&mut column[j..]));
        }
        let (done, rest) = a.split_at_mut(last * long);
        for column in rest.chunks_exact_mut(long) {
            for (k, v) in done.chunks_exact(long).enumerate().skip(first) {
                reflect(&v[k..], reflections[k].beta, &mut column[k..]);
            }
        }
    }
    reflections
}

/// Replaces `x` by `v` of the reflection that turns it into (r, 0, 0, …); r has the sign opposite
/// to x₀, so nothing cancels.
fn reflection(x: &mut [f32]) -> Reflection {
    let squares: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    let norm = squares.sqrt();
    let negative = x[0] >= 0.0;
    let head = f64::from(x[0]) + if negative { norm } else { -norm };
    x[0] = head as f32;
    // vᵀv = 2·norm·|head|
    let beta = if squares > 0.0 { 1.0 / (norm * head.abs()) } else { 0.0 };
    Reflection { beta: beta as f32, negative }
}

/// `x −= β·(v·x)·v`. A function of its own: V8 optimises what is called often, and never code that
/// is already running.
#[inline(never)]
fn reflect(v: &[f32], beta: f32, x: &mut [f32]) {
    let factor = beta * dot(v, x);
    for (x, v) in x.iter_mut().zip(v) {
        *x -= factor * v;
    }
}

/// Sixteen sums side by side, which compilers turn into vectors without changing the order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let (a_chunks, b_chunks) = (a.chunks_exact(16), b.chunks_exact(16));
    let tail: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for i in 0..16 {
            sums[i] += a[i] * b[i];
        }
    }
    sums.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn matrix(rows: usize, columns: usize, gain: f32, seed: u64) -> Vec<f32> {
        let mut out = vec![f32::NAN; rows * columns];
        fill(&mut Rng::new(seed, Stream::Init, 0), columns, gain, &mut out).unwrap();
        out
    }

    /// Largest error of QᵀQ (tall) or QQᵀ (wide) against gain²·I.
    fn worst(q: &[f32], rows: usize, columns: usize, gain: f64) -> f64 {
        let short = rows.min(columns);
        let at = |i: usize, k: usize| {
            f64::from(if rows < columns { q[i * columns + k] } else { q[k * columns + i] })
        };
        let mut worst = 0.0f64;
        for i in 0..short {
            for j in 0..=i {
                let product: f64 = (0..rows.max(columns)).map(|k| at(i, k) * at(j, k)).sum();
                let expected = if i == j { gain * gain } else { 0.0 };
                worst = worst.max((product - expected).abs());
            }
        }
        worst
    }

    #[test]
    fn the_short_side_is_orthonormal_at_any_aspect() {
        let shapes =
            [(1, 1), (1, 5), (5, 1), (2, 2), (17, 16), (20, 80), (128, 512), (300, 33), (33, 300)];
        for (rows, columns) in shapes {
            for gain in [1.0, 1.5] {
                let q = matrix(rows, columns, gain, 3);
                let error = worst(&q, rows, columns, f64::from(gain));
                assert!(error < 4e-6, "[{rows}, {columns}], gain {gain}: {error}");
            }
        }
    }

    #[test]
    fn the_kernel_of_a_large_lstm_is_orthonormal() {
        let q = matrix(512, 2048, 1.0, 0);
        let error = worst(&q, 512, 2048, 1.0);
        assert!(error < 4e-6, "{error}");
    }

    /// Q·R = A with a positive diagonal of R, in f64 with the textbook's Gram–Schmidt: its Q is
    /// the one with that sign.
    #[test]
    fn it_is_the_q_of_the_normal_matrix_with_a_positive_diagonal() {
        let (long, short) = (40, 25);
        let mut rng = Rng::new(9, Stream::Init, 0);
        let mut a: Vec<Vec<f64>> =
            (0..short).map(|_| (0..long).map(|_| f64::from(rng.normal())).collect()).collect();
        for i in 0..short {
            let (done, rest) = a.split_at_mut(i);
            let column = &mut rest[0];
            for q in done {
                let overlap: f64 = column.iter().zip(&*q).map(|(x, q)| x * q).sum();
                column.iter_mut().zip(&*q).for_each(|(x, q)| *x -= overlap * q);
            }
            let norm = column.iter().map(|x| x * x).sum::<f64>().sqrt();
            column.iter_mut().for_each(|x| *x /= norm);
        }
        for (rows, columns) in [(long, short), (short, long)] {
            let q = matrix(rows, columns, 1.0, 9);
            for (i, column) in a.iter().enumerate() {
                for (k, want) in column.iter().enumerate() {
                    let got = if rows < columns { q[i * columns + k] } else { q[k * columns + i] };
                    assert!((f64::from(got) - want).abs() < 2e-5, "[{rows}, {columns}] {i} {k}");
                }
            }
        }
    }

    /// Uniform among orthogonal matrices: every element has mean 0 and variance 1/n. Without the
    /// sign fix the first element would have a sign.
    #[test]
    fn elements_have_mean_zero() {
        let n = 2000;
        let (mut mean, mut variance) = (0.0, 0.0);
        for seed in 0..n {
            let first = f64::from(matrix(4, 4, 1.0, seed)[0]);
            mean += first / n as f64;
            variance += first * first / n as f64;
        }
        assert!(mean.abs() < 0.05, "{mean}");
        assert!((variance - 0.25).abs() < 0.03, "{variance}");
    }
}
