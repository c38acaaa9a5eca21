//! What a model is and how it is trained, as plain data; errors; checkpoint bytes.
//!
//! A crate of its own because nothing here is hot: it is compiled for size.

pub mod bounds;
pub mod checkpoint;
mod error;
pub mod json;
pub mod memory;
mod schedules;
pub mod spec;
pub mod trig;
mod validate;

pub use error::{Error, Result};
