//! A model as one safetensors file, and back.
//!
//! Texts: `model`, `compile`, `learningRate` (the schedule in force), `iterations`, `metadata`.
//! Tensors: every weight by its name; `best/…`, `optimizer/<slot>/…`; `metrics` (running sums).

use core::ops::Range;

use unrolled_simd::{Isa, kernels::all_finite};

use super::{Meter, Model, no_room_for_best};
use crate::error::{Error, Result};
use crate::metrics::MetricState;
use crate::optimizers::slot_names;
use crate::params::{Layout, Params};
use crate::plan::Plan;
use crate::spec::{self, CompileSpec, LearningRate, ModelSpec, ToJson};
use unrolled_spec::checkpoint::{Reader, Tensor, Values, write};
use unrolled_spec::json;
use unrolled_spec::memory::filled;

/// Before the names of the optimizer's state.
const OPTIMIZER: &str = "optimizer/";

/// The running sums.
const METRICS: &str = "metrics";

impl Model {
    /// The model as bytes: description, weights, best weights, metadata (any JSON text) and, if
    /// asked and compiled, optimizer state, iterations and a meter. The random generator's
    /// state is the seed and the iterations. Numbers that are NaN or infinite are not written: the
    /// weights' and the optimizer's are an error, a meter's start anew.
    pub fn save(
        &mut self,
        metadata: &str,
        include_optimizer: bool,
        meter: usize,
    ) -> Result<Vec<u8>> {
        json::parse(metadata)
            .map_err(|error| Error::data("metadata", format!("expected JSON: {error}")))?;
        self.initialize()?;
        self.check_finite("", &self.params.values)?;
        if let Some(best) = &self.best {
            self.check_finite("best/", best)?;
        }
        let model = self.spec.to_json();
        let compile = self.training.as_ref().map(|training| training.spec.to_json());
        let rate = self.training.as_ref().map(|training| training.optimizer.schedule().to_json());
        let iterations = self.iterations().to_string();
        let mut texts = vec![("model", model.as_str()), ("metadata", metadata)];
        if let (Some(compile), Some(rate)) = (&compile, &rate) {
            texts.push(("compile", compile));
            if include_optimizer {
                texts.push(("learningRate", rate));
                texts.push(("iterations", &iterations));
            }
        }
        let mut tensors = Vec::new();
        add(&mut tensors, "", &self.params, &self.params.values);
        if let Some(best) = &self.best {
            add(&mut tensors, "best/", &self.params, best);
        }
        let running = self.meter(meter)?;
        let written = |m: &MetricState| match m.sum.is_finite() {
            true => [m.sum, m.weight],
            false => [0.0; 2],
        };
        let sums: Vec<f64> = running.iter().flat_map(written).collect();
        if let (Some(training), true) = (&self.training, include_optimizer) {
            for slot in training.optimizer.slots() {
                let prefix = format!("{OPTIMIZER}{}", slot.name);
                if slot.values.len() == self.params.values.len() {
                    self.check_finite(&format!("{prefix}/"), &slot.values)?;
                    add(&mut tensors, &format!("{prefix}/"), &self.params, &slot.values);
                } else {
                    let shape = vec![slot.values.len()];
                    tensors.push(Tensor { name: prefix, shape, values: Values::F32(&slot.values) });
                }
            }
            let shape = vec![running.len(), 2];
            tensors.push(Tensor { name: METRICS.into(), shape, values: Values::F64(&sums) });
        }
        let bytes = write(&texts, &tensors)?;
        metadata.clone_into(&mut self.metadata);
        Ok(bytes)
    }

    /// Whether `values`, in the layout of the parameters, are numbers that a file may hold.
    fn check_finite(&self, prefix: &str, values: &[f32]) -> Result<()> {
        if all_finite(self.isa, values) {
            return Ok(());
        }
        let finite = |range: &Range<usize>| all_finite(self.isa, &values[range.clone()]);
        let found = self.params.layout.iter().find(|(_, range)| !finite(range));
        let layer = format!("{prefix}{}", found.map_or("padding", |(spec, _)| &spec.name));
        let iteration = self.iterations();
        Err(Error::NonFinite { layer, what: "value", step: None, iteration })
    }

    /// The model that [`Model::save`] wrote. Whatever is wrong with it is an
    /// [`Error::Checkpoint`].
    pub fn load(bytes: &[u8]) -> Result<Self> {
        Self::load_with_isa(bytes, Isa::fastest())
    }

    /// The same on a given instruction set.
    pub fn load_with_isa(bytes: &[u8], isa: Isa) -> Result<Self> {
        Self::read(&Reader::new(bytes)?, isa).map_err(|error| match error {
            Error::Checkpoint { .. } | Error::Memory { .. } => error,
            other => bad(other),
        })
    }

