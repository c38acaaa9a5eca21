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

    /// The names of the tensors, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
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
mod tests {
    use super::*;

    const KERNEL: [f32; 6] = [1.0, -0.0, f32::MIN_POSITIVE / 8.0, f32::MAX, 0.1, -2.5];
    const SUMS: [f64; 2] = [0.1 + 0.2, 1e300];

    fn written() -> Vec<u8> {
        let texts = [("model", "{\"a\": \"ü\\n\"}"), ("iterations", "17")];
        let tensors = [
            Tensor { name: "kernel".into(), shape: vec![2, 3], values: Values::F32(&KERNEL) },
            Tensor { name: "metrics".into(), shape: vec![2], values: Values::F64(&SUMS) },
            Tensor { name: "empty".into(), shape: vec![0], values: Values::F32(&[]) },
        ];
        write(&texts, &tensors)
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
        assert!(reader.names().eq(["empty", "kernel", "metrics"]));
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
    fn the_library_of_the_format_reads_what_we_write() {
        let bytes = written();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let kernel = file.tensor("kernel").unwrap();
        assert_eq!((kernel.dtype(), kernel.shape()), (safetensors::Dtype::F32, &[2, 3][..]));
        let expected: Vec<u8> = KERNEL.iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(kernel.data(), expected);
        assert_eq!(file.tensor("metrics").unwrap().dtype(), safetensors::Dtype::F64);
        assert_eq!(file.tensor("empty").unwrap().shape(), [0]);
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        let texts = header.metadata().as_ref().unwrap();
        assert_eq!(texts["iterations"], "17");
        assert_eq!(texts["version"], "1");
    }

    #[test]
    fn we_read_what_the_library_of_the_format_writes() {
        let file = |texts: &[(&str, &str)], dtype, shape: &[usize], data: &[u8]| {
            let view = safetensors::tensor::TensorView::new(dtype, shape.to_vec(), data).unwrap();
            let texts = texts.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            safetensors::serialize([("w", &view)], Some(texts)).unwrap()
        };
        let ours = [("format", "unrolled"), ("version", "1"), ("note", "x")];
        let bytes: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        let good = file(&ours, safetensors::Dtype::F32, &[1, 2], &bytes);
        let reader = Reader::new(&good).unwrap();
        assert_eq!(reader.f32s("w", &[1, 2]).unwrap(), [1.5, -2.0]);
        assert_eq!(reader.text("note").unwrap(), "x");
        let other_type = file(&ours, safetensors::Dtype::I32, &[2], &bytes);
        assert!(message(&other_type).contains("tensor 'w' is described wrongly"));
        let foreign = file(&[("format", "pt")], safetensors::Dtype::F32, &[2], &bytes);
        assert!(message(&foreign).contains("not one that unrolled saved"));
    }

    fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
    }

    #[test]
    fn other_files_and_other_versions_are_refused() {
        for other in [&b""[..], b"PK\x03\x04 not this format at all", &[0xff; 64]] {
            assert!(message(other).contains("not a whole safetensors file"));
        }
        let metadata = |entry: &str| message(&with_header(entry, &[]));
        assert!(metadata("{}").contains("not one that unrolled saved"));
        assert!(metadata("[1, 2]").contains("not a whole safetensors file"));
        let newer = metadata(r#"{"__metadata__":{"format":"unrolled","version":"2"}}"#);
        assert!(newer.contains("expected format version 1, got 2"), "{newer}");
        assert!(metadata(r#"{"__metadata__":{"format":"unrolled"}}"#).contains("got none"));
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let with_tensors = |tensors: &str, data: &[u8]| {
            let texts = r#"{"format":"unrolled","version":"1"}"#;
            message(&with_header(&format!(r#"{{"__metadata__":{texts},{tensors}}}"#), data))
        };
        let f32s = |shape: &str, offsets: &str| {
            format!(r#"{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}"#)
        };
        let huge = "[4294967296, 4294967296, 4]";
        for (shape, offsets) in [
            ("[2]", "[0, 4]"),
            ("[1]", "[4, 0]"),
            ("[1]", "[0]"),
            ("[1.5]", "[0, 6]"),
            ("[-1]", "[0, 4]"),
            ("null", "[0, 4]"),
            (huge, "[0, 0]"),
        ] {
            let message = with_tensors(&format!(r#""w":{}"#, f32s(shape, offsets)), &[0; 4]);
            assert!(message.contains("tensor 'w' is described wrongly"), "{shape} {offsets}");
        }
        // A gap, and a value too much.
        for offsets in ["[4, 8]", "[0, 4]"] {
            let message = with_tensors(&format!(r#""w":{}"#, f32s("[1]", offsets)), &[0; 12]);
            assert!(message.contains("not a whole safetensors file"), "{message}");
        }
    }
}
