//! Dev-only helpers of the tests: f64 oracles, gradient check, tolerances, fixtures.
//!
//! It knows nothing of the crates it tests: a model comes as its JSON, parameters and data as
//! plain slices. Everything is written for clearness, in `f64`, and allocates as it likes.

mod fixture;
mod gradient;
pub mod oracle;
mod random;
mod tolerance;
mod ulp;

pub use fixture::{Evaluation, Fixture, Tensor, fixtures};
pub use gradient::{GradientTolerance, central_differences, check_gradient};
pub use random::Random;
pub use tolerance::{assert_close, worst};
pub use ulp::{ulp_distance, ulp_error};
