//! A mini-batch's way: gather, forward, loss, backward, clip, optimizer.

use core::ops::Range;
use std::sync::Arc;

use unrolled_simd::kernels::{all_finite, gather};
use unrolled_simd::{Simd, dispatch};

use super::{Meter, Model};
use crate::error::{Error, Result};
use crate::lanes::{scatter, step_mask};
use crate::layers::{DropoutKey, Pass, Shape};
use crate::losses::{Frame, elements_per_step, loss_forward_backward, target_features};
use crate::metrics::MetricState;
use crate::plan::Dimensions;
use crate::regularize::{add_penalty_gradient, constrain, penalty};
use crate::spec::{CompileSpec, Loss};
use unrolled_spec::memory::{self, Shortage, filled, room};

/// What a pass over a mini-batch is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Gradients, with dropout.
    Train,
    /// Gradients, without dropout.
    Gradients,
    /// Loss and metrics only.
    Evaluate,
}

/// What every block of a mini-batch has to know of the whole.
pub(super) struct Batch {
    slot: usize,
    purpose: Purpose,
    compiled: Arc<CompileSpec>,
    /// Which outputs a gradient starts from.
    trained: Vec<bool>,
    /// Valid elements of each output's target.
    pub counts: Vec<f64>,
    /// Training steps done before.
    iteration: u64,
}

/// An output's values and mask over all steps, in lanes.
struct Whole<'a> {
    prediction: &'a [f32],
    /// Empty where everything is valid.
    mask: &'a [f32],
}

impl Model {
    /// Trains one mini-batch: one step of the optimizer. Gives its loss, penalties included, and
    /// adds to a meter. On an error nothing has changed.
    pub fn train_step(&mut self, slot: usize, indices: &[u32], meter: usize) -> Result<f64> {
        let (loss, running) = self.pass(slot, indices, meter, Purpose::Train)?;
        self.meters[meter] = Some(running);
        self.step();
        Ok(loss)
    }

    /// One step of the optimizer with the gradient that is there.
    pub(super) fn step(&mut self) {
        let training = self.training.as_mut().expect("checked before");
        training.clip.apply(&mut self.gradients, self.params.ranges());
        let (optimizer, params) = (&mut training.optimizer, &mut self.params);
        dispatch!(self.isa, s => optimizer.step(s, &mut params.values, &self.gradients));
        constrain(params);
    }

    /// Loss of one mini-batch without dropout; adds to a meter.
    pub fn evaluate_step(&mut self, slot: usize, indices: &[u32], meter: usize) -> Result<f64> {
        let (loss, running) = self.pass(slot, indices, meter, Purpose::Evaluate)?;
        self.meters[meter] = Some(running);
        Ok(loss)
    }

    /// Gradient of the loss of one mini-batch, penalties included, without dropout; in the order
    /// of [`Model::export_weights`]. Changes nothing.
    pub fn gradients(&mut self, slot: usize, indices: &[u32]) -> Result<Vec<f32>> {
        self.pass(slot, indices, 0, Purpose::Gradients)?;
        self.params.export_like(&self.gradients)
    }

    /// Output number `output` for some examples: `[batch, time, k]` or `[batch, k]`.
    pub fn predict_step(
        &mut self,
        slot: usize,
        indices: &[u32],
        output: usize,
    ) -> Result<Vec<f32>> {
        self.check_inputs(slot)?;
        self.check_indices(slot, indices)?;
        if output >= self.plan.outputs.len() {
            let message =
                format!("expected a number below {}, got {output}", self.plan.outputs.len());
            return Err(Error::data("output", message));
        }
        self.initialize()?;
        if let Some(time) = self.steps_to_cut(slot) {
            return self.predict_in_pieces(slot, indices, output, time);
        }
        let mut all = Vec::new();
        for block in indices.chunks(self.isa.block()) {
            self.load_block(slot, block, false, &[])?;
            let value = self.plan.output(output);
            let rows = value.steps * value.features;
            if all.is_empty() {
                let len = (rows as u64).saturating_mul(indices.len() as u64);
                all = room(len).map_err(|short| no_room_for_predictions(short, indices.len()))?;
            }
            self.forward(None);
            let value = self.plan.output(output);
            let start = all.len();
            all.resize(start + block.len() * rows, 0.0);
            let lanes = self.isa.block();
            scatter(&self.arena.as_slice()[value.y.clone()], rows, lanes, &mut all[start..]);
        }
        Ok(all)
    }

