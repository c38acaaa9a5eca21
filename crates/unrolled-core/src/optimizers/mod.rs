//! Update rules: Keras 3's `update_step` of each, as one vectorised pass over the flat parameters.

mod adam;
mod moments;
mod nadam;
mod rmsprop;
mod sgd;

use unrolled_simd::Simd;

use crate::error::Result;
use crate::params::ALIGNMENT;
use crate::spec::{LearningRate, OptimizerSpec, Rule};
use unrolled_spec::memory::{Shortage, room};

/// A named part of an optimizer's state, in the layout of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Name in checkpoints, such as `m`.
    pub name: &'static str,
    /// One value a parameter element (padding included), or one alone (Nadam's `u_product`).
    pub values: Vec<f32>,
}

impl Slot {
    /// Whether it is a mean of squares, so never below zero.
    pub fn holds_squares(&self) -> bool {
        ["v", "velocity"].contains(&self.name)
    }
}

/// Names of a rule's state: of what has the layout of the parameters, and of single values, which
/// start at one.
pub fn slot_names(rule: &Rule) -> (&'static [&'static str], &'static [&'static str]) {
    match *rule {
        Rule::Sgd { momentum: 0.0, .. } => (&[], &[]),
        Rule::Sgd { .. } => (&["momentum"], &[]),
        Rule::Rmsprop { momentum, centered, .. } => match (momentum > 0.0, centered) {
            (false, false) => (&["velocity"], &[]),
            (true, false) => (&["velocity", "momentum"], &[]),
            (false, true) => (&["velocity", "average_gradient"], &[]),
            (true, true) => (&["velocity", "momentum", "average_gradient"], &[]),
        },
        Rule::Adam { .. } | Rule::Adamw { .. } => (&["m", "v"], &[]),
        Rule::Nadam { .. } => (&["m", "v"], &["u_product"]),
    }
}

/// An update rule with its state. Clipping comes before: [`crate::clip::Clip`].
#[derive(Clone, Debug)]
pub struct Optimizer {
    rule: Rule,
    schedule: LearningRate,
    slots: Vec<Slot>,
    /// Of Adam and AdamW.
    decays: Option<Box<[adam::Decay; 2]>>,
    /// Steps done.
    pub iterations: u64,
}

impl Optimizer {
    /// State for `len` parameter values (a multiple of 16, as [`crate::params::Params`] lays them
    /// out), all zero. An error names the hyper-parameter that cannot be used.
    pub fn new(spec: &OptimizerSpec, len: usize) -> Result<Self> {
        debug_assert_eq!(len % ALIGNMENT, 0);
        spec.validate()?;
        let (names, single) = slot_names(&spec.rule);
        let mut slots = Vec::new();
        // Room for all before any is written to: what does not fit takes nothing.
        for &name in names {
            let values = room(len as u64).map_err(|short| {
                let Shortage(bytes) = short;
                let all = Shortage(bytes.saturating_mul(names.len() as u64));
                all.of(
                    "the values of the optimizer",
                    "give fewer units, or an optimizer that keeps less, such as sgd",
                )
            })?;
            slots.push(Slot { name, values });
        }
        slots.iter_mut().for_each(|slot| slot.values.resize(len, 0.0));
        slots.extend(single.iter().map(|&name| Slot { name, values: vec![1.0] }));
        let decays = match spec.rule {
            Rule::Adam { beta_1, beta_2, .. } | Rule::Adamw { beta_1, beta_2, .. } => {
                Some(Box::new([beta_1, beta_2].map(adam::Decay::new)))
            }
            _ => None,
        };
        let schedule = spec.learning_rate.clone();
        Ok(Self { rule: spec.rule, schedule, slots, decays, iterations: 0 })
    }

    /// The rate of the next step.
    pub fn learning_rate(&self) -> f32 {
        self.schedule.at(self.iterations)
    }

