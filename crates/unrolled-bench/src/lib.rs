//! What the benches measure: kernels in every shape worth trying, and the machine's arithmetic.
//!
//! The same code runs natively (criterion, `tiles`) and in WebAssembly (the exports of [`wasm`],
//! timed from JavaScript). [`training`] is the engine as the native
//! runner and the benches of layers use it.

pub mod buffers;
pub mod candidates;
pub mod gathering;
pub mod kernels;
pub mod peak;
pub mod training;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
