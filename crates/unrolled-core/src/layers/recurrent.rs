//! What the recurrent layers share: options, buffers, the direction of time, masks, dropout, and
//! states in and out.
//!
//! Inside a layer time runs in the order of reading: step `p` reads the input's step `p`, or
//! `time-1-p` with `go_backwards`. At a masked step the state is carried on unchanged.

use unrolled_simd::kernels::{
    add_assign, gemm, keep_valid, kernel_gradient, multiply, multiply_add, set_invalid_aside,
};
use unrolled_simd::{GradientShape, Isa, Start, Steps, Term};

use super::{Builder, Gradient, Pass, Shape, Value, Wires, positive_units, valid_rate};
use crate::arena::{Buffer, Carver, split};
use crate::error::{Error, Result};
use crate::params::ParamSpec;
use crate::spec::{Activation, RecurrentSpec};

/// The shared part of a recurrent layer. kernel: `[in, gates·units]`, recurrent_kernel:
/// `[units, gates·units]`.
#[derive(Clone, Debug)]
pub(super) struct Recurrent {
    pub spec: RecurrentSpec,
    pub inputs: usize,
    pub kernel: usize,
    pub recurrent_kernel: usize,
    pub bias: Option<usize>,
    x_mask_number: usize,
    h_mask_number: usize,
    /// `[time][units][lanes]`: the state after each step.
    h: Buffer,
    /// `[units][lanes]`: the state before the first step.
    initial: Buffer,
    has_initial: bool,
    /// `[time][in][lanes]`: the input in the order of reading, with dropout.
    x_read: Buffer,
    /// `[time][units][lanes]`: the state before each step, with dropout.
    h_read: Buffer,
    x_mask: Buffer,
    h_mask: Buffer,
    scratch: Buffer,
    /// `[units][lanes]`: gradient of the state after the present step.
    d_h: Buffer,
    /// `[units][lanes]`: the part of it that a masked step hands on.
    passed: Buffer,
}

/// What is different between the recurrent layers.
pub(super) struct Kind {
    pub gates: usize,
    /// States carried on: h, or h and c.
    pub states: usize,
    pub bias_shape: Vec<usize>,
    /// Elements of the bias that start at one.
    pub bias_ones: core::ops::Range<usize>,
}

/// The shared buffers of a forward pass, in the order of reading.
pub(super) struct ForwardViews<'a> {
    pub x: &'a [f32],
    pub h: &'a mut [f32],
    pub initial: &'a [f32],
    pub h_read: &'a mut [f32],
    pub h_mask: &'a [f32],
    pub mask: &'a [f32],
}

/// The shared buffers of a backward pass.
pub(super) struct BackwardViews<'a> {
    pub x: &'a [f32],
    pub h: &'a [f32],
    pub initial: &'a [f32],
    pub h_read: &'a [f32],
    pub h_mask: &'a [f32],
    pub mask: &'a [f32],
    pub x_mask: &'a [f32],
    pub d_x: &'a mut [f32],
    pub d_y: &'a [f32],
    pub d_h: &'a mut [f32],
    pub passed: &'a mut [f32],
    pub scratch: &'a mut [f32],
}

