//! SIMD kernels for recurrent networks: GEMM tiles, gradients summed over time, activations,
//! reductions. Written once over [`Simd`]; the only crate that names intrinsics.
//!
//! Data is in the lane layout: `[row][lane]`, a lane being an example of the batch, padded to
//! [`Simd::BLOCK`]; so no kernel but those over parameters has a tail.

mod arch;
mod dispatch;
pub mod math;
mod simd;

pub use arch::*;
pub use dispatch::Isa;
pub use simd::{Simd, Tile};
