//! The lane layout: `[time][feature][lane]`, a lane being an example.
//!
//! A mini-batch is cut into blocks of [`Isa::block`](unrolled_simd::Isa::block) examples: sixteen on
//! four and eight lanes, so that a step of a block stays in the first-level cache and the usual
//! mini-batch of 32 is split in two. Each block runs forward and backward by itself, and its gradient is summed from zero; the blocks' gradients are added in the order of
//! the blocks. So blocks can be computed anywhere, in any order, without changing a bit.
//!
//! Lanes beyond a block's examples repeat its first example and weigh nothing: they stay finite
//! wherever the real ones do.

/// The reverse of [`gather`](unrolled_simd::gather): lanes `[rows][lanes]` into consecutive examples of `out`.
pub(crate) fn scatter(lanes_data: &[f32], rows: usize, lanes: usize, out: &mut [f32]) {
    for (lane, example) in out.chunks_exact_mut(rows).enumerate() {
        for (row, out) in example.iter_mut().enumerate() {
            *out = lanes_data[row * lanes + lane];
        }
    }
}

/// `out: [time][lanes]`: 1 where the step is valid for the lane's example, else 0. from: number of the
/// first step.
pub(crate) fn step_mask(
    lengths: &[u32],
    indices: &[u32],
    from: usize,
    lanes: usize,
    out: &mut [f32],
) {
    for (t, row) in (from..).zip(out.chunks_exact_mut(lanes)) {
        for (lane, out) in row.iter_mut().enumerate() {
            let index = indices[if lane < indices.len() { lane } else { 0 }] as usize;
            *out = f32::from(t < lengths[index] as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use unrolled_simd::kernels::gather;

    use super::*;

    #[test]
    fn gather_then_scatter_gives_the_examples_back() {
        for isa in unrolled_simd::Isa::available() {
            let lanes = isa.block();
            for (examples, rows) in [(1, 1), (5, 3), (8, 7), (lanes - 1, 2), (lanes, 5)] {
                let data: Vec<f32> = (0..examples * rows).map(|i| i as f32).collect();
                let indices: Vec<u32> = (0..examples as u32).rev().collect();
                let mut lanes_data = vec![f32::NAN; rows * lanes];
                gather(isa, &data, rows, rows, &indices, &mut lanes_data);
                let mut back = vec![0.0; examples * rows];
                scatter(&lanes_data, rows, lanes, &mut back);
                let reversed: Vec<f32> = data.chunks(rows).rev().flatten().copied().collect();
                assert_eq!(back, reversed, "{} {examples} examples, {rows} rows", isa.name());
            }
        }
    }

    #[test]
    fn a_step_is_valid_below_its_examples_length() {
        let mut mask = vec![9.0; 3 * 4];
        step_mask(&[1, 3, 2], &[1, 2], 0, 4, &mut mask);
        assert_eq!(mask, [1., 1., 1., 1., 1., 1., 1., 1., 1., 0., 1., 1.]);
        step_mask(&[1, 3, 2], &[1, 2], 2, 4, &mut mask[..4]);
        assert_eq!(mask[..4], [1., 0., 1., 1.]);
    }
}
