//! Checkpoints: named tensors and texts in one safetensors file.
//!
//! The format (<https://github.com/huggingface/safetensors>) is eight bytes of the header's length,
//! little-endian; the header, a JSON object of `name: {dtype, shape, data_offsets}` and of
//! `__metadata__`, a map of strings; and the tensors' values, little-endian, without gaps. Any
//! reader of that format sees our tensors. It is read here over our own JSON: the `safetensors`
//! crate, which the tests read and write with, would make the wasm file 50 kB larger and does not
//! fix the order of the metadata. The same state gives the same bytes.

use std::cell::Cell;
use std::ops::Range;

use crate::error::{Error, Result};
use crate::json::{self, Value, Writer};

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
    fn name(self) -> &'static str {
        match self {
            Kind::F64 => "F64",
            Kind::F32 => "F32",
        }
    }

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
    let mut header = Writer::default();
    header.open('{');
    header.key("__metadata__");
    header.open('{');
    header.fields(&[("format", &FORMAT), ("version", &version)]);
    for (key, text) in texts {
        header.fields(&[(key, text)]);
    }
    header.close('}');
    let order = || {
        let of = |kind| tensors.iter().filter(move |tensor| tensor.values.kind() == kind);
        of(Kind::F64).chain(of(Kind::F32))
    };
    let mut end = 0;
    for Tensor { name, shape, values } in order() {
        let start = end;
        end += values.size();
        debug_assert_eq!(values.size(), shape.iter().product::<usize>() * values.kind().size());
        let offsets = vec![start, end];
        header.key(name);
        header.object(&[
            ("dtype", &values.kind().name()),
            ("shape", shape),
            ("data_offsets", &offsets),
        ]);
    }
    header.close('}');
    let mut header = header.finish();
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

/// A checkpoint that was looked through: header, sizes and version are right.
#[derive(Debug)]
pub struct Reader<'a> {
    texts: Value,
    tensors: Vec<(String, Value)>,
    data: &'a [u8],
    /// Where the next tensor is looked for first: after the last one. Whoever reads in the order of
    /// the file never searches.
    next: Cell<usize>,
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
        let texts = match tensors.iter().position(|(name, _)| name == "__metadata__") {
            Some(i) => tensors.remove(i).1,
            None => Value::Null,
        };
        let reader = Self { texts, tensors, data, next: Cell::new(0) };
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
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Value> {
        let next = self.next.get().min(self.tensors.len());
        let order = (next..self.tensors.len()).chain(0..next);
        let i = order.into_iter().find(|&i| self.tensors[i].0 == name)?;
        self.next.set(i + 1);
        Some(&self.tensors[i].1)
    }

    /// A text that must be there.
    pub fn text(&self, key: &str) -> Result<&str> {
        self.optional_text(key).ok_or_else(|| bad(format!("'{key}' is missing")))
    }

    /// A text that may be there.
    pub fn optional_text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).and_then(Value::as_text)
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
        let Some(info) = self.find(name).and_then(Info::new) else {
            return Err(bad(format!("tensor '{name}' is missing")));
        };
        if info.shape != shape {
            let got = &info.shape;
            return Err(bad(format!("tensor '{name}': expected shape {shape:?}, got {got:?}")));
        }
        if info.kind != kind {
            let (expected, got) = (kind.name(), info.kind.name());
            return Err(bad(format!("tensor '{name}': expected type {expected}, got {got}")));
        }
        Ok(&self.data[info.range])
    }
}

/// An object of JSON.
type Fields = Vec<(String, Value)>;

/// Header and values, if the bytes have both.
fn split(bytes: &[u8]) -> Option<(Fields, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    if length > LARGEST_HEADER {
        return None;
    }
    let (header, data) = rest.split_at_checked(length)?;
    match json::parse(std::str::from_utf8(header).ok()?) {
        Ok(Value::Object(header)) => Some((header, data)),
        _ => None,
    }
}

impl Info {
    fn new(value: &Value) -> Option<Self> {
        let kind = match value.get("dtype")?.as_text()? {
            "F32" => Kind::F32,
            "F64" => Kind::F64,
            _ => return None,
        };
        let sizes = |key: &str| -> Option<Vec<usize>> {
            let Value::List(list) = value.get(key)? else { return None };
            list.iter().map(|x| usize::try_from(x.as_whole()?).ok()).collect()
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
