//! What numbers of a description may be. ts/check.ts has the same bounds, and a test
//! (test/engine/bounds.test.ts) holds both together.

use crate::error::{Error, Result};
use crate::json::number;

fn check(fits: bool, at: &str, name: &str, expected: &str, x: f32) -> Result<()> {
    match fits {
        true => Ok(()),
        false => Err(Error::spec(at, format!("{name} must be {expected}, got {}", number(x)))),
    }
}

/// Neither NaN nor infinite.
pub fn finite(at: &str, name: &str, x: f32) -> Result<()> {
    check(x.is_finite(), at, name, "a finite number", x)
}

/// Finite and above 0.
pub fn positive(at: &str, name: &str, x: f32) -> Result<()> {
    check(x.is_finite() && x > 0.0, at, name, "a finite number above 0", x)
}

/// Finite and at least 0.
pub fn not_negative(at: &str, name: &str, x: f32) -> Result<()> {
    check(x.is_finite() && x >= 0.0, at, name, "a finite number, at least 0", x)
}

/// In [0, 1).
pub fn share(at: &str, name: &str, x: f32) -> Result<()> {
    check((0.0..1.0).contains(&x), at, name, "in [0, 1)", x)
}

/// From one number to another, both included.
pub fn within(at: &str, name: &str, [least, most]: [f32; 2], x: f32) -> Result<()> {
    let expected = format!("in [{}, {}]", number(least), number(most));
    check((least..=most).contains(&x), at, name, &expected, x)
}
