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
    /// What another buffer holds: `[m][lanes]`.
    From(&'a [f32]),
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
///
/// # Panics
/// If a slice has not the right size.
pub fn pack<S: Simd>(
    _: S,
    m: usize,
    k: usize,
    source: &[f32],
    strides: Strides,
    packed: &mut [f32],
) {
    assert_eq!(packed.len(), m * k, "packed weights");
    if packed.is_empty() {
        return;
    }
    assert!(source.len() > (m - 1) * strides.row + (k - 1) * strides.step, "weights");
    for first in (0..m).step_by(S::TILE.rows) {
        let width = S::TILE.rows.min(m - first);
        for i in 0..width {
            // SAFETY: the panel starts after `first` whole rows of k and holds `width·k` values, of
            // which row i takes every `width`-th; the source holds m rows and k steps, see above.
            unsafe {
                let mut from = source.as_ptr().add((first + i) * strides.row);
                let mut to = packed.as_mut_ptr().add(first * k + i);
                for _ in 0..k {
                    *to = *from;
                    from = from.wrapping_add(strides.step);
                    to = to.wrapping_add(width);
                }
            }
        }
    }
}

/// `c = start + Σ termᵢ`; `c` is `[m][lanes]`, lanes being [`Simd::BLOCK`].
///
/// ```text
/// for each panel of rows:
///     acc[rows][vectors] = start
///     for each of the two terms, for k: acc[i][j] += weights[panel][k][i] · input[k][j]
///     c = acc
/// ```
///
/// # Panics
/// If a slice is too short, or there are more than two terms.
#[inline(never)]
pub fn gemm<S: Simd>(s: S, m: usize, start: Start<'_>, terms: &[Term<'_>], c: &mut [f32]) {
    assert!(c.len() >= m * S::BLOCK, "output");
    match start {
        Start::Bias(bias) => assert!(bias.len() >= m, "bias"),
        Start::From(from) => assert!(from.len() >= m * S::BLOCK, "start"),
        Start::Zero | Start::Accumulate => {}
    }
    assert!(terms.len() <= 2, "terms");
    for term in terms {
        assert!(term.weights.len() >= m * term.k, "weights");
        assert!(term.input.len() >= term.k * S::BLOCK, "input");
    }
    // Two that may be empty, so that their parts stay in registers.
    let terms = [0, 1].map(|i| terms.get(i).copied().unwrap_or(NOTHING));
    // The one way to the output from here on: it may be what the sums start from as well.
    let c = c.as_mut_ptr();
    // Where row 0 begins and how far apart the rows are: whole rows, or one value for each, which is
    // the same zero for all where there is no bias.
    let (first, stride) = match start {
        Start::Zero => (&raw const ZERO, 0),
        Start::Bias(bias) => (bias.as_ptr(), 1),
        Start::Accumulate => (c.cast_const(), S::BLOCK),
        Start::From(from) => (from.as_ptr(), S::BLOCK),
    };
    s.vectorize(
        #[inline(always)]
        || {
            // SAFETY: the sizes were checked above.
            unsafe {
                match start {
                    Start::Zero | Start::Bias(_) => {
                        panels::<S, false>(s, m, (first, stride), terms, c);
                    }
                    _ => panels::<S, true>(s, m, (first, stride), terms, c),
                }
            }
        },
    );
}

static ZERO: f32 = 0.0;

const NOTHING: Term<'static> = Term { weights: &[], input: &[], k: 0 };

