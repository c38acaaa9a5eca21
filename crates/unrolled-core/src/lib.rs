//! Recurrent neural networks, trained by back-propagation through time on CPU SIMD.
//!
//! A [`Model`] is made from plain data ([`spec`]), validated into a plan, and trained one
//! mini-batch a call. Arrays are batch × time × features at the edge; inside, examples are lanes
//! (see the module `lanes`). The crate knows nothing of JavaScript, clocks or files.

/// Errors of the whole library live with the descriptions.
mod error {
    pub(crate) use unrolled_spec::{Error, Result};
}

mod arena;
mod clip;
mod initializers;
mod lanes;
mod layers;
mod losses;
mod metrics;
mod model;
mod optimizers;
mod params;
mod plan;
mod regularize;
mod rng;
mod vectors;

pub use layers::Shape;
pub use model::{Model, PIECE, Partial, SLOTS, partials_to_bytes};
pub use unrolled_simd::Isa;
pub use unrolled_spec::{Error, Result, spec};
