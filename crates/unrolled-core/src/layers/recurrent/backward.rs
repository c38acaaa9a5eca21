//! The shared half of a recurrent layer's backward pass.

use unrolled_simd::kernels::{
    add_assign, bias_gradient, gemm, kernel_gradient, multiply, multiply_add, set_invalid_aside,
};
use unrolled_simd::{GradientShape, Isa, Start, Steps, Term};

use super::{Extent, Recurrent};
use crate::arena::{Buffer, split, split_both};
use crate::layers::{Gradient, Pass, Wires};
use crate::params::Params;

/// The shared buffers of a backward pass, in the order of reading.
pub(in crate::layers) struct BackwardViews<'a> {
    s: Isa,
    extent: Extent,
    x: &'a [f32],
    h: &'a [f32],
    initial: &'a [f32],
    h_read: &'a [f32],
    h_mask: &'a [f32],
    mask: &'a [f32],
    x_mask: &'a [f32],
    d_x: &'a mut [f32],
    d_y: &'a [f32],
    /// `[units][lanes]`: gradient of the state after the present step.
    pub d_h: &'a mut [f32],
    passed: &'a mut [f32],
    scratch: &'a mut [f32],
    /// What happens to the input's gradient.
    mode: Gradient,
    /// Whether the output is the whole sequence.
    sequences: bool,
    dropped_input: bool,
    dropped: bool,
}

/// The state before each step as the matrix product read it.
#[derive(Clone, Copy)]
pub(in crate::layers) struct StatesRead<'a> {
    /// Before the first step; `None` where that is zero.
    pub first: Option<&'a [f32]>,
    /// Before the steps after it.
    pub later: Steps<'a>,
}

impl Recurrent {
    /// Begins the gradient of the last state: what reaches it from the outputs.
    pub fn begin_backward(&self, s: Isa, wires: &Wires, pass: &mut Pass<'_>) {
        let Extent { time, n, .. } = self.extent(wires, pass);
        let [d_y, d_h] = split(pass.arena, [d_output(wires), &self.d_h]);
        outside_gradient(d_y, self.spec.return_sequences, [time - 1, time], n, d_h);
        self.add_output_state_gradient(s, 1, wires, pass.arena, &self.d_h);
    }

    /// Adds the gradient of state number `i` given out after the last step to `d_state`.
    pub fn add_output_state_gradient(
        &self,
        s: Isa,
        i: usize,
        wires: &Wires,
        arena: &mut [f32],
        d_state: &Buffer,
    ) {
        if wires.reached.get(i).copied().unwrap_or(false) {
            let [d_y, d_state] = split(arena, [&wires.outputs[i].d_y, d_state]);
            add_assign(s, d_y, d_state);
        }
    }

    /// The shared buffers of the backward pass beside `own`.
    pub fn start_backward<'a, const N: usize>(
        &self,
        s: Isa,
        wires: &Wires,
        pass: &'a mut Pass<'_>,
        own: [&Buffer; N],
    ) -> (BackwardViews<'a>, [&'a mut [f32]; N]) {
        let x = &wires.inputs[0];
        let extent = self.extent(wires, pass);
        let (dropped_input, dropped) = (self.drops(pass), self.drops_state(pass));
        let shared = [
            self.x(x, pass),
            &self.h,
            &self.initial,
            &self.h_read,
            &self.h_mask,
            &x.mask,
            &self.x_mask,
            &x.d_y,
            d_output(wires),
            &self.d_h,
            &self.passed,
            &self.scratch,
        ];
        let (shared, own) = split_both(pass.arena, shared, own);
        let [x, h, initial, h_read, h_mask, mask, x_mask, d_x, d_y, d_h, passed, scratch] = shared;
        let views = BackwardViews {
            s,
            extent,
            x,
            h,
            initial,
            h_read,
            h_mask,
            mask,
            x_mask,
            d_x,
            d_y,
            d_h,
            passed,
            scratch,
            mode: wires.gradients[0],
            sequences: self.spec.return_sequences,
            dropped_input,
            dropped,
        };
        (views, own)
    }

    /// Gives the gradient of h before the first step to input number `i`.
    pub fn give_initial_gradient(&self, s: Isa, i: usize, wires: &Wires, arena: &mut [f32]) {
        self.give_other_initial_gradient(s, i, wires, arena, &self.d_h);
    }

    /// Gives `d_state`, the gradient of a state before the first step, to input number `i`.
    pub fn give_other_initial_gradient(
        &self,
        s: Isa,
        i: usize,
        wires: &Wires,
        arena: &mut [f32],
        d_state: &Buffer,
    ) {
        if !self.has_initial || wires.gradients[i] == Gradient::Unused {
            return;
        }
        let [d_input, d_state] = split(arena, [&wires.inputs[i].d_y, d_state]);
        match wires.gradients[i] {
            Gradient::Add => add_assign(s, d_state, d_input),
            _ => d_input.copy_from_slice(d_state),
        }
    }

    /// Adds the gradients of all parameters of a layer whose input and state products have the same
    /// gradient: `d_z: [time][gates·units][lanes]`.
    pub fn parameter_gradients(
        &self,
        views: &BackwardViews<'_>,
        d_z: Steps<'_>,
        params: &Params,
        gradients: &mut [f32],
    ) {
        let ranges = params.ranges();
        let d_kernel = &mut gradients[ranges[self.kernel].clone()];
        let columns = d_kernel.len() / self.inputs;
        views.input_kernel_gradient(d_z, columns, d_kernel);
        let d_kernel = &mut gradients[ranges[self.recurrent_kernel].clone()];
        views.recurrent_kernel_gradient(views.states_read(), d_z, columns, columns, d_kernel);
        if let Some(bias) = self.bias {
            views.bias_gradient(d_z, &mut gradients[ranges[bias].clone()]);
        }
    }
}