/// # Safety
/// The bounds that [`gemm`] checks.
#[inline(always)]
unsafe fn panels<S: Simd, const ROWS: bool>(
    s: S,
    m: usize,
    (start, stride): (*const f32, usize),
    terms: [Term<'_>; 2],
    c: *mut f32,
) {
    const { assert!(matches!(S::TILE.columns, 2 | 4) && S::TILE.rows <= 12) };
    let weights = terms.map(|term| term.weights.as_ptr());
    let mut place = Place { weights, start, out: c };
    let mut left = m;
    macro_rules! tile {
        ($rows:literal) => {
            // SAFETY: the caller's; this panel holds exactly `$rows` rows.
            unsafe {
                match S::TILE.columns {
                    2 => tile::<S, $rows, 2, ROWS>(s, &mut place, stride, terms),
                    _ => tile::<S, $rows, 4, ROWS>(s, &mut place, stride, terms),
                }
            }
        };
    }
    macro_rules! panel {
        ($rows:expr) => {
            match $rows {
                1 => tile!(1),
                2 => tile!(2),
                rows if S::TILE.rows > 2 => match rows {
                    3 => tile!(3),
                    4 => tile!(4),
                    5 => tile!(5),
                    6 => tile!(6),
                    rows if S::TILE.rows > 6 => match rows {
                        7 => tile!(7),
                        8 => tile!(8),
                        9 => tile!(9),
                        10 => tile!(10),
                        11 => tile!(11),
                        _ => tile!(12),
                    },
                    _ => {}
                },
                _ => {}
            }
        };
    }
    while left >= S::TILE.rows {
        panel!(S::TILE.rows);
        left -= S::TILE.rows;
    }
    if left > 0 {
        panel!(left);
    }
}

/// Where a panel begins: its weights of both terms, what its sums start from, its results. Every
/// tile moves it on, which is less to do than to find the place anew.
struct Place {
    weights: [*const f32; 2],
    start: *const f32,
    out: *mut f32,
}

/// The next M rows of all lanes; N vectors are a block. They start from whole `ROWS`, `stride` apart,
/// or from a value each.
///
/// # Safety
/// The bounds that [`gemm`] checks, M rows left, and M the width of the panel.
#[inline(always)]
unsafe fn tile<S: Simd, const M: usize, const N: usize, const ROWS: bool>(
    s: S,
    place: &mut Place,
    stride: usize,
    terms: [Term<'_>; 2],
) {
    let mut acc = [[s.splat(0.0); N]; M];
    for row in &mut acc {
        // SAFETY: M rows are left, and what they start from was checked.
        *row =
            unsafe { if ROWS { vectors(s, place.start) } else { [s.load_splat(place.start); N] } };
        place.start = place.start.wrapping_add(stride);
    }
    for (term, w) in terms.iter().zip(&mut place.weights) {
        // SAFETY: panels follow one another, and this one has M·k weights; the input has k rows of a
        // block.
        unsafe {
            let mut x = term.input.as_ptr();
            for _ in 0..term.k {
                let lanes: [S::V; N] = vectors(s, x);
                for (r, row) in acc.iter_mut().enumerate() {
                    let weight = s.load_splat(w.add(r));
                    for (sum, &x) in row.iter_mut().zip(&lanes) {
                        *sum = s.mul_add(weight, x, *sum);
                    }
                }
                *w = w.add(M);
                x = x.add(S::BLOCK);
            }
        }
    }
    for (r, row) in acc.iter().enumerate() {
        for (j, &sum) in row.iter().enumerate() {
            // SAFETY: M rows are left.
            unsafe { s.store(place.out.add(r * S::BLOCK + j * S::LANES), sum) };
        }
    }
    place.out = place.out.wrapping_add(M * S::BLOCK);
}

/// `N` vectors, one after the other.
///
/// # Safety
/// All of them must be readable.
#[inline(always)]
unsafe fn vectors<S: Simd, const N: usize>(s: S, p: *const f32) -> [S::V; N] {
    let mut all = [s.splat(0.0); N];
    for (j, v) in all.iter_mut().enumerate() {
        // SAFETY: the caller vouches for all of them.
        *v = unsafe { s.load(p.add(j * S::LANES)) };
    }
    all
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

    fn check<S: Simd>(s: S, m: usize, k: usize, later: usize) {
        let lanes = S::BLOCK;
        let mut random = Random::new((m * 1000 + k) as u64);
        let a = [random.vec(m * k, -1., 1.), random.vec(m * later, -1., 1.)];
        let b = [random.vec(k * lanes, -1., 1.), random.vec(later * lanes, -1., 1.)];
        let (bias, before) = (random.vec(m, -1., 1.), random.vec(m * lanes, -1., 1.));
        let other = random.vec(m * lanes, -1., 1.);
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
        let starts = [Start::Zero, Start::Bias(&bias), Start::Accumulate, Start::From(&other)];
        for start in starts {
            let begin: Vec<f64> = (0..m * lanes)
                .map(|i| match start {
                    Start::Zero => 0.0,
                    Start::Bias(bias) => bias[i / lanes].into(),
                    Start::Accumulate => before[i].into(),
                    Start::From(other) => other[i].into(),
                })
                .collect();
            let want = oracle(m, lanes, &begin, &[(&a[0], &b[0], k), (&a[1], &b[1], later)]);
            let mut c = before.clone();
            gemm(s, m, start, &terms, &mut c);
            let label = format!("{} {m}×{k}+{later} {start:?}", name_of(s));
            assert_close(&label, &c, &want, 1e-5, 1e-5);
        }
    }

    #[test]
    fn every_shape_and_start_equals_the_sum_in_f64() {
        // All widths of the last panel, even of the tallest tile.
        for m in 1..=26 {
            for (k, later) in [(1, 1), (7, 3), (20, 0)] {
                for_every_isa!(s => check(s, m, k, later));
            }
        }
        for_every_isa!(s => check(s, 80, 40, 130));
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))] // a panic inside wasm ends the run
    fn a_slice_that_is_too_short_is_refused() {
        let s = crate::Scalar::new().expect("always there");
        let short = std::panic::catch_unwind(|| {
            let term = Term { weights: &[0.0; 3], input: &[0.0; 16], k: 1 };
            gemm(s, 4, Start::Zero, &[term], &mut [0.0; 64]);
        });
        assert!(short.is_err());
    }
}