    /// [`Model::predict_step`] of sequences of `time` steps, piece by piece.
    fn predict_in_pieces(
        &mut self,
        slot: usize,
        indices: &[u32],
        output: usize,
        time: usize,
    ) -> Result<Vec<f32>> {
        let (_, _, shape) = &self.plan.outputs[output];
        let (features, is_sequence) = (shape.features(), shape.is_sequence());
        let rows = features as u64 * if is_sequence { time as u64 } else { 1 };
        let mut all = filled(rows.saturating_mul(indices.len() as u64), 0.0)
            .map_err(|short| no_room_for_predictions(short, indices.len()))?;
        let rows = rows as usize;
        let lanes = self.isa.block();
        for (block, all) in indices.chunks(lanes).zip(all.chunks_mut(rows * lanes)) {
            let mut piece = Vec::new();
            self.forward_in_pieces(slot, block, time, &mut |model, window| {
                let value = model.plan.output(output);
                let part = value.steps * features;
                piece.resize(block.len() * part, 0.0);
                scatter(&model.arena.as_slice()[value.y.clone()], part, lanes, &mut piece);
                let at = if is_sequence { window.start * features } else { 0 };
                for (example, part) in all.chunks_exact_mut(rows).zip(piece.chunks_exact(part)) {
                    example[at..at + part.len()].copy_from_slice(part);
                }
            })?;
        }
        Ok(all)
    }

    /// Shape of output number `output` for all examples of a slot.
    pub fn output_shape(&self, output: usize, slot: usize) -> Result<Vec<usize>> {
        self.check_inputs(slot)?;
        let Some((_, _, shape)) = self.plan.outputs.get(output) else {
            let message =
                format!("expected a number below {}, got {output}", self.plan.outputs.len());
            return Err(Error::data("output", message));
        };
        let n = self.slots[slot].size();
        Ok(match shape {
            Shape::Vector { features } => vec![n, *features],
            Shape::Sequence { features, .. } => {
                let source = self.plan.mask_source(output).expect("a sequence comes from an input");
                let time = self.slots[slot].inputs[source].as_ref().map_or(0, |x| x.time);
                vec![n, time, *features]
            }
        })
    }

    /// Loss, and gradients if asked, of a mini-batch, block by block in order; what the meter is then.
    fn pass(
        &mut self,
        slot: usize,
        indices: &[u32],
        meter: usize,
        purpose: Purpose,
    ) -> Result<(f64, Meter)> {
        let batch = self.begin(slot, indices, purpose)?;
        let mut running = self.meter(meter)?.clone();
        let mut total = 0.0;
        for block in 0..self.blocks(indices.len()) {
            total += self.run_block(&batch, indices, block, block == 0, &mut running)?;
        }
        let trains = purpose != Purpose::Evaluate;
        let loss = self.finish(total, batch.counts[0], &mut running, trains)?;
        Ok((loss, running))
    }

    /// Checks a mini-batch and counts what is valid in it.
    pub(super) fn begin(
        &mut self,
        slot: usize,
        indices: &[u32],
        purpose: Purpose,
    ) -> Result<Batch> {
        self.training()?;
        self.check_targets(slot)?;
        self.check_indices(slot, indices)?;
        self.initialize()?;
        let compiled = Arc::clone(&self.training()?.spec);
        let trains = purpose != Purpose::Evaluate;
        if trains {
            self.reserve_gradients(indices.len())?;
        }
        let targets = &self.slots[slot].targets;
        let trained = targets.iter().map(|t| trains && t.is_some()).collect();
        let counts = self.valid_elements(slot, indices, &compiled.loss);
        let iteration = self.iterations();
        Ok(Batch { slot, purpose, compiled, trained, counts, iteration })
    }

    /// Loss, and gradients if asked, of one block; adds to `running`, but for the loss. `first`: the
    /// gradient is that of the block alone; else it is added to what is there.
    pub(super) fn run_block(
        &mut self,
        batch: &Batch,
        indices: &[u32],
        number: usize,
        first: bool,
        running: &mut [MetricState],
    ) -> Result<f64> {
        let lanes = self.isa.block();
        let start = number * lanes;
        let block = &indices[start..indices.len().min(start + lanes)];
        let trains = batch.purpose != Purpose::Evaluate;
        if let Some(time) = self.steps_to_cut(batch.slot).filter(|_| !trains) {
            return self.evaluate_in_pieces(batch, block, time, running);
        }
        self.load_block(batch.slot, block, true, &batch.trained)?;
        let key = DropoutKey { seed: self.spec.seed, iteration: batch.iteration, first: start };
        let key = (batch.purpose == Purpose::Train).then_some(key);
        self.forward(key);
        let loss = self.block_loss(batch, block, running)?;
        if !loss.is_finite() {
            return Err(self.locate_non_finite(batch.iteration));
        }
        if trains {
            self.backward(first, key);
        }
        Ok(loss)
    }

