//! Checks of target data as it comes in, example by example.

use super::target_features;
use crate::error::{Error, Result};
use crate::spec::Loss;
use unrolled_simd::{Isa, kernels::all_finite};
use unrolled_spec::json::number;

/// Whether `target` fits `loss` on predictions of `features` features.
///
/// `shape` has the batch first: `[n, time, k]` or `[n, k]`, where k is `features`, or 1 for class
/// numbers. Values must be finite, and class numbers integers from 0 to `features` − 1. Steps at
/// or beyond `lengths` (valid steps of each example) are not looked at. An error names the row
/// and, in sequences, the step; both count from 0. `at` names the argument.
pub fn validate_target(
    isa: Isa,
    at: &str,
    loss: &Loss,
    features: usize,
    target: &[f32],
    shape: &[usize],
    lengths: Option<&[u32]>,
) -> Result<()> {
    let k = target_features(loss, features);
    let (rows, time) = match *shape {
        [n, last] if last == k => (n, 1),
        [n, time, last] if last == k => (n, time),
        _ => {
            let expected = format!("[examples, {k}] or [examples, time, {k}]");
            return Err(Error::shape(at, expected, format!("{shape:?}")));
        }
    };
    if target.len() != rows * time * k {
        let got = format!("{} values", target.len());
        return Err(Error::shape(at, format!("{shape:?}"), got));
    }
    if let Some(lengths) = lengths
        && lengths.len() != rows
    {
        let got = format!("{} lengths", lengths.len());
        return Err(Error::shape(at, format!("{rows} lengths, one an example"), got));
    }
    let sparse = matches!(loss, Loss::SparseCategoricalCrossentropy { .. });
    for (row, example) in target.chunks_exact((time * k).max(1)).enumerate() {
        let valid = lengths.map_or(time, |lengths| (lengths[row] as usize).min(time));
        let valid = &example[..valid * k];
        if !sparse && all_finite(isa, valid) {
            continue;
        }
        for (i, &x) in valid.iter().enumerate() {
            let wanted = if sparse {
                if x >= 0.0 && x < features as f32 && x.trunc() == x {
                    continue;
                }
                format!("expected a class number, an integer from 0 to {}", features - 1)
            } else if x.is_finite() {
                continue;
            } else {
                "expected a finite number".to_owned()
            };
            let step = if shape.len() == 3 { format!(", step {}", i / k) } else { String::new() };
            return Err(Error::data(
                format!("{at}, row {row}{step}"),
                format!("{wanted}, got {}", number(x)),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPARSE: Loss = Loss::SparseCategoricalCrossentropy { from_logits: true };

    #[test]
    fn good_targets_pass() {
        let nan = f32::NAN;
        let check = |loss, features, target: &[f32], shape: &[usize], lengths: Option<&[u32]>| {
            validate_target(Isa::fastest(), "y", &loss, features, target, shape, lengths).unwrap();
        };
        check(Loss::Mse {}, 2, &[0.0, -3.5, 1e30, 2.0], &[2, 2], None);
        check(SPARSE, 3, &[0.0, 2.0, 1.0], &[3, 1], None);
        check(SPARSE, 3, &[0.0, 2.0, 1.0, nan], &[2, 2, 1], Some(&[2, 1]));
        check(Loss::Mae {}, 1, &[nan; 3], &[1, 3, 1], Some(&[0]));
        check(Loss::Mae {}, 1, &[], &[0, 3, 1], None);
    }

    #[test]
    fn bad_targets_are_refused_with_their_row() {
        let inf = f32::INFINITY;
        type Case<'a> = (Loss, usize, &'a [f32], &'a [usize], Option<&'a [u32]>, &'a str);
        let cases: [Case<'_>; 9] = [
            (
                SPARSE,
                3,
                &[0.0, 3.0],
                &[2, 1],
                None,
                "y, row 1: expected a class number, an integer from 0 to 2, got 3",
            ),
            (
                SPARSE,
                3,
                &[0.0, 1.0, 0.0, 1.5],
                &[2, 2, 1],
                None,
                "y, row 1, step 1: expected a class number, an integer from 0 to 2, got 1.5",
            ),
            (
                SPARSE,
                3,
                &[-1.0],
                &[1, 1],
                None,
                "y, row 0: expected a class number, an integer from 0 to 2, got -1",
            ),
            (
                SPARSE,
                3,
                &[f32::NAN],
                &[1, 1],
                None,
                "y, row 0: expected a class number, an integer from 0 to 2, got NaN",
            ),
            (
                Loss::Mse {},
                2,
                &[0.0, 1.0, 0.0, inf],
                &[1, 2, 2],
                None,
                "y, row 0, step 1: expected a finite number, got inf",
            ),
            (
                SPARSE,
                3,
                &[0.0, 1.0, 0.0],
                &[1, 3],
                None,
                "y: expected shape [examples, 1] or [examples, time, 1], got [1, 3]",
            ),
            (
                Loss::Mse {},
                2,
                &[0.0, 1.0, 2.0],
                &[3],
                None,
                "y: expected shape [examples, 2] or [examples, time, 2], got [3]",
            ),
            (
                Loss::Mse {},
                1,
                &[0.0, 1.0, 2.0],
                &[4, 1],
                None,
                "y: expected shape [4, 1], got 3 values",
            ),
            (
                Loss::Mse {},
                1,
                &[0.0, 1.0],
                &[2, 1, 1],
                Some(&[1]),
                "y: expected shape 2 lengths, one an example, got 1 lengths",
            ),
        ];
        for (loss, features, target, shape, lengths, expected) in cases {
            let error =
                validate_target(Isa::fastest(), "y", &loss, features, target, shape, lengths)
                    .unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