    /// Replaces the schedule by a constant.
    pub fn set_learning_rate(&mut self, value: f32) -> Result<()> {
        let schedule = LearningRate::Constant { value };
        schedule.validate()?;
        self.schedule = schedule;
        Ok(())
    }

    /// Replaces the schedule; it must be valid.
    pub(crate) fn set_schedule(&mut self, schedule: LearningRate) {
        self.schedule = schedule;
    }

    /// The schedule in force.
    pub fn schedule(&self) -> &LearningRate {
        &self.schedule
    }

    /// The state, for a checkpoint.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The state, to be restored from a checkpoint.
    pub fn slots_mut(&mut self) -> &mut [Slot] {
        &mut self.slots
    }

    /// One step. `params` and `gradients` have the length given to [`Optimizer::new`]; allocates
    /// nothing. Padding (zero in both) stays zero.
    pub fn step<S: Simd>(&mut self, s: S, params: &mut [f32], gradients: &[f32]) {
        assert_eq!(params.len(), gradients.len());
        assert_eq!(params.len() % ALIGNMENT, 0);
        let rate = self.learning_rate();
        let step = self.iterations + 1;
        match (self.rule, self.slots.as_mut_slice(), self.decays.as_deref()) {
            (Rule::Sgd { .. }, [], _) => sgd::plain(s, rate, params, gradients),
            (Rule::Sgd { momentum, nesterov }, [m], _) => {
                sgd::with_momentum(s, rate, momentum, nesterov, params, gradients, &mut m.values);
            }
            (Rule::Rmsprop { rho, momentum, epsilon, .. }, slots, _) => {
                let factors = rmsprop::Factors { rate, rho, momentum, epsilon };
                rmsprop::update(s, factors, params, gradients, slots);
            }
            (Rule::Adam { epsilon, .. }, [m, v], Some(decays)) => {
                let factors = adam::Factors::new(rate, decays, epsilon, 0.0, step);
                adam::update(s, factors, params, gradients, &mut m.values, &mut v.values);
            }
            (Rule::Adamw { epsilon, weight_decay, .. }, [m, v], Some(decays)) => {
                let factors = adam::Factors::new(rate, decays, epsilon, weight_decay, step);
                adam::update(s, factors, params, gradients, &mut m.values, &mut v.values);
            }
            (Rule::Nadam { beta_1, beta_2, epsilon }, [m, v, u], _) => {
                let u_product = &mut u.values[0];
                let factors = nadam::Factors::new(rate, beta_1, beta_2, epsilon, step, u_product);
                nadam::update(s, factors, params, gradients, &mut m.values, &mut v.values);
            }
            _ => unreachable!("`new` makes the slots that the rule needs"),
        }
        self.iterations += 1;
    }
}

/// State below this is set to zero. It would decay into subnormal numbers, which slow every step
/// down (WebAssembly cannot flush them), and is far below what moves a weight.
const TINY: f32 = 1e-36;

/// `x`, or 0 where |x| < [`TINY`].
#[inline(always)]
fn flush<S: Simd>(s: S, x: S::V) -> S::V {
    s.select(s.lt(s.abs(x), s.splat(TINY)), s.splat(0.0), x)
}

/// `1 − x` as Keras has it: `x` is a Python float there, so it is the decimal that was meant, in
/// f64. `1 − 0.999f32` would be off by 1.3e-5 of itself.
fn complement(x: f32) -> f32 {
    let decimal = libm::round(f64::from(x) * 1e7) / 1e7;
    let exact = if decimal as f32 == x { decimal } else { f64::from(x) };
    (1.0 - exact) as f32
}

/// `baseⁿ` by squaring, which for whole exponents is faster than `powf` and as exact in f64.
fn power(base: f32, mut n: u64) -> f32 {
    let (mut square, mut product) = (f64::from(base), 1.0);
    while n > 0 {
        if n % 2 == 1 {
            product *= square;
        }
        square *= square;
        n /= 2;
    }
    product as f32
}

#[cfg(test)]
mod tests;
