//! What the benches measure: kernels in every shape worth trying, and the machine's arithmetic.
//!
//! The same code runs natively (criterion, `tiles`) and in WebAssembly (the exports of [`wasm`],
//! timed from JavaScript).

pub mod buffers;
pub mod candidates;
pub mod kernels;
pub mod peak;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
