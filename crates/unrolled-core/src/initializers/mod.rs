//! Keras's initialisers, drawn from [`crate::rng`].
//!
//! Nothing here depends on the instruction set: the same seed gives the same weights everywhere.

mod orthogonal;

use crate::rng::Rng;
use crate::spec::Initializer;
use unrolled_spec::memory::Shortage;

/// Standard deviation of a standard normal truncated at ±2: what a truncated normal is divided by
/// to keep its variance (Keras's constant).
const TRUNCATED_STDDEV: f32 = 0.879_625_7;

/// What draws from the generator: the description itself is only data.
pub trait Fill {
    /// Fills `out`, a parameter of `shape` in row-major order with Keras's `(fan_in, fan_out)`. An
    /// orthogonal matrix takes as much memory again twice.
    fn fill(
        &self,
        shape: &[usize],
        fans: (usize, usize),
        rng: &mut Rng,
        out: &mut [f32],
    ) -> Result<(), Shortage>;
}

impl Fill for Initializer {
    fn fill(
        &self,
        shape: &[usize],
        fans: (usize, usize),
        rng: &mut Rng,
        out: &mut [f32],
    ) -> Result<(), Shortage> {
        let fan_in = fans.0.max(1) as f32;
        let fan_average = ((fans.0 + fans.1) as f32 / 2.0).max(1.0);
        match *self {
            Initializer::Zeros {} => out.fill(0.0),
            Initializer::Ones {} => out.fill(1.0),
            Initializer::Constant { value } => out.fill(value),
            Initializer::GlorotUniform {} => symmetric(rng, 1.0 / fan_average, out),
            Initializer::HeUniform {} => symmetric(rng, 2.0 / fan_in, out),
            Initializer::LecunUniform {} => symmetric(rng, 1.0 / fan_in, out),
            Initializer::GlorotNormal {} => scaled_normal(rng, 1.0 / fan_average, out),
            Initializer::HeNormal {} => scaled_normal(rng, 2.0 / fan_in, out),
            Initializer::LecunNormal {} => scaled_normal(rng, 1.0 / fan_in, out),
            Initializer::RandomUniform { minval, maxval } => {
                out.fill_with(|| minval + (maxval - minval) * rng.uniform());
            }
            Initializer::RandomNormal { mean, stddev } => {
                out.fill_with(|| mean + stddev * rng.normal());
            }
            Initializer::TruncatedNormal { mean, stddev } => truncated(rng, mean, stddev, out),
            Initializer::Orthogonal { gain } => {
                let columns = *shape.last().expect("validated: a matrix");
                orthogonal::fill(rng, columns, gain, out)?;
            }
            Initializer::Identity { gain } => {
                let columns = shape[1];
                out.fill(0.0);
                out.chunks_exact_mut(columns.max(1))
                    .zip(0..columns)
                    .for_each(|(row, i)| row[i] = gain);
            }
        }
        Ok(())
    }
}

/// Uniform in ±√(3·variance).
fn symmetric(rng: &mut Rng, variance: f32, out: &mut [f32]) {
    let limit = (3.0 * variance).sqrt();
    out.fill_with(|| limit * (2.0 * rng.uniform() - 1.0));
}

/// Normal of this variance, truncated at two standard deviations (of the normal before).
fn scaled_normal(rng: &mut Rng, variance: f32, out: &mut [f32]) {
    truncated(rng, 0.0, variance.sqrt() / TRUNCATED_STDDEV, out);
}

