//! Core.
pub mod error;
pub mod spec;
