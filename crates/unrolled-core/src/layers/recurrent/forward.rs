//! The shared half of a recurrent layer's forward pass.

use unrolled_simd::Isa;
use unrolled_simd::kernels::{keep_valid, multiply};

use super::{Extent, Recurrent};
use crate::arena::{Buffer, split, split_both};
use crate::layers::{Pass, Wires};

/// The shared buffers of a forward pass, in the order of reading.
pub(in crate::layers) struct ForwardViews<'a> {
    s: Isa,
    extent: Extent,
    x: &'a [f32],
    h: &'a mut [f32],
    initial: &'a [f32],
    h_read: &'a mut [f32],
    h_mask: &'a [f32],
    mask: &'a [f32],
    dropped: bool,
}

/// The states around a step, `[units][lanes]` each.
pub(in crate::layers) struct States<'a> {
    s: Isa,
    /// `[lanes]`, of the step; `None` if everything is valid.
    mask: Option<&'a [f32]>,
    /// Before the step; `None` where that is zero.
    pub previous: Option<&'a [f32]>,
    /// The same as the matrix product reads it: with dropout.
    pub read: Option<&'a [f32]>,
    /// After the step.
    pub h: &'a mut [f32],
}

impl Recurrent {
    /// Reads input, masks and initial state; gives the shared buffers beside `own`.
    pub fn start_forward<'a, const N: usize>(
        &self,
        s: Isa,
        wires: &Wires,
        pass: &'a mut Pass<'_>,
        own: [&Buffer; N],
    ) -> (ForwardViews<'a>, [&'a mut [f32]; N]) {
        let extent = self.extent(wires, pass);
        let lanes = pass.lanes;
        let x = &wires.inputs[0];
        if let Some(key) = pass.dropout {
            let [x_mask, h_mask, scratch] =
                split(pass.arena, [&self.x_mask, &self.h_mask, &self.scratch]);
            if self.spec.dropout > 0.0 {
                key.fill(self.x_mask_number, self.spec.dropout, lanes, x_mask, scratch);
            }
            if self.spec.recurrent_dropout > 0.0 {
                key.fill(self.h_mask_number, self.spec.recurrent_dropout, lanes, h_mask, scratch);
            }
        }
        let (drops, backwards) = (self.drops(pass), self.spec.go_backwards);
        if drops || backwards {
            let [from, to, x_mask] = split(pass.arena, [&x.y, &self.x_read, &self.x_mask]);
            let k = extent.inputs * lanes;
            for (p, to) in to.chunks_exact_mut(k).enumerate() {
                let from = &from[extent.step_read(p) * k..][..k];
                if drops { multiply(s, from, x_mask, to) } else { to.copy_from_slice(from) }
            }
        }
        if !self.initial.is_empty() {
            if self.has_initial {
                let [from, to] = split(pass.arena, [&wires.inputs[1].y, &self.initial]);
                to.copy_from_slice(from);
            } else {
                pass.arena[self.initial.clone()].fill(0.0);
            }
        }
        if backwards && !wires.outputs[0].mask.is_empty() {
            let [from, to] = split(pass.arena, [&x.mask, &wires.outputs[0].mask]);
            for (from, to) in from.chunks_exact(lanes).rev().zip(to.chunks_exact_mut(lanes)) {
                to.copy_from_slice(from);
            }
        }
        let (source, dropped) = (self.x(x, pass).clone(), self.drops_state(pass));
        let shared = [&source, &self.h, &self.initial, &self.h_read, &self.h_mask, &x.mask];
        let (shared, own) = split_both(pass.arena, shared, own);
        let [x, h, initial, h_read, h_mask, mask] = shared;
        (ForwardViews { s, extent, x, h, initial, h_read, h_mask, mask, dropped }, own)
    }

    /// Gives the last state(s) to the outputs that want them. `c`: the second state of an LSTM.
    pub fn finish_forward(&self, wires: &Wires, pass: &mut Pass<'_>, c: &Buffer) {
        let Extent { time, n, .. } = self.extent(wires, pass);
        let last = |b: &Buffer| b.start + (time - 1) * n..b.start + time * n;
        for (i, output) in wires.outputs.iter().enumerate() {
            match i {
                0 if self.spec.return_sequences => {}
                0 | 1 => pass.arena.copy_within(last(&self.h), output.y.start),
                _ => pass.arena.copy_within(last(c), output.y.start),
            }
        }
    }
}

impl<'a> ForwardViews<'a> {
    /// The input that step `p` reads: `[in][lanes]`.
    #[inline(always)]
    pub fn input(&self, p: usize) -> &'a [f32] {
        let k = self.extent.inputs * self.extent.lanes;
        &self.x[p * k..][..k]
    }

    /// The states around step `p`.
    #[inline(always)]
    pub fn states(&mut self, p: usize) -> States<'_> {
        let n = self.extent.n;
        let (before, after) = self.h.split_at_mut(p * n);
        let previous = match p {
            0 => (!self.initial.is_empty()).then_some(self.initial),
            _ => Some(&before[(p - 1) * n..]),
        };
        let read = match previous {
            Some(previous) if self.dropped => {
                let read = &mut self.h_read[p * n..][..n];
                multiply(self.s, previous, self.h_mask, read);
                Some(&*read)
            }
            previous => previous,
        };
        let mask = self.extent.mask_at(self.mask, p);
        States { s: self.s, mask, previous, read, h: &mut after[..n] }
    }
}

impl States<'_> {
    /// Where the step is masked, the state before it is the state after.
    #[inline(always)]
    pub fn carry(self) {
        let Self { s, mask, previous, h, .. } = self;
        carry(s, mask, previous, h);
    }

    /// The same for the second state of an LSTM.
    #[inline(always)]
    pub fn carry_other(&self, previous: Option<&[f32]>, c: &mut [f32]) {
        carry(self.s, self.mask, previous, c);
    }
}

fn carry(s: Isa, mask: Option<&[f32]>, previous: Option<&[f32]>, state: &mut [f32]) {
    if let (Some(mask), Some(previous)) = (mask, previous) {
        keep_valid(s, mask, previous, state);
    }
}
