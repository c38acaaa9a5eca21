//! A model that trains: plan, parameters, data, optimizer and running metrics together.

mod data;
mod describe;
mod partial;
mod persist;
mod pieces;
mod steps;

use std::sync::Arc;

use unrolled_simd::Isa;

use crate::arena::Lines;
use crate::clip::Clip;
use crate::error::{Error, Result};
use crate::metrics::MetricState;
use crate::optimizers::Optimizer;
use crate::params::Params;
use crate::plan::Plan;
use crate::rng;
use crate::spec::{CompileSpec, ModelSpec};
use data::Dataset;
use pieces::Pieces;
use unrolled_spec::memory::{Shortage, copied};

pub use partial::{Partial, to_bytes as partials_to_bytes};
pub use pieces::PIECE;

/// Places for data: training, validation, and scratch (streamed batches, predictions).
pub const SLOTS: usize = 3;

/// A model. Callers see `[batch, time, features]`; inside, lanes are examples.
#[derive(Clone, Debug)]
pub struct Model {
    spec: ModelSpec,
    isa: Isa,
    plan: Plan,
    /// Made when a sequence is longer than a piece of time.
    pieces: Option<Box<Pieces>>,
    /// Steps of a piece.
    piece: usize,
    params: Params,
    /// Whether the parameters hold anything yet: they are drawn on first use, or set.
    initialized: bool,
    training: Option<Training>,
    slots: [Dataset; SLOTS],
    arena: Lines,
    /// Gradient of the mini-batch, and of a block after the first; empty before they are needed.
    gradients: Vec<f32>,
    block_gradients: Vec<f32>,
    target: Vec<f32>,
    weight: Vec<f32>,
    /// Running sums, each owned by who opened it; a closed one is `None`. The first is always there.
    meters: Vec<Option<Meter>>,
    /// A copy of the best weights.
    best: Option<Vec<f32>>,
    /// JSON text.
    metadata: String,
}

/// Running sums of the loss, then of the metrics.
type Meter = Vec<MetricState>;

/// What compiling adds.
#[derive(Clone, Debug)]
struct Training {
    /// Shared with the pass that reads it.
    spec: Arc<CompileSpec>,
    optimizer: Optimizer,
    clip: Clip,
}

impl Model {
    /// Checks a description. Weights are drawn on first use.
    pub fn new(spec: ModelSpec) -> Result<Self> {
        Self::with_isa(spec, Isa::fastest())
    }

    /// The same on a given instruction set.
    pub fn with_isa(spec: ModelSpec, isa: Isa) -> Result<Self> {
        let (plan, layout) = Plan::build(&spec)?;
        Ok(Self::with_plan(spec, isa, plan, Params::new(layout)?))
    }

    fn with_plan(spec: ModelSpec, isa: Isa, plan: Plan, params: Params) -> Self {
        let slots = core::array::from_fn(|_| Dataset::new(plan.inputs.len(), plan.outputs.len()));
        Self {
            spec,
            isa,
            plan,
            pieces: None,
            piece: PIECE,
            params,
            initialized: false,
            training: None,
            slots,
            arena: Lines::default(),
            gradients: Vec::new(),
            block_gradients: Vec::new(),
            target: Vec::new(),
            weight: Vec::new(),
            meters: vec![Some(vec![MetricState::default()])],
            best: None,
            metadata: "null".to_owned(),
        }
    }

    /// Sets loss, optimizer and metrics. Keeps the weights; the optimizer starts anew.
    pub fn compile(&mut self, spec: CompileSpec) -> Result<()> {
        spec.validate()?;
        let clip = Clip::new(&spec.optimizer);
        let optimizer = Optimizer::new(&spec.optimizer, self.params.values.len())?;
        self.meters = vec![Some(vec![MetricState::default(); 1 + spec.metrics.len()])];
        self.best = None;
        self.training = Some(Training { spec: Arc::new(spec), optimizer, clip });
        for slot in &mut self.slots {
            slot.checked = false;
        }
        Ok(())
    }

    fn training(&self) -> Result<&Training> {
        self.training.as_ref().ok_or_else(not_compiled)
    }

    fn initialize(&mut self) -> Result<()> {
        if !self.initialized {
            self.params.initialize(self.spec.seed)?;
            self.initialized = true;
        }
        Ok(())
    }

