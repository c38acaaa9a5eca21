//! Memory for whatever has the size of a caller's model or data: where there is not enough, an error
//! says so. The usual ways of Rust would end the program, which in WebAssembly is a trap.
//!
//! Sizes are counted in 64 bits, so that none wraps where addresses have 32.

use crate::error::Error;

/// Bytes that are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage(pub u64);

impl Shortage {
    /// The error, with what the memory was for and what to do.
    pub fn of(self, what: impl Into<String>, advice: &'static str) -> Error {
        Error::Memory { what: what.into(), bytes: self.0, advice }
    }
}

/// An empty vector with room for exactly `len` values.
pub fn room<T>(len: u64) -> Result<Vec<T>, Shortage> {
    let mut values = Vec::new();
    match usize::try_from(len) {
        Ok(len) if values.try_reserve_exact(len).is_ok() => Ok(values),
        _ => Err(Shortage(len.saturating_mul(size_of::<T>() as u64))),
    }
}

/// `len` times one value.
pub fn filled<T: Clone>(len: u64, value: T) -> Result<Vec<T>, Shortage> {
    let mut values = room(len)?;
    values.resize(len as usize, value);
    Ok(values)
}

/// A copy.
pub fn copied<T: Copy>(from: &[T]) -> Result<Vec<T>, Shortage> {
    let mut values = room(from.len() as u64)?;
    values.extend_from_slice(from);
    Ok(values)
}

/// Gives a buffer this length, whatever stands in it then. Where it is too small, it is freed before
/// the larger one is allocated.
#[inline]
pub fn resize<T: Clone>(buffer: &mut Vec<T>, len: u64, value: T) -> Result<(), Shortage> {
    // Every step comes here, with the length of the one before.
    if len == buffer.len() as u64 { Ok(()) } else { change_length(buffer, len, value) }
}

#[inline(never)]
fn change_length<T: Clone>(buffer: &mut Vec<T>, len: u64, value: T) -> Result<(), Shortage> {
    if len > buffer.capacity() as u64 {
        *buffer = Vec::new();
        *buffer = room(len)?;
    }
    buffer.resize(len as usize, value);
    Ok(())
}

/// A size for people: `812 MB`, `1.3 GB`.
pub(crate) fn describe(bytes: u64) -> String {
    let in_units = |unit: u64| bytes.div_ceil(unit);
    match bytes {
        0..1_000_000 => format!("{} KB", in_units(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", in_units(1_000_000)),
        _ => {
            let tenths = in_units(100_000_000);
            format!("{}.{} GB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_there() {
        assert_eq!(filled(3, 0.5f32), Ok(vec![0.5; 3]));
        assert_eq!(copied(&[1u32, 2]), Ok(vec![1, 2]));
        assert_eq!(room::<f32>(100).map(|values| values.capacity()), Ok(100));
        let mut buffer = vec![1.0f32; 4];
        for len in [2, 9, 5] {
            resize(&mut buffer, len, 0.0).unwrap();
            assert_eq!(buffer.len() as u64, len);
        }
        assert_eq!(buffer.capacity(), 9);
    }

    #[test]
    fn what_does_not_fit_is_an_error_with_its_size() {
        // More than any address space; the last would wrap in 64 bits.
        for (len, bytes) in [(1 << 50, 1 << 52), (1 << 62, u64::MAX), (u64::MAX, u64::MAX)] {
            assert_eq!(filled(len, 0.0f32), Err(Shortage(bytes)));
            let mut buffer = vec![1.0f32; 4];
            assert_eq!(resize(&mut buffer, len, 0.0), Err(Shortage(bytes)));
            resize(&mut buffer, 4, 0.0).unwrap();
        }
        let error = Shortage(9_160_000_000).of("the weights", "give fewer units");
        assert_eq!(error.name(), "MemoryError");
        assert_eq!(
            error.to_string(),
            "not enough memory for the weights, which need 9.2 GB: give fewer units"
        );
    }

    #[test]
    fn sizes_are_for_people() {
        for (bytes, expected) in [
            (0, "0 KB"),
            (1, "1 KB"),
            (999_999, "1000 KB"),
            (1_000_000, "1 MB"),
            (811_200_000, "812 MB"),
            (1_000_000_000, "1.0 GB"),
            (1 << 52, "4503599.7 GB"),
        ] {
            assert_eq!(describe(bytes), expected);
        }
    }
}
