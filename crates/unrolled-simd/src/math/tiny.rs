//! Numbers too small to matter.
//!
//! A state or a gradient that fades by a constant factor a step leaves the normal numbers of `f32`
//! within a few hundred steps. Processors are slow over subnormal numbers (an LSTM over 800 steps took
//! twenty times as long), and WebAssembly cannot tell them to take those for zero. So what fades is cut
//! off well before.

use crate::Simd;

/// For gradients: they are multiples of 2⁻⁸⁷ (6.5e-27) below this.
pub const GRADIENT: f32 = power_of_two(-63);
/// For states: they are multiples of 2⁻⁶¹ (4.3e-19) below this, so that their squares are normal too.
pub const STATE: f32 = power_of_two(-37);

const fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((127 + exponent) as u32) << 23)
}

/// `x`, rounded to a multiple of `2⁻²⁴·scale` where it is smaller than `scale`, a power of two, and so
/// to zero at last. Larger numbers stay, but for a last digit between `scale` and `2²⁴·scale`; so do
/// infinities and NaN.
#[inline(always)]
pub fn without_tiny<S: Simd>(s: S, x: S::V, scale: f32) -> S::V {
    let scale = s.splat(scale);
    s.sub(s.add(x, scale), scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{test, *};

    #[inline(always)]
    fn gradient<S: Simd>(s: S, x: S::V) -> S::V {
        without_tiny(s, x, GRADIENT)
    }

    #[test]
    fn nothing_that_matters_moves_and_nothing_small_is_left() {
        let x = sweep(10_007);
        let step = GRADIENT / 16_777_216.0;
        for_every_isa!(s => {
            let y = map(s, &x, #[inline(always)] |x| gradient(s, x));
            for (x, y) in x.iter().zip(y).filter(|(x, _)| x.is_finite()) {
                let stays = (y - x).abs() <= step.max(f32::EPSILON * x.abs());
                assert!(stays && (y == 0.0 || y.abs() >= step), "{}: {x:e}, {y:e}", name_of(s));
            }
        });
    }

    #[test]
    fn knows_its_edges() {
        check_values!(
            gradient,
            [
                (0.0, 0.0),
                (1e-45, 0.0),
                (-3e-27, 0.0),
                (-1.0, -1.0),
                (f32::MAX, f32::MAX),
                (f32::INFINITY, f32::INFINITY),
                (f32::NEG_INFINITY, f32::NEG_INFINITY),
                (f32::NAN, f32::NAN),
            ]
        );
    }
}