    fn read(reader: &Reader<'_>, isa: Isa) -> Result<Self> {
        let spec: ModelSpec = spec::from_json("model", reader.text("model")?)?;
        let (plan, layout) = Plan::build(&spec)?;
        let metadata = reader.optional_text("metadata").unwrap_or("null");
        json::parse(metadata).map_err(|error| Error::spec("metadata", error))?;
        let compile = match reader.optional_text("compile") {
            Some(text) => Some(spec::from_json::<CompileSpec>("compile", text)?),
            None => None,
        };
        if let Some(compile) = &compile {
            compile.validate()?;
        }
        let state = match (reader.optional_text("iterations"), &compile) {
            (None, _) => None,
            (Some(_), None) => return Err(bad("'compile' is missing")),
            (Some(text), Some(compile)) => {
                let iterations: u64 = spec::from_json("iterations", text)?;
                Some((iterations, learning_rate(reader)?, compile))
            }
        };
        // What the description claims is compared with the tensors that are there; nothing of its
        // size is allocated before.
        require(reader, "", &layout)?;
        let first = layout.specs().first().map(|spec| format!("best/{}", spec.name));
        let has_best = first.is_some_and(|name| reader.has(&name));
        if has_best {
            require(reader, "best/", &layout)?;
        }
        if let Some((_, _, compile)) = &state {
            require_state(reader, compile, &layout)?;
        }
        reader.nothing_else()?;
        let state = state.map(|(iterations, rate, _)| (iterations, rate));

        let mut model = Self::with_plan(spec, isa, plan, Params::new(layout)?);
        copy(reader, "", &model.params.layout, &mut model.params.values)?;
        model.initialized = true;
        metadata.clone_into(&mut model.metadata);
        if let Some(compile) = compile {
            model.compile(compile)?;
        }
        // After compiling, which drops it.
        if has_best {
            let len = model.params.values.len() as u64;
            let mut best = filled(len, 0.0).map_err(no_room_for_best)?;
            copy(reader, "best/", &model.params.layout, &mut best)?;
            model.best = Some(best);
        }
        if let Some((iterations, rate)) = state {
            model.read_state(reader, iterations, rate)?;
        }
        Ok(model)
    }

    /// What [`require_state`] found.
    fn read_state(
        &mut self,
        reader: &Reader<'_>,
        iterations: u64,
        rate: LearningRate,
    ) -> Result<()> {
        let shape = [self.meter_len(), 2];
        let (Params { layout, values }, Some(training)) = (&self.params, &mut self.training) else {
            return Ok(());
        };
        training.optimizer.iterations = iterations;
        training.optimizer.set_schedule(rate);
        for slot in training.optimizer.slots_mut() {
            let name = format!("{OPTIMIZER}{}", slot.name);
            if slot.values.len() == values.len() {
                copy(reader, &format!("{name}/"), layout, &mut slot.values)?;
            } else {
                reader.read_f32(&name, &[slot.values.len()], &mut slot.values)?;
            }
            if slot.holds_squares() && slot.values.iter().any(|&x| x < 0.0) {
                return Err(bad(format!("tensors '{name}/…': expected numbers of at least 0")));
            }
        }
        let sums = reader.f64s(METRICS, &shape)?;
        let state = |pair: &[f64]| MetricState { sum: pair[0], weight: pair[1] };
        let meter: Meter = sums.chunks_exact(2).map(state).collect();
        if meter.iter().any(|state| state.weight < 0.0) {
            return Err(bad(format!("tensor '{METRICS}': expected weights of at least 0")));
        }
        self.meters = vec![Some(meter)];
        Ok(())
    }
}

fn learning_rate(reader: &Reader<'_>) -> Result<LearningRate> {
    let rate: LearningRate = spec::from_json("learningRate", reader.text("learningRate")?)?;
    rate.validate()?;
    Ok(rate)
}

/// Whether the file has the optimizer's state and the running sums.
fn require_state(reader: &Reader<'_>, compile: &CompileSpec, layout: &Layout) -> Result<()> {
    let (slots, single) = slot_names(&compile.optimizer.rule);
    for name in slots {
        require(reader, &format!("{OPTIMIZER}{name}/"), layout)?;
    }
    for name in single {
        reader.require_f32(&format!("{OPTIMIZER}{name}"), &[1])?;
    }
    reader.require_f64(METRICS, &[1 + compile.metrics.len(), 2])
}

/// Adds every parameter's part of `values`, which has the layout of the parameters.
fn add<'a>(tensors: &mut Vec<Tensor<'a>>, prefix: &str, params: &Params, values: &'a [f32]) {
    for (spec, range) in params.specs().iter().zip(params.ranges()) {
        tensors.push(Tensor {
            name: format!("{prefix}{}", spec.name),
            shape: spec.shape.clone(),
            values: Values::F32(&values[range.clone()]),
        });
    }
}

/// Whether the file has every parameter's part.
fn require(reader: &Reader<'_>, prefix: &str, layout: &Layout) -> Result<()> {
    layout
        .specs()
        .iter()
        .try_for_each(|spec| reader.require_f32(&format!("{prefix}{}", spec.name), &spec.shape))
}

/// The reverse of [`add`].
fn copy(reader: &Reader<'_>, prefix: &str, layout: &Layout, values: &mut [f32]) -> Result<()> {
    layout.iter().try_for_each(|(spec, range)| {
        let to = &mut values[range.clone()];
        reader.read_f32(&format!("{prefix}{}", spec.name), &spec.shape, to)
    })
}

fn bad(message: impl std::fmt::Display) -> Error {
    Error::Checkpoint { message: format!("checkpoint: {message}") }
}
