//! The file against the format's own library, and everything that can be wrong with it.

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
    write(&texts, &tensors).unwrap()
}

fn f32s(reader: &Reader<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
    let mut values = vec![7.0; shape.iter().product()];
    reader.read_f32(name, shape, &mut values).map(|()| values)
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
    assert_eq!(bits(&f32s(&reader, "kernel", &[2, 3]).unwrap()), bits(&KERNEL));
    assert_eq!(reader.f64s("metrics", &[2]).unwrap(), SUMS);
    assert!(f32s(&reader, "empty", &[0]).unwrap().is_empty());
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
        (f32s(&reader, "bias", &[1]).unwrap_err(), "checkpoint: tensor 'bias' is missing"),
        (
            f32s(&reader, "kernel", &[3, 2]).unwrap_err(),
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
                let _ = f32s(&reader, "kernel", &[2, 3]);
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
    assert_eq!(f32s(&reader, "w", &[1, 2]).unwrap(), [1.5, -2.0]);
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
    let entry = |shape: &str, offsets: &str| {
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
        let message = with_tensors(&format!(r#""w":{}"#, entry(shape, offsets)), &[0; 4]);
        assert!(message.contains("tensor 'w' is described wrongly"), "{shape} {offsets}");
    }
    // A value that is missing, and one too much.
    for size in [0, 12] {
        let message = with_tensors(&format!(r#""w":{}"#, entry("[1]", "[0, 4]")), &vec![0; size]);
        assert!(message.contains("not a whole safetensors file"), "{message}");
    }
}

#[test]
fn every_byte_belongs_to_exactly_one_tensor_whatever_their_order() {
    let file = |offsets: &[(&str, usize, usize)]| {
        let tensors: String = offsets
            .iter()
            .map(|(name, start, end)| {
                let shape = (end - start) / 4;
                format!(
                    r#","{name}":{{"dtype":"F32","shape":[{shape}],"data_offsets":[{start},{end}]}}"#
                )
            })
            .collect();
        let texts = r#""__metadata__":{"format":"unrolled","version":"1"}"#;
        with_header(&format!("{{{texts}{tensors}}}"), &[0; 16])
    };
    for good in [
        &[("a", 0, 8), ("b", 8, 16)][..],
        &[("a", 8, 16), ("b", 0, 8)],
        &[("z", 0, 16), ("a", 0, 0), ("b", 16, 16)],
    ] {
        Reader::new(&file(good)).unwrap();
    }
    for (bad, word) in [
        (&[("a", 0, 8), ("b", 4, 16)][..], "'b'"),
        (&[("a", 0, 8), ("b", 0, 8), ("c", 8, 16)], "begin at byte 8"),
        (&[("a", 0, 4), ("b", 8, 16)], "'b'"),
        (&[("a", 4, 16)], "'a'"),
        (&[("a", 0, 16), ("b", 8, 8)], "'b'"),
        (&[("a", 0, 8), ("a", 8, 16)], "'a': there are two of this name"),
    ] {
        let message = message(&file(bad));
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn tensors_that_nobody_asked_for_are_named() {
    let bytes = written();
    let reader = Reader::new(&bytes).unwrap();
    reader.require_f32("kernel", &[2, 3]).unwrap();
    reader.require_f64("metrics", &[2]).unwrap();
    let message = reader.nothing_else().unwrap_err().to_string();
    assert!(message.contains("tensor 'empty'"), "{message}");
    reader.require_f32("empty", &[0]).unwrap();
    reader.nothing_else().unwrap();
}

#[test]
fn numbers_that_are_not_finite_are_refused_with_their_tensor() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let (narrow, wide) = ([0.0, bad as f32], [0.0, bad]);
        let tensors = [
            Tensor { name: "w".into(), shape: vec![2], values: Values::F32(&narrow) },
            Tensor { name: "s".into(), shape: vec![2], values: Values::F64(&wide) },
        ];
        let bytes = write(&[], &tensors).unwrap();
        let reader = Reader::new(&bytes).unwrap();
        let errors = [f32s(&reader, "w", &[2]).unwrap_err(), reader.f64s("s", &[2]).unwrap_err()];
        for (error, name) in errors.iter().zip(["'w'", "'s'"]) {
            assert_eq!(error.name(), "CheckpointError");
            let message = error.to_string();
            assert!(message.contains(name) && message.contains("position 1"), "{message}");
        }
    }
}