    /// All weights, one after the other in Keras's order.
    pub fn export_weights(&mut self) -> Result<Vec<f32>> {
        self.initialize()?;
        self.params.export()
    }

    /// Takes what [`Model::export_weights`] gave. The optimizer's state stays.
    pub fn import_weights(&mut self, flat: &[f32]) -> Result<()> {
        if let Some(i) = flat.iter().position(|w| !w.is_finite()) {
            return Err(Error::data(format!("weights[{i}]"), "expected a finite number"));
        }
        self.params.import(flat)?;
        self.initialized = true;
        Ok(())
    }

    /// Order of the examples in epoch `epoch`.
    pub fn permutation(&self, n: u32, epoch: u64) -> Result<Vec<u32>> {
        rng::permutation(self.spec.seed, n, epoch)
            .map_err(|short| short.of(format!("the numbers of {n} examples"), FEWER_EXAMPLES))
    }

    /// Training steps done since the model was compiled.
    pub fn iterations(&self) -> u64 {
        self.training.as_ref().map_or(0, |training| training.optimizer.iterations)
    }

    /// The learning rate of the next step.
    pub fn learning_rate(&self) -> Result<f32> {
        Ok(self.training()?.optimizer.learning_rate())
    }

    /// Replaces the learning rate or its schedule by a constant.
    pub fn set_learning_rate(&mut self, value: f32) -> Result<()> {
        self.training.as_mut().ok_or_else(not_compiled)?.optimizer.set_learning_rate(value)
    }

    /// A meter that has seen nothing: running sums of the loss and the metrics. Compiling closes it.
    pub fn open_meter(&mut self) -> usize {
        let meter = vec![MetricState::default(); self.meter_len()];
        match self.meters.iter().position(Option::is_none) {
            Some(free) => {
                self.meters[free] = Some(meter);
                free
            }
            None => {
                self.meters.push(Some(meter));
                self.meters.len() - 1
            }
        }
    }

    /// Gives a meter back; number 0 is always there.
    pub fn close_meter(&mut self, meter: usize) -> Result<()> {
        self.meter(meter)?;
        if meter > 0 {
            self.meters[meter] = None;
        }
        Ok(())
    }

    /// Starts a meter anew.
    pub fn reset_meter(&mut self, meter: usize) -> Result<()> {
        self.meter(meter)?;
        self.meters[meter] = Some(vec![MetricState::default(); self.meter_len()]);
        Ok(())
    }

    /// Loss and metrics of a meter: weighted means over everything that it has seen.
    pub fn metrics(&self, meter: usize) -> Result<Vec<f64>> {
        let running = self.meter(meter)?;
        let specs = self.training.as_ref().map_or(&[][..], |training| &training.spec.metrics);
        let mut values = vec![running[0].mean()];
        values.extend(running[1..].iter().zip(specs).map(|(state, spec)| state.value(spec)));
        Ok(values)
    }

    fn meter_len(&self) -> usize {
        1 + self.training.as_ref().map_or(0, |training| training.spec.metrics.len())
    }

    fn meter(&self, meter: usize) -> Result<&Meter> {
        let found = self.meters.get(meter).and_then(Option::as_ref);
        found.ok_or_else(|| Error::State {
            message: format!("there is no meter {meter}: compiling closes those that were open"),
        })
    }

    /// Keeps a copy of the weights as they are.
    pub fn keep_best(&mut self) -> Result<()> {
        self.initialize()?;
        match &mut self.best {
            Some(best) => best.copy_from_slice(&self.params.values),
            None => self.best = Some(copied(&self.params.values).map_err(no_room_for_best)?),
        }
        Ok(())
    }

    /// Brings the kept copy back; false if there is none.
    pub fn restore_best(&mut self) -> bool {
        match &self.best {
            Some(best) => {
                self.params.values.copy_from_slice(best);
                self.initialized = true;
                true
            }
            None => false,
        }
    }

    /// Forgets the kept copy.
    pub fn drop_best(&mut self) {
        self.best = None;
    }
}

/// What to do where examples do not fit.
const FEWER_EXAMPLES: &str = "give fewer examples at once, or a stream of batches";

fn no_room_for_best(short: Shortage) -> Error {
    short.of("the best weights", "do without restoreBestWeights, or give fewer units")
}

fn not_compiled() -> Error {
    Error::State { message: "the model is not compiled: call compile first".to_owned() }
}
