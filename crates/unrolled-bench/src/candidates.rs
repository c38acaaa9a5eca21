//! Tiles of every shape worth trying, to choose `Simd::TILE` and `Simd::GRADIENT_TILE` from.

use unrolled_simd::Simd;

use crate::buffers::Buffers;

/// A tile shape and the loops around it. `run(s, buffers, size, repeats)` gives the floating-point
/// operations that it did; `size` is the inner length (GEMM) or the time steps (gradient).
pub struct Candidate<S> {
    /// Rows of accumulators.
    pub rows: usize,
    /// Vectors in a row (GEMM); columns (gradient).
    pub columns: usize,
    /// The measured loop.
    pub run: fn(S, &mut Buffers, usize, usize) -> f64,
}

macro_rules! candidates {
    ($loops:ident: $([$rows:literal, $columns:literal]),* $(,)?) => {
        vec![$(Candidate {
            rows: $rows,
            columns: $columns,
            run: $loops::<S, $rows, $columns>,
        }),*]
    };
}

/// GEMM tiles; accumulators are `rows · columns` vectors.
pub fn products<S: Simd>() -> Vec<Candidate<S>> {
    candidates!(product:
        [8, 1], [12, 1], [2, 2], [3, 2], [4, 2], [5, 2], [6, 2], [8, 2], [10, 2], [12, 2],
        [2, 3], [3, 3], [4, 3], [8, 3], [1, 4], [2, 4], [3, 4], [6, 4], [1, 8])
}

/// Gradient tiles; accumulators are `rows · columns` vectors.
pub fn gradients<S: Simd>() -> Vec<Candidate<S>> {
    candidates!(gradient:
        [1, 4], [1, 8], [2, 2], [2, 3], [2, 4], [2, 5], [3, 2], [3, 3], [3, 4], [4, 2], [4, 3], [4, 4], [4, 5],
        [4, 6], [5, 5])
}

/// Rows of weights; a tile takes as many whole panels as fit.
const UNITS: usize = 80;
/// Vectors of lanes; a tile takes as many whole blocks as fit.
const VECTORS: usize = 8;
/// Rows and columns of a gradient.
const INPUTS: usize = 20;

fn product<S: Simd, const M: usize, const N: usize>(
    s: S,
    buffers: &mut Buffers,
    k: usize,
    repeats: usize,
) -> f64 {
    let panels = UNITS / M;
    let blocks = (VECTORS / N).max(1);
    let lanes = blocks * N * S::LANES;
    let Buffers { a, b, c } = buffers;
    assert!(a.len() >= UNITS * k && b.len() >= k * lanes && c.len() >= UNITS * lanes);
    for _ in 0..repeats {
        // SAFETY: the sizes were checked above.
        unsafe { product_panels::<S, M, N>(s, panels, lanes, k, a, b, c) };
    }
    (2 * panels * M * lanes * k * repeats) as f64
}

/// # Safety
/// `a` holds `panels·M·k` values, `b` `k·lanes`, `c` `panels·M·lanes`; `lanes` is a multiple of
/// `N·LANES`.
#[inline(never)]
unsafe fn product_panels<S: Simd, const M: usize, const N: usize>(
    s: S,
    panels: usize,
    lanes: usize,
    k: usize,
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    s.vectorize(
        #[inline(always)]
        || {
            for j in (0..lanes).step_by(N * S::LANES) {
                for panel in 0..panels {
                    // SAFETY: whole panels and blocks, inside what the caller vouches for.
                    unsafe {
                        let mut w = a.as_ptr().add(panel * M * k);
                        let mut x = b.as_ptr().add(j);
                        let mut acc = [[s.splat(0.0); N]; M];
                        for _ in 0..k {
                            let v: [S::V; N] = vectors(s, x, S::LANES);
                            for (i, row) in acc.iter_mut().enumerate() {
                                let weight = s.load_splat(w.add(i));
                                for (sum, &v) in row.iter_mut().zip(&v) {
                                    *sum = s.mul_add(weight, v, *sum);
                                }
                            }
                            w = w.add(M);
                            x = x.add(lanes);
                        }
                        let out = c.as_mut_ptr().add(panel * M * lanes + j);
                        for (i, row) in acc.iter().enumerate() {
                            for (n, &sum) in row.iter().enumerate() {
                                s.store(out.add(i * lanes + n * S::LANES), sum);
                            }
                        }
                    }
                }
            }
        },
    );
}

fn gradient<S: Simd, const M: usize, const N: usize>(
    s: S,
    buffers: &mut Buffers,
    time: usize,
    repeats: usize,
) -> f64 {
    let (rows, columns) = (INPUTS / M * M, 4 * INPUTS / N * N);
    let lanes = VECTORS * S::LANES;
    let Buffers { a, b, c } = buffers;
    assert!(a.len() >= time * rows * lanes && b.len() >= time * columns * lanes);
    assert!(c.len() >= rows * columns);
    for _ in 0..repeats {
        // SAFETY: the sizes were checked above.
        unsafe { gradient_tiles::<S, M, N>(s, [rows, columns, time, lanes], a, b, c) };
    }
    (2 * rows * columns * time * lanes * repeats) as f64
}

/// # Safety
/// `a` holds `time·rows·lanes` values, `b` `time·columns·lanes`, `c` `rows·columns`; rows, columns
/// and lanes are multiples of `M`, `N` and `LANES`.
#[inline(never)]
unsafe fn gradient_tiles<S: Simd, const M: usize, const N: usize>(
    s: S,
    [rows, columns, time, lanes]: [usize; 4],
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    s.vectorize(
        #[inline(always)]
        || {
            for i in (0..rows).step_by(M) {
                for j in (0..columns).step_by(N) {
                    let mut acc = [[s.splat(0.0); N]; M];
                    for t in 0..time {
                        for lane in (0..lanes).step_by(S::LANES) {
                            // SAFETY: whole tiles, inside what the caller vouches for.
                            unsafe {
                                let x = a.as_ptr().add((t * rows + i) * lanes + lane);
                                let z = b.as_ptr().add((t * columns + j) * lanes + lane);
                                let z: [S::V; N] = vectors(s, z, lanes);
                                for (r, row) in acc.iter_mut().enumerate() {
                                    let x = s.load(x.add(r * lanes));
                                    for (sum, &z) in row.iter_mut().zip(&z) {
                                        *sum = s.mul_add(x, z, *sum);
                                    }
                                }
                            }
                        }
                    }
                    for (r, row) in acc.iter().enumerate() {
                        for (n, &sum) in row.iter().enumerate() {
                            c[(i + r) * columns + j + n] = s.sum(sum);
                        }
                    }
                }
            }
        },
    );
}

/// `N` vectors, `stride` values apart.
///
/// # Safety
/// All of them must be readable.
#[inline(always)]
unsafe fn vectors<S: Simd, const N: usize>(s: S, p: *const f32, stride: usize) -> [S::V; N] {
    let mut all = [s.splat(0.0); N];
    for (n, v) in all.iter_mut().enumerate() {
        // SAFETY: the caller vouches for all of them.
        *v = unsafe { s.load(p.add(n * stride)) };
    }
    all
}
