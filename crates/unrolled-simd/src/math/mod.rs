//! Elementary functions of a vector.

mod exp;
mod tanh;

pub use exp::exp;
pub use tanh::{sigmoid, tanh};
