//! `C[m, lanes] = start + Σ Aᵀ[m, k] · B[k, lanes]`: examples in lanes, weights splatted.

use crate::Simd;

/// What the accumulators start from.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// Zero.
    Zero,
    /// One value a row: `[m]`.
    Bias(&'a [f32]),
    /// What `c` holds.
    Accumulate,
}

/// One product of the sum.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// The weights, packed by [`pack`]: `m·k` values.
    pub weights: &'a [f32],
    /// `[k][lanes]`
    pub input: &'a [f32],
    /// Inner length.
    pub k: usize,
}

/// Where the element of row `i` and inner index `k` of a weight matrix stands: `i·row + k·step`.
#[derive(Clone, Copy, Debug)]
pub struct Strides {
    /// Between rows.
    pub row: usize,
    /// Between inner indices.
    pub step: usize,
}

/// Packs an `m × k` matrix into panels of the tile's rows, `[panel][k][row]`, so that a tile reads
/// its weights in one line; the last panel is as narrow as what is left. `packed` holds `m·k`.
pub fn pack<S: Simd>(
    _: S,
    m: usize,
    k: usize,
    source: &[f32],
    strides: Strides,
    packed: &mut [f32],
) {
    assert_eq!(packed.len(), m * k, "packed weights");
    let mut rest = packed;
    let mut first = 0;
    while first < m {
        let width = S::TILE.rows.min(m - first);
        let (panel, after) = rest.split_at_mut(width * k);
        for (inner, line) in panel.chunks_exact_mut(width).enumerate() {
            for (i, out) in line.iter_mut().enumerate() {
                *out = source[(first + i) * strides.row + inner * strides.step];
            }
        }
        rest = after;
        first += width;
    }
}

