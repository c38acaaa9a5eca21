//! Whole data sets, as callers gave them, checked as they come in.

use unrolled_simd::{Isa, kernels::all_finite};

use super::{FEWER_EXAMPLES, Model, SLOTS};
use crate::error::{Error, Result};
use crate::layers::Shape;
use crate::losses::{target_features, validate_target};
use unrolled_spec::json::number;
use unrolled_spec::memory::copied;

/// One array: `[n, …]`, row-major.
#[derive(Clone, Debug)]
pub(super) struct Array {
    pub data: Vec<f32>,
    pub n: usize,
    /// Steps; 1 for vectors.
    pub time: usize,
    pub features: usize,
    /// Valid steps of each example, if some are shorter than `time`.
    pub lengths: Option<Vec<u32>>,
    shape: Vec<usize>,
}

/// Inputs and targets of one slot.
#[derive(Clone, Debug)]
pub(super) struct Dataset {
    pub inputs: Vec<Option<Array>>,
    pub targets: Vec<Option<Array>>,
    /// Whether the targets were compared with the loss and outputs.
    pub checked: bool,
}

impl Dataset {
    pub fn new(inputs: usize, outputs: usize) -> Self {
        Self { inputs: vec![None; inputs], targets: vec![None; outputs], checked: false }
    }

    /// Number of examples, 0 without data.
    pub fn size(&self) -> usize {
        self.inputs[0].as_ref().map_or(0, |x| x.n)
    }
}

impl Model {
    fn slot(&self, slot: usize) -> Result<&Dataset> {
        self.slots.get(slot).ok_or_else(|| no_slot(slot))
    }

    /// Number of examples in a slot.
    pub fn size(&self, slot: usize) -> Result<usize> {
        Ok(self.slot(slot)?.size())
    }

    /// Frees a slot.
    pub fn clear_data(&mut self, slot: usize) -> Result<()> {
        self.slot(slot)?;
        self.slots[slot] = Dataset::new(self.plan.inputs.len(), self.plan.outputs.len());
        Ok(())
    }

    /// Puts input number `index` into a slot. shape: `[n, time, features]` or `[n, features]`.
    /// lengths: valid steps of each example, from 1 to time; what stands after them is ignored.
    pub fn set_input(
        &mut self,
        slot: usize,
        index: usize,
        data: impl Into<Vec<f32>>,
        shape: &[usize],
        lengths: Option<&[u32]>,
    ) -> Result<()> {
        self.slot(slot)?;
        let Some((name, expected)) = self.plan.inputs.get(index) else {
            let message =
                format!("the model has {} inputs, no number {index}", self.plan.inputs.len());
            return Err(Error::spec("input", message));
        };
        let at = format!("input '{name}'");
        let array = input_array(self.isa, &at, *expected, data.into(), shape, lengths)?;
        self.slots[slot].inputs[index] = Some(array);
        self.slots[slot].checked = false;
        Ok(())
    }

    /// Puts the target of output number `index` into a slot. shape: `[n, time, k]` or `[n, k]`,
    /// k being the output's features, or 1 for class numbers.
    pub fn set_target(
        &mut self,
        slot: usize,
        index: usize,
        data: impl Into<Vec<f32>>,
        shape: &[usize],
    ) -> Result<()> {
        self.slot(slot)?;
        let Some((_, name, _)) = self.plan.outputs.get(index) else {
            let message =
                format!("the model has {} outputs, no number {index}", self.plan.outputs.len());
            return Err(Error::spec("target", message));
        };
        let at = format!("target of '{name}'");
        let (n, time, features) = match *shape {
            [n, features] => (n, 1, features),
            [n, time, features] => (n, time, features),
            _ => return Err(Error::shape(at, "[n, k] or [n, time, k]", format!("{shape:?}"))),
        };
        let data = data.into();
        check_len(&at, &data, shape)?;
        let shape = shape.to_vec();
        let array = Array { data, n, time, features, lengths: None, shape };
        self.slots[slot].targets[index] = Some(array);
        self.slots[slot].checked = false;
        Ok(())
    }

    /// Whether the slot's inputs and targets fit the model and its loss.
    pub fn check_data(&mut self, slot: usize) -> Result<()> {
        self.check_targets(slot)
    }

