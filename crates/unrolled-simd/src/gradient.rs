//! Gradients of weights: products of two sequences, summed over time and lanes.

use std::hint::black_box;
use std::mem::MaybeUninit;

use crate::Simd;

/// A sequence in the lane layout: row `r` of step `t` starts at `t·stride + r·lanes`, lanes being
/// [`Simd::BLOCK`].
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// From the first row of the first step.
    pub data: &'a [f32],
    /// Between steps.
    pub stride: usize,
}

impl Steps<'_> {
    fn covers(&self, time: usize, len: usize) -> bool {
        time == 0 || len == 0 || self.data.len() >= (time - 1) * self.stride + len
    }
}

/// Shape of a gradient and where it goes.
#[derive(Clone, Copy, Debug)]
pub struct GradientShape {
    /// Rows: inputs of the kernel.
    pub rows: usize,
    /// Columns: units.
    pub columns: usize,
    /// Between the rows of the output.
    pub stride: usize,
    /// Time steps.
    pub time: usize,
}

/// Columns of a strip; rows that [`bias_gradient`] sums side by side, as one sum would wait for its own
/// additions.
const WIDTH: usize = 4;

/// Steps × lanes that a tile sums in registers before it adds them up.
const CHUNK: usize = 512;
/// Tiles of rows that share a chunk of four columns, so that both stay in the first-level cache:
/// four columns and the rows take 40 KB at most.
const TILES: usize = 8;

/// Of a kernel with more weights than this, a chunk of both sequences is first [copied](copy): 2 to 5 %
/// of a step of layers of 64 and 128 units in V8. With fewer the copies cost more than they give.
/// Vectors wider than four are not copied: chunks this short cost them 7 %.
const SMALL: usize = 2048;
/// [`CHUNK`], and the rows that share columns, where chunks are copied: 34 KB.
const COPIED_CHUNK: usize = 128;
const COPIED_ROWS: usize = 64;

/// `d_w[i][j] += Σ_t Σ_lane x[t][i][lane] · d_z[t][j][lane]`.
///
/// A tile of accumulators stays in registers over a chunk of time; its lanes are added once at the
/// end of the chunk.
///
/// # Panics
/// If a slice is too short.
pub fn kernel_gradient<S: Simd>(
    s: S,
    shape: GradientShape,
    x: Steps<'_>,
    d_z: Steps<'_>,
    d_w: &mut [f32],
) {
    let GradientShape { rows, columns, stride, time } = shape;
    assert!(x.covers(time, rows * S::BLOCK), "x");
    assert!(d_z.covers(time, columns * S::BLOCK), "d_z");
    assert!(rows == 0 || d_w.len() >= (rows - 1) * stride + columns, "d_w");
    if S::LANES == 4 && rows * columns > SMALL {
        chunks::<S, true>(s, shape, x, d_z, d_w);
    } else {
        chunks::<S, false>(s, shape, x, d_z, d_w);
    }
}

/// [`kernel_gradient`], chunk by chunk and block of rows by block of rows, each copied first if
/// `COPIED`.
fn chunks<S: Simd, const COPIED: bool>(
    s: S,
    GradientShape { rows, columns, stride, time }: GradientShape,
    x: Steps<'_>,
    d_z: Steps<'_>,
    d_w: &mut [f32],
) {
    let (chunk, block) =
        if COPIED { (COPIED_CHUNK, COPIED_ROWS) } else { (CHUNK, TILES * S::GRADIENT_TILE.rows) };
    let chunk = chunk / S::BLOCK;
    let mut copied = Copied::<COPIED_ROWS>::uninit();
    for t in (0..time).step_by(chunk) {
        let steps = chunk.min(time - t);
        for i in (0..rows).step_by(block) {
            let size = (block.min(rows - i), steps);
            let (whole, rest) = (columns / WIDTH, columns % WIDTH);
            // SAFETY: the rows from i and all columns are inside the sizes checked above, over
            // `steps` steps from t; the whole strips end where the rest begins. A block of rows and a
            // chunk have room in the copy.
            unsafe {
                let mut x = (x.data.as_ptr().add(t * x.stride + i * S::BLOCK), x.stride);
                if COPIED {
                    copy_rows(s, size, x, copied.as_mut_ptr().cast());
                    x.0 = copied.as_ptr().cast();
                }
                let z = d_z.data.as_ptr().add(t * d_z.stride);
                let out = d_w.as_mut_ptr().add(i * stride);
                strips::<S, WIDTH, COPIED>(s, whole, size, x, (z, d_z.stride), (out, stride));
                let z = (z.add(whole * WIDTH * S::BLOCK), d_z.stride);
                let out = (out.add(whole * WIDTH), stride);
                match rest {
                    1 => strips::<S, 1, COPIED>(s, 1, size, x, z, out),
                    2 => strips::<S, 2, COPIED>(s, 1, size, x, z, out),
                    3 => strips::<S, 3, COPIED>(s, 1, size, x, z, out),
                    _ => {}
                }
            }
        }
    }
}

