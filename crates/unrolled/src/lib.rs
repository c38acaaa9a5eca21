//! Recurrent neural networks on [`ndarray`], trained by back-propagation through time on CPU SIMD.
//!
//! A [`Sequential`] describes layers and builds a [`Model`], which is compiled, fitted and asked for
//! predictions, as in Keras; options that are left out have Keras's defaults. Sequences are
//! `[batch, time, features]`, vectors `[batch, features]`. The arithmetic is that of `unrolled-core`,
//! which runs in web pages too: on [`Isa::scalar`] it gives the same bits as there.
//!
//! ```
//! use ndarray::Array;
//! use unrolled::spec::{CompileSpec, DenseSpec, LayerSpec, Loss, RecurrentSpec, Rule};
//! use unrolled::{Fit, Sequential};
//!
//! # fn main() -> unrolled::Result<()> {
//! // 64 waves of 20 values; the target is the value that follows.
//! let wave = |i: usize, t: usize| (0.3 * t as f32 + i as f32).sin();
//! let x = Array::from_shape_fn((64, 20, 1), |(i, t, _)| wave(i, t));
//! let y = Array::from_shape_fn((64, 1), |(i, _)| wave(i, 20));
//!
//! let mut model = Sequential::new(&[None, Some(1)])
//!     .seed(42)
//!     .layer(LayerSpec::Lstm(RecurrentSpec { units: 8, ..Default::default() }))
//!     .layer(LayerSpec::Dense(DenseSpec { units: 1, ..Default::default() }))
//!     .build()?;
//! let optimizer = Rule::ADAM.into();
//! model.compile(CompileSpec { loss: Loss::Mse {}, optimizer, metrics: vec![] })?;
//! let history = model.fit(x.view(), y.view(), &Fit { epochs: 5, ..Fit::default() })?;
//! assert!(history[4][0] < history[0][0]);
//!
//! let forecast = model.predict(x.view())?;
//! assert_eq!(forecast.shape(), [64, 1]);
//! # Ok(())
//! # }
//! ```
//!
//! `cargo run --release -p unrolled --example deep_rnn` trains the deep RNN of chapter 15 of
//! _Hands-On Machine Learning_.

mod fit;
mod model;
mod sequential;

pub use fit::{Fit, History};
pub use model::Model;
pub use sequential::Sequential;
pub use unrolled_core::{Error, Isa, Result, spec};
