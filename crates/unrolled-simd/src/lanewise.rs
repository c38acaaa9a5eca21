//! Arithmetic lane by lane that layers share. Slices are multiples of the vector's lanes.

use crate::Simd;
use crate::math::tiny::without_tiny;

/// Applies `$body` to every vector of slices of one length: read `$in…`, write the result to `$out`.
macro_rules! lanewise {
    ($(#[$doc:meta])* $name:ident($s:ident, $($input:ident),* ; $out:ident) = $body:expr) => {
        $(#[$doc])*
        #[inline(never)]
        pub fn $name<S: Simd>($s: S, $($input: &[f32],)* $out: &mut [f32]) {
            let n = $out.len();
            assert!(n.is_multiple_of(S::LANES));
            $(assert_eq!($input.len(), n);)*
            $s.vectorize(
                #[inline(always)]
                || {
                    for i in (0..n).step_by(S::LANES) {
                        // SAFETY: i + LANES ≤ n, the length of every slice.
                        unsafe {
                            $(let $input = $s.load($input.as_ptr().add(i));)*
                            let p = $out.as_mut_ptr().add(i);
                            let $out = $s.load(p);
                            let _ = $out;
                            $s.store(p, $body);
                        }
                    }
                },
            );
        }
    };
}

lanewise! {
    /// `out += a`
    add_assign(s, a; out) = s.add(out, a)
}
lanewise! {
    /// `out = a·b`
    multiply(s, a, b; out) = s.mul(a, b)
}
lanewise! {
    /// `out += a·b`
    multiply_add(s, a, b; out) = s.mul_add(a, b, out)
}

/// `x` [without what is tiny](without_tiny).
#[inline(never)]
pub fn drop_tiny<S: Simd>(s: S, scale: f32, x: &mut [f32]) {
    let n = x.len();
    assert!(n.is_multiple_of(S::LANES));
    s.vectorize(
        #[inline(always)]
        || {
            for i in (0..n).step_by(S::LANES) {
                // SAFETY: i + LANES ≤ n.
                unsafe {
                    let p = x.as_mut_ptr().add(i);
                    s.store(p, without_tiny(s, s.load(p), scale));
                }
            }
        },
    );
}

/// `rows` where the lane's mask is 1, `others` elsewhere, into `rows`. mask: `[lanes]`.
#[inline(never)]
pub fn keep_valid<S: Simd>(s: S, mask: &[f32], others: &[f32], rows: &mut [f32]) {
    let lanes = mask.len();
    let n = rows.len();
    assert_eq!(others.len(), n);
    assert!(lanes.is_multiple_of(S::LANES) && n.is_multiple_of(lanes));
    s.vectorize(
        #[inline(always)]
        || {
            for i in (0..n).step_by(S::LANES) {
                // SAFETY: i + LANES ≤ n, and i % lanes + LANES ≤ lanes.
                unsafe {
                    let valid = s.lt(s.splat(0.5), s.load(mask.as_ptr().add(i % lanes)));
                    let row = s.load(rows.as_ptr().add(i));
                    let other = s.load(others.as_ptr().add(i));
                    s.store(rows.as_mut_ptr().add(i), s.select(valid, row, other));
                }
            }
        },
    );
}

/// Moves what stands in invalid lanes from `rows` to `passed`, and leaves zeros: `passed` is zero in
/// valid lanes. mask: `[lanes]`.
#[inline(never)]
pub fn set_invalid_aside<S: Simd>(s: S, mask: &[f32], rows: &mut [f32], passed: &mut [f32]) {
    let lanes = mask.len();
    let n = rows.len();
    assert_eq!(passed.len(), n);
    assert!(lanes.is_multiple_of(S::LANES) && n.is_multiple_of(lanes));
    s.vectorize(
        #[inline(always)]
        || {
            let zero = s.splat(0.0);
            for i in (0..n).step_by(S::LANES) {
                // SAFETY: i + LANES ≤ n, and i % lanes + LANES ≤ lanes.
                unsafe {
                    let valid = s.lt(s.splat(0.5), s.load(mask.as_ptr().add(i % lanes)));
                    let row = s.load(rows.as_ptr().add(i));
                    s.store(rows.as_mut_ptr().add(i), s.select(valid, row, zero));
                    s.store(passed.as_mut_ptr().add(i), s.select(valid, zero, row));
                }
            }
        },
    );
}
