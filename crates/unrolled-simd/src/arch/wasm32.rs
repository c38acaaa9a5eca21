//! WebAssembly's 128-bit vectors, plain and relaxed. Chosen at compile time: a module that holds
//! an instruction the engine does not know is refused whole, so there is nothing to ask at run time.

use core::arch::wasm32::*;

use crate::{Simd, Tile};

/// Plain simd128: the same bits in every engine.
#[derive(Clone, Copy, Debug)]
pub struct Simd128(());

/// Relaxed simd: multiply-add may fuse.
#[cfg(target_feature = "relaxed-simd")]
#[derive(Clone, Copy, Debug)]
pub struct RelaxedSimd(());

macro_rules! wasm_simd {
    ($token:ident, $name:literal, $mul_add:expr, $select:expr, $min:expr, $max:expr) => {
        impl Simd for $token {
            type V = v128;
            type M = v128;

            const NAME: &'static str = $name;
            const LANES: usize = 4;
            // V8 keeps 15 vector registers: eight accumulators, four vectors, a splat, a product.
            const TILE: Tile = Tile { rows: 2, columns: 4 };
            const UNIT_TILE: Tile = Tile { rows: 2, columns: 4 };
            const GRADIENT_TILE: Tile = Tile { rows: 2, columns: 4 };

            #[inline(always)]
            fn new() -> Option<Self> {
                Some(Self(()))
            }
            #[inline(always)]
            fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
                f()
            }
            #[inline(always)]
            fn splat(self, x: f32) -> v128 {
                f32x4_splat(x)
            }
            #[inline(always)]
            unsafe fn load(self, p: *const f32) -> v128 {
                // SAFETY: the caller vouches for four readable values; v128.load needs no alignment.
                unsafe { v128_load(p.cast()) }
            }
            #[inline(always)]
            unsafe fn load_splat(self, p: *const f32) -> v128 {
                // SAFETY: the caller vouches for one readable value.
                unsafe { v128_load32_splat(p.cast()) }
            }
            #[inline(always)]
            unsafe fn store(self, p: *mut f32, v: v128) {
                // SAFETY: the caller vouches for four writable values.
                unsafe { v128_store(p.cast(), v) }
            }
            #[inline(always)]
            unsafe fn transpose4(self, from: [*const f32; 4], to: *mut f32, stride: usize) {
                // SAFETY: the caller vouches for four readable values each.
                let [a, b, c, d] = from.map(|from| unsafe { self.load(from) });
                let low = [i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<0, 4, 1, 5>(c, d)];
                let high = [i32x4_shuffle::<2, 6, 3, 7>(a, b), i32x4_shuffle::<2, 6, 3, 7>(c, d)];
                let even = |[ab, cd]: [v128; 2]| i32x4_shuffle::<0, 1, 4, 5>(ab, cd);
                let odd = |[ab, cd]: [v128; 2]| i32x4_shuffle::<2, 3, 6, 7>(ab, cd);
                // SAFETY: the caller vouches for four writable values in each row.
                unsafe {
                    self.store(to, even(low));
                    self.store(to.add(stride), odd(low));
                    self.store(to.add(2 * stride), even(high));
                    self.store(to.add(3 * stride), odd(high));
                }
            }
            #[inline(always)]
            fn add(self, a: v128, b: v128) -> v128 {
                f32x4_add(a, b)
            }
            #[inline(always)]
            fn sub(self, a: v128, b: v128) -> v128 {
                f32x4_sub(a, b)
            }
            #[inline(always)]
            fn mul(self, a: v128, b: v128) -> v128 {
                f32x4_mul(a, b)
            }
            #[inline(always)]
            fn div(self, a: v128, b: v128) -> v128 {
                f32x4_div(a, b)
            }
            #[inline(always)]
            fn mul_add(self, a: v128, b: v128, c: v128) -> v128 {
                $mul_add(a, b, c)
            }
            #[inline(always)]
            fn sqrt(self, a: v128) -> v128 {
                f32x4_sqrt(a)
            }
            #[inline(always)]
            fn abs(self, a: v128) -> v128 {
                f32x4_abs(a)
            }
            #[inline(always)]
            fn min(self, a: v128, b: v128) -> v128 {
                $min(a, b)
            }
            #[inline(always)]
            fn max(self, a: v128, b: v128) -> v128 {
                $max(a, b)
            }
            #[inline(always)]
            fn lt(self, a: v128, b: v128) -> v128 {
                f32x4_lt(a, b)
            }
            #[inline(always)]
            fn le(self, a: v128, b: v128) -> v128 {
                f32x4_le(a, b)
            }
            #[inline(always)]
            fn eq(self, a: v128, b: v128) -> v128 {
                f32x4_eq(a, b)
            }
            #[inline(always)]
            fn select(self, m: v128, a: v128, b: v128) -> v128 {
                $select(a, b, m)
            }
            #[inline(always)]
            fn add_exponent(self, a: v128, n: v128) -> v128 {
                i32x4_add(a, i32x4_shl(n, 23))
            }
            #[inline(always)]
            fn split_exponent(self, a: v128) -> (v128, v128) {
                let mantissa =
                    v128_or(v128_and(a, u32x4_splat(0x007f_ffff)), u32x4_splat(0x3f00_0000));
                let exponent = i32x4_sub(u32x4_shr(a, 23), i32x4_splat(126));
                (mantissa, f32x4_convert_i32x4(exponent))
            }
            #[inline(always)]
            fn sum(self, a: v128) -> f32 {
                let pairs = f32x4_add(a, i32x4_shuffle::<2, 3, 2, 3>(a, a));
                f32x4_extract_lane::<0>(pairs) + f32x4_extract_lane::<1>(pairs)
            }
            #[inline(always)]
            fn sum4(self, [a, b, c, d]: [v128; 4]) -> [f32; 4] {
                let pairs = |a, b| {
                    f32x4_add(i32x4_shuffle::<0, 1, 4, 5>(a, b), i32x4_shuffle::<2, 3, 6, 7>(a, b))
                };
                let (ab, cd) = (pairs(a, b), pairs(c, d));
                let sums = f32x4_add(
                    i32x4_shuffle::<0, 2, 4, 6>(ab, cd),
                    i32x4_shuffle::<1, 3, 5, 7>(ab, cd),
                );
                // SAFETY: both types are sixteen bytes without padding.
                unsafe { core::mem::transmute::<v128, [f32; 4]>(sums) }
            }
        }
    };
}

wasm_simd!(
    Simd128,
    "simd128",
    |a, b, c| f32x4_add(f32x4_mul(a, b), c),
    v128_bitselect,
    f32x4_pmin,
    f32x4_pmax
);

// With relaxed simd LLVM makes f32x4.relaxed_min of pmin, which may drop a NaN; so a comparison
// and a selection that it does not look into.
#[cfg(target_feature = "relaxed-simd")]
wasm_simd!(
    RelaxedSimd,
    "relaxed-simd",
    f32x4_relaxed_madd,
    i32x4_relaxed_laneselect,
    |a, b| i32x4_relaxed_laneselect(b, a, f32x4_lt(b, a)),
    |a, b| i32x4_relaxed_laneselect(b, a, f32x4_lt(a, b))
);
