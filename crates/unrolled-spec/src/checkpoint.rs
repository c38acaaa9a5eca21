//! Checkpoints: named tensors and texts in one safetensors file.
//!
//! The format (<https://github.com/huggingface/safetensors>) is eight bytes of the header's length,
//! little-endian; the header, a JSON object of `name: {dtype, shape, data_offsets}` and of
//! `__metadata__`, a map of strings; and the tensors' values, little-endian, without gaps. Any
//! reader of that format sees our tensors. It is read here over serde_json, which the core needs
//! anyway: the `safetensors` crate, which the tests read and write with, would make the wasm file
//! 50 kB larger and does not fix the order of the metadata. The same state gives the same bytes.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Version of what is in the file, under `version` in its metadata. Others are refused.
pub const VERSION: u32 = 1;

/// What `format` says in the metadata of our files.
const FORMAT: &str = "unrolled";

/// Largest header that is read, in bytes; the limit of the format's own library.
const LARGEST_HEADER: usize = 100_000_000;

/// The values of a tensor, row-major.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Weights and the like.
    F32(&'a [f32]),
    /// Running sums.
    F64(&'a [f64]),
}

impl Values<'_> {
    fn kind(self) -> Kind {
        match self {
            Values::F32(_) => Kind::F32,
            Values::F64(_) => Kind::F64,
        }
    }

    fn size(self) -> usize {
        match self {
            Values::F32(values) => size_of_val(values),
            Values::F64(values) => size_of_val(values),
        }
    }
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

/// Type of values. The widest comes first in a file, so that all are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    F64,
    F32,
}

impl Kind {
    fn size(self) -> usize {
        match self {
            Kind::F64 => 8,
            Kind::F32 => 4,
        }
    }
}

/// The bytes of a checkpoint: texts by their key, and tensors. The texts `format` and `version` are
/// added.
pub fn write(texts: &[(&str, &str)], tensors: &[Tensor<'_>]) -> Vec<u8> {
    let version = VERSION.to_string();
    let mut header = String::from("{\"__metadata__\":{");
    let ours = [("format", FORMAT), ("version", version.as_str())];
    for (i, (key, text)) in ours.iter().chain(texts).enumerate() {
        header += &format!("{}{}:{}", if i > 0 { "," } else { "" }, json(key), json(text));
    }
    header += "}";
    let order = || {
        let of = |kind| tensors.iter().filter(move |tensor| tensor.values.kind() == kind);
        of(Kind::F64).chain(of(Kind::F32))
    };
    let mut end = 0;
    for Tensor { name, shape, values } in order() {
        let start = end;
        end += values.size();
        debug_assert_eq!(values.size(), shape.iter().product::<usize>() * values.kind().size());
        header += &format!(
            ",{}:{{\"dtype\":\"{:?}\",\"shape\":{shape:?},\"data_offsets\":[{start},{end}]}}",
            json(name),
            values.kind(),
        );
    }
    header += "}";
    // Spaces, so that the values are aligned.
    while header.len() % 8 != 0 {
        header.push(' ');
    }

    let mut bytes = Vec::with_capacity(8 + header.len() + end);
    bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    for tensor in order() {
        match tensor.values {
            Values::F32(values) => bytes.extend(values.iter().flat_map(|x| x.to_le_bytes())),
            Values::F64(values) => bytes.extend(values.iter().flat_map(|x| x.to_le_bytes())),
        }
    }
    bytes
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a string has JSON")
}

/// A checkpoint that was looked through: header, sizes and version are right.
#[derive(Debug)]
pub struct Reader<'a> {
    texts: Map<String, Value>,
    tensors: Map<String, Value>,
    data: &'a [u8],
}

#[derive(Debug)]
struct Info {
    kind: Kind,
    shape: Vec<usize>,
    /// Bytes of [`Reader::data`].
    range: Range<usize>,
}