    /// Loss of a block whose sequences of `time` steps run forward piece by piece; the outputs are
    /// put together first, so that sums have the bits of the whole.
    fn evaluate_in_pieces(
        &mut self,
        batch: &Batch,
        block: &[u32],
        time: usize,
        running: &mut [MetricState],
    ) -> Result<f64> {
        let lanes = self.isa.block();
        let mut time = time;
        if let Some(lengths) =
            self.slots[batch.slot].inputs.iter().flatten().find_map(|x| x.lengths.as_ref())
            && (0..self.plan.inputs.len()).all(|i| self.plan.can_cut(i))
        {
            time = block.iter().map(|&i| lengths[i as usize] as usize).max().unwrap_or(time);
        }
        let steps = |shape: &Shape| if shape.is_sequence() { time } else { 1 };
        let shapes: Vec<_> = self.plan.outputs.iter().map(|(_, _, shape)| *shape).collect();
        let mut outputs = Vec::new();
        for shape in &shapes {
            let len = (steps(shape) * lanes) as u64 * shape.features() as u64;
            let output = filled(len, 0.0).map_err(|short| no_room_for_predictions(short, lanes))?;
            outputs.push(output);
        }
        self.forward_in_pieces(batch.slot, block, time, &mut |model, window| {
            for (i, (shape, output)) in shapes.iter().zip(&mut outputs).enumerate() {
                let value = model.plan.output(i);
                let step = shape.features() * lanes;
                let at = if shape.is_sequence() { window.start * step } else { 0 };
                let from = &model.arena.as_slice()[value.y.clone()];
                output[at..at + from.len()].copy_from_slice(from);
            }
        })?;
        let mut total = 0.0;
        for (i, (shape, output)) in shapes.iter().zip(&outputs).enumerate() {
            let source =
                self.plan.mask_source(i).and_then(|i| self.slots[batch.slot].inputs[i].as_ref());
            let mask = source.and_then(|x| x.lengths.as_ref()).map(|lengths| {
                let mut mask = vec![0.0; steps(shape) * lanes];
                step_mask(lengths, block, 0, lanes, &mut mask);
                mask
            });
            let whole = Whole { prediction: output, mask: mask.as_deref().unwrap_or(&[]) };
            total += self.output_loss(batch, block, i, steps(shape), Some(whole), running)?;
        }
        if total.is_finite() {
            return Ok(total);
        }
        let (layer, what, iteration) = ("loss".to_owned(), "output", batch.iteration);
        Err(Error::NonFinite { layer, what, step: None, iteration })
    }

    /// Adds penalties to the loss of a mini-batch's blocks and to its gradient, which must be finite;
    /// adds the loss to `running`.
    /// elements: the valid ones of the first target
    pub(super) fn finish(
        &mut self,
        mut total: f64,
        elements: f64,
        running: &mut [MetricState],
        trains: bool,
    ) -> Result<f64> {
        total += penalty(&self.params);
        running[0].add(total * elements, elements);
        if trains {
            add_penalty_gradient(&self.params, &mut self.gradients);
            let gradients = &self.gradients;
            if !all_finite(self.isa, gradients) || !total.is_finite() {
                let layer = self.plan.last_non_finite_gradient(gradients, &self.params);
                let layer = layer.unwrap_or_else(|| "loss".to_owned());
                let iteration = self.iterations();
                return Err(Error::NonFinite { layer, what: "gradient", step: None, iteration });
            }
        }
        Ok(total)
    }

    /// Room for the gradient of so many examples.
    pub(super) fn reserve_gradients(&mut self, examples: usize) -> Result<()> {
        let len = self.params.values.len();
        let blocks = examples > self.isa.block();
        for (gradients, wanted) in
            [(&mut self.gradients, true), (&mut self.block_gradients, blocks)]
        {
            if wanted && gradients.len() < len {
                *gradients = filled(len as u64, 0.0)
                    .map_err(|short| short.of("the gradients", "give fewer units or features"))?;
            }
        }
        Ok(())
    }