/// A chunk of `R` rows, each in one piece: then one loop with one condition goes through steps and
/// lanes.
#[repr(C, align(64))] // a cache line, so that no vector straddles two
struct Rows<const R: usize>([[f32; COPIED_CHUNK]; R]);
type Copied<const R: usize> = MaybeUninit<Rows<R>>;

/// [`copy`] of a block of rows.
///
/// # Safety
/// As [`copy`].
#[inline(never)]
unsafe fn copy_rows<S: Simd>(s: S, size: (usize, usize), from: (*const f32, usize), to: *mut f32) {
    // SAFETY: the caller's.
    s.vectorize(
        #[inline(always)]
        || unsafe { copy(s, size, from, to) },
    );
}

/// Copies `rows` rows over `time` steps to where each is in one piece, [`COPIED_CHUNK`] apart.
///
/// # Safety
/// `from` holds the rows of a block at each step, `to` that many pieces; a chunk has the steps.
#[inline(always)]
unsafe fn copy<S: Simd>(
    s: S,
    (rows, time): (usize, usize),
    (mut from, stride): (*const f32, usize),
    mut to: *mut f32,
) {
    for _ in 0..time {
        for r in 0..rows {
            for lane in (0..S::BLOCK).step_by(S::LANES) {
                // SAFETY: the caller's.
                unsafe {
                    s.store(to.add(r * COPIED_CHUNK + lane), s.load(from.add(r * S::BLOCK + lane)));
                }
            }
        }
        from = from.wrapping_add(stride);
        to = to.wrapping_add(S::BLOCK);
    }
}

/// `count` strips of `N` columns, each of `rows` rows over `time` steps, tile by tile. A function of
/// its own, so that the engine has all its registers for the loop.
///
/// Where `x` (`COPIED` if so), `d_z` and `d_w` begin, and how far apart steps (of `d_w`: rows) are.
///
/// # Safety
/// `x` holds `rows` and `d_z` `count·N` rows of a block at each of `time` steps; `d_w` `count·N` values
/// in each of `rows` rows.
#[inline(never)]
unsafe fn strips<S: Simd, const N: usize, const COPIED: bool>(
    s: S,
    count: usize,
    (rows, time): (usize, usize),
    x: (*const f32, usize),
    (mut d_z, z_stride): (*const f32, usize),
    (mut d_w, stride): (*mut f32, usize),
) {
    const { assert!(S::GRADIENT_TILE.columns == WIDTH && matches!(S::GRADIENT_TILE.rows, 2..=4)) };
    let mut copied = Copied::<N>::uninit();
    // S::BLOCK is hidden from LLVM: it would unroll the loop over lanes, and V8 then spill.
    let runs = if COPIED { (1, time * S::BLOCK) } else { (time, black_box(S::BLOCK)) };
    s.vectorize(
        #[inline(always)]
        || {
            for _ in 0..count {
                let mut z = (d_z, z_stride);
                if COPIED {
                    // SAFETY: the caller's; there is room for N rows.
                    unsafe { copy(s, (N, time), z, copied.as_mut_ptr().cast()) };
                    z.0 = copied.as_ptr().cast();
                }
                let (mut row, mut out, mut left) = (x.0, d_w, rows);
                let next = if COPIED { COPIED_CHUNK } else { S::BLOCK };
                macro_rules! tile {
                    ($m:literal) => {
                        // SAFETY: the caller's; `$m` rows are left.
                        unsafe {
                            tile::<S, $m, N, COPIED>(s, runs, (row, x.1), z, (out, stride));
                        }
                    };
                }
                while left >= S::GRADIENT_TILE.rows {
                    match S::GRADIENT_TILE.rows {
                        2 => tile!(2),
                        3 => tile!(3),
                        _ => tile!(4),
                    }
                    row = row.wrapping_add(S::GRADIENT_TILE.rows * next);
                    out = out.wrapping_add(S::GRADIENT_TILE.rows * stride);
                    left -= S::GRADIENT_TILE.rows;
                }
                match left {
                    1 => tile!(1),
                    2 if S::GRADIENT_TILE.rows > 2 => tile!(2),
                    3 if S::GRADIENT_TILE.rows > 3 => tile!(3),
                    _ => {}
                }
                d_z = d_z.wrapping_add(N * S::BLOCK);
                d_w = d_w.wrapping_add(N);
            }
        },
    );
}

