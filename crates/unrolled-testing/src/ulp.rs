//! Distances counted in units in the last place.

/// How many `f32`s lie between `a` and `b`: 0 for the same value (also +0 and −0), 1 for
/// neighbours. Two NaNs are 0 apart, a NaN and a number `u32::MAX`.
pub fn ulp_distance(a: f32, b: f32) -> u32 {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => 0,
        (false, false) => ordinal(a).abs_diff(ordinal(b)),
        _ => u32::MAX,
    }
}

/// `|got − want|` in units of the last place of `want` rounded to `f32`: 0.5 is a perfectly
/// rounded result. Below the smallest normal number the unit is that of subnormals.
/// Infinities and NaN count 0 if they are the same (after rounding `want`), else infinity.
pub fn ulp_error(got: f32, want: f64) -> f64 {
    let rounded = want as f32;
    if got.is_nan() && want.is_nan() || got == rounded && !got.is_finite() {
        return 0.0;
    }
    if !got.is_finite() || !rounded.is_finite() {
        return f64::INFINITY;
    }
    let exponent = (libm::ilogb(want.abs().max(f64::from(f32::MIN_POSITIVE)))).max(-126);
    (f64::from(got) - want).abs() / libm::ldexp(1.0, exponent - 23)
}

/// Position of a float in the order of all floats, both zeros at 0.
fn ordinal(x: f32) -> i32 {
    let magnitude = (x.to_bits() & 0x7fff_ffff) as i32;
    if x.is_sign_negative() { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_floats_between() {
        let next = f32::from_bits(1.0f32.to_bits() + 1);
        for (a, b, want) in [
            (1.0, 1.0, 0),
            (1.0, next, 1),
            (0.0, -0.0, 0),
            (f32::from_bits(1), -f32::from_bits(1), 2),
            (f32::MAX, f32::INFINITY, 1),
            (f32::NAN, f32::NAN, 0),
            (f32::NAN, 0.0, u32::MAX),
            (f32::NEG_INFINITY, f32::INFINITY, 2 * 0x7f80_0000),
        ] {
            assert_eq!(ulp_distance(a, b), want, "{a} {b}");
            assert_eq!(ulp_distance(b, a), want, "{b} {a}");
        }
    }

    #[test]
    fn measures_against_f64() {
        let unit = f64::from(f32::EPSILON);
        for (got, want, error) in [
            (1.0, 1.0, 0.0),
            (1.0, 1.0 + unit / 2.0, 0.5),
            (1.0, 1.0 + 4.0 * unit, 4.0),
            (f32::INFINITY, f64::INFINITY, 0.0),
            (f32::INFINITY, 1e300, 0.0),
            (f32::MAX, f64::INFINITY, f64::INFINITY),
            (f32::NAN, f64::NAN, 0.0),
            (f32::NAN, 1.0, f64::INFINITY),
            (0.0, f64::from(f32::from_bits(3)), 3.0),
        ] {
            assert_eq!(ulp_error(got, want), error, "{got} {want}");
        }
    }
}
