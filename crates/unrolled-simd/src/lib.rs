//! SIMD kernels for recurrent networks: GEMM tiles, gradients summed over time, activations,
//! reductions. Written once over [`Simd`]; the only crate that names intrinsics.
//!
//! Data is in the lane layout: `[row][lane]`, a lane being an example of the batch, padded to
//! [`Simd::BLOCK`]; so no kernel but those over parameters has a tail.

mod activation;
mod arch;
pub mod cells;
#[cfg(test)]
mod check;
mod dispatch;
mod gather;
mod gemm;
mod gemm_units;
mod gradient;
pub mod kernels;
pub mod lanewise;
pub mod math;
pub mod reduce;
#[cfg(all(
    test,
    target_arch = "wasm32",
    target_feature = "simd128",
    not(target_feature = "relaxed-simd")
))]
mod same_bits;
mod simd;
mod softmax;

pub use activation::{Activation, activate, activate_in_place, activation_gradient};
pub use arch::*;
pub use dispatch::Isa;
pub use gather::gather;
pub use gemm::{Start, Strides, Term, gemm, pack};
pub use gemm_units::gemm_units;
pub use gradient::{GradientShape, Steps, bias_gradient, kernel_gradient};
pub use simd::{Simd, Tile};
pub use softmax::{softmax, softmax_gradient};
