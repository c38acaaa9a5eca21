//! Learning rates as functions of the step, in f32 as Keras computes them.

use core::f32::consts::PI;

use crate::bounds::{not_negative, positive, within};
use crate::error::{Error, Result};
use crate::json::number;
use crate::spec::LearningRate;
use crate::trig::sin_cos;

impl LearningRate {
    /// The rate of step `step`, counted from 0.
    pub fn at(&self, step: u64) -> f32 {
        let now = step as f32;
        match self {
            LearningRate::Constant { value } => *value,
            &LearningRate::Exponential { initial, decay_steps, decay_rate, staircase } => {
                let p = now / decay_steps;
                initial * libm::powf(decay_rate, if staircase { p.floor() } else { p })
            }
            &LearningRate::Cosine { initial, decay_steps, alpha, warmup_target, warmup_steps } => {
                let decay = |from: f32, step: f32| {
                    let cosine = 0.5 * (1.0 + sin_cos(PI * (step / decay_steps)).1);
                    from * ((1.0 - alpha) * cosine + alpha)
                };
                match warmup_target {
                    None => decay(initial, now.min(decay_steps)),
                    Some(peak) if now < warmup_steps => {
                        (peak - initial) * (now / warmup_steps) + initial
                    }
                    Some(peak) => decay(peak, now.min(decay_steps + warmup_steps) - warmup_steps),
                }
            }
            LearningRate::Piecewise { boundaries, values } => {
                let passed = boundaries.iter().take_while(|&&b| step as f64 > f64::from(b)).count();
                values[passed]
            }
            &LearningRate::OneCycle { max, total_steps } => one_cycle(step, max, total_steps),
        }
    }

    /// Whether the numbers can be used.
    pub fn validate(&self) -> Result<()> {
        match self {
            &LearningRate::Constant { value } => not_negative(AT, "value", value),
            &LearningRate::Exponential { initial, decay_steps, decay_rate, .. } => {
                not_negative(AT, "initial", initial)?;
                positive(AT, "decaySteps", decay_steps)?;
                positive(AT, "decayRate", decay_rate)
            }
            &LearningRate::Cosine { initial, decay_steps, alpha, warmup_target, warmup_steps } => {
                not_negative(AT, "initial", initial)?;
                positive(AT, "decaySteps", decay_steps)?;
                not_negative(AT, "alpha", alpha)?;
                not_negative(AT, "warmupSteps", warmup_steps)?;
                match warmup_target {
                    Some(target) => not_negative(AT, "warmupTarget", target),
                    None if warmup_steps == 0.0 => Ok(()),
                    None => {
                        let got = number(warmup_steps);
                        Err(bad(format!("warmupSteps of {got} needs a warmupTarget to warm up to")))
                    }
                }
            }
            LearningRate::Piecewise { boundaries, values } => {
                if values.len() != boundaries.len() + 1 {
                    return Err(bad(format!(
                        "expected one more of values than of boundaries, got {} values and {} \
                         boundaries",
                        values.len(),
                        boundaries.len()
                    )));
                }
                values.iter().try_for_each(|&v| not_negative(AT, "values", v))?;
                boundaries.iter().try_for_each(|&b| not_negative(AT, "boundaries", b))?;
                match boundaries.windows(2).find(|pair| pair[0] >= pair[1]) {
                    Some(pair) => Err(bad(format!(
                        "boundaries must ascend, got {} before {}",
                        number(pair[0]),
                        number(pair[1])
                    ))),
                    None => Ok(()),
                }
            }
            &LearningRate::OneCycle { max, total_steps } => {
                positive(AT, "max", max)?;
                within(AT, "totalSteps", [4.0, 1e15], total_steps)
            }
        }
    }
}

/// `OneCycleScheduler` of the notebook of Géron's chapter 11: the last `total/10 + 1` steps fall
/// from `max/10` to a thousandth of that, the rest goes up to `max` and down again in two equal
/// halves. After the last step the rate stays.
fn one_cycle(step: u64, max: f32, total_steps: f32) -> f32 {
    let total = total_steps as u64;
    let half = (total - (total / 10 + 1)) / 2;
    let start = max / 10.0;
    let line = |from: u64, to: u64, first: f32, last: f32| {
        (last - first) * (step - from) as f32 / (to - from) as f32 + first
    };
    if step < half {
        line(0, half, start, max)
    } else if step < 2 * half {
        line(half, 2 * half, max, start)
    } else if step < total {
        line(2 * half, total, start, start / 1000.0)
    } else {
        start / 1000.0
    }
}

/// Where a schedule is.
const AT: &str = "learningRate";

