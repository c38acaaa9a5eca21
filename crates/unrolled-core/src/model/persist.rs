//! A model as one safetensors file, and back.
//!
//! Texts: `model`, `compile`, `learningRate` (the schedule in force), `iterations`, `metadata`.
//! Tensors: every weight by its name; `best/…`, `optimizer/<slot>/…`; `metrics` (running sums).

use unrolled_simd::Isa;

use super::Model;
use crate::error::{Error, Result};
use crate::metrics::MetricState;
use crate::params::Params;
use crate::spec::{self, CompileSpec, FromJson, LearningRate, ToJson};
use unrolled_spec::checkpoint::{Reader, Tensor, Values, write};
use unrolled_spec::json;

impl Model {
    /// The model as bytes: description, weights, best weights, metadata (any JSON text) and, if
    /// asked and compiled, optimizer state, iterations and a meter. The random generator's
    /// state is the seed and the iterations.
    pub fn save(
        &mut self,
        metadata: &str,
        include_optimizer: bool,
        meter: usize,
    ) -> Result<Vec<u8>> {
        json::parse(metadata)
            .map_err(|error| Error::data("metadata", format!("expected JSON: {error}")))?;
        self.initialize();
        metadata.clone_into(&mut self.metadata);
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
        let sums: Vec<f64> = running.iter().flat_map(|m| [m.sum, m.weight]).collect();
        if let (Some(training), true) = (&self.training, include_optimizer) {
            for slot in training.optimizer.slots() {
                let prefix = format!("optimizer/{}", slot.name);
                if slot.values.len() == self.params.values.len() {
                    add(&mut tensors, &format!("{prefix}/"), &self.params, &slot.values);
                } else {
                    let shape = vec![slot.values.len()];
                    tensors.push(Tensor { name: prefix, shape, values: Values::F32(&slot.values) });
                }
            }
            let shape = vec![running.len(), 2];
            tensors.push(Tensor { name: "metrics".into(), shape, values: Values::F64(&sums) });
        }
        Ok(write(&texts, &tensors))
    }

    /// The model that [`Model::save`] wrote.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        Self::load_with_isa(bytes, Isa::fastest())
    }

    /// The same on a given instruction set.
    pub fn load_with_isa(bytes: &[u8], isa: Isa) -> Result<Self> {
        let reader = Reader::new(bytes)?;
        let mut model = Self::with_isa(from_json("model", reader.text("model")?)?, isa)?;
        model.params.values = read(&reader, "", &model.params)?;
        model.initialized = true;
        let metadata = reader.text("metadata")?;
        json::parse(metadata).map_err(|error| Error::Checkpoint {
            message: format!("checkpoint: metadata: {error}"),
        })?;
        metadata.clone_into(&mut model.metadata);
        if let Some(compile) = reader.optional_text("compile") {
            model.compile(from_json::<CompileSpec>("compile", compile)?)?;
        }
        // After compiling, which drops it.
        let first = model.params.specs().first().map(|spec| format!("best/{}", spec.name));
        if first.is_some_and(|name| reader.has(&name)) {
            model.best = Some(read(&reader, "best/", &model.params)?);
        }
        let Some(iterations) = reader.optional_text("iterations") else { return Ok(model) };
        let Some(training) = model.training.as_mut() else { return Ok(model) };
        training.optimizer.iterations = from_json("iterations", iterations)?;
        let rate: LearningRate = from_json("learningRate", reader.text("learningRate")?)?;
        rate.validate()?;
        training.optimizer.set_schedule(rate);
        for slot in training.optimizer.slots_mut() {
            let prefix = format!("optimizer/{}", slot.name);
            slot.values = if slot.values.len() == model.params.values.len() {
                read(&reader, &format!("{prefix}/"), &model.params)?
            } else {
                reader.f32s(&prefix, &[slot.values.len()])?
            };
        }
        let sums = reader.f64s("metrics", &[model.meter_len(), 2])?;
        let state = |pair: &[f64]| MetricState { sum: pair[0], weight: pair[1] };
        model.meters = vec![Some(sums.chunks_exact(2).map(state).collect())];
        Ok(model)
    }
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

/// The reverse of [`add`].
fn read(reader: &Reader<'_>, prefix: &str, params: &Params) -> Result<Vec<f32>> {
    let mut values = vec![0.0; params.values.len()];
    for (spec, range) in params.specs().iter().zip(params.ranges()) {
        let tensor = reader.f32s(&format!("{prefix}{}", spec.name), &spec.shape)?;
        values[range.clone()].copy_from_slice(&tensor);
    }
    Ok(values)
}

fn from_json<T: FromJson>(what: &str, text: &str) -> Result<T> {
    spec::from_json(what, text)
        .map_err(|error| Error::Checkpoint { message: format!("checkpoint: {error}") })
}
