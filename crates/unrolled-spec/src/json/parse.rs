//! JSON text → [`Value`], by recursive descent.

use super::Value;
use super::number::scale;

/// Deepest nesting of lists and objects that is read.
const DEEPEST: u32 = 127;

/// Most values in one text: many more than any description has, and a bound on the memory that they
/// take.
const MOST: u32 = 1 << 22;

/// What is expected of whatever there is no memory for.
const SMALLER: &str = "a text that fits into memory";

/// The value that `text` is, or what was expected and where. Numbers of up to 15 digits and an
/// exponent within ±22 are exact, others right to some units of their 16th digit.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut parser = Parser { text, at: 0, values: 0 };
    let value = parser.value(0).and_then(|value| {
        parser.space();
        if parser.at == text.len() { Ok(value) } else { Err("the end") }
    });
    value.map_err(|expected| {
        let before = text.get(..parser.at).unwrap_or_default();
        let line = before.split('\n').count();
        let column = 1 + before.chars().rev().take_while(|&c| c != '\n').count();
        format!("expected {expected} at line {line}, column {column}")
    })
}

type Expected<T> = Result<T, &'static str>;

struct Parser<'a> {
    text: &'a str,
    /// In bytes; always between two characters.
    at: usize,
    /// Values begun.
    values: u32,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Goes past `byte` if it is next.
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: u32) -> Expected<Value> {
        self.space();
        self.values += 1;
        if self.values > MOST {
            return Err("at most 2^22 values");
        }
        match self.peek() {
            Some(b'{' | b'[') if depth == DEEPEST => Err("at most 127 levels of nesting"),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let names = [
                    ("null", Value::Null),
                    ("true", Value::Bool(true)),
                    ("false", Value::Bool(false)),
                ];
                let rest = self.text.get(self.at..).unwrap_or_default();
                let found = names.into_iter().find(|(name, _)| rest.starts_with(name));
                let (name, value) = found.ok_or("a value")?;
                self.at += name.len();
                Ok(value)
            }
        }
    }

    fn list(&mut self, depth: u32) -> Expected<Value> {
        let mut list = Vec::new();
        self.at += 1;
        self.space();
        if self.eat(b']') {
            return Ok(Value::List(list));
        }
        loop {
            let value = self.value(depth + 1)?;
            list.try_reserve(1).map_err(|_| SMALLER)?;
            list.push(value);
            self.space();
            if self.eat(b']') {
                return Ok(Value::List(list));
            }
            if !self.eat(b',') {
                return Err("`,` or `]`");
            }
        }
    }

    fn object(&mut self, depth: u32) -> Expected<Value> {
        let mut fields = Vec::new();
        self.at += 1;
        self.space();
        if self.eat(b'}') {
            return Ok(Value::Object(fields));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err("a field's name in quotes");
            }
            let name = self.string()?;
            self.space();
            if !self.eat(b':') {
                return Err("`:`");
            }
            let value = self.value(depth + 1)?;
            fields.try_reserve(1).map_err(|_| SMALLER)?;
            fields.push((name, value));
            self.space();
            if self.eat(b'}') {
                return Ok(Value::Object(fields));
            }
            if !self.eat(b',') {
                return Err("`,` or `}`");
            }
        }
    }

    /// A text; its first quote is next.
    fn string(&mut self) -> Expected<String> {
        let mut string = String::new();
        self.at += 1;
        loop {
            let start = self.at;
            while self.peek().is_some_and(|b| b >= b' ' && b != b'"' && b != b'\\') {
                self.at += 1;
            }
            let more = self.text.get(start..self.at).unwrap_or_default();
            // Room for the character of an escape besides.
            string.try_reserve(more.len() + 4).map_err(|_| SMALLER)?;
            string += more;
            if self.eat(b'"') {
                return Ok(string);
            }
            if !self.eat(b'\\') {
                return Err("a closing `\"`");
            }
            string.push(self.escape()?);
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Expected<char> {
        let byte = self.peek();
        let escaped = match byte {
            Some(b'"' | b'\\' | b'/') => byte.map(char::from),
            Some(b'b') => Some('\x08'),
            Some(b'f') => Some('\x0c'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => None,
            _ => return Err("one of \" \\ / b f n r t u"),
        };
        self.at += 1;
        if let Some(escaped) = escaped {
            return Ok(escaped);
        }
        const PAIR: &str = "the other half of a surrogate pair";
        let mut code = self.hex()?;
        if (0xd800..0xdc00).contains(&code) {
            if !(self.eat(b'\\') && self.eat(b'u')) {
                return Err(PAIR);
            }
            let low = self.hex()?;
            if !(0xdc00..0xe000).contains(&low) {
                return Err(PAIR);
            }
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        char::from_u32(code).ok_or(PAIR)
    }

    fn hex(&mut self) -> Expected<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            code = code * 16 + digit.ok_or("four hexadecimal digits")?;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Expected<Value> {
        let negative = self.eat(b'-');
        let (mut mantissa, mut exponent) = (0, 0);
        // No digit may follow a first 0.
        if !self.eat(b'0') {
            self.digits(&mut mantissa, &mut exponent)?;
        }
        if self.eat(b'.') {
            let count = self.digits(&mut mantissa, &mut exponent)?;
            exponent -= count;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let below = self.eat(b'-');
            if !below {
                self.eat(b'+');
            }
            let (mut value, mut left_out) = (0, 0);
            self.digits(&mut value, &mut left_out)?;
            // So large that it cannot be made up for by digits.
            let value = if left_out > 0 { i64::MAX / 4 } else { value.min(1 << 60) as i64 };
            exponent += if below { -value } else { value };
        }
        let magnitude = scale(mantissa as f64, exponent.clamp(-400, 400) as i32);
        if magnitude.is_infinite() {
            return Err("a number below 1e308");
        }
        Ok(Value::Number(if negative { -magnitude } else { magnitude }))
    }

    /// Adds at least one digit to `mantissa`; `left_out` counts those that have no room in it. Gives
    /// the number of digits.
    fn digits(&mut self, mantissa: &mut u64, left_out: &mut i64) -> Expected<i64> {
        let start = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            match mantissa.checked_mul(10).and_then(|m| m.checked_add(u64::from(digit - b'0'))) {
                Some(more) if *left_out == 0 => *mantissa = more,
                _ => *left_out += 1,
            }
            self.at += 1;
        }
        if self.at == start { Err("a digit") } else { Ok((self.at - start) as i64) }
    }
}