/// `c = start + Σ termᵢ`; `c` is `[m][lanes]`, `lanes` a multiple of [`Simd::BLOCK`].
///
/// ```text
/// for each tile of columns, for each panel of rows:
///     acc[rows][vectors] = start
///     for each term, for k: acc[i][j] += weights[panel][k][i] · input[k][j]
///     c = acc
/// ```
///
/// # Panics
/// If a slice is too short or `lanes` is no multiple of the block.
#[inline(never)]
pub fn gemm<S: Simd>(
    s: S,
    m: usize,
    lanes: usize,
    start: Start<'_>,
    terms: &[Term<'_>],
    c: &mut [f32],
) {
    assert!(lanes.is_multiple_of(S::BLOCK), "lanes");
    assert!(c.len() >= m * lanes, "output");
    if let Start::Bias(bias) = start {
        assert!(bias.len() >= m, "bias");
    }
    for term in terms {
        assert!(term.weights.len() >= m * term.k, "weights");
        assert!(term.input.len() >= term.k * lanes, "input");
    }
    // SAFETY: the sizes were checked above; `rows` walks m rows, `j` the whole blocks of lanes.
    s.vectorize(
        #[inline(always)]
        || unsafe { body(s, m, lanes, start, terms, c) },
    );
}

#[inline(always)]
unsafe fn body<S: Simd>(
    s: S,
    m: usize,
    lanes: usize,
    start: Start<'_>,
    terms: &[Term<'_>],
    c: &mut [f32],
) {
    macro_rules! panel {
        ($rows:literal, $i:ident, $j:ident) => {
            // SAFETY: as in `gemm`; this panel holds exactly `$rows` rows.
            unsafe { tile::<S, $rows>(s, $i, $j, lanes, start, terms, c) }
        };
    }
    let mut j = 0;
    while j < lanes {
        let mut i = 0;
        while i < m {
            match S::TILE.rows.min(m - i) {
                1 => panel!(1, i, j),
                2 => panel!(2, i, j),
                3 => panel!(3, i, j),
                4 => panel!(4, i, j),
                rows if S::TILE.rows > 4 => match rows {
                    5 => panel!(5, i, j),
                    6 => panel!(6, i, j),
                    rows if S::TILE.rows > 6 => match rows {
                        7 => panel!(7, i, j),
                        8 => panel!(8, i, j),
                        9 => panel!(9, i, j),
                        10 => panel!(10, i, j),
                        11 => panel!(11, i, j),
                        _ => panel!(12, i, j),
                    },
                    _ => {}
                },
                _ => {}
            }
            i += S::TILE.rows;
        }
        j += S::BLOCK;
    }
}

/// Rows `i..i+M`, lanes `j..j+BLOCK`.
///
/// # Safety
/// The bounds that [`gemm`] checks, `i + M <= m`, and `M` the width of the panel at `i`.
#[inline(always)]
unsafe fn tile<S: Simd, const M: usize>(
    s: S,
    i: usize,
    j: usize,
    lanes: usize,
    start: Start<'_>,
    terms: &[Term<'_>],
    c: &mut [f32],
) {
    const { assert!(S::TILE.columns == 2) };
    // SAFETY: rows i..i+M and two vectors from j are inside `c`.
    let out = unsafe { c.as_mut_ptr().add(i * lanes + j) };
    let mut acc = [[s.splat(0.0); 2]; M];
    for (r, row) in acc.iter_mut().enumerate() {
        *row = match start {
            Start::Zero => [s.splat(0.0); 2],
            // SAFETY: i + r < m, and the bias holds m values.
            Start::Bias(bias) => [unsafe { s.load_splat(bias.as_ptr().add(i + r)) }; 2],
            // SAFETY: inside `c`, see above.
            Start::Accumulate => unsafe {
                [s.load(out.add(r * lanes)), s.load(out.add(r * lanes + S::LANES))]
            },
        };
    }
    for term in terms {
        // SAFETY: the panel starts at row i: i·k values stand before it, M·k are its own;
        // the input has k rows of `lanes`, and j + BLOCK <= lanes.
        unsafe {
            let mut w = term.weights.as_ptr().add(i * term.k);
            let mut x = term.input.as_ptr().add(j);
            for _ in 0..term.k {
                let (x0, x1) = (s.load(x), s.load(x.add(S::LANES)));
                for (r, row) in acc.iter_mut().enumerate() {
                    let weight = s.load_splat(w.add(r));
                    row[0] = s.mul_add(weight, x0, row[0]);
                    row[1] = s.mul_add(weight, x1, row[1]);
                }
                w = w.add(M);
                x = x.add(lanes);
            }
        }
    }
    for (r, row) in acc.iter().enumerate() {
        // SAFETY: inside `c`, see above.
        unsafe {
            s.store(out.add(r * lanes), row[0]);
            s.store(out.add(r * lanes + S::LANES), row[1]);
        }
    }
}

#[cfg(test)]
mod tests {
    use unrolled_testing::{Random, assert_close};

    use super::*;
    use crate::check::{for_every_isa, name_of, test};

    /// The product in f64; `a` is m × k by rows.
    fn oracle(
        m: usize,
        lanes: usize,
        start: &[f64],
        terms: &[(&[f32], &[f32], usize)],
    ) -> Vec<f64> {
        let mut c = start.to_vec();
        for (a, b, k) in terms {
            for i in 0..m {
                for l in 0..lanes {
                    for p in 0..*k {
                        c[i * lanes + l] += f64::from(a[i * k + p]) * f64::from(b[p * lanes + l]);
                    }
                }
            }
        }
        c
    }

    fn check<S: Simd>(s: S, m: usize, blocks: usize, k: usize, later: usize) {
        let lanes = blocks * S::BLOCK;
        let mut random = Random::new((m * 1000 + k * 10 + blocks) as u64);
        let a = [random.vec(m * k, -1., 1.), random.vec(m * later, -1., 1.)];
        let b = [random.vec(k * lanes, -1., 1.), random.vec(later * lanes, -1., 1.)];
        let (bias, before) = (random.vec(m, -1., 1.), random.vec(m * lanes, -1., 1.));
        let mut packed = [vec![f32::NAN; m * k], vec![f32::NAN; m * later]];
        pack(s, m, k, &a[0], Strides { row: k, step: 1 }, &mut packed[0]);
        // The second by columns, as the forward pass reads Keras's kernels.
        let mut columns = vec![0.0; m * later];
        for i in 0..m {
            for p in 0..later {
                columns[p * m + i] = a[1][i * later + p];
            }
        }
        pack(s, m, later, &columns, Strides { row: 1, step: m }, &mut packed[1]);
        let terms = [
            Term { weights: &packed[0], input: &b[0], k },
            Term { weights: &packed[1], input: &b[1], k: later },
        ];
        for start in [Start::Zero, Start::Bias(&bias), Start::Accumulate] {
            let begin: Vec<f64> = (0..m * lanes)
                .map(|i| match start {
                    Start::Zero => 0.0,
                    Start::Bias(bias) => bias[i / lanes].into(),
                    Start::Accumulate => before[i].into(),
                })
                .collect();
            let want = oracle(m, lanes, &begin, &[(&a[0], &b[0], k), (&a[1], &b[1], later)]);
            let mut c = before.clone();
            gemm(s, m, lanes, start, &terms, &mut c);
            let label = format!("{} {m}×{lanes}×{k}+{later} {start:?}", name_of(s));
            assert_close(&label, &c, &want, 1e-5, 1e-5);
        }
    }

    #[test]
    fn every_shape_and_start_equals_the_sum_in_f64() {
        // All widths of the last panel, even of the tallest tile.
        for m in 1..=26 {
            for (blocks, k, later) in [(1, 1, 1), (2, 7, 3), (3, 20, 0)] {
                for_every_isa!(s => check(s, m, blocks, k, later));
            }
        }
        for_every_isa!(s => check(s, 80, 4, 40, 130));
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))] // a panic inside wasm ends the run
    fn a_slice_that_is_too_short_is_refused() {
        let s = crate::Scalar::new().expect("always there");
        let short = std::panic::catch_unwind(|| {
            let term = Term { weights: &[0.0; 3], input: &[0.0; 8], k: 1 };
            gemm(s, 4, 8, Start::Zero, &[term], &mut [0.0; 32]);
        });
        assert!(short.is_err());
    }
}