    /// Valid elements of each output's target in the whole mini-batch; of the trained ones.
    fn valid_elements(&self, slot: usize, indices: &[u32], loss: &Loss) -> Vec<f64> {
        let data = &self.slots[slot];
        (0..self.plan.outputs.len())
            .map(|i| {
                let features = self.plan.outputs[i].2.features();
                let source = self.plan.mask_source(i).and_then(|i| data.inputs[i].as_ref());
                let steps: f64 = match source {
                    None => indices.len() as f64,
                    Some(x) => indices
                        .iter()
                        .map(|&i| match &x.lengths {
                            Some(lengths) => f64::from(lengths[i as usize]),
                            None => x.time as f64,
                        })
                        .sum(),
                };
                steps * elements_per_step(loss, features) as f64
            })
            .collect()
    }

    /// [`Model::load_block`] for some of the steps.
    pub(super) fn load_window(
        &mut self,
        slot: usize,
        block: &[u32],
        window: &Range<usize>,
    ) -> Result<()> {
        self.load_steps(slot, block, false, &[], Some(window))
    }

    /// Carves the buffers for a block and gathers its inputs and masks.
    fn load_block(
        &mut self,
        slot: usize,
        block: &[u32],
        cut: bool,
        trained: &[bool],
    ) -> Result<()> {
        self.load_steps(slot, block, cut, trained, None)
    }

    fn load_steps(
        &mut self,
        slot: usize,
        block: &[u32],
        cut: bool,
        trained: &[bool],
        window: Option<&Range<usize>>,
    ) -> Result<()> {
        let data = &self.slots[slot];
        let lanes = self.isa.block();
        let mut dimensions = Dimensions {
            lanes,
            time: Vec::with_capacity(data.inputs.len()),
            masked: Vec::with_capacity(data.inputs.len()),
            trained: if trained.is_empty() {
                vec![false; self.plan.outputs.len()]
            } else {
                trained.to_vec()
            },
        };
        for (i, input) in data.inputs.iter().enumerate() {
            let input = input.as_ref().expect("checked before");
            let (mut time, mut masked) = (input.time, false);
            if let Some(lengths) = &input.lengths {
                let of = |i: &u32| lengths[*i as usize] as usize;
                let longest = block.iter().map(of).max().unwrap_or(time);
                if cut && self.plan.can_cut(i) {
                    time = longest;
                }
                masked = block.iter().any(|i| of(i) < window.map_or(time, |window| window.end));
            }
            if let (Some(window), true) = (window, time > 1) {
                time = window.len();
            }
            dimensions.time.push(time);
            dimensions.masked.push(masked);
        }
        // States that are carried on have no data.
        dimensions.time.resize(self.plan.inputs.len(), 1);
        dimensions.masked.resize(self.plan.inputs.len(), false);
        self.plan.prepare(&dimensions);
        let room = self.arena.resize(self.plan.arena_len);
        room.map_err(|short| no_room_for_block(short, &dimensions.time, window.is_none()))?;
        let arena = self.arena.as_mut_slice();
        for (input, value) in data.inputs.iter().zip(&self.plan.values) {
            let input = input.as_ref().expect("checked before");
            let from = window.filter(|_| input.time > 1).map_or(0, |window| window.start);
            let stride = input.time * input.features;
            let rows = value.steps * input.features;
            let values = &input.data[from * input.features..];
            gather(self.isa, values, stride, rows, block, &mut arena[value.y.clone()]);
            if let (Some(lengths), false) = (&input.lengths, value.mask.is_empty()) {
                step_mask(lengths, block, from, lanes, &mut arena[value.mask.clone()]);
            }
        }
        Ok(())
    }

    pub(super) fn forward(&mut self, dropout: Option<DropoutKey>) {
        let lanes = self.isa.block();
        let mut pass = Pass {
            arena: self.arena.as_mut_slice(),
            params: &self.params,
            gradients: &mut [],
            lanes,
            dropout,
        };
        self.plan.forward(self.isa, &mut pass);
    }

    /// Adds the block's gradient to the mini-batch's; the first block starts it.
    fn backward(&mut self, first: bool, dropout: Option<DropoutKey>) {
        let lanes = self.isa.block();
        let gradients = if first { &mut self.gradients } else { &mut self.block_gradients };
        gradients.fill(0.0);
        let mut pass = Pass {
            arena: self.arena.as_mut_slice(),
            params: &self.params,
            gradients,
            lanes,
            dropout,
        };
        self.plan.backward(self.isa, &mut pass);
        if !first {
            for (sum, d) in self.gradients.iter_mut().zip(&self.block_gradients) {
                *sum += d;
            }
        }
    }

