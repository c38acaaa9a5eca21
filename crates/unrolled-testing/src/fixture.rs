//! The committed results of Keras and PyTorch in `test/fixtures`.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

/// One case: a model, its data, and what the reference library made of it (in `f64`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fixture {
    /// Name of the case, that of its file.
    pub name: String,
    /// Library and version.
    pub source: String,
    /// A `ModelSpec` as JSON.
    pub model: Value,
    /// A `CompileSpec` as JSON.
    pub compile: Value,
    /// Start values of all weights, flat, in Keras's order.
    pub weights: Vec<f32>,
    /// Input 0.
    pub x: Tensor,
    /// Inputs 1 and up: initial states.
    #[serde(default)]
    pub states: Vec<Tensor>,
    /// Valid steps of each example of input 0; all if absent.
    #[serde(default)]
    pub lengths: Option<Vec<u32>>,
    /// Target of output 0.
    pub y: Tensor,
    /// Output 0 without dropout, before training.
    pub output: Tensor,
    /// Outputs 1 and up, before training.
    #[serde(default)]
    pub more_outputs: Vec<Tensor>,
    /// Loss before training, with penalties of regularizers.
    pub loss: f64,
    /// Gradient of `loss`, before clipping, flat like `weights`.
    pub gradients: Vec<f64>,
    /// Loss of each of ten training steps on the whole batch, before the step's update.
    pub losses: Vec<f64>,
    /// Weights after the ten steps.
    pub final_weights: Vec<f64>,
    /// Loss and metrics after the ten steps.
    #[serde(default)]
    pub evaluation: Option<Evaluation>,
}

/// An array, last index fastest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensor {
    /// Batch first.
    pub shape: Vec<usize>,
    /// The values.
    pub data: Vec<f64>,
}

impl Fixture {
    /// `got` and the reference's values of output 0, without the steps on which it need not agree:
    /// PyTorch gives zeros after a packed sequence's end, Keras repeats the last state.
    pub fn comparable<T: Copy>(&self, got: &[T]) -> (Vec<T>, Vec<f64>) {
        let want = &self.output;
        let compare = |i: usize| match (&self.lengths, &want.shape[..]) {
            (Some(lengths), &[_, time, features]) if self.source.starts_with("torch") => {
                i / features % time < lengths[i / (time * features)] as usize
            }
            _ => true,
        };
        assert_eq!(got.len(), want.data.len(), "{}: values of output 0", self.name);
        got.iter().zip(&want.data).enumerate().filter(|(i, _)| compare(*i)).map(|(_, p)| p).unzip()
    }
}

impl Tensor {
    /// The values as `f32`.
    pub fn f32(&self) -> Vec<f32> {
        self.data.iter().map(|&v| v as f32).collect()
    }
}

/// What `evaluate` gave.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evaluation {
    /// The batch is seen in parts of this size, the last one smaller.
    pub batch_size: usize,
    /// Loss, then the metrics in the order of the `CompileSpec`.
    pub values: Vec<f64>,
}

/// Every committed case, by name.
///
/// # Panics
/// If there is none or one cannot be read.
pub fn fixtures() -> Vec<Fixture> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../test/fixtures");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no fixtures in {}", folder.display());
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fixture_is_consistent() {
        for f in fixtures() {
            assert_eq!(f.weights.len(), f.gradients.len(), "{}", f.name);
            assert_eq!(f.weights.len(), f.final_weights.len(), "{}", f.name);
            assert_eq!(f.losses.len(), 10, "{}", f.name);
            assert!((f.losses[0] - f.loss).abs() <= 1e-12 * f.loss.abs(), "{}", f.name);
            let tensors = [&f.x, &f.y, &f.output];
            for t in tensors.into_iter().chain(&f.states).chain(&f.more_outputs) {
                assert_eq!(t.shape.iter().product::<usize>(), t.data.len(), "{}", f.name);
                assert_eq!(t.shape[0], f.x.shape[0], "{}", f.name);
            }
            if let Some(lengths) = &f.lengths {
                assert_eq!(lengths.len(), f.x.shape[0], "{}", f.name);
            }
        }
    }
}
