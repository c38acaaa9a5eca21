//! Checkpoints: named tensors and texts in one safetensors file.
//!
//! The file is plain safetensors, so any reader of that format sees the tensors. The texts
//! (description, position, …) are one JSON object of strings in the single entry `unrolled` of
//! `__metadata__`: one entry, because the order of several is not fixed by the format's library,
//! and the same state must give the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, View, serialize};

use crate::error::{Error, Result};

/// Version of what is in the file. Higher ones are refused.
pub const VERSION: u32 = 1;

const ENTRY: &str = "unrolled";
const VERSION_KEY: &str = "version";

/// The values of a tensor, row-major.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Weights and the like.
    F32(&'a [f32]),
    /// Running sums.
    F64(&'a [f64]),
}

/// A tensor to be written.
#[derive(Clone, Debug)]
pub struct Tensor<'a> {
    /// Name, unique in the file.
    pub name: String,
    /// Shape; its product is the number of values.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Values<'a>,
}

impl View for &Tensor<'_> {
    fn dtype(&self) -> Dtype {
        match self.values {
            Values::F32(_) => Dtype::F32,
            Values::F64(_) => Dtype::F64,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(match self.values {
            Values::F32(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Values::F64(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        })
    }

    fn data_len(&self) -> usize {
        match self.values {
            Values::F32(values) => size_of_val(values),
            Values::F64(values) => size_of_val(values),
        }
    }
}

/// The bytes of a checkpoint: the same for the same tensors and texts. The text `version` is ours.
pub fn write(mut texts: BTreeMap<String, String>, tensors: &[Tensor<'_>]) -> Result<Vec<u8>> {
    texts.insert(VERSION_KEY.to_owned(), VERSION.to_string());
    let entry = serde_json::to_string(&texts).expect("strings have JSON");
    let metadata = [(ENTRY.to_owned(), entry)].into_iter().collect();
    serialize(tensors.iter().map(|tensor| (tensor.name.as_str(), tensor)), Some(metadata))
        .map_err(|error| bad(format!("cannot be written: {error}")))
}

/// A checkpoint that was looked through: header, sizes and version are right.
#[derive(Debug)]
pub struct Reader<'a> {
    tensors: SafeTensors<'a>,
    texts: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    /// Looks through the bytes of a checkpoint.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| {
            bad(format!("not a whole safetensors file ({} bytes): {error}", bytes.len()))
        })?;
        let entry = header.metadata().as_ref().and_then(|metadata| metadata.get(ENTRY));
        let Some(entry) = entry else {
            return Err(bad("a safetensors file, but not one that unrolled saved"));
        };
        let texts: BTreeMap<String, String> = serde_json::from_str(entry)
            .map_err(|error| bad(format!("its description cannot be read: {error}")))?;
        let version = texts.get(VERSION_KEY).map_or("none", String::as_str);
        if version != VERSION.to_string() {
            return Err(bad(format!(
                "expected format version {VERSION}, got {version}; a newer unrolled may read it"
            )));
        }
        let tensors = SafeTensors::deserialize(bytes)
            .map_err(|error| bad(format!("not a whole safetensors file: {error}")))?;
        Ok(Self { tensors, texts })
    }

    /// The names of the tensors, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names = self.tensors.names();
        names.sort_unstable();
        names
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    /// A text that must be there.
    pub fn text(&self, key: &str) -> Result<&str> {
        self.optional_text(key).ok_or_else(|| bad(format!("'{key}' is missing")))
    }

    /// A text that may be there.
    pub fn optional_text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The values of an f32 tensor that must have this shape.
    pub fn f32s(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let bytes = self.tensor(name, shape, Dtype::F32)?;
        Ok(bytes.as_chunks().0.iter().map(|&x| f32::from_le_bytes(x)).collect())
    }

    /// The values of an f64 tensor that must have this shape.
    pub fn f64s(&self, name: &str, shape: &[usize]) -> Result<Vec<f64>> {
        let bytes = self.tensor(name, shape, Dtype::F64)?;
        Ok(bytes.as_chunks().0.iter().map(|&x| f64::from_le_bytes(x)).collect())
    }

    fn tensor(&self, name: &str, shape: &[usize], dtype: Dtype) -> Result<&'a [u8]> {
        let view: TensorView<'a> =
            self.tensors.tensor(name).map_err(|_| bad(format!("tensor '{name}' is missing")))?;
        if view.shape() != shape {
            return Err(bad(format!(
                "tensor '{name}': expected shape {shape:?}, got {:?}",
                view.shape()
            )));
        }
        if view.dtype() != dtype {
            return Err(bad(format!(
                "tensor '{name}': expected type {dtype:?}, got {:?}",
                view.dtype()
            )));
        }
        Ok(view.data())
    }
}

