//! `C[examples, units] = start + Σ B[examples, k] · A[k, units]`: units in lanes, for batches of one
//! or two, where a block of example lanes would be mostly padding.

use crate::Simd;
use crate::gemm::{Start, Term};

/// `c = start + Σ termᵢ` for one or two examples. A term's weights are as Keras has them, `[k][units]`
/// (not packed), its input is `[examples][k]`; a bias is `[units]`; `c` is `[examples][units]`.
/// Any number of units.
///
/// # Panics
/// If a slice is too short, or there are not one or two examples.
#[inline(never)]
pub fn gemm_units<S: Simd>(
    s: S,
    examples: usize,
    units: usize,
    start: Start<'_>,
    terms: &[Term<'_>],
    c: &mut [f32],
) {
    assert!((1..=2).contains(&examples), "examples");
    assert!(c.len() >= examples * units, "output");
    if let Start::Bias(bias) = start {
        assert!(bias.len() >= units, "bias");
    }
    if let Start::From(from) = start {
        assert!(from.len() >= examples * units, "start");
    }
    for term in terms {
        assert!(term.weights.len() >= term.k * units, "weights");
        assert!(term.input.len() >= examples * term.k, "input");
    }
    s.vectorize(
        #[inline(always)]
        || {
            let wide = S::LANES * S::UNIT_TILE.columns;
            let (wide_end, narrow_end) = (units - units % wide, units - units % S::LANES);
            // SAFETY: the sizes were checked above; each run of units ends at or before `units`.
            unsafe {
                const { assert!(S::UNIT_TILE.rows == 2 && S::UNIT_TILE.columns == 4) };
                macro_rules! run {
                    ($columns:literal, $from:expr, $to:expr) => {
                        for j in ($from..$to).step_by(S::LANES * $columns) {
                            match examples {
                                1 => tile::<S, 1, $columns>(s, j, units, start, terms, c),
                                _ => tile::<S, 2, $columns>(s, j, units, start, terms, c),
                            }
                        }
                    };
                }
                run!(4, 0, wide_end);
                run!(1, wide_end, narrow_end);
            }
            for j in narrow_end..units {
                for e in 0..examples {
                    c[e * units + j] = single(e, j, units, start, terms, c[e * units + j]);
                }
            }
        },
    );
}

/// Units `j..j+N·LANES` of M examples.
///
/// # Safety
/// The bounds that [`gemm_units`] checks, and `j + N·LANES <= units`.
#[inline(always)]
unsafe fn tile<S: Simd, const M: usize, const N: usize>(
    s: S,
    j: usize,
    units: usize,
    start: Start<'_>,
    terms: &[Term<'_>],
    c: &mut [f32],
) {
    // SAFETY: every address is at most N vectors from j in a row of `units`, or one of the inputs.
    unsafe {
        let out = c.as_mut_ptr().add(j);
        let mut acc = [[s.splat(0.0); N]; M];
        for (e, row) in acc.iter_mut().enumerate() {
            for (v, sum) in row.iter_mut().enumerate() {
                *sum = match start {
                    Start::Zero => s.splat(0.0),
                    Start::Bias(bias) => s.load(bias.as_ptr().add(j + v * S::LANES)),
                    Start::Accumulate => s.load(out.add(e * units + v * S::LANES)),
                    Start::From(from) => s.load(from.as_ptr().add(e * units + j + v * S::LANES)),
                };
            }
        }
        for term in terms {
            let mut w = term.weights.as_ptr().add(j);
            for k in 0..term.k {
                let x: [S::V; M] =
                    core::array::from_fn(|e| s.load_splat(term.input.as_ptr().add(e * term.k + k)));
                #[allow(clippy::needless_range_loop)] // a column of the tile, not a row
                for v in 0..N {
                    let weight = s.load(w.add(v * S::LANES));
                    for e in 0..M {
                        acc[e][v] = s.mul_add(x[e], weight, acc[e][v]);
                    }
                }
                w = w.wrapping_add(units);
            }
        }
        for (e, row) in acc.iter().enumerate() {
            for (v, sum) in row.iter().enumerate() {
                s.store(out.add(e * units + v * S::LANES), *sum);
            }
        }
    }
}

/// One element: the units that fill no vector.
fn single(
    e: usize,
    j: usize,
    units: usize,
    start: Start<'_>,
    terms: &[Term<'_>],
    before: f32,
) -> f32 {
    let mut sum = match start {
        Start::Zero => 0.0,
        Start::Bias(bias) => bias[j],
        Start::Accumulate => before,
        Start::From(from) => from[e * units + j],
    };
    for term in terms {
        let input = &term.input[e * term.k..][..term.k];
        for (x, row) in input.iter().zip(term.weights.chunks_exact(units)) {
            sum += x * row[j];
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use unrolled_testing::{Random, assert_close};

    use super::*;
    use crate::check::{for_every_isa, name_of, test};

    #[test]
    fn every_shape_and_start_equals_the_sum_in_f64() {
        let mut random = Random::new(21);
        for examples in [1, 2] {
            for units in [1, 3, 4, 7, 16, 20, 33, 64, 77, 130] {
                for (k, later) in [(1, 0), (5, 20), (40, 3)] {
                    let weights =
                        [random.vec(k * units, -1., 1.), random.vec(later * units, -1., 1.)];
                    let inputs =
                        [random.vec(examples * k, -1., 1.), random.vec(examples * later, -1., 1.)];
                    let before = random.vec(examples * units, -1., 1.);
                    let bias = random.vec(units, -1., 1.);
                    let other = random.vec(examples * units, -1., 1.);
                    let starts =
                        [Start::Zero, Start::Bias(&bias), Start::Accumulate, Start::From(&other)];
                    let terms = [
                        Term { weights: &weights[0], input: &inputs[0], k },
                        Term { weights: &weights[1], input: &inputs[1], k: later },
                    ];
                    for start in starts {
                        let mut want = vec![0.0; examples * units];
                        for e in 0..examples {
                            for j in 0..units {
                                let mut sum = match start {
                                    Start::Zero => 0.0,
                                    Start::Bias(bias) => f64::from(bias[j]),
                                    Start::Accumulate => f64::from(before[e * units + j]),
                                    Start::From(other) => f64::from(other[e * units + j]),
                                };
                                for term in &terms {
                                    for i in 0..term.k {
                                        sum += f64::from(term.input[e * term.k + i])
                                            * f64::from(term.weights[i * units + j]);
                                    }
                                }
                                want[e * units + j] = sum;
                            }
                        }
                        for_every_isa!(s => {
                            let mut c = before.clone();
                            gemm_units(s, examples, units, start, &terms, &mut c);
                            let label = format!("{} {examples}×{units}×{k} {start:?}", name_of(s));
                            assert_close(&label, &c, &want, 1e-5, 1e-5);
                        });
                    }
                }
            }
        }
    }
}