/// The gradient of the first output; no buffer if none reaches it.
fn d_output(wires: &Wires) -> &Buffer {
    const NONE: &Buffer = &(0..0);
    if wires.reached[0] { &wires.outputs[0].d_y } else { NONE }
}

/// `d_h` = the gradient that reaches the state after step `p` of `time` from outside.
#[inline(always)]
fn outside_gradient(
    d_y: &[f32],
    sequences: bool,
    [p, time]: [usize; 2],
    n: usize,
    d_h: &mut [f32],
) {
    if d_y.is_empty() || (!sequences && p + 1 < time) {
        d_h.fill(0.0);
    } else {
        d_h.copy_from_slice(&d_y[if sequences { p * n } else { 0 }..][..n]);
    }
}

impl<'a> BackwardViews<'a> {
    /// Sizes of the pass.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The state after step `p`.
    #[inline(always)]
    pub fn h(&self, p: usize) -> &'a [f32] {
        let n = self.extent.n;
        &self.h[p * n..][..n]
    }

    /// The state before step `p`; `None` where that is zero.
    #[inline(always)]
    pub fn previous(&self, p: usize) -> Option<&'a [f32]> {
        match p {
            0 => (!self.initial.is_empty()).then_some(self.initial),
            _ => Some(self.h(p - 1)),
        }
    }

    /// The states before the steps as the matrix product read them.
    pub fn states_read(&self) -> StatesRead<'a> {
        let n = self.extent.n;
        let starts = !self.initial.is_empty();
        let (first, later) = match self.dropped {
            true => (starts.then(|| &self.h_read[..n]), &self.h_read[n..]),
            false => (starts.then_some(self.initial), self.h),
        };
        StatesRead { first, later: Steps { data: later, stride: n } }
    }

    /// `d_h` = what reaches the state after step `p`, which is not the last: from outside, and from
    /// the step after by [`Self::add_state_gradient`].
    #[inline(always)]
    pub fn take_state_gradient(&mut self, p: usize, terms: &[Term<'_>]) {
        let Extent { units, time, n, .. } = self.extent;
        if self.dropped {
            outside_gradient(self.d_y, self.sequences, [p, time], n, self.d_h);
            return self.add_state_gradient(terms);
        }
        let start = match self.sequences && !self.d_y.is_empty() {
            true => Start::From(&self.d_y[p * n..][..n]),
            false => Start::Zero,
        };
        gemm(self.s, units, start, terms, self.d_h);
        self.add_passed();
    }

    /// Adds to `d_h` what reaches the state after step `p`, which is not the last, from outside.
    #[inline(always)]
    pub fn add_outside_gradient(&mut self, p: usize) {
        if self.sequences && !self.d_y.is_empty() {
            let n = self.extent.n;
            add_assign(self.s, &self.d_y[p * n..][..n], self.d_h);
        }
    }

    /// Adds to `d_h` what the step after hands back: `Σ terms`, the gradient of the state as the
    /// matrix product read it, and what a masked step handed on.
    #[inline(always)]
    pub fn add_state_gradient(&mut self, terms: &[Term<'_>]) {
        let (s, units) = (self.s, self.extent.units);
        if self.dropped {
            let scratch = &mut self.scratch[..self.extent.n];
            gemm(s, units, Start::Zero, terms, scratch);
            multiply_add(s, scratch, self.h_mask, self.d_h);
        } else {
            gemm(s, units, Start::Accumulate, terms, self.d_h);
        }
        self.add_passed();
    }

    #[inline(always)]
    fn add_passed(&mut self) {
        if !self.passed.is_empty() {
            add_assign(self.s, self.passed, self.d_h);
        }
    }

    /// `d_h += d_read·factor`, `d_read` being the gradient of `factor·h` with h as it was read.
    #[inline(always)]
    pub fn add_scaled_state_gradient(&mut self, d_read: &[f32], factor: &[f32]) {
        if self.dropped {
            let scratch = &mut self.scratch[..self.extent.n];
            multiply(self.s, d_read, factor, scratch);
            multiply_add(self.s, scratch, self.h_mask, self.d_h);
        } else {
            multiply_add(self.s, d_read, factor, self.d_h);
        }
    }

    /// Where step `p` is masked, `d_h` is handed on past the step instead of into it.
    #[inline(always)]
    pub fn set_masked_aside(&mut self, p: usize) {
        if let Some(mask) = self.extent.mask_at(self.mask, p) {
            set_invalid_aside(self.s, mask, self.d_h, self.passed);
        }
    }

    /// The same for the second state of an LSTM.
    #[inline(always)]
    pub fn set_other_aside(&self, p: usize, d_c: &mut [f32], passed_c: &mut [f32]) {
        if let Some(mask) = self.extent.mask_at(self.mask, p) {
            set_invalid_aside(self.s, mask, d_c, passed_c);
        }
    }

    /// The gradient of the input that step `p` read: `Σ terms`.
    #[inline(always)]
    pub fn input_gradient(&mut self, p: usize, terms: &[Term<'_>]) {
        let (s, inputs) = (self.s, self.extent.inputs);
        let start = match self.mode {
            Gradient::Unused => return,
            Gradient::Write => Start::Zero,
            Gradient::Add => Start::Accumulate,
        };
        let k = inputs * self.extent.lanes;
        let d_x = &mut self.d_x[self.extent.step_read(p) * k..][..k];
        if !self.dropped_input {
            return gemm(s, inputs, start, terms, d_x);
        }
        let scratch = &mut self.scratch[..k];
        gemm(s, inputs, Start::Zero, terms, scratch);
        match self.mode {
            Gradient::Add => multiply_add(s, scratch, self.x_mask, d_x),
            _ => multiply(s, scratch, self.x_mask, d_x),
        }
    }

    /// `d_kernel += Σ_p x_p · d_zᵀ_p`, all `columns` of it.
    pub fn input_kernel_gradient(&self, d_z: Steps<'_>, columns: usize, d_kernel: &mut [f32]) {
        let Extent { inputs, lanes, time, .. } = self.extent;
        let shape = GradientShape { rows: inputs, columns, stride: columns, time };
        let x = Steps { data: self.x, stride: inputs * lanes };
        kernel_gradient(self.s, shape, x, d_z, d_kernel);
    }

    /// `d_kernel[.., ..columns] += Σ_p state_p · d_zᵀ_p`; `stride` columns in all.
    pub fn recurrent_kernel_gradient(
        &self,
        states: StatesRead<'_>,
        d_z: Steps<'_>,
        columns: usize,
        stride: usize,
        d_kernel: &mut [f32],
    ) {
        let Extent { units, time, .. } = self.extent;
        let shape = GradientShape { rows: units, columns, stride, time };
        if let Some(first) = states.first {
            let one = GradientShape { time: 1, ..shape };
            kernel_gradient(self.s, one, Steps { data: first, stride: 0 }, d_z, d_kernel);
        }
        if time > 1 {
            let rest = GradientShape { time: time - 1, ..shape };
            let later = Steps { data: &d_z.data[d_z.stride..], ..d_z };
            kernel_gradient(self.s, rest, states.later, later, d_kernel);
        }
    }

    /// `d_bias += Σ_p Σ_lane d_z`.
    pub fn bias_gradient(&self, d_z: Steps<'_>, d_bias: &mut [f32]) {
        bias_gradient(self.s, self.extent.time, d_z, d_bias);
    }
}
