//! Sine and cosine of angles within a turn, the same bits as libm's `sinf` and `cosf`.
//!
//! Without libm's reduction of any larger angle, which takes about 2 kB of the compressed wasm file.

use core::f64::consts::FRAC_PI_2;

/// Sine and cosine of `x`, 0 ≤ x ≤ 2π: FreeBSD's polynomials in f64 on ±π/4, turned by quarters.
pub fn sin_cos(x: f32) -> (f32, f32) {
    let x = f64::from(x);
    let quarter = (x / FRAC_PI_2 + 0.5) as u32;
    let y = x - f64::from(quarter) * FRAC_PI_2;
    let z = y * y;
    let w = z * z;
    let tail = -0.00019839334836096632 + z * 0.000002718311493989822;
    let s = z * y;
    let head = -0.16666666641626524 + z * 0.008333329385889463;
    let sin = ((y + s * head) + s * w * tail) as f32;
    let tail = -0.001388676377460993 + z * 0.00002439044879627741;
    let head = (1.0 + z * -0.499999997251031) + w * 0.04166662332373906;
    let cos = (head + (w * z) * tail) as f32;
    match quarter & 3 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

#[cfg(test)]
mod tests {
    use core::f32::consts::{FRAC_PI_4, TAU};

    use super::*;

    #[test]
    fn every_angle_of_a_turn_gives_the_bits_of_libm() {
        let stride = (0..=TAU.to_bits()).step_by(499);
        // Where one polynomial takes over from the next, every angle.
        let seams = (1..=8).flat_map(|i| {
            let middle = (i as f32 * FRAC_PI_4).to_bits();
            middle - 1000..=(middle + 1000).min(TAU.to_bits())
        });
        for x in stride.chain(seams).map(f32::from_bits) {
            let (sin, cos) = sin_cos(x);
            assert_eq!(sin.to_bits(), libm::sinf(x).to_bits(), "sine of {x:e}");
            assert_eq!(cos.to_bits(), libm::cosf(x).to_bits(), "cosine of {x:e}");
        }
    }
}