/// One tile: `count` runs of `len` values, the next a stride further; where its rows, its columns and
/// its results begin, and how far apart runs (of the results: rows) are.
///
/// # Safety
/// As [`strips`], with M rows and N columns.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // iterators here make V8 spill: 10 % slower
unsafe fn tile<S: Simd, const M: usize, const N: usize, const COPIED: bool>(
    s: S,
    (count, len): (usize, usize),
    (mut x, x_stride): (*const f32, usize),
    (mut d_z, z_stride): (*const f32, usize),
    (d_w, stride): (*mut f32, usize),
) {
    let next = const { if COPIED { COPIED_CHUNK } else { S::BLOCK } };
    let mut acc = [[s.splat(0.0); N]; M];
    for _ in 0..count {
        let mut at = 0;
        while at < len {
            // SAFETY: the caller's bounds.
            unsafe {
                let (x, d_z) = (x.add(at), d_z.add(at));
                // Flat tiles keep the columns in registers: V8 gains 2 %. Tall ones keep the rows:
                // on AVX2 there is no room for both.
                if M < 3 {
                    let mut columns = [s.splat(0.0); N];
                    for c in 0..N {
                        columns[c] = s.load(d_z.add(c * next));
                    }
                    for r in 0..M {
                        let x = s.load(x.add(r * next));
                        for c in 0..N {
                            acc[r][c] = s.mul_add(x, columns[c], acc[r][c]);
                        }
                    }
                } else {
                    let mut rows = [s.splat(0.0); M];
                    for r in 0..M {
                        rows[r] = s.load(x.add(r * next));
                    }
                    for c in 0..N {
                        let z = s.load(d_z.add(c * next));
                        for r in 0..M {
                            acc[r][c] = s.mul_add(rows[r], z, acc[r][c]);
                        }
                    }
                }
            }
            at += S::LANES;
        }
        x = x.wrapping_add(x_stride);
        d_z = d_z.wrapping_add(z_stride);
    }
    for (r, row) in acc.iter().enumerate() {
        // SAFETY: the caller's bounds.
        let out = unsafe { &mut *d_w.add(r * stride).cast::<[f32; N]>() };
        if N == 4 {
            let sums = s.sum4(core::array::from_fn(|c| row[c % N]));
            for (out, sum) in out.iter_mut().zip(sums) {
                *out += sum;
            }
        } else {
            for (out, sum) in out.iter_mut().zip(row) {
                *out += s.sum(*sum);
            }
        }
    }
}

/// `d_bias[j] += Σ_t Σ_lane d_z[t][j][lane]`.
///
/// # Panics
/// If a slice is too short.
#[inline(never)]
pub fn bias_gradient<S: Simd>(s: S, time: usize, d_z: Steps<'_>, d_bias: &mut [f32]) {
    assert!(d_z.covers(time, d_bias.len() * S::BLOCK), "d_z");
    s.vectorize(
        #[inline(always)]
        || {
            for (j, d_bias) in d_bias.chunks_mut(WIDTH).enumerate() {
                // The last rows are summed by themselves.
                if let Ok(d_bias) = <&mut [f32; WIDTH]>::try_from(&mut *d_bias) {
                    // SAFETY: WIDTH rows from WIDTH·j are inside what was checked above.
                    unsafe { bias_tile(s, time, d_z, WIDTH * j, d_bias) };
                } else {
                    for (r, d_bias) in d_bias.iter_mut().enumerate() {
                        let d_bias = core::array::from_mut(d_bias);
                        // SAFETY: as above.
                        unsafe { bias_tile(s, time, d_z, WIDTH * j + r, d_bias) };
                    }
                }
            }
        },
    );
}

