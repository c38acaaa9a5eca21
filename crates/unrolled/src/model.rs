//! A model over ndarray.

use ndarray::{ArrayD, ArrayView, Dimension, IxDyn};
use unrolled_core::spec::CompileSpec;
use unrolled_core::{Error, Result};

use crate::fit::{Fit, History, MEASURED, OTHER, TRAIN, epoch};

/// A model with one input and one output.
#[derive(Clone, Debug)]
pub struct Model {
    core: unrolled_core::Model,
    /// Epochs trained: each has an order of its own.
    epochs: u64,
}

impl Model {
    pub(crate) fn new(core: unrolled_core::Model) -> Self {
        Self { core, epochs: 0 }
    }

    /// The model that [`Model::to_bytes`] gave, or the TypeScript library's `save`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        unrolled_core::Model::load(bytes).map(Self::new)
    }

    /// One safetensors file, with the optimizer's state.
    pub fn to_bytes(&mut self) -> Result<Vec<u8>> {
        self.core.save("null", true, 0)
    }

    /// Sets loss, optimizer and metrics. Keeps the weights; the optimizer starts anew.
    pub fn compile(&mut self, spec: CompileSpec) -> Result<()> {
        self.core.compile(spec)
    }

    /// Trains; gives loss and metrics of each epoch.
    ///
    /// x: `[batch, time, features]` or `[batch, features]`; y: the output's shape, or one class
    /// number for sparse targets. After an error in the data nothing has changed.
    pub fn fit<X: Dimension, Y: Dimension>(
        &mut self,
        x: ArrayView<'_, f32, X>,
        y: ArrayView<'_, f32, Y>,
        fit: &Fit,
    ) -> Result<History> {
        if fit.batch_size == 0 {
            return Err(Error::data("fit", "expected a batch_size of at least 1, got 0"));
        }
        let result = self.give(TRAIN, x, Some(y)).and_then(|()| {
            (0..fit.epochs)
                .map(|_| {
                    let values = epoch(&mut self.core, self.epochs, fit)?;
                    self.epochs += 1;
                    Ok(values)
                })
                .collect()
        });
        self.core.clear_data(TRAIN)?;
        result
    }

    /// Loss, then metrics, without training.
    pub fn evaluate<X: Dimension, Y: Dimension>(
        &mut self,
        x: ArrayView<'_, f32, X>,
        y: ArrayView<'_, f32, Y>,
    ) -> Result<Vec<f64>> {
        let meter = self.core.open_meter();
        let result = self.give(OTHER, x, Some(y)).and_then(|()| {
            for part in self.parts()? {
                self.core.evaluate_step(OTHER, &part, meter)?;
            }
            self.core.metrics(meter)
        });
        self.core.close_meter(meter)?;
        self.core.clear_data(OTHER)?;
        result
    }

    /// The output, `[batch, units]` or `[batch, time, units]`.
    pub fn predict<X: Dimension>(&mut self, x: ArrayView<'_, f32, X>) -> Result<ArrayD<f32>> {
        let result = self.give(OTHER, x, None::<ArrayView<'_, f32, X>>).and_then(|()| {
            let mut values = Vec::new();
            for part in self.parts()? {
                values.extend(self.core.predict_step(OTHER, &part, 0)?);
            }
            let shape = self.core.output_shape(0, OTHER)?;
            Ok(ArrayD::from_shape_vec(IxDyn(&shape), values).expect("the output's shape"))
        });
        self.core.clear_data(OTHER)?;
        result
    }

    /// All weights, one after the other in Keras's order.
    pub fn weights(&mut self) -> Result<Vec<f32>> {
        self.core.export_weights()
    }

    /// Takes what [`Model::weights`] gave.
    pub fn set_weights(&mut self, flat: &[f32]) -> Result<()> {
        self.core.import_weights(flat)
    }

    /// Copies data into a slot, where they are checked.
    fn give<X: Dimension, Y: Dimension>(
        &mut self,
        slot: usize,
        x: ArrayView<'_, f32, X>,
        y: Option<ArrayView<'_, f32, Y>>,
    ) -> Result<()> {
        let values: Vec<f32> = x.iter().copied().collect();
        self.core.set_input(slot, 0, values, x.shape(), None)?;
        let Some(y) = y else { return Ok(()) };
        let values: Vec<f32> = y.iter().copied().collect();
        self.core.set_target(slot, 0, values, y.shape())?;
        self.core.check_data(slot)
    }

    /// The examples of [`OTHER`], some at a time.
    fn parts(&self) -> Result<Vec<Vec<u32>>> {
        let all: Vec<u32> = (0..self.core.size(OTHER)? as u32).collect();
        Ok(all.chunks(MEASURED).map(<[u32]>::to_vec).collect())
    }
}
