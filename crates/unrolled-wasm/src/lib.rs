//! The boundary to JavaScript: one method a call of the core, no arithmetic.

mod error;

use js_sys::Error;
use unrolled_core::{Model, partials_to_bytes, spec};
use wasm_bindgen::prelude::*;

type Result<T> = std::result::Result<T, Error>;

/// A model in the memory of this instance. Shapes have the batch first.
#[wasm_bindgen]
pub struct WasmModel(Model);

#[wasm_bindgen]
impl WasmModel {
    /// From the JSON of a `ModelSpec`.
    #[wasm_bindgen(constructor)]
    pub fn new(model_spec_json: &str) -> Result<WasmModel> {
        let spec = spec::from_json("model", model_spec_json).map_err(error::to_js)?;
        Model::new(spec).map(Self).map_err(error::to_js)
    }

    /// From the bytes that `save` gave.
    pub fn load(bytes: &[u8]) -> Result<WasmModel> {
        Model::load(bytes).map(Self).map_err(error::to_js)
    }

    /// From the JSON of a `CompileSpec`.
    pub fn compile(&mut self, compile_spec_json: &str) -> Result<()> {
        let spec = spec::from_json("compile", compile_spec_json).map_err(error::to_js)?;
        self.0.compile(spec).map_err(error::to_js)
    }

    /// Everything but the numbers, as JSON.
    pub fn describe(&self) -> String {
        self.0.describe()
    }

    /// Puts an input into a slot.
    #[wasm_bindgen(js_name = setInput)]
    pub fn set_input(
        &mut self,
        slot: usize,
        index: usize,
        data: Vec<f32>,
        shape: Vec<usize>,
        lengths: Option<Vec<u32>>,
    ) -> Result<()> {
        self.0.set_input(slot, index, data, &shape, lengths.as_deref()).map_err(error::to_js)
    }

    /// Puts a target into a slot.
    #[wasm_bindgen(js_name = setTarget)]
    pub fn set_target(
        &mut self,
        slot: usize,
        index: usize,
        data: Vec<f32>,
        shape: Vec<usize>,
    ) -> Result<()> {
        self.0.set_target(slot, index, data, &shape).map_err(error::to_js)
    }

    /// Checks inputs and targets of a slot.
    #[wasm_bindgen(js_name = checkData)]
    pub fn check_data(&mut self, slot: usize) -> Result<()> {
        self.0.check_data(slot).map_err(error::to_js)
    }

    /// Frees a slot.
    #[wasm_bindgen(js_name = clearData)]
    pub fn clear_data(&mut self, slot: usize) -> Result<()> {
        self.0.clear_data(slot).map_err(error::to_js)
    }

    /// Number of examples in a slot.
    pub fn size(&self, slot: usize) -> Result<usize> {
        self.0.size(slot).map_err(error::to_js)
    }

    /// Trains one mini-batch; its loss. Adds to a meter.
    #[wasm_bindgen(js_name = trainStep)]
    pub fn train_step(&mut self, slot: usize, indices: &[u32], meter: usize) -> Result<f64> {
        self.0.train_step(slot, indices, meter).map_err(error::to_js)
    }

    /// Number of blocks of a mini-batch of so many examples.
    pub fn blocks(&self, examples: usize) -> usize {
        self.0.blocks(examples)
    }

    /// What blocks `from..to` of a mini-batch add to a training step, as bytes.
    pub fn accumulate(
        &mut self,
        slot: usize,
        indices: &[u32],
        from: usize,
        to: usize,
    ) -> Result<Vec<u8>> {
        let partials = self.0.accumulate(slot, indices, from, to).map_err(error::to_js)?;
        Ok(partials_to_bytes(&partials))
    }

    /// One training step from what all its blocks add, in their order; its loss. Adds to a meter.
    pub fn apply(&mut self, partials: &[u8], meter: usize) -> Result<f64> {
        let partials = self.0.read_partials(partials).map_err(error::to_js)?;
        self.0.apply(&partials, meter).map_err(error::to_js)
    }

    /// Loss of one mini-batch without training. Adds to a meter.
    #[wasm_bindgen(js_name = evaluateStep)]
    pub fn evaluate_step(&mut self, slot: usize, indices: &[u32], meter: usize) -> Result<f64> {
        self.0.evaluate_step(slot, indices, meter).map_err(error::to_js)
    }

