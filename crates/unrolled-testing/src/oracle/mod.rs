//! Forward passes in `f64` on ndarray, batch × time × features, straight from the formulas.

mod activation;
mod loss;
mod model;
mod recurrent;

pub use activation::Activation;
pub use loss::{Loss, mean_loss};
pub use model::{Masks, Model, Value};
pub use recurrent::{Cell, Recurrent, RecurrentOutput, Sequence, dense};
