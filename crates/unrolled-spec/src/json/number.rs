//! Numbers as decimal text, and back, without the tables of `core` (30 kB).

/// A number in the fewest digits that give it back, for people and for JSON: `0.001`, `1e-7`;
/// or `NaN`, `inf`.
pub fn number(x: f32) -> String {
    let mut text = String::new();
    write_f32(&mut text, x);
    text
}

/// Adds the fewest digits from which any reader that is exact to 1e-14 gets `x` back.
pub(super) fn write_f32(text: &mut String, x: f32) {
    let magnitude = x.abs();
    let same = |y: f64| {
        let near = |factor: f64| (y * factor) as f32 == magnitude;
        near(1.0 - 1e-14) && near(1.0 + 1e-14)
    };
    // Nine digits are always enough.
    write(text, f64::from(x), 9, &same);
}

/// Adds a number that is not one of ours in at most 15 digits.
pub(super) fn write_f64(text: &mut String, x: f64) {
    let magnitude = x.abs();
    write(text, x, 15, &|y| (y - magnitude).abs() <= magnitude * 1e-15);
}

fn write(text: &mut String, x: f64, most: i32, same: &dyn Fn(f64) -> bool) {
    if !x.is_finite() {
        *text += if x.is_nan() {
            "NaN"
        } else if x > 0.0 {
            "inf"
        } else {
            "-inf"
        };
        return;
    }
    if x.is_sign_negative() {
        text.push('-');
    }
    let (digits, exponent) = shortest(x.abs(), most, same);
    let digits = digits.to_string();
    // Digits before the point.
    let point = digits.len() as i32 + exponent;
    let zeros = |text: &mut String, n: i32| (0..n).for_each(|_| text.push('0'));
    if exponent >= 0 && point <= 16 {
        *text += &digits;
        zeros(text, exponent);
    } else if point > -5 && point <= 0 {
        *text += "0.";
        zeros(text, -point);
        *text += &digits;
    } else {
        let whole = if (1..=16).contains(&point) { point } else { 1 };
        for (i, digit) in digits.chars().enumerate() {
            if i as i32 == whole {
                text.push('.');
            }
            text.push(digit);
        }
        if whole != point {
            text.push('e');
            *text += &(point - 1).to_string();
        }
    }
}

/// The fewest `digits` such that `digits·10^exponent` is the `same` number.
fn shortest(x: f64, most: i32, same: &dyn Fn(f64) -> bool) -> (u64, i32) {
    if x == 0.0 {
        return (0, 0);
    }
    // The exponent of the first digit, from that of base 2: log₁₀2 ≈ 1233/4096.
    let binary = (x.to_bits() >> 52) as i32 - 1023;
    let mut first = (binary * 1233) >> 12;
    if scale(x, -first) >= 10.0 {
        first += 1;
    }
    let mut count = 1;
    loop {
        let mut exponent = first + 1 - count;
        let mut digits = (scale(x, -exponent) + 0.5) as u64;
        if count == most || same(scale(digits as f64, exponent)) {
            while digits.is_multiple_of(10) {
                digits /= 10;
                exponent += 1;
            }
            return (digits, exponent);
        }
        count += 1;
    }
}

/// `x·10^exponent`: one rounding for |exponent| ≤ 22, and another for every further 22.
pub(super) fn scale(mut x: f64, exponent: i32) -> f64 {
    // 10^n is exact up to n = 22.
    let power = |n: i32| (0..n).fold(1.0, |power, _| power * 10.0);
    let mut left = exponent.abs();
    while left > 0 {
        let n = left.min(22);
        x = if exponent > 0 { x * power(n) } else { x / power(n) };
        left -= n;
    }
    x
}
