//! The parameters of a model: one flat vector, each starting at a multiple of 16.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::initializers::Fill;
use crate::rng::{Rng, Stream};
use crate::spec::{Constraint, Initializer, Regularizer};
use unrolled_spec::memory::{filled, room};

/// Parameters start at multiples of this many values: the widest vector there is, and a cache line.
pub const ALIGNMENT: usize = 16;

/// One parameter: its name, shape, start and what it must keep to.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamSpec {
    /// Layer and Keras's name, such as `lstm/kernel`.
    pub name: String,
    /// Keras's shape, row-major.
    pub shape: Vec<usize>,
    /// Keras's `(fan_in, fan_out)`.
    pub fans: (usize, usize),
    /// Start.
    pub initializer: Initializer,
    /// Elements that start at one whatever the initialiser says: the forget gate's bias of an LSTM
    /// with `unit_forget_bias`. Empty by default.
    pub ones: Range<usize>,
    /// Penalty.
    pub regularizer: Regularizer,
    /// What it keeps to after each step.
    pub constraint: Constraint,
}

impl ParamSpec {
    /// A parameter without penalty and constraint, its fans counted as Keras does: (n, n) for a
    /// vector, (rows, columns) for a matrix, times the receptive field for a convolution's kernel.
    pub fn new(name: impl Into<String>, shape: &[usize], initializer: Initializer) -> Self {
        let fans = match *shape {
            [] => (1, 1),
            [n] => (n, n),
            [ref field @ .., depth, units] => {
                let field: usize = field.iter().product();
                (depth * field, units * field)
            }
        };
        Self {
            name: name.into(),
            shape: shape.to_vec(),
            fans,
            initializer,
            ones: 0..0,
            regularizer: Regularizer::default(),
            constraint: Constraint::default(),
        }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    fn validate(&self) -> Result<()> {
        self.initializer.validate(&self.name, &self.shape)?;
        self.regularizer.validate(&self.name)?;
        self.constraint.validate(&self.name)
    }
}

/// Where every parameter is in the flat vector; takes no memory of their size.
#[derive(Clone, Debug)]
pub struct Layout {
    specs: Vec<ParamSpec>,
    ranges: Vec<Range<usize>>,
    /// Values of the flat vector, padding included. Where it is more than there are addresses, the
    /// ranges make no sense, but [`Params::new`] refuses it.
    len: u64,
}

/// All parameters of a model. Gradients and optimizer slots have the layout of `values`.
#[derive(Clone, Debug)]
pub struct Params {
    /// Where each parameter is in `values`.
    pub layout: Layout,
    /// Every parameter, each followed by zeros up to a multiple of [`ALIGNMENT`].
    pub values: Vec<f32>,
}

impl Layout {
    /// An error names the parameter whose description cannot be used.
    pub fn new(specs: Vec<ParamSpec>) -> Result<Self> {
        let mut ranges = Vec::with_capacity(specs.len());
        let mut end = 0u64;
        for spec in &specs {
            spec.validate()?;
            let size = spec.shape.iter().fold(1, |size: u64, &n| size.saturating_mul(n as u64));
            let start = end;
            end = end.saturating_add(size);
            ranges.push(start as usize..end as usize);
            end = end.checked_next_multiple_of(ALIGNMENT as u64).unwrap_or(u64::MAX);
        }
        Ok(Self { specs, ranges, len: end })
    }

    /// The descriptions, in order.
    pub fn specs(&self) -> &[ParamSpec] {
        &self.specs
    }

    /// Each description with its place.
    pub fn iter(&self) -> impl Iterator<Item = (&ParamSpec, &Range<usize>)> {
        self.specs.iter().zip(&self.ranges)
    }
}

impl Params {
    /// Zeros.
    pub fn new(layout: Layout) -> Result<Self> {
        let advice = "give fewer units or features";
        let values = filled(layout.len, 0.0).map_err(|short| short.of("the weights", advice))?;
        Ok(Self { layout, values })
    }

    /// The descriptions, in order.
    pub fn specs(&self) -> &[ParamSpec] {
        &self.layout.specs
    }

    /// Where each parameter is in `values`.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.layout.ranges
    }

    /// Parameter `i`.
    pub fn get(&self, i: usize) -> &[f32] {
        &self.values[self.layout.ranges[i].clone()]
    }