fn bad(message: impl Into<String>) -> Error {
    Error::Checkpoint { message: format!("checkpoint: {}", message.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL: [f32; 6] = [1.0, -0.0, f32::MIN_POSITIVE / 8.0, f32::MAX, 0.1, -2.5];
    const SUMS: [f64; 2] = [0.1 + 0.2, 1e300];

    fn written() -> Vec<u8> {
        let texts = [("model", "{\"a\": \"ü\\n\"}"), ("iterations", "17")];
        let texts = texts.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect();
        let tensors = [
            Tensor { name: "kernel".into(), shape: vec![2, 3], values: Values::F32(&KERNEL) },
            Tensor { name: "metrics".into(), shape: vec![2], values: Values::F64(&SUMS) },
            Tensor { name: "empty".into(), shape: vec![0], values: Values::F32(&[]) },
        ];
        write(texts, &tensors).unwrap()
    }

    fn message(bytes: &[u8]) -> String {
        let error = Reader::new(bytes).unwrap_err();
        assert_eq!(error.name(), "CheckpointError");
        error.to_string()
    }

    #[test]
    fn what_was_written_is_read_bit_by_bit() {
        let bytes = written();
        let reader = Reader::new(&bytes).unwrap();
        let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&reader.f32s("kernel", &[2, 3]).unwrap()), bits(&KERNEL));
        assert_eq!(reader.f64s("metrics", &[2]).unwrap(), SUMS);
        assert!(reader.f32s("empty", &[0]).unwrap().is_empty());
        assert_eq!(reader.names(), ["empty", "kernel", "metrics"]);
        assert_eq!(reader.text("model").unwrap(), "{\"a\": \"ü\\n\"}");
        assert_eq!(reader.optional_text("iterations"), Some("17"));
        assert_eq!(reader.optional_text("metadata"), None);
        assert!(reader.has("kernel") && !reader.has("bias"));
    }

    #[test]
    fn the_same_state_gives_the_same_bytes() {
        assert_eq!(written(), written());
    }

    #[test]
    fn what_is_asked_must_be_there_and_fit() {
        let bytes = written();
        let reader = Reader::new(&bytes).unwrap();
        let cases = [
            (reader.f32s("bias", &[1]).unwrap_err(), "checkpoint: tensor 'bias' is missing"),
            (
                reader.f32s("kernel", &[3, 2]).unwrap_err(),
                "checkpoint: tensor 'kernel': expected shape [3, 2], got [2, 3]",
            ),
            (
                reader.f64s("kernel", &[2, 3]).unwrap_err(),
                "checkpoint: tensor 'kernel': expected type F64, got F32",
            ),
            (reader.text("optimizer").unwrap_err(), "checkpoint: 'optimizer' is missing"),
        ];
        for (error, expected) in cases {
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn every_truncation_and_addition_is_refused() {
        let bytes = written();
        for end in 0..bytes.len() {
            assert!(message(&bytes[..end]).contains("not a whole safetensors file"), "{end}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(message(&longer).contains("not a whole safetensors file"));
    }

    #[test]
    fn a_damaged_byte_of_the_header_never_panics() {
        let bytes = written();
        let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        for i in 0..header {
            for flip in [0x01, 0x20, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[i] ^= flip;
                if let Ok(reader) = Reader::new(&damaged) {
                    let _ = reader.f32s("kernel", &[2, 3]);
                }
            }
        }
    }

    #[test]
    fn other_files_and_other_versions_are_refused() {
        for other in [&b""[..], b"PK\x03\x04 not this format at all", &[0xff; 64]] {
            assert!(message(other).contains("not a whole safetensors file"));
        }
        let foreign = serialize(
            [("w", &Tensor { name: "w".into(), shape: vec![1], values: Values::F32(&[1.0]) })],
            None,
        )
        .unwrap();
        assert!(message(&foreign).contains("not one that unrolled saved"));
        let with_entry = |entry: &str| {
            let metadata = [(ENTRY.to_owned(), entry.to_owned())].into_iter().collect();
            serialize(Vec::<(&str, &Tensor<'_>)>::new(), Some(metadata)).unwrap()
        };
        let newer = message(&with_entry("{\"version\":\"2\"}"));
        assert!(newer.contains("expected format version 1, got 2"), "{newer}");
        assert!(message(&with_entry("{}")).contains("got none"));
        assert!(message(&with_entry("[1, 2")).contains("its description cannot be read"));
    }
}
