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
use crate::json::{self, Value, Writer, brief};
use crate::memory::room;

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
pub fn write(texts: &[(&str, &str)], tensors: &[Tensor<'_>]) -> Result<Vec<u8>> {
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

    let size: u64 = tensors.iter().map(|tensor| tensor.values.size() as u64).sum();
    let mut bytes = room(8 + header.len() as u64 + size).map_err(|short| {
        short.of("the bytes of the checkpoint", "save without the optimizer (includeOptimizer: false), or dispose of other models first")
    })?;
    bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    for tensor in order() {
        match tensor.values {
            Values::F32(values) => bytes.extend(values.iter().flat_map(|x| x.to_le_bytes())),
            Values::F64(values) => bytes.extend(values.iter().flat_map(|x| x.to_le_bytes())),
        }
    }
    Ok(bytes)
}

/// A checkpoint that was looked through: header, sizes and version are right, and every byte of the
/// values belongs to exactly one tensor.
#[derive(Debug)]
pub struct Reader<'a> {
    texts: Value,
    /// By name.
    tensors: Vec<Info>,
    data: &'a [u8],
}

#[derive(Debug)]
struct Info {
    name: String,
    kind: Kind,
    shape: Vec<usize>,
    /// Bytes of [`Reader::data`].
    range: Range<usize>,
    /// Whether [`Reader::require`] asked for it.
    known: Cell<bool>,
}

impl<'a> Reader<'a> {
    /// Looks through the bytes of a checkpoint.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        let whole = || bad(format!("not a whole safetensors file ({} bytes)", bytes.len()));
        let (mut header, data) = split(bytes).ok_or_else(whole)?;
        let texts = match header.iter().position(|(name, _)| name == "__metadata__") {
            Some(i) => header.remove(i).1,
            None => Value::Null,
        };
        let text = |key: &str| texts.get(key).and_then(Value::as_text);
        if text("format") != Some(FORMAT) {
            return Err(bad("a safetensors file, but not one that unrolled saved"));
        }
        let version = text("version").unwrap_or("none");
        if version != VERSION.to_string() {
            let got = brief(version);
            return Err(bad(format!("expected format version {VERSION}, got {got}")));
        }
        let mut tensors = header
            .into_iter()
            .map(|(name, value)| match described(&value) {
                Some((kind, shape, range)) => {
                    Ok(Info { name, kind, shape, range, known: Cell::new(false) })
                }
                None => Err(bad(format!("tensor '{}' is described wrongly", brief(&name)))),
            })
            .collect::<Result<Vec<_>>>()?;
        sort(&mut tensors, |a, b| (a.range.start, a.range.end) < (b.range.start, b.range.end));
        let mut end = 0;
        for info in &tensors {
            if info.range.end > data.len() {
                return Err(whole());
            }
            if info.range.start != end {
                let message = format!(
                    "expected its values to begin at byte {end}, where others end, got {}",
                    info.range.start
                );
                return Err(at(&info.name, message));
            }
            end = info.range.end;
        }
        if end != data.len() {
            return Err(whole());
        }
        sort(&mut tensors, |a, b| a.name < b.name);
        match tensors.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(at(&pair[0].name, "there are two of this name")),
            None => Ok(Self { texts, tensors, data }),
        }
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Info> {
        let i = self.tensors.binary_search_by(|info| info.name.as_str().cmp(name)).ok()?;
        Some(&self.tensors[i])
    }

    /// A text that must be there.
    pub fn text(&self, key: &str) -> Result<&str> {
        self.optional_text(key).ok_or_else(|| bad(format!("'{key}' is missing")))
    }

    /// A text that may be there.
    pub fn optional_text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).and_then(Value::as_text)
    }

    /// Whether there is an f32 tensor of this name and shape. Takes no memory, whatever the shape.
    pub fn require_f32(&self, name: &str, shape: &[usize]) -> Result<()> {
        self.tensor(name, shape, Kind::F32).map(|_| ())
    }

    /// Whether there is an f64 tensor of this name and shape. Takes no memory, whatever the shape.
    pub fn require_f64(&self, name: &str, shape: &[usize]) -> Result<()> {
        self.tensor(name, shape, Kind::F64).map(|_| ())
    }

    /// Whether every tensor was asked for; after all of `require_…`.
    pub fn nothing_else(&self) -> Result<()> {
        match self.tensors.iter().find(|info| !info.known.get()) {
            Some(info) => Err(at(&info.name, "the model has none of this name")),
            None => Ok(()),
        }
    }

    /// Copies an f32 tensor that must have this shape, and as many values as `to`, which must be
    /// finite.
    pub fn read_f32(&self, name: &str, shape: &[usize], to: &mut [f32]) -> Result<()> {
        let bytes = self.tensor(name, shape, Kind::F32)?;
        for (i, (x, &bytes)) in to.iter_mut().zip(bytes.as_chunks().0).enumerate() {
            *x = f32::from_le_bytes(bytes);
            if !x.is_finite() {
                return Err(not_finite(name, i));
            }
        }
        Ok(())
    }

    /// The values of an f64 tensor that must have this shape; they must be finite.
    pub fn f64s(&self, name: &str, shape: &[usize]) -> Result<Vec<f64>> {
        let bytes = self.tensor(name, shape, Kind::F64)?;
        let values: Vec<f64> = bytes.as_chunks().0.iter().map(|&x| f64::from_le_bytes(x)).collect();
        match values.iter().position(|x| !x.is_finite()) {
            Some(i) => Err(not_finite(name, i)),
            None => Ok(values),
        }
    }

    fn tensor(&self, name: &str, shape: &[usize], kind: Kind) -> Result<&'a [u8]> {
        let Some(info) = self.find(name) else {
            return Err(bad(format!("tensor '{}' is missing", brief(name))));
        };
        info.known.set(true);
        if info.shape != shape {
            let got = &info.shape[..info.shape.len().min(8)];
            return Err(at(name, format!("expected shape {shape:?}, got {got:?}")));
        }
        if info.kind != kind {
            let (expected, got) = (kind.name(), info.kind.name());
            return Err(at(name, format!("expected type {expected}, got {got}")));
        }
        Ok(&self.data[info.range.clone()])
    }
}

/// Heapsort, which is little code and never slow; that of `core` is 7 kB.
fn sort(items: &mut [Info], before: fn(&Info, &Info) -> bool) {
    let sink = |items: &mut [Info], mut at: usize| loop {
        let [left, right] = [2 * at + 1, 2 * at + 2];
        let mut last = at;
        for child in [left, right] {
            if child < items.len() && before(&items[last], &items[child]) {
                last = child;
            }
        }
        if last == at {
            return;
        }
        items.swap(at, last);
        at = last;
    };
    for start in (0..items.len() / 2).rev() {
        sink(items, start);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        sink(&mut items[..end], 0);
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

/// Type, shape and place of a tensor, if its description makes sense.
fn described(value: &Value) -> Option<(Kind, Vec<usize>, Range<usize>)> {
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
    (end.checked_sub(start)? == size).then_some((kind, shape, start..end))
}

fn bad(message: impl std::fmt::Display) -> Error {
    Error::Checkpoint { message: format!("checkpoint: {message}") }
}

/// What is wrong with a tensor.
fn at(name: &str, message: impl std::fmt::Display) -> Error {
    bad(format!("tensor '{}': {message}", brief(name)))
}

fn not_finite(name: &str, i: usize) -> Error {
    at(name, format!("expected finite numbers, got NaN or infinity at position {i}"))
}

#[cfg(test)]
mod tests;