impl<'a> Reader<'a> {
    /// Looks through the bytes of a checkpoint.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        let whole = || bad(format!("not a whole safetensors file ({} bytes)", bytes.len()));
        let (mut tensors, data) = split(bytes).ok_or_else(whole)?;
        let texts = match tensors.remove("__metadata__") {
            Some(Value::Object(texts)) => texts,
            _ => Map::new(),
        };
        let reader = Self { texts, tensors, data };
        if reader.optional_text("format") != Some(FORMAT) {
            return Err(bad("a safetensors file, but not one that unrolled saved"));
        }
        let version = reader.optional_text("version").unwrap_or("none");
        if version != VERSION.to_string() {
            return Err(bad(format!("expected format version {VERSION}, got {version}")));
        }
        let mut size = 0usize;
        for (name, value) in &reader.tensors {
            let info = Info::new(value)
                .ok_or_else(|| bad(format!("tensor '{name}' is described wrongly")))?;
            if info.range.end > data.len() {
                return Err(whole());
            }
            size = size.saturating_add(info.range.len());
        }
        if size != data.len() {
            return Err(whole());
        }
        Ok(reader)
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// A text that must be there.
    pub fn text(&self, key: &str) -> Result<&str> {
        self.optional_text(key).ok_or_else(|| bad(format!("'{key}' is missing")))
    }

    /// A text that may be there.
    pub fn optional_text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).and_then(Value::as_str)
    }

    /// The values of an f32 tensor that must have this shape.
    pub fn f32s(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let bytes = self.tensor(name, shape, Kind::F32)?;
        Ok(bytes.as_chunks().0.iter().map(|&x| f32::from_le_bytes(x)).collect())
    }

    /// The values of an f64 tensor that must have this shape.
    pub fn f64s(&self, name: &str, shape: &[usize]) -> Result<Vec<f64>> {
        let bytes = self.tensor(name, shape, Kind::F64)?;
        Ok(bytes.as_chunks().0.iter().map(|&x| f64::from_le_bytes(x)).collect())
    }

    fn tensor(&self, name: &str, shape: &[usize], kind: Kind) -> Result<&'a [u8]> {
        let Some(info) = self.tensors.get(name).and_then(Info::new) else {
            return Err(bad(format!("tensor '{name}' is missing")));
        };
        if info.shape != shape {
            let got = &info.shape;
            return Err(bad(format!("tensor '{name}': expected shape {shape:?}, got {got:?}")));
        }
        if info.kind != kind {
            let got = info.kind;
            return Err(bad(format!("tensor '{name}': expected type {kind:?}, got {got:?}")));
        }
        Ok(&self.data[info.range])
    }
}

/// Header and values, if the bytes have both.
fn split(bytes: &[u8]) -> Option<(Map<String, Value>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    if length > LARGEST_HEADER {
        return None;
    }
    let (header, data) = rest.split_at_checked(length)?;
    match serde_json::from_slice(header) {
        Ok(Value::Object(header)) => Some((header, data)),
        _ => None,
    }
}

impl Info {
    fn new(value: &Value) -> Option<Self> {
        let kind = match value.get("dtype")?.as_str()? {
            "F32" => Kind::F32,
            "F64" => Kind::F64,
            _ => return None,
        };
        let sizes = |key: &str| -> Option<Vec<usize>> {
            let list = value.get(key)?.as_array()?;
            list.iter().map(|x| usize::try_from(x.as_u64()?).ok()).collect()
        };
        let shape = sizes("shape")?;
        let [start, end] = sizes("data_offsets")?[..] else { return None };
        let size = shape.iter().try_fold(kind.size(), |size, &n| size.checked_mul(n))?;
        (end.checked_sub(start)? == size).then_some(Self { kind, shape, range: start..end })
    }
}

fn bad(message: impl Into<String>) -> Error {
    Error::Checkpoint { message: format!("checkpoint: {}", message.into()) }
}

#[cfg(test)]
mod tests;
