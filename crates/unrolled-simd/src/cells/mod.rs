//! The lane-wise halves of the gated cells, fused.

mod gru;
mod lstm;

pub use gru::{gru_mix, gru_mix_backward};
pub use lstm::{GATES, LstmStep, lstm_backward, lstm_forward};