/// # Safety
/// `d_z` holds rows `j..j+N` at each of `time` steps.
#[inline(always)]
unsafe fn bias_tile<S: Simd, const N: usize>(
    s: S,
    time: usize,
    d_z: Steps<'_>,
    j: usize,
    d_bias: &mut [f32; N],
) {
    let mut acc = [s.splat(0.0); N];
    let mut row = d_z.data.as_ptr().wrapping_add(j * S::BLOCK);
    for _ in 0..time {
        for lane in (0..S::BLOCK).step_by(S::LANES) {
            for (r, acc) in acc.iter_mut().enumerate() {
                // SAFETY: the caller's.
                *acc = s.add(*acc, unsafe { s.load(row.add(r * S::BLOCK + lane)) });
            }
        }
        row = row.wrapping_add(d_z.stride);
    }
    for (d_bias, acc) in d_bias.iter_mut().zip(acc) {
        *d_bias += s.sum(acc);
    }
}

#[cfg(test)]
mod tests {
    use unrolled_testing::{Random, assert_close};

    use super::*;
    use crate::check::{for_every_isa, name_of, test};

    fn check<S: Simd>(s: S, rows: usize, columns: usize, time: usize) {
        let lanes = S::BLOCK;
        let mut random = Random::new((rows * 100 + columns * 10 + time) as u64);
        // Steps further apart than their rows, and a kernel wider than the columns written.
        let (x_stride, z_stride) = ((rows + 1) * lanes, (columns + 2) * lanes);
        let stride = columns + 3;
        let x = random.vec(time * x_stride, -1., 1.);
        let d_z = random.vec(time * z_stride, -1., 1.);
        let before = random.vec(rows * stride, -1., 1.);
        let mut want: Vec<f64> = before.iter().map(|&w| w.into()).collect();
        let mut want_bias = vec![0.0; columns];
        for t in 0..time {
            for l in 0..lanes {
                for j in 0..columns {
                    let d = f64::from(d_z[t * z_stride + j * lanes + l]);
                    want_bias[j] += d;
                    for i in 0..rows {
                        want[i * stride + j] += d * f64::from(x[t * x_stride + i * lanes + l]);
                    }
                }
            }
        }
        let mut d_w = before.clone();
        let shape = GradientShape { rows, columns, stride, time };
        let d_z = Steps { data: &d_z, stride: z_stride };
        kernel_gradient(s, shape, Steps { data: &x, stride: x_stride }, d_z, &mut d_w);
        let label = format!("{} {rows}×{columns}, {time} steps", name_of(s));
        let floor = 1e-6 * (time * lanes) as f64;
        assert_close(&label, &d_w, &want, 1e-5, floor);
        let mut d_bias = vec![0.0; columns];
        bias_gradient(s, time, d_z, &mut d_bias);
        assert_close(&format!("bias, {label}"), &d_bias, &want_bias, 1e-5, floor);
    }

    #[test]
    fn every_shape_equals_the_sum_in_f64() {
        for rows in 1..=9 {
            for columns in 1..=9 {
                for_every_isa!(s => check(s, rows, columns, 3));
            }
        }
        // Longer than a chunk, one step.
        for (rows, columns, time) in [(20, 21, 150), (17, 5, 1), (1, 80, 50), (5, 1, 700)] {
            for_every_isa!(s => check(s, rows, columns, time));
        }
        // Copied: more rows than a copy holds, every rest of a strip, one step.
        for (rows, columns, time) in [(67, 32, 19), (23, 101, 16), (21, 102, 9), (22, 103, 1)] {
            assert!(rows * columns > SMALL);
            for_every_isa!(s => check(s, rows, columns, time));
        }
    }
}
