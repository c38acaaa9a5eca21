//! One allocation, carved into named buffers.

use core::ops::Range;

/// A buffer of the arena; `0..0` is no buffer.
pub(crate) type Buffer = Range<usize>;

/// Buffers start at multiples of this many values (a cache line).
const ALIGNMENT: usize = 16;

/// Hands out buffers one after the other.
#[derive(Debug, Default)]
pub(crate) struct Carver {
    end: usize,
}

impl Carver {
    /// The next `len` values.
    pub fn take(&mut self, len: usize) -> Buffer {
        let start = self.end;
        self.end = (start + len).next_multiple_of(ALIGNMENT);
        if len == 0 { 0..0 } else { start..start + len }
    }

    /// `take(len)` if `wanted`, else no buffer.
    pub fn take_if(&mut self, wanted: bool, len: usize) -> Buffer {
        self.take(if wanted { len } else { 0 })
    }

    /// Values needed for all that was taken.
    pub fn len(&self) -> usize {
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

/// A cache line of values: gives the arena its alignment.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line([f32; ALIGNMENT]);

/// The allocation: it only grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Vec<Line>);

impl Lines {
    /// Makes room for `len` values.
    pub fn resize(&mut self, len: usize) {
        let lines = len.div_ceil(ALIGNMENT);
        if lines > self.0.len() {
            self.0.resize(lines, Line([0.0; ALIGNMENT]));
        }
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
