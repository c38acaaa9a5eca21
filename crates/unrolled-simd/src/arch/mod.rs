//! One token type an instruction set. The only folder of the project that names intrinsics.

mod scalar;
pub use scalar::Scalar;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm32;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub use wasm32::RelaxedSimd;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use wasm32::Simd128;

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::{Avx2, Avx512};
