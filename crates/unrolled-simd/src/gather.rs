//! The way into the lane layout: a transposition of the picked examples.

use crate::Simd;

/// Copies examples of `rows` values each (`stride` apart in `data`) into lanes `out: [rows][lanes]`,
/// lanes being [`Simd::BLOCK`]; lanes beyond `indices` repeat the first example.
///
/// # Panics
/// If an index is beyond the data, `indices` is empty, or `out` is shorter than `rows·lanes`.
#[inline(never)]
pub fn gather<S: Simd>(
    s: S,
    data: &[f32],
    stride: usize,
    rows: usize,
    indices: &[u32],
    out: &mut [f32],
) {
    const { assert!(S::BLOCK.is_multiple_of(SQUARE)) };
    let example = |lane: usize| {
        let index = indices[if lane < indices.len() { lane } else { 0 }] as usize;
        &data[index * stride..][..rows]
    };
    let out = &mut out[..rows * S::BLOCK];
    for first in (0..S::BLOCK).step_by(SQUARE) {
        let examples: [&[f32]; SQUARE] = core::array::from_fn(|i| example(first + i));
        if rows < SQUARE {
            for row in 0..rows {
                let line: [f32; SQUARE] = core::array::from_fn(|i| examples[i][row]);
                out[row * S::BLOCK + first..][..SQUARE].copy_from_slice(&line);
            }
            continue;
        }
        for row in (0..rows).step_by(SQUARE) {
            // The last square begins earlier where it would stand over the end.
            let row = row.min(rows - SQUARE);
            let to = &mut out[row * S::BLOCK + first..];
            // SAFETY: four rows from `row` are inside each example and `out`, and four lanes from
            // `first` inside each row of `out`.
            unsafe {
                let from = examples.map(|example| example.as_ptr().add(row));
                s.transpose4(from, to.as_mut_ptr(), S::BLOCK);
            }
        }
    }
}

/// Examples and values of an example that are transposed at once.
const SQUARE: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{for_every_isa, name_of, test};

    fn check<S: Simd>(s: S, rows: usize) {
        let stride = rows + 3;
        let data: Vec<f32> = (0..40 * stride).map(|i| i as f32).collect();
        for examples in [1, S::BLOCK - 1, S::BLOCK] {
            let indices: Vec<u32> = (0..examples as u32).map(|i| i * 7 % 40).collect();
            let mut out = vec![f32::NAN; rows * S::BLOCK];
            gather(s, &data, stride, rows, &indices, &mut out);
            for (row, lanes) in out.chunks_exact(S::BLOCK).enumerate() {
                for (lane, &value) in lanes.iter().enumerate() {
                    let index = indices.get(lane).unwrap_or(&indices[0]);
                    let want = data[*index as usize * stride + row];
                    assert_eq!(value, want, "{} {rows} rows, row {row}, lane {lane}", name_of(s));
                }
            }
        }
    }

    #[test]
    fn every_lane_holds_its_example_or_the_first() {
        for rows in 1..=13 {
            for_every_isa!(s => check(s, rows));
        }
    }
}