impl Recurrent {
    pub fn build(
        name: &str,
        spec: &RecurrentSpec,
        kind: Kind,
        inputs: &[Shape],
        builder: &mut Builder,
    ) -> Result<(Self, Vec<Shape>)> {
        positive_units(name, spec.units)?;
        valid_rate(name, "dropout", spec.dropout)?;
        valid_rate(name, "recurrentDropout", spec.recurrent_dropout)?;
        for (option, activation) in
            [("activation", spec.activation), ("recurrentActivation", spec.recurrent_activation)]
        {
            if activation == Activation::Softmax && kind.gates > 1 {
                return Err(Error::spec(
                    name,
                    format!("{option} of a gated layer works element by element; got softmax"),
                ));
            }
        }
        let units = spec.units;
        let Some((&Shape::Sequence { time, features }, states)) = inputs.split_first() else {
            let got = inputs.first().map_or("nothing".to_owned(), Shape::describe);
            return Err(Error::shape(name, "[batch, time, features]", got));
        };
        if !states.is_empty() && states.len() != kind.states {
            return Err(Error::spec(
                name,
                format!("expected {} initial states, got {}", kind.states, states.len()),
            ));
        }
        for state in states {
            if *state != (Shape::Vector { features: units }) {
                return Err(Error::shape(
                    format!("{name}, initial state"),
                    format!("[batch, {units}]"),
                    state.describe(),
                ));
            }
        }
        let kernel = builder.param(ParamSpec {
            regularizer: spec.kernel_regularizer,
            constraint: spec.kernel_constraint,
            ..ParamSpec::new(
                format!("{name}/kernel"),
                &[features, kind.gates * units],
                spec.kernel_initializer.clone(),
            )
        });
        let recurrent_kernel = builder.param(ParamSpec {
            regularizer: spec.recurrent_regularizer,
            constraint: spec.recurrent_constraint,
            ..ParamSpec::new(
                format!("{name}/recurrent_kernel"),
                &[units, kind.gates * units],
                spec.recurrent_initializer.clone(),
            )
        });
        let bias = spec.use_bias.then(|| {
            builder.param(ParamSpec {
                regularizer: spec.bias_regularizer,
                constraint: spec.bias_constraint,
                ones: kind.bias_ones,
                ..ParamSpec::new(
                    format!("{name}/bias"),
                    &kind.bias_shape,
                    spec.bias_initializer.clone(),
                )
            })
        });
        let y = if spec.return_sequences {
            Shape::Sequence { time, features: units }
        } else {
            Shape::Vector { features: units }
        };
        let mut shapes = vec![y];
        if spec.return_state {
            shapes.extend(vec![Shape::Vector { features: units }; kind.states]);
        }
        let layer = Self {
            spec: spec.clone(),
            inputs: features,
            kernel,
            recurrent_kernel,
            bias,
            x_mask_number: builder.mask(),
            h_mask_number: builder.mask(),
            h: 0..0,
            initial: 0..0,
            has_initial: !states.is_empty(),
            x_read: 0..0,
            h_read: 0..0,
            x_mask: 0..0,
            h_mask: 0..0,
            scratch: 0..0,
            d_h: 0..0,
            passed: 0..0,
        };
        Ok((layer, shapes))
    }

    pub fn prepare(&mut self, lanes: usize, wires: &mut Wires, carver: &mut Carver) {
        let x = wires.inputs[0].clone();
        let (time, n, k) = (x.steps, self.spec.units * lanes, self.inputs * lanes);
        let masked = !x.mask.is_empty();
        let (drops, drops_state) = (self.spec.dropout > 0.0, self.spec.recurrent_dropout > 0.0);
        self.h = carver.take(time * n);
        self.initial = carver.take_if(self.has_initial || masked, n);
        self.x_read = carver.take_if(drops || self.spec.go_backwards, time * k);
        self.h_read = carver.take_if(drops_state, time * n);
        self.x_mask = carver.take_if(drops, k);
        self.h_mask = carver.take_if(drops_state, n);
        self.scratch = carver.take(n.max(k));
        self.d_h = carver.take(n);
        self.passed = carver.take_if(masked, n);
        let sequences = self.spec.return_sequences;
        for (i, output) in wires.outputs.iter_mut().enumerate() {
            let is_sequence = i == 0 && sequences;
            output.steps = if is_sequence { time } else { 1 };
            output.y = if is_sequence { self.h.clone() } else { carver.take(n) };
        }
        if sequences && masked {
            wires.outputs[0].mask =
                if self.spec.go_backwards { carver.take(time * lanes) } else { x.mask };
        }
    }

    fn drops(&self, pass: &Pass<'_>) -> bool {
        self.spec.dropout > 0.0 && pass.dropout.is_some()
    }

