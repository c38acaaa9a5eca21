//! Core.
pub mod checkpoint;
pub mod clip;
pub mod error;
mod initializers;
pub mod losses;
pub mod metrics;
pub mod optimizers;
pub mod params;
pub mod regularize;
pub mod rng;
mod schedules;
pub mod spec;
mod vectors;