fn truncated(rng: &mut Rng, mean: f32, stddev: f32, out: &mut [f32]) {
    out.fill_with(|| {
        loop {
            let z = rng.normal();
            if z.abs() <= 2.0 {
                return mean + stddev * z;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn filled(initializer: &Initializer, shape: &[usize], fans: (usize, usize)) -> Vec<f32> {
        let mut out = vec![f32::NAN; shape.iter().product()];
        initializer.validate("w", shape).unwrap();
        initializer.fill(shape, fans, &mut Rng::new(11, Stream::Init, 4), &mut out).unwrap();
        out
    }

    #[test]
    fn distributions_have_their_mean_variance_and_bounds() {
        const SHAPE: [usize; 2] = [300, 200];
        let truncation = f64::from(TRUNCATED_STDDEV);
        // (initialiser, mean, variance, largest distance from the mean)
        let cases = [
            (Initializer::GlorotUniform {}, 0.0, 2.0 / 500.0, (6.0f64 / 500.0).sqrt()),
            (Initializer::HeUniform {}, 0.0, 2.0 / 300.0, (6.0f64 / 300.0).sqrt()),
            (Initializer::LecunUniform {}, 0.0, 1.0 / 300.0, (3.0f64 / 300.0).sqrt()),
            (
                Initializer::GlorotNormal {},
                0.0,
                2.0 / 500.0,
                2.0 * (2.0f64 / 500.0).sqrt() / truncation,
            ),
            (
                Initializer::HeNormal {},
                0.0,
                2.0 / 300.0,
                2.0 * (2.0f64 / 300.0).sqrt() / truncation,
            ),
            (
                Initializer::LecunNormal {},
                0.0,
                1.0 / 300.0,
                2.0 * (1.0f64 / 300.0).sqrt() / truncation,
            ),
            (Initializer::RandomUniform { minval: -1.0, maxval: 3.0 }, 1.0, 16.0 / 12.0, 2.0),
            (Initializer::RandomNormal { mean: -2.0, stddev: 0.5 }, -2.0, 0.25, 3.0),
            (
                Initializer::TruncatedNormal { mean: 1.0, stddev: 0.1 },
                1.0,
                0.01 * truncation * truncation,
                0.2,
            ),
        ];
        for (initializer, mean, variance, bound) in cases {
            let x: Vec<f64> =
                filled(&initializer, &SHAPE, (300, 200)).into_iter().map(f64::from).collect();
            let n = x.len() as f64;
            let m = x.iter().sum::<f64>() / n;
            let v = x.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / n;
            let widest = x.iter().map(|x| (x - mean).abs()).fold(0.0, f64::max);
            assert!((m - mean).abs() < 5.0 * (variance / n).sqrt(), "{initializer:?}: mean {m}");
            assert!((v / variance - 1.0).abs() < 0.03, "{initializer:?}: variance {v}");
            assert!(widest <= bound * (1.0 + 1e-6), "{initializer:?}: {widest} beyond {bound}");
            // The bound is used, so it is not merely large.
            assert!(widest > bound * 0.6, "{initializer:?}: {widest} far within {bound}");
        }
    }

    #[test]
    fn fixed_initialisers_give_known_answers() {
        let cases = [
            (Initializer::Zeros {}, [0.0; 6]),
            (Initializer::Ones {}, [1.0; 6]),
            (Initializer::Constant { value: -2.5 }, [-2.5; 6]),
            (Initializer::Identity { gain: 3.0 }, [3.0, 0.0, 0.0, 0.0, 3.0, 0.0]),
        ];
        for (initializer, expected) in cases {
            assert_eq!(filled(&initializer, &[2, 3], (2, 3)), expected, "{initializer:?}");
        }
        let tall = filled(&Initializer::Identity { gain: 1.0 }, &[3, 2], (3, 2));
        assert_eq!(tall, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn unusable_initialisers_are_refused_by_name() {
        let nan = f32::NAN;
        let cases: [(Initializer, &[usize], &str); 8] = [
            (Initializer::Constant { value: nan }, &[1], "value"),
            (Initializer::RandomUniform { minval: 1.0, maxval: 0.0 }, &[1], "above maxval"),
            (Initializer::RandomUniform { minval: 0.0, maxval: nan }, &[1], "maxval"),
            (Initializer::RandomUniform { minval: -3e38, maxval: 3e38 }, &[1], "maxval - minval"),
            (Initializer::RandomNormal { mean: 0.0, stddev: -1.0 }, &[1], "stddev"),
            (Initializer::TruncatedNormal { mean: nan, stddev: 1.0 }, &[1], "mean"),
            (Initializer::Orthogonal { gain: 1.0 }, &[4], "needs a matrix"),
            (Initializer::Identity { gain: 1.0 }, &[2, 2, 2], "needs a matrix"),
        ];
        for (initializer, shape, word) in cases {
            let message = initializer.validate("lstm/bias", shape).unwrap_err().to_string();
            assert!(message.starts_with("lstm/bias: ") && message.contains(word), "{message}");
        }
    }
}
