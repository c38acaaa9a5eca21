//! The crate's one error: what was expected, what came, and where.

use std::fmt;

use crate::memory::describe;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can be wrong with what a caller gave. A panic is a bug of ours.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The description of a model, loss or optimizer cannot be used.
    Spec {
        /// Layer or option.
        at: String,
        /// What is wrong and what was expected.
        message: String,
    },
    /// An array's shape does not fit.
    Shape {
        /// Layer or argument.
        at: String,
        /// Shape that fits, such as `[batch, time, 3]`.
        expected: String,
        /// Shape that came.
        got: String,
    },
    /// A value in the data is out of its range.
    Data {
        /// Argument, with the position.
        at: String,
        /// What is wrong and what was expected.
        message: String,
    },
    /// A loss or gradient was NaN or infinite; the weights are those before the step.
    NonFinite {
        /// The first layer (in the order of the graph) where it arose; or an input, or `loss`.
        layer: String,
        /// `output`, `gradient`, `weight` or, of what is to be saved, `value`.
        what: &'static str,
        /// Time step, counted from 0, if the value has one.
        step: Option<usize>,
        /// Training steps done before.
        iteration: u64,
    },
    /// A checkpoint cannot be read.
    Checkpoint {
        /// What is wrong and what was expected.
        message: String,
    },
    /// There is not enough memory; nothing has changed.
    Memory {
        /// What it was for, in the plural: `the weights`.
        what: String,
        /// How much was needed.
        bytes: u64,
        /// What to do.
        advice: &'static str,
    },
    /// A call came before what it needs (such as training before compiling).
    State {
        /// What to do first.
        message: String,
    },
}

impl Error {
    /// Stable name, the same on the JavaScript side.
    pub fn name(&self) -> &'static str {
        match self {
            Error::Spec { .. } => "SpecError",
            Error::Shape { .. } => "ShapeError",
            Error::Data { .. } => "DataError",
            Error::NonFinite { .. } => "NonFiniteError",
            Error::Checkpoint { .. } => "CheckpointError",
            Error::Memory { .. } => "MemoryError",
            Error::State { .. } => "StateError",
        }
    }

    /// A [`Error::Spec`].
    pub fn spec(at: impl Into<String>, message: impl Into<String>) -> Self {
        Error::Spec { at: at.into(), message: message.into() }
    }

    /// A [`Error::Shape`].
    pub fn shape(
        at: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        Error::Shape { at: at.into(), expected: expected.into(), got: got.into() }
    }

    /// A [`Error::Data`].
    pub fn data(at: impl Into<String>, message: impl Into<String>) -> Self {
        Error::Data { at: at.into(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Spec { at, message } | Error::Data { at, message } => {
                write!(f, "{at}: {message}")
            }
            Error::Shape { at, expected, got } => {
                write!(f, "{at}: expected shape {expected}, got {got}")
            }
            Error::NonFinite { layer, what, step, iteration } => {
                write!(f, "{layer}: {what} is NaN or infinite")?;
                if let Some(step) = step {
                    write!(f, " at time step {step}")?;
                }
                write!(f, " (after {iteration} training steps)")
            }
            Error::Memory { what, bytes, advice } => {
                let size = describe(*bytes);
                write!(f, "not enough memory for {what}, which need {size}: {advice}")
            }
            Error::Checkpoint { message } | Error::State { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
