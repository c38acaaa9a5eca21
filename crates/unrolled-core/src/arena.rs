//! One allocation, carved into named buffers.

use core::ops::Range;

use unrolled_spec::memory::{self, Shortage};

/// A buffer of the arena; `0..0` is no buffer.
pub(crate) type Buffer = Range<usize>;

/// Buffers start at multiples of this many values (a cache line).
const ALIGNMENT: usize = 16;

/// Hands out buffers one after the other. It counts in 64 bits: what does not fit where addresses have
/// 32 must not seem small. Such buffers make no sense, but [`Lines::resize`] refuses their length.
#[derive(Debug, Default)]
pub(crate) struct Carver {
    end: u64,
}

impl Carver {
    /// The next `steps·len` values. Not inlined: there are many calls, and none is hot.
    #[inline(never)]
    pub fn take(&mut self, steps: usize, len: usize) -> Buffer {
        let start = self.end;
        let end = (steps as u64).saturating_mul(len as u64).saturating_add(start);
        self.end = end.checked_next_multiple_of(ALIGNMENT as u64).unwrap_or(u64::MAX);
        if end == start { 0..0 } else { start as usize..end as usize }
    }

    /// `take(steps, len)` if `wanted`, else no buffer.
    pub fn take_if(&mut self, wanted: bool, steps: usize, len: usize) -> Buffer {
        self.take(if wanted { steps } else { 0 }, len)
    }

    /// Values needed for all that was taken.
    pub fn len(&self) -> u64 {
        self.end
    }
}

/// Several buffers at once. They never overlap, but for `0..0`.
#[inline]
pub(crate) fn split<'a, const N: usize>(
    arena: &'a mut [f32],
    buffers: [&Buffer; N],
) -> [&'a mut [f32]; N] {
    arena.get_disjoint_mut(buffers.map(Clone::clone)).expect("buffers are disjoint")
}

/// Most buffers that [`split_both`] takes.
const MOST: usize = 24;

/// [`split`] of two lists at once, of at most [`MOST`] buffers together.
pub(crate) fn split_both<'a, const A: usize, const B: usize>(
    arena: &'a mut [f32],
    a: [&Buffer; A],
    b: [&Buffer; B],
) -> ([&'a mut [f32]; A], [&'a mut [f32]; B]) {
    const { assert!(A + B <= MOST) };
    // In the order of the arena; a score of buffers needs no better sort.
    let mut order = [(0, 0, 0); MOST];
    for (i, buffer) in a.into_iter().chain(b).enumerate() {
        let mut at = i;
        while at > 0 && order[at - 1].0 > buffer.start {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[at] = (buffer.start, buffer.len(), i);
    }
    let mut found: [&mut [f32]; MOST] = core::array::from_fn(|_| &mut [][..]);
    let (mut rest, mut end) = (arena, 0);
    for &(start, len, i) in &order[..A + B] {
        if len > 0 {
            let (_, after) = rest.split_at_mut(start - end);
            (found[i], rest) = after.split_at_mut(len);
            end = start + len;
        }
    }
    let mut found = found.into_iter();
    let mut next = |_| found.next().expect("A + B buffers");
    (core::array::from_fn(&mut next), core::array::from_fn(&mut next))
}

/// A cache line of values: gives the arena its alignment.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line([f32; ALIGNMENT]);

/// The allocation: it only grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Vec<Line>);

impl Lines {
    /// Makes room for `len` values; what stood there may be lost.
    pub fn resize(&mut self, len: u64) -> Result<(), Shortage> {
        let lines = len.div_ceil(ALIGNMENT as u64);
        if lines > self.0.len() as u64 {
            memory::resize(&mut self.0, lines, Line([0.0; ALIGNMENT]))?;
        }
        Ok(())
    }

    pub fn as_slice(&self) -> &[f32] {
        // SAFETY: a line is exactly ALIGNMENT values of f32, without padding.
        unsafe { core::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() * ALIGNMENT) }
    }

    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        let len = self.0.len() * ALIGNMENT;
        // SAFETY: as above.
        unsafe { core::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_aligned_and_do_not_overlap() {
        let mut carver = Carver::default();
        let buffers = [carver.take(3, 7), carver.take_if(false, 9, 9), carver.take(1, 16)];
        assert_eq!(buffers, [0..21, 0..0, 32..48]);
        assert_eq!(carver.len(), 48);
        let mut arena = Lines::default();
        arena.resize(carver.len()).unwrap();
        assert_eq!(arena.as_slice().len(), 48);
    }

    #[test]
    fn what_no_address_can_reach_is_refused_and_not_taken_for_small() {
        for (steps, len) in [(1 << 30, 1 << 28), (usize::MAX, usize::MAX), (usize::MAX, 1)] {
            let mut carver = Carver::default();
            carver.take(steps, len);
            carver.take(1, 16);
            let mut arena = Lines::default();
            assert!(arena.resize(carver.len()).is_err(), "{steps} × {len}");
            arena.resize(16).unwrap();
        }
    }
}
