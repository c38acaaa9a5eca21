//! Gradient clipping, by Keras's formulas.

use core::ops::Range;

use crate::spec::OptimizerSpec;

/// How gradients are clipped before the optimizer sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Clip {
    /// Not at all.
    #[default]
    None,
    /// Every element to ± this.
    Value(f32),
    /// Each parameter's gradient scaled down to this Euclidean norm.
    Norm(f32),
    /// All gradients together scaled down to this Euclidean norm.
    GlobalNorm(f32),
}

impl Clip {
    /// The clipping of an optimizer that is valid: one kind at most.
    pub fn new(spec: &OptimizerSpec) -> Self {
        match *spec {
            OptimizerSpec { clipvalue: Some(limit), .. } => Clip::Value(limit),
            OptimizerSpec { clipnorm: Some(limit), .. } => Clip::Norm(limit),
            OptimizerSpec { global_clipnorm: Some(limit), .. } => Clip::GlobalNorm(limit),
            _ => Clip::None,
        }
    }

    /// Clips `gradients`, in which parameter `i` has `ranges[i]`. A norm of NaN changes nothing.
    pub fn apply(self, gradients: &mut [f32], ranges: &[Range<usize>]) {
        match self {
            Clip::None => {}
            Clip::Value(limit) => {
                for g in gradients {
                    // Not `clamp`: its panic writes a float (10 kB). NaN stays.
                    *g = if *g > limit {
                        limit
                    } else if *g < -limit {
                        -limit
                    } else {
                        *g
                    };
                }
            }
            Clip::Norm(limit) => {
                for range in ranges {
                    scale_down(&mut gradients[range.clone()], limit);
                }
            }
            // The padding between parameters is zero.
            Clip::GlobalNorm(limit) => scale_down(gradients, limit),
        }
    }
}

/// `g·limit/max(‖g‖, limit)`
fn scale_down(gradients: &mut [f32], limit: f32) {
    let norm = sum_of_squares(gradients).sqrt();
    if norm > f64::from(limit) {
        let factor = (f64::from(limit) / norm) as f32;
        gradients.iter_mut().for_each(|g| *g *= factor);
    }
}

/// In f64, where squares cannot overflow: exploding gradients are what clipping is for. Eight sums
/// side by side, in the same order everywhere.
fn sum_of_squares(x: &[f32]) -> f64 {
    let mut sums = [0.0f64; 8];
    let chunks = x.chunks_exact(8);
    let tail: f64 = chunks.remainder().iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    for chunk in chunks {
        for (sum, &x) in sums.iter_mut().zip(chunk) {
            *sum += f64::from(x) * f64::from(x);
        }
    }
    sums.iter().sum::<f64>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{LearningRate, Rule};

    const RANGES: [Range<usize>; 2] = [0..3, 16..18];

    fn clipped(clip: Clip, first: [f32; 3], second: [f32; 2]) -> ([f32; 3], [f32; 2]) {
        let mut gradients = [0.0; 32];
        gradients[..3].copy_from_slice(&first);
        gradients[16..18].copy_from_slice(&second);
        clip.apply(&mut gradients, &RANGES);
        (gradients[..3].try_into().unwrap(), gradients[16..18].try_into().unwrap())
    }

    #[test]
    fn clipping_gives_known_answers() {
        let (a, b) = ([2.0, -3.0, 6.0], [0.0, 0.5]);
        assert_eq!(clipped(Clip::None, a, b), (a, b));
        assert_eq!(clipped(Clip::Value(2.5), a, b), ([2.0, -2.5, 2.5], b));
        // ‖a‖ = 7, ‖b‖ = 0.5
        assert_eq!(clipped(Clip::Norm(3.5), a, b), ([1.0, -1.5, 3.0], b));
        // √(49 + 576) = 25
        assert_eq!(
            clipped(Clip::GlobalNorm(12.5), a, [0.0, 24.0]),
            ([1.0, -1.5, 3.0], [0.0, 12.0])
        );
        assert_eq!(clipped(Clip::GlobalNorm(25.0), a, [0.0, 24.0]), (a, [0.0, 24.0]));
    }

    #[test]
    fn a_gradient_whose_square_overflows_is_still_clipped() {
        let (a, _) = clipped(Clip::Norm(1.0), [3e30, 0.0, -4e30], [0.0; 2]);
        for (got, expected) in a.into_iter().zip([0.6, 0.0, -0.8]) {
            assert!((got - expected).abs() < 1e-6, "{a:?}");
        }
    }

    #[test]
    fn zero_gradients_stay_zero_and_nan_stays_visible() {
        assert_eq!(clipped(Clip::Norm(1.0), [0.0; 3], [0.0; 2]), ([0.0; 3], [0.0; 2]));
        for clip in [Clip::Value(1.0), Clip::Norm(1.0), Clip::GlobalNorm(1.0)] {
            assert!(clipped(clip, [f32::NAN, 1.0, 1.0], [0.0; 2]).0[0].is_nan(), "{clip:?}");
        }
    }

    #[test]
    fn one_kind_at_most_and_above_zero() {
        let new = |clipvalue, clipnorm, global_clipnorm| {
            let spec = OptimizerSpec {
                rule: Rule::Sgd { momentum: 0.0, nesterov: false },
                learning_rate: LearningRate::Constant { value: 0.1 },
                clipvalue,
                clipnorm,
                global_clipnorm,
            };
            spec.validate().map(|()| Clip::new(&spec))
        };
        assert_eq!(new(None, None, None), Ok(Clip::None));
        assert_eq!(new(Some(1.0), None, None), Ok(Clip::Value(1.0)));
        assert_eq!(new(None, Some(1.0), None), Ok(Clip::Norm(1.0)));
        assert_eq!(new(None, None, Some(1.0)), Ok(Clip::GlobalNorm(1.0)));
        for (refused, word) in [
            (new(Some(1.0), Some(1.0), None), "only one of"),
            (new(Some(0.0), None, None), "clipvalue"),
            (new(None, Some(f32::NAN), None), "clipnorm"),
            (new(None, None, Some(-1.0)), "globalClipnorm"),
        ] {
            let message = refused.unwrap_err().to_string();
            assert!(message.starts_with("optimizer: ") && message.contains(word), "{message}");
        }
    }
}
