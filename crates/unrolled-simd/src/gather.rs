//! The way into the lane layout: a transposition of the picked examples.

/// Examples read side by side, so that the writes are runs of this many lanes.
const RUN: usize = 8;

/// Copies examples `[time][feature]` of `data` (`stride` values apart) into lanes
/// `out: [rows][lanes]`, `rows` = time·features; lanes beyond `indices` repeat the first.
///
/// # Panics
/// If an index is beyond the data, `indices` is empty, `out` is shorter than `rows·lanes`, or `lanes` is
/// no multiple of eight, which every block of lanes is.
#[inline(never)]
pub fn gather(
    data: &[f32],
    stride: usize,
    rows: usize,
    indices: &[u32],
    lanes: usize,
    out: &mut [f32],
) {
    let example = |lane: usize| {
        let index = indices[if lane < indices.len() { lane } else { 0 }] as usize;
        &data[index * stride..][..rows]
    };
    assert!(lanes.is_multiple_of(RUN), "lanes");
    for first in (0..lanes).step_by(RUN) {
        let examples: [&[f32]; RUN] = core::array::from_fn(|i| example(first + i));
        for row in 0..rows {
            let line: [f32; RUN] = core::array::from_fn(|i| examples[i][row]);
            out[row * lanes + first..][..RUN].copy_from_slice(&line);
        }
    }
}