    /// Parameter `i`.
    pub fn get_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.values[self.layout.ranges[i].clone()]
    }

    /// Number of elements, without padding.
    pub fn flat_len(&self) -> usize {
        self.layout.ranges.iter().map(Range::len).sum()
    }

    /// Sets all values to their start: parameter `i` draws from stream (Init, i) of `seed`.
    pub fn initialize(&mut self, seed: u64) -> Result<()> {
        for (i, (spec, range)) in self.layout.iter().enumerate() {
            let values = &mut self.values[range.clone()];
            let mut rng = Rng::new(seed, Stream::Init, i as u64);
            spec.initializer.fill(&spec.shape, spec.fans, &mut rng, values).map_err(|short| {
                let what = format!("the matrices that an orthogonal start of {} takes", spec.name);
                short.of(what, "choose another initializer, or give fewer units")
            })?;
            values[spec.ones.clone()].fill(1.0);
        }
        Ok(())
    }

    /// The parameters one after the other, without padding.
    pub fn export(&self) -> Result<Vec<f32>> {
        self.export_like(&self.values)
    }

    /// Strips the padding of a vector that has the layout of `values`, such as a gradient.
    pub fn export_like(&self, padded: &[f32]) -> Result<Vec<f32>> {
        let mut flat = room(self.flat_len() as u64).map_err(|short| {
            short.of("a copy of the weights", "dispose of other models first, or give fewer units")
        })?;
        self.layout.ranges.iter().for_each(|range| flat.extend_from_slice(&padded[range.clone()]));
        Ok(flat)
    }

    /// Takes what [`Params::export`] gave; changes nothing if the length is wrong.
    pub fn import(&mut self, flat: &[f32]) -> Result<()> {
        if flat.len() != self.flat_len() {
            return Err(Error::shape(
                "weights",
                format!("[{}]", self.flat_len()),
                format!("[{}]", flat.len()),
            ));
        }
        let mut rest = flat;
        for range in &self.layout.ranges {
            let (own, after) = rest.split_at(range.len());
            self.values[range.clone()].copy_from_slice(own);
            rest = after;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Vec<ParamSpec> {
        let normal = Initializer::RandomNormal { mean: 0.0, stddev: 1.0 };
        let mut bias = ParamSpec::new("lstm/bias", &[12], Initializer::Constant { value: 0.5 });
        bias.ones = 3..6;
        vec![
            ParamSpec::new("lstm/kernel", &[2, 12], normal.clone()),
            bias,
            ParamSpec::new("dense/kernel", &[3, 1], normal),
        ]
    }

    fn params_of(specs: Vec<ParamSpec>) -> Params {
        Params::new(Layout::new(specs).unwrap()).unwrap()
    }

    #[test]
    fn parameters_are_aligned_and_padded_with_zeros() {
        let mut params = params_of(specs());
        params.initialize(1).unwrap();
        assert_eq!(params.ranges(), [0..24, 32..44, 48..51]);
        assert_eq!((params.values.len(), params.flat_len()), (64, 39));
        for pad in [24..32, 44..48, 51..64] {
            assert!(params.values[pad].iter().all(|&x| x == 0.0));
        }
    }

    #[test]
    fn the_forget_quarter_starts_at_one_and_the_rest_by_the_initialiser() {
        let mut params = params_of(specs());
        params.initialize(1).unwrap();
        let expected = [0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
        assert_eq!(params.get(1), expected);
    }

    #[test]
    fn a_parameter_depends_on_seed_and_place_only() {
        let initialized = |seed, specs: Vec<ParamSpec>| {
            let mut params = params_of(specs);
            params.initialize(seed).unwrap();
            params
        };
        let base = initialized(1, specs());
        let again = initialized(1, specs());
        assert_eq!(base.values, again.values);
        assert_ne!(base.get(0), initialized(2, specs()).get(0));
        assert_ne!(base.get(0)[..3], *base.get(2));
        // Another size of an earlier parameter changes nothing.
        let mut other = specs();
        other[0].shape = vec![5, 12];
        assert_eq!(initialized(1, other).get(2), base.get(2));
    }

    #[test]
    fn import_takes_what_export_gave_and_nothing_else() {
        let mut params = params_of(specs());
        params.initialize(1).unwrap();
        let flat = params.export().unwrap();
        let before = params.values.clone();
        params.initialize(2).unwrap();
        params.import(&flat).unwrap();
        assert_eq!(params.values, before);
        let error = params.import(&flat[1..]).unwrap_err();
        assert_eq!(error.to_string(), "weights: expected shape [39], got [38]");
        assert_eq!(params.values, before);
    }

    #[test]
    fn fans_are_counted_as_keras_does() {
        let fans = |shape: &[usize]| ParamSpec::new("w", shape, Initializer::Zeros {}).fans;
        assert_eq!(fans(&[]), (1, 1));
        assert_eq!(fans(&[7]), (7, 7));
        assert_eq!(fans(&[3, 8]), (3, 8));
        assert_eq!(fans(&[5, 3, 8]), (15, 40));
    }

    #[test]
    fn unusable_penalties_and_constraints_are_refused_by_name() {
        let with = |l1, l2, max_norm| {
            let mut spec = ParamSpec::new("gru/kernel", &[2, 2], Initializer::Zeros {});
            spec.regularizer = Regularizer { l1, l2 };
            spec.constraint = Constraint { max_norm };
            Layout::new(vec![spec]).unwrap_err().to_string()
        };
        let cases = [
            (with(-1.0, 0.0, None), "l1"),
            (with(0.0, f32::NAN, None), "l2"),
            (with(0.0, 0.0, Some(0.0)), "maxNorm"),
        ];
        for (message, word) in cases {
            assert!(message.starts_with("gru/kernel: ") && message.contains(word), "{message}");
        }
    }
}
