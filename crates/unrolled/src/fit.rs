//! The epoch loop.

use unrolled_core::{Model, Result};

/// How to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Number of epochs. 1 by default.
    pub epochs: usize,
    /// Examples of a mini-batch. 32 by default.
    pub batch_size: usize,
    /// Shuffle the examples in each epoch, by the model's seed. Yes by default.
    pub shuffle: bool,
}

impl Default for Fit {
    fn default() -> Self {
        Self { epochs: 1, batch_size: 32, shuffle: true }
    }
}

/// Loss, then metrics, of each epoch.
pub type History = Vec<Vec<f64>>;

/// The slot of the training data.
pub(crate) const TRAIN: usize = 0;
/// The slot of what is measured or predicted.
pub(crate) const OTHER: usize = 2;
/// Examples measured at once: as the TypeScript library does, so that sums have the same bits.
pub(crate) const MEASURED: usize = 256;

/// Trains on what lies in [`TRAIN`]; `epoch` counts all epochs of the model.
pub(crate) fn epoch(model: &mut Model, epoch: u64, fit: &Fit) -> Result<Vec<f64>> {
    let examples = model.size(TRAIN)? as u32;
    let order = match fit.shuffle {
        true => model.permutation(examples, epoch)?,
        false => (0..examples).collect(),
    };
    model.reset_meter(0)?;
    for batch in order.chunks(fit.batch_size.max(1)) {
        model.train_step(TRAIN, batch, 0)?;
    }
    model.metrics(0)
}
