//! JSON, read and written.
//!
//! Small code instead of serde_json, which made the compressed wasm file 35 kB larger: derived code
//! for each type, and tables of floating-point numbers that do not compress. The tests hold it
//! against serde_json.

mod number;
mod parse;
mod write;

pub use number::number;
pub use parse::parse;
pub use write::{Raw, ToJson, Writer};

/// Any JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Fields in their order; of two with one name the last counts.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// A field of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let Value::Object(fields) = self else { return None };
        fields.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number from 0 to 2⁵³ − 1, if it is one.
    pub fn as_whole(&self) -> Option<u64> {
        match *self {
            Value::Number(x) if x >= 0.0 && x < (1u64 << 53) as f64 && x as u64 as f64 == x => {
                Some(x as u64)
            }
            _ => None,
        }
    }
}

/// A text of others for a message: cut where it is long.
pub fn brief(text: &str) -> &str {
    // Not by characters and indices, whose panics bring tables of Unicode along (10 kB).
    (80..84).find_map(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests;