fn bad(message: String) -> Error {
    Error::spec(AT, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_give_known_answers() {
        let exponential = |staircase| LearningRate::Exponential {
            initial: 0.01,
            decay_steps: 20.0,
            decay_rate: 0.1,
            staircase,
        };
        let cosine = |warmup_target, warmup_steps| LearningRate::Cosine {
            initial: 0.1,
            decay_steps: 100.0,
            alpha: 0.1,
            warmup_target,
            warmup_steps,
        };
        let piecewise = LearningRate::Piecewise {
            boundaries: vec![5.0, 15.0],
            values: vec![0.01, 0.005, 0.001],
        };
        let cycle = LearningRate::OneCycle { max: 1.0, total_steps: 100.0 };
        type Case = (&'static str, LearningRate, &'static [(u64, f64)]);
        let cases: [Case; 7] = [
            ("constant", LearningRate::Constant { value: 0.5 }, &[(0, 0.5), (1 << 40, 0.5)]),
            (
                "exponential",
                exponential(false),
                &[(0, 0.01), (10, 0.003_162_277_66), (20, 0.001), (40, 1e-4)],
            ),
            ("staircase", exponential(true), &[(0, 0.01), (19, 0.01), (20, 0.001), (59, 1e-4)]),
            (
                "cosine",
                cosine(None, 0.0),
                &[(0, 0.1), (25, 0.086_819_805), (50, 0.055), (100, 0.01), (101, 0.01)],
            ),
            (
                "cosine with warm-up",
                cosine(Some(0.5), 10.0),
                &[(0, 0.1), (5, 0.3), (10, 0.5), (60, 0.275), (110, 0.05), (1000, 0.05)],
            ),
            (
                "piecewise",
                piecewise,
                &[(0, 0.01), (5, 0.01), (6, 0.005), (15, 0.005), (16, 0.001), (1 << 40, 0.001)],
            ),
            // The last 11 steps, and two halves of 44.
            (
                "1-cycle",
                cycle,
                &[
                    (0, 0.1),
                    (22, 0.55),
                    (44, 1.0),
                    (66, 0.55),
                    (88, 0.1),
                    (94, 0.050_05),
                    (100, 1e-4),
                    (500, 1e-4),
                ],
            ),
        ];
        for (name, schedule, points) in cases {
            schedule.validate().unwrap();
            for &(step, expected) in points {
                let got = f64::from(schedule.at(step));
                let error = (got - expected).abs() / expected;
                assert!(error < 2e-6, "{name} at {step}: {got}, expected {expected}");
            }
        }
    }

    #[test]
    fn unusable_numbers_are_refused_by_name() {
        let nan = f32::NAN;
        let cosine = |target, steps| LearningRate::Cosine {
            initial: 0.1,
            decay_steps: 1.0,
            alpha: 0.0,
            warmup_target: target,
            warmup_steps: steps,
        };
        let exponential = |initial, decay_steps, decay_rate| LearningRate::Exponential {
            initial,
            decay_steps,
            decay_rate,
            staircase: false,
        };
        let piecewise = |boundaries: &[f32], values: &[f32]| LearningRate::Piecewise {
            boundaries: boundaries.to_vec(),
            values: values.to_vec(),
        };
        let cases = [
            (LearningRate::Constant { value: -0.1 }, "value"),
            (LearningRate::Constant { value: f32::INFINITY }, "value"),
            (exponential(nan, 1.0, 0.5), "initial"),
            (exponential(0.1, 0.0, 0.5), "decaySteps"),
            (exponential(0.1, 1.0, 0.0), "decayRate"),
            (cosine(Some(nan), 1.0), "warmupTarget"),
            (cosine(None, 3.0), "warmupTarget"),
            (cosine(Some(0.1), -1.0), "warmupSteps"),
            (piecewise(&[1.0], &[0.1]), "1 values and 1 boundaries"),
            (piecewise(&[2.0, 2.0], &[0.1, 0.2, 0.3]), "ascend"),
            (piecewise(&[nan], &[0.1, 0.2]), "boundaries"),
            (piecewise(&[1.0], &[0.1, -0.2]), "values"),
            (LearningRate::OneCycle { max: 1.0, total_steps: 3.0 }, "totalSteps"),
            (LearningRate::OneCycle { max: 1.0, total_steps: 2e15 }, "totalSteps"),
            (LearningRate::OneCycle { max: 0.0, total_steps: 30.0 }, "max"),
        ];
        for (schedule, word) in cases {
            let message = schedule.validate().unwrap_err().to_string();
            assert!(message.starts_with("learningRate: ") && message.contains(word), "{message}");
        }
    }
}