    /// The block's share of the mini-batch's mean loss; writes the outputs' gradients if asked.
    fn block_loss(
        &mut self,
        batch: &Batch,
        block: &[u32],
        running: &mut [MetricState],
    ) -> Result<f64> {
        let mut total = 0.0;
        for i in 0..batch.counts.len() {
            let steps = self.plan.output(i).steps;
            total += self.output_loss(batch, block, i, steps, None, running)?;
        }
        Ok(total)
    }

    /// The share of output `i`, of so many steps; of what is in the arena, or of a whole that was put
    /// together. 0 without a target.
    fn output_loss(
        &mut self,
        batch: &Batch,
        block: &[u32],
        i: usize,
        steps: usize,
        whole: Option<Whole<'_>>,
        running: &mut [MetricState],
    ) -> Result<f64> {
        let (lanes, isa, compiled) = (self.isa.block(), self.isa, &batch.compiled);
        let Some(target) = &self.slots[batch.slot].targets[i] else { return Ok(0.0) };
        let value = self.plan.output(i).clone();
        let (_, _, shape) = &self.plan.outputs[i];
        let features = shape.features();
        let k = target_features(&compiled.loss, features);
        let n = steps * lanes;
        memory::resize(&mut self.target, (n * k) as u64, 0.0)
            .and_then(|()| memory::resize(&mut self.weight, n as u64, 0.0))
            .map_err(|short| no_room_for_block(short, &[steps], true))?;
        let stride = target.time * target.features;
        gather(isa, &target.data, stride, steps * k, block, &mut self.target);
        let arena = self.arena.as_mut_slice();
        let mask = whole.as_ref().map_or(&arena[value.mask.clone()], |whole| whole.mask);
        if mask.is_empty() {
            self.weight.fill(1.0);
        } else {
            self.weight.copy_from_slice(mask);
        }
        for row in self.weight.chunks_exact_mut(lanes) {
            row[block.len()..].fill(0.0);
        }
        let none = 0..0;
        let d_y = if batch.purpose == Purpose::Evaluate { &none } else { &value.d_y };
        let (prediction, d_prediction) = match &whole {
            Some(whole) => (whole.prediction, &mut [][..]),
            None => {
                let [prediction, d_prediction] = crate::arena::split(arena, [&value.y, d_y]);
                (&*prediction, d_prediction)
            }
        };
        let count = batch.counts[i];
        let frame = Frame {
            time: steps,
            features,
            lanes,
            prediction,
            target: &self.target,
            weight: &self.weight,
            scale: (1.0 / count) as f32,
        };
        let d_prediction = (!d_prediction.is_empty()).then_some(d_prediction);
        let metrics: &mut [MetricState] = if i == 0 { &mut running[1..] } else { &mut [] };
        let sum = dispatch!(isa, s => loss_and_metrics(s, compiled, &frame, d_prediction, metrics));
        Ok(sum / count)
    }

    fn locate_non_finite(&self, iteration: u64) -> Error {
        let arena = self.arena.as_slice();
        for (spec, range) in self.params.specs().iter().zip(self.params.ranges()) {
            if self.params.values[range.clone()].iter().any(|w| !w.is_finite()) {
                let layer = spec.name.clone();
                return Error::NonFinite { layer, what: "weight", step: None, iteration };
            }
        }
        let found = self.plan.first_non_finite(arena, self.isa.block());
        let (layer, step) = found.unwrap_or_else(|| ("loss".to_owned(), None));
        Error::NonFinite { layer, what: "output", step, iteration }
    }
}

fn no_room_for_predictions(short: Shortage, examples: usize) -> Error {
    short.of(format!("the predictions of {examples} examples"), "predict fewer examples at once")
}

/// time: steps of each input; whole: whether those are all that there are.
fn no_room_for_block(short: Shortage, time: &[usize], whole: bool) -> Error {
    let steps = time.iter().max().copied().unwrap_or(1);
    let advice = if steps > 1 && whole {
        "give shorter sequences (cut them: truncated back-propagation), or fewer units"
    } else {
        "give fewer units or features"
    };
    short.of(format!("the buffers of a block of {steps} time steps"), advice)
}

fn loss_and_metrics<S: Simd>(
    s: S,
    compiled: &CompileSpec,
    frame: &Frame<'_>,
    d_prediction: Option<&mut [f32]>,
    metrics: &mut [MetricState],
) -> f64 {
    let sum = loss_forward_backward(s, &compiled.loss, frame, d_prediction);
    for (state, metric) in metrics.iter_mut().zip(&compiled.metrics) {
        state.accumulate(s, metric, &compiled.loss, frame);
    }
    sum
}
