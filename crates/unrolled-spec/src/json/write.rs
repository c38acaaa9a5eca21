//! Data → JSON text.

use super::Value;
use super::number::{write_f32, write_f64};

/// JSON text as it grows. Commas come by themselves.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
}

/// What can be written as JSON.
pub trait ToJson {
    /// Adds the value.
    fn write(&self, to: &mut Writer);

    /// The value as JSON text.
    fn to_json(&self) -> String {
        let mut writer = Writer::default();
        self.write(&mut writer);
        writer.text
    }
}

/// A field and its value.
pub type Field<'a> = (&'a str, &'a dyn ToJson);

impl Writer {
    /// The text so far.
    pub fn finish(self) -> String {
        self.text
    }

    /// A comma unless this is the first.
    fn separate(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.text.push(',');
        }
    }

    /// Opens an object or a list: `{` or `[`.
    pub fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
    }

    /// Closes it: `}` or `]`.
    pub fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// Begins a field; its value must follow.
    pub fn key(&mut self, key: &str) {
        key.write(self);
        self.text.push(':');
    }

    /// Fields of an open object.
    pub fn fields(&mut self, fields: &[Field<'_>]) {
        for (key, value) in fields {
            self.key(key);
            value.write(self);
        }
    }

    /// A whole object.
    pub fn object(&mut self, fields: &[Field<'_>]) {
        self.open('{');
        self.fields(fields);
        self.close('}');
    }

    /// An object with its `type` first.
    pub fn tagged(&mut self, tag: &str, fields: &[Field<'_>]) {
        self.open('{');
        self.fields(&[("type", &tag)]);
        self.fields(fields);
        self.close('}');
    }
}

/// JSON text that goes in as it is.
#[derive(Debug)]
pub struct Raw<'a>(pub &'a str);

impl ToJson for Raw<'_> {
    fn write(&self, to: &mut Writer) {
        to.separate();
        to.text += self.0;
    }
}

impl ToJson for str {
    fn write(&self, to: &mut Writer) {
        to.separate();
        to.text.push('"');
        for c in self.chars() {
            match c {
                '"' | '\\' => to.text.extend(['\\', c]),
                '\n' => to.text += "\\n",
                ..' ' => {
                    to.text += "\\u00";
                    for half in [c as u32 >> 4, c as u32 & 15] {
                        to.text.extend(char::from_digit(half, 16));
                    }
                }
                _ => to.text.push(c),
            }
        }
        to.text.push('"');
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn write(&self, to: &mut Writer) {
        (**self).write(to);
    }
}

impl ToJson for String {
    fn write(&self, to: &mut Writer) {
        self.as_str().write(to);
    }
}

impl ToJson for bool {
    fn write(&self, to: &mut Writer) {
        Raw(if *self { "true" } else { "false" }).write(to);
    }
}

impl ToJson for u64 {
    fn write(&self, to: &mut Writer) {
        Raw(&self.to_string()).write(to);
    }
}

impl ToJson for usize {
    fn write(&self, to: &mut Writer) {
        (*self as u64).write(to);
    }
}

impl ToJson for f32 {
    /// What is not finite becomes `null`.
    fn write(&self, to: &mut Writer) {
        to.separate();
        if self.is_finite() { write_f32(&mut to.text, *self) } else { to.text += "null" }
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            Some(value) => value.write(to),
            None => Raw("null").write(to),
        }
    }
}

impl<T: ToJson> ToJson for [T] {
    fn write(&self, to: &mut Writer) {
        to.open('[');
        for value in self {
            value.write(to);
        }
        to.close(']');
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write(&self, to: &mut Writer) {
        self.as_slice().write(to);
    }
}

impl ToJson for Value {
    /// Numbers in at most 15 digits.
    fn write(&self, to: &mut Writer) {
        match self {
            Value::Null => Raw("null").write(to),
            Value::Bool(value) => value.write(to),
            Value::Number(value) => {
                to.separate();
                write_f64(&mut to.text, *value);
            }
            Value::Text(text) => text.write(to),
            Value::List(list) => list.write(to),
            Value::Object(fields) => {
                to.open('{');
                for (key, value) in fields {
                    to.key(key);
                    value.write(to);
                }
                to.close('}');
            }
        }
    }
}