    pub fn drops_state(&self, pass: &Pass<'_>) -> bool {
        self.spec.recurrent_dropout > 0.0 && pass.dropout.is_some()
    }

    /// The input in the order of reading: its own buffer, or the one that is a changed copy.
    fn x<'a>(&'a self, x: &'a Value, pass: &Pass<'_>) -> &'a Buffer {
        if self.spec.go_backwards || self.drops(pass) { &self.x_read } else { &x.y }
    }

    /// Reads input, masks and initial state; returns the shared buffers beside `own`.
    pub fn start_forward<'a, const N: usize>(
        &self,
        s: Isa,
        wires: &Wires,
        pass: &'a mut Pass<'_>,
        own: [&Buffer; N],
    ) -> (ForwardViews<'a>, [&'a mut [f32]; N]) {
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
            let k = self.inputs * lanes;
            for (p, to) in to.chunks_exact_mut(k).enumerate() {
                let t = if backwards { x.steps - 1 - p } else { p };
                let from = &from[t * k..][..k];
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
        let source = self.x(x, pass).clone();
        let shared = [&source, &self.h, &self.initial, &self.h_read, &self.h_mask, &x.mask];
        let (shared, own) = split_two(pass.arena, shared, own);
        let [x, h, initial, h_read, h_mask, mask] = shared;
        (ForwardViews { x, h, initial, h_read, h_mask, mask }, own)
    }

    /// The input's mask at the step read at `p`; `None` if everything is valid.
    #[inline(always)]
    pub fn mask_at<'a>(
        &self,
        mask: &'a [f32],
        p: usize,
        time: usize,
        lanes: usize,
    ) -> Option<&'a [f32]> {
        let t = if self.spec.go_backwards { time - 1 - p } else { p };
        (!mask.is_empty()).then(|| &mask[t * lanes..][..lanes])
    }

    /// Gives the last state(s) to the outputs that want them. `c`: the second state of an LSTM.
    pub fn finish_forward(&self, wires: &Wires, pass: &mut Pass<'_>, time: usize, c: &Buffer) {
        let n = self.spec.units * pass.lanes;
        let last = |b: &Buffer| b.start + (time - 1) * n..b.start + time * n;
        for (i, output) in wires.outputs.iter().enumerate() {
            match i {
                0 if self.spec.return_sequences => {}
                0 | 1 => pass.arena.copy_within(last(&self.h), output.y.start),
                _ => pass.arena.copy_within(last(c), output.y.start),
            }
        }
    }

    /// The shared buffers of the backward pass beside `own`.
    pub fn start_backward<'a, const N: usize>(
        &self,
        wires: &Wires,
        pass: &'a mut Pass<'_>,
        own: [&Buffer; N],
    ) -> (BackwardViews<'a>, [&'a mut [f32]; N]) {
        let x = &wires.inputs[0];
        let none = 0..0;
        let source = self.x(x, pass).clone();
        let d_y = if wires.reached[0] { &wires.outputs[0].d_y } else { &none };
        let shared = [
            &source,
            &self.h,
            &self.initial,
            &self.h_read,
            &self.h_mask,
            &x.mask,
            &self.x_mask,
            &x.d_y,
            d_y,
            &self.d_h,
            &self.passed,
            &self.scratch,
        ];
        let (shared, own) = split_two(pass.arena, shared, own);
        let [x, h, initial, h_read, h_mask, mask, x_mask, d_x, d_y, d_h, passed, scratch] = shared;
        let views = BackwardViews {
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
        };
        (views, own)
    }

    /// `d_h` = the gradient that reaches the state after step `p` from outside.
    #[inline(always)]
    pub fn outside_gradient(&self, d_y: &[f32], p: usize, time: usize, d_h: &mut [f32]) {
        let n = d_h.len();
        if d_y.is_empty() || (!self.spec.return_sequences && p + 1 < time) {
            d_h.fill(0.0);
        } else {
            let at = if self.spec.return_sequences { p * n } else { 0 };
            d_h.copy_from_slice(&d_y[at..][..n]);
        }
    }

    /// Adds `Σ terms`, the gradient of the state as the matrix product read it, to `d_h`.
    #[inline(always)]
    pub fn add_state_gradient(
        &self,
        s: Isa,
        terms: &[Term<'_>],
        views: &mut BackwardViews<'_>,
        dropped: bool,
        lanes: usize,
    ) {
        let units = self.spec.units;
        if dropped {
            let scratch = &mut views.scratch[..units * lanes];
            gemm(s, units, Start::Zero, terms, scratch);
            multiply_add(s, scratch, views.h_mask, views.d_h);
        } else {
            gemm(s, units, Start::Accumulate, terms, views.d_h);
        }
    }

    /// At a masked step, `d_h` is handed on past the step instead of into it.
    #[inline(always)]
    pub fn set_masked_aside(
        &self,
        s: Isa,
        views: &mut BackwardViews<'_>,
        p: usize,
        time: usize,
        lanes: usize,
    ) {
        if let Some(mask) = self.mask_at(views.mask, p, time, lanes) {
            set_invalid_aside(s, mask, views.d_h, views.passed);
        }
    }

    /// Adds what the step after handed on.
    #[inline(always)]
    pub fn add_passed(&self, s: Isa, views: &mut BackwardViews<'_>) {
        if !views.passed.is_empty() {
            add_assign(s, views.passed, views.d_h);
        }
    }

    /// The input's gradient at the step read at `p`: `Σ terms`.
    #[allow(clippy::too_many_arguments)] // all of it is what one step needs
    #[inline(always)]
    pub fn input_gradient(
        &self,
        s: Isa,
        terms: &[Term<'_>],
        views: &mut BackwardViews<'_>,
        mode: Gradient,
        p: usize,
        time: usize,
        dropped: bool,
        lanes: usize,
    ) {
        let k = self.inputs * lanes;
        let t = if self.spec.go_backwards { time - 1 - p } else { p };
        let start = match mode {
            Gradient::Unused => return,
            Gradient::Write => Start::Zero,
            Gradient::Add => Start::Accumulate,
        };
        let d_x = &mut views.d_x[t * k..][..k];
        if !dropped {
            return gemm(s, self.inputs, start, terms, d_x);
        }
        let scratch = &mut views.scratch[..k];
        gemm(s, self.inputs, Start::Zero, terms, scratch);
        match mode {
            Gradient::Add => multiply_add(s, scratch, views.x_mask, d_x),
            _ => multiply(s, scratch, views.x_mask, d_x),
        }
    }

    /// Whether the input was dropped in this pass.
    pub fn dropped_input(&self, pass: &Pass<'_>) -> bool {
        self.drops(pass)
    }

    /// The states before each step as the matrix product read them: step 0 apart, if it read any.
    #[inline(always)]
    pub fn states_read<'a>(
        &self,
        views: &'a BackwardViews<'_>,
        dropped: bool,
        n: usize,
    ) -> (Option<&'a [f32]>, &'a [f32]) {
        if dropped {
            ((!views.initial.is_empty()).then(|| &views.h_read[..n]), &views.h_read[n..])
        } else {
            ((!views.initial.is_empty()).then_some(views.initial), views.h)
        }
    }

    /// `d_recurrent_kernel[.., first..first+columns] += Σ_p state_p · d_zᵀ_p`.
    #[allow(clippy::too_many_arguments)] // all of it is what one product needs
    pub fn recurrent_gradient(
        &self,
        s: Isa,
        (initial, states): (Option<&[f32]>, &[f32]),
        d_z: Steps<'_>,
        columns: usize,
        stride: usize,
        time: usize,
        lanes: usize,
        d_kernel: &mut [f32],
    ) {
        let units = self.spec.units;
        let shape = GradientShape { rows: units, columns, stride, time };
        if let Some(initial) = initial {
            let first = GradientShape { time: 1, ..shape };
            kernel_gradient(s, first, Steps { data: initial, stride: 0 }, d_z, d_kernel);
        }
        if time > 1 {
            let rest = GradientShape { time: time - 1, ..shape };
            let later = Steps { data: &d_z.data[d_z.stride..], ..d_z };
            let states = Steps { data: states, stride: units * lanes };
            kernel_gradient(s, rest, states, later, d_kernel);
        }
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

    /// Gives `d_state`, the gradient of the state before the first step, to input number `i`.
    pub fn give_initial_gradient(
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

    /// Buffer of `d_h`.
    pub fn d_h(&self) -> &Buffer {
        &self.d_h
    }

    /// Whether the output sequence runs against the input's time.
    pub fn reverses(&self) -> bool {
        self.spec.go_backwards && self.spec.return_sequences
    }

    /// Whether initial states come from the graph.
    pub fn has_initial(&self) -> bool {
        self.has_initial
    }
}

impl ForwardViews<'_> {
    /// The state before step `p` as the matrix product reads it, and the buffer of the state after.
    /// `None` before the first step if that state is zero.
    #[inline(always)]
    pub fn states(
        &mut self,
        s: Isa,
        p: usize,
        n: usize,
        dropped: bool,
    ) -> (Option<&[f32]>, Option<&[f32]>, &mut [f32]) {
        let (before, after) = self.h.split_at_mut(p * n);
        let previous = match p {
            0 => (!self.initial.is_empty()).then_some(self.initial),
            _ => Some(&before[(p - 1) * n..]),
        };
        let read = match previous {
            Some(previous) if dropped => {
                let read = &mut self.h_read[p * n..][..n];
                multiply(s, previous, self.h_mask, read);
                Some(&*read)
            }
            previous => previous,
        };
        (previous, read, &mut after[..n])
    }
}

/// Between the steps of a buffer that the gradients of the kernels read over time, for steps of
/// `len` values: a cache line more than that where steps would else share the same few sets of the
/// first-level cache, which are found by the low twelve bits of an address.
pub(super) fn step_stride(len: usize) -> usize {
    const LINE: usize = 16;
    const FEW_SETS: usize = 512;
    if len.is_multiple_of(FEW_SETS) { len + LINE } else { len }
}

/// Carries the previous state on where the step is masked.
#[inline(always)]
pub(super) fn carry(s: Isa, mask: Option<&[f32]>, previous: Option<&[f32]>, h: &mut [f32]) {
    if let (Some(mask), Some(previous)) = (mask, previous) {
        keep_valid(s, mask, previous, h);
    }
}

/// [`split`] of two lists at once.
fn split_two<'a, const A: usize, const B: usize>(
    arena: &'a mut [f32],
    a: [&Buffer; A],
    b: [&Buffer; B],
) -> ([&'a mut [f32]; A], [&'a mut [f32]; B]) {
    let mut all: Vec<(usize, &Buffer)> = a.into_iter().chain(b).enumerate().collect();
    // A score of buffers: the library's sort would be larger than the layer.
    for end in 1..all.len() {
        for i in (1..=end).rev() {
            if all[i - 1].1.start > all[i].1.start {
                all.swap(i - 1, i);
            }
        }
    }
    let mut rest = arena;
    let mut at = 0;
    let mut out: Vec<Option<&mut [f32]>> = (0..A + B).map(|_| None).collect();
    for (i, buffer) in all {
        if buffer.is_empty() {
            out[i] = Some(&mut []);
            continue;
        }
        let (_, after) = rest.split_at_mut(buffer.start - at);
        let (found, after) = after.split_at_mut(buffer.len());
        (out[i], rest, at) = (Some(found), after, buffer.end);
    }
    let mut out = out.into_iter().map(|slice| slice.expect("every buffer was found"));
    let a = core::array::from_fn(|_| out.next().expect("A + B slices"));
    let b = core::array::from_fn(|_| out.next().expect("A + B slices"));
    (a, b)
}
