//! The library's own kernels on shapes of real layers, over one block of lanes. Each function gives
//! the floating-point operations that it did.

use unrolled_simd::{GradientShape, Simd, Start, Steps, Term, gemm, kernel_gradient};

use crate::buffers::Buffers;

/// `repeats` products `[m, k] · [k, lanes]`.
pub fn product<S: Simd>(s: S, buffers: &mut Buffers, [m, k]: [usize; 2], repeats: usize) -> f64 {
    let lanes = S::BLOCK;
    let Buffers { a, b, c } = buffers;
    let term = Term { weights: &a[..m * k], input: &b[..k * lanes], k };
    for _ in 0..repeats {
        gemm(s, m, Start::Zero, &[term], &mut c[..m * lanes]);
    }
    (2 * m * lanes * k * repeats) as f64
}

/// `repeats` gradients `[rows, columns]` over `time` steps.
pub fn gradient<S: Simd>(
    s: S,
    buffers: &mut Buffers,
    [rows, columns, time]: [usize; 3],
    repeats: usize,
) -> f64 {
    let lanes = S::BLOCK;
    let Buffers { a, b, c } = buffers;
    let x = Steps { data: a, stride: rows * lanes };
    let d_z = Steps { data: b, stride: columns * lanes };
    let shape = GradientShape { rows, columns, stride: columns, time };
    for _ in 0..repeats {
        c[..rows * columns].fill(0.0);
        kernel_gradient(s, shape, x, d_z, c);
    }
    (2 * rows * columns * time * lanes * repeats) as f64
}

/// A product without tiles or vectors: the baseline.
#[inline(never)]
pub fn naive_product(buffers: &mut Buffers, [m, lanes, k]: [usize; 3], repeats: usize) -> f64 {
    let Buffers { a, b, c } = buffers;
    for _ in 0..repeats {
        for i in 0..m {
            for lane in 0..lanes {
                let mut sum = 0.0;
                for inner in 0..k {
                    sum += a[inner * m + i] * b[inner * lanes + lane];
                }
                c[i * lanes + lane] = sum;
            }
        }
    }
    (2 * m * lanes * k * repeats) as f64
}

/// A gradient without tiles or vectors: the baseline.
#[inline(never)]
pub fn naive_gradient(
    buffers: &mut Buffers,
    [rows, columns, time, lanes]: [usize; 4],
    repeats: usize,
) -> f64 {
    let Buffers { a, b, c } = buffers;
    for _ in 0..repeats {
        for i in 0..rows {
            for j in 0..columns {
                let mut sum = 0.0;
                for t in 0..time {
                    for lane in 0..lanes {
                        let x = a[(t * rows + i) * lanes + lane];
                        sum += x * b[(t * columns + j) * lanes + lane];
                    }
                }
                c[i * columns + j] = sum;
            }
        }
    }
    (2 * rows * columns * time * lanes * repeats) as f64
}