    /// Whether the slot's inputs are all there and of one size.
    pub(super) fn check_inputs(&self, slot: usize) -> Result<()> {
        let slot = self.slot(slot)?;
        for (input, (name, _)) in slot.inputs.iter().zip(&self.plan.inputs) {
            match input {
                None => {
                    let message = format!("input '{name}' has no data: set it first");
                    return Err(Error::State { message });
                }
                Some(input) if input.n != slot.size() => {
                    let expected = format!("{} examples", slot.size());
                    let got = format!("{} examples", input.n);
                    return Err(Error::shape(format!("input '{name}'"), expected, got));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Whether the slot's targets fit outputs and loss.
    pub(super) fn check_targets(&mut self, slot: usize) -> Result<()> {
        self.check_inputs(slot)?;
        let loss = self.training()?.spec.loss;
        let data = &self.slots[slot];
        if data.checked {
            return Ok(());
        }
        if data.targets.iter().all(Option::is_none) {
            return Err(Error::State {
                message: "there are no targets: set them first".to_owned(),
            });
        }
        for (i, target) in data.targets.iter().enumerate() {
            let Some(target) = target else { continue };
            let (_, name, shape) = &self.plan.outputs[i];
            let at = format!("target of '{name}'");
            let k = target_features(&loss, shape.features());
            let source = self.plan.mask_source(i).and_then(|i| data.inputs[i].as_ref());
            let (fits, expected) = match shape {
                Shape::Vector { .. } => {
                    (target.shape == [data.size(), k], format!("[{}, {k}]", data.size()))
                }
                Shape::Sequence { .. } => {
                    let time = source.map_or(target.time, |x| x.time);
                    let expected = [data.size(), time, k];
                    (target.shape == expected, format!("{expected:?}"))
                }
            };
            if !fits {
                return Err(Error::shape(at, expected, format!("{:?}", target.shape)));
            }
            let lengths = source.and_then(|x| x.lengths.as_deref());
            validate_target(
                self.isa,
                &at,
                &loss,
                shape.features(),
                &target.data,
                &target.shape,
                lengths,
            )?;
        }
        self.slots[slot].checked = true;
        Ok(())
    }

    /// Whether the indices are examples of the slot.
    pub(super) fn check_indices(&self, slot: usize, indices: &[u32]) -> Result<()> {
        let n = self.slot(slot)?.size();
        if indices.is_empty() {
            return Err(Error::data("indices", "expected at least one example, got none"));
        }
        match indices.iter().find(|&&i| i as usize >= n) {
            Some(i) => Err(Error::data("indices", format!("expected numbers below {n}, got {i}"))),
            None => Ok(()),
        }
    }
}

fn no_slot(slot: usize) -> Error {
    Error::data("slot", format!("expected a number below {SLOTS}, got {slot}"))
}

fn check_len(at: &str, data: &[f32], shape: &[usize]) -> Result<()> {
    let expected = shape.iter().try_fold(1usize, |a, &b| a.checked_mul(b));
    if expected != Some(data.len()) {
        return Err(Error::shape(at, format!("{shape:?}"), format!("{} values", data.len())));
    }
    Ok(())
}

fn input_array(
    isa: Isa,
    at: &str,
    expected: Shape,
    mut data: Vec<f32>,
    shape: &[usize],
    lengths: Option<&[u32]>,
) -> Result<Array> {
    let fits = match (expected, shape) {
        (Shape::Vector { features }, &[_, f]) => f == features,
        (Shape::Sequence { time, features }, &[_, t, f]) => {
            f == features && t > 0 && time.is_none_or(|time| time == t)
        }
        _ => false,
    };
    if !fits {
        return Err(Error::shape(at, expected.describe(), format!("{shape:?}")));
    }
    check_len(at, &data, shape)?;
    let (n, features) = (shape[0], expected.features());
    let time = if let [_, time, _] = *shape { time } else { 1 };
    if let Some(lengths) = lengths {
        if shape.len() == 2 {
            return Err(Error::data(at, "lengths belong to sequences; this input is a vector"));
        }
        if lengths.len() != n {
            let got = format!("{} lengths", lengths.len());
            return Err(Error::shape(at, format!("{n} lengths"), got));
        }
        if let Some(i) = lengths.iter().position(|&l| l == 0 || l as usize > time) {
            let message = format!("expected a length from 1 to {time}, got {}", lengths[i]);
            return Err(Error::data(format!("{at}, example {i}"), message));
        }
    }
    let lengths = lengths.filter(|lengths| lengths.iter().any(|&l| (l as usize) < time));
    // Without examples the product may be anything.
    let example = time.saturating_mul(features);
    for (i, example) in data.chunks_exact_mut(example).enumerate() {
        let valid = lengths.map_or(time, |lengths| lengths[i] as usize) * features;
        // What stands in the padding must not reach the arithmetic.
        example[valid..].fill(0.0);
        if all_finite(isa, example) {
            continue;
        }
        if let Some(j) = example.iter().position(|x| !x.is_finite()) {
            let (step, feature) = (j / features, j % features);
            let place = if shape.len() == 2 {
                format!("{at}, example {i}, feature {feature}")
            } else {
                format!("{at}, example {i}, step {step}, feature {feature}")
            };
            return Err(Error::data(
                place,
                format!("expected a finite number, got {}", number(example[j])),
            ));
        }
    }
    let shape = shape.to_vec();
    let lengths = match lengths {
        Some(lengths) => {
            let copy = copied(lengths);
            Some(copy.map_err(|short| short.of(format!("the lengths of {at}"), FEWER_EXAMPLES))?)
        }
        None => None,
    };
    Ok(Array { data, n, time, features, lengths, shape })
}
