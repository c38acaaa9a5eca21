//! What one block of lanes adds to a mini-batch, as a value: blocks can be computed anywhere and are
//! folded in their order.

use super::{Meter, Model};
use crate::error::{Error, Result};
use crate::metrics::MetricState;
use unrolled_spec::memory::copied;

/// One block's part of a training step.
#[derive(Clone, Debug, PartialEq)]
pub struct Partial {
    /// Number of the block in its mini-batch.
    block: usize,
    /// Its share of the mini-batch's mean loss, without penalties.
    pub loss: f64,
    /// Valid elements of the whole mini-batch's first target.
    elements: f64,
    /// What it adds to each metric.
    metrics: Meter,
    /// Its gradient, with the layout of the parameters.
    gradient: Vec<f32>,
}

impl Model {
    /// Number of blocks of a mini-batch of so many examples.
    pub fn blocks(&self, examples: usize) -> usize {
        examples.div_ceil(self.isa.block())
    }

    /// The parts of blocks `from..to` of a training step; changes nothing. The whole mini-batch is
    /// given, since counts and dropout masks follow from it.
    pub fn accumulate(
        &mut self,
        slot: usize,
        indices: &[u32],
        from: usize,
        to: usize,
    ) -> Result<Vec<Partial>> {
        let blocks = self.blocks(indices.len());
        if from >= to || to > blocks {
            let message = format!("expected a range inside 0 to {blocks}, got {from} to {to}");
            return Err(Error::data("blocks", message));
        }
        let batch = self.begin(slot, indices, super::steps::Purpose::Train)?;
        (from..to)
            .map(|block| {
                let mut metrics = vec![MetricState::default(); self.meter_len()];
                let loss = self.run_block(&batch, indices, block, true, &mut metrics)?;
                let gradient = copied(&self.gradients)
                    .map_err(|short| short.of("a block's gradient", "give fewer units"))?;
                Ok(Partial { block, loss, elements: batch.counts[0], metrics, gradient })
            })
            .collect()
    }

    /// One training step from the parts of all its blocks, in the order of the blocks: the loss, to
    /// the bit that of [`Model::train_step`]. Adds to a meter. On an error nothing has changed.
    pub fn apply(&mut self, partials: &[Partial], meter: usize) -> Result<f64> {
        self.training()?;
        let mut running = self.meter(meter)?.clone();
        let len = self.params.values.len();
        let fits = |(i, part): (usize, &Partial)| {
            part.block == i && part.gradient.len() == len && part.metrics.len() == running.len()
        };
        let Some(first) = partials.first() else {
            return Err(Error::data("partials", "expected those of all blocks, got none"));
        };
        if !partials.iter().enumerate().all(fits) {
            let message = "expected those of all blocks of one mini-batch of this model, in order";
            return Err(Error::data("partials", message));
        }
        self.reserve_gradients(1)?;
        let mut total = 0.0;
        for (i, part) in partials.iter().enumerate() {
            total += part.loss;
            for (state, more) in running.iter_mut().zip(&part.metrics) {
                state.add(more.sum, more.weight);
            }
            if i == 0 {
                self.gradients.copy_from_slice(&part.gradient);
            } else {
                for (sum, d) in self.gradients.iter_mut().zip(&part.gradient) {
                    *sum += d;
                }
            }
        }
        let loss = self.finish(total, first.elements, &mut running, true)?;
        self.meters[meter] = Some(running);
        self.step();
        Ok(loss)
    }
}

/// Numbers in front of a partial's own: block, loss, elements.
const HEAD: usize = 3;

/// Partials as bytes, little-endian, for another engine of the same model: of each the block's
/// number, loss and elements, metrics as pairs, all f64; then the gradient, f32.
pub fn to_bytes(partials: &[Partial]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Partial { block, loss, elements, metrics, gradient } in partials {
        let pairs = metrics.iter().flat_map(|m| [m.sum, m.weight]);
        for number in [*block as f64, *loss, *elements].into_iter().chain(pairs) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend(gradient.iter().flat_map(|x| x.to_le_bytes()));
    }
    bytes
}

impl Model {
    /// What [`to_bytes`] wrote, of a model like this one.
    pub fn read_partials(&self, bytes: &[u8]) -> Result<Vec<Partial>> {
        let (numbers, values) = (HEAD + 2 * self.meter_len(), self.params.values.len());
        let size = 8 * numbers + 4 * values;
        if bytes.is_empty() || !bytes.len().is_multiple_of(size) {
            let message = format!("expected {size} bytes a block, got {} in all", bytes.len());
            return Err(Error::data("partials", message));
        }
        Ok(bytes.chunks_exact(size).map(|bytes| read(bytes, 8 * numbers)).collect())
    }
}

fn read(bytes: &[u8], split: usize) -> Partial {
    let (head, gradient) = bytes.split_at(split);
    let numbers: Vec<f64> = head.as_chunks().0.iter().map(|&x| f64::from_le_bytes(x)).collect();
    let state = |pair: &[f64]| MetricState { sum: pair[0], weight: pair[1] };
    Partial {
        block: numbers[0] as usize,
        loss: numbers[1],
        elements: numbers[2],
        metrics: numbers[HEAD..].chunks_exact(2).map(state).collect(),
        gradient: gradient.as_chunks().0.iter().map(|&x| f32::from_le_bytes(x)).collect(),
    }
}