    /// An output for some examples.
    #[wasm_bindgen(js_name = predictStep)]
    pub fn predict_step(
        &mut self,
        slot: usize,
        indices: &[u32],
        output: usize,
    ) -> Result<Vec<f32>> {
        self.0.predict_step(slot, indices, output).map_err(error::to_js)
    }

    /// Shape of an output for all examples of a slot.
    #[wasm_bindgen(js_name = outputShape)]
    pub fn output_shape(&self, output: usize, slot: usize) -> Result<Vec<usize>> {
        self.0.output_shape(output, slot).map_err(error::to_js)
    }

    /// Gradients of one mini-batch, flat, without dropout and update.
    pub fn gradients(&mut self, slot: usize, indices: &[u32]) -> Result<Vec<f32>> {
        self.0.gradients(slot, indices).map_err(error::to_js)
    }

    /// A meter that has seen nothing.
    #[wasm_bindgen(js_name = openMeter)]
    pub fn open_meter(&mut self) -> usize {
        self.0.open_meter()
    }

    /// Gives a meter back.
    #[wasm_bindgen(js_name = closeMeter)]
    pub fn close_meter(&mut self, meter: usize) -> Result<()> {
        self.0.close_meter(meter).map_err(error::to_js)
    }

    /// Starts a meter anew.
    #[wasm_bindgen(js_name = resetMeter)]
    pub fn reset_meter(&mut self, meter: usize) -> Result<()> {
        self.0.reset_meter(meter).map_err(error::to_js)
    }

    /// Loss and metrics of a meter.
    pub fn metrics(&self, meter: usize) -> Result<Vec<f64>> {
        self.0.metrics(meter).map_err(error::to_js)
    }

    /// All weights, flat.
    #[wasm_bindgen(js_name = getWeights)]
    pub fn get_weights(&mut self) -> Result<Vec<f32>> {
        self.0.export_weights().map_err(error::to_js)
    }

    /// Sets all weights.
    #[wasm_bindgen(js_name = setWeights)]
    pub fn set_weights(&mut self, flat: &[f32]) -> Result<()> {
        self.0.import_weights(flat).map_err(error::to_js)
    }

    /// Order of the examples in an epoch.
    pub fn permutation(&self, n: u32, epoch: u32) -> Result<Vec<u32>> {
        self.0.permutation(n, u64::from(epoch)).map_err(error::to_js)
    }

    /// Training steps done.
    pub fn iterations(&self) -> f64 {
        self.0.iterations() as f64
    }

    /// Learning rate of the next step.
    #[wasm_bindgen(js_name = learningRate)]
    pub fn learning_rate(&self) -> Result<f32> {
        self.0.learning_rate().map_err(error::to_js)
    }

    /// Replaces learning rate or schedule by a constant.
    #[wasm_bindgen(js_name = setLearningRate)]
    pub fn set_learning_rate(&mut self, value: f32) -> Result<()> {
        self.0.set_learning_rate(value).map_err(error::to_js)
    }

    /// Keeps a copy of the weights.
    #[wasm_bindgen(js_name = keepBest)]
    pub fn keep_best(&mut self) -> Result<()> {
        self.0.keep_best().map_err(error::to_js)
    }

    /// Brings the copy back; false if there is none.
    #[wasm_bindgen(js_name = restoreBest)]
    pub fn restore_best(&mut self) -> bool {
        self.0.restore_best()
    }

    /// Forgets the copy.
    #[wasm_bindgen(js_name = dropBest)]
    pub fn drop_best(&mut self) {
        self.0.drop_best();
    }

    /// The model as one safetensors file, with a meter if the optimizer is included.
    pub fn save(
        &mut self,
        metadata_json: &str,
        include_optimizer: bool,
        meter: usize,
    ) -> Result<Vec<u8>> {
        self.0.save(metadata_json, include_optimizer, meter).map_err(error::to_js)
    }

    /// Whether this instance can still allocate so many bytes at once: what JavaScript copies in
    /// would else end in a trap.
    pub fn room(bytes: f64) -> bool {
        Vec::<u8>::new().try_reserve_exact(bytes as usize).is_ok()
    }
}
